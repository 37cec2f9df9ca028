"""What the firmware asks of a maker's panel.py."""

from typing import Any

def screen() -> Any: ...
