"""Whose a remembered device is, and what becomes of one that the service refuses, against the strict fake Cognito."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from cognito_mp import Challenge, CognitoError, Tokens, account
from fake_cognito.endpoint import LOSE_REPLY, LOSE_REQUEST
from fake_cognito.pools import Device, User
from test_sign_ins import PASSWORD, World

FLOWS = ("USER_SRP_AUTH", "USER_PASSWORD_AUTH")


@pytest.fixture
def world() -> Iterator[World]:
    """A pool that remembers devices, with alice in it, who has an address as an alias and a second factor."""
    world = World()
    world.pool.device_tracking = "always"
    world.pool.aliases = ("email", "preferred_username")
    world.user.attributes["preferred_username"] = "ally"
    world.user.mfa = ["SMS_MFA"]
    with world.front:
        yield world
    assert world.cognito.violations == []


def sign_in(world: World, name: str, flow: str = "USER_SRP_AUTH", client: Any = None, user: User | None = None) -> bool:
    """Sign in after a restart, by a code where one is asked for: True when it was."""
    client = client or world.device()
    outcome = client.sign_in(name, PASSWORD, flow=flow)
    asked = isinstance(outcome, Challenge)
    if asked:
        outcome = client.respond(outcome, (user or world.user).last_code)
    assert isinstance(outcome, Tokens) and world.device().refresh()
    return asked


def stored(world: World) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(world.store.load() or b"{}").get("device") or {}
    return held


def the_device(world: World) -> Device:
    (device,) = world.user.devices.values()
    return device


def keys_sent(world: World, since: int) -> list[tuple[str, str]]:
    """(name, DEVICE_KEY or "") of each request of a sign-in since."""
    sent = []
    for request in world.cognito.requests[since:]:
        body = json.loads(request.body)
        given = body.get("AuthParameters") or body.get("ChallengeResponses") or {}
        if "USERNAME" in given:
            sent.append((given["USERNAME"], given.get("DEVICE_KEY", "")))
    return sent


# A proof that is refused


@pytest.mark.parametrize("flow", FLOWS)
def test_a_proof_that_is_refused_asks_for_the_second_factor_and_is_not_tried_again(world: World, flow: str) -> None:
    sign_in(world, "alice")
    the_device(world).verifier += 1
    old = the_device(world).key
    assert sign_in(world, "alice", flow), "the password was right"
    assert the_device(world).key == stored(world)["key"] != old, "the old one is forgotten at the service too"
    assert not sign_in(world, "alice", flow), "the new device is its own second factor"


def test_a_session_is_refreshed_with_a_device_whose_proof_was_refused(world: World) -> None:
    sign_in(world, "alice")
    the_device(world).verifier += 1
    client = world.device()
    assert isinstance(client.sign_in("alice", PASSWORD), Challenge)
    assert world.device().refresh(), "a sign-in that was not finished costs no session"
    before = len(world.cognito.requests)
    assert isinstance(world.device().sign_in("alice", PASSWORD), Challenge)
    assert keys_sent(world, before) == [("alice", "")]


def test_a_disabled_user_keeps_the_device(world: World) -> None:
    sign_in(world, "alice")
    before = world.store.load()
    world.cognito.fail_next("RespondToAuthChallenge", (400, "NotAuthorizedException", "User is disabled."))
    with pytest.raises(CognitoError, match="disabled"):
        world.device().sign_in("alice", PASSWORD)
    assert world.store.load() == before


# Names


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("name", ["ALICE", "Alice"])
def test_a_name_in_another_case_is_the_same_persons(world: World, name: str, flow: str) -> None:
    sign_in(world, "alice")
    assert not sign_in(world, name, flow)
    assert len(world.user.devices) == 1


def test_an_alias_is_told_by_the_service_before_the_proof_goes_out(world: World) -> None:
    sign_in(world, "alice")
    key, before = the_device(world).key, len(world.cognito.requests)
    assert not sign_in(world, "ally")
    assert keys_sent(world, before)[:2] == [("ally", ""), ("alice", key)]
    assert list(world.user.devices) == [key] and stored(world)["names"] == ["ally"]
    before = len(world.cognito.requests)
    assert not sign_in(world, "Ally", "USER_PASSWORD_AUTH"), "it is known from now on"
    assert keys_sent(world, before)[0] == ("Ally", key)


def test_a_new_device_takes_the_place_of_the_old_one_and_knows_all_its_names(world: World) -> None:
    world.user.mfa = []
    sign_in(world, "alice")
    old = the_device(world).key
    sign_in(world, "alice@example.com", "USER_PASSWORD_AUTH")
    assert the_device(world).key == stored(world)["key"] != old
    world.user.mfa = ["SMS_MFA"]
    for name in ("alice", "ALICE@example.com", "alice@example.com"):
        assert not sign_in(world, name, "USER_PASSWORD_AUTH"), name
    assert "replaces" not in stored(world) and "unconfirmed" not in stored(world)


@pytest.mark.parametrize("fault", [LOSE_REQUEST, LOSE_REPLY])
def test_the_old_device_is_forgotten_though_the_network_fails(world: World, fault: str) -> None:
    world.user.mfa = []
    sign_in(world, "alice")
    world.cognito.fail_next("ForgetDevice", fault, 3)
    client = world.device()
    client.sign_in("ally", PASSWORD)
    world.clock.seconds += 16
    client.access_token()
    assert the_device(world).key == stored(world)["key"] and "replaces" not in stored(world)
    assert world.device().refresh()


def test_pools_that_tell_case_apart(world: World) -> None:
    sign_in(world, "alice")
    key = the_device(world).key
    world.pool.case_sensitive = True
    other = world.pool.add_user("ALICE", "Another-Horse-9", email="other@example.com")
    for flow in FLOWS:
        before = stored(world)
        with pytest.raises(CognitoError):
            world.device().sign_in("ALICE", PASSWORD, flow=flow)
        assert stored(world)["key"] == before["key"] and not sign_in(world, "alice", flow)
    other.password = PASSWORD
    before_that = len(world.cognito.requests)
    assert isinstance(world.device().sign_in("ALICE", PASSWORD), Tokens)
    assert list(world.user.devices) == [key], "alice's is not forgotten at the service"
    named = [name for name, sent in keys_sent(world, before_that) if sent == key]
    assert named in ([], ["ALICE"]), "nor named once it is known whose the name is"
    before_that = len(world.cognito.requests)
    world.device().sign_in("ALICE", PASSWORD)
    assert key not in [sent for _, sent in keys_sent(world, before_that)]


def test_an_address_that_has_changed_hands(world: World) -> None:
    sign_in(world, "alice")
    sign_in(world, "ally")
    key = the_device(world).key
    bob = world.pool.add_user("bob", PASSWORD, attributes={"preferred_username": "ally"})
    world.user.attributes["preferred_username"] = "alice2"
    bob.mfa, bob.attributes["phone_number"] = ["SMS_MFA"], "+15550101"
    for flow in FLOWS:
        client = world.device()
        assert isinstance(client.sign_in("ally", PASSWORD, flow=flow), Challenge)
        assert stored(world)["key"] == key and world.device().refresh(), "a try drops nothing"
    before = len(world.cognito.requests)
    assert not sign_in(world, "alice")
    sign_in(world, "ally", user=bob)
    assert (("ally", key) not in keys_sent(world, before)) and list(world.user.devices) == [key]


def test_another_persons_key_is_not_named(world: World) -> None:
    sign_in(world, "alice")
    key = the_device(world).key
    world.pool.add_user("bob", PASSWORD, email="bob@example.com")
    before = len(world.cognito.requests)
    sign_in(world, "bob")
    assert key not in [sent for _, sent in keys_sent(world, before)]
    assert list(world.user.devices) == [key]


def test_a_pool_that_leaves_it_to_the_person(world: World) -> None:
    world.pool.device_tracking = "opt-in"
    assert sign_in(world, "alice")
    client = world.device()
    assert client.refresh() and stored(world)["unremembered"] and not the_device(world).remembered
    assert account.get_device(client)["attributes"]["dev:device_remembered_status"] == "not_remembered"
    account.remember_device(client)
    assert account.get_device(client)["attributes"]["dev:device_remembered_status"] == "remembered"
    assert "unremembered" not in stored(world) and not sign_in(world, "alice")
    assert [device["attributes"]["device_name"] for device in account.list_devices(client)] == [sys.platform]
