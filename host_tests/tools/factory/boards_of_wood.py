"""Boards that are none, for tests of the production line: they take what they are given, and fail where they are told.

As a program: `boards_of_wood.py DATABASE POOL USERS DIES_AT SERIAL...` runs a line that dies, as by a power cut,
at the step DIES_AT, before it is written down.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from cognito_mp_tools.board.link import DeviceFailed
from cognito_mp_tools.factory.board_work import Plan, Work
from cognito_mp_tools.factory.ledger import Ledger
from cognito_mp_tools.factory.line import Line, Screen
from cognito_mp_tools.factory.pace import Pace
from cognito_mp_tools.factory.people import People, read_users
from cognito_mp_tools.pool import settings as pool_settings


class WoodenBoard:
    """fails_at: the steps at which a cable is pulled, once each; dies_at: the step at which the whole program ends."""

    def __init__(self, serial: str, fails_at: set[str] | None = None, dies_at: str = "") -> None:
        self.serial = serial
        self.session = b""
        self.given = 0
        self.checked = 0
        self._fails_at = fails_at or set()
        self._dies_at = dies_at

    def flash(self) -> None:
        self._reach("flash")

    def serial_number(self) -> str:
        return self.serial

    def deploy(self) -> None:
        self._reach("deploy")

    def give(self, session: bytes, sign_in_flow: str) -> None:
        self.session = session
        self.given += 1
        self._reach("session")

    def check(self) -> None:
        self.checked += 1
        self._reach("check")

    def _reach(self, step: str) -> None:
        if step == self._dies_at:
            os._exit(9)
        if step in self._fails_at:
            self._fails_at.remove(step)
            raise DeviceFailed("the device went away in the middle; it keeps what it had: plug it in.")


class MortalAdmin:
    """A boto3 client whose program ends once a user has been created."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._client, name)
        if name != "admin_create_user":
            return operation

        def create(**parameters: Any) -> Any:
            operation(**parameters)
            os._exit(9)

        return create


def run_line(
    ledger: Ledger, people: People, boards: dict[str, WoodenBoard], most: int, names: str | None, once: bool = False
) -> None:
    """Work on the boards, by their port, until `most` are done; one that stops is plugged in anew, once.

    once: as --once has it
    """
    plugged_in = set(boards)
    pulled: list[str] = []
    line = Line(
        Work(ledger, people, Plan("USER_SRP_AUTH", most, names)),
        lambda: set(plugged_in),
        lambda port: boards[port],
        Screen(),
        lambda: sum(bool(record.finished_at) for record in ledger.boards()) >= most,
        lambda seconds: _plug_in_anew(line, plugged_in, pulled),
        once,
    )
    line.run()


def _plug_in_anew(line: Line, plugged_in: set[str], pulled: list[str]) -> None:
    """Pull each board that has stopped, once, and put it back at the next look."""
    plugged_in |= set(pulled)
    stopped = line.stopped_ports() - set(pulled)
    plugged_in -= stopped
    pulled += stopped
    time.sleep(0.01)  # the line's own look at its ports, which nothing waits for


def main() -> None:
    import boto3

    database, pool_file, users, dies_at, *serials = sys.argv[1:]
    pool = pool_settings.read(Path(pool_file))
    admin = boto3.client("cognito-idp", region_name=pool["region"], endpoint_url=os.environ["OWNER_ENDPOINT"])
    listed, passwords = read_users(Path(users))
    ledger = Ledger(Path(database))
    ledger.list_users(listed)
    people = People(pool, MortalAdmin(admin) if dies_at == "user" else admin, Pace(100), "USER_SRP_AUTH", passwords)
    boards = {serial: WoodenBoard(serial, dies_at=dies_at) for serial in serials}
    run_line(ledger, people, boards, len(serials), None)
    ledger.close()


if __name__ == "__main__":
    main()
