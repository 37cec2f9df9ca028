"""What the owner of a pool asks of a local Cognito, recorded on its way, and refused where a test says so."""

from __future__ import annotations

import http.client
import json
from typing import Any

from cognito_mp_tools.local.cognito import LocalCognito
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront
from fake_cognito.service_model import violations


class AppSecrets:
    """Two secrets for an app client, which ministack lacks. Source: botocore's model of the three operations."""

    operations = ("AddUserPoolClientSecret", "ListUserPoolClientSecrets", "DeleteUserPoolClientSecret")

    def __init__(self) -> None:
        self.ids = ["app--1700000000"]  # the oldest first

    def answer(self, operation: str, body: bytes) -> Response:
        assert violations(operation, body) == []
        if operation == "ListUserPoolClientSecrets":
            # In no order that is promised, and with no values.
            return self._reply(ClientSecrets=[self._described(secret) for secret in reversed(self.ids)])
        if operation == "DeleteUserPoolClientSecret":
            if self.ids == [json.loads(body)["ClientSecretId"]]:
                return Response(400, b'{"__type":"InvalidParameterException","message":"the last remaining secret"}')
            self.ids.remove(json.loads(body)["ClientSecretId"])
            return self._reply()
        if len(self.ids) == 2:
            return Response(400, b'{"__type":"LimitExceededException","message":"two secrets"}')
        self.ids.append("app--1800000000")
        return self._reply(ClientSecretDescriptor={**self._described(self.ids[-1]), "ClientSecretValue": "n" * 52})

    def _described(self, secret: str) -> dict[str, Any]:
        return {"ClientSecretId": secret, "ClientSecretCreateDate": int(secret.rpartition("-")[2])}

    def _reply(self, **members: Any) -> Response:
        return Response(200, json.dumps(members).encode())


# What `refusals` may hold: the key lacks the right to it.
DENIED = ("AccessDeniedException", "User is not authorized to perform this.")


class OwnerCalls:
    """An endpoint before that of `server`'s owner, with no TLS.

    calls     list of (operation, its parameters), all so far
    refusals  dict of operation to (code, message): what is refused in place of being passed on
    replies   dict of operation to a function that changes its reply, a dict
    answers   dict of operation to the reply in place of the server's, which does not know it
    secrets   the secrets of the app client that is asked about, as AppSecrets
    """

    def __init__(self, server: LocalCognito) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refusals: dict[str, tuple[str, str]] = {}
        self.replies: dict[str, Any] = {}
        self.answers: dict[str, Any] = {}
        self.secrets = AppSecrets()
        self._host = server.owner_endpoint.removeprefix("http://")
        self._front = TlsFront(self._handle, None)
        self.endpoint = f"http://127.0.0.1:{self._front.port}"

    @property
    def operations(self) -> list[str]:
        return [operation for operation, _ in self.calls]

    def _handle(self, request: Request) -> Response:
        operation = request.operation
        self.calls.append((operation, json.loads(request.body)))
        if operation in self.refusals:
            code, message = self.refusals[operation]
            return Response(400, json.dumps({"__type": code, "message": message}).encode())
        if operation in self.answers:
            return Response(200, json.dumps(self.answers[operation]).encode())
        if operation in self.secrets.operations:
            return self.secrets.answer(operation, request.body)
        connection = http.client.HTTPConnection(self._host, timeout=30)
        try:
            connection.request(request.method, request.path, request.body, request.headers)
            reply = connection.getresponse()
            body = reply.read()
        finally:
            connection.close()
        if operation in self.replies and reply.status == 200:
            changed = json.loads(body)
            self.replies[operation](changed)
            body = json.dumps(changed).encode()
        return Response(reply.status, body)

    def close(self) -> None:
        self._front.close()
