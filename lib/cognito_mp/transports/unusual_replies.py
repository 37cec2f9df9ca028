"""Replies beside those with a Content-Length and a body (RFC 9112, sections 6.3 and 7.1). Loaded when one comes."""

from errno import EIO

_USUAL = 32768  # bytes that need no look at the memory


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


def _whole(piece):
    """All that `piece` gives: a generator function of the next bytes, none at the end. Raises too_large()'s."""
    body = bytearray()
    most = _USUAL
    while True:
        data = yield from piece()
        if not data:
            return body
        if len(body) + len(data) > most:
            from .large_replies import room, searched

            most = room()
            if len(body) + len(data) > most:
                yield from searched(body + data, len(body), piece)
        body += data


def _chunks(transport):
    left = [0]  # bytes of the chunk

    def piece():
        if not left[0]:
            line = yield from transport.line()
            left[0] = int(line.split(b";")[0].decode(), 16)
            if left[0] < 0:
                raise ValueError  # https._reply() has the words
            if not left[0]:
                while (yield from transport.line()):  # trailers
                    pass
                return b""
        data = yield from transport.call("read", min(left[0], 512))
        left[0] -= len(data)
        if not left[0]:
            yield from transport.line()
        return data

    return _whole(piece)


def _until_closed(transport):
    def piece():
        try:
            # Byte by byte: mbedtls tells of the end once, and MicroPython drops it when bytes came just before.
            return (yield from transport.call("read", 1))
        except OSError as error:
            # The end; without TLS's close_notify, which many servers don't send, it is mbedtls' CONN_EOF.
            if error.errno not in (EIO, -0x7280):
                raise
            return b""

    return _whole(piece)
