"""`mpremote mip install` puts the library on a board, from the index that `make dist` makes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040
from cognito_mp_tools.release import mip_index

USE = """
from cognito_mp import Client, totp
print(Client('eu-west-1', '1example23456789').signed_in, totp.code('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 59))
"""


def test_mpremote_installs_the_core_and_an_extra(
    chip: EmulatedRP2040, web_server: Callable[[Path], str], tmp_path: Path
) -> None:
    mip_index.write(tmp_path / "mip")
    chip.mpremote("mip", "install", "--index", web_server(tmp_path / "mip"), "cognito_mp-totp")
    # RFC 6238's example for the moment 59, its last six digits.
    assert chip.mpremote("exec", USE).split() == ["False", "287082"]
