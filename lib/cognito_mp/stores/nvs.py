"""The session in the NVS of an ESP32, which needs no filesystem and which NVS encryption covers.

Sources: MicroPython, library reference, esp32.NVS; ESP-IDF, API reference, "Non-Volatile Storage Library" and the
error codes of nvs.h, which MicroPython raises as OSError with the number below zero.
"""

from ..argument_types import require_methods
from ..errors import StoreError, require_text
from .two_slots import HEAD, TwoSlots

_NOT_FOUND = -0x1102  # ESP_ERR_NVS_NOT_FOUND
_INVALID_LENGTH = -0x110C  # ESP_ERR_NVS_INVALID_LENGTH: the buffer is shorter than the value
_LONGEST_NAME = 15  # characters of a namespace or a key
_ENOSPC = 28  # MicroPython's errno has no name for it
# Bytes of a record. ESP-IDF allows 508,000, or 97.6 % of the partition less 4,000 if that is less: 19,988 of
# MicroPython's usual 24 kB, which two records, the Wi-Fi's settings and a page for tidying up have to share.
_LONGEST = 8192
_FIRST_TRY = 2048  # bytes of the first buffer to read into: a session is seldom longer


class NvsStore(TwoSlots):
    """Keeps a session under two keys of an NVS namespace, written in turn. A power cut leaves the old or the new.

    ESP-IDF promises that a power cut costs at most the key that is being written, and that one is never the newest.
    """

    def __init__(self, namespace: str = "cognito_mp", nvs=None) -> None:
        """Raises ValueError for a bad namespace, OSError when it can't be opened, ImportError where NVS isn't.

        namespace  str of 1 to 15 characters, for this session alone
        nvs        esp32.NVS(namespace), or an object with its methods; None to make it
        """
        require_text(namespace=namespace)
        if len(namespace) > _LONGEST_NAME:
            raise ValueError("namespace must be at most %d characters" % _LONGEST_NAME)
        if nvs is None:
            from esp32 import NVS  # type: ignore[import-not-found]  # ESP32 alone has it

            nvs = NVS(namespace)
        require_methods("get_blob set_blob erase_key commit", nvs=nvs)
        super().__init__(_Key(nvs, namespace, "session.0"), _Key(nvs, namespace, "session.1"))

    def save(self, data: bytes) -> None:
        """Write `data` beside what is there. Raises StoreError, and the newest readable data stays, when it can't.

        The longest `data` is 8,152 bytes; for more errno is ENOSPC.
        """
        if HEAD + len(data) > _LONGEST:
            raise StoreError(_ENOSPC, "the session needs %d bytes, NvsStore has %d" % (HEAD + len(data), _LONGEST))
        super().save(data)


class _Key:
    """A slot, as TwoSlots wants it, that is a key of an NVS namespace."""

    def __init__(self, nvs, namespace: str, key: str) -> None:
        self.name = "NVS %s/%s" % (namespace, key)
        self._nvs = nvs
        self._key = key

    def read(self, start: int) -> bytes:
        size = _FIRST_TRY
        while True:
            buffer = bytearray(size)
            try:
                return bytes(memoryview(buffer)[start : self._nvs.get_blob(self._key, buffer)])
            except OSError as error:
                if error.errno == _NOT_FOUND:
                    return b""
                # NVS tells how long the value is only by refusing.
                if error.errno != _INVALID_LENGTH or size >= _LONGEST:
                    raise
            size *= 2

    def write(self, head: bytes, data: bytes) -> None:
        self._nvs.set_blob(self._key, head + data)
        self._nvs.commit()

    def remove(self) -> None:
        try:
            self._nvs.erase_key(self._key)
        except OSError as error:
            if error.errno != _NOT_FOUND:
                self.write(b"-", b"")  # what can be done about a secret that stays
                raise
        self._nvs.commit()
