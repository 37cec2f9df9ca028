"""The double's side of SRP against the worked vectors."""

from __future__ import annotations

import base64

import pytest
from fake_cognito import srp
from fake_cognito_tests.aws_client import TIMESTAMP, VECTORS, Reply
from vectors import srp_boundaries


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_srp_vectors(vector: Reply) -> None:
    identity = vector["pool_id"].partition("_")[2] + vector["user_id_for_srp"]
    if vector["kind"] == "device":
        identity = vector["device_group_key"] + vector["device_key"]
    sent, answered = vector["challenge_parameters"], vector["challenge_responses"]
    salt = int(sent["SALT"], 16)
    verifier = srp.verifier(identity, vector["password"], salt)
    assert f"{verifier:x}" == vector["verifier"]
    a_public = srp.read_public(vector["SRP_A"])
    assert a_public is not None
    block = sent["SECRET_BLOCK"]
    exchange = srp.Exchange(identity, salt, verifier, a_public, int(vector["server_small_b"], 16), block)
    assert exchange.parameters["SRP_B"] == sent["SRP_B"]
    assert srp.timestamp_is_valid(answered["TIMESTAMP"])
    assert exchange.accepts(answered)
    assert not exchange.accepts({**answered, "TIMESTAMP": TIMESTAMP + " "})
    assert not exchange.accepts({**answered, "PASSWORD_CLAIM_SECRET_BLOCK": "AAAA"})


@pytest.mark.parametrize("text", ["", "0", f"{srp.N:x}", f"{2 * srp.N:x}", "xyz", "f" * 800])
def test_srp_refuses_degenerate_public_values(text: str) -> None:
    assert srp.read_public(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Mon Jan 05 03:04:05 UTC 2026",
        "Tue Jan 5 03:04:05 UTC 2026",
        "Mon Jan 5 3:04:05 UTC 2026",
        "Mon Jan 5 03:04:05 GMT 2026",
        "2026-01-05T03:04:05Z",
    ],
)
def test_srp_refuses_other_timestamps(text: str) -> None:
    assert not srp.timestamp_is_valid(text)


@pytest.mark.parametrize("vector", VECTORS["confirm_device"])
def test_the_vectors_of_confirm_device(vector: Reply) -> None:
    identity = vector["device_group_key"] + vector["device_key"]
    verifier = srp.verifier(identity, vector["device_password"], int(vector["salt_hex"], 16))
    expected = vector["DeviceSecretVerifierConfig"]
    assert base64.b64decode(expected["PasswordVerifier"]) == srp.padded(verifier)
    assert base64.b64decode(expected["Salt"]) == srp.padded(int(vector["salt_hex"], 16))


def test_each_boundary_has_a_sign_in_that_lies_on_it() -> None:
    found = set()
    for vector, sign_in in srp_boundaries.read():
        exchange = sign_in.exchange()
        number = sign_in.number(vector["number"], exchange)
        assert srp_boundaries.lies_on(vector["boundary"], vector["number"], number), vector
        assert exchange.signature(vector["timestamp"]) == vector["signature"], vector
        found.add((vector["number"], vector["boundary"]))
    wanted = {(number, boundary) for number in srp_boundaries.NUMBERS for boundary in srp_boundaries.BOUNDARIES}
    assert found == wanted
