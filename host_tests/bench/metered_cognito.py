"""A strict Cognito behind TLS that counts connections, handshakes and the bytes on the wire."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time

from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import TlsFront
from fake_cognito.endpoint import POOL_ID, FakeCognito

from bench.aws_shaped_chain import AwsShapedChain

USER, PASSWORD, TEMPORARY = "alice", "Correct-Horse-9", "Temporary-1"


class MeteredCognito:
    """alice signs in with PASSWORD, bob first with TEMPORARY; `port` leads there by way of the meter.

    der         the root certificate
    wire_bytes  of TCP's payload, both ways, since reset()
    """

    def __init__(self, *names: str, p256: bool = False) -> None:
        if p256:
            ca = ThrowawayCa()
            self.der, self.chain_size, context = ca.der, 0, ca.server_context(*names)
        else:
            chain = AwsShapedChain(*names)
            self.der, self.chain_size, context = chain.der, chain.size, chain.server_context()
        self.cognito = FakeCognito(now=time.time, randomness=random.Random(11))
        pool = self.cognito.add_pool()
        self.app = pool.add_app(secret=True)
        pool.add_user(USER, PASSWORD)
        self._pool = pool
        self._front = TlsFront(self.cognito.handle, context)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.wire_bytes = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def handshakes(self) -> int:
        return self._front.handshakes

    def settings(self, host: str = "127.0.0.1") -> dict[str, str]:
        return {
            "endpoint": f"https://{host}:{self.port}",
            "client_id": self.app.id,
            "client_secret": self.app.secret,
            "user_pool_id": POOL_ID,
            "username": USER,
            "password": PASSWORD,
        }

    def new_person(self) -> str:
        """The name of a new user, who has to choose a password."""
        name = f"person-{len(self.cognito.requests)}-{random.randrange(1 << 30)}"
        self._pool.add_user(name, TEMPORARY, status="FORCE_CHANGE_PASSWORD")
        return name

    def __enter__(self) -> MeteredCognito:
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.close()
        self._front.close()
        if self.cognito.violations:
            raise RuntimeError(f"requests that break the service's model: {self.cognito.violations[:3]}")

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._front.port))
            except OSError:  # it is being stopped
                client.close()
                return
            for source, target in ((client, server), (server, client)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._relay, args=(source, target), daemon=True).start()

    def _relay(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                with self._lock:
                    self.wire_bytes += len(data)
                target.sendall(data)
        for line in (source, target):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
