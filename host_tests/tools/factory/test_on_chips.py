"""Boards at once on the production line: emulated chips, from `cognito-mp factory` to their first refresh.

Three of them, or as many as BOARDS says; with pytest's -s it tells how many such boards an hour this computer makes.
"""

from __future__ import annotations

import csv
import json
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import Result
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040, EmulatorFailed
from cognito_mp_tools.local.cognito import LocalCognito
from cognito_mp_tools.local.host_addresses import HOST_ADDRESS
from time_server import TimeServer

SERIALS = [f"e66000000000{number:04}" for number in range(1, int(os.environ.get("BOARDS", 3)) + 1)]

REFRESHED = """
import json, ppp_link
from cognito_mp import Client, FileStore
settings = json.load(open('settings.json'))
ppp_link.connect()
client = Client(settings['region'], settings['client_id'], settings['client_secret'], store=FileStore('session'),
                endpoint=settings['endpoint'], cadata=open(settings['ca_file'], 'rb').read(), timeout=30)
tokens = client.refresh()
print(client.session.username is not None, tokens.access_token.count('.'))
"""


@pytest.fixture
def owner(local_cognito: LocalCognito, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """The words that make the command call the local Cognito's owner side, with its key in the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", local_cognito.owner.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", local_cognito.owner.secret_key)
    return ("--endpoint-url", local_cognito.owner_endpoint)


def worked_on(cognito_mp: Callable[..., Result], *words: object) -> str:
    """What the run said that left no board undone. A slow computer makes boards stop, which go on where they were."""
    for _ in range(3):
        result = cognito_mp(*words, "--once")
        if result.exit_code == 0:
            break
    return result.output


@pytest.mark.timeout(400 * len(SERIALS))  # they share the cores of this computer; each has some fifty files to verify
def test_boards_at_once(
    product_firmware: Path,
    pool: Path,
    owner: tuple[str, ...],
    cognito_mp: Callable[..., Result],
    ok: Callable[..., str],
    refused: Callable[..., str],
    tmp_path: Path,
    time_server: TimeServer,
) -> None:
    (tmp_path / "watch.json").write_text(json.dumps({"ntp_host": HOST_ADDRESS, "ntp_port": time_server.port}))
    database, users = tmp_path / "factory.sqlite", tmp_path / "users.csv"
    users.write_text("username\n" + "".join(f"wearer-{number}@example.com\n" for number in range(len(SERIALS))))
    with ExitStack() as on:
        chips = [
            on.enter_context(EmulatedRP2040(product_firmware, tmp_path / f"{serial}.img", unique_id=serial))
            for serial in SERIALS
        ]
        words = ("factory", "run", "--settings", pool, "--database", database, "--users", users, *owner)
        words = (*words, "--device-settings", tmp_path / "watch.json")
        ports = [word for chip in chips for word in ("--port", chip.port)]
        assert f"0 of {len(SERIALS)} boards are done" in ok(*words, *ports, "--dry-run")
        assert not database.exists()

        start = time.monotonic()
        said = worked_on(cognito_mp, *words, *ports, "--labels", tmp_path / "labels.pdf")
        seconds = time.monotonic() - start
        print(f"{len(SERIALS)} boards in {seconds:.0f} s: {len(SERIALS) * 3600 / seconds:.0f} an hour")
        assert f"All {len(SERIALS)} boards are done." in said
        assert (tmp_path / "labels.pdf").read_bytes().startswith(b"%PDF")
        for chip in chips:
            # What the factory has put there starts by itself, asks the time server for the time, and refreshes.
            chip.wait_for("[signed in] access token good for", timeout=240)
            assert chip.run(REFRESHED, timeout=240).split() == ["True", "2"]

        said = ok("factory", "list", "--database", database)
        assert all(serial in said for serial in SERIALS) and said.count(", done 20") == len(SERIALS)
        ok("factory", "export", tmp_path / "boards.csv", "--database", database)
        with (tmp_path / "boards.csv").open() as file:
            assert {row["serial"] for row in csv.DictReader(file)} == set(SERIALS)
        ok("factory", "export", tmp_path / "things.jsonl", "--iot", "--database", database)
        lines = (tmp_path / "things.jsonl").read_text().splitlines()
        assert {json.loads(line)["ThingName"] for line in lines} == set(SERIALS)

        revoke = ("factory", "revoke", SERIALS[0], "--settings", pool, "--database", database, *owner)
        assert "nothing was changed" in ok(*revoke, "--dry-run")
        ok(*revoke)
        assert "signed out" in ok("factory", "list", "--database", database)
        with pytest.raises(EmulatorFailed, match="NotSignedIn"):
            chips[0].run(REFRESHED, timeout=240)
        assert chips[1].run(REFRESHED, timeout=240).split() == ["True", "2"]
    assert "there is no board" in refused(
        "factory", "revoke", "e66f", "--settings", pool, "--database", database, *owner
    )
