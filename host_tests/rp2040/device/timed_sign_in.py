"""A sign-in, its session stored, and a refresh, with a stopwatch: timed_sign_in.py SETTINGS.json FLOW REPORT.json."""

import gc
import json
import socket
import sys
import time

gc.collect()
report = {"free_at_boot": gc.mem_free()}

from cognito_mp import Client, FileStore  # noqa: E402 (what it costs is part of the figures)
from cognito_mp.protocol import split_url  # noqa: E402
from cognito_mp.transports.https import tls_context  # noqa: E402

settings_path, flow, report_path = sys.argv[1:]
with open(settings_path) as file:
    settings = json.load(file)
with open(settings["ca"], "rb") as file:
    cadata = file.read()


def timed(what, function, *arguments):
    start = time.ticks_ms()
    value = function(*arguments)
    report[what + "_ms"] = time.ticks_diff(time.ticks_ms(), start)
    return value


def handshake():
    _, host, port = split_url(settings["endpoint"])[:3]
    sock = socket.socket()
    sock.connect(socket.getaddrinfo(host, port)[0][-1])
    timed("handshake", lambda: tls_context(cadata).wrap_socket(sock, server_hostname=host)).close()
    sock.close()


handshake()
client = Client(
    settings["region"],
    settings["client_id"],
    settings["client_secret"],
    settings["user_pool_id"],
    store=FileStore(settings["store"]),
    endpoint=settings["endpoint"],
    cadata=cadata,
)
timed("sign_in", client.sign_in, settings["username"], settings["password"], flow)
timed("refresh", client.refresh)
gc.collect()
report["free_after"] = gc.mem_free()
report["access_token"] = client.access_token()
with open(report_path, "w") as file:
    json.dump(report, file)
