"""Flows as what they are: generators of Requests, with no client, no session and no transport."""

from checks import raises
from cognito_mp import Challenge, CognitoError, NotSignedIn, Tokens
from cognito_mp.flows import challenges, global_sign_out, refresh, revoke_token
from cognito_mp.flows import sign_in as sign_ins
from cognito_mp.flows.device import confirmation, is_confirmed, pending_device
from cognito_mp.flows.password import sign_in
from cognito_mp.flows.srp import TICKS
from cognito_mp.protocol import NOW, App
from fakes import challenge, tokens

APP = App("eu-west-1", "1example23456789abcdefghij", None, "eu-west-1_AbCdEf123")
SECRET_APP = App("eu-west-1", "1example23456789abcdefghij", "s" * 51)
DEVICE = {"key": "device-1", "group": "-group", "password": "pw", "owner": "the-sub", "sign_in_name": "alice"}
# Numbers as the service sends them in a challenge of SRP.
B = {"SRP_B": "a" * 768, "SALT": "0123456789abcdef", "SECRET_BLOCK": "c2VjcmV0"}


def played(flow, *answers):
    """(what `flow` returns, the Requests it yielded); each answer is a reply, or an exception to throw in."""
    requests = []
    answers = list(answers)
    step = None
    try:
        step = next(flow)
        while True:
            if step in (NOW, TICKS, 0):  # 0: a pause in arithmetic
                step = flow.send(1800000000)
                continue
            requests.append(step)
            answer = answers.pop(0)
            step = flow.throw(answer) if isinstance(answer, Exception) else flow.send(answer)
    except StopIteration as done:
        assert not answers
        return done.value, requests


def refused(code, message, status=400):
    return CognitoError(code, message, status)


def test_a_password_sign_in():
    outcome, (request,) = played(sign_in(APP, "alice", "pw"), tokens(1))
    assert isinstance(outcome, Tokens) and outcome.username == "the-sub" and outcome.sign_in_name == "alice"
    assert request.operation == "InitiateAuth" and request.repeatable
    assert request.parameters["AuthParameters"] == {"USERNAME": "alice", "PASSWORD": "pw"}


def test_a_challenge_remembers_the_name_that_was_typed_and_answers_with_the_one_it_was_given():
    outcome, _ = played(sign_in(APP, "alice@example.com", "pw"), challenge("SMS_MFA", USER_ID_FOR_SRP="the-sub"))
    assert (outcome.username, outcome.sign_in_name) == ("the-sub", "alice@example.com")
    outcome, (request,) = played(challenges.respond(APP, None, outcome, "123456"), tokens(1))
    assert request.parameters["ChallengeResponses"] == {"USERNAME": "the-sub", "SMS_MFA_CODE": "123456"}
    assert not request.repeatable and outcome.sign_in_name == "alice@example.com"


def test_the_keys_of_single_answers():
    for name, key in (
        ("WEB_AUTHN", "CREDENTIAL"),
        ("EMAIL_OTP", "EMAIL_OTP_CODE"),
        ("SOFTWARE_TOKEN_MFA", "SOFTWARE_TOKEN_MFA_CODE"),
        ("CUSTOM_CHALLENGE", "ANSWER"),
        ("PASSWORD", "PASSWORD"),
    ):
        asked = Challenge(challenge(name), "alice")
        _, (request,) = played(challenges.respond(APP, None, asked, "x"), tokens(1))
        assert request.parameters["ChallengeResponses"][key] == "x"


def test_a_custom_challenge_is_answered_with_the_username_that_it_gives():
    asked = Challenge(challenge("CUSTOM_CHALLENGE", USERNAME="the-sub"), "alice@example.com")
    _, (request,) = played(challenges.respond(SECRET_APP, None, asked, "42"), tokens(1))
    answers = request.parameters["ChallengeResponses"]
    assert answers["USERNAME"] == "the-sub"
    asked = Challenge(challenge("CUSTOM_CHALLENGE"), "the-sub")
    _, (request,) = played(challenges.respond(SECRET_APP, None, asked, "42"), tokens(1))
    assert request.parameters["ChallengeResponses"] == answers, "the hash is of that name too"
    assert Challenge(challenge("SMS_MFA", USERNAME="no-more-than-shown"), "alice").username == "alice"


def test_metadata_goes_out_with_every_call_of_a_sign_in():
    options = {
        "client_metadata": {"watch": "7"},
        "user_context_data": {"EncodedData": "abc"},
    }
    flow = sign_ins.sign_in(APP, None, "alice", "pw", "USER_SRP_AUTH", **options)
    _, requests = played(flow, challenge("PASSWORD_VERIFIER", **B), tokens(1))
    asked = Challenge(challenge("NEW_PASSWORD_REQUIRED"), "alice")
    requests += played(challenges.set_new_password(APP, None, asked, "New-pw1!", None, **options), tokens(1))[1]
    asked = Challenge(challenge("SELECT_CHALLENGE"), "alice")
    answers = {"ANSWER": "PASSWORD_SRP", "PASSWORD": "pw"}
    flow = challenges.respond(APP, None, asked, answers, **options)
    requests += played(flow, challenge("PASSWORD_VERIFIER", **B), tokens(1))[1]
    assert len(requests) == 5
    for request in requests:
        assert request.parameters["ClientMetadata"] == {"watch": "7"}, request.operation
        assert request.parameters["UserContextData"] == {"EncodedData": "abc"}


def test_metadata_of_a_refresh():
    for rotates in (False, True):
        held = {"username": "the-sub", "refresh_token": "r1", "device": None, "rotates": rotates}
        _, (request,) = played(refresh.refresh(APP, held, {"watch": "7"}), tokens(2))
        assert request.parameters["ClientMetadata"] == {"watch": "7"}
        _, (request,) = played(refresh.refresh(APP, held), tokens(2))
        assert "ClientMetadata" not in request.parameters


def test_options_that_do_not_exist_are_named():
    flow = sign_ins.sign_in(APP, None, "alice", "pw", "USER_PASSWORD_AUTH", metadata={})
    assert "metadata" in str(raises(TypeError, next, flow))
    flow = sign_ins.sign_in(APP, None, "alice", "pw", "USER_PASSWORD_AUTH", client_metadata="x")
    assert "client_metadata" in str(raises(ValueError, next, flow))


def test_the_session_of_a_confirmed_sign_up_signs_in():
    flow = sign_ins.sign_in(APP, None, "alice", None, "USER_AUTH", session="a-session-of-20-chars")
    outcome, (request,) = played(flow, tokens(1))
    assert request.parameters["Session"] == "a-session-of-20-chars"
    assert isinstance(outcome, Tokens)


def test_srp_numbers_that_cannot_be_right_are_the_services_fault():
    n = 0
    for name in B:
        for value in (None, "", 17, [], "not hex!", "0", "-1f", " 1f", "\xff"):
            if name == "SECRET_BLOCK" and value and isinstance(value, str):
                continue  # base64 takes them, or not, as the port has it
            if name == "SALT" and value == "0":
                continue  # a salt may be any number
            numbers = dict(B)
            if value is None:
                del numbers[name]
            else:
                numbers[name] = value
            flow = sign_ins.sign_in(APP, None, "alice", "pw", "USER_SRP_AUTH")
            error = raises(CognitoError, played, flow, challenge("PASSWORD_VERIFIER", **numbers))
            assert error.code == "UnreadableReply", (name, value)
            n += 1
    assert n > 15, "most of them"


def test_srp_wants_the_pools_id():
    app = App("eu-west-1", "1example23456789abcdefghij")
    assert "user_pool_id" in str(raises(ValueError, next, sign_ins.sign_in(app, None, "a", "pw", "USER_SRP_AUTH")))


def test_a_remembered_device_goes_out_with_each_answer():
    flow = sign_ins.sign_in(APP, DEVICE, "alice", "pw", "USER_PASSWORD_AUTH")
    outcome, (request,) = played(flow, challenge("SMS_MFA"))
    assert request.parameters["AuthParameters"]["DEVICE_KEY"] == "device-1" and outcome.device_key == "device-1"
    outcome, (request,) = played(challenges.respond(APP, DEVICE, outcome, "123456"), tokens(1))
    assert request.parameters["ChallengeResponses"]["DEVICE_KEY"] == "device-1"
    assert outcome.device["key"] == "device-1"


def test_a_forgotten_device_is_left_out_by_every_flow():
    gone = refused("ResourceNotFoundException", "Device does not exist.")
    for arguments in (
        ("pw", "USER_PASSWORD_AUTH"),
        ("pw", "USER_SRP_AUTH"),
        (None, "CUSTOM_AUTH"),
        (None, "USER_AUTH"),
        ("pw", "USER_AUTH", "PASSWORD"),
        ("pw", "USER_AUTH", "PASSWORD_SRP"),
    ):
        outcome, requests = played(sign_ins.sign_in(APP, DEVICE, "alice", *arguments), gone, tokens(1))
        assert "DEVICE_KEY" in requests[0].parameters["AuthParameters"]
        assert "DEVICE_KEY" not in requests[1].parameters["AuthParameters"] and outcome.device is None
    for name, answers in (("SELECT_CHALLENGE", {"ANSWER": "SMS_OTP"}), ("CUSTOM_CHALLENGE", "42"), ("SMS_MFA", "1")):
        asked = Challenge(challenge(name), "alice")
        asked.device_key = DEVICE["key"]
        flow = challenges.respond(APP, DEVICE, asked, answers)
        outcome, requests = played(flow, gone, tokens(1))
        assert "DEVICE_KEY" not in requests[1].parameters["ChallengeResponses"] and outcome.device is None


def test_a_device_of_somebody_else_is_not_kept():
    flow = sign_ins.sign_in(APP, DEVICE, "alice", "pw", "USER_PASSWORD_AUTH")
    outcome, _ = played(flow, tokens(1, username="another-sub"))
    assert outcome.device is None


def test_a_confirmation_whose_reply_was_lost_is_done():
    new = Tokens({"AccessToken": "a", "NewDeviceMetadata": {"DeviceKey": "k", "DeviceGroupKey": "g"}}, "u", None, "u")
    device = pending_device(new)
    assert device["access_token"] == "a" and device["owner"] == "u"
    request, _ = played(confirmation(device, "a", "watch"))
    assert request.operation == "ConfirmDevice" and request.parameters["AccessToken"] == "a"
    assert is_confirmed(refused("DeviceKeyExistsException", "Device already exists"))
    assert not is_confirmed(refused("NotAuthorizedException", "no")) and not is_confirmed(OSError(113))


def test_which_refusals_of_a_refresh_end_a_session():
    held = {"username": "the-sub", "refresh_token": "r1", "device": None, "rotates": False}
    for code, message in (
        ("NotAuthorizedException", "Refresh Token has expired"),
        ("NotAuthorizedException", "Refresh Token has been revoked"),
        ("NotAuthorizedException", "Invalid Refresh Token"),
        ("NotAuthorizedException", "Invalid Refresh Token."),
        ("UserNotFoundException", "User does not exist."),
        ("RefreshTokenReuseException", "Refresh token reuse detected"),
    ):
        raises(NotSignedIn, played, refresh.refresh(APP, held), refused(code, message))
    for code, message in (
        ("NotAuthorizedException", "Unable to verify secret hash for client x"),
        ("NotAuthorizedException", "Refresh Token has different Client"),
        ("NotAuthorizedException", "User is disabled."),
        ("ResourceNotFoundException", "User pool client does not exist."),
        ("UnreadableReply", "no whole JSON object"),
    ):
        raises(CognitoError, played, refresh.refresh(APP, held), refused(code, message))


def test_everywhere_ends_all_sessions_with_an_access_token():
    held = {"username": "the-sub", "refresh_token": "r1", "device": None, "rotates": False}
    done, requests = played(global_sign_out.global_sign_out(APP, held, "at"), {})
    assert done is True and requests[0].operation == "GlobalSignOut"
    over = refused("NotAuthorizedException", "Access Token has expired")
    done, requests = played(global_sign_out.global_sign_out(APP, held, "at"), over, tokens(2), {})
    operations = [request.operation for request in requests]
    assert done is True and operations == ["GlobalSignOut", "InitiateAuth", "GlobalSignOut"]
    done, _ = played(revoke_token.revoke(APP, "r1"), OSError(113))
    assert done is False
