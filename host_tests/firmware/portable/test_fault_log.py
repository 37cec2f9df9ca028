"""What failed is on flash afterwards, in two files of bounded size, and not written again and again."""

import os

from cognito_app.fault_log import FaultLog
from fakes import FakeClock

PATH = "faults_test.txt"


def failed(words: str) -> Exception:
    try:
        raise ValueError(words)
    except ValueError as error:
        return error


def kept(path: str = PATH) -> str:
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def log() -> FaultLog:
    for path in (PATH, PATH + ".old"):
        try:
            os.remove(path)
        except OSError:
            pass
    return FaultLog(PATH, FakeClock())


def test_where_when_and_the_traceback_are_kept():
    log().record("job.py", failed("no such sensor"))
    assert kept().startswith("job.py, 1800000000 s since 1970\nTraceback") and "no such sensor" in kept()


def test_the_same_again_is_not_written_again():
    faults = log()
    error = failed("again")
    faults.record("job.py", error)
    size = len(kept())
    faults.record("job.py", error)
    assert len(kept()) == size
    faults.record("job.py", failed("another"))
    assert len(kept()) > size


def test_the_files_stay_small_and_the_newest_is_there():
    faults = log()
    for number in range(100):
        faults.record("job.py", failed("fault number %d" % number))
    text = kept(PATH + ".old") + kept()
    assert "fault number 99" in text and "fault number 1\n" not in text
    assert len(text) < 2 * (2048 + 1200)


def test_a_traceback_without_end_is_cut():
    def deeper(depth: int) -> None:
        if not depth:
            raise ValueError("deep")
        deeper(depth - 1)

    faults = log()
    try:
        deeper(60)
    except ValueError as error:
        faults.record("job.py", error)
    assert "deep" in kept() and len(kept()) < 1200


def test_what_a_power_cut_left_that_is_no_utf_8_stops_nothing():
    faults = log()
    with open(PATH, "wb") as file:
        file.write(b"job.py, \xff\xfe\x80 half a line")
    faults.record("job.py", failed("after the cut"))
    with open(PATH, "rb") as file:
        assert file.read().endswith(b"ValueError: after the cut\n")
    faults.record("job.py", failed("another"))


def test_a_clock_or_a_file_system_with_a_fault_of_its_own_stops_nothing():
    class Broken:
        def is_set(self) -> bool:
            raise ValueError("no date")

    log()
    FaultLog(PATH, Broken()).record("job.py", failed("x"))
    FaultLog("a\0b", FakeClock()).record("job.py", failed("y"))


def test_a_flash_that_is_full_stops_nothing():
    FaultLog("/no/such/folder/faults.txt", FakeClock()).record("job.py", failed("x"))
