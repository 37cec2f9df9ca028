"""What the production line writes down: once, whole, and with a word when it can't."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cognito_mp_tools.factory.ledger import STEPS, Ledger, alone
from cognito_mp_tools.failures import ToolFailed


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "factory.sqlite")
    yield opened
    opened.close()


def test_a_board_is_counted_once_and_keeps_its_user(ledger: Ledger) -> None:
    ledger.list_users({"ada": {}, "grace": {}})
    assert ledger.enter("b1", 2) and ledger.enter("b2", 2) and ledger.enter("b1", 2)
    assert ledger.enter("b3", 2) is None
    assert [record.serial for record in ledger.boards()] == ["b1", "b2"]
    assert [ledger.take_user(serial) for serial in ("b2", "b1", "b2", "b1")] == ["ada", "grace", "ada", "grace"]


def test_a_list_that_is_used_up_has_nobody_left(ledger: Ledger) -> None:
    ledger.list_users({"ada": {}})
    for serial in ("b1", "b2"):
        ledger.enter(serial, None)
    assert (ledger.take_user("b1"), ledger.take_user("b2")) == ("ada", None)


def test_a_list_that_is_read_again_changes_nobody(ledger: Ledger) -> None:
    ledger.list_users({"ada": {"email": "a@example.com"}})
    ledger.set_user("ada", "made")
    ledger.list_users({"ada": {"email": "b@example.com"}, "grace": {}})
    assert ledger.user("ada").state == "made" and ledger.user("ada").attributes == {"email": "a@example.com"}
    assert ledger.user("grace").state == "listed"


def test_steps_survive_the_program(tmp_path: Path) -> None:
    first = Ledger(tmp_path / "factory.sqlite")
    first.enter("b1", None)
    first.step_done("b1", "deploy")
    first.stopped("b1", "the cable was pulled")
    first.close()
    second = Ledger(tmp_path / "factory.sqlite")
    (record,) = second.boards()
    assert record.has_done("flash") and record.has_done("deploy") and not record.has_done("user")
    assert record.problem == "the cable was pulled" and record.finished_at is None
    for step in STEPS[2:]:
        second.step_done("b1", step)
    (record,) = second.boards()
    assert record.finished_at and not record.problem
    second.close()


def test_a_database_of_another_pool_is_refused(ledger: Ledger) -> None:
    ledger.require_pool("eu-west-1_A", "client")
    ledger.require_pool("eu-west-1_A", "client")
    with pytest.raises(ToolFailed, match="name another --database"):
        ledger.require_pool("eu-west-1_B", "client")


@pytest.mark.timeout(20)
def test_of_two_runs_one_is_refused_at_once_and_the_other_works(tmp_path: Path) -> None:
    database = tmp_path / "factory.sqlite"
    first, second = alone(database), alone(database)  # both have begun before either works
    with first, pytest.raises(ToolFailed, match="another cognito-mp factory works with"), second:
        pytest.fail("two work with one ledger")
    with alone(database):
        """The first has ended, and let it go."""


@pytest.mark.parametrize("existing", [False, True])
def test_nobody_else_reads_the_ledger(tmp_path: Path, existing: bool) -> None:
    path = tmp_path / "factory.sqlite"
    if existing:  # as an earlier version made it, and was killed
        path.touch(0o644)
        (tmp_path / "factory.sqlite-wal").touch(0o644)
    ledger = Ledger(path)
    ledger.enter("b1", None)
    modes = {one.name: oct(one.stat().st_mode & 0o777) for one in tmp_path.iterdir()}
    ledger.close()
    assert modes == {f"factory.sqlite{suffix}": "0o600" for suffix in ("", "-wal", "-shm")}


FILL = """
import resource, signal, sys
from pathlib import Path
from cognito_mp_tools.factory.ledger import Ledger, LedgerFailed
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
ledger = Ledger(Path(sys.argv[1]))
try:
    for number in range(10000):
        ledger.enter(f"board-{number}", None)
except LedgerFailed as problem:
    print(number, problem)
"""


def test_a_disk_with_no_more_room_is_told_and_what_was_written_stays(tmp_path: Path) -> None:
    """A limit of the size of a file stands for the disk's."""
    path = tmp_path / "factory.sqlite"
    done = subprocess.run([sys.executable, "-c", FILL, str(path)], capture_output=True, text=True, timeout=60)
    entered, words = done.stdout.split(" ", 1)
    assert 0 < int(entered) < 10000 and "make room, and run this again" in words
    ledger = Ledger(path)
    assert [record.serial for record in ledger.boards()] == [f"board-{number}" for number in range(int(entered))]
    ledger.enter("one more", None)
    ledger.close()


def test_what_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "factory.sqlite"
    path.write_text("a shopping list, of more than sixteen bytes")
    with pytest.raises(ToolFailed, match="database"):
        Ledger(path)
    assert path.read_text().startswith("a shopping list")
