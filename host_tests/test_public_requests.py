"""What the front of a local Cognito passes on; host_tests/test_listening.py has where it listens."""

from __future__ import annotations

import dataclasses
import http.client
import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from cognito_mp_tools.local.cognito import REGION, LocalCognito
from cognito_mp_tools.local.owner_signature import is_signed_with
from cognito_mp_tools.local.public_requests import public_targets
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront
from listening_sockets import needs_proc, ports_of

POOLS, IDENTITIES = "AWSCognitoIdentityProviderService.", "AWSCognitoIdentityService."
SIGNED = "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0"


@pytest.fixture(scope="module")
def server() -> Iterator[LocalCognito]:
    with LocalCognito("ministack") as server:
        yield server


def asked(
    server: LocalCognito, method: str, path: str, headers: dict[str, str], body: bytes = b"{}"
) -> tuple[int, bytes]:
    """(status, body) of one request, as anybody on the network can send it."""
    context = ssl.create_default_context(cadata=server.ca.pem.decode())
    connection = http.client.HTTPSConnection("127.0.0.1", server.front.port, context=context, timeout=20)
    try:
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/_ministack/reset", {}),
        ("GET", "/_ministack/health", {}),
        ("PUT", "/bucket", {}),
        ("PUT", "/bucket/key", {"Authorization": SIGNED}),
        ("POST", "/2015-03-31/functions", {"Authorization": SIGNED}),
        ("POST", "/", {"X-Amz-Target": POOLS + "AdminCreateUser", "Authorization": SIGNED}),
        ("POST", "/", {"X-Amz-Target": POOLS + "CreateUserPool"}),
        ("POST", "/", {"X-Amz-Target": IDENTITIES + "CreateIdentityPool"}),
        ("POST", "/", {"X-Amz-Target": "DynamoDB_20120810.CreateTable"}),
        ("POST", "/?Action=CreateUser&UserName=mallory", {}),
        ("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("POST", "/oauth2/token/../../bucket", {}),
        ("GET", "/", {"X-Amz-Target": POOLS + "InitiateAuth"}),
    ],
)
def test_what_is_not_for_everybody_is_refused(
    server: LocalCognito, method: str, path: str, headers: dict[str, str]
) -> None:
    status, body = asked(server, method, path, headers)
    assert status == 403 and json.loads(body)["__type"] == "AccessDeniedException"


def test_what_a_device_asks_is_passed_on(server: LocalCognito) -> None:
    parameters = json.dumps({"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "nobody", "AuthParameters": {}}).encode()
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": POOLS + "InitiateAuth"}
    # A key that nobody knows is not looked at: the header goes no further.
    for more in ({}, {"Authorization": SIGNED}):
        status, body = asked(server, "POST", "/", {**headers, **more}, parameters)
        assert status == 400 and "ResourceNotFoundException" in json.loads(body)["__type"]


def test_headers_that_it_does_not_know_go_no_further() -> None:
    passed_on: list[Request] = []
    more = {
        "Authorization": SIGNED,
        "X-Amz-Security-Token": "t",
        "X-Forwarded-For": "::1",
        "Cookie": "c",
        "User-Agent": "u",
    }
    with LocalCognito("ministack", watch=passed_on.append) as server:
        asked(server, "POST", "/", {"X-Amz-Target": POOLS + "InitiateAuth", "Content-Type": "application/json", **more})
        basic = {"Authorization": "Basic YTpi", "Content-Type": "application/x-www-form-urlencoded"}
        asked(server, "POST", "/oauth2/token", {**more, **basic}, b"grant_type=client_credentials")
        asked(server, "POST", "/oauth2/token", more)
    assert [sorted(request.headers) for request in passed_on] == [
        ["content-type", "x-amz-target"],
        ["authorization", "content-type"],
        [],
    ]
    assert passed_on[1].headers["authorization"] == "Basic YTpi"


def test_a_client_that_says_nothing_is_let_go(server: LocalCognito) -> None:
    with (
        TlsFront(lambda request: Response(), server.ca.server_context("127.0.0.1"), idle=0.1) as front,
        socket.create_connection(("127.0.0.1", front.port), timeout=20) as silent,
    ):
        assert silent.recv(1) == b""


def test_the_operations_are_those_of_the_model() -> None:
    targets = public_targets()
    assert {POOLS + name for name in ("InitiateAuth", "RespondToAuthChallenge", "SignUp", "GetUser")} <= targets
    assert {IDENTITIES + name for name in ("GetId", "GetCredentialsForIdentity", "GetOpenIdToken")} <= targets
    assert not [name for name in targets if ".Admin" in name or ".Create" in name or ".List" in name and "User" in name]


def test_a_body_is_bounded(server: LocalCognito) -> None:
    headers = {"X-Amz-Target": POOLS + "InitiateAuth"}
    assert asked(server, "POST", "/", {**headers, "Content-Length": "300000"}, b"")[0] == 413
    assert asked(server, "POST", "/", {**headers, "Content-Length": "-1"}, b"")[0] == 411


def test_the_owners_key_is_made_up_for_each_run(server: LocalCognito) -> None:
    with LocalCognito("ministack") as other:
        assert other.owner != server.owner
        assert other.owner.secret_key not in repr(other.owner)
    assert server.admin().list_user_pools(MaxResults=1)["UserPools"] == []


OTHER_KEYS = ("test", "000000000000", "AKIAIOSFODNN7EXAMPLE")


@pytest.mark.parametrize("backend", ["ministack", "moto"])
def test_the_owners_side_is_for_what_is_signed_with_the_owners_key(backend: str) -> None:
    with LocalCognito(backend) as server:
        server.admin().list_user_pools(MaxResults=1)  # moto keeps the pools of other tests: it is one for the process
        for access_key in (*OTHER_KEYS, server.owner.access_key):
            stranger = boto3.client(
                "cognito-idp",
                region_name=REGION,
                endpoint_url=server.owner_endpoint,
                aws_access_key_id=access_key,
                aws_secret_access_key="test",
            )
            with pytest.raises(ClientError, match="AccessDeniedException"):
                stranger.list_user_pools(MaxResults=1)


def test_a_signature_is_of_the_host_the_date_and_the_body() -> None:
    asked = AWSRequest("POST", "http://127.0.0.1:1/", {"X-Amz-Target": POOLS + "ListUserPools"}, b"{}")
    SigV4Auth(Credentials("AKID", "secret"), "cognito-idp", REGION).add_auth(asked)
    headers = {"host": "127.0.0.1:1", **{name.lower(): value for name, value in asked.headers.items()}}
    good = Request("POST", "/", headers, b"{}")
    assert is_signed_with("AKID", "secret", good)
    for wrong in (
        dataclasses.replace(good, body=b"{ }"),
        dataclasses.replace(good, headers={**headers, "host": "127.0.0.1:2"}),
        dataclasses.replace(good, headers={**headers, "x-amz-target": POOLS + "DeleteUserPool"}),
        dataclasses.replace(good, headers={**headers, "x-amz-date": "20260101T000000Z"}),
        dataclasses.replace(good, headers={name: headers[name] for name in headers if name != "authorization"}),
    ):
        assert not is_signed_with("AKID", "secret", wrong)
    assert not is_signed_with("AKID", "other", good) and not is_signed_with("OTHER", "secret", good)


@needs_proc
@pytest.mark.parametrize("backend", ["ministack", "moto"])
def test_the_backends_own_port_is_for_our_fronts(backend: str) -> None:
    """Whoever looks for open ports on this computer finds it."""
    command = [sys.executable, "-c", FIND_BACKEND, backend]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        fronts = json.loads(process.stdout.readline())
        (port,) = ports_of(process.pid) - set(fronts)
        for path in ("/", "/_ministack/reset", "/moto-api/reset"):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("POST", path, b"{}", {"X-Amz-Target": POOLS + "ListUserPools", "Authorization": SIGNED})
            assert connection.getresponse().status == 403
            connection.close()
        process.communicate("\n")


FIND_BACKEND = """
import json, sys
from cognito_mp_tools.local.cognito import LocalCognito
with LocalCognito(sys.argv[1]) as server:
    server.admin().list_user_pools(MaxResults=1)
    print(json.dumps([server.front.port, int(server.owner_endpoint.rpartition(":")[2])]), flush=True)
    input()
"""
