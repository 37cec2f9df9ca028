"""What flash encryption does to MicroPython's file system."""

from __future__ import annotations

from pathlib import Path

from board_definitions.host_programs import run
from conftest import Interpreter

# A flash partition behind ESP32's flash encryption: what is read is decrypted, erased cells too; what is written must
# be whole units of 16 bytes, and goes to erased cells only.
ENCRYPTED_FLASH = """
BLOCK = 4096
class EncryptedFlash:
    def __init__(self, blocks):
        self.blocks = blocks
        self.cells = bytearray(b"\\xff" * (BLOCK * blocks))
        self.erased = bytearray(b"\\x01" * (BLOCK * blocks // 16))
        pad, state = bytearray(BLOCK), 1
        for i in range(BLOCK):
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            pad[i] = state >> 16 & 0xFF
        self.pad = pad
    def encrypt_in_place(self):  # as the boot loader does at the first start
        for i in range(len(self.cells)):
            self.cells[i] ^= self.pad[i % BLOCK]
        self.erased = bytearray(len(self.erased))
    def erase(self, block):
        self.cells[block * BLOCK:(block + 1) * BLOCK] = b"\\xff" * BLOCK
        self.erased[block * BLOCK // 16:(block + 1) * BLOCK // 16] = b"\\x01" * (BLOCK // 16)
    def readblocks(self, block, buffer, offset=0):
        start = block * BLOCK + offset
        for i in range(len(buffer)):
            buffer[i] = self.cells[start + i] ^ self.pad[(start + i) % BLOCK]
    def writeblocks(self, block, buffer, offset=None):
        if offset is None:
            for i in range(len(buffer) // BLOCK):
                self.erase(block + i)
            offset = 0
        start = block * BLOCK + offset
        assert start % 16 == 0 and len(buffer) % 16 == 0, "esp_partition_write refuses this"
        for unit in range(start // 16, (start + len(buffer)) // 16):
            assert self.erased[unit], "written twice without an erase"
            self.erased[unit] = 0
        for i in range(len(buffer)):
            self.cells[start + i] = buffer[i] ^ self.pad[(start + i) % BLOCK]
    def ioctl(self, operation, argument):
        if operation == 4:
            return self.blocks
        if operation == 5:
            return BLOCK
        if operation == 6:
            self.erase(argument)
        return 0
    def info(self):
        return 1, 129, 0, BLOCK * self.blocks, "vfs", True

import sys, time, vfs, os
class FlashBdev:
    bdev = EncryptedFlash(32)
sys.modules["flashbdev"] = FlashBdev
bdev = FlashBdev.bdev
class Stuck(Exception):
    pass
class Time:
    @staticmethod
    def sleep(seconds):
        raise Stuck
class MicroPython:
    @staticmethod
    def kbd_intr(character):
        pass
sys.modules["time"], sys.modules["micropython"] = Time, MicroPython
real_mount = vfs.mount
class Vfs:
    VfsLfs2 = vfs.VfsLfs2
    @staticmethod
    def mount(fs, where):
        real_mount(fs, "/flash")
        os.chdir("/flash")
sys.modules["vfs"] = Vfs
import inisetup  # upstream's, of ports/esp32
"""

FIRST_START = """
bdev.encrypt_in_place()
inisetup.setup()
sys.modules["time"], sys.modules["vfs"] = time, vfs
from cognito_mp.stores.file import FileStore
for turn in range(300):
    FileStore("session").save(bytes([turn % 251]) * 4000)
    with open("log", "a") as log:
        log.write("a line of it\\n")
vfs.umount("/flash")
real_mount(vfs.VfsLfs2(bdev), "/flash")
os.chdir("/flash")
assert FileStore("session").load() == bytes([299 % 251]) * 4000
assert b"a line of it" not in bytes(bdev.cells)
print(os.stat("log")[6], "boot.py" in os.listdir())
"""

ERASED_LATER = """
try:
    inisetup.setup()
except Stuck:
    print("stuck")
vfs.VfsLfs2.mkfs(bdev)
vfs.VfsLfs2(bdev)
print("mounted")
"""


def on_encrypted_flash(micropython: Interpreter, upstream: Path, folder: Path, text: str) -> list[str]:
    script = folder / "device.py"
    script.write_text(ENCRYPTED_FLASH + text)
    path = f"{micropython.library}:{upstream / 'ports' / 'esp32' / 'modules'}:.frozen"
    return run(*micropython.command, "-X", "heapsize=4M", script, MICROPYPATH=path).splitlines()


def test_an_encrypted_partition_holds_the_session(
    oldest_micropython: Interpreter, upstream: Path, tmp_path: Path
) -> None:
    said = on_encrypted_flash(oldest_micropython, upstream, tmp_path, FIRST_START)
    assert said == ["Performing initial setup", f"{300 * 13} True"]


def test_an_encrypted_partition_that_is_erased_later_needs_mkfs(
    oldest_micropython: Interpreter, upstream: Path, tmp_path: Path
) -> None:
    said = on_encrypted_flash(oldest_micropython, upstream, tmp_path, ERASED_LATER)
    assert "The filesystem appears to be corrupted" in said[0]
    assert said[-2:] == ["stuck", "mounted"]
