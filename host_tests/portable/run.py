"""Runs portable test files on whatever Python this is: `micropython run.py test_x.py test_y.py::test_one ...`.

Prints a line a test ("ok", "SKIP" or "FAIL", its name, the reason) and one that counts; exits 1 when any failed.
Each test is a function test_*() that takes nothing and uses `assert`.
"""

import gc
import sys

_HERE = __file__.rsplit("/", 1)[0] if "/" in __file__ else "."
for folder in (_HERE + "/../../lib", _HERE):
    if folder not in sys.path:
        sys.path.insert(0, folder)

from checks import Skip  # noqa: E402


def run_file(name: str, only: str = "") -> list:
    """Run the tests of one file, or one of them; a list of "ok", "SKIP" or "FAIL"."""
    try:
        module = __import__(name)
    except Skip as reason:  # this Python lacks what the whole file is about
        print("%s: SKIP %s" % (name, reason))
        return ["SKIP"]
    if hasattr(gc, "freeze"):  # CPython: what is loaded is not looked through each time that a client collects
        gc.collect()
        gc.freeze()
    outcomes = []
    for test in sorted(dir(module)):
        if not test.startswith("test_") or only and test != only:
            continue
        try:
            getattr(module, test)()
            line = "ok"
        except Skip as reason:
            line = "SKIP %s" % reason
        except Exception as error:
            line = "FAIL %r" % error
            if hasattr(sys, "print_exception"):
                sys.print_exception(error)
            else:  # CPython and CircuitPython
                import traceback

                traceback.print_exception(error, file=sys.stdout)
        print("%s.%s: %s" % (name, test, line))
        outcomes.append(line[:4])
    return outcomes


def main(files: list) -> int:
    outcomes: list = []
    for file in files:
        path, _, only = file.partition("::")
        found = run_file(path.rsplit("/", 1)[-1].split(".")[0], only)
        if not found:
            print("%s: FAIL no test in this file" % file)
            found = ["FAIL"]
        outcomes.extend(found)
    failed = outcomes.count("FAIL")
    print("%d passed, %d failed, %d skipped" % (outcomes.count("ok"), failed, outcomes.count("SKIP")))
    return 1 if failed else 0


sys.exit(main(sys.argv[1:]))
