"""Every member of every reply that the library reads, of every wrong type: a CognitoError, or harmless for good."""

import json

from cognito_mp import Client, CognitoError, RamStore, account, challenges, identity_pool, oauth2
from fakes import FakeClock, tokens

ID = "1example23456789abcdefghij"
SECRET = "s" * 51
WRONG = (None, 0, 17, -1, True, "", "text", [], {}, [1], {"a": 1}, 1.5, [[]], [None], [{}], 10**30)
# What json makes of numbers that no reply has: infinity, and what is no number at all.
NUMBERS = (b"1e999", b"-1e999", b"NaN", b"Infinity", b"1e30", b"-5")


class Memory:
    """machine.RTC().memory."""

    data = b""

    def __call__(self, data=None):
        if data is None:
            return self.data
        self.data = data


class Service:
    """A transport that answers with these replies. What it is sent may echo any text, but nothing of a wrong type."""

    def __init__(self, *replies) -> None:
        self.replies = list(replies)

    def post(self, url, headers, body):
        for name, value in json.loads(body).items():
            assert isinstance(value, (str, list, dict)), name
        # The last one serves from then on: a token with a life of 0 seconds is asked for again.
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        status, value = reply if isinstance(reply, tuple) else (200, reply)
        return status, {}, json.dumps(value).encode()


class Bodies:
    """A transport that answers with these bodies, and with the last of them from then on."""

    def __init__(self, *bodies) -> None:
        self.bodies = list(bodies)

    def post(self, url, headers, body):
        return 200, {}, self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]


def client(transport, secret=None):
    return Client("eu-west-1", ID, secret, transport=transport, clock=FakeClock(), sleep_memory=Memory(), attempts=1)


def signed_in(*replies):
    device = client(Service(tokens(1), *replies))
    device.sign_in("alice", "pw")
    return device


def with_member(reply: dict, path: str, value) -> dict:
    """A copy of `reply`, JSON, whose member at `path`, names with dots between them, is `value`."""
    copy = json.loads(json.dumps(reply))
    inner = copy
    *outer, last = path.split(".")
    for name in outer:
        inner = inner[int(name) if name.isdigit() else name]
    inner[last] = value
    return copy


def check(reply: dict, paths: tuple, use) -> None:
    """Call use(reply) with each member of `reply` at one of `paths` of each wrong type; it may raise CognitoError."""
    use(reply)
    for path in paths:
        for value in WRONG:
            try:
                use(with_member(reply, path, value))
            except CognitoError:
                pass
            except Exception as error:
                raise AssertionError("%s = %r: %r" % (path, value, error))


def texts(*values) -> None:
    for value in values:
        assert isinstance(value, str), value


RESULT = tuple(
    "AuthenticationResult." + name
    for name in ("AccessToken", "IdToken", "RefreshToken", "ExpiresIn", "TokenType", "NewDeviceMetadata")
) + ("AuthenticationResult",)


def test_tokens_of_a_sign_in():
    def use(reply):
        device = client(Service(reply, {}))
        device.sign_in("alice", "pw")
        texts(device.access_token())

    check(tokens(1), RESULT, use)
    new = tokens(1)
    new["AuthenticationResult"]["NewDeviceMetadata"] = {"DeviceKey": "key", "DeviceGroupKey": "-group"}
    check(new, tuple("AuthenticationResult.NewDeviceMetadata." + n for n in ("DeviceKey", "DeviceGroupKey")), use)


def test_tokens_in_answer_to_a_challenge():
    def use(reply):
        device = client(Service({"ChallengeName": "SMS_MFA", "Session": "s" * 20}, reply, {}))
        device.respond(device.sign_in("alice", "pw"), "123456")
        texts(device.access_token())

    check(tokens(1), RESULT, use)


def test_tokens_of_a_refresh():
    def use(reply):
        device = signed_in(reply)
        device.refresh()
        texts(device.access_token())

    check(tokens(2), RESULT, use)


def test_tokens_of_a_rotation():
    def use(reply):
        device = signed_in((400, {"__type": "UnsupportedOperationException", "message": "rotation is on"}), reply)
        device.refresh()
        texts(device.access_token())

    check(tokens(2), RESULT, use)


def test_a_user_name_that_is_empty_is_none():
    store = RamStore()
    device = Client("eu-west-1", ID, transport=Service(tokens(1, username="")), store=store)
    assert device.sign_in("alice", "pw").username == "alice"
    store.save(json.dumps(dict(json.loads(store.load()), username="")).encode())
    assert not Client("eu-west-1", ID, transport=Service(), store=store).signed_in


def test_a_life_that_no_token_has_is_not_believed():
    for expires_in in (86401, 1 << 31, 1 << 40, 10**30, -1):
        device = client(Service(tokens(1, expires_in=expires_in)))
        assert device.sign_in("alice", "pw").expires_in == 3600
        assert device.access_token()


def test_challenges():
    reply = {
        "ChallengeName": "CUSTOM_CHALLENGE",
        "Session": "s" * 20,
        "ChallengeParameters": {
            "requiredAttributes": '["userAttributes.name"]',
            "MFAS_CAN_CHOOSE": ["SMS_MFA"],
            "USER_ID_FOR_SRP": "the-sub",
            "USERNAME": "the-sub",
        },
        "AvailableChallenges": ["SMS_OTP"],
    }

    def use(reply):
        device = client(Service(reply, reply))
        asked = device.sign_in("alice", "pw")
        texts(*asked.choices)
        texts(*asked.required_attributes)
        device.respond(asked, "42")

    check(
        reply,
        ("ChallengeName", "Session", "ChallengeParameters", "AvailableChallenges")
        + tuple("ChallengeParameters." + name for name in reply["ChallengeParameters"]),
        use,
    )
    del reply["AvailableChallenges"]
    check(reply, ("ChallengeParameters.MFAS_CAN_CHOOSE",), use)
    deep = dict(reply, ChallengeParameters={"MFAS_CAN_CHOOSE": "[" * 900, "requiredAttributes": "[" * 900 + "]" * 900})
    try:
        use(deep)
    except CognitoError:
        pass


def test_a_new_authenticator():
    def associate(reply):
        device = client(Service({"ChallengeName": "MFA_SETUP", "Session": "s" * 20}, reply, {"Status": "SUCCESS"}))
        asked = device.sign_in("alice", "pw")
        texts(challenges.associate_software_token(device, asked))

    def verify(reply):
        device = client(Service({"ChallengeName": "MFA_SETUP", "Session": "s" * 20}, reply, tokens(1)))
        challenges.verify_software_token(device, device.sign_in("alice", "pw"), "123456")

    check({"SecretCode": "ABC", "Session": "t" * 20}, ("SecretCode", "Session"), associate)
    check({"Status": "SUCCESS", "Session": "t" * 20}, ("Status", "Session"), verify)


def test_an_account():
    def user(reply):
        got = account.get_user(signed_in(reply))
        texts(got["username"], *got["attributes"], *got["attributes"].values())
        assert isinstance(got["mfa"], list)

    reply = {
        "Username": "alice",
        "UserAttributes": [{"Name": "sub", "Value": "the-sub"}],
        "UserMFASettingList": ["SMS_MFA"],
        "PreferredMfaSetting": "SMS_MFA",
    }
    check(reply, tuple(reply) + ("UserAttributes.0.Name", "UserAttributes.0.Value"), user)

    def delivery(reply):
        assert isinstance(account.forgot_password(client(Service(reply)), "alice"), dict)

    check({"CodeDeliveryDetails": {"Destination": "a***"}}, ("CodeDeliveryDetails",), delivery)

    def deliveries(reply):
        assert isinstance(account.update_attributes(signed_in(reply), {"email": "a@example.com"}), list)

    check({"CodeDeliveryDetailsList": [{"Destination": "a***"}]}, ("CodeDeliveryDetailsList",), deliveries)

    def session(reply):
        texts(account.confirm_sign_up(client(Service(reply)), "alice", "1") or "none")

    check({"Session": "s" * 20}, ("Session",), session)

    def secret(reply):
        texts(account.associate_software_token(signed_in(reply)))

    check({"SecretCode": "ABC"}, ("SecretCode",), secret)


def test_devices():
    def use(reply):
        for device in account.list_devices(signed_in(reply, {"Devices": []})):
            texts(device["key"], *device["attributes"], *device["attributes"].values())

    reply = {
        "Devices": [{"DeviceKey": "key", "DeviceAttributes": [{"Name": "n", "Value": "v"}]}],
        "PaginationToken": "more",
    }
    members = ("Devices.0.DeviceKey", "Devices.0.DeviceAttributes", "Devices.0.DeviceAttributes.0.Name")
    check(reply, ("Devices", "PaginationToken") + members, use)


def test_sessions():
    def use(reply):
        for session in account.list_sessions(signed_in(reply, {"Sessions": []})):
            texts(*[session[name] for name in ("id", "type", "client_id", "device", "address", "city", "country")])
            assert isinstance(session["created"], int) and isinstance(session["last_active"], int)

    session = {
        "SessionId": "tkn1",
        "SessionType": "TOKEN",
        "ClientId": "abc",
        "CreateDate": 1800000000,
        "LastActiveDate": 1800000000,
        "DeviceType": "watch",
        "LastIPAddress": "192.0.2.7",
        "LastLocation": {"City": "Dublin", "Country": "Ireland"},
        "IsCurrentSession": True,
    }
    members = tuple("Sessions.0." + name for name in session if name != "IsCurrentSession")
    places = ("Sessions.0.LastLocation.City", "Sessions.0.LastLocation.Country")
    check({"Sessions": [session], "NextToken": "more"}, ("Sessions", "NextToken") + members + places, use)


def credentials_reply() -> dict:
    keys = {"AccessKeyId": "ASIA", "SecretKey": "secret", "SessionToken": "token", "Expiration": 1800009999}
    return {"IdentityId": "eu-west-1:identity", "Credentials": keys}


def used(device) -> None:
    held = identity_pool.credentials(device, "eu-west-1:pool")
    texts(held.access_key, held.secret_key, held.session_token, held.identity_id)
    assert isinstance(held.expiration, int)


def test_credentials():
    reply = credentials_reply()
    members = tuple("Credentials." + name for name in reply["Credentials"])
    check(reply, members + ("IdentityId", "Credentials"), lambda reply: used(client(Service(reply, reply))))


def test_tokens_of_a_machine():
    def cognitos(reply):
        texts(oauth2.client_token(client(Service(reply), SECRET)))

    reply = {"ClientAuthenticationResult": {"AccessToken": "machine", "ExpiresIn": 3600, "TokenType": "Bearer"}}
    members = tuple("ClientAuthenticationResult." + name for name in reply["ClientAuthenticationResult"])
    check(reply, members + ("ClientAuthenticationResult",), cognitos)

    def oauths(reply):
        transport = Bodies(json.dumps(reply).encode())
        texts(oauth2.token(client(transport, SECRET), "https://watches.auth.eu-west-1.amazoncognito.com"))

    reply = {"access_token": "machine", "expires_in": 3600, "token_type": "Bearer"}
    check(reply, tuple(reply), oauths)


def test_refusals():
    def use(reply):
        device = client(Service((400, reply)))
        try:
            device.sign_in("alice", "pw")
        except CognitoError as error:
            texts(error.code, error.message)

    check({"__type": "NotAuthorizedException", "message": "no"}, ("__type", "message"), use)


def test_numbers_that_no_reply_has():
    for number in NUMBERS:
        for use, body in (
            (
                lambda device: device.sign_in("alice", "pw"),
                b'{"AuthenticationResult":{"AccessToken":"a","ExpiresIn":%s}}',
            ),
            (oauth2.client_token, b'{"ClientAuthenticationResult":{"AccessToken":"a","ExpiresIn":%s}}'),
            (lambda device: oauth2.token(device, "https://a.example"), b'{"access_token":"a","expires_in":%s}'),
            (used, json.dumps(credentials_reply()).encode().replace(b"1800009999", b"%s")),
        ):
            try:
                use(client(Bodies(body.replace(b"%s", number)), SECRET))
            except CognitoError:
                pass
