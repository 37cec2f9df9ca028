"""MicroPython's cryptolib.aes for CPython, from the package cryptography."""

try:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
except ImportError as error:
    raise ImportError("SealedStore needs the package cryptography: pip install 'cognito-mp[sealed]'") from error

_CBC = 2


class aes:  # noqa: N801  # cryptolib's own name
    """AES in mode CBC. One object encrypts or decrypts once."""

    def __init__(self, key: bytes, mode: int, iv: bytes) -> None:
        if mode != _CBC:
            raise ValueError("mode")
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(iv))

    def encrypt(self, data: bytes) -> bytes:
        """`data`, whole blocks of 16 bytes, encrypted."""
        return self._run(self._cipher.encryptor(), data)

    def decrypt(self, data: bytes) -> bytes:
        """`data`, whole blocks of 16 bytes, decrypted."""
        return self._run(self._cipher.decryptor(), data)

    def _run(self, context, data: bytes) -> bytes:
        return context.update(data) + context.finalize()
