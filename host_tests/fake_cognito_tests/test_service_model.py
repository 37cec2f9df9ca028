"""The judge of requests: botocore's model of the service, as the double and the tests ask it."""

from __future__ import annotations

import json
from typing import Any

from cognito_mp_tools.local.tls_front import Request
from fake_cognito.service_model import USER_POOLS, request_violations, violations

Reply = dict[str, Any]


def test_the_model_finds_what_is_wrong_with_a_body() -> None:
    def found(body: Reply, operation: str = "InitiateAuth") -> str:
        return "\n".join(violations(operation, json.dumps(body).encode()))

    good = {"AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": "abc", "AuthParameters": {"REFRESH_TOKEN": "x"}}
    assert found(good) == found(good, f"{USER_POOLS}.InitiateAuth") == ""
    assert "Unknown parameter in input" in found({**good, "DeviceKey": "x"})
    assert "Missing required parameter" in found({"AuthFlow": "USER_AUTH"})
    assert "Invalid type" in found({**good, "ClientId": 1})
    assert "is none of" in found({**good, "AuthFlow": "PASSWORD"})
    assert "does not match" in found({**good, "ClientId": "a-b"})
    assert "length" in found({**good, "ClientId": "a" * 129})
    assert "Missing required parameter REFRESH_TOKEN" in found({**good, "AuthParameters": {}})
    assert "Unknown parameter USERNAME" in found({**good, "AuthParameters": {"REFRESH_TOKEN": "x", "USERNAME": "a"}})
    assert found({"IdentityPoolId": "eu-west-1:0-a"}, "AWSCognitoIdentityService.GetId") == ""
    assert "no such operation" in found({}, "AWSCognitoIdentityService.InitiateAuth")
    assert "not JSON" in violations("InitiateAuth", b"{")[0]


def test_the_model_finds_what_is_wrong_with_the_head_of_a_request() -> None:
    headers = {"x-amz-target": f"{USER_POOLS}.GetUser", "content-type": "application/json"}
    found = request_violations(Request("GET", "/x", headers, b'{"AccessToken":"x"}'))
    assert len(found) == 2 and "not POST /" in found[0] and "application/x-amz-json-1.1" in found[1]
