"""Why there is no connection, in words and in the right kind of error. Loaded only when there is none."""

from errno import ENOMEM

# The mbedtls errors that mean "no memory": SSL, MD, PK, X509, ECP, cipher and DHM have each their own, a multiple of
# 0x80. Bignum's 0x10 and ASN.1's 0x6A come alone or on top of another: 0x4290 is an RSA operation that ran out.
# Source: MBEDTLS_ERR_*_ALLOC_FAILED in mbedtls' headers. modtls_mbedtls.c makes OSError(-number), but OSError(number)
# of one below 0x100 (so bignum's shows as "OSError: 16"), and ENOMEM of SSL's own. 141 is PSA's in the same way.
_ALLOC_FAILED = (0x7F00, 0x5180, 0x3F80, 0x2880, 0x4D80, 0x6180, 0x3400)
_ALLOC_FAILED_BELOW = (0x10, 0x6A)
_ALLOC_FAILED_ALONE = (ENOMEM, 0x10, 141)


class ConnectError(OSError):
    """No connection: not one byte of the request has left, so any request may be sent again."""


class CertificateError(OSError):
    """The server's certificate was refused (or can't be judged); the text names the failed check."""


def is_short_of_memory(error: Exception) -> bool:
    """True when `error`, met while a connection was opened, says that there was not enough memory."""
    if isinstance(error, MemoryError):
        return True
    number = error.args[0] if error.args else None
    if isinstance(error, ValueError) or not isinstance(number, int):
        return False
    if number >= -0xFF:
        return abs(number) in _ALLOC_FAILED_ALONE
    return -number & ~0x7F in _ALLOC_FAILED or -number & 0x7F in _ALLOC_FAILED_BELOW


def memory_advice(error: Exception, host: str) -> str:
    """What to do about `error`, of which is_short_of_memory() is true."""
    if isinstance(error, MemoryError):
        return (
            "MicroPython's heap has no room for TLS with %s: free large objects, or sign in before making them" % host
        )
    return (
        "not enough memory for TLS with %s (%s): on ESP32 it is ESP-IDF's heap that is short, not MicroPython's. "
        "Close other connections, sign in before Bluetooth or a display starts, or use a board with PSRAM"
        % (host, error)
    )


def connection_error(error: Exception, host: str) -> OSError:
    """The error for `error`, met before anything was sent, when no other root does; raised when none can."""
    if isinstance(error, CertificateError):
        raise error
    if is_short_of_memory(error):
        return ConnectError(ENOMEM, memory_advice(error, host))
    # A refused certificate is a ValueError on MicroPython, and a kind of one on CPython.
    if isinstance(error, ValueError):
        text = str(error)
        if text == "invalid cert":  # mbedtls' words, MicroPython's at least, for either
            text += ": cadata is no certificate, or there was too little memory to read it"
        refusal = CertificateError("certificate of %s refused: %s" % (host, text))
        if "trusted CA" in text or "issuer" in text or "self-signed" in text:  # mbedtls' words, OpenSSL's
            return refusal
        raise refusal
    raise ConnectError(
        error.errno,  # type: ignore[attr-defined]  # an OSError by now
        "can't connect to %s: %s" % (host, error),
    )
