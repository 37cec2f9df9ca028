"""Replies beside those with a Content-Length and a body (RFC 9112, sections 6.3 and 7.1). Loaded when one comes."""

from errno import EIO

_LONGEST = 32768


def whole(transport, keep: bool, status: int, headers: dict):
    """(status, headers, body, keep) of the reply that `transport` has read the head of, a generator.

    Those of status 1xx before it are dropped.
    """
    while 100 <= status < 200:
        keep, status, headers = yield from transport.head()
    coding = headers.get("transfer-encoding")
    length = headers.get("content-length", "")
    if headers.get("content-encoding", "identity") != "identity":
        raise OSError(EIO, "a coding that nobody asked for")
    if status in (204, 304):
        body = b""
    elif coding is None and "content-length" not in headers:
        keep = False
        body = yield from _until_closed(transport)
    elif coding is None:
        if not length.isdigit():
            raise ValueError("no length")
        body = yield from transport.sized(int(length))
    elif "content-length" not in headers and coding.lower() == "chunked":
        body = yield from _chunks(transport)
    else:
        raise OSError(EIO, "a body whose length can't be told")
    return status, headers, body, keep


def _chunks(transport):
    body = bytearray()
    while True:
        line = yield from transport.line()
        size = int(line.split(b";")[0].decode(), 16)
        if not 0 <= size <= _LONGEST - len(body):
            raise OSError(EIO, "more than 32 kB")
        body += yield from transport.sized(size)
        line = yield from transport.line()
        if not size:
            while line:  # trailers
                line = yield from transport.line()
            return body


def _until_closed(transport):
    body = bytearray()
    try:
        while True:
            # Byte by byte: mbedtls tells of the end once, and MicroPython drops it when bytes came just before.
            body += yield from transport.call("read", 1)
            if len(body) > _LONGEST:
                break
    except OSError as error:
        # The end; without TLS's close_notify, which many servers don't send, it is mbedtls' CONN_EOF.
        if error.errno not in (EIO, -0x7280):
            raise
        return body
    raise OSError(EIO, "more than 32 kB")
