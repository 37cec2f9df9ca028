"""Each request of a refused refresh, with each kind of answer: what is asked next, and what the session is then.

A refresh is a walk through the states of this table, which is written down by hand, and not made from the library.
"""

import json

from cognito_mp import CognitoError, NotSignedIn
from cognito_mp.protocol import App, read_reply
from cognito_mp.renewal import renew
from cognito_mp.session import Session
from fakes import CountingStore, FakeClock, refusal, tokens

ID = "1example23456789abcdefghij"
APP = App("eu-west-1", ID)
KEY = "eu-west-1_device-1"
DEVICE = {"key": KEY, "group": "-group", "password": "pw", "owner": "the-sub", "sign_in_name": "alice"}

OVER = refusal("NotAuthorizedException", "Invalid Refresh Token")
ANSWERS = {
    "tokens": (200, tokens(2, refresh=False)),
    "over": OVER,
    "reuse": refusal("RefreshTokenReuseException", "Refresh token reuse"),
    "gone": refusal("UserNotFoundException", "User does not exist."),
    "forgotten": refusal("ResourceNotFoundException", "Device does not exist."),
    "rotation": refusal("UnsupportedOperationException", "Refresh token rotation is on for this app client"),
    "invalid": refusal("InvalidParameterException", "1 validation error detected"),
    "unknown": refusal("NotAuthorizedException", "Something quite new"),
    "disabled": refusal("NotAuthorizedException", "User is disabled."),
    "secret": refusal("NotAuthorizedException", "Unable to verify secret hash for client " + ID),
    "throttle": refusal("TooManyRequestsException", "Rate exceeded"),
    "500": refusal("InternalErrorException", "oops", 500),
    "HTML": (403, {"content-type": "text/html"}, b"<html>Forbidden</html>"),
    "challenge": (200, {"ChallengeName": "SMS_MFA", "Session": "s", "ChallengeParameters": {}}),
    "lost": OSError(104),
}

# The requests: REFRESH_TOKEN_AUTH (auth) or GetTokensFromRefreshToken (get), with the device's key or without.
# After each answer: the request that follows; or what comes of it all:
#   new     tokens; the device is kept where the request named it. "new rotates": and get is asked first from now on
#   ended   NotSignedIn; the session is gone, and the device kept
#   failed  CognitoError or OSError; the session is as it was
# An answer that is not named: "other".
TABLE = {
    # A client that does not know yet whether refresh tokens are rotated.
    "auth+key": {
        "tokens": "new",
        "over": "auth",
        "reuse": "auth",
        "gone": "auth",
        "forgotten": "auth",
        "rotation": "get+key after rotation",
        "invalid": "get+key after rotation",
        "unknown": "get+key after unknown",
        "other": "failed",
    },
    "get+key after rotation": {
        "tokens": "new rotates",
        "over": "auth",
        "reuse": "auth",
        "gone": "auth",
        "forgotten": "auth",
        "other": "failed",
    },
    "get+key after unknown": {"tokens": "new", "over": "auth", "reuse": "auth", "gone": "auth", "other": "failed"},
    "auth": {
        "tokens": "new",
        "over": "ended",
        "reuse": "ended",
        "gone": "ended",
        "rotation": "get after rotation",
        "invalid": "get after rotation",
        "unknown": "get after unknown",
        "other": "failed",
    },
    "get after rotation": {
        "tokens": "new rotates",
        "over": "ended",
        "reuse": "ended",
        "gone": "ended",
        "other": "failed",
    },
    "get after unknown": {"tokens": "new", "over": "ended", "reuse": "ended", "gone": "ended", "other": "failed"},
    # A client that knows that they are rotated.
    "get+key": {
        "tokens": "new rotates",
        "over": "get",
        "reuse": "get",
        "gone": "get",
        "forgotten": "get",
        "other": "failed",
    },
    "get": {"tokens": "new rotates", "over": "ended", "reuse": "ended", "gone": "ended", "other": "failed"},
}


def walks(state):
    """(states, answers, what comes of it) of each way through the table from `state`."""
    row = TABLE[state]
    for answer in ANSWERS:
        follows = row.get(answer, row["other"])
        if follows in TABLE:
            for states, answers, end in walks(follows):
                yield [state] + states, [answer] + answers, end
        else:
            yield [state], [answer], follows


def kind_of(request) -> str:
    """The request in the table's words."""
    given = request.parameters.get("AuthParameters", request.parameters)
    kind = "get" if request.operation == "GetTokensFromRefreshToken" else "auth"
    return kind + ("+key" if "DEVICE_KEY" in given or "DeviceKey" in given else "")


def answered(flow, answer):
    """The next request of `flow`, once it has been given `answer`."""
    if isinstance(answer, Exception):
        return flow.throw(answer)
    status, headers, body = answer if len(answer) == 3 else (answer[0], {}, json.dumps(answer[1]).encode())
    try:
        reply = read_reply(status, headers, body)
    except CognitoError as error:
        return flow.throw(error)
    return flow.send(reply)


def walked(flow, states, answers):
    """What comes of the refresh `flow`, in the table's words, and its error. Each request must be that of `states`."""
    try:
        request = next(flow)
        for index, state in enumerate(states):
            assert kind_of(request) == state.split()[0], (states, answers, kind_of(request))
            request = answered(flow, ANSWERS[answers[index]])
    except StopIteration:
        return "new", None
    except NotSignedIn as error:
        return "ended", error
    except (CognitoError, OSError) as error:
        return "failed", error
    raise AssertionError((states, answers, "and one more request: " + kind_of(request)))


def check(rotates, device, states, answers, end):
    store = CountingStore()
    held = {"username": "the-sub", "refresh_token": "refresh1"}
    if device:
        held["device"] = DEVICE
    if rotates:
        held["rotates"] = True
    store.save(json.dumps(held).encode())
    before, saves = store.load(), store.saves
    session = Session(ID, store, FakeClock())
    found, error = walked(renew(APP, session), states, answers)
    where = (states, answers, end, found)
    assert found == end.split()[0], where
    after = json.loads(store.load() or b"{}")
    if found == "failed":
        assert store.load() == before and store.saves == saves and session.signed_in and not session.tokens, where
        assert isinstance(error, OSError) == (answers[-1] == "lost"), where
    elif found == "ended":
        assert not session.signed_in and "refresh_token" not in after, where
        assert after.get("device") == (DEVICE if device else None), where
    else:
        assert session.tokens.id_token == "id2" and after["refresh_token"] == "refresh1", where
        assert after.get("device") == (DEVICE if device and "+key" in states[-1] else None), where
        assert bool(after.get("rotates")) == ("rotates" in end), where


def test_each_request_with_each_answer():
    n = 0
    for rotates, device in ((False, False), (False, True), (True, False), (True, True)):
        first = ("get" if rotates else "auth") + ("+key" if device else "")
        for states, answers, end in walks(first):
            check(rotates, device, states, answers, end)
            n += 1
    assert n > 1000
