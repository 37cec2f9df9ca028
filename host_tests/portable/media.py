"""What our stores keep their bytes on, for tests that damage it: two files, two keys of an NVS, one NVM; also sealed.

A medium is an object with

name            str
store()         a new store on it, as after a power-up
copy()          what is on it; put(copy) puts it back
damages(step)   puts one damage after the other on it, yields its words, and takes it off again: every place gone as a
                whole, and every `step`-th bit flipped
cuts(action)    does action(store) again and again on what is there now, each time with the power going a little later,
                and yields the step with what that left on the medium; at last it is done whole
"""

import os
import sys

from cognito_mp import FileStore, NvmStore, NvsStore
from fake_nvm import FakeNvm
from fake_nvm import PowerCut as NvmPowerCut
from fake_nvs import FakeNVS
from fake_nvs import PowerCut as NvsPowerCut


class _Medium:
    def damages(self, step: int = 1):
        whole = self.copy()
        for name in sorted(whole):
            if len(whole) > 1:
                left = dict(whole)
                del left[name]
                self.put(left)
                yield name + " gone"
            for bit in range(0, 8 * len(whole[name]), step):
                changed = bytearray(whole[name])
                changed[bit // 8] ^= 1 << bit % 8
                self.put(dict(whole, **{name: bytes(changed)}))
                yield "bit %d of %s" % (bit, name)
        self.put(whole)


class Files(_Medium):
    name = "FileStore"

    def __init__(self) -> None:
        self._path = "medium_%d" % id(self)
        self.put({})

    def store(self) -> FileStore:
        return FileStore(self._path)

    def copy(self) -> dict:
        found = {}
        for name in ("0", "1"):
            try:
                with open(self._path + "." + name, "rb") as file:
                    found[name] = file.read()
            except OSError:
                pass
        return found

    def put(self, copy: dict) -> None:
        for name in ("0", "1"):
            if name in copy:
                with open(self._path + "." + name, "wb") as file:
                    file.write(copy[name])
            elif name in self.copy():
                os.remove(self._path + "." + name)

    def cuts(self, action):
        """None of its own: host_tests/device/cut_filesystems.py has them, below a real filesystem."""
        action(self.store())
        return iter(())


class Keys(_Medium):
    name = "NvsStore"

    def __init__(self, at_once: bool = True) -> None:
        self.nvs = FakeNVS(at_once)

    @property
    def broken(self) -> dict:
        return self.nvs.broken

    def store(self) -> NvsStore:
        self.nvs = FakeNVS(self.nvs.at_once, self.nvs.flash)
        return NvsStore(nvs=self.nvs)

    def copy(self) -> dict:
        return dict(self.nvs.flash)

    def put(self, copy: dict) -> None:
        self.nvs.flash.clear()
        self.nvs.flash.update(copy)

    def cuts(self, action):
        return _cuts(self, action, lambda steps: setattr(self.nvs, "steps", steps))


class Bytes(_Medium):
    name = "NvmStore"

    def __init__(self, chip: str = "rp2040", size: int = 4096) -> None:
        self.chip = chip
        self._nvm = FakeNvm(chip, size)

    def store(self) -> NvmStore:
        return NvmStore(self._nvm)

    def copy(self) -> dict:
        return {"nvm": bytes(self._nvm.content)}

    def put(self, copy: dict) -> None:
        self._nvm.content[:] = copy["nvm"]

    def damages(self, step: int = 1):
        whole = self.copy()["nvm"]
        for bit in range(0, 8 * len(whole.rstrip(b"\xff")), step):
            self._nvm.content[bit // 8] ^= 1 << bit % 8
            yield "bit %d" % bit
            self._nvm.content[bit // 8] ^= 1 << bit % 8

    def cuts(self, action):
        return _cuts(self, action, lambda steps: setattr(self._nvm, "steps", steps), 61 if self.chip == "rp2040" else 1)


def _cuts(medium, action, power_for, stride: int = 1):
    before = medium.copy()
    step = 0
    while True:
        medium.put(before)
        store = medium.store()
        power_for(step)
        try:
            action(store)
        except (NvsPowerCut, NvmPowerCut):
            power_for(None)
            yield step
            step += stride
            continue
        power_for(None)
        return


class Sealed:
    """Another medium whose sessions are sealed."""

    def __init__(self, inner) -> None:
        self._inner = inner
        self.name = "SealedStore over " + inner.name
        self.copy, self.put = inner.copy, inner.put

    def store(self):
        from cognito_mp import SealedStore

        return SealedStore(self._inner.store(), "2580", iterations=2)

    def damages(self, step: int = 1):
        return self._inner.damages(max(61, step))  # enough for all that is not random

    def cuts(self, action):
        from cognito_mp import SealedStore

        return self._inner.cuts(lambda store: action(SealedStore(store, "2580", iterations=2)))


def media() -> list:
    """One of each, empty."""
    found = [Files(), Keys(True), Keys(False), Bytes("rp2040"), Bytes("esp32"), Bytes("rp2040", 1024)]
    try:
        import cognito_mp.stores.sealed  # noqa: F401
    except ImportError:
        if sys.implementation.name == "cpython":
            raise
        return found
    return found + [Sealed(Files()), Sealed(Keys()), Sealed(Bytes())]  # noqa: RUF005  # MicroPython's
