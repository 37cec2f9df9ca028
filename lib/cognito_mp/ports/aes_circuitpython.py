"""MicroPython's cryptolib.aes for CircuitPython, from its aesio. Source: CircuitPython's documentation of aesio."""


class aes:  # noqa: N801  # cryptolib's own name
    """AES in the modes of cryptolib, which aesio numbers alike. One object encrypts or decrypts once."""

    def __init__(self, key: bytes, mode: int, iv: bytes) -> None:
        from aesio import AES  # type: ignore[import-not-found]  # CircuitPython alone has it

        self._cipher = AES(key, mode, iv)

    def encrypt(self, data) -> bytes:
        """`data`, whole blocks of 16 bytes, encrypted."""
        return self._run(self._cipher.encrypt_into, data)

    def decrypt(self, data) -> bytes:
        """`data`, whole blocks of 16 bytes, decrypted."""
        return self._run(self._cipher.decrypt_into, data)

    def _run(self, into, data) -> bytes:
        result = bytearray(len(data))
        into(data, result)
        return bytes(result)
