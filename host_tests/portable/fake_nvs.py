"""MicroPython's esp32.NVS, as ESP-IDF documents NVS, with power cuts.

Errors are OSErrors with ESP-IDF's code below zero. ESP-IDF says that a value may be on flash only after commit(); today
it is there at once. A power cut costs at most the key that is being written.
"""

NOT_FOUND = -0x1102
NOT_ENOUGH_SPACE = -0x1105
KEY_TOO_LONG = -0x1109
INVALID_LENGTH = -0x110C


class PowerCut(Exception):
    """The power went."""


class FakeNVS:
    """`flash` is what a power cut leaves. `at_once`: bool, values go there before commit(). `capacity`: bytes.

    steps   before the power goes: the start and the end of each write to flash is one; None for no end
    broken  {method or (method, key): errno} of what fails
    """

    def __init__(self, at_once: bool, flash=None, capacity: int = 16000) -> None:
        self.flash = {} if flash is None else flash
        self.at_once = at_once
        self.capacity = capacity
        self.steps = None
        self.broken: dict = {}
        self._pending: list = []

    def _step(self) -> None:
        if self.steps is not None:
            if self.steps == 0:
                raise PowerCut()
            self.steps -= 1

    def _check(self, method: str, key: str) -> None:
        if len(key) > 15:
            raise OSError(KEY_TOO_LONG, "ESP_ERR_NVS_KEY_TOO_LONG")
        for what in (method, (method, key)):
            if what in self.broken:
                raise OSError(self.broken[what], "broken")

    def _value(self, key: str):
        value = self.flash.get(key)
        for name, pending in self._pending:
            if name == key:
                value = pending
        if value is None:
            raise OSError(NOT_FOUND, "ESP_ERR_NVS_NOT_FOUND")
        return value

    def get_blob(self, key: str, buffer) -> int:
        self._check("get_blob", key)
        value = self._value(key)
        if len(value) > len(buffer):
            raise OSError(INVALID_LENGTH, "ESP_ERR_NVS_INVALID_LENGTH")
        buffer[: len(value)] = value
        return len(value)

    def set_blob(self, key: str, value) -> None:
        self._check("set_blob", key)
        if sum([len(other) for other in self.flash.values()]) + len(value) > self.capacity:
            raise OSError(NOT_ENOUGH_SPACE, "ESP_ERR_NVS_NOT_ENOUGH_SPACE")
        self._change(key, bytes(value))

    def erase_key(self, key: str) -> None:
        self._check("erase_key", key)
        self._value(key)
        self._change(key, None)

    def _change(self, key: str, value) -> None:
        self._pending.append((key, value))
        if self.at_once:
            self._flush()

    def commit(self) -> None:
        self._check("commit", "")
        self._flush()

    def _flush(self) -> None:
        while self._pending:
            key, value = self._pending.pop(0)
            self._step()
            self.flash.pop(key, None)
            self._step()
            if value is not None:
                self.flash[key] = value
