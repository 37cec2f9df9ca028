"""Bodies of replies that come with no Content-Length (RFC 9112, sections 6.3 and 7.1)."""

from errno import EIO


def unsized(transport, headers: dict):
    """The body of `transport`'s reply, a generator: in chunks, or all until the server closes."""
    coding = headers.get("transfer-encoding")
    if coding is None:
        return _until_closed(transport)
    if "content-length" in headers or coding.lower() != "chunked":
        raise OSError(EIO, "a body whose length can't be told")
    return _chunks(transport)


def _chunks(transport):
    body = bytearray()
    while True:
        line = yield from transport.line()
        size = int(line.split(b";")[0].decode(), 16)
        body += yield from transport.sized(size, len(body))
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
            if len(body) > 32768:
                break
    except OSError as error:
        # The end; without TLS's close_notify, which many servers don't send, it is mbedtls' CONN_EOF.
        if error.errno not in (EIO, -0x7280):
            raise
        return body
    raise OSError(EIO, "over 32 kB")
