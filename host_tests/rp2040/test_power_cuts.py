"""The power goes at every single write to the flash while a session is stored: there is always a whole one after it."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040
from cognito_mp_tools.emulator.rp2040_filesystem import write_files
from cognito_mp_tools.local.host_addresses import HOST_ADDRESS
from cognito_mp_tools.local.tls_front import TlsFront
from fake_cognito.endpoint import FakeCognito
from rp2040.programs import CONNECT, HERE, code_for, program_files, run_program

PROGRAM = HERE / "device" / "session_on_flash.py"


class Watch:
    """A chip with a session on its flash, of a pool whose app client rotates refresh tokens."""

    def __init__(self, firmware: Path, flash_image: Path) -> None:
        # The clock stands still, so that a token that was replaced stays in its grace.
        self.cognito = FakeCognito(now=lambda: 1_800_000_000.0, randomness=random.Random(7))
        pool = self.cognito.add_pool()
        self._app = pool.add_app(secret=True, rotation=60)
        pool.add_user("alice", "Correct-Horse-9")
        self.front = TlsFront(self.cognito.handle, None)
        self._server = f"https://{HOST_ADDRESS}:{self.front.port}", self._app.id, self._app.secret
        self.flash_image = flash_image
        write_files(flash_image, program_files([PROGRAM]))
        self.chip = EmulatedRP2040(firmware, flash_image)

    def boot(self, *steps: str) -> str | None:
        """Run one boot of the device to its end; a digest of the refresh token that it has at a step "look"."""
        self.chip.power_on()
        try:
            self.chip.run(CONNECT)
            said = run_program(self.chip, "session_on_flash", *self._server, *steps)
            return json.loads(said) if said.strip() else None
        finally:
            self.chip.power_off()

    def boot_with_a_cut(self, write: int, torn: bool, *steps: str) -> bool:
        """Run one boot whose power goes at the `write`th write to the flash; False when it ended before that."""
        self.chip.power_on(cut_power_after_flash_writes=write, tear_last_write=torn)
        try:
            code = CONNECT + code_for("session_on_flash", *self._server, *steps)
            figures = self.chip.run_until_off(code, timeout=150)
        finally:
            self.chip.power_off()
        if figures is not None:
            assert (figures["reason"], figures["flash_writes"]) == ("power cut", write)
        return figures is not None


@pytest.fixture
def watch(product_firmware: Path, tmp_path: Path) -> Iterator[Watch]:
    watch = Watch(product_firmware, tmp_path / "flash.img")
    with watch.front:
        watch.boot("sign in")
        yield watch
    assert watch.cognito.violations == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("step", "torn"), [("sign in", False), ("refresh", False), ("refresh", True)])
def test_a_power_cut_at_any_write_leaves_the_old_session_or_the_new(
    watch: Watch, step: str, torn: bool, record_figure: Callable[[str, str], None]
) -> None:
    old = watch.boot("look")
    before = watch.flash_image.read_bytes()
    seen = []
    for write in count(1):
        watch.flash_image.write_bytes(before)
        if not watch.boot_with_a_cut(write, torn, step):
            break
        # That it can refresh shows that the session is whole.
        seen.append(watch.boot("look", "refresh"))
        assert seen[-1] is not None, f"no session after a cut at write {write}"
    new = watch.boot("look")
    assert new not in (old, None)
    print(f"the session after each cut: {' '.join('old' if token == old else 'new' for token in seen)}")
    assert old in seen
    record_figure(f"sectors erased and pages written to store a {step}", f"{len(seen)}")


CUTS = 100  # of each of two chips, which run side by side
_LATEST = 40  # writes to the flash until the power goes: some three rotations


def _rotate_and_cut(firmware: Path, image: Path, seed: int) -> int:
    """Cut the power of a chip that rotates, again and again; how often a boot found what was not yet told of."""
    chance = random.Random(seed)
    write_files(image, program_files([HERE / "device" / "rotate_until_off.py"]))
    chip = EmulatedRP2040(firmware, image, network=False)
    newer = 0
    saved: int | None = None  # the last rotation that the chip told of
    for cut in range(CUTS):
        write, torn = chance.randrange(1, _LATEST), chance.random() < 0.5
        console = len(chip.console)
        chip.power_on(cut_power_after_flash_writes=write, tear_last_write=torn)
        try:
            assert chip.run_until_off(code_for("rotate_until_off"), timeout=150) is not None
        finally:
            chip.power_off()
        said = chip.console[console:]
        found = int(re.findall(r"session (\d+)\r", said)[0])
        assert saved is None or saved <= found <= saved + 1, f"cut {cut}: session {found} after {saved}"
        newer += saved is not None and found > saved
        saved = [found, *(int(number) for number in re.findall(r"saved (\d+)\r", said))][-1]
    return newer


@pytest.mark.timeout(1500)
def test_cuts_at_random_during_rotations(
    product_firmware: Path, tmp_path: Path, record_figure: Callable[[str, str], None]
) -> None:
    with ThreadPoolExecutor(2) as pool:
        lives = [pool.submit(_rotate_and_cut, product_firmware, tmp_path / f"{seed}.img", seed) for seed in (10, 11)]
        newer = sum(life.result() for life in lives)
    record_figure("power cuts at random during rotations", f"{2 * CUTS}")
    print(f"after {newer} of {2 * CUTS} cuts the session was a newer one than the chip had told of")
