"""The application and the example of a job.py on the chip: a reading gets to the maker's API with a token it knows."""

from __future__ import annotations

import json
import re
from pathlib import Path

from cognito_mp import Challenge, Client, FileStore
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040
from cognito_mp_tools.emulator.rp2040_filesystem import write_files
from cognito_mp_tools.local.cognito import REGION, LocalCognito
from cognito_mp_tools.local.host_addresses import HOST_ADDRESS
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront
from cognito_mp_tools.project import ROOT
from rp2040.programs import go_online
from time_server import TimeServer

FIRMWARE = ROOT / "firmware"
# The application runs for ever: Ctrl-C ends it once the reading is sent.
_END = "\n_job = job\nasync def job(keeper):\n    await _job(keeper)\n    raise KeyboardInterrupt\n"


def signed_in(server: LocalCognito, folder: Path) -> tuple[dict[str, str], dict[str, bytes]]:
    """The settings of an app client, and the files of a session of alice's, made on this computer."""
    idp = server.admin()
    pool, app = server.add_pool()
    idp.admin_create_user(UserPoolId=pool, Username="alice", TemporaryPassword="Temporary-1", MessageAction="SUPPRESS")
    store = FileStore(str(folder / "session"))
    client = Client(
        REGION, app["ClientId"], app["ClientSecret"], store=store, endpoint=server.endpoint, cadata=server.ca.der
    )
    challenge = client.sign_in("alice", "Temporary-1")
    assert isinstance(challenge, Challenge)
    client.set_new_password(challenge, "Chosen-Pass-2")
    files = {f"/{path.name}": path.read_bytes() for path in folder.glob("session.*")}
    return {"region": REGION, "client_id": app["ClientId"], "client_secret": app["ClientSecret"]}, files


def example_for(port: int) -> bytes:
    source = (FIRMWARE / "examples" / "job.py").read_text()
    for start, value in (("URL = ", f'"https://{HOST_ADDRESS}:{port}/readings"'), ("ROOT_FILE = ", '"/api.der"')):
        source = re.sub(f"^{start}.*", start + value, source, flags=re.MULTILINE)
    return (source.replace("EVERY_S = 60", "EVERY_S = 0") + _END).encode()


def test_the_job_sends_a_reading(product_firmware: Path, ministack: LocalCognito, tmp_path: Path) -> None:
    settings, files = signed_in(ministack, tmp_path)
    asked: list[str] = []

    def api(request: Request) -> Response:
        asked.append(request.headers["authorization"])
        assert json.loads(request.body)["uptime_s"] > 0
        return Response(status=200)

    ca = ThrowawayCa()
    time_server = TimeServer()
    with TlsFront(api, ca.server_context(HOST_ADDRESS)) as front:
        settings |= {
            "endpoint": f"https://{HOST_ADDRESS}:{ministack.front.port}",
            "ca_file": "/ca.der",
            "ntp_host": HOST_ADDRESS,
            "ntp_port": time_server.port,
        }
        files |= {f"/lib/cognito_app/{path.name}": path.read_bytes() for path in FIRMWARE.glob("cognito_app/*.py")}
        files |= {"/settings.json": json.dumps(settings).encode(), "/ca.der": ministack.ca.der}
        files |= {"/api.der": ca.der, "/job.py": example_for(front.port)}
        image = tmp_path / "flash.img"
        write_files(image, files)
        with EmulatedRP2040(product_firmware, image) as chip:
            go_online(chip)
            said = chip.run("from cognito_app import app\napp.run()", timeout=300)
    time_server.close()
    assert "sent" in said.split() and "cognito_mp stopped" in said
    assert len(asked) == 1 and asked[0].startswith("Bearer ey")
