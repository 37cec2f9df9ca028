# ruff: noqa: F821 (MicroPython's tools define the functions of a manifest)
# Freezes the library. A board's manifest includes this one:
#     include("../../lib/manifest.py")                              # all of it
#     include("../../lib/manifest.py", extras=False)                # password sign-in, challenges, refresh, sign-out
#     include("../../lib/manifest.py", extras=("srp", "aio"))       # and these
#     include("../../lib/manifest.py", native="thumb")              # all, on a board with an ARM Cortex-M
# What is frozen takes flash and no RAM until it is used. `extras` are keys of extras.json,
# which says what modules each brings besides the core. A pool that remembers devices (device tracking) needs "srp":
# ConfirmDevice is made with it. Extras that can make use of another one work without it too: account and identity_pool
# of sigv4, sign_ins of srp. "srp_thumb", "srp_rv32" and "srp_xtensa" are srp with its arithmetic in machine code, some
# six times as fast, each for one kind of chip alone: `native` says which, "thumb", "rv32" or "xtensa", where all is
# frozen. What is for Xtensa nobody has tried on a board, frozen in or not: no board of ours has it.
import json
from pathlib import Path

options.defaults(extras=True, native="")

with open("extras.json") as _file:  # MicroPython's tool runs a manifest in the manifest's own folder
    _EXTRAS = json.load(_file)

# The core is every module of the folder that is in no extra; ports/ is for other Pythons.
_package = Path("cognito_mp")
_all = {_file.relative_to(_package).with_suffix("").as_posix() for _file in _package.rglob("*.py")}
_all = {_module for _module in _all if not _module.startswith("ports/")}
_core = _all.difference(*_EXTRAS.values())
_natives = {"srp_thumb", "srp_rv32", "srp_xtensa"}
_chosen = options.extras or ()
if options.extras is True:
    _chosen = [_extra for _extra in _EXTRAS if _extra not in _natives or _extra == "srp_" + options.native]
_modules = sorted(_core.union(*[_EXTRAS[_extra] for _extra in _chosen]))
package("cognito_mp", files=tuple(_module + ".py" for _module in _modules if not _module.endswith(".mpy")))
for _module in _modules:
    if _module.endswith(".mpy"):
        freeze_mpy(".", "cognito_mp/" + _module)
