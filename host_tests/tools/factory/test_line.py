"""The production line, with boards of wood and a local Cognito: pulled, killed, doubled, throttled."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cognito_mp_tools.factory.ledger import STEPS, Ledger
from cognito_mp_tools.factory.line import Row, Screen
from cognito_mp_tools.factory.pace import Pace
from cognito_mp_tools.factory.people import People, read_users
from cognito_mp_tools.local.cognito import LocalCognito
from cognito_mp_tools.pool import settings as pool_settings
from rich.console import Console
from tools.factory.boards_of_wood import WoodenBoard, run_line

PROGRAM = Path(__file__).with_name("boards_of_wood.py")
SERIALS = ("e660aa", "e660bb", "e660cc")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "factory.sqlite")
    yield opened
    opened.close()


def finished(ledger: Ledger) -> dict[str, str | None]:
    return {record.serial: record.username for record in ledger.boards() if record.finished_at}


def users_of(cognito: LocalCognito, pool: Path, beginning: str) -> list[str]:
    """The e-mail addresses of the users whose address begins so, before the "@"."""
    pages = cognito.admin().get_paginator("list_users").paginate(UserPoolId=pool_settings.read(pool)["user_pool_id"])
    attributes = [attribute for page in pages for user in page["Users"] for attribute in user["Attributes"]]
    emails = [attribute["Value"] for attribute in attributes if attribute["Name"] == "email"]
    return sorted(email.partition("@")[0] for email in emails if email.startswith(beginning))


def make_people(cognito: LocalCognito, pool: Path, admin: Any = None) -> People:
    return People(pool_settings.read(pool), admin or cognito.admin(), Pace(1000), "USER_PASSWORD_AUTH", {})


def test_many_boards_at_once(local_cognito: LocalCognito, pool: Path, ledger: Ledger) -> None:
    boards = {f"port-{serial}": WoodenBoard(serial) for serial in SERIALS}
    run_line(ledger, make_people(local_cognito, pool), boards, 3, "many-{serial}@example.com")
    assert finished(ledger) == {serial: f"many-{serial}@example.com" for serial in SERIALS}
    assert len({board.session for board in boards.values()}) == 3 and all(board.session for board in boards.values())


@pytest.mark.parametrize("step", ["flash", "deploy", "session", "check"])
def test_a_cable_that_is_pulled_stops_one_board_alone(
    local_cognito: LocalCognito, pool: Path, ledger: Ledger, step: str, capsys: pytest.CaptureFixture[str]
) -> None:
    boards = {f"port-{serial}": WoodenBoard(serial, {step} if serial == SERIALS[0] else None) for serial in SERIALS}
    run_line(ledger, make_people(local_cognito, pool), boards, 3, f"pulled-{step}-{{serial}}@example.com")
    assert set(finished(ledger)) == set(SERIALS)
    assert "stopped the device went away in the middle" in capsys.readouterr().out
    assert users_of(local_cognito, pool, f"pulled-{step}-") == [f"pulled-{step}-{serial}" for serial in SERIALS]
    assert [boards[f"port-{serial}"].checked for serial in SERIALS[1:]] == [1, 1]


class FaultyBoard(WoodenBoard):
    """One that meets a fault of ours, whose exception has a secret in its text."""

    def __init__(self, serial: str, fault: BaseException, step: str) -> None:
        super().__init__(serial, {step})
        self._fault = fault

    def _reach(self, step: str) -> None:
        if step in self._fails_at:
            raise self._fault


@pytest.mark.parametrize("fault", [KeyError("Secret-1"), SystemExit("Secret-1"), MemoryError("Secret-1")])
@pytest.mark.parametrize("step", ["flash", "deploy", "check"])
def test_a_fault_of_ours_stops_one_board_alone(
    local_cognito: LocalCognito,
    pool: Path,
    ledger: Ledger,
    fault: BaseException,
    step: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    boards = {"port-1": FaultyBoard("e660aa", fault, step), "port-2": WoodenBoard("e660bb")}
    name = f"faulty-{step}-{type(fault).__name__.lower()}-{{serial}}@example.com"
    run_line(ledger, make_people(local_cognito, pool), boards, 9, name, once=True)
    assert set(finished(ledger)) == {"e660bb"}
    told = capsys.readouterr().out
    assert f"stopped a fault of cognito-mp, {type(fault).__name__} at test_line.py, line " in told
    assert "Secret-1" not in told
    problems = {record.serial: record.problem for record in ledger.boards()}
    assert step == "flash" or problems["e660aa"].startswith("a fault of cognito-mp")


@pytest.mark.parametrize("serial", ["f" * 5000, "", "e660/../aa", "=1+1", "e660aa\n"])
def test_a_board_that_tells_no_serial_number_is_left_as_it_is(
    local_cognito: LocalCognito, pool: Path, ledger: Ledger, serial: str, capsys: pytest.CaptureFixture[str]
) -> None:
    boards = {"port-1": WoodenBoard(serial), "port-2": WoodenBoard("e660bb")}
    run_line(ledger, make_people(local_cognito, pool), boards, 9, "numberless-{serial}@example.com", once=True)
    assert [record.serial for record in ledger.boards()] == ["e660bb"] and not boards["port-1"].session
    assert f"said {len(serial)} characters that can't be a serial number" in capsys.readouterr().out


def test_once_waits_for_no_board_that_has_stopped(local_cognito: LocalCognito, pool: Path, ledger: Ledger) -> None:
    boards = {f"port-{serial}": WoodenBoard(serial, {"check"} if serial == SERIALS[0] else None) for serial in SERIALS}
    people = make_people(local_cognito, pool)
    run_line(ledger, people, boards, 9, "once-{serial}@example.com", once=True)
    assert set(finished(ledger)) == set(SERIALS[1:])
    run_line(ledger, people, boards, 9, "once-{serial}@example.com", once=True)
    assert set(finished(ledger)) == set(SERIALS)


@pytest.mark.parametrize("step", STEPS)
def test_a_program_that_is_killed_goes_on_where_it_was(
    local_cognito: LocalCognito, pool: Path, tmp_path: Path, step: str
) -> None:
    names = [f"killed-{step}-{number}@example.com" for number in range(3)]
    users = tmp_path / "users.csv"
    users.write_text("username\n" + "\n".join(names) + "\n")
    owner = local_cognito.owner
    environment = {
        **os.environ,
        "OWNER_ENDPOINT": local_cognito.owner_endpoint,
        "AWS_ACCESS_KEY_ID": owner.access_key,
        "AWS_SECRET_ACCESS_KEY": owner.secret_key,
    }
    command = [sys.executable, str(PROGRAM), str(tmp_path / "factory.sqlite"), str(pool), str(users)]
    killed = subprocess.run([*command, step, *SERIALS], env=environment, capture_output=True, text=True, timeout=120)
    assert killed.returncode == 9, killed.stdout + killed.stderr
    again = subprocess.run([*command, "", *SERIALS], env=environment, capture_output=True, text=True, timeout=120)
    assert again.returncode == 0, again.stdout + again.stderr
    ledger = Ledger(tmp_path / "factory.sqlite")
    assert set(finished(ledger)) == set(SERIALS)
    assert sorted(name for name in finished(ledger).values() if name) == names
    ledger.close()
    assert users_of(local_cognito, pool, f"killed-{step}-") == [name.partition("@")[0] for name in names]


def test_a_board_that_appears_twice_is_one_board(local_cognito: LocalCognito, pool: Path, ledger: Ledger) -> None:
    first, twin, other = WoodenBoard("e660aa"), WoodenBoard("e660aa"), WoodenBoard("e660bb")
    run_line(
        ledger, make_people(local_cognito, pool), {"a": first, "b": twin, "c": other}, 2, "twice-{serial}@example.com"
    )
    assert set(finished(ledger)) == {"e660aa", "e660bb"}
    assert users_of(local_cognito, pool, "twice-") == ["twice-e660aa", "twice-e660bb"]
    people = make_people(local_cognito, pool)
    # One that is plugged in again later, when all are done, is left alone.
    given = first.given + twin.given
    run_line(ledger, people, {"d": first}, 2, "twice-{serial}@example.com")
    assert first.given + twin.given == given


def test_one_board_more_than_wanted_is_left_as_it_is(local_cognito: LocalCognito, pool: Path, ledger: Ledger) -> None:
    ledger.enter("e660aa", 1)
    extra = WoodenBoard("e660ff")
    run_line(
        ledger,
        make_people(local_cognito, pool),
        {"a": WoodenBoard("e660aa"), "b": extra},
        1,
        "enough-{serial}@example.com",
    )
    assert set(finished(ledger)) == {"e660aa"} and not extra.session


class BusyAdmin:
    """A boto3 client whose service is busy at every other call."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.refused = 0
        self._calls = 0

    def __getattr__(self, name: str) -> Any:
        def call(**parameters: Any) -> Any:
            self._calls += 1
            if self._calls % 2:
                self.refused += 1
                problem = {"Error": {"Code": "TooManyRequestsException", "Message": "Rate exceeded"}}
                raise ClientError(problem, name)
            return getattr(self._client, name)(**parameters)

        return call


def test_a_throttled_cognito_delays_and_stops_nobody(local_cognito: LocalCognito, pool: Path, ledger: Ledger) -> None:
    admin = BusyAdmin(local_cognito.admin())
    pace = Pace(1000, sleep=lambda seconds: None, chance=lambda: 0.0)
    people = People(pool_settings.read(pool), admin, pace, "USER_PASSWORD_AUTH", {})
    run_line(ledger, people, {serial: WoodenBoard(serial) for serial in SERIALS}, 3, "busy-{serial}@example.com")
    assert set(finished(ledger)) == set(SERIALS) and admin.refused >= 6


def test_no_password_and_no_token_is_written_down(local_cognito: LocalCognito, pool: Path, tmp_path: Path) -> None:
    users = tmp_path / "users.csv"
    users.write_text("username,password\nsecretive@example.com,Kept-4-nobody-else\n")
    listed, passwords = read_users(users)
    ledger = Ledger(tmp_path / "factory.sqlite")
    ledger.list_users(listed)
    people = People(pool_settings.read(pool), local_cognito.admin(), Pace(1000), "USER_SRP_AUTH", passwords)
    board = WoodenBoard("e660aa")
    run_line(ledger, people, {"a": board}, 1, None)
    ledger.close()
    written = b"".join(path.read_bytes() for path in tmp_path.glob("factory.sqlite*"))
    assert b"Kept-4-nobody-else" not in written
    assert board.session and board.session[40:80] not in written
    assert b"refresh" not in written


@pytest.mark.parametrize("width", [60, 100])
def test_a_board_can_be_read_on_a_terminal(width: int) -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=width, height=30, color_system=None)
    row = Row("/dev/ttyACM0", "e660000000000001", "device-e660000000000001@devices.example.com", "deploy")
    row.words = "the device on /dev/ttyACM0 is busy [or so]: close the program that has it open (a terminal, an IDE)."
    with Screen(console) as screen:
        screen.changed(row, [row])
    lines = [line for line in shown.getvalue().splitlines() if "│" in line]
    assert all(len(line) == width for line in lines) and len(lines) <= 12  # it is drawn twice
    told = " ".join("".join(f"{line.split('│')[-2].strip()} " for line in lines).split())
    assert "is busy [or so]: close the program that has it open (a terminal, an IDE)." in told
