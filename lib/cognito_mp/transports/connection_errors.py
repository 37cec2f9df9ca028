"""Why there is no connection, in words and in the right kind of error. Loaded only when there is none."""


class ConnectError(OSError):
    """No connection: not one byte of the request has left, so any request may be sent again."""


class CertificateError(OSError):
    """The server's certificate was refused (or can't be judged); the text names the failed check."""


def unopened(error: "OSError | ValueError", host: str) -> OSError:
    """The error to raise for `error`, met before anything was sent, when no other root does; raised when none can.

    error  a ValueError without words when the clock was never set
    """
    # A refused certificate is a ValueError on MicroPython, and a kind of one on CPython.
    if isinstance(error, ValueError):
        text = str(error)
        if not text:
            text = "no certificate can be checked until the clock is set: ntptime.settime() first"
            raise CertificateError(text)
        refusal = CertificateError("certificate of %s refused: %s" % (host, text))
        if "trusted CA" in text or "issuer" in text or "self-signed" in text:  # mbedtls' words, OpenSSL's
            return refusal
        raise refusal
    raise ConnectError(error.errno, "can't connect to %s: %s" % (host, error))
