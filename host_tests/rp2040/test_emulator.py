"""The emulated RP2040 does what the other tests rely on: REPL, files, resets, power cuts, TCP and verified TLS."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import trustme
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040, EmulatorFailed
from cognito_mp_tools.local.host_addresses import HOST_ADDRESS
from conftest import heed_ctrl_c

GREETING = b"hello from the host\n"
NAME = "cognito.test"


def test_boots_to_the_repl(chip: EmulatedRP2040) -> None:
    assert "MicroPython v1.25" in chip.console
    assert "Emulated Pico with RP2040" in chip.console


def test_exec(chip: EmulatedRP2040) -> None:
    assert chip.mpremote("exec", "import sys; print(sys.platform, 2 ** 100)").split() == ["rp2", str(2**100)]


def test_an_exception_on_the_device_is_a_failure_that_shows_it(chip: EmulatedRP2040) -> None:
    with pytest.raises(EmulatorFailed, match="ValueError: told you"):
        chip.mpremote("exec", "raise ValueError('told you')")


def test_floating_point_of_the_boot_rom_stand_in(chip: EmulatedRP2040) -> None:
    sums = "1.5 + 2.25, 1e10, 3.5 * -2, 1 / 8, int(-7.9), 2.0 < 3.0, 3.0 < 2.0, float('nan') == float('nan'), 5.0 // 2"
    assert chip.run(f"print(({sums}))").strip() == "(3.75, 1e+10, -7.0, 0.125, -7, True, False, False, 2.0)"


def first_random_number(firmware: Path, folder: Path, seed: str | None) -> str:
    with EmulatedRP2040(firmware, folder / "flash.img", network=False, seed=seed) as chip:
        return chip.run("import os; print(os.urandom(16).hex())")


def test_random_numbers_differ_from_boot_to_boot(bare_firmware: Path, tmp_path: Path) -> None:
    """Within one boot they would differ in any case: MicroPython runs the chip's random bits through a CRC."""
    assert first_random_number(bare_firmware, tmp_path, None) != first_random_number(bare_firmware, tmp_path, None)


def test_with_a_seed_they_repeat(bare_firmware: Path, tmp_path: Path) -> None:
    first = first_random_number(bare_firmware, tmp_path, "one")
    assert first == first_random_number(bare_firmware, tmp_path, "one")
    assert first != first_random_number(bare_firmware, tmp_path, "two")


def test_the_unique_id_is_the_one_given(bare_firmware: Path, tmp_path: Path) -> None:
    flash_image = tmp_path / "flash.img"
    with EmulatedRP2040(bare_firmware, flash_image, network=False, unique_id="e6600123456789ab") as chip:
        assert chip.run("import machine; print(machine.unique_id().hex())").strip() == "e6600123456789ab"
        chip.reset()
        assert chip.run("import machine; print(machine.unique_id().hex())").strip() == "e6600123456789ab"


def test_the_command_is_a_board_for_other_programs(bare_firmware: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-u", "-m", "cognito_mp_tools.emulator.emulated_rp2040"]
    command += ["--firmware", str(bare_firmware), "--flash", str(tmp_path / "flash.img")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=heed_ctrl_c)
    try:
        assert process.stdout is not None
        port = process.stdout.readline().split()[2].rstrip(",")
        mpremote = [sys.executable, "-m", "mpremote", "connect", port, "resume", "exec", "print(6 * 7)"]
        assert subprocess.run(mpremote, capture_output=True, text=True, timeout=60).stdout.strip() == "42"
        process.send_signal(signal.SIGINT)
        assert "It is off." in process.stdout.read()
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.communicate()


def test_a_copied_file_arrives_whole(chip: EmulatedRP2040, tmp_path: Path) -> None:
    content = os.urandom(30_000)
    (tmp_path / "sent").write_bytes(content)
    chip.mpremote("fs", "cp", str(tmp_path / "sent"), ":copied")
    assert hashlib.sha256(content).hexdigest() in chip.mpremote("fs", "sha256sum", "copied")
    chip.mpremote("fs", "cp", ":copied", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == content


def test_a_file_survives_power_off(chip: EmulatedRP2040) -> None:
    chip.run("with open('kept', 'w') as file: file.write('still here')")
    chip.power_off()
    chip.power_on()
    assert chip.run("print(open('kept').read())").strip() == "still here"
    assert chip.run("import machine; print(machine.reset_cause() == machine.PWRON_RESET)").strip() == "True"


def test_machine_reset(chip: EmulatedRP2040) -> None:
    chip.run("with open('kept', 'w') as file: file.write('over a reset')\nremembered = 1")
    chip.reset()
    assert chip.run("print('remembered' in globals(), open('kept').read())").strip() == "False over a reset"
    assert chip.run("import machine; print(machine.reset_cause() == machine.WDT_RESET)").strip() == "True"


def test_the_serial_port_drops_at_a_reset_as_usb_does(chip: EmulatedRP2040) -> None:
    starts = chip.starts
    with pytest.raises(EmulatorFailed):
        chip.run("import machine; machine.reset()")
    chip.wait_for_reset(starts)
    chip.wait_for(">>> ")
    assert chip.run("print(1 + 1)").strip() == "2"


def test_main_py_runs_and_is_seen(chip: EmulatedRP2040, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("print('main.py is running')\n")
    chip.mpremote("fs", "cp", str(tmp_path / "main.py"), ":main.py")
    chip.reset(until="main.py is running")
    chip.mpremote("resume", "fs", "rm", "main.py")


@pytest.mark.parametrize("torn", [False, True])
def test_a_power_cut_leaves_the_old_file_or_the_new(bare_firmware: Path, tmp_path: Path, torn: bool) -> None:
    """littlefs promises that, so anything else would be the emulator's fault."""
    replace = "with open('state', 'w') as file: file.write('{0}' * 600)"
    flash_image = tmp_path / "flash.img"
    seen = set()
    with EmulatedRP2040(bare_firmware, flash_image, network=False) as chip:
        chip.run(replace.format("old "))
        chip.power_off()
        before = flash_image.read_bytes()
        for write in count(1):
            flash_image.write_bytes(before)
            chip.power_on(cut_power_after_flash_writes=write, tear_last_write=torn)
            figures = chip.run_until_off(replace.format("new "))
            if figures is None:
                break
            assert (figures["reason"], figures["flash_writes"]) == ("power cut", write)
            chip.power_on()
            content = chip.run("print(open('state').read())").split()
            assert content in (["old"] * 600, ["new"] * 600), f"after a cut at write {write}"
            seen.add(content[0])
            chip.power_off()
    assert "old" in seen, "the first write already replaced the file, so nothing was tested"
    assert "new" in seen or torn


@contextlib.contextmanager
def server(context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on this host that greets whoever connects and echoes the first line; yields its port."""

    def serve(client: socket.socket) -> None:
        # A client that refuses our certificate breaks off: that is what some tests want.
        with contextlib.suppress(OSError), client:
            client.settimeout(30)
            line = context.wrap_socket(client, server_side=True) if context else client
            with line:
                line.sendall(GREETING)
                line.sendall(line.recv(1000))

    def accept(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # closed: the test is over
            while True:
                client, _ = listener.accept()
                threading.Thread(target=serve, args=(client,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


CONNECT = """
import ppp_link, socket
ppp_link.connect()
line = socket.socket()
line.settimeout(20)
line.connect(("{host}", {port}))
"""

TALK = """
received = line.read({size})
line.write(b"ping")
print(received, line.read(4))
line.close()
"""

WRAP = """
import tls
context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
context.verify_mode = tls.CERT_REQUIRED
context.load_verify_locations({root!r})
try:
    line = context.wrap_socket(line, server_hostname="{name}")
except (OSError, ValueError) as refusal:
    line.close()
    raise
"""


def test_tcp_to_a_server_on_this_host(chip: EmulatedRP2040) -> None:
    with server() as port:
        script = CONNECT.format(host=HOST_ADDRESS, port=port) + TALK.format(size=len(GREETING))
        assert chip.run(script).strip() == f"{GREETING!r} b'ping'"


def test_the_link_comes_up_again_after_a_soft_reset(chip: EmulatedRP2040) -> None:
    with server() as port:
        script = CONNECT.format(host=HOST_ADDRESS, port=port) + TALK.format(size=len(GREETING))
        for _ in range(2):
            assert chip.mpremote("exec", script).strip() == f"{GREETING!r} b'ping'"


def test_a_large_transfer_arrives_whole(chip: EmulatedRP2040, tmp_path: Path) -> None:
    content = os.urandom(100_000)
    digest = (
        "import hashlib\ndigest = hashlib.sha256()\n"
        "while block := line.read(1000): digest.update(block)\n"
        "print(digest.digest().hex())"
    )

    def serve(listener: socket.socket) -> None:
        client, _ = listener.accept()
        with client:
            client.sendall(content)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        script = CONNECT.format(host=HOST_ADDRESS, port=listener.getsockname()[1]) + digest
        assert chip.run(script).strip() == hashlib.sha256(content).hexdigest()


def der(authority: trustme.CA) -> bytes:
    return ssl.PEM_cert_to_DER_cert(authority.cert_pem.bytes().decode())


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def tls_port(authority: trustme.CA) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NAME).configure_cert(context)
    with server(context) as port:
        yield port


def connect_with_tls(chip: EmulatedRP2040, port: int, root: bytes, name: str) -> str:
    chip.mpremote("resume", "rtc", "--set")
    script = CONNECT.format(host=HOST_ADDRESS, port=port) + WRAP.format(root=root, name=name)
    return chip.run(script + TALK.format(size=len(GREETING)), timeout=60).strip()


def test_tls_with_the_right_authority(chip: EmulatedRP2040, tls_port: int, authority: trustme.CA) -> None:
    assert connect_with_tls(chip, tls_port, der(authority), NAME) == f"{GREETING!r} b'ping'"


def test_tls_refuses_another_authority(chip: EmulatedRP2040, tls_port: int) -> None:
    with pytest.raises(EmulatorFailed, match="(?i)not correctly signed|CERT_VERIFY_FAILED"):
        connect_with_tls(chip, tls_port, der(trustme.CA()), NAME)


def test_tls_refuses_another_host_name(chip: EmulatedRP2040, tls_port: int, authority: trustme.CA) -> None:
    with pytest.raises(EmulatorFailed, match="(?i)does not match|CERT_VERIFY_FAILED"):
        connect_with_tls(chip, tls_port, der(authority), "elsewhere.test")
