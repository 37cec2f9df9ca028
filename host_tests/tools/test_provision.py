"""`cognito-mp provision` on the emulated RP2040: what it asks, what it leaves alone, what a pulled cable does."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cognito_mp import Challenge, Client, FileStore
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040
from cognito_mp_tools.emulator.rp2040_filesystem import read_files
from cognito_mp_tools.local.commands import TEMPORARY_PASSWORD, USER
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import Response, TlsFront
from cognito_mp_tools.pool import settings as pool_settings

NEW_PASSWORD = "Brand-New-2-secret"


@pytest.fixture(scope="module")
def pool_with_password(pool: Path) -> Path:
    """The pool, after the demo user's first sign-in."""
    values = pool_settings.read(pool)
    client = client_of(values)
    challenge = client.sign_in(USER, TEMPORARY_PASSWORD)
    assert isinstance(challenge, Challenge)
    client.set_new_password(challenge, NEW_PASSWORD)
    return pool


def client_of(values: dict[str, str], store: FileStore | None = None) -> Client:
    return Client(
        values["region"],
        values["client_id"],
        values["client_secret"],
        store=store,
        endpoint=values["endpoint"],
        cadata=values["ca"].encode(),
    )


def session_of(files: dict[str, bytes], folder: Path) -> str:
    """The refresh token that a device with `files` takes, by FileStore's own judgement."""
    folder.mkdir(exist_ok=True)
    for slot in ("session.0", "session.1"):
        (folder / slot).unlink(missing_ok=True)
        if f"/{slot}" in files:
            (folder / slot).write_bytes(files[f"/{slot}"])
    return json.loads(FileStore(str(folder / "session")).load() or b"{}").get("refresh_token", "")


@pytest.fixture(scope="module")
def chip(product_firmware: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatedRP2040]:
    """A chip with the library frozen in, on, with an empty filesystem."""
    with EmulatedRP2040(product_firmware, tmp_path_factory.mktemp("chip") / "flash.img") as chip:
        yield chip


def test_without_the_library_nothing_is_asked(
    bare_firmware: Path, tmp_path: Path, pool_with_password: Path, refused: Callable[..., str]
) -> None:
    with EmulatedRP2040(bare_firmware, tmp_path / "flash.img", network=False) as chip:
        assert "cognito-mp deploy first" in refused("provision", chip.port, "--settings", pool_with_password)


def test_unplugged_at_any_moment_the_device_has_the_old_session_or_the_new(
    product_firmware: Path,
    tmp_path: Path,
    pool_with_password: Path,
    ok: Callable[..., str],
    refused: Callable[..., str],
) -> None:
    words = ("--settings", pool_with_password, "--username", USER, "--force")
    variables = {"COGNITO_MP_PASSWORD": NEW_PASSWORD}
    with EmulatedRP2040(product_firmware, tmp_path / "flash.img", network=False) as chip:
        # The session in force is in slot 1, and an older one in slot 0, as after a rotation.
        store = FileStore(str(tmp_path / "session"))
        for token in ("an older one", "the old one"):
            store.save(json.dumps({"client_id": "x", "username": "old", "refresh_token": token}).encode())
        for slot in ("session.0", "session.1"):
            chip.mpremote("fs", "cp", str(tmp_path / slot), f":{slot}")
            settings = {"sleep_s": 60, "endpoint": "https://other"}
            chip.run(f"with open('settings.json', 'w') as file: file.write({json.dumps(settings)!r})")
        chip.power_off()
        before, taken = chip.flash_image.read_bytes(), []
        chip.power_on()
        ok("provision", chip.port, *words, variables=variables)
        chip.power_off()
        files, writes = read_files(chip.flash_image), chip.figures["flash_writes"]
        assert session_of(files, tmp_path / "new") not in ("", "an older one", "the old one")
        assert sorted(files) == ["/ca.pem", "/session.0", "/session.1", "/settings.json"]
        left = files["/session.0"] + files["/session.1"]
        assert b"the old one" not in left and b"an older one" not in left
        # What the maker had set stays, what is of the pool is new.
        settings = json.loads(files["/settings.json"])
        assert (settings["sleep_s"], settings["ca_file"]) == (60, "ca.pem")
        assert settings["endpoint"] == pool_settings.read(pool_with_password)["device_endpoint"]
        for write in (writes // 2, writes - 2, writes - 1):
            chip.flash_image.write_bytes(before)
            chip.power_on(cut_power_after_flash_writes=write)
            assert "went away in the middle" in refused("provision", chip.port, *words, variables=variables)
            chip.wait_until_off()
            files = read_files(chip.flash_image)
            taken.append(session_of(files, tmp_path / "cut"))
            # The session never comes without the settings that it is for, but for the instant between two writes.
            if taken[-1] == "the old one":
                assert json.loads(files["/settings.json"]) == {"sleep_s": 60, "endpoint": "https://other"}
        assert "" not in taken and "an older one" not in taken
        assert taken[0] == "the old one"


def test_a_sign_in_by_srp(
    product_firmware: Path, tmp_path: Path, pool_with_password: Path, ok: Callable[..., str]
) -> None:
    words = ("--settings", pool_with_password, "--username", USER, "--flow", "USER_SRP_AUTH")
    with EmulatedRP2040(product_firmware, tmp_path / "flash.img", network=False) as chip:
        ok("provision", chip.port, *words, variables={"COGNITO_MP_PASSWORD": NEW_PASSWORD})
        chip.power_off()
        files = read_files(chip.flash_image)
    assert session_of(files, tmp_path / "new")
    assert json.loads(files["/settings.json"])["sign_in_flow"] == "USER_SRP_AUTH"


def test_a_refused_password_changes_nothing(
    chip: EmulatedRP2040, pool_with_password: Path, refused: Callable[..., str]
) -> None:
    words = (
        "provision",
        chip.port,
        "--settings",
        pool_with_password,
        "--username",
        USER,
        "--password-stdin",
        "--force",
    )
    before = chip.run("import os; print(os.listdir())")
    assert "Incorrect username or password. (NotAuthorizedException)" in refused(*words, typed="Wrong-1-password\n")
    assert "--password-stdin was given" in refused(*words)
    assert chip.run("import os; print(os.listdir())") == before


def test_a_challenge_that_needs_a_browser_changes_nothing(
    chip: EmulatedRP2040, refused: Callable[..., str], tmp_path: Path
) -> None:
    ca = ThrowawayCa()
    (tmp_path / "ca.pem").write_bytes(ca.pem)
    asked = json.dumps({"ChallengeName": "MFA_SETUP", "Session": "s" * 20, "ChallengeParameters": {}}).encode()
    before = chip.run("import os; print(os.listdir())")
    with TlsFront(lambda request: Response(body=asked), ca.server_context("127.0.0.1")) as front:
        server = ("--endpoint", f"https://127.0.0.1:{front.port}", "--ca", tmp_path / "ca.pem")
        person = ("--username", USER, "--region", "eu-west-1", "--client-id", "1example23456789", "--force")
        variables = {"COGNITO_MP_PASSWORD": "Any-1-password"}
        said = refused("provision", chip.port, *server, *person, variables=variables)
    assert "MFA_SETUP" in said and "use a browser" in said
    assert chip.run("import os; print(os.listdir())") == before


class Terminal:
    """A program on a terminal of its own, typed to as a person does."""

    def __init__(self, *command: str) -> None:
        self._master, slave = pty.openpty()

        def take_terminal() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, preexec_fn=take_terminal
        )
        os.close(slave)
        self.shown = ""

    def wait_for(self, text: str) -> None:
        """Read on until `text` is shown. Raises OSError when the program ends before."""
        start = len(self.shown)
        while text not in self.shown[start:]:
            self.shown += os.read(self._master, 1000).decode()

    def type(self, line: str) -> None:
        os.write(self._master, line.encode() + b"\n")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)


@pytest.fixture
def terminal(chip: EmulatedRP2040, pool_with_password: Path) -> Iterator[Terminal]:
    """`cognito-mp provision` at a terminal."""
    command = [sys.executable, "-m", "cognito_mp_tools.cli", "provision", chip.port]
    terminal = Terminal(*command, "--settings", str(pool_with_password), "--wifi-ssid", "Attic", "--force")
    yield terminal
    terminal.close()


def test_a_person_is_asked_and_no_password_is_shown(chip: EmulatedRP2040, terminal: Terminal, tmp_path: Path) -> None:
    starts = chip.starts
    for question, answer in (
        ("Password of Attic (none for an open network): ", "wifi-password"),
        ("User name: ", USER),
        ("Password: ", NEW_PASSWORD),
    ):
        terminal.wait_for(question)
        terminal.type(answer)
    terminal.wait_for("The board has been reset.")
    assert terminal.process.wait(timeout=10) == 0
    assert NEW_PASSWORD not in terminal.shown and "wifi-password" not in terminal.shown
    chip.wait_for_reset(starts)
    chip.power_off()
    files = read_files(chip.flash_image)
    settings = json.loads(files["/settings.json"])
    assert (settings["wifi_ssid"], settings["wifi_password"]) == ("Attic", "wifi-password")
    assert session_of(files, tmp_path / "found")
    assert NEW_PASSWORD.encode() not in chip.flash_image.read_bytes()
    chip.power_on()


def test_the_session_on_the_device_is_good(
    chip: EmulatedRP2040, pool_with_password: Path, tmp_path: Path, ok: Callable[..., str]
) -> None:
    words = ("--settings", pool_with_password, "--username", USER, "--force")
    ok("provision", chip.port, *words, variables={"COGNITO_MP_PASSWORD": NEW_PASSWORD})
    chip.power_off()
    for path, content in read_files(chip.flash_image).items():
        (tmp_path / path.strip("/")).write_bytes(content)
    chip.power_on()
    client = client_of(pool_settings.read(pool_with_password), FileStore(str(tmp_path / "session")))
    assert client.access_token().count(".") == 2


def test_an_open_wifi_has_no_password(chip: EmulatedRP2040, pool_with_password: Path, ok: Callable[..., str]) -> None:
    words = ("--settings", pool_with_password, "--username", USER, "--force", "--wifi-ssid", "Cafe")
    ok("provision", chip.port, *words, variables={"COGNITO_MP_PASSWORD": NEW_PASSWORD, "COGNITO_MP_WIFI_PASSWORD": ""})
    settings = json.loads(read_files(chip.flash_image)["/settings.json"])
    assert settings["wifi_ssid"] == "Cafe" and "wifi_password" not in settings
