"""Sizes, handshakes and heap, held to the committed table; the chip's are in rp2040/test_srp_on_chip.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.interpreters import UnixPort
from bench.metered_cognito import MeteredCognito
from cognito_mp_tools.library.bytecode import architectures
from cognito_mp_tools.library.mpy_size import PLAIN_SIGN_IN, SRP, sizes
from cognito_mp_tools.packages.debian import NotDebian
from recorded_figures import hold


def test_sizes() -> None:
    found = sizes()
    thumb = sum(size for module, size in found.items() if module.endswith("_thumb"))
    hold("bytes of .mpy: plain sign-in", sum(found[module] for module in PLAIN_SIGN_IN))
    hold("bytes of .mpy: SRP", sum(found[module] for module in SRP))
    hold("bytes of .mpy: SRP's assembler for a Cortex-M", thumb)
    everywhere = sum(size for module, size in found.items() if not architectures(module.replace(".", "/")))
    hold("bytes of .mpy: all modules", everywhere)


def test_handshakes_and_heap(tmp_path: Path) -> None:
    with MeteredCognito("127.0.0.1", p256=True) as server:
        try:
            port = UnixPort(server, tmp_path)
        except NotDebian as reason:
            pytest.skip(str(reason))
        for step in ("sign_in", "new_password", "srp", "refresh"):
            measured = port.run("ours", step)
            assert measured
            hold(f"TLS handshakes: {step}", measured.handshakes)
            if step == "sign_in":
                hold("bytes of heap: the client imported and made, unix port", measured.import_bytes)
