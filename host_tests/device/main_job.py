"""One boot of a device: main_job.py SETTINGS.json STEP REPORT.json, steps "first" and "again"."""

import json
import sys

from cognito_mp import Client, FileStore

settings_path, step, report_path = sys.argv[1:]
with open(settings_path) as file:
    settings = json.load(file)
with open(settings["ca"], "rb") as file:
    cadata = file.read()

client = Client(
    settings["region"],
    settings["client_id"],
    settings["client_secret"],
    store=FileStore(settings["store"]),
    endpoint=settings["endpoint"],
    cadata=cadata,
)
report: dict = {"signed_in_at_boot": client.signed_in}
if step == "first":
    with client:
        challenge = client.sign_in(settings["username"], settings["temporary_password"])
        report["challenge"] = challenge.name
        client.set_new_password(challenge, settings["password"])
elif step == "password":
    client.sign_in(settings["username"], settings["password"])
report["access_token"] = client.access_token()
report["id_token"] = client.id_token()
if step == "sign out":
    report["revoked"] = client.sign_out()
    report["signed_in_after"] = client.signed_in

with open(report_path, "w") as file:
    json.dump(report, file)
