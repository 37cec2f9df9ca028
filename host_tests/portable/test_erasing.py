"""Erasing slots that can't be written."""

from checks import raises
from cognito_mp import StoreError
from cognito_mp.stores.two_slots import TwoSlots


class Slot:
    """A slot on a read-only drive. Source: CircuitPython's extmod/vfs_fat.c, which asks that before all else."""

    name = "slot"

    def __init__(self, record: bytes = b"", errno: int = 30) -> None:
        self.record = record
        self.errno = errno

    def read(self, start: int) -> bytes:
        return self.record[start:]

    def remove(self) -> None:
        raise OSError(self.errno, "made to fail")


def test_nothing_is_erased_of_what_was_never_written():
    for errno in (30, 2):
        TwoSlots(Slot(errno=errno), Slot(errno=errno)).erase()


def test_what_is_there_and_can_not_be_erased_is_said():
    for errno, hint in ((30, True), (5, False), (2, False)):
        error = raises(StoreError, TwoSlots(Slot(b"a record", errno), Slot(errno=30)).erase)
        assert error.errno == errno and ("boot.py" in str(error)) is hint
