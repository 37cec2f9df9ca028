"""Improv Wi-Fi over the console's serial port: a browser, right after flashing, tells the device its Wi-Fi network.

The protocol is that of https://www.improv-wifi.com/serial/ as ESPHome, WLED and ESP Web Tools speak it. A packet is

    IMPROV, version 1, type, length, data, checksum (the sum of all bytes before it, modulo 256)

What else comes over the port is the console's.
"""

import sys
from binascii import hexlify

from .backoff import PASSING, describe

_HEADER = b"IMPROV\x01"
_STATE, _ERROR, _COMMAND, _RESULT = 1, 2, 3, 4  # types
_SEND_WIFI, _CURRENT_STATE, _DEVICE_INFO, _SCAN = 1, 2, 3, 4  # commands
_READY, _PROVISIONING, _PROVISIONED = 2, 3, 4  # states
_NO_ERROR, _INVALID, _UNKNOWN, _NOT_CONNECTED = 0, 1, 2, 3  # errors
_MOST = 20  # networks told
_GAP_MS = 500  # within a packet; who sends one that was cut off again does so after a second


def packet(kind: int, data: bytes) -> bytes:
    """A packet on a line of its own, so that a reader finds it among what the console shows."""
    whole = _HEADER + bytes([kind, len(data)]) + data
    return b"\n" + whole + bytes([sum(whole) & 255]) + b"\n"


def result(command: int, words: list) -> bytes:
    """The packet that answers `command` with `words`, str each; those that don't fit one packet are left out."""
    data = b""
    for word in words:
        encoded = word.encode()
        if len(encoded) > 255 or len(data) + 1 + len(encoded) > 253:
            break
        data += bytes([len(encoded)]) + encoded
    return packet(_RESULT, bytes([command, len(data)]) + data)


def strings(data: bytes) -> list:
    """The str of `data`, each with its length before it. Raises ValueError when it is none of that."""
    found = []
    at = 0
    while at < len(data):
        end = at + 1 + data[at]
        if end > len(data):
            raise ValueError
        found.append(str(data[at + 1 : end], "utf-8"))
        at = end
    return found


class PacketReader:
    """Takes packets out of what a serial port brings, byte by byte."""

    def __init__(self) -> None:
        self._held = b""
        self._after_packet = False

    def give_up(self) -> bytes:
        """The rest of what was begun does not come: what of it is for the console."""
        held, self._held = self._held, b""
        return held if len(held) < len(_HEADER) else b""

    def feed(self, byte: bytes) -> tuple:
        """(bytes for the console, a packet's (type, data) or None); the data is None where the checksum is wrong."""
        if self._after_packet:
            self._after_packet = False
            if byte in (b"\n", b"\r"):  # the end of a packet's line is nobody's Enter
                return b"", None
        self._held += byte
        start = self._held[: len(_HEADER)]
        if start != _HEADER[: len(start)]:
            # What looked like a header was typed; its last byte may begin another.
            keep = 1 if byte == _HEADER[:1] else 0
            passed, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
            return passed, None
        if len(self._held) < 10 or len(self._held) < 10 + self._held[8]:
            return b"", None
        whole, self._held = self._held, b""
        self._after_packet = True
        right = sum(whole[:-1]) & 255 == whole[-1]
        return b"", (whole[7], whole[9:-1] if right else None)


class Improv:
    """Answers packets for a device."""

    def __init__(self, write, keeper, link, own, about: list, page_url) -> None:
        """
        write     (bytes) sends them as they are
        keeper    a SessionKeeper
        link      a WifiLink
        own       an OwnSettings, which keeps the network
        about     firmware, its version, chip and the device's name, str each
        page_url  () -> str, where the sign-in page is in the device's network; "" when it is not
        """
        self._write = write
        self._keeper = keeper
        self._link = link
        self._own = own
        self._about = about
        self._page_url = page_url
        self._refused = False

    async def answer(self, kind: int, data: "bytes | None") -> None:
        """Do what the packet asks for. A refusal is the last that is said of it, and stands until the next command."""
        if kind != _COMMAND:
            return
        if self._refused:
            self._refused = False
            self._write(packet(_ERROR, bytes([_NO_ERROR])))
        if data is None or len(data) < 2 or data[1] != len(data) - 2:
            return self._error(_INVALID)
        command = data[0]
        if command == _SEND_WIFI:
            await self._send_wifi(data[2:])
        elif command == _CURRENT_STATE:
            self._tell_state()
        elif command == _DEVICE_INFO:
            self._write(result(command, self._about))
        elif command == _SCAN:
            await self._scan()
        else:
            self._error(_UNKNOWN)

    def _error(self, number: int) -> None:
        self._refused = True
        self._write(packet(_ERROR, bytes([number])))

    def _state(self, state: int) -> None:
        self._write(packet(_STATE, bytes([state])))

    def _tell_state(self) -> None:
        if not self._link.is_up():
            return self._state(_READY)
        self._state(_PROVISIONED)
        self._tell_url(_CURRENT_STATE)

    def _tell_url(self, command: int) -> None:
        url = self._page_url()
        self._write(result(command, [url] if url else []))

    async def _scan(self) -> None:
        try:
            networks = await self._keeper.alone(self._link.scan)
        except PASSING:  # a radio that can't just now
            networks = []
        for name, strength, locked in networks[:_MOST]:
            self._write(result(_SCAN, [name, str(strength), "YES" if locked else "NO"]))
        self._write(result(_SCAN, []))

    async def _send_wifi(self, data: bytes) -> None:
        try:
            name, password = strings(data)
        except ValueError:
            return self._error(_INVALID)
        if not 0 < len(name.encode()) <= 32 or len(password.encode()) > 64:
            return self._error(_INVALID)
        self._state(_PROVISIONING)
        try:
            await self._keeper.alone(self._link.join, name, password)
        except PASSING:
            self._state(_READY)
            return self._error(_NOT_CONNECTED)
        try:
            self._own.add_network(name, password)
        except OSError as error:  # it is connected all the same
            print("the Wi-Fi network could not be saved:", describe(error))
        self._state(_PROVISIONED)
        self._tell_url(_SEND_WIFI)


class ImprovPort:
    """A console's read() over a port where packets come too: they are answered, and the rest is handed on.

    While `listens()`, the byte of Ctrl-C does not interrupt the program by itself, because each packet has it; typed
    between packets, it raises KeyboardInterrupt.
    """

    def __init__(self, read, improv: Improv, listens, ctrl_c, clock, packet_follows) -> None:
        """
        read     async () -> one byte as bytes, b"" when the terminal is gone
        listens  () -> bool, whether packets are wanted
        ctrl_c   the at_reset.CtrlC
        clock    the module cognito_mp.clock, or any object with its functions
        packet_follows  () -> bool, whether the byte of Ctrl-C that has just come was one of a packet
        """
        self._packet_follows = packet_follows
        self._clock = clock
        self._last = b""
        self._since = clock.ticks_ms()  # the last byte
        self._read = read
        self._improv = improv
        self._listens = listens
        self._ctrl_c = ctrl_c
        self._reader = PacketReader()
        self._passed = b""

    def listen(self) -> None:
        """Let Ctrl-C through, or not, by what listens() says now."""
        if self._listens():
            self._ctrl_c.let_through()
        else:
            self._ctrl_c.interrupt()

    def makers_code(self, work):
        """What work(), the maker's own code, returns: it can be interrupted, whatever is wrong with it.

        Where what interrupted was the byte of a packet, it is done anew.
        """
        while True:
            try:
                self._ctrl_c.interrupt()
                return work()
            except KeyboardInterrupt:
                if not self._listens():
                    raise
                self._ctrl_c.let_through()
                if not self._packet_follows():
                    raise
            finally:
                self.listen()

    async def read(self) -> bytes:
        """The next byte that is for the console."""
        while True:
            self.listen()
            if self._passed:
                byte, self._passed = self._passed[:1], self._passed[1:]
                return byte
            byte = await self._read()
            if not byte:
                return byte
            before, self._last = self._last, byte
            now = self._clock.ticks_ms()
            late = self._clock.ticks_diff(now, self._since) > _GAP_MS
            self._since = now
            begun = self._reader.give_up() if late else b""
            passed, found = self._reader.feed(byte)
            if not self._ctrl_c.interrupts and passed[-1:] == b"\x03":
                if before != _HEADER[-1:]:
                    raise KeyboardInterrupt
                passed = passed[:-1]  # of a packet whose beginning was lost
            self._passed = begun + passed
            if found:
                await self._improv.answer(*found)


def packet_follows() -> bool:
    """Whether the length of a packet is behind the byte of Ctrl-C that has just come over stdin.

    Behind one that was typed is nothing, and behind one of mpremote's another, or Ctrl-A.
    """
    import select

    poller = select.poll()
    poller.register(sys.stdin, select.POLLIN)
    return bool(poller.poll(50)) and sys.stdin.buffer.read(1) not in (b"", b"\x01", b"\x03", b"\x04", b"\r")


def port_for(read, keeper, link, own, page_url, board, ctrl_c) -> ImprovPort:
    """The ImprovPort of this device, which takes the place of `read`; the rest as Improv has it.

    board   the hardware.Board
    ctrl_c  the at_reset.CtrlC

    It listens while nobody is signed in: then a browser may want it, and Ctrl-C interrupts nothing but a wait.
    """
    from cognito_mp import __version__

    from .makers_job import needs_a_person

    machine = getattr(sys.implementation, "_machine", sys.platform)
    name = "cognito_mp " + hexlify(board.unique_id()[-2:]).decode()
    about = ["cognito_mp", __version__, machine.rpartition(" with ")[2], name]
    improv = Improv(sys.stdout.buffer.write, keeper, link, own, about, page_url)
    port = ImprovPort(read, improv, lambda: needs_a_person(keeper), ctrl_c, board.clock, packet_follows)
    keeper.on_status(lambda _: port.listen())
    return port
