"""montgomery_rv32.mpy, the library over it, and the worked sign-ins, in MicroPython for RV32 in QEMU."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cognito_mp.crypto import srp
from cognito_mp_tools.firmware import rv32_firmware
from cognito_mp_tools.project import LIBRARY, ROOT
from native import rv32_chip
from native.counted import SET_UP, SIGN_IN, library
from native.products import MODULUS, N, R, number
from native.test_machine_code import PRODUCTS

# The firmware is built in a fixture.
pytestmark = pytest.mark.timeout(600, func_only=True)

HOST_TESTS = ROOT / "host_tests"


def portable(*names: str) -> dict[str, bytes]:
    """Files of host_tests/portable, and the vectors beside them."""
    files = {f"portable/{name}.py": (HOST_TESTS / "portable" / f"{name}.py").read_bytes() for name in names}
    # ROMFS knows no "..": here it is a folder of that name.
    vectors = (HOST_TESTS / "vectors").glob("*.json")
    return files | {f"portable/../vectors/{path.name}": path.read_bytes() for path in vectors}


# As portable/run.py does; the port has no sys.argv for it.
PORTABLE = """
import test_srp
for name in sorted(dir(test_srp)):
    if name.startswith('test_'):
        getattr(test_srp, name)()
        print(name)
from cognito_mp.crypto import srp_group
print(type(srp_group._arithmetic(int.from_bytes(srp_group.N, 'big'))).__name__)
"""


def test_the_portable_tests_of_srp(each_rv32_firmware_image: Path) -> None:
    files = library("montgomery_rv32") | portable("checks", "test_srp")
    *names, arithmetic = rv32_chip.run(each_rv32_firmware_image, files, SET_UP + PORTABLE).split()
    assert "test_claims" in names and len(names) > 10
    assert arithmetic == "Numbers"


ARITHMETIC = """
from cognito_mp.crypto import srp_group
print(type(srp_group._arithmetic(int.from_bytes(srp_group.N, 'big'))).__name__)
print('%x' % srp_group.at_once(srp_group.power(3, 5)))
"""


def test_without_the_file_ints_count(rv32_firmware_image: Path) -> None:
    assert rv32_chip.run(rv32_firmware_image, library(), SET_UP + ARITHMETIC).split() == ["_Ints", "f3"]


def test_code_for_another_chip_is_never_loaded(rv32_firmware_image: Path) -> None:
    """Under our own file's name MicroPython itself refuses it, and ints count."""
    files = library("montgomery_xtensa")
    files["lib/cognito_mp/crypto/montgomery_rv32.mpy"] = files.pop("lib/cognito_mp/crypto/montgomery_xtensa.mpy")
    assert rv32_chip.run(rv32_firmware_image, files, SET_UP + ARITHMETIC).split() == ["_Ints", "f3"]


PRODUCT = """
import json, uctypes
from cognito_mp.crypto.montgomery_rv32 import product
def at(buffer):
    return uctypes.addressof(buffer) >> 2
modulus = bytearray(bytes.fromhex(%r))
out = bytearray(400)
with open('/rom/products') as lines:
    for line in lines:
        a, b = json.loads(line)
        a = bytearray(bytes.fromhex(a))
        b = bytearray(bytes.fromhex(b)) if b else a
        out[4:392] = b'\\xff' * 388
        print(product(at(out), at(a), at(b), at(modulus)), out.hex())
"""


def test_products(each_rv32_firmware_image: Path) -> None:
    lines = [json.dumps((number(a).hex(), "" if a is b else number(b).hex())) for a, b in PRODUCTS]
    files = library("montgomery_rv32") | {"products": "\n".join(lines).encode()}
    printed = rv32_chip.run(each_rv32_firmware_image, files, SET_UP + PRODUCT % MODULUS.hex())
    found = [line.split() for line in printed.splitlines()]
    assert len(found) == len(PRODUCTS)
    for (a, b), (returned, out) in zip(PRODUCTS, found, strict=True):
        words = bytes.fromhex(out)
        assert returned == "0" and not any(words[:4]) and not any(words[392:])
        value = int.from_bytes(words[4:392], "little")
        assert value % N == a * b * pow(R, -1, N) % N and value < 1 << 3073


# The proof in what is left of a heap. The library comes from a filesystem that takes no memory of the chip's, as flash
# takes none, so that its code lies on the heap.
SMALLEST_HEAP = """
import gc, io, vfs
class File(io.IOBase):
    def __init__(self, file): self.file = file
    def readinto(self, into): return self.file.readinto(into)
    def ioctl(self, request, argument): return 0
class Flash:
    def mount(self, readonly, mkfs): pass
    def umount(self): pass
    def chdir(self, path): pass
    def stat(self, path): return rom.stat('/lib' + path)
    def open(self, path, mode): return File(rom.open('/lib' + path, 'rb'))
rom = vfs.VfsRom(uctypes.bytearray_at(ROM, SIZE))
vfs.mount(Flash(), '/flash')
sys.path[:] = ['/flash']
"""
FITS = """
def fits(free):
    gc.collect()
    ballast = []
    # In pieces, as a heap is that has been in use; the last one leaves `free` bytes.
    while gc.mem_free() > free + 1100:
        ballast.append(bytearray(1024))
    try:
        global srp
        from cognito_mp.crypto import srp
        return bool(proof(public()))
    except MemoryError:
        return False
    finally:
        srp = None
        del ballast
print(fits(1024 * KB))
"""


def fits(firmware: Path, kilobytes: int, *natives: str) -> bool:
    files = library(*natives)
    where = f"ROM, SIZE, KB = {rv32_chip.ROM}, {len(rv32_chip.romfs(files))}, {kilobytes}\n"
    printed = rv32_chip.run(firmware, files, SET_UP + where + SMALLEST_HEAP + SIGN_IN + FITS)
    return printed.split()[-1] == "True"


def test_machine_code_wants_no_more_heap_than_ints(rv32_firmware_image: Path) -> None:
    enough_for_ints = next(size for size in range(24, 40) if fits(rv32_firmware_image, size))
    assert fits(rv32_firmware_image, enough_for_ints, "montgomery_rv32"), enough_for_ints


FROZEN = """
from cognito_mp.crypto import srp, srp_group
import cognito_mp.crypto.montgomery_rv32
print(type(srp_group._arithmetic(int.from_bytes(srp_group.N, 'big'))).__name__, proof(public()))
"""


def test_frozen_in(rv32_firmware_image: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.py"
    manifest.write_text(f"include({str(LIBRARY / 'manifest.py')!r}, extras=('srp', 'srp_rv32'))\n")
    firmware = rv32_firmware.build(manifest)
    printed = rv32_chip.run(firmware, {"nothing": b""}, SET_UP + "sys.path[:] = ['.frozen']\n" + SIGN_IN + FROZEN)
    challenge = "b" + "5a" * 383, "5a" * 16, "c2VjcmV0", "Mon Jan 5 03:04:05 UTC 2026"
    right = srp.claim("AbCdEf123", "the-sub", "Correct-Horse-9", (1 << 256) - 3 * (1 << 100) - 1, *challenge)
    assert printed.split() == ["Numbers", right]
