"""A client of a server without TLS, whose arithmetic takes seconds a connection: this is about the flash.

    session_on_flash.py ENDPOINT CLIENT_ID CLIENT_SECRET STEP...

Steps: "sign in", "refresh", and "look", which prints a digest of the refresh token that is stored, as JSON.
"""

import hashlib
import json
import socket
import sys

from cognito_mp import Client, FileStore

endpoint, client_id, client_secret = sys.argv[1:4]


class PlainTransport:
    def post(self, url, headers, body):
        host, port = url.split("/")[2].split(":")
        line = socket.socket()
        line.settimeout(30)
        line.connect(socket.getaddrinfo(host, int(port))[0][-1])
        fields = "".join("%s: %s\r\n" % item for item in headers.items())
        line.write("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s" % fields)
        line.write("Content-Length: %d\r\n\r\n" % len(body))
        line.write(body)
        reply = line.read()
        line.close()
        head, _, body = reply.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        return int(lines[0].split()[1]), dict(field.lower().split(": ", 1) for field in lines[1:]), body


client = Client(
    "eu-west-1",
    client_id,
    client_secret,
    store=FileStore("/session"),
    endpoint=endpoint,
    transport=PlainTransport(),
)
for step in sys.argv[4:]:
    if step == "sign in":
        client.sign_in("alice", "Correct-Horse-9")
    elif step == "refresh":
        client.refresh()
    else:
        session = json.loads(FileStore("/session").load() or "{}")
        token = session.get("refresh_token") if client.signed_in else None
        print(json.dumps(token and hashlib.sha256(token.encode()).digest().hex()))
