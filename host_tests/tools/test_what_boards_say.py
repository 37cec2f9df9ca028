"""What boards say of themselves, and what is made of it: no board needed."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner
from cognito_mp.transports.amazon_roots import ROOTS
from cognito_mp_tools import cli, terminal
from cognito_mp_tools.board import board_report, deploy
from cognito_mp_tools.board.doctor_checks import Failed, Patient, clock, network
from cognito_mp_tools.board.link import DeviceCodeFailed, DeviceLink
from cognito_mp_tools.board.session import StoredSession, session_path
from cognito_mp_tools.board.status import lines
from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.library.bytecode import ARCHITECTURES, MpyFormat, emitted_version

ANSWER = {
    "machine": "Watch",
    "version": "1.25.0",
    "build": "",
    "library": None,
    "free": 500,
    "used": 99_500,
    "flash": [1_500_000, 2_000_000],
    "expires": None,
}


@pytest.mark.parametrize(
    ("number", "architecture"), [(4870, "armv6m"), (11014, "xtensawin"), (6, ""), (6 | 15 << 10, "")]
)
def test_the_format_that_a_board_loads(number: int, architecture: str) -> None:
    assert MpyFormat.of(number) == MpyFormat(6, architecture)


def test_mpy_cross_must_be_of_the_boards_version() -> None:
    board = deploy.Board("Watch", "1.30.0", MpyFormat(emitted_version() + 1, ""), ())
    words = "MicroPython 1.30.0 loads .mpy version 7, and this mpy-cross writes version 6"
    with pytest.raises(ToolFailed, match=words):
        deploy._target(board, source=False)
    assert deploy._target(board, source=True) is None
    # A board that says nothing of .mpy files gets source.
    assert deploy._target(deploy.Board("Watch", "1.30.0", None, ()), source=False) is None


def test_what_is_frozen_in_is_not_copied() -> None:
    def copied(*frozen: str, library_only: bool = False) -> list[str]:
        return list(deploy.sources(deploy.Board("Watch", "1.25.0", None, frozen), library_only))

    everything = copied()
    assert everything[-1] == "/main.py" and "/lib/cognito_app/app.py" in everything
    assert {path for path in everything if path.count("/") == 1} == {"/main.py"}, "nothing else lies in the way"
    assert [path for path in everything if not path.startswith("/lib/cognito_mp/")] == copied("cognito_mp")
    assert [path for path in everything if path.startswith("/lib/cognito_mp/")] == copied("cognito_app")
    assert copied(library_only=True) == copied("cognito_app")
    assert copied("cognito_mp", "cognito_app") == []


MACHINE_CODE: dict[str, set[str]] = {
    "armv6m": {"montgomery_thumb.mpy", "srp_numbers_thumb.mpy"},
    "armv7emsp": {"montgomery_thumb.mpy", "srp_numbers_thumb.mpy"},
    "rv32imc": {"montgomery_rv32.mpy", "srp_numbers_words.mpy"},
    "xtensawin": {"montgomery_xtensa.mpy", "srp_numbers_words.mpy", "srp_xtensa.mpy"},
    "xtensa": set(),  # ESP8266: it has no windowed registers, which the code needs
    "x64": set(),
    "": set(),
}


@pytest.mark.parametrize("architecture", MACHINE_CODE)
def test_a_board_gets_the_machine_code_for_its_chip_and_no_other(architecture: str) -> None:
    target = MpyFormat(emitted_version(), architecture)
    board = deploy.Board("Watch", "1.25.0", target, ())
    chosen = {
        path: source
        for path, source in deploy.sources(board, library_only=True).items()
        if Path(path).stem.endswith(("_thumb", "_rv32", "_xtensa", "_words"))
    }
    files = deploy.contents(chosen, target)
    assert {Path(path).name for path in files} == MACHINE_CODE[architecture]
    # Byte 2 has the architecture, 0 for bytecode: MicroPython, py/persistentcode.h.
    native = [ARCHITECTURES[content[2] >> 2] for content in files.values() if content[2] >> 2]
    assert native == ([architecture] if files else [])


def test_modules_for_other_pythons_stay_here() -> None:
    paths = deploy.sources(deploy.Board("Watch", "1.25.0", None, ()))
    assert "/lib/cognito_mp/transports/https.py" in paths
    assert not [path for path in paths if "cpython" in path or "circuitpython" in path]


def status(**changes: object) -> dict[str, str]:
    values = {"client_id": "abc", "region": "eu-west-1", "client_secret": "hush", "wifi_password": "hush"}
    session = StoredSession(None, None)
    return dict(lines({**ANSWER, "clock": int(time.time()), **changes}, values, session))


def test_status_tells_when_a_kept_token_expires() -> None:
    now = int(time.time())
    assert status(expires=now + 1800)["token"] == "the kept access token is good for 30 minutes"
    assert "has expired" in status(expires=now - 1)["token"]
    assert status()["token"].startswith("not known")


def test_status_tells_of_clock_and_space_and_no_secret() -> None:
    shown = status(clock=int(time.time()) + 3 * 3600)
    assert shown["clock"].endswith("3 hours ahead") or shown["clock"].endswith("2 hours ahead")
    assert shown["heap"] == "500 bytes free of 100.0 kB"
    assert shown["flash"] == "1.50 MB free of 2.00 MB"
    assert shown["session"] == "yes, of somebody (sealed, or without a library to read it)"
    assert "hush" not in str(shown)


def test_the_session_is_where_the_settings_say() -> None:
    assert session_path(None) == session_path({}) == "/session"
    assert session_path({"session_file": "/data/me"}) == "/data/me"


@pytest.mark.parametrize(
    ("raised", "found", "advice"),
    [
        ("ImportError: no module named 'network'", "this MicroPython has no Wi-Fi", "a Pico W takes RPI_PICO_W"),
        ("OSError: no connection to home in 20 s, status 202", "no connection to home", "check the Wi-Fi name"),
    ],
)
def test_the_firmware_of_a_board_without_wifi_is_told_from_a_wifi_that_fails(
    raised: str, found: str, advice: str
) -> None:
    class Link:
        def ask(self, code: str, **words: object) -> object:
            raise DeviceCodeFailed("/dev/ttyACM0", raised)

    with pytest.raises(Failed) as problem:
        network(Patient(cast(DeviceLink, Link()), "example.com", 443, ()))
    assert found in problem.value.found and advice in problem.value.advice


@pytest.mark.parametrize(
    ("ahead", "found"),
    [
        (2 * 3600, "2 h 0 min ahead of this computer"),
        (-5 * 3600 - 1800, "5 h 30 min behind this computer"),
        (-900, "15 minutes behind this computer"),
    ],
)
def test_a_clock_that_was_set_to_local_time(ahead: int, found: str) -> None:
    with pytest.raises(Failed) as problem:
        clock_of(ahead)
    assert problem.value.found.endswith(found) and "UTC" in problem.value.found
    assert "Thonny" in problem.value.advice and "--set-clock" in problem.value.advice


def test_a_clock_that_is_right_and_one_that_was_never_set() -> None:
    assert clock_of(-100).endswith(" UTC")
    with pytest.raises(Failed) as problem:
        clock_of(-10 * 365 * 86400)
    assert "no certificate can be checked" in problem.value.advice


def clock_of(ahead: int) -> str:
    """What doctor says of a board whose clock is so many seconds ahead of this computer's."""

    class Link:
        def ask(self, code: str) -> int:
            return int(time.time()) + ahead

    return clock(Patient(cast(DeviceLink, Link()), "example.com", 443, ()))


# A real board's word, as docs/boards_seen.md has it.

SECRETS = ("home-wifi", "wifi-secret", "alice", "192.168.1.20", "faults of mine")


class ReportedBoard:
    """A Pico W; the questions in `failing` raise, with what nobody else should see in the words."""

    def __init__(self, *failing: str) -> None:
        self.failing = failing

    def ask(self, code: str, timeout: float = 0, **words: object) -> Any:
        for name in self.failing:
            if code is getattr(board_report, name):
                raise DeviceCodeFailed("/dev/ttyACM0", "OSError: [Errno 113] EHOSTUNREACH home-wifi wifi-secret")
        if code is board_report._ABOUT:
            return {
                "platform": "rp2", "machine": "Raspberry Pi Pico W with RP2040", "version": "v1.28.0", "free": 150_000,
                "used": 10_000, "flash": [800_000, 868_352], "hertz": 125_000_000, "epoch": 1970, "cause": 3,
                "causes": {"1": "PWRON_RESET", "3": "WDT_RESET"}, "memory": None, "library": "0.1",
            }  # fmt: skip
        if code is board_report._SRP:
            return [612, 2301]
        if code is board_report._DNS:
            return 48
        if code is board_report._WIFI:
            tries = [["a wrong password", [[0, 1], [2100, -3], [12000, "given up"]]]]
            tries += [["the right password", [[0, 1], [1800, 2], [3900, 3], [3900, "connected"]]]]
            return {"names": {"-3": "STAT_WRONG_PASSWORD", "3": "STAT_GOT_IP"}, "scan": [2400, 9], "tries": tries}
        if "root" in words:
            if words["root"] is not ROOTS[1]:
                raise DeviceCodeFailed("/dev/ttyACM0", "ValueError: not signed by a trusted CA")
            return 1840
        raise AssertionError(code)


def reported(*failing: str) -> str:
    link = cast(DeviceLink, ReportedBoard(*failing))
    patient = Patient(link, "cognito-idp.eu-west-1.amazonaws.com", 443, ROOTS)
    verdicts = {"MicroPython": True, "network": True, "TLS": False, "time": None}
    return board_report.markdown(board_report.look(patient, verdicts, lambda words: None), "2026-11-30")


def test_a_report_has_what_only_a_board_can_tell() -> None:
    text = reported()
    assert text.startswith("## Raspberry Pi Pico W with RP2040\n\n2026-11-30, by cognito-mp ")
    for line in (
        "| port | rp2 |",
        "| checks of doctor | ok: MicroPython, network; failed: TLS; not tried: time |",
        "| SRP | 0.61 s before the password is known, 2.30 s after it |",
        "| look-up of the server | 48 ms |",
        "| TLS | verified in 1840 ms by Starfield Services Root Certificate Authority - G2, root 2 of 5 |",
        "| Wi-Fi, a scan | 2400 ms, 9 networks |",
        "| Wi-Fi states, a wrong password | 1 at 0 ms, -3 (STAT_WRONG_PASSWORD) at 2100 ms, given up at 12000 ms |",
        "| reset cause before | 3 (WDT_RESET) |",
    ):
        assert line in text, line


def test_what_a_board_can_not_tell_is_in_its_report_by_its_kind_alone() -> None:
    text = reported("_SRP", "_DNS", "_WIFI")
    assert text.count("OSError [Errno 113] EHOSTUNREACH") == 3
    assert not [secret for secret in SECRETS if secret in text]


def test_the_page_of_boards_that_were_seen_says_that_there_is_none() -> None:
    from cognito_mp_tools.project import ROOT

    text = (ROOT / "docs" / "boards_seen.md").read_text()
    assert ("**None yet.**" in text) is ("\n## " not in text), "the first board takes the sentence out"


STEERING = "board \x1b[2J\x07\x9b1A\u202e[red]"


def test_nothing_that_a_board_says_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say(STEERING)
    terminal.rows([(STEERING, STEERING)])
    terminal.table(STEERING, [STEERING], {STEERING: [[STEERING]]}, 1)
    terminal.verdict(False, STEERING, STEERING, STEERING)
    terminal.remark(STEERING, STEERING, STEERING)
    with terminal.progress(STEERING, 10):
        pass
    heard: list[str] = []
    with terminal.heard_by(heard.append):
        terminal.say(STEERING)
    shown = capsys.readouterr().out + "".join(heard)
    assert shown.count("[red]") >= 10, "and it is shown as it is"
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", shown)


def test_nor_what_goes_wrong() -> None:
    said = CliRunner().invoke(cli.cli, ["status", "/dev/" + STEERING])
    assert said.exit_code == 1 and "?[2J" in said.output and "\x1b" not in said.output
