"""A remembered device in sign-ins: whose it is, what the service's refusals make of it, and what a store holds of it.

host_tests/test_remembered_devices.py has the same against the strict fake Cognito, which counts devices itself.
"""

import asyncio
import json
import sys

from checks import raises
from cognito_mp import AsyncClient, Challenge, CognitoError, NotSignedIn, Tokens, account
from cognito_mp.flows import whose_device
from cognito_mp.stores.ram import RamStore
from fakes import AwaitedTransport, challenge, jwt, refusal, tokens
from test_late_proofs import NUMBERS, WRONG, SlowBoard

KEY = "eu-west-1_0a1b"
NEW_KEY = "eu-west-1_2c3d"
OTHER_KEY = "eu-west-1_4e5f"
OWNER = "the-sub"  # the user name in what fakes.tokens() gives
GONE = refusal("ResourceNotFoundException", "Device does not exist.")
NO = refusal("NotAuthorizedException", WRONG)
CODE = challenge("SMS_MFA", USER_ID_FOR_SRP=OWNER)
OF_DEVICE = (challenge("DEVICE_SRP_AUTH"), challenge("DEVICE_PASSWORD_VERIFIER", **NUMBERS))


def stored_device(**named) -> dict:
    device = {"key": KEY, "group": "-group", "password": "pw-of-device", "owner": OWNER, "sign_in_name": "alice"}
    device.update(named)
    return device


def a_store(device, refresh_token="refresh-0") -> RamStore:
    """One with the session of the device's owner; None for the token: with a device that has outlived its session."""
    store = RamStore()
    held = {"client_id": "1example23456789", "device": device}
    if refresh_token:
        held["username"], held["refresh_token"] = OWNER, refresh_token
    store.save(json.dumps(held).encode())
    return store


def held(store) -> dict:
    return json.loads(store.load() or b"{}").get("device") or {}


def with_new_device(reply, key=NEW_KEY) -> dict:
    reply["AuthenticationResult"]["NewDeviceMetadata"] = {"DeviceKey": key, "DeviceGroupKey": "-group"}
    return reply


def keys_sent(board) -> list:
    """(name, DEVICE_KEY) of each request of a sign-in that was sent; "" for no key."""
    sent = []
    for _, parameters in board.transport.requests:
        given = parameters.get("AuthParameters") or parameters.get("ChallengeResponses") or {}
        if "USERNAME" in given:
            sent.append((given["USERNAME"], given.get("DEVICE_KEY", "")))
    return sent


def sign_in(store, name, *replies, seconds=0, flow="USER_PASSWORD_AUTH"):
    """(board, what came of it)."""
    board = SlowBoard(seconds, *replies)
    return board, board.client(store=store).sign_in(name, "pw", flow)


# A proof that the service refuses


def test_a_refused_proof_goes_on_without_the_device_and_is_given_up():
    for refresh_token in ("refresh-0", None):
        store = a_store(stored_device(names=["ally"]), refresh_token)
        board, outcome = sign_in(store, "alice", *OF_DEVICE, NO, CODE, seconds=2)
        assert isinstance(outcome, Challenge) and outcome.name == "SMS_MFA" and outcome.device_key is None
        assert keys_sent(board)[-1] == ("alice", "")
        assert held(store) == {"key": KEY, "sub": OWNER, "names": [OWNER, "alice", "ally"]}, "for refreshes alone"
        board, _ = sign_in(store, "alice", CODE)
        assert keys_sent(board) == [("alice", "")], "whatever became of the sign-in before"
        # The device that the service gives then takes its place, and its names.
        board, _ = sign_in(store, "alice", with_new_device(tokens(1)), {}, {}, {})
        assert ("ForgetDevice", KEY) in [(name, given.get("DeviceKey")) for name, given in board.transport.requests]
        assert held(store)["key"] == NEW_KEY and held(store)["names"] == ["ally"]


def test_a_late_proof_goes_on_without_the_device_which_is_kept():
    store = a_store(stored_device())
    before = store.load()
    board, outcome = sign_in(store, "alice", *OF_DEVICE, NO, CODE, seconds=6)
    assert isinstance(outcome, Challenge) and outcome.name == "SMS_MFA" and keys_sent(board)[-1] == ("alice", "")
    assert store.load() == before


def test_a_proof_that_is_not_continued_goes_on_without_the_device():
    for replies in ((OF_DEVICE[0], challenge("BRAND_NEW")), (OF_DEVICE[0], challenge("DEVICE_PASSWORD_VERIFIER"))):
        store = a_store(stored_device())
        before = store.load()
        _, outcome = sign_in(store, "alice", *replies, CODE)
        assert isinstance(outcome, Challenge) and outcome.name == "SMS_MFA" and store.load() == before


def test_one_that_can_not_go_on_says_why_and_the_next_one_goes_without():
    for seconds, words in ((1, "sign in again"), (6, "this board took 6 s")):
        store = a_store(stored_device())
        board = SlowBoard(seconds, challenge("SELECT_CHALLENGE"), *OF_DEVICE, NO)
        client = board.client(store=store)
        choice = client.sign_in("alice", None, "USER_AUTH")
        error = raises(CognitoError, client.respond, choice, {"ANSWER": "PASSWORD", "PASSWORD": "Correct-Horse-9"})
        assert error.code == "NotAuthorizedException" and words in error.message
        board = SlowBoard(seconds, challenge("SELECT_CHALLENGE"))
        board.client(store=store).sign_in("alice", None, "USER_AUTH")
        assert keys_sent(board) == [("alice", "")], words


def test_what_is_no_refusal_of_the_proof_changes_nothing():
    for reply, kind in (
        (refusal("NotAuthorizedException", "User is disabled."), CognitoError),
        (refusal("NotAuthorizedException", "Unable to verify secret hash for client 1"), CognitoError),
        (refusal("TooManyRequestsException", "Rate exceeded"), CognitoError),
        (OSError(104), OSError),
    ):
        store = a_store(stored_device())
        before = store.load()
        board = SlowBoard(0, *OF_DEVICE, reply)
        raises(kind, board.client(store=store).sign_in, "alice", "pw")
        assert store.load() == before and not board.transport.replies


def test_it_is_the_same_awaited():
    store = a_store(stored_device())
    board = SlowBoard(0, *OF_DEVICE, NO, CODE, transport=AwaitedTransport)
    outcome = asyncio.run(board.client(AsyncClient, store=store).sign_in("alice", "pw"))
    assert outcome.name == "SMS_MFA" and "password" not in held(store)


# Names


def test_who_the_service_says_it_is_decides_before_the_proof():
    for name, user_id, named in (
        ("alice", OWNER, [KEY, KEY]),
        ("ALICE", OWNER, [KEY, KEY]),
        ("ally", OWNER, ["", KEY]),
        ("ally", "sub-of-alice", ["", KEY]),
        ("alice", "somebody-else", [KEY, ""]),
        ("bob", "sub-of-bob", ["", ""]),
    ):
        proof = challenge("PASSWORD_VERIFIER", USER_ID_FOR_SRP=user_id, **NUMBERS)
        store = a_store(stored_device(sub="sub-of-alice"))
        board, outcome = sign_in(store, name, proof, tokens(1, username=user_id), {}, flow="USER_SRP_AUTH")
        assert [key for _, key in keys_sent(board)[:2]] == named, name
        assert isinstance(outcome, Tokens)


def test_a_challenge_tells_it_too():
    store = a_store(stored_device())
    board = SlowBoard(0, CODE, *OF_DEVICE, tokens(1), {})
    client = board.client(store=store)
    asked = client.sign_in("ally", "pw")
    assert asked.device_key == KEY and client.respond(asked, "123456").device["names"] == ["ally"]
    assert [key for _, key in keys_sent(board)] == ["", KEY, KEY, KEY]
    board, _ = sign_in(store, "ALLY", CODE)
    assert keys_sent(board) == [("ALLY", KEY)]


def test_a_try_that_fails_drops_nothing_and_is_not_made_again():
    for name in ("ALICE", "alice", "ally"):
        store = a_store(stored_device(names=["ally"]))
        board, _ = sign_in(store, name, GONE, CODE)
        assert keys_sent(board) == [(name, KEY), (name, "")]
        assert held(store)["password"] and held(store)["others"] == [name]
        board, _ = sign_in(store, name, CODE)
        assert keys_sent(board) == [(name, "")]
    board, _ = sign_in(store, OWNER, GONE, CODE)
    assert held(store) == {}, "its owner's own name says that it is gone"


def test_a_name_that_the_service_says_is_anothers_is_not_tried_again():
    store = a_store(stored_device(names=["ally"]))
    others = challenge("PASSWORD_VERIFIER", USER_ID_FOR_SRP="sub-of-bob", **NUMBERS)
    for expected in ([("ally", KEY), ("sub-of-bob", "")], [("ally", ""), ("sub-of-bob", "")]):
        board = SlowBoard(0, others, NO)
        raises(CognitoError, board.client(store=store).sign_in, "ally", "wrong", "USER_SRP_AUTH")
        assert keys_sent(board) == expected
    assert held(store)["password"] and held(store)["others"] == ["ally"]
    proof = challenge("PASSWORD_VERIFIER", USER_ID_FOR_SRP=OWNER, **NUMBERS)
    sign_in(store, "ally", proof, *OF_DEVICE, tokens(1), {}, flow="USER_SRP_AUTH")
    assert held(store)["others"] == [], "it has come back to its owner"


def test_the_old_device_is_forgotten_where_both_have_the_same_sub():
    for before, claims, forgotten in (
        (stored_device(sub="sub-1"), {"username": OWNER, "sub": "sub-1"}, True),
        (stored_device(), {"username": "the-sub", "sub": "the-sub"}, True),
        (stored_device(), {"username": OWNER}, True),
        (stored_device(sub="sub-1"), {"username": OWNER, "sub": "sub-2"}, False),
        (stored_device(), {"username": OWNER.upper(), "sub": OWNER.upper()}, False),
    ):
        reply = with_new_device(tokens(1))
        reply["AuthenticationResult"]["AccessToken"] = jwt(claims)
        store = a_store(before)
        board, _ = sign_in(store, "another-name", reply, {}, {}, {})
        operations = [operation for operation, _ in board.transport.requests]
        assert ("ForgetDevice" in operations) is forgotten, claims
        assert held(store)["key"] == NEW_KEY and held(store)["sign_in_name"] == "another-name"
        assert ("names" in held(store)) is forgotten and "replaces" not in held(store)


def test_a_device_that_can_not_be_forgotten_at_the_service_is_let_be():
    blocked = [(403, "<html>Forbidden</html>")] * 9
    store = a_store(stored_device())
    board = SlowBoard(
        0,
        with_new_device(tokens(1)),
        {},
        *blocked[:1],
        {},
        refusal("DeviceKeyExistsException", "Device already exists"),
        *blocked,
    )
    client = board.client(store=store)
    client.sign_in("another-name", "pw")
    assert "unconfirmed" in held(store)
    for _ in range(5):
        board.clock.pass_time(16)
        client.access_token()
    assert "unconfirmed" not in held(store) and "replaces" not in held(store)
    operations = [operation for operation, _ in board.transport.requests]
    assert operations.count("ForgetDevice") == 2 and operations.count("InitiateAuth") == 1


# What a store holds


def test_a_device_of_an_older_version_is_read_and_one_of_this_version_has_all_that_older_ones_look_for():
    store = a_store(stored_device())
    sign_in(store, "Alice", CODE)
    board, _ = sign_in(store, "ally", with_new_device(tokens(1)), {}, {}, {})
    device = held(store)
    assert [type(device[name]) for name in ("key", "group", "password", "owner", "sign_in_name")] == [str] * 5
    assert "unconfirmed" not in device and "access_token" not in device
    # Older ones name a device by these two alone.
    given_up = whose_device.without_secret(device)
    assert given_up.get("owner") is given_up.get("sign_in_name") is None and given_up["key"] == NEW_KEY


def test_names_take_little_of_a_store():
    device = stored_device()
    for number in range(99):
        device = whose_device.learned(device, "somebody-%d@example.com" % number, "USER_SRP_AUTH")
        device = whose_device.unknown_to(device, "SOMEBODY-%d@EXAMPLE.COM" % number) or {}
    grown = len(json.dumps(device)) - len(json.dumps(stored_device()))
    assert grown < 450 and whose_device.is_named(device, "somebody-98@example.com")
    long = "x" * 300
    assert long not in whose_device.learned(device, long, "USER_SRP_AUTH")["names"]
    new = stored_device(key=NEW_KEY)
    for _ in range(9):
        new = whose_device.replacing(dict(new, key=new["key"] + "x"), new)
    assert len(whose_device.replaced(new)) == 2


def test_whatever_a_store_holds_no_key_goes_out():
    for odd in (
        {"names": 5},
        {"names": [None, 3, ["bob"]], "others": {"bob": 1}},
        {"owner": None, "sign_in_name": 7, "names": "bob"},
        {"password": None, "names": ["bob"]},
        {"group": 5, "names": ["bob"]},
        {"key": 5, "names": ["bob"]},
        {"sub": ["bob"], "replaces": 9},
    ):
        store = a_store(stored_device(**odd))
        board, _ = sign_in(store, "bob", challenge("SMS_MFA", USER_ID_FOR_SRP="bob"))
        assert keys_sent(board) == [("bob", "")], odd
        sign_in(store, "bob", with_new_device(tokens(1)), {}, {}, {})
        assert held(store)["key"] == NEW_KEY


# The person's list of devices


def test_the_device_is_given_the_products_name():
    for name in (None, "Kitchen watch"):
        board = SlowBoard(0, with_new_device(tokens(1)), {})
        client = board.client()
        if name:
            client.session.device_name = name
        client.sign_in("alice", "pw")
        sent = board.transport.requests[1]
        expected = name or getattr(sys.implementation, "_machine", sys.platform)
        assert sent[0] == "ConfirmDevice" and sent[1]["DeviceName"] == expected


def test_where_the_person_is_to_be_asked_whether_the_device_is_remembered():
    for remembered, status in ((True, "remembered"), (False, "not_remembered")):
        store = RamStore()
        board = SlowBoard(0, with_new_device(tokens(1)), {"UserConfirmationNecessary": True}, OSError(104), {}, {})
        client = board.client(store=store)
        client.sign_in("alice", "pw")
        assert held(store)["unremembered"] is True and "unconfirmed" not in held(store)
        account.remember_device(client, remembered)
        operation, sent = board.transport.requests[-1]
        assert operation == "UpdateDeviceStatus"
        assert (sent["DeviceKey"], sent["DeviceRememberedStatus"]) == (NEW_KEY, status)
        assert "unremembered" not in held(store) and held(store)["password"]
        account.remember_device(client, device_key=OTHER_KEY)
        assert board.transport.requests[-1][1]["DeviceKey"] == OTHER_KEY and held(store)["key"] == NEW_KEY


def test_a_device_is_looked_at():
    described = {"DeviceKey": KEY, "DeviceAttributes": [{"Name": "device_name", "Value": "watch"}]}
    store = a_store(stored_device())
    board = SlowBoard(0, tokens(1), {"Device": described}, {"Device": described}, {})
    client = board.client(store=store)
    assert account.get_device(client) == {"key": KEY, "attributes": {"device_name": "watch"}}
    assert board.transport.requests[-1][1]["DeviceKey"] == KEY, "after a restart too"
    assert account.get_device(client, OTHER_KEY) and board.transport.requests[-1][1]["DeviceKey"] == OTHER_KEY
    assert raises(CognitoError, account.get_device, client).code == "UnreadableReply"
    client = SlowBoard(0, tokens(1)).client()
    client.sign_in("alice", "pw")
    for function in (account.get_device, account.remember_device):
        assert "device_key" in str(raises(ValueError, function, client))


# A refresh token that a password brought


def first_refresh(flow, *replies) -> str:
    """What NotSignedIn says at a refresh after a sign-in by `flow` and as many that succeed as there are `replies`."""
    proofs = () if flow == "USER_PASSWORD_AUTH" else (challenge("PASSWORD_VERIFIER", USER_ID_FOR_SRP=OWNER, **NUMBERS),)
    invalid = refusal("NotAuthorizedException", "Invalid Refresh Token")
    board = SlowBoard(0, *proofs, with_new_device(tokens(1)), {}, *replies, *[invalid] * 4)
    client = board.client()
    client.sign_in("alice", "pw", flow)
    for _ in replies:
        client.refresh()
    return str(raises(NotSignedIn, client.refresh))


def test_an_invalid_refresh_token_at_the_first_refresh_after_a_password_names_srp():
    assert "USER_SRP_AUTH" in first_refresh("USER_PASSWORD_AUTH")
    assert first_refresh("USER_SRP_AUTH") == "the session is over: Invalid Refresh Token"
    later = first_refresh("USER_PASSWORD_AUTH", tokens(2, refresh=False))
    assert later == "the session is over: Invalid Refresh Token"


def test_a_password_after_srp_and_srp_after_a_password_with_the_same_device():
    proof = challenge("PASSWORD_VERIFIER", USER_ID_FOR_SRP=OWNER, **NUMBERS)
    for flow, replies, kept in (
        ("USER_PASSWORD_AUTH", (), "USER_PASSWORD_AUTH"),
        ("USER_SRP_AUTH", (proof,), None),
    ):
        store = a_store(stored_device(flow="USER_PASSWORD_AUTH"))
        board, _ = sign_in(store, "alice", *replies, *OF_DEVICE, tokens(1), {}, flow=flow)
        assert held(store)["key"] == KEY and held(store)["flow"] == kept
    store = a_store(None)
    board = SlowBoard(0, proof, CODE, with_new_device(tokens(1)), {}, {}, {})
    client = board.client(store=store)
    client.respond(client.sign_in("alice", "pw", "USER_SRP_AUTH"), "123456")
    assert held(store)["flow"] is None, "the second factor came after SRP"
