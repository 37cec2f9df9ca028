"""What the firmware asks of a maker's job.py."""

from typing import Any

async def job(keeper: Any) -> None: ...
