"""Why there is no connection, in words and in the right kind of error. Loaded only when there is none."""

from errno import ENOMEM

# What mbedtls says when it can't have memory: MBEDTLS_ERR_MPI_ALLOC_FAILED (0x10, which shows as "OSError: 16"), the
# same on top of RSA's public key operation (0x4280), MBEDTLS_ERR_SSL_ALLOC_FAILED (0x7F00),
# MBEDTLS_ERR_X509_ALLOC_FAILED (0x2880), MBEDTLS_ERR_MD_ALLOC_FAILED (0x5180). Source: mbedtls' headers.
_ALLOCATION_FAILED = (ENOMEM, 0x10, 0x4290, 0x7F00, 0x2880, 0x5180)


class ConnectError(OSError):
    """No connection: not one byte of the request has left, so any request may be sent again."""


class CertificateError(OSError):
    """The server's certificate was refused (or can't be judged); the text names the failed check."""


def clock_is_unset() -> CertificateError:
    """The error when a clock that was not set since power-up can't tell whether a certificate is valid."""
    return CertificateError("no certificate can be checked until the clock is set: ntptime.settime() first")


def is_short_of_memory(error: "OSError | ValueError") -> bool:
    """True when `error`, met while a connection was opened, says that there was not enough memory."""
    number = error.args[0] if error.args else None
    return isinstance(number, int) and abs(number) in _ALLOCATION_FAILED or "ALLOC_FAILED" in str(error)


def connection_error(error: "OSError | ValueError", host: str) -> OSError:
    """The error for `error`, met before anything was sent, when no other root does; raised when none can."""
    if isinstance(error, CertificateError):
        raise error
    if is_short_of_memory(error):
        return ConnectError(
            ENOMEM,
            "not enough memory for TLS with %s: on ESP32 it is ESP-IDF's heap that is short, not MicroPython's. "
            "Close other connections, sign in before Bluetooth or a display starts, or use a board with PSRAM" % host,
        )
    # A refused certificate is a ValueError on MicroPython, and a kind of one on CPython.
    if isinstance(error, ValueError):
        text = str(error)
        refusal = CertificateError("certificate of %s refused: %s" % (host, text))
        if "trusted CA" in text or "issuer" in text or "self-signed" in text:  # mbedtls' words, OpenSSL's
            return refusal
        raise refusal
    raise ConnectError(error.errno, "can't connect to %s: %s" % (host, error))
