"""A device's first day, with the real library on the emulated RP2040: deploy, provision, status, doctor, a refresh."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from click.testing import Result
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040
from cognito_mp_tools.emulator.rp2040_filesystem import read_files
from cognito_mp_tools.local.commands import TEMPORARY_PASSWORD, USER
from cognito_mp_tools.local.host_addresses import HOST_ADDRESS
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.pool import settings as pool_settings
from cognito_mp_tools.project import ROOT
from time_server import TimeServer

NEW_PASSWORD = "Brand-New-2-secret"
PASSWORDS = {"COGNITO_MP_PASSWORD": TEMPORARY_PASSWORD, "COGNITO_MP_NEW_PASSWORD": NEW_PASSWORD}

REFRESH = """
import json, ppp_link
from cognito_mp import Client, FileStore
settings = json.load(open('settings.json'))
ppp_link.connect()
client = Client(settings['region'], settings['client_id'], settings['client_secret'], store=FileStore('session'),
                endpoint=settings['endpoint'], cadata=open(settings['ca_file'], 'rb').read(), timeout=30)
print(client.access_token().count('.'))
"""


def restarted(chip: EmulatedRP2040, run: Callable[..., str], *words: object, **options: object) -> str:
    """What `run` prints of a command that resets `chip` at its end; then the chip is back."""
    starts = chip.starts
    said = run(*words, **options)
    chip.wait_for_reset(starts)
    chip.wait_for(">>> ")
    return said


def test_a_device_is_deployed_provisioned_and_refreshes(
    chip: EmulatedRP2040,
    pool: Path,
    cognito_mp: Callable[..., Result],
    ok: Callable[..., str],
    refused: Callable[..., str],
    tmp_path: Path,
) -> None:
    said = ok("status", chip.port)
    assert "none (cognito-mp deploy)" in said and "MicroPython 1.25.0" in said

    said = restarted(chip, ok, "deploy", chip.port, "--library-only")
    assert "Emulated Pico with RP2040, MicroPython 1.25.0, .mpy version 6 for armv6m" in said
    assert "Copied and verified" in said
    assert "are on the device already" in ok("deploy", chip.port, "--library-only", "--no-reset")

    provision = ("provision", chip.port, "--settings", pool, "--username", USER)
    said = restarted(chip, ok, *provision, variables=PASSWORDS)
    assert "the password is not" in said

    assert "--force" in refused(*provision, variables=PASSWORDS)

    said = ok("status", chip.port)
    assert "in /lib/cognito_mp" in said
    assert "session   yes, of " in said
    assert json.loads(pool.read_text())["client_secret"] not in said

    values = pool_settings.read(pool)
    # Without a clock no certificate can be checked, and the doctor says what to do.
    result = cognito_mp("doctor", chip.port)
    assert result.exit_code == 1
    assert "FAILED  clock" in result.output and "--set-clock" in result.output
    # The emulated chip, and its clock with it, may be slower than this computer: it is set each time.
    said = ok("doctor", chip.port, "--set-clock")
    assert said.count("ok  ") == 13
    assert f"{values['device_endpoint'].removeprefix('https://')} verified in" in said

    (tmp_path / "other.pem").write_bytes(ThrowawayCa().pem)
    result = cognito_mp(
        "doctor", chip.port, "--set-clock", "--endpoint", values["device_endpoint"], "--ca", tmp_path / "other.pem"
    )
    assert result.exit_code == 1
    assert "FAILED  TLS" in result.output and "is something in this network reading along?" in result.output
    assert "1 of 13 checks failed" in result.output

    chip.run("with open('/lib/cognito_mp/crypto/totp.mpy', 'w') as file:\n    pass")
    chip.run(
        "with open('/faults.txt', 'w') as file:\n    file.write('job.py, 5 s since 1970\\nKeyError: temperature\\n')"
    )
    result = cognito_mp("doctor", chip.port, "--set-clock")
    assert "FAILED  faults" in result.output and "KeyError: temperature" in result.output
    assert "mpremote rm :faults.txt" in result.output
    assert "FAILED  files        /lib/cognito_mp/crypto/totp.mpy not as deployed" in result.output

    said = ok("doctor", chip.port, "--set-clock", "--report")
    report = said[said.index("## ") :]
    assert report.startswith("## Emulated Pico with RP2040\n")
    assert "| port | rp2 |" in report and "| Wi-Fi | none in this MicroPython |" in report
    assert re.search(r"\| SRP \| \d+\.\d\d s before the password is known, \d+\.\d\d s after it \|", report)
    assert re.search(r"\| TLS \| verified in \d+ ms by a root of the device's own, root 1 of 1 \|", report)
    assert re.search(r"\| deep sleep of 5 s, radio off \| it started anew after \d+\.\d s, reset cause 3, ", report)
    for private in (values["client_secret"], values["client_id"], values["device_endpoint"][8:], USER, "faults"):
        assert private not in report.replace("checks of doctor", "").replace("failed: files, faults", "")

    cognito_mp("doctor", chip.port, "--set-clock")  # it was lost in the sleep
    assert chip.run(REFRESH, timeout=180).strip() == "2"

    chip.power_off()
    flash = chip.flash_image.read_bytes()
    for password in PASSWORDS.values():
        assert password.encode() not in flash
    # What is looked for would be found: the refresh token is there.
    session = read_files(chip.flash_image)["/session.0"]
    assert json.loads(session[44:])["refresh_token"].encode()[:64] in flash
    chip.power_on()


def test_the_doctor_reads_the_settings_as_the_application_does(
    chip: EmulatedRP2040, cognito_mp: Callable[..., Result]
) -> None:
    chip.run("import os\ntry:\n    os.mkdir('/lib')\nexcept OSError:\n    pass\nos.mkdir('/lib/cognito_app')")
    for name in (
        "__init__.py",
        "settings.py",
        "settings_checks.py",
        "settings_error.py",
        "strict_json.py",
        "loaded_modules.py",
        "hardware.py",
        "sntp.py",
    ):
        chip.mpremote("fs", "cp", str(ROOT / "firmware" / "cognito_app" / name), f":/lib/cognito_app/{name}")

    def found(settings: dict[str, object]) -> str:
        chip.run(f"with open('/settings.json', 'w') as file:\n    file.write({json.dumps(settings)!r})")
        return cognito_mp("doctor", chip.port, "--region", "eu-west-1").output

    good: dict[str, object] = {"region": "eu-west-1", "client_id": "abc", "ntp_host": "127.0.0.1"}
    said = found({**good, "led": 25})
    assert "ok      settings     complete" in said
    assert "FAILED  time         127.0.0.1: " in said and "ntp_host" in said
    assert 'FAILED  settings     "timeout_s" in /settings.json must be from 1 to 300' in found({**good, "timeout_s": 0})
    assert 'FAILED  settings     "led" in settings.json names a pin' in found({**good, "led": 99})
    assert "no setting of the application: time_out" in found({**good, "time_out": 5})

    time_server = TimeServer()
    try:
        said = found({**good, "ntp_host": [HOST_ADDRESS, "127.0.0.1"], "ntp_port": time_server.port})
    finally:
        time_server.close()
    assert f"ok      time         {HOST_ADDRESS} is right, 127.0.0.1: " in said

    chip.run("import os\nos.mkdir('/cognito_mp')")
    said = found(good)
    assert (
        "FAILED  files        MicroPython imports /cognito_mp before" in said and "mpremote rm -r :cognito_mp" in said
    )
    chip.run("import os\nos.rmdir('/cognito_mp')")
