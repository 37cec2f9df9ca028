"""Improv Wi-Fi over serial: packets, what they do, and that the console keeps the rest."""

from checks import raises
from cognito_app.at_reset import CtrlC
from cognito_app.improv import Improv, ImprovPort, PacketReader, packet, result, strings
from fake_browser import FakePlace
from fake_device import run
from fakes import FakeClock
from port_models.boards import PicoW

ABOUT = ["cognito_mp", "0.1.0", "RP2040", "watch"]


def command(number: int, data: bytes = b"") -> bytes:
    return packet(3, bytes([number, len(data)]) + data)[1:]


def wifi(name: str, password: str) -> bytes:
    fields = b"".join(bytes([len(word.encode())]) + word.encode() for word in (name, password))
    return command(1, fields)


PAUSE = b"<...>"  # a second in which nothing comes


class Port:
    """A device on a serial port."""

    def __init__(self, sent: bytes, online: bool = False, url: str = "http://192.168.1.9/") -> None:
        self.place = FakePlace(online=online)
        self.wrote: list = []
        self.interrupts: list = []
        self.listens = True
        improv = Improv(
            self.wrote.append, self.place.device.keeper, self.place.link, self.place.own, ABOUT, lambda: url
        )
        self._sent = sent
        self.port = ImprovPort(
            self._read, improv, lambda: self.listens, CtrlC(self.interrupts.append), self.place.device.clock, None
        )
        self.console = b""
        while True:
            byte = run(self.port.read())
            if not byte:
                break
            self.console += byte

    async def _read(self) -> bytes:
        while self._sent[:5] == PAUSE:
            self._sent = self._sent[5:]
            self.place.device.clock.pass_time(1)
        byte, self._sent = self._sent[:1], self._sent[1:]
        return byte

    def packets(self) -> list:
        """(type, data) of what it has answered."""
        reader = PacketReader()
        stream = b"".join(self.wrote)
        found = [reader.feed(stream[at : at + 1]) for at in range(len(stream))]
        return [item for _, item in found if item]


STATE, ERROR, RESULT = 1, 2, 4
READY, PROVISIONING, PROVISIONED = b"\x02", b"\x03", b"\x04"


def test_a_packet():
    assert packet(1, b"\x02") == b"\nIMPROV\x01\x01\x01\x02\xe2\n"
    assert strings(b"\x01a\x00\x02\xc3\xa9") == ["a", "", "é"]
    for wrong in (b"\x05abc", b"\x01\xff"):
        raises(ValueError, strings, wrong)
    assert len(result(3, ["x" * 200, "y" * 200])) < 256


def test_the_state_and_who_it_is():
    assert Port(command(2)).packets() == [(STATE, READY)]
    found = Port(command(2), online=True).packets()
    assert found == [(STATE, PROVISIONED), (RESULT, b"\x02\x14\x13http://192.168.1.9/")]
    assert Port(command(2), online=True, url="").packets()[1] == (RESULT, b"\x02\x00")
    kind, data = Port(command(3)).packets()[0]
    assert kind == RESULT and strings(data[2:]) == ABOUT


def test_a_scan():
    found = Port(command(4)).packets()
    assert [strings(data[2:]) for _, data in found] == [
        ["home & <b>garden</b>", "-50", "YES"],
        ["café", "-70", "NO"],
        [],
    ]


def test_a_network_that_lets_it_in_and_one_that_does_not():
    port = Port(wifi("café", ""))
    found = port.packets()
    assert found == [(STATE, PROVISIONING), (STATE, PROVISIONED), (RESULT, b"\x01\x14\x13http://192.168.1.9/")]
    assert port.place.own.networks() == [("café", "")]
    port = Port(wifi("café", "wrong") + wifi("café", ""))
    assert [item[0:2] for item in port.packets()][:5] == [
        (STATE, PROVISIONING),
        (STATE, READY),
        (ERROR, b"\x03"),
        (ERROR, b"\x00"),
        (STATE, PROVISIONING),
    ]


def test_a_command_right_after_a_refusal_finds_nothing_of_it():
    for refused in (wifi("café", "wrong"), command(9), command(1, b"\x05ab")):
        for again in (command(2), command(3), command(4), wifi("café", "")):
            port = Port(again)
            alone = port.packets()
            port = Port(refused)
            refusal = port.packets()
            assert refusal[-1][0] == ERROR, "the last that is said of a command"
            assert Port(refused + again).packets() == refusal + [(ERROR, b"\x00")] + alone
            assert Port(refused + again + again).packets()[len(refusal) + 1 + len(alone)][0] != ERROR


def test_what_is_wrong_is_refused():
    for sent in (
        command(1, b"\x05ab"),
        command(1, b"\x00\x00"),
        command(1, b"\x21" + b"a" * 33 + b"\x00"),
        command(1, b"\x01\xff\x00"),
        b"IMPROV\x01\x03\x02\x02\x00\xff",
        b"IMPROV\x01\x03\x03\x02\x05\x00" + bytes([sum(b"IMPROV\x01\x03\x03\x02\x05\x00") & 255]),
    ):
        assert Port(sent).packets() == [(ERROR, b"\x01")], sent
    assert Port(command(9)).packets() == [(ERROR, b"\x02")]
    assert Port(packet(1, b"\x02")).packets() == [], "what a device tells is no question"


def test_the_console_keeps_the_rest():
    port = Port(b"s\rIMP" + command(2) + b"IMPORT\rII" + command(2) + b"\r\r")
    assert port.console == b"s\rIMPIMPORT\rII\r\r"
    assert port.packets() == [(STATE, READY)] * 2


def test_ctrl_c_interrupts_between_packets_only():
    assert Port(command(3)).packets(), "its type is the byte of Ctrl-C"
    raises(KeyboardInterrupt, Port, b"s\x03")
    port = Port(b"")
    assert port.interrupts == [-1]
    port.listens = False
    port.port.listen()
    assert port.interrupts == [-1, 3]


def makers_code(terminal, listens: bool, sent: list) -> str:
    """What the maker's code returns, over which `sent` comes, a piece for each time that it is started."""
    ctrl_c = CtrlC(terminal.kbd_intr)
    if listens:
        ctrl_c.let_through()

    def work() -> str:
        terminal.arrives(sent.pop(0))
        terminal.check()
        return "done"

    port = ImprovPort(None, None, lambda: listens, ctrl_c, FakeClock(), lambda: terminal.received != b"")
    return port.makers_code(work)


def test_a_makers_code_can_be_interrupted_and_a_packet_starts_it_anew():
    terminal = PicoW().chip.terminal
    assert makers_code(terminal, True, [command(2), command(2), b""]) == "done"
    assert not terminal.interrupts
    terminal.boot()
    assert makers_code(terminal, False, [b""]) == "done" and terminal.interrupts
    for listens in (True, False):
        raises(KeyboardInterrupt, makers_code, terminal, listens, [b"i\r\x03"])


def test_a_packet_that_was_cut_off_takes_nothing_with_it():
    for end in (3, 8, 9, 10):
        port = Port(command(2)[:end] + PAUSE + command(2) + b"i\r")
        assert port.packets() == [(STATE, READY)] and port.console[-2:] == b"i\r", end
    assert Port(b"IMP" + PAUSE + b"ORT").console == b"IMPORT"
    assert Port(b"MPROV\x01\x03\x02" + b"\n" + command(2)).packets() == [(STATE, READY)]


def test_noise_breaks_nothing():
    noise = bytes((at * 37 + at // 7) % 256 for at in range(3000)).replace(b"\x03", b"")
    port = Port(noise + b"\n" + command(2))
    assert port.packets()[-1] == (STATE, READY)
