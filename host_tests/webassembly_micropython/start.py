# What run.mjs runs in MicroPython's WebAssembly module before the portable tests: the shims, and no more.
import sys

# A Python module is frozen in that hides the one in C which every other port has; "u" before its name is the latter.
sys.modules["binascii"] = __import__("ubinascii")

import builtins  # noqa: E402
import errno  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402

import js  # noqa: E402

# Emscripten's filesystem has the errors of WASI, and the module `errno` has those of Linux.
_WASI = {2: errno.EACCES, 29: errno.EIO, 31: errno.EISDIR, 44: errno.ENOENT, 20: errno.EEXIST}


def _with_linux_errors(function):
    def call(*arguments):
        try:
            return function(*arguments)
        except OSError as error:
            raise OSError(_WASI.get(error.errno, error.errno)) from None

    return call


builtins.open = _with_linux_errors(open)
for _name in ("remove", "mkdir", "rmdir"):
    setattr(os, _name, _with_linux_errors(getattr(os, _name)))


def _urandom(count):
    """The module has none of its own."""
    return bytes([int(js.crypto.getRandomValues(js.Uint8Array.new(1))[0]) for _ in range(count)])


if not hasattr(os, "urandom"):
    os.urandom = _urandom

os.chdir("/work")
sys.path[:] = ["/project/host_tests/portable", "/project/lib"] + sys.path
sys.argv[:] = ["run.py"] + json.loads(js.cognitoMpTests)
status = 1
try:
    import asyncio

    from checks import Skip

    def _run(coroutine):
        """A JavaScript event loop can't be waited for."""
        raise Skip("asyncio of the WebAssembly port has no run()")

    asyncio.run = _run
    __import__("run")
except SystemExit as end:
    status = end.args[0] if end.args and end.args[0] else 0
except Exception as error:
    sys.print_exception(error)
