"""A name server that gives one address for every name (RFC 1035), so that a phone opens the sign-in page by itself."""

import socket

_TYPE_A, _CLASS_IN = 1, 1
_LONGEST = 512  # bytes of a datagram
_PAUSE_S = 0.05  # between looks while nothing comes


def answer(query: bytes, address: str) -> "bytes | None":
    """The answer to the datagram `query`: `address` for a name's IPv4 address, nothing for all else.

    None if it is not a plain query. The answer may be kept for no time at all: it is a lie as soon as the phone is in
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


class NameServer:
    """Answers on one UDP port, from now until close()."""

    def __init__(self, address: str, sleep, port: int = 53, listen: str = "0.0.0.0", sockets=socket) -> None:
        """
        address  what is answered
        sleep    async, takes seconds, such as asyncio.sleep
        sockets  the module socket, or its like

        Raises OSError when the port can't be had.
        """
        self._address = address
        self._sleep = sleep
        self._udp = sockets.socket(sockets.AF_INET, sockets.SOCK_DGRAM)
        try:
            self._udp.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
            self._udp.bind(sockets.getaddrinfo(listen, port, 0, sockets.SOCK_DGRAM)[0][-1])
            self._udp.setblocking(False)
        except BaseException:
            self.close()
            raise

    async def run(self) -> None:
        """Answer for ever. A datagram that can't be sent (no memory just now, a phone that is gone) is one lost."""
        while True:
            try:
                query, peer = self._udp.recvfrom(_LONGEST)
            except OSError:
                await self._sleep(_PAUSE_S)
                continue
            reply = answer(query, self._address)
            if reply:
                try:
                    self._udp.sendto(reply, peer)
                except OSError:
                    pass
            await self._sleep(0)  # whoever sends without end does not stop the device

    def close(self) -> None:
        self._udp.close()
