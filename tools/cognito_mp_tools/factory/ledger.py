"""What has been done, in SQLite: a run that stops anywhere goes on where it was. No password and no token is in it.

A step is written down when it is done. What can't be undone, making a user, is written down before as well
("being made"): after a power cut a user of that name is known to be ours.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from cognito_mp_tools import private_file
from cognito_mp_tools.failures import ToolFailed

STEPS = ("flash", "deploy", "user", "session", "check")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS pool (user_pool_id TEXT NOT NULL, client_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS user (
    username TEXT PRIMARY KEY,
    attributes TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('listed', 'being made', 'made', 'theirs'))
);
CREATE TABLE IF NOT EXISTS board (
    serial TEXT PRIMARY KEY,
    username TEXT UNIQUE REFERENCES user (username),
    done TEXT NOT NULL DEFAULT '',
    problem TEXT NOT NULL DEFAULT '',
    finished_at TEXT,
    revoked_at TEXT
);
"""


@contextlib.contextmanager
def alone(database: Path) -> Iterator[None]:
    """To be held while boards are made with the ledger `database`. Raises ToolFailed when somebody else holds it."""
    lock = FileLock(f"{database}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ToolFailed(f"another cognito-mp factory works with {database}: one is enough for all boards.") from None
    except OSError as problem:
        raise ToolFailed(f"{lock.lock_file} can't be made ({problem.strerror}).") from problem
    try:
        yield
    finally:
        lock.release()


@dataclass(frozen=True)
class BoardRecord:
    """One board. done: the last step that is done, "" for none; problem: why it stopped, "" when it has not.

    finished_at, revoked_at: str, ISO 8601 in UTC, or None
    """

    serial: str
    username: str | None
    done: str
    problem: str
    finished_at: str | None
    revoked_at: str | None

    def has_done(self, step: str) -> bool:
        return bool(self.done) and STEPS.index(step) <= STEPS.index(self.done)


@dataclass(frozen=True)
class UserRecord:
    """One user. state: listed; being made; made (by us); theirs (it was there before)."""

    username: str
    attributes: dict[str, str]
    state: str


class Ledger:
    """The database at `path`, made when it is not there. Used by several threads; close() it."""

    def __init__(self, path: Path) -> None:
        """Raises ToolFailed when it can't be opened."""
        self.path = path
        self._lock = threading.Lock()
        try:
            private_file.make(path)
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            with self._explained():
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = FULL")
                self._connection.execute("PRAGMA foreign_keys = ON")
                self._connection.executescript(_SCHEMA)
        except (sqlite3.Error, OSError) as problem:
            raise ToolFailed(f"{path} can't be opened as a database ({problem}).") from problem
        # Those that were made by an earlier version; SQLite makes the other two as the first one is.
        for suffix in ("", "-wal", "-shm"):
            private_file.close_to_others(path.with_name(path.name + suffix))

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def require_pool(self, user_pool_id: str, client_id: str) -> None:
        """Raise ToolFailed when this database is of another pool; the first pool is its own."""
        with self._transaction() as database:
            row = database.execute("SELECT user_pool_id, client_id FROM pool").fetchone()
            if row is None:
                database.execute("INSERT INTO pool VALUES (?, ?)", (user_pool_id, client_id))
            elif row != (user_pool_id, client_id):
                raise ToolFailed(f"{self.path} is of the pool {row[0]}, app client {row[1]}: name another --database.")

    # Users

    def list_users(self, users: dict[str, dict[str, str]]) -> None:
        """Add those that are not there yet, in their order, with their attributes."""
        with self._transaction() as database:
            for username, attributes in users.items():
                database.execute(
                    "INSERT INTO user VALUES (?, ?, 'listed') ON CONFLICT DO NOTHING",
                    (username, json.dumps(attributes)),
                )

    def user(self, username: str) -> UserRecord:
        """The user of that name, who is there."""
        with self._transaction() as database:
            row = database.execute("SELECT * FROM user WHERE username = ?", (username,)).fetchone()
        return UserRecord(row[0], json.loads(row[1]), row[2])

    def set_user(self, username: str, state: str) -> None:
        """Write down how far the user is."""
        with self._transaction() as database:
            database.execute("UPDATE user SET state = ? WHERE username = ?", (state, username))

    def take_user(self, serial: str) -> str | None:
        """The user of this board: the one that it has, else the next of the list; None when all are taken."""
        with self._transaction() as database:
            (username,) = database.execute("SELECT username FROM board WHERE serial = ?", (serial,)).fetchone()
            if username is None:
                row = database.execute(
                    "SELECT username FROM user WHERE username NOT IN "
                    "(SELECT username FROM board WHERE username IS NOT NULL) ORDER BY rowid LIMIT 1"
                ).fetchone()
                if row is None:
                    return None
                (username,) = row
                database.execute("UPDATE board SET username = ? WHERE serial = ?", (username, serial))
        return str(username)

    def give_user(self, serial: str, username: str) -> None:
        """List `username` as the user of this board alone."""
        with self._transaction() as database:
            database.execute("INSERT INTO user VALUES (?, '{}', 'listed') ON CONFLICT DO NOTHING", (username,))
            database.execute("UPDATE board SET username = ? WHERE serial = ?", (username, serial))

    # Boards

    def board(self, serial: str) -> BoardRecord | None:
        """The board of that serial number, None when it was never seen."""
        with self._transaction() as database:
            row = database.execute("SELECT * FROM board WHERE serial = ?", (serial,)).fetchone()
        return BoardRecord(*row) if row else None

    def boards(self) -> list[BoardRecord]:
        """All boards, in the order in which they were seen first."""
        with self._transaction() as database:
            return [BoardRecord(*row) for row in database.execute("SELECT * FROM board ORDER BY rowid")]

    def enter(self, serial: str, most: int | None) -> BoardRecord | None:
        """The board of that serial number, entered if it is new; None when that would be one more than `most`."""
        with self._transaction() as database:
            known = [row[0] for row in database.execute("SELECT serial FROM board")]
            if serial not in known and most is not None and len(known) >= most:
                return None
            database.execute("INSERT INTO board (serial) VALUES (?) ON CONFLICT DO NOTHING", (serial,))
            row = database.execute("SELECT * FROM board WHERE serial = ?", (serial,)).fetchone()
        return BoardRecord(*row)

    def step_done(self, serial: str, step: str) -> None:
        """Write down that the board has done `step`; with the last one it is finished."""
        with self._transaction() as database:
            database.execute("UPDATE board SET done = ?, problem = '' WHERE serial = ?", (step, serial))
            if step == STEPS[-1]:
                database.execute(
                    "UPDATE board SET finished_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now') WHERE serial = ?", (serial,)
                )

    def stopped(self, serial: str, problem: str) -> None:
        """Write down why the board stopped."""
        with self._transaction() as database:
            database.execute("UPDATE board SET problem = ? WHERE serial = ?", (problem, serial))

    def revoked(self, serial: str) -> None:
        """Write down that the board was signed out."""
        with self._transaction() as database:
            database.execute(
                "UPDATE board SET revoked_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now') WHERE serial = ?", (serial,)
            )

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All of what is done inside, or nothing."""
        with self._lock, self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # a full disk has ended it already
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as problem:
            raise LedgerFailed(f"{self.path} can't be written ({problem}): make room, and run this again.") from problem


class LedgerFailed(ToolFailed):
    """What is done can't be written down any more: no board may go on."""
