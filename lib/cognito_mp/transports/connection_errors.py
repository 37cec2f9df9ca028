"""Why there is no connection, in words and in the right kind of error. Loaded only when there is none."""

from errno import EIO, ENOMEM, ETIMEDOUT

# What https.connect() makes of a socket() that failed: ESP32 says so itself, and rp2 ENOMEM (extmod/modlwip.c).
_ENFILE = 23
# What mbedtls says when it can't have memory: MBEDTLS_ERR_MPI_ALLOC_FAILED (0x10, which shows as "OSError: 16"), the
# same on top of RSA's public key operation (0x4280), MBEDTLS_ERR_SSL_ALLOC_FAILED (0x7F00),
# MBEDTLS_ERR_X509_ALLOC_FAILED (0x2880), MBEDTLS_ERR_MD_ALLOC_FAILED (0x5180). Source: mbedtls' headers.
_ALLOCATION_FAILED = (_ENFILE, ENOMEM, 0x10, 0x4290, 0x7F00, 0x2880, 0x5180)


class ConnectError(OSError):
    """No connection: not one byte of the request has left, so any request may be sent again."""


class CertificateError(OSError):
    """The server's certificate was refused (or can't be judged); the text names the failed check."""


def clock_is_unset() -> CertificateError:
    """The error when a clock that was not set since power-up can't tell whether a certificate is valid."""
    return CertificateError("no certificate can be checked until the clock is set: ntptime.settime() first")


def is_short_of_memory(error: "OSError | ValueError", can_be_read: bool = False) -> bool:
    """True when `error`, met while a connection was opened, says that there was not enough memory, or no socket left.

    can_be_read  the root is a certificate: MicroPython calls one "invalid cert" for want of memory too
                 (extmod/modtls_mbedtls.c, context_load_verify_locations)
    """
    if isinstance(error, ValueError):
        return can_be_read and "invalid cert" in str(error)
    number = error.args[0] if error.args else None
    # The small ones below zero are a failed look-up's.
    is_short = isinstance(number, int) and (number if -32 < number < 0 else abs(number)) in _ALLOCATION_FAILED
    return is_short or "ALLOC_FAILED" in str(error)


def look_up_failed(error: Exception) -> bool:
    """True when `error` is getaddrinfo()'s, whose numbers are not an errno.

    lwIP's err_t as it is on rp2 (-2 no such name, -6 no name server, -12, -16: extmod/modlwip.c), its EAI_* on ESP32
    (200 to 204, of either sign: lwip/netdb.h), the C library's EAI_* on a computer (-2, -3 and their like: netdb.h).
    """
    number = error.args[0] if error.args else None
    if isinstance(number, int):
        return -32 < number < 0 or 200 <= abs(number) <= 204
    return "addrinfo error" in str(error)  # ports/unix/modsocket.c


def is_stranger(error: Exception) -> bool:
    """True when `error` refuses a certificate that none of the roots in use has signed."""
    text = str(error)
    return "trusted CA" in text or "issuer" in text or "self-signed" in text or "invalid cert" in text


def words(error: Exception) -> str:
    """What `error` says, without the "[Errno 5]" that another error puts in front of it."""
    if isinstance(error, OSError) and len(error.args) > 1 and isinstance(error.args[1], str):
        return error.args[1]
    text = str(error)
    return text[text.find("] ") + 2 :] if text[:6] == "[Errno" else text


def connection_error(error: "OSError | ValueError", host: str, can_be_read: bool = False) -> OSError:
    """What `error`, met before anything was sent, is told as. Raised if another root could not help.

    Another root may do whatever this one was refused for: it may have expired, and a chain that is cross-signed ends at
    another. The server's name is no better for another root.

    can_be_read  as is_short_of_memory() has it
    """
    number = error.args[0] if error.args else None
    if number == _ENFILE:
        return ConnectError(_ENFILE, "no socket is left for %s: close other connections" % host)
    if is_short_of_memory(error, can_be_read):
        return ConnectError(
            ENOMEM,
            "not enough memory for TLS with %s: on ESP32 it is ESP-IDF's heap that is short, not MicroPython's. "
            "Close other connections, sign in before Bluetooth or a display starts, or use a board with PSRAM" % host,
        )
    # A refused certificate is a ValueError on MicroPython, and a kind of one on CPython.
    if isinstance(error, ValueError):
        text = str(error)
        if "invalid cert" in text:
            return CertificateError("cadata holds no certificate, or there is no memory to read it")
        refusal = CertificateError("certificate of %s refused: %s" % (host, text))
        if is_stranger(error) or "match" not in text:  # mbedtls' words for a wrong name, OpenSSL's
            return refusal
        raise refusal
    if look_up_failed(error):
        raise ConnectError(EIO, "can't look up %s (%s): is there a network, and a name server?" % (host, number))
    number = number if isinstance(number, int) else EIO
    raise ConnectError(number, "can't connect to %s: %s" % (host, "no answer" if number == ETIMEDOUT else words(error)))
