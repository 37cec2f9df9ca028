"""The judge of requests: botocore's model of the service, as the double and the tests ask it."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
from pathlib import Path
from typing import Any

from cognito_mp_tools.local.tls_front import Request
from cognito_mp_tools.project import ROOT
from fake_cognito.service_model import IDENTITY_POOLS, USER_POOLS, outline, request_violations, violations

Reply = dict[str, Any]
Outline = dict[str, list[str]]
# The models as somebody has read them last.
READ = Path(__file__).with_name("models_as_read.json")


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


def news(then: Outline, now: Outline) -> list[str]:
    """A line for each operation, and each choice of values, that is new, gone or not what it was."""
    found = []
    for name in sorted({*then, *now}):
        added = sorted({*now.get(name, ())} - {*then.get(name, ())})
        gone = sorted({*then.get(name, ())} - {*now.get(name, ())})
        whole = "new: " * (name not in then) or "gone: " * (name not in now)
        if added or gone or whole:
            words = [f"{sign} {', '.join(names)}" for sign, names in (("+", added), ("-", gone)) if names]
            found.append(f"{whole}{name}: {'; '.join(words)}")
    return found


def test_news_names_what_differs() -> None:
    then = {"GetUser": ["AccessToken"], "Old": ["A"], "Same": ["B"]}
    now = {"GetUser": ["AccessToken", "Device"], "New": [], "Same": ["B"]}
    assert news(then, now) == ["GetUser: + Device", "new: New: ", "gone: Old: - A"]
    assert news(now, now) == []


def test_somebody_has_read_what_is_new_in_the_models() -> None:
    """When the VERSION of aws_models.py moves this fails, and says what AWS has changed: what of it concerns a device?

    REWRITE_FIGURES=1 says that it was read.
    """
    now = {prefix: outline(prefix) for prefix in (USER_POOLS, IDENTITY_POOLS)}
    if os.environ.get("REWRITE_FIGURES"):
        READ.write_text(json.dumps(now, indent=1) + "\n")
    then = json.loads(READ.read_text())
    found = [f"{prefix}: {line}" for prefix in now for line in news(then[prefix], now[prefix])]
    assert not found, "\n".join(["read this, mend what it concerns, then make figures:", *found])


def test_botocore_is_pinned() -> None:
    pins = re.findall(r'"botocore==([0-9.]+)"', (ROOT / "tools" / "pyproject.toml").read_text())
    assert pins == [importlib.metadata.version("botocore")]
