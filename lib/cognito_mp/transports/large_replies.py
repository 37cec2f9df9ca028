"""Replies of more than 8 kB: what there is memory for, up to 128 kB. Loaded when one comes.

The tokens of a person in a hundred groups with roles are as large (Cognito's quota is 100 groups for a person; an ID
token names each with its role, up to 2 kB).
"""

import gc

from ..errors import CognitoError

# Any board that signs in has room for so much, or its MemoryError.
_USUAL = 32768
_LARGEST = 131072
# What is larger still is not even read through for its refresh token.
_READ_THROUGH = 4 * _LARGEST


def too_large(size: int, refresh_token: "str | None") -> CognitoError:
    """There is no memory for a reply of `size` bytes or more, whose request was carried out: it is not asked again.

    refresh_token  str, the one in the reply, which the error keeps under this name: where the app client rotates its
                   refresh tokens it is the only one in force from now on; None where there is none
    """
    error = CognitoError(
        "ReplyTooLarge",
        "a reply of %d kB or more does not fit into this board's memory: is the person in too many groups, or are "
        "there too many claims in their tokens?" % (size // 1024),
        200,
    )
    error.refresh_token = refresh_token  # type: ignore[attr-defined]  # no other has one
    return error


def room(free: "int | None" = None) -> int:
    """Bytes that a reply may have.

    free  bytes of heap; None: what there is. The tokens are cut out of the reply one by one, and its claims are read:
          at the peak that takes three times its size.
    """
    if free is None:
        gc.collect()
        free = gc.mem_free() if hasattr(gc, "mem_free") else 3 * _LARGEST  # CPython has no limit of its own
    return max(_USUAL, min(_LARGEST, free // 3))


def sized(transport, size: int):
    """`size` bytes of the reply that `transport` reads, a generator. Raises too_large()'s."""
    if size <= _USUAL or size <= room():
        try:
            return (yield from transport.all("readinto", bytearray(size)))
        except MemoryError:  # there is none in one piece
            pass
    left = [size]

    def piece():
        if not left[0]:
            return b""
        data = yield from transport.call("read", min(left[0], 512))
        left[0] -= len(data)
        return data

    yield from searched(b"", size, piece)


def searched(start, size: int, piece):
    """Raise too_large() for a reply of `size` bytes or more that began with `start`, once it was read through.

    piece  generator function that gives its next bytes; none at the end
    """
    search = RefreshTokenSearch()
    search.feed(start)
    start = None
    count = size
    try:
        while search.token is None and size <= _READ_THROUGH and count < 2 * _READ_THROUGH:
            data = yield from piece()
            if not data:
                break
            search.feed(data)
            count += len(data)
    except OSError:  # it breaks off
        pass
    raise too_large(size, search.token)


class RefreshTokenSearch:
    """Finds the refresh token in a reply that comes in pieces, and keeps no more of it.

    token  str, once it was found whole
    """

    def __init__(self) -> None:
        self.token: str | None = None
        self._text = b""

    def feed(self, piece) -> None:
        self._text += bytes(piece)
        at = self._text.find(b'"RefreshToken"')
        if at < 0:
            self._text = self._text[-16:]
            return
        self._text = self._text[at:]
        parts = self._text.split(b'"', 4)
        if len(parts) > 4 or len(self._text) > 16384:  # no refresh token is as long
            if len(parts) > 4 and parts[2].strip() == b":" and parts[3] and b"\\" not in parts[3]:
                self.token = parts[3].decode()
            self._text = self._text[14:64]
