"""MicroPython for RV32 in QEMU, with files of the host's: they lie in its RAM as a ROMFS, mounted at /rom."""

from __future__ import annotations

import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from mpremote.romfs import VfsRomWriter

# Behind all that the firmware uses of the 128 MiB that the machine "virt" has from 0x80000000 on.
ROM = 0x86000000


class RV32Failed(AssertionError):
    """The program on the chip ended with a traceback, or not in time; the message is what it printed."""


def romfs(files: Mapping[str, bytes]) -> bytes:
    """An image of a ROMFS with `files`, by their paths."""
    writer = VfsRomWriter()
    tree: dict[str, object] = {}
    for path, content in files.items():
        *folders, name = path.split("/")
        at = tree
        for folder in folders:
            at = at.setdefault(folder, {})  # type: ignore[assignment]
        at[name] = content
    _put(writer, tree)
    return bytes(writer.finalise())


def _put(writer: VfsRomWriter, tree: Mapping[str, object]) -> None:
    for name, content in sorted(tree.items()):
        if isinstance(content, bytes):
            writer.mkfile(name, content)
        else:
            writer.opendir(name)
            _put(writer, content)  # type: ignore[arg-type]
            writer.closedir()


def run(
    firmware: Path, files: Mapping[str, bytes], code: str, timeout: float = 300, options: Sequence[str] = ()
) -> str:
    """What `code` prints on a chip that is switched on for it, with `files` below /rom. Raises RV32Failed.

    options  for QEMU besides
    """
    image = romfs(files)
    mount = f"import uctypes, vfs\nvfs.mount(vfs.VfsRom(uctypes.bytearray_at({ROM}, {len(image)})), '/rom')\n"
    with tempfile.NamedTemporaryFile() as rom:
        rom.write(image)
        rom.flush()
        command = ["qemu-system-riscv32", "-machine", "virt", "-bios", "none", "-nographic", "-monitor", "none"]
        command += ["-serial", "stdio", "-kernel", str(firmware), *options]
        command += ["-device", f"loader,file={rom.name},addr={ROM:#x},force-raw=on"]
        chip = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        too_late = threading.Timer(timeout, chip.kill)
        too_late.start()
        try:
            return _talk(chip, (mount + code).encode())
        finally:
            too_late.cancel()
            chip.kill()
            chip.wait()


def _talk(chip: subprocess.Popen[bytes], code: bytes) -> str:
    """Run `code` by the raw REPL (shared/runtime/pyexec.c): CTRL-A enters it, CTRL-D runs what was sent."""
    assert chip.stdin
    printed = _until(chip, b">>> ")
    chip.stdin.write(b"\x01" + code + b"\x04")
    chip.stdin.flush()
    _until(chip, b"CTRL-B to exit\r\n>OK")
    printed = _until(chip, b"\x04")
    error = _until(chip, b"\x04")
    if error:
        raise RV32Failed((printed + error).decode(errors="replace"))
    return printed.decode().replace("\r\n", "\n")


def _until(chip: subprocess.Popen[bytes], end: bytes) -> bytes:
    """What comes before `end`. Raises RV32Failed where nothing comes any more."""
    assert chip.stdout
    read = bytearray()
    while not read.endswith(end):
        byte = chip.stdout.read(1)
        if not byte:
            raise RV32Failed(f"{end!r} did not come: {read.decode(errors='replace')}")
        read += byte
    return bytes(read[: -len(end)])
