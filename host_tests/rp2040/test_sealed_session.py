"""What a sealed session costs on the chip: making its keys, which happens once for each start, and a save."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040

_TIMED = """
import gc, time
from cognito_mp import RamStore, SealedStore
from cognito_mp.stores import sealed

def ms(function, *arguments):
    gc.collect()
    start = time.ticks_us()
    function(*arguments)
    return time.ticks_diff(time.ticks_us(), start) // 1000

print(ms(sealed.pbkdf2, b"2580", b"s" * 24, 100))
store = SealedStore(RamStore(), "2580", b"12345678")
print(ms(store.save, b"x" * 2000), ms(store.save, b"x" * 2000), ms(store.load))
"""


def test_what_a_sealed_session_costs(
    product_firmware: Path, tmp_path: Path, record_figure: Callable[[str, str], None]
) -> None:
    with EmulatedRP2040(product_firmware, tmp_path / "flash.img", network=False) as chip:
        hundred, first, save, load = map(int, chip.run(_TIMED).split())
    record_figure("sealed session: one iteration of PBKDF2", f"{hundred / 100:.2f} ms")
    record_figure("its keys, made once for each start", f"{(first - save) / 1000:.1f} s")
    record_figure("then to seal 2,000 bytes", f"{save} ms")
    record_figure("then to open them", f"{load} ms")
    # The default is chosen for about a second; the README says so.
    assert first - save == pytest.approx(1000, rel=0.3)
