"""Power cuts of a FileStore on MicroPython's own littlefs and FAT: cut_filesystems.py ROTATIONS SEED.

An action (a first store, a rotation, another person's session saved over one, an erase) is carried out once on a block
device that notes each operation. Then the medium is put together as a power cut leaves it, before each operation,
inside it and after it; it is mounted and read; and the device goes on: it looks, which writes where save_over() was cut
off, and stores another session, with a second cut at a random place.

The same seed does the same: where littlefs puts its blocks hangs on what is written, so it notes no times.

Prints a line of JSON for each kind of filesystem: what was tried, how many cases, what was lost, how often and where.
"""

import json
import os
import random
import sys

import vfs
from cognito_mp import FileStore

_SHOWN = 5  # of a kind of loss, places that are told
_MAKERS_FILES = ("main.py", "settings.json")


class Medium:
    """A block device that notes what is written: operations (kind, address, bytes), in `log`."""

    def __init__(self, block: int, content, erases: int = 0) -> None:
        """`erases`: bytes that are erased and written together whenever one of their blocks is; 0: just the block."""
        self.content = content
        self.log: list = []
        self._block = block
        self._erases = erases

    def readblocks(self, number: int, buffer, offset: int = 0) -> None:
        at = number * self._block + offset
        buffer[:] = memoryview(self.content)[at : at + len(buffer)]

    def writeblocks(self, number: int, buffer, offset=None) -> None:
        at, data = number * self._block + (offset or 0), bytes(buffer)
        if self._erases:
            around = at // self._erases * self._erases
            whole = bytes(self.content[around : around + self._erases])
            data = whole[: at - around] + data + whole[at - around + len(data) :]
            at = around
        self._note("write" if offset is None else "program", at, data)

    def ioctl(self, operation: int, argument: int):
        if operation == 4:
            return len(self.content) // self._block
        if operation == 5:
            return self._block
        if operation == 6:
            self._note("erase", argument * self._block, b"\xff" * self._block)
        return 0

    def _note(self, kind: str, at: int, data: bytes) -> None:
        self.log.append((kind, at, data))
        apply(self.content, kind, at, data)


def apply(content, kind: str, at: int, data: bytes) -> None:
    """Carry out an operation on `content`. Programming flash can only turn ones to zeros."""
    if kind == "program":
        old = int.from_bytes(content[at : at + len(data)], "big")
        data = (old & int.from_bytes(data, "big")).to_bytes(len(data), "big")
    content[at : at + len(data)] = data


# What a cut inside an operation can leave in place of `old`


def whole_sectors(kind: str, old: bytes, data: bytes) -> list:
    """A card, or a layer that writes a sector whole or leaves what was."""
    return []


def torn_sectors(kind: str, old: bytes, data: bytes) -> list:
    """A sector whose beginning is written: up to each byte that changes, where a few do (a folder, a FAT)."""
    changed = [at for at in range(len(data)) if data[at] != old[at]]
    cuts = changed[1:] if len(changed) < 40 else [random.choice(changed) for _ in range(6)]
    return [data[:cut] + old[cut:] for cut in cuts]


def bare_flash(kind: str, old: bytes, data: bytes) -> list:
    """NOR flash, half erased or half programmed; a "write" erases first."""
    left = []
    if kind != "program":
        left += _half_erased(old)
    if kind == "write":
        old = b"\xff" * len(old)
        left.append(old)
    if kind != "erase":
        left += _half_programmed(old, data)
    return left


def _half_erased(old: bytes) -> list:
    size = len(old)
    blank, half, some = b"\xff" * size, size // 2, random.randrange(1, size)
    weak = bytes([byte | random.getrandbits(8) for byte in old[:64]])
    return [blank[:half] + old[half:], old[:half] + blank[half:], blank[:some] + old[some:], weak + old[len(weak) :]]


def _half_programmed(old: bytes, data: bytes) -> list:
    size = len(data)
    left = []
    for cut in (1, random.randrange(1, size), size // 2, size - 1):
        byte = old[cut] & (data[cut] | random.getrandbits(8))  # where the power went
        left.append(data[:cut] + bytes([byte]) + old[cut + 1 :])
    weak = bytes([old[at] & (data[at] | random.getrandbits(8)) for at in range(min(size, 64))])
    left.append(weak + old[len(weak) :])
    return left


class Kind:
    """A filesystem, the medium that it is on, and what a cut inside an operation leaves."""

    def __init__(self, name: str, block: int, blocks: int, tears, options=None, erases: int = 0) -> None:
        """`options`: of VfsLfs2; None for FAT."""
        if options is not None:
            options["mtime"] = False
        self.name = name
        self._block = block
        self._blocks = blocks
        self._tears = tears
        self._options = options
        self._erases = erases

    def formatted(self):
        """The content of a new medium, with a maker's files on it."""
        medium = self._medium(bytearray(b"\xff" * (self._block * self._blocks)))
        if self._options is None:
            vfs.VfsFat.mkfs(medium)
        else:
            vfs.VfsLfs2.mkfs(medium, **self._options)
        self._mount(medium)
        for name in _MAKERS_FILES:
            with open("/cut/" + name, "w") as file:
                file.write(name * 30)
        os.mkdir("/cut/lib")
        with open("/cut/lib/seed", "w") as file:  # littlefs begins at another block for each
            file.write(str(random.getrandbits(30)))
        vfs.umount("/cut")
        return medium.content

    def _medium(self, content) -> Medium:
        return Medium(self._block, content, self._erases)

    def _mount(self, medium: Medium) -> None:
        made = vfs.VfsFat(medium) if self._options is None else vfs.VfsLfs2(medium, **self._options)
        vfs.mount(made, "/cut")

    def after(self, content, action) -> Medium:
        """The medium after `action(store)` on a device that starts with `content`, which stays as it is."""
        medium = self._medium(bytearray(content))
        self._mount(medium)
        try:
            action(FileStore("/cut/session"))
        finally:
            vfs.umount("/cut")
        return medium

    def found(self, content):
        """What the store loads. Raises OSError when the filesystem is gone, or a file of the maker's."""
        self._mount(self._medium(bytearray(content)))  # looking writes where save_over() was cut off
        try:
            for name in _MAKERS_FILES:
                with open("/cut/" + name, "rb") as file:
                    if file.read() != name.encode() * 30:
                        raise OSError(5)
            return FileStore("/cut/session").load()
        finally:
            vfs.umount("/cut")

    def found_without_one(self, content) -> set:
        """What the store loads where one of its files is lost, after it has been looked at once."""
        medium = self._medium(bytearray(content))
        self._mount(medium)
        found = set()
        try:
            FileStore("/cut/session").load()
            for name in ("/cut/session.0", "/cut/session.1"):
                try:
                    os.rename(name, "/cut/away")
                except OSError:
                    continue  # it was never made
                found.add(FileStore("/cut/session").load())
                os.rename("/cut/away", name)
        finally:
            vfs.umount("/cut")
        return found

    def free_blocks(self, content) -> int:
        """Blocks that are free but for the session's own."""
        self._mount(self._medium(bytearray(content)))
        try:
            for name in ("session.0", "session.1"):
                try:
                    os.remove("/cut/" + name)
                except OSError:
                    pass  # it was never made
            return os.statvfs("/cut")[3]
        finally:
            vfs.umount("/cut")

    def cuts(self, content, log: list):
        """(where, is inside, content) for each cut of the operations in `log`, a generator that reuses the content."""
        content = bytearray(content)
        yield "before all", False, content
        for index, (kind, at, data) in enumerate(log):
            old = bytes(content[at : at + len(data)])
            place = "operation %d of %d, %s of %d bytes at %d" % (index + 1, len(log), kind, len(data), at)
            for number, left in enumerate(self._tears(kind, old, data)):
                content[at : at + len(data)] = left
                yield "inside %s, tear %d" % (place, number), True, content
                content[at : at + len(data)] = old
            apply(content, kind, at, data)
            yield "after " + place, False, content


FILESYSTEM = "the filesystem"
SESSION = "the session"
OLDER = "an end: an older session is back"
ANOTHERS = "a change of person: the one before is in the other slot"
STORING = "the means to store another"
SPACE = "space"


class Trial:
    """Cuts of one kind of filesystem, and what was lost in them."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self.formatted = kind.formatted()
        self._free = kind.free_blocks(self.formatted)
        self.cases = 0
        self.lost: dict = {}  # (what, a cut was inside an operation) -> list of where; the first few in words

    def act(self, before, old, new, action, what: str, is_over: bool = False):
        """Carry `action` out on content that holds `old`; the content after it. Each cut must leave `old` or `new`.

        is_over  once it leaves `new`, no lost file may bring anything else back
        """
        done = self._kind.after(before, action)
        if self._kind.found(done.content) != new:
            raise ValueError(what + ": it was not carried out")
        for where, inside, content in self._kind.cuts(before, done.log):
            self.cases += 1
            lost, again_inside = self._lost(content, (old, new), is_over)
            if lost:
                places = self.lost.setdefault((lost, inside or again_inside), [])
                places.append("%s, %s" % (what, where) if len(places) < _SHOWN else "")
        if content != done.content:
            raise ValueError(what + ": something was written to it that is not in its log")
        return done.content

    def _lost(self, content, allowed: tuple, is_over: bool) -> tuple:
        """(what was lost, None or by a second cut inside an operation) by a cut that left `content`, or in going on."""
        try:
            found = self._kind.found(content)
        except OSError:
            return FILESYSTEM, False
        if found not in allowed:
            return (OLDER if found else SESSION), False
        is_over = is_over and found == allowed[1]
        if is_over and not self._kind.found_without_one(content) <= {found, None}:
            return ANOTHERS, False
        try:
            done = self._kind.after(content, looking_and_saving)
            if self._kind.found(done.content) != FOLLOWING:
                return SESSION, False
        except OSError:
            return STORING, False
        if self._kind.free_blocks(done.content) < self._free:
            return SPACE, False
        cuts = self._kind.cuts(content, done.log)
        _, inside, again = next(cuts)
        while random.randrange(8):
            try:
                _, inside, again = next(cuts)
            except StopIteration:
                break
        try:
            if self._kind.found(again) not in (found, FOLLOWING):
                return SESSION, inside
            if is_over and not self._kind.found_without_one(again) <= {found, FOLLOWING, None}:
                return ANOTHERS, inside
            return None, inside
        except OSError:
            return FILESYSTEM, inside


def session(number: int, size: int = 1704) -> bytes:
    """Data as long as a session, that tells its number."""
    return b"%06d" % number * (size // 6)


def saving(data: bytes):
    """An action: store `data`."""
    return lambda store: store.save(data)


def saving_over(data: bytes):
    """An action: store `data`, so that nothing of before can come back."""
    return lambda store: store.save_over(data)


FOLLOWING = session(999999)


def looking_and_saving(store) -> None:
    """What a device does when it starts again, and later refreshes."""
    store.load()
    store.save(FOLLOWING)


_SIZES = (1704, 1704, 1500, 2304, 900)  # as tokens of other lengths make them


def try_out(kind: Kind, rotations: int) -> Trial:
    """Each operation of a first store, of rotations, of an erase, and of a store after it."""
    trial = Trial(kind)
    content, new = trial.formatted, None
    for number in range(rotations + 1):
        old, new = new, session(number, _SIZES[number % 5] if number < 10 else 1704)
        content = trial.act(content, old, new, saving(new), "store %d" % (number + 1))
        if number < 3:
            trial.act(content, new, None, FileStore.erase, "erase after store %d" % (number + 1))
        if number in (0, 1, 2):
            other = session(777777 + number)
            trial.act(content, new, other, saving_over(other), "store over store %d" % (number + 1), True)
    content = trial.act(content, new, None, FileStore.erase, "erase")
    again = session(888888)
    trial.act(content, None, again, saving(again), "store after an erase")
    return trial


KINDS = (
    Kind("littlefs in blocks of 4 kB, written by 32 bytes (ESP32)", 4096, 24, bare_flash, {}),
    Kind("littlefs in blocks of 4 kB, written by 256 bytes (RP2)", 4096, 24, bare_flash, {"progsize": 256}),
    Kind("littlefs in blocks of 512 bytes", 512, 128, bare_flash, {"progsize": 16, "readsize": 16}),
    Kind("FAT, sectors of 512 bytes, whole", 512, 256, whole_sectors),
    Kind("FAT, sectors of 512 bytes, torn", 512, 256, torn_sectors),
    Kind("FAT, sectors of 4 kB, torn", 4096, 64, torn_sectors),
    Kind("FAT, sectors of 4 kB on bare flash", 4096, 64, bare_flash),
    Kind("FAT, sectors of 512 bytes, 4 kB of bare flash erased for each", 512, 512, bare_flash, None, 4096),
)

if __name__ == "__main__":
    rotations, seed = int(sys.argv[1]), int(sys.argv[2])
    for kind in KINDS:
        random.seed(seed)
        trial = try_out(kind, rotations)
        lost = [[what, inside, len(places), places[:_SHOWN]] for (what, inside), places in trial.lost.items()]
        print(json.dumps({"tried": kind.name, "cases": trial.cases, "lost": lost}))
