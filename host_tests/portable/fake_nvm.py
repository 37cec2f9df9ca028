"""CircuitPython's microcontroller.nvm, as its ports for the RP2040 and the ESP32 write it, with power cuts.

RP2040: bytes that are all 0xFF are programmed as they are; else the whole sector is erased, then programmed.
ESP32: one NVS blob, erased whole and then set whole; without it every byte reads as 0xFF.
"""


class PowerCut(Exception):
    """The power went."""


class FakeNvm:
    """`steps` left before the power goes: an erase, a programmed byte or a blob set is one; None for no end."""

    def __init__(self, chip: str, size: int) -> None:
        self.chip = chip
        self.content = bytearray(b"\xff" * size)
        self.steps = None
        self.erases = 0
        self.broken = False
        self.read_only = False

    def _step(self) -> None:
        if self.steps is not None:
            if self.steps == 0:
                raise PowerCut()
            self.steps -= 1

    def __len__(self) -> int:
        return len(self.content)

    def __getitem__(self, part):
        if self.broken:
            raise RuntimeError("NVS Error")
        return self.content[part]

    def __setitem__(self, part, value) -> None:
        if len(self.content[part]) != len(value):
            raise ValueError("Slice and value different lengths.")
        if self.broken or self.read_only:
            raise RuntimeError("Unable to write to nvm.")
        if self.chip == "rp2040" and not bytes(self.content[part]).rstrip(b"\xff"):
            self._program(part.start, value)
            return
        new = bytearray(self.content)
        new[part] = value
        self._step()
        self.erases += 1
        self.content[:] = b"\xff" * len(new)
        if self.chip == "rp2040":
            self._program(0, new)
        else:
            self._step()
            self.content[:] = new

    def _program(self, at: int, value) -> None:
        """Flash can only turn ones to zeros."""
        for byte in value:
            self._step()
            self.content[at] &= byte
            at += 1
