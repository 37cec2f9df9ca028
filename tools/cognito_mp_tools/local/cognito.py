"""A Cognito on this machine: ministack or moto, behind TLS with a throw-away CA. For the demo and the tests."""

from __future__ import annotations

import http.client
import logging
import os
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

from cognito_mp_tools.local.host_addresses import HOST_ADDRESS, LOOPBACK
from cognito_mp_tools.local.owner_signature import is_signed_with
from cognito_mp_tools.local.public_requests import public_part, refusal
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront

REGION = "eu-west-1"

# The header with the word that a backend asks of everybody: its port is for our fronts alone.
_WORD = "x-backend-word"

# ministack's own entry point wants a port number chosen beforehand; this binds one and says which. It ends when its
# standard input does, so that it never outlives who started it.
_MINISTACK = """
import asyncio, os, socket, sys, threading
from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app
listener = socket.create_server(("127.0.0.1", 0))
config = Config()
config.bind = [f"fd://{listener.fileno()}"]
config.loglevel = "ERROR"
word = os.environ.pop("BACKEND_WORD").encode()
async def guarded(scope, receive, send):
    if scope["type"] == "lifespan" or (sys.argv[1].encode(), word) in scope["headers"]:
        await app(scope, receive, send)
    elif scope["type"] == "http":
        await send({"type": "http.response.start", "status": 403, "headers": []})
        await send({"type": "http.response.body", "body": b""})
print(listener.getsockname()[1], flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
asyncio.run(serve(guarded, config))
"""


# What Cognito's own tests and examples need: users and roles with rights, and pools by template.
_SERVICES = ("cognito-idp", "cognito-identity", "iam", "sts", "cloudformation")


@dataclass(frozen=True)
class Owner:
    """The AWS key of the one who may do everything, made up for one run; `word`: what opens the backend's own port."""

    access_key: str = field(default_factory=lambda: "AKIA" + secrets.token_hex(8).upper())
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(30), repr=False)
    word: str = field(default_factory=lambda: secrets.token_urlsafe(30), repr=False)


class _Ministack:
    def __init__(self, owner: Owner) -> None:
        # Its own place for the keys that sign tokens is one folder of /tmp for all users of this computer.
        self._state = tempfile.TemporaryDirectory(prefix="ministack-")
        settings = {
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "LOG_LEVEL": "ERROR",
            "STATE_DIR": self._state.name,
            # Whoever signs with these is the owner.
            "AWS_ACCESS_KEY_ID": owner.access_key,
            "AWS_SECRET_ACCESS_KEY": owner.secret_key,
            # Of all that it can be. MQTT would listen on every address of this computer.
            "SERVICES": ",".join(_SERVICES),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "BACKEND_WORD": owner.word,
        }
        environment = {**os.environ, **settings}
        environment.pop("AWS_SESSION_TOKEN", None)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _MINISTACK, _WORD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.strip().isdigit():
            self.close()
            raise RuntimeError("ministack did not start: try `python -m ministack` to see why")
        self.port = int(line)

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.communicate(timeout=10)
        except subprocess.TimeoutExpired:  # it may wait for a client that keeps its connection
            self._process.kill()
            self._process.communicate()
        self._state.cleanup()


class _Moto:
    def __init__(self, owner: Owner) -> None:
        os.environ["MOTO_COGNITO_IDP_USER_POOL_ENABLE_TOTP"] = "true"
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import make_server
        from werkzeug.wrappers import Response as Refused

        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it logs every request
        app = DomainDispatcherApplication(create_backend_app)
        variable = "HTTP_" + _WORD.upper().replace("-", "_")

        def guarded(environ: Any, start_response: Any) -> Any:
            known = environ.get(variable) == owner.word
            return (app if known else Refused(status=403))(environ, start_response)

        self._server = make_server("127.0.0.1", 0, guarded, threaded=True)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


_BACKENDS: dict[str, Callable[[Owner], Any]] = {"ministack": _Ministack, "moto": _Moto}


class LocalCognito:
    """A running Cognito for one process to use; close it, or use it in a `with`.

    endpoint    str, "https://address:port"
    ca          ThrowawayCa, whose root a Client needs as cadata
    front       TlsFront, which counts connections
    owner       Owner, who signs what is asked at owner_endpoint
    owner_endpoint  str, "http://127.0.0.1:port": what needs no key, and all that the owner signs
    """

    def __init__(
        self,
        backend: str | Callable[[Owner], Any] = "ministack",
        watch: Callable[[Request], None] | None = None,
        address: str = LOOPBACK,
        signed_calls: bool = False,
    ) -> None:
        """backend: "ministack", "moto", or what starts another: (Owner) -> an object with port and close().

        watch: called with every request before it is served. address: the one of this computer where it listens.
        signed_calls: pass everything on, for tests of calls with credentials; else only what AWS answers without
        (public_requests.py). Raises OSError when it can't listen there, ValueError for signed calls on an address that
        others reach, RuntimeError when the backend doesn't start.
        """
        if signed_calls and address != LOOPBACK:
            raise ValueError("signed_calls is for 127.0.0.1 alone")
        self.name = backend if isinstance(backend, str) else backend.__name__
        self.owner = Owner()
        self._watch = watch
        self._signed_calls = signed_calls
        self._backend = (_BACKENDS[backend] if isinstance(backend, str) else backend)(self.owner)
        try:
            self.ca = ThrowawayCa()
            names = (address, "localhost", HOST_ADDRESS)
            self.front = TlsFront(self._for_everybody, self.ca.server_context(*names), address=address)
        except BaseException:
            self._backend.close()
            raise
        self._owners_front = TlsFront(self._for_the_owner, None)
        self.owner_endpoint = f"http://{LOOPBACK}:{self._owners_front.port}"
        self.endpoint = f"https://{address}:{self.front.port}"

    def _for_everybody(self, request: Request) -> Response:
        if self._signed_calls:
            return self._watched(request)
        public = public_part(request)
        if public is None:
            return refusal(
                "Here is answered what a device asks without AWS credentials; the owner's side is on loopback."
            )
        return self._watched(public)

    def _watched(self, request: Request) -> Response:
        if self._watch:
            self._watch(request)
        return self.ask_backend(request)

    def _for_the_owner(self, request: Request) -> Response:
        signed = is_signed_with(self.owner.access_key, self.owner.secret_key, request)
        asked = request if signed else public_part(request)
        if asked is None:
            return refusal("This is the owner's side: sign with the key that was made up for this run.")
        return self.ask_backend(asked)

    def ask_backend(self, request: Request) -> Response:
        """What the backend says to `request`, whoever asks."""
        connection = http.client.HTTPConnection(LOOPBACK, self._backend.port, timeout=30)
        try:
            headers = {name: value for name, value in request.headers.items() if name != "connection"}
            connection.request(request.method, request.path, request.body, {**headers, _WORD: self.owner.word})
            reply = connection.getresponse()
            kept = {name: value for name, value in reply.getheaders() if name.lower() in _KEPT}
            return Response(reply.status, reply.read(), kept)
        finally:
            connection.close()

    def admin(self, service: str = "cognito-idp") -> Any:
        """A boto3 client for this server, with the rights of its owner."""
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.owner_endpoint,
            aws_access_key_id=self.owner.access_key,
            aws_secret_access_key=self.owner.secret_key,
            config=Config(retries={"max_attempts": 1}),
        )

    def add_pool(self, secret: bool = True, **pool: Any) -> tuple[str, dict[str, Any]]:
        """(its id, its app client as boto3 has it) of a new user pool for devices.

        secret: whether the app client has one. pool: parameters of CreateUserPool.
        """
        admin = self.admin()
        pool_id = admin.create_user_pool(PoolName="watches", **pool)["UserPool"]["Id"]
        app = admin.create_user_pool_client(
            UserPoolId=pool_id, ClientName="watch", GenerateSecret=secret, ExplicitAuthFlows=_FLOWS
        )
        return pool_id, app["UserPoolClient"]

    def close(self) -> None:
        """Stop all servers."""
        self.front.close()
        self._owners_front.close()
        self._backend.close()

    def __enter__(self) -> LocalCognito:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


_FLOWS = [
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
]
_KEPT = ("content-type", "date", "x-amzn-errortype", "x-amzn-requestid")
