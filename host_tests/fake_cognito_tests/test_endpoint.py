"""The double as a server: bad requests, faults to order, and forms of answers."""

from __future__ import annotations

import http.client
import json
import random
import ssl
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront
from fake_cognito.endpoint import HTML, INTERNAL_ERROR, LOSE_REPLY, LOSE_REQUEST, THROTTLE, FakeCognito
from fake_cognito.pools import AppClient, User
from fake_cognito.service_model import USER_POOLS
from fake_cognito_tests.aws_client import FORM, PASSWORD, Reply, answer, refusal, sign_in
from fake_cognito_tests.conftest import Clock


def test_a_bad_request_is_refused_and_noted(
    cognito: FakeCognito, front: TlsFront, expected_violations: list[str]
) -> None:
    def post(body: bytes) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", front.port)
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"{USER_POOLS}.InitiateAuth"}
        headers["User-Agent"] = "any"
        connection.request("POST", "/", body, headers)
        reply = connection.getresponse()
        assert reply.status == 400
        return json.loads(reply.read())

    assert post(b'{"AuthFlow": 1, "ClientId": "a"}')["__type"] == "SerializationException"
    assert post(b'{"AuthFlow": "USER_AUTH"}')["__type"] == "InvalidParameterException"
    assert len(cognito.violations) == 2
    expected_violations += cognito.violations


def test_errors_to_order(cognito: FakeCognito, aws: Any, app: AppClient, alice: User) -> None:
    def status_and_code() -> tuple[int, str]:
        with pytest.raises(ClientError) as raised:
            sign_in(aws, app)
        response = raised.value.response
        return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]

    cognito.fail_next("InitiateAuth", THROTTLE, times=2)
    cognito.fail_next("GetUser", THROTTLE)
    cognito.fail_next("*", INTERNAL_ERROR)
    cognito.fail_next("InitiateAuth", (400, "LimitExceededException", "Attempt limit exceeded"))
    assert [status_and_code() for _ in range(4)] == [
        (400, "TooManyRequestsException"),
        (400, "TooManyRequestsException"),
        (500, "InternalErrorException"),
        (400, "LimitExceededException"),
    ]
    assert "AuthenticationResult" in sign_in(aws, app)
    assert cognito.faults_left == 1
    cognito.fail_next("InitiateAuth", HTML)
    assert status_and_code()[0] == 503
    cognito.fail_next("InitiateAuth", Response(429, b'{"__type":"TooManyRequestsException"}'))
    assert status_and_code()[0] == 429
    with pytest.raises(ValueError, match="no such fault"):
        cognito.fail_next("InitiateAuth", "fail somehow")


def test_a_lost_reply_hangs_up_over_tls(cognito: FakeCognito) -> None:
    ca = ThrowawayCa()
    cognito.fail_next("*", LOSE_REPLY)
    with TlsFront(cognito.handle, ca.server_context("127.0.0.1")) as front:
        trusting = ssl.create_default_context(cadata=ca.der)
        connection = http.client.HTTPSConnection("127.0.0.1", front.port, context=trusting, timeout=10)
        connection.request("POST", "/oauth2/token", "grant_type=x", {"Content-Type": FORM})
        with pytest.raises((http.client.RemoteDisconnected, ssl.SSLEOFError)):
            connection.getresponse()
        connection.close()
        connection.request("POST", "/oauth2/token", "grant_type=x", {"Content-Type": FORM})
        assert connection.getresponse().status == 400
        connection.close()


def test_lost_requests_and_replies(cognito: FakeCognito, aws: Any, app: AppClient, alice: User) -> None:
    alice.mfa = ["EMAIL_OTP"]
    challenge = sign_in(aws, app)
    code = {"EMAIL_OTP_CODE": alice.last_code}
    cognito.fail_next("RespondToAuthChallenge", LOSE_REQUEST)
    with pytest.raises(ConnectionClosedError):
        answer(aws, app, challenge, **code)
    cognito.fail_next("RespondToAuthChallenge", LOSE_REPLY)
    with pytest.raises(ConnectionClosedError):
        answer(aws, app, challenge, **code)
    assert "only be used once" in refusal(answer, aws=aws, app=app, challenge=challenge, **code)
    assert cognito.operations == ["InitiateAuth", *["RespondToAuthChallenge"] * 3]


@pytest.mark.parametrize("form", ["aws", "namespace", "Message"])
def test_forms_of_errors(cognito: FakeCognito, aws: Any, app: AppClient, alice: User, form: str) -> None:
    cognito.error_form = form
    alice.enabled = False
    assert refusal(sign_in, aws=aws, app=app) == "NotAuthorizedException: User is disabled."


def test_an_error_whose_code_is_in_the_header_alone(cognito: FakeCognito) -> None:
    cognito.error_form = "header"
    response = call_raw(cognito, "GetUser", AccessToken="x")
    assert response.headers["x-amzn-ErrorType"] == "NotAuthorizedException:"
    assert json.loads(response.body) == {"message": "Invalid Access Token"}


def call_raw(cognito: FakeCognito, operation: str, **parameters: str) -> Response:
    headers = {"x-amz-target": f"{USER_POOLS}.{operation}", "content-type": "application/x-amz-json-1.1"}
    headers["user-agent"] = "any"
    return cognito.handle(Request("POST", "/", headers, json.dumps(parameters).encode()))


def test_empty_bodies(cognito: FakeCognito, aws: Any, app: AppClient, alice: User) -> None:
    token = {"AccessToken": sign_in(aws, app)["AuthenticationResult"]["AccessToken"]}
    revoke = {"Token": "x", "ClientId": app.id}
    assert call_raw(cognito, "RevokeToken", **revoke).body == b"{}"
    cognito.empty_bodies = True
    assert call_raw(cognito, "RevokeToken", **revoke).body == b""
    cognito.empty_bodies = False
    assert call_raw(cognito, "DeleteUser", **token).body == b""


def test_a_request_is_judged_though_a_fault_is_ordered(cognito: FakeCognito, expected_violations: list[str]) -> None:
    cognito.fail_next("GetUser", THROTTLE)
    assert b"TooManyRequests" in call_raw(cognito, "GetUser", Token="x").body
    expected_violations += cognito.violations
    assert len(expected_violations) == 2


def test_randomness_and_clock_are_the_tests_own(clock: Clock) -> None:
    def tokens() -> str:
        pool = FakeCognito(clock, random.Random(7)).add_pool()
        app, user = pool.add_app(), pool.add_user("alice", PASSWORD)
        return json.dumps(pool.sign_in(app, user))

    assert tokens() == tokens()


def test_a_web_acl_refuses_what_does_not_say_who_it_is(cognito: FakeCognito) -> None:
    headers = {"x-amz-target": f"{USER_POOLS}.GetUser", "content-type": "application/x-amz-json-1.1"}
    blocked = cognito.handle(Request("POST", "/", headers, b'{"AccessToken":"x"}'))
    assert blocked.status == 400 and b"ForbiddenException" in blocked.body and b"WAF block" in blocked.body
    cognito.web_acl = False
    assert b"Invalid Access Token" in cognito.handle(Request("POST", "/", headers, b'{"AccessToken":"x"}')).body
