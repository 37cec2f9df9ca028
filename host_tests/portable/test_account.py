"""The module account over a fake transport: what each function sends and returns, and what call() fills in."""

import asyncio
import json

from checks import raises
from cognito_mp import AsyncClient, Client, CognitoError, NotSignedIn, account
from cognito_mp.protocol import with_secret_hash
from fakes import CountingStore, FakeClock, FakeTransport, refusal, tokens

ID = "1example23456789abcdefghij"
SECRET = "1abc2def3ghi4jkl5mno6pqr7stu8vwx9yz0abcdefghijklmnop"
SESSION = "a-session-of-20-chars"
KEY = "eu-west-1_00000000-0000-4000-8000-000000000000"
POOL = "eu-west-1_AbCdEf123"
SENT = {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
ANSWER = {
    "ChallengeName": "CUSTOM_CHALLENGE",
    "Session": SESSION,
    "ChallengeResponses": {"USERNAME": "eve", "ANSWER": "42"},
}


class Keys:
    """Credentials, as anything may be that has these."""

    access_key = "AKIDEXAMPLE"
    secret_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    session_token = "a-session-token"


class WatchedTransport(FakeTransport):
    """Keeps URLs and headers too."""

    def __init__(self, *replies) -> None:
        super().__init__(*replies)
        self.urls: list = []
        self.headers: list = []

    def post(self, url, headers, body):
        self.urls.append(url)
        self.headers.append(dict(headers))
        return super().post(url, headers, body)


def device(*replies, secret=None, kind=Client, **named):
    """(client, transport) of a device whose server gives `replies`."""
    transport = WatchedTransport(*replies)
    transport.store = CountingStore()
    client = kind("eu-west-1", ID, secret, store=transport.store, transport=transport, clock=FakeClock(), **named)
    return client, transport


def signed_in(*replies, **named):
    client, transport = device(tokens(1), *replies, **named)
    client.sign_in("alice", "Passw0rd!")
    transport.requests.clear()
    return client, transport


def the_hash(client, username):
    return with_secret_hash(client.app, {}, username)["SECRET_HASH"]


def test_sign_up_and_its_code():
    client, transport = device(
        {"UserConfirmed": False, "UserSub": "sub", "CodeDeliveryDetails": SENT},
        {"CodeDeliveryDetails": SENT},
        {},
        secret=SECRET,
    )
    made = account.sign_up(client, "alice", "Passw0rd!", {"email": "alice@example.com"})
    assert made["UserSub"] == "sub" and made["UserConfirmed"] is False
    assert account.resend_code(client, "alice") == SENT
    assert account.confirm_sign_up(client, "alice", "123456") is None
    common = {"ClientId": ID, "Username": "alice", "SecretHash": the_hash(client, "alice")}
    attributes = [{"Name": "email", "Value": "alice@example.com"}]
    assert transport.requests == [
        ("SignUp", dict(common, Password="Passw0rd!", UserAttributes=attributes)),
        ("ResendConfirmationCode", common),
        ("ConfirmSignUp", dict(common, ConfirmationCode="123456")),
    ]


def test_sign_up_without_a_password_or_a_secret():
    client, transport = device({"UserConfirmed": True, "UserSub": "sub"})
    account.sign_up(client, "alice", None)
    assert transport.requests == [("SignUp", {"ClientId": ID, "Username": "alice"})]


def test_a_forgotten_password():
    client, transport = device({"CodeDeliveryDetails": SENT}, {}, secret=SECRET)
    assert account.forgot_password(client, "alice") == SENT
    account.confirm_forgot_password(client, "alice", "123456", "New-Passw0rd!")
    common = {"ClientId": ID, "Username": "alice", "SecretHash": the_hash(client, "alice")}
    assert transport.requests == [
        ("ForgotPassword", common),
        ("ConfirmForgotPassword", dict(common, ConfirmationCode="123456", Password="New-Passw0rd!")),
    ]


def test_what_a_signed_in_person_does():
    user = {
        "Username": "the-sub",
        "UserAttributes": [
            {"Name": "sub", "Value": "the-sub"},
            {"Name": "name", "Value": "A\U0001f600"},
            {"Name": "x"},
        ],
        "UserMFASettingList": ["SOFTWARE_TOKEN_MFA"],
        "PreferredMfaSetting": "SOFTWARE_TOKEN_MFA",
    }
    client, transport = signed_in(
        user,
        {"Username": "the-sub", "UserAttributes": []},
        {"CodeDeliveryDetailsList": [SENT]},
        {},
        {"CodeDeliveryDetails": SENT},
        {},
        {},
        secret=SECRET,
    )
    assert account.get_user(client) == {
        "username": "the-sub",
        "attributes": {"sub": "the-sub", "name": "A\U0001f600", "x": ""},
        "mfa": ["SOFTWARE_TOKEN_MFA"],
        "preferred_mfa": "SOFTWARE_TOKEN_MFA",
    }
    assert account.get_user(client) == {"username": "the-sub", "attributes": {}, "mfa": [], "preferred_mfa": None}
    assert account.update_attributes(client, {"email": "b@example.com"}) == [SENT]
    assert account.update_attributes(client, {"name": "B"}) == []
    assert account.request_attribute_code(client, "email") == SENT
    account.verify_attribute(client, "email", "123456")
    account.change_password(client, "Passw0rd!", "New-Passw0rd!")
    bearer = {"AccessToken": client.access_token()}
    assert transport.requests == [
        ("GetUser", bearer),
        ("GetUser", bearer),
        ("UpdateUserAttributes", dict(bearer, UserAttributes=[{"Name": "email", "Value": "b@example.com"}])),
        ("UpdateUserAttributes", dict(bearer, UserAttributes=[{"Name": "name", "Value": "B"}])),
        ("GetUserAttributeVerificationCode", dict(bearer, AttributeName="email")),
        ("VerifyUserAttribute", dict(bearer, AttributeName="email", Code="123456")),
        ("ChangePassword", dict(bearer, PreviousPassword="Passw0rd!", ProposedPassword="New-Passw0rd!")),
    ]


def test_a_first_password():
    client, transport = signed_in({})
    account.change_password(client, None, "New-Passw0rd!")
    assert transport.requests[0][1] == {"AccessToken": client.access_token(), "ProposedPassword": "New-Passw0rd!"}


def test_second_factors():
    client, transport = signed_in({"SecretCode": "JBSWY3DP"}, {"Status": "SUCCESS"}, {}, {}, {"Status": "ERROR"})
    assert account.associate_software_token(client) == "JBSWY3DP"
    account.verify_software_token(client, "123456", "watch")
    account.set_mfa_preference(client, "SOFTWARE_TOKEN_MFA", preferred=True)
    account.set_mfa_preference(client, "EMAIL_OTP", False)
    bearer = {"AccessToken": client.access_token()}
    assert transport.requests == [
        ("AssociateSoftwareToken", bearer),
        ("VerifySoftwareToken", dict(bearer, UserCode="123456", FriendlyDeviceName="watch")),
        ("SetUserMFAPreference", dict(bearer, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})),
        ("SetUserMFAPreference", dict(bearer, EmailMfaSettings={"Enabled": False, "PreferredMfa": False})),
    ]
    assert raises(CognitoError, account.verify_software_token, client, "000000").status == 200
    raises(ValueError, account.set_mfa_preference, client, "TOTP")


def test_devices_come_in_pages():
    def listed(*keys):
        attributes = [{"Name": "device_name", "Value": "watch"}]
        return [{"DeviceKey": key, "DeviceAttributes": attributes} for key in keys]

    client, transport = signed_in({"Devices": listed("a", "b"), "PaginationToken": "2"}, {"Devices": listed("c")}, {})
    found = account.list_devices(client)
    assert [each["key"] for each in found] == ["a", "b", "c"]
    assert found[0]["attributes"] == {"device_name": "watch"}
    assert "PaginationToken" not in transport.requests[0][1] and transport.requests[1][1]["PaginationToken"] == "2"
    account.forget_device(client, KEY)
    assert transport.requests[2] == ("ForgetDevice", {"AccessToken": client.access_token(), "DeviceKey": KEY})


def test_pages_of_devices_that_have_no_end():
    def page(number, token):
        return {"Devices": [{"DeviceKey": "key%d" % number}], "PaginationToken": token}

    for pages, asked in (
        ([page(number, "again") for number in range(99)], 2),
        ([page(number % 2, "ab"[number % 2]) for number in range(99)], 3),
        ([page(number, str(number)) for number in range(99)], 20),
        ([{"Devices": [], "PaginationToken": str(number)} for number in range(99)], 20),
    ):
        client, transport = signed_in(*pages)
        error = raises(CognitoError, account.list_devices, client)
        assert error.code == "UnreadableReply" and "without an end" in error.message
        assert len(transport.requests) == asked, (asked, len(transport.requests))
        assert client.signed_in
    client, transport = signed_in(*[page(number, str(number)) for number in range(19)], {"Devices": []})
    assert len(account.list_devices(client)) == 19


def a_session(number, **members):
    found = {"SessionId": "tkn%025d" % number, "SessionType": "TOKEN", "ClientId": ID, "IsCurrentSession": number == 1}
    found.update(members)
    return found


def test_sessions_come_in_pages():
    # As AWS writes moments: with a fraction, in which a float of 24 bits would lose two minutes.
    page = json.dumps({"Sessions": [a_session(1, CreateDate="created", LastActiveDate="active")], "NextToken": "2"})
    page = page.replace('"created"', "1800000001.719").replace('"active"', " 1.80000009771E9")
    place = {"City": "Dublin", "Country": "Ireland"}
    rest = [a_session(2, DeviceType="watch/1.2", LastIPAddress="192.0.2.7", LastLocation=place)]
    client, transport = signed_in((200, {}, page.encode()), {"Sessions": rest}, {}, {})
    first, second = account.list_sessions(client)
    assert first["current"] and (first["created"], first["last_active"]) == (1800000001, 1800000097)
    assert first["device"] == first["address"] == first["city"] == "" and first["client_id"] == ID
    assert second == {
        "id": "tkn%025d" % 2,
        "type": "TOKEN",
        "client_id": ID,
        "created": 0,
        "last_active": 0,
        "device": "watch/1.2",
        "address": "192.0.2.7",
        "city": "Dublin",
        "country": "Ireland",
        "current": False,
    }
    token = {"AccessToken": client.access_token()}
    assert transport.requests == [("ListUserSessions", token), ("ListUserSessions", dict(token, NextToken="2"))]
    account.revoke_session(client, second["id"])
    account.revoke_session(client, second["id"], linked=True)
    ended = dict(token, SessionId=second["id"])
    assert transport.requests[2:] == [
        ("RevokeUserSession", ended),
        ("RevokeUserSession", dict(ended, RevokeAssociatedSessions="LINKED")),
    ]
    raises(ValueError, account.revoke_session, client, "")
    raises(ValueError, account.revoke_session, client, second["id"], "LINKED")


def test_pages_of_sessions_that_have_no_end():
    for pages, asked in (
        ([{"Sessions": [a_session(number)], "NextToken": "again"} for number in range(99)], 2),
        ([{"Sessions": [a_session(number % 2)], "NextToken": "ab"[number % 2]} for number in range(99)], 3),
        ([{"Sessions": [], "NextToken": str(number)} for number in range(99)], 20),
    ):
        client, transport = signed_in(*pages)
        error = raises(CognitoError, account.list_sessions, client)
        assert error.code == "UnreadableReply" and "without an end" in error.message
        assert len(transport.requests) == asked and client.signed_in


def test_deleting_the_account_ends_the_session():
    for reply in ({}, refusal("UserNotFoundException", "User does not exist.")):
        client, transport = signed_in(reply)
        account.delete_user(client)
        assert transport.requests[0][0] == "DeleteUser" and not client.signed_in
        assert transport.store.load() is None


def test_an_account_that_could_not_be_deleted_keeps_its_session():
    for reply in (OSError(104), refusal("NotAuthorizedException", "Access Token has been revoked")):
        client, transport = signed_in(reply)
        raises((OSError, CognitoError), account.delete_user, client)
        assert client.signed_in and transport.store.load()


def test_a_token_that_is_due_is_refreshed_first():
    client, transport = signed_in(tokens(2, refresh=False), {"Username": "the-sub", "UserAttributes": []})
    client.clock.pass_time(3601)
    account.get_user(client)
    assert [operation for operation, _ in transport.requests] == ["InitiateAuth", "GetUser"]
    assert transport.requests[1][1]["AccessToken"] == client.access_token()


def test_nobody_is_signed_in():
    client, transport = device()
    raises(NotSignedIn, account.get_user, client)
    raises(NotSignedIn, client.call, "GetUserAuthFactors")
    assert not transport.requests


def test_bad_arguments_are_named_and_sent_nowhere():
    client, transport = signed_in()
    for function, arguments, culprit in (
        (account.sign_up, ("", "pw"), "username"),
        (account.sign_up, ("alice", ""), "password"),
        (account.confirm_sign_up, ("alice", 123456), "code"),
        (account.forgot_password, (None,), "username"),
        (account.confirm_forgot_password, ("alice", "1", ""), "new_password"),
        (account.change_password, ("old", None), "new_password"),
        (account.verify_attribute, ("", "1"), "name"),
        (account.forget_device, ("",), "device_key"),
        (account.call, ("",), "operation"),
    ):
        assert culprit in str(raises(ValueError, function, client, *arguments))
    assert not transport.requests


def test_what_is_used_up_is_not_sent_twice_and_reads_are():
    user, code = {"Username": "bob"}, {"ConfirmationCode": "123456"}
    wanted = {"USERNAME": "bob", "PREFERRED_CHALLENGE": "EMAIL_OTP"}
    by_password = {"USERNAME": "bob", "PASSWORD": "pw"}
    for operation, parameters, tries in (
        ("GetUser", {}, 3),
        ("ListWebAuthnCredentials", {}, 3),
        ("UpdateUserAttributes", {"UserAttributes": []}, 1),
        ("SetUserMFAPreference", {}, 3),
        ("GlobalSignOut", {}, 3),
        ("RevokeToken", {"Token": "a.refresh.token"}, 3),
        ("InitiateAuth", {"AuthFlow": "CUSTOM_AUTH", "AuthParameters": {"USERNAME": "bob"}}, 1),
        ("InitiateAuth", {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": by_password}, 2),
        ("InitiateAuth", {"AuthFlow": "USER_SRP_AUTH", "AuthParameters": {"USERNAME": "bob", "SRP_A": "a1"}}, 3),
        ("InitiateAuth", {"AuthFlow": "USER_AUTH", "AuthParameters": {"USERNAME": "bob"}}, 2),
        ("InitiateAuth", {"AuthFlow": "USER_AUTH", "AuthParameters": wanted}, 1),
        ("SignUp", user, 1),
        ("ConfirmSignUp", dict(user, **code), 1),
        ("ResendConfirmationCode", user, 1),
        ("ForgotPassword", user, 1),
        ("ConfirmForgotPassword", dict(user, Password="New-Passw0rd!", **code), 1),
        ("ChangePassword", {"ProposedPassword": "New-Passw0rd!"}, 1),
        ("GetUserAttributeVerificationCode", {"AttributeName": "email"}, 1),
        ("VerifyUserAttribute", {"AttributeName": "email", "Code": "123456"}, 1),
        ("VerifySoftwareToken", {"UserCode": "123456"}, 1),
        ("RespondToAuthChallenge", ANSWER, 1),
        ("ConfirmDevice", {"DeviceKey": KEY}, 1),
        ("DeleteUser", {}, 1),
    ):
        client, transport = signed_in(OSError(104), OSError(104), OSError(104))
        raises(OSError, client.call, operation, parameters)
        assert len(transport.requests) == tries, operation


def test_a_reply_that_lacks_what_is_asked_for_is_unreadable():
    client, _ = signed_in({}, {})
    for function in (account.get_user, account.associate_software_token):
        assert raises(CognitoError, function, client).code == "UnreadableReply"


def test_call_fills_in_what_the_operation_takes():
    client, transport = signed_in({}, {}, {}, {}, {}, {}, secret=SECRET)
    asked = {"AuthFlow": "CUSTOM_AUTH", "AuthParameters": {"USERNAME": "bob"}}
    feedback = {
        "UserPoolId": POOL,
        "Username": "bob",
        "EventId": "an-event",
        "FeedbackToken": "a.feedback.token",
        "FeedbackValue": "Valid",
    }
    client.call("GetUserAuthFactors")
    client.call("ConfirmSignUp", {"Username": "bob", "ConfirmationCode": "1"})
    client.call("InitiateAuth", asked)
    client.call("RespondToAuthChallenge", ANSWER)
    client.call("RevokeToken", {"Token": "a.refresh.token"})
    client.call("UpdateAuthEventFeedback", feedback)
    bob, eve = the_hash(client, "bob"), the_hash(client, "eve")
    answers = {"USERNAME": "eve", "ANSWER": "42", "SECRET_HASH": eve}
    assert transport.requests == [
        ("GetUserAuthFactors", {"AccessToken": client.access_token()}),
        ("ConfirmSignUp", {"ClientId": ID, "Username": "bob", "ConfirmationCode": "1", "SecretHash": bob}),
        ("InitiateAuth", dict(asked, ClientId=ID, AuthParameters={"USERNAME": "bob", "SECRET_HASH": bob})),
        ("RespondToAuthChallenge", dict(ANSWER, ClientId=ID, ChallengeResponses=answers)),
        ("RevokeToken", {"ClientId": ID, "Token": "a.refresh.token", "ClientSecret": SECRET}),
        ("UpdateAuthEventFeedback", feedback),
    ]


def test_what_the_caller_gives_stays():
    client, transport = signed_in({}, {}, {}, {}, secret=SECRET)
    given = {"ClientId": "another", "Username": "bob", "ConfirmationCode": "1"}
    client.call("ConfirmSignUp", given)
    client.call("ForgotPassword", {"Username": "bob", "SecretHash": "mine"})
    client.call("GetUser", {"AccessToken": "my.own.token"})
    client.call("AssociateSoftwareToken", {"Session": SESSION})
    assert transport.requests == [
        ("ConfirmSignUp", {"ClientId": "another", "Username": "bob", "ConfirmationCode": "1"}),
        ("ForgotPassword", {"ClientId": ID, "Username": "bob", "SecretHash": "mine"}),
        ("GetUser", {"AccessToken": "my.own.token"}),
        ("AssociateSoftwareToken", {"Session": SESSION}),
    ]
    assert given == {"ClientId": "another", "Username": "bob", "ConfirmationCode": "1"}


def test_tokens_of_a_call_are_the_callers():
    client, _ = device(tokens(1), secret=SECRET)
    reply = client.call("InitiateAuth", {"AuthFlow": "CUSTOM_AUTH", "AuthParameters": {"USERNAME": "bob"}})
    assert reply["AuthenticationResult"]["RefreshToken"] == "refresh1" and not client.signed_in


def test_call_reads_a_client_token_wherever_it_is():
    reply = b'{"ClientAuthenticationResult": {"AccessToken": "machine", "ExpiresIn": 3600, "TokenType": "Bearer"}}'

    class RawTransport:
        def post(self, url, headers, body):
            return 200, {}, bytearray(reply)

    client = Client("eu-west-1", ID, SECRET, transport=RawTransport(), clock=FakeClock())
    assert client.call("GetClientToken")["ClientAuthenticationResult"]["AccessToken"] == "machine"


def test_a_gateway_signs():
    admin = {"AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": "bob", "PASSWORD": "pw"}}
    client, transport = device(OSError(104), {"ChallengeName": "SMS_MFA"}, secret=SECRET, user_pool_id=POOL)
    client.call("AdminInitiateAuth", admin, credentials=Keys())
    (operation, body), (_, again) = transport.requests
    assert operation == "AdminInitiateAuth" and again == body
    assert body == {
        "UserPoolId": POOL,
        "ClientId": ID,
        "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "bob", "PASSWORD": "pw", "SECRET_HASH": the_hash(client, "bob")},
    }
    assert admin["AuthParameters"] == {"USERNAME": "bob", "PASSWORD": "pw"}
    first, second = transport.headers
    assert first["x-amz-date"] == "20270115T080000Z" and first["x-amz-security-token"] == "a-session-token"
    scope = "AKIDEXAMPLE/20270115/eu-west-1/cognito-idp/aws4_request"
    assert first["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=" + scope)
    assert "content-type;host;x-amz-date;x-amz-security-token;x-amz-target" in first["Authorization"]
    # A second later it is another signature.
    assert second["x-amz-date"] != first["x-amz-date"] and second["Authorization"] != first["Authorization"]
    assert Keys.secret_key not in str(transport.headers) + str(transport.requests)


def test_the_region_to_sign_for():
    long_term = Keys()
    long_term.session_token = None
    for region, endpoint, user_pool_id, expected in (
        ("eu-west-1", None, None, "/eu-west-1/"),
        ("x", "https://cognito-idp.us-gov-west-1.amazonaws.com", "eu-west-1_x", "/us-gov-west-1/"),
        ("x", "https://cognito-idp-fips.us-east-2.amazonaws.com:443", None, "/us-east-2/"),
        ("x", "https://127.0.0.1:4566", "eu-central-1_x", "/eu-central-1/"),
        ("x", "https://proxy.example.com", "eu-central-1_x", "/eu-central-1/"),
        ("x", "https://proxy.example.com", None, None),
        ("x", "https://proxy.example.com", "no-region", None),
    ):
        transport = WatchedTransport({})
        client = Client(
            region, ID, endpoint=endpoint, user_pool_id=user_pool_id, transport=transport, clock=FakeClock()
        )
        if expected:
            client.call("ListUserPools", {"MaxResults": 1}, credentials=long_term)
            assert expected in transport.headers[0]["Authorization"], endpoint
            assert "x-amz-security-token" not in transport.headers[0]
            assert "UserPoolId" not in transport.requests[0][1]
        else:
            error = raises(ValueError, client.call, "ListUserPools", {"MaxResults": 1}, long_term)
            assert "user_pool_id" in str(error) and not transport.requests


def test_an_awaited_account():
    client, transport = device(
        tokens(1),
        {"Username": "the-sub", "UserAttributes": []},
        {"ConfiguredUserAuthFactors": ["PASSWORD"]},
        OSError(104),
        {"Users": []},
        {},
        kind=AsyncClient,
    )

    async def main():
        await client.sign_in("alice", "Passw0rd!")
        user = await account.get_user(client)
        factors = await client.call("GetUserAuthFactors")
        users = await client.call("ListUsers", {"UserPoolId": POOL}, credentials=Keys())
        await account.delete_user(client)
        return user, factors, users

    client.clock.random = 0
    user, factors, users = asyncio.run(main())
    assert user["username"] == "the-sub" and factors == {"ConfiguredUserAuthFactors": ["PASSWORD"]}
    assert users == {"Users": []} and "Authorization" in transport.headers[4]
    assert not client.signed_in
