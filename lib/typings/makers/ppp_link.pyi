"""What the firmware asks of a board that has PPP in place of Wi-Fi."""

from typing import Any

def connect(timeout_s: int = 30) -> Any: ...
