"""The figures from the emulated RP2040 at 125 MHz: its own clock and its own heap."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040, EmulatorFailed, prepare
from cognito_mp_tools.emulator.rp2040_filesystem import write_files
from cognito_mp_tools.firmware.rp2040_firmware import build
from cognito_mp_tools.local.host_addresses import HOST_ADDRESS
from rp2040.programs import CONNECT, HERE, code_for, program_files

from bench.metered_cognito import TEMPORARY, MeteredCognito

PROGRAMS = Path(__file__).with_name("programs")
_TIMEOUT = 400
_STEP = 2048  # bytes: how exactly the smallest heap is looked for
_VARIANTS = ("ours", "checked", "unchecked")
_SEED = "bench"
_FORGET = """
import os
for name in os.listdir():
    if name.startswith('session-{variant}'):
        os.remove(name)
"""


class Chip:
    """One emulated chip, with the library and the maker's script frozen in, and a server of its own."""

    def __init__(self, folder: Path, p256: bool = False) -> None:
        prepare()
        self._firmware = build(variant="BENCH")
        self._folder = folder
        self._p256 = p256

    @contextlib.contextmanager
    def on(self, network: bool = True) -> Iterator[tuple[EmulatedRP2040, MeteredCognito]]:
        image = self._folder / f"flash-{self._p256}-{network}.img"
        programs = [PROGRAMS / "measure.py", PROGRAMS / "chip_parts.py", HERE / "device" / "srp_in_loop.py"]
        with MeteredCognito(HOST_ADDRESS, p256=self._p256) as server:
            write_files(image, {"/ca.der": server.der, **program_files(programs)})
            with EmulatedRP2040(self._firmware, image, network=network, seed=_SEED) as chip:
                yield chip, server

    def measure(
        self, chip: EmulatedRP2040, server: MeteredCognito, variant: str, step: str, free: int = 0
    ) -> dict[str, Any] | None:
        """What measure.py tells; None when it failed, as it does for want of heap."""
        settings = {**server.settings(HOST_ADDRESS), "ca": "/ca.der", "store": f"/session-{variant}"}
        settings["temporary_password"] = TEMPORARY
        if step == "new_password":
            settings["person"] = server.new_person()
        if step != "refresh" and not free:
            # A sign-in over a live session revokes that one, which the script does not.
            chip.run(_FORGET.format(variant=variant))
        chip.mpremote("soft-reset")
        chip.mpremote("resume", "rtc", "--set")
        chip.run(CONNECT)
        chip.run(f"with open('/settings.json', 'w') as file: file.write({json.dumps(settings)!r})")
        before = server.handshakes, server.wire_bytes
        try:
            printed = chip.run(code_for("measure", "/settings.json", variant, step, str(free)), timeout=_TIMEOUT)
        except EmulatorFailed:
            if not free:
                raise
            return None
        report = json.loads(printed.splitlines()[0])
        report["handshakes"] = server.handshakes - before[0]
        report["wire_bytes"] = server.wire_bytes - before[1]
        return report

    def smallest_heap(self, chip: EmulatedRP2040, server: MeteredCognito, variant: str, step: str) -> int:
        """Bytes that must be free before the import, by halving; within 2 kB."""
        low, high = 8, 48  # times _STEP: 16 to 96 kB
        while low < high:
            middle = (low + high) // 2
            if self.measure(chip, server, variant, step, middle * _STEP):
                high = middle
            else:
                low = middle + 1
        return low * _STEP


def times(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Variant -> step -> report, against the chain shaped like AWS's."""
    chip = Chip(folder)
    found: dict[str, dict[str, dict[str, Any]]] = {variant: {} for variant in _VARIANTS}
    with chip.on() as (device, server):
        for variant in _VARIANTS:
            for step in ("sign_in", "refresh", "new_password"):
                found[variant][step] = chip.measure(device, server, variant, step) or {}
        found["ours"]["srp"] = chip.measure(device, server, "ours", "srp") or {}
    return found


def p256_sign_in(folder: Path) -> dict[str, Any]:
    """Ours, against a chain of P-256."""
    chip = Chip(folder, p256=True)
    with chip.on() as (device, server):
        return chip.measure(device, server, "ours", "sign_in") or {}


def heaps(folder: Path) -> dict[str, int]:
    """Variant -> the smallest free heap in which it signs in, bytes."""
    chip = Chip(folder)
    with chip.on() as (device, server):
        return {variant: chip.smallest_heap(device, server, variant, "sign_in") for variant in ("ours", "checked")}


def _ran(folder: Path, *words: str) -> Any:
    """What the program words[0] prints as JSON, with no network."""
    with Chip(folder).on(network=False) as (device, _):
        return json.loads(device.run(code_for(*words), timeout=_TIMEOUT).splitlines()[0])


def hmac(folder: Path) -> Any:
    """Microseconds of an HMAC, and of the two SHA-256 passes that are in it."""
    return _ran(folder, "chip_parts", "hmac")


def plain_pow(folder: Path) -> Any:
    """Milliseconds of SRP's first power by the built-in pow()."""
    return _ran(folder, "chip_parts", "pow")


def srp(folder: Path) -> Any:
    """Milliseconds of SRP's arithmetic as it is."""
    return _ran(folder, "srp_in_loop")


def flash_writes(folder: Path) -> dict[str, float]:
    """Sectors erased and pages written for one session, by each way to store it."""
    writes = {}
    for what in ("nothing", "store", "rename"):
        with Chip(folder).on(network=False) as (device, _):
            device.run(code_for("chip_parts", what), timeout=_TIMEOUT)
            device.power_off()
            writes[what] = device.figures["flash_writes"]
    return {what: (writes[what] - writes["nothing"]) / 8 for what in ("store", "rename")}


PARTS = {
    "times": times,
    "p256": p256_sign_in,
    "heaps": heaps,
    "hmac": hmac,
    "pow": plain_pow,
    "srp": srp,
    "writes": flash_writes,
}


def all_figures() -> dict[str, Any]:
    """All of the above."""
    with tempfile.TemporaryDirectory() as name:
        return {part: measure(Path(name)) for part, measure in PARTS.items()}
