"""Each port's sockets: models of the module `socket`, as far as the application uses it.

Source files are those of MicroPython 1.24 to 1.29, of lwIP and of ESP-IDF.
"""

import errno

_PER_SERVER_S = 7  # DNS_MAX_RETRIES and DNS_TMR_INTERVAL of lwIP's dns.c: for one server


class Sockets:
    """The module `socket` of a board.

    names       name -> address, what name servers know
    servers     how many name servers there are, none of which answers while `silent`; ESP-IDF takes up to 3
    arrived     list of (data, peer) that UDP sockets find; each costs `each_ms` to take and to answer
    sent        list of (data, peer)
    send_fails  list of errno, one for each datagram to be sent; 0 for one that does not fail
    answer      (data, peer) -> what a UDP socket that is connected to `peer` gets for it, or None
    """

    AF_INET, AF_INET6, SOCK_STREAM, SOCK_DGRAM, SOL_SOCKET, SO_REUSEADDR = 2, 10, 1, 2, 1, 4
    most_tcp = most_udp = 0
    no_room = 0  # errno
    not_found = 0
    name = "socket"

    def __init__(self, clock, radio=None) -> None:
        """`radio`: a model of port_models.radio, without whose route no name server is reached; None: there is one."""
        self.__name__ = self.name
        self.clock = clock
        self.radio = radio
        self.names: dict = {}
        self.servers = 1
        self.silent = False
        self.arrived: list = []
        self.each_ms = 0
        self.sent: list = []
        self.send_fails: list = []
        self.open: list = []
        self.answer = lambda data, peer: None

    def socket(self, family: int = AF_INET, kind: int = SOCK_STREAM, proto: int = 0) -> "Socket":
        same = [other for other in self.open if self._shares(other.kind, kind)]
        if len(same) >= (self.most_udp if kind == self.SOCK_DGRAM else self.most_tcp):
            raise OSError(self.no_room)
        made = Socket(self, kind)
        self.open.append(made)
        return made

    def _shares(self, one: int, other: int) -> bool:
        return one == other

    def getaddrinfo(self, host: str, port: int, family: int = 0, kind: int = 0) -> list:
        """Blocks: no task has a turn meanwhile. A number needs no look-up."""
        address = host if host.replace(".", "").isdigit() else self.names.get(host)
        if address is not host:
            reached = self.radio is None or self.radio.route == "station"
            if self.silent or not reached:
                self.clock.pass_time(_PER_SERVER_S * self.servers * self._families(family))
                address = None
            if address is None:
                raise OSError(self.not_found)
        return [self._found(host, port, family, kind, address)]

    def _families(self, family: int) -> int:
        """How many families a look-up waits for in turn while no server answers."""
        return 2 if family == 0 else 1

    def _found(self, host: str, port: int, family: int, kind: int, address: str) -> tuple:
        return self.AF_INET, kind or self.SOCK_STREAM, 0, "", (address, port)


class LwipSockets(Sockets):
    """rp2: MEMP_NUM_TCP_PCB and MEMP_NUM_UDP_PCB are 5 (ports/rp2/lwip_inc/lwipopts.h); a negative number, which is no
    errno, is lwIP's own: extmod/modlwip.c. That takes no notice of the family: it asks for IPv4, and for IPv6 only once
    an answer has none, so that a silent server is waited for once (lib/lwip/src/core/dns.c, dns_recv())."""

    name = "lwip"
    TCP_NODELAY = 0x40  # TF_NODELAY of lwIP, and not 1 as elsewhere: extmod/modlwip.c
    most_tcp = most_udp = 5
    no_room = errno.ENOMEM
    not_found = -6  # ERR_VAL; a look-up that nobody answers, too

    def _families(self, family: int) -> int:
        return 1


class EspSockets(Sockets):
    """ESP32: CONFIG_LWIP_MAX_SOCKETS is 10, for both kinds together, and 6 on a C2; EAI_FAIL of getaddrinfo() is 202,
    made negative; an address of IPv6 is None: ports/esp32/modsocket.c."""

    most_tcp = most_udp = 10
    no_room = 23  # ENFILE
    not_found = -202

    def _shares(self, one: int, other: int) -> bool:
        return True

    def _found(self, host: str, port: int, family: int, kind: int, address: str) -> tuple:
        if family == self.AF_INET6:
            return family, kind or self.SOCK_STREAM, 0, host, None
        return Sockets._found(self, host, port, family, kind, address)


class Socket:
    def __init__(self, sockets: Sockets, kind: int) -> None:
        self._sockets = sockets
        self.kind = kind
        self._blocks = True
        self._received: list = []

    def setsockopt(self, level: int, option: int, value) -> None:
        """An option that the port does not know has no effect but a warning on the REPL: modlwip.c, modsocket.c."""

    def bind(self, address: tuple) -> None:
        self.bound = address

    def setblocking(self, blocks: bool) -> None:
        self._blocks = blocks

    def connect(self, address: tuple) -> None:
        """Of TCP it goes on by itself where nothing blocks: lwip_socket_connect() in modlwip.c, modsocket.c."""
        self.peer = address
        if self.kind == self._sockets.SOCK_STREAM and not self._blocks:
            raise OSError(errno.EINPROGRESS, "EINPROGRESS")  # CPython knows a number by two arguments alone

    def send(self, data: bytes) -> int:
        """To the peer that it is connected to, by UDP."""
        sent = self.sendto(data, self.peer)
        answer = self._sockets.answer(data, self.peer)
        if answer:
            self._received.append(answer)
        return sent

    def recv(self, most: int) -> bytes:
        if self._received:
            return self._received.pop(0)[:most]
        raise OSError(errno.EAGAIN, "EAGAIN")

    def recvfrom(self, most: int) -> tuple:
        sockets = self._sockets
        if not sockets.arrived:
            if self._blocks:
                raise AssertionError("nothing comes: it would block for ever")
            raise OSError(errno.EAGAIN, "EAGAIN")
        sockets.clock.pass_time(sockets.each_ms / 1000)
        data, peer = sockets.arrived.pop(0)
        return data[:most], peer

    def sendto(self, data: bytes, peer: tuple) -> int:
        """ENOMEM, EHOSTUNREACH or, to port 0, EINVAL, of one datagram: lwip_socket_sendto() in modlwip.c."""
        sockets = self._sockets
        number = sockets.send_fails.pop(0) if sockets.send_fails else 0
        if not number and not peer[1]:
            number = errno.EINVAL
        if number:
            raise OSError(number)
        sockets.sent.append((data, peer))
        return len(data)

    def close(self) -> None:
        if self in self._sockets.open:
            self._sockets.open.remove(self)
