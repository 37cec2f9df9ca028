"""A name server that gives one address for every name (RFC 1035), so that a phone opens the sign-in page by itself."""

import errno
import socket

_TYPE_A, _CLASS_IN = 1, 1
_LONGEST = 512  # bytes of a datagram
_AGAIN = (errno.EAGAIN, 115)


def answer(query: bytes, address: str) -> "bytes | None":
    """The answer to the datagram `query`: `address` for a name's IPv4 address, nothing for all else.

    None for what is no plain query. The answer may be kept for no time at all: it is a lie as soon as the phone is in
    another network.
    """
    if len(query) < 17 or query[2] & 0xF8 or query[4:6] != b"\0\1":  # a response, another opcode, not one question
        return None
    end = 12
    while end < len(query) and query[end]:
        if query[end] > 63:  # a pointer has no place in a question
            return None
        end += 1 + query[end]
    question = query[12 : end + 5]
    if len(question) != end + 5 - 12:
        return None
    wanted = question[-4:] == bytes([0, _TYPE_A, 0, _CLASS_IN])
    # A response, authoritative, recursion as it was asked for; one question, and an answer or none.
    head = query[:2] + bytes([0x84 | query[2] & 1, 0]) + b"\0\1" + bytes([0, 1 if wanted else 0]) + b"\0\0\0\0"
    if not wanted:
        return head + question
    numbers = bytes(int(number) for number in address.split("."))
    return head + question + b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + numbers


async def serve(address: str, sleep, port: int = 53, listen: str = "0.0.0.0") -> None:
    """Answer on UDP `port` until cancelled. Raises OSError when the port can't be had.

    address  what is answered
    sleep    async, takes seconds, such as asyncio.sleep
    """
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        udp.bind(socket.getaddrinfo(listen, port, 0, socket.SOCK_DGRAM)[0][-1])
        udp.setblocking(False)
        while True:
            try:
                query, peer = udp.recvfrom(_LONGEST)
                reply = answer(query, address)
                if reply:
                    udp.sendto(reply, peer)
            except OSError as error:
                if error.errno not in _AGAIN:
                    raise
                await sleep(0.05)
    finally:
        udp.close()
