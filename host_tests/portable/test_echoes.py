"""A refusal whose words repeat what was sent: nobody sees a secret, and the session decides by the service's words."""

import gc
import json

from checks import raises
from cognito_mp import (
    Client,
    CognitoError,
    NotSignedIn,
    StoreError,
    account,
    challenges,
    identity_pool,
    oauth2,
)
from cognito_mp.refusals import error_from_reply, is_device_forgotten, is_session_over, is_unknown
from fakes import CountingStore, FakeClock, challenge, jwt, tokens

ID = "1example23456789abcdefghij"
SECRET = "1abc2def3ghi4jkl5mno6pqr7stu8vwx9yz0abcdefghijklmnop"
PASSWORD = 'Correct-Horse "9" & 10 %'
CODE = "493817"
OPEN = ("alice", ID, "eu-west-1_AbCdEf123", "USER_PASSWORD_AUTH", "InitiateAuth", "email", "SMS_MFA", "SOFTWARE")


def leaves(value, name="") -> list:
    """[(name, text)] of all that is in a JSON value."""
    if isinstance(value, dict):
        return [leaf for key in value for leaf in leaves(value[key], key)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each, name)]
    return [(name, value)] if isinstance(value, str) else []


class Echo:
    """A service that repeats all that it was sent, in a refusal, once `replies` are used up."""

    def __init__(self, *replies, code="InvalidParameterException", words="Bad value: %s") -> None:
        self.replies = list(replies)
        self.code = code
        self.words = words
        self.sent: list = []

    def post(self, url, headers, body):
        if self.replies:
            return 200, {}, json.dumps(self.replies.pop(0)).encode()
        text = bytes(body).decode()
        self.sent = leaves(json.loads(text)) if text[:1] == "{" else []
        self.sent += [("Authorization", headers[name]) for name in headers if name in SIGNED]
        words = " ".join([value for _, value in self.sent]) + " " + text
        return 400, {}, json.dumps({"__type": self.code, "message": self.words % words}).encode()


def client(service, secret=SECRET, **named):
    return Client("eu-west-1", ID, secret, "eu-west-1_AbCdEf123", transport=service, clock=FakeClock(), **named)


def shown(error: Exception) -> str:
    return " ".join(
        [str(error), repr(error), repr(error.args), getattr(error, "message", ""), getattr(error, "code", "")]
    )


class Keys:
    access_key = "ASIAEXAMPLE"
    secret_key = "the-secret-key-of-aws"
    session_token = "the-session-token-of-aws"


SIGNED = ("Authorization", "x-amz-security-token")
NEW = "New-Passw0rd-of-hers"
CALLS = (
    lambda client: client.sign_in("alice", PASSWORD),
    lambda client: client.sign_in(
        "alice", PASSWORD, "USER_AUTH", preferred="PASSWORD", client_metadata={"a": "captcha-1"}
    ),
    lambda client: client.refresh({"key": "metadata-secret"}),
    lambda client: account.sign_up(client, "alice", PASSWORD, {"email": "alice@example.com"}),
    lambda client: account.confirm_sign_up(client, "alice", CODE, "a-session-of-20-chars"),
    lambda client: account.confirm_forgot_password(client, "alice", CODE, NEW),
    lambda client: account.change_password(client, PASSWORD, NEW),
    lambda client: account.verify_attribute(client, "email", CODE),
    lambda client: account.verify_software_token(client, CODE),
    lambda client: account.update_attributes(client, {"custom:pin": "77665544"}),
    lambda client: client.call("AdminInitiateAuth", {"AuthParameters": {"PASSWORD": PASSWORD}}, Keys),
    lambda client: oauth2.client_token(client),
    lambda client: oauth2.token(client, "https://watches.auth.eu-west-1.amazoncognito.com"),
    lambda client: identity_pool.credentials(client, "eu-west-1:1f2e"),
)


def test_what_was_sent_is_never_shown():
    for call in CALLS:
        reply = tokens(1)
        first = reply["AuthenticationResult"]
        first["IdToken"] = jwt({"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123"})
        service = Echo(reply)
        ours = client(service)
        ours.sign_in("alice", PASSWORD)
        error = raises(CognitoError, call, ours)
        seen = shown(error)
        for name, value in service.sent:
            assert value in OPEN or name in ("TIMESTAMP", "Name") or value not in seen, (name, seen)
        for secret in (
            PASSWORD,
            NEW,
            CODE,
            SECRET,
            first["AccessToken"],
            first["IdToken"],
            Keys.secret_key,
            Keys.session_token,
        ):
            assert secret not in seen and json.dumps(secret)[1:-1] not in seen, seen
        assert "repeats" in error.message and error.code in ("InvalidParameterException", "UnreadableReply"), error
        assert ours.signed_in


def test_what_is_sent_in_headers_alone_is_not_shown_either():
    """To a wrong signature AWS answers with the canonical request that it expected, and the session token in it."""
    for secret, call in (
        (Keys.session_token, lambda client: client.call("AdminGetUser", {"Username": "alice"}, Keys)),
        (Keys.secret_key, lambda client: client.call("AdminGetUser", {"Username": "alice"}, Keys)),
        (SECRET, lambda client: oauth2.token(client, "https://watches.auth.eu-west-1.amazoncognito.com")),
        ("anothers-secret", lambda client: oauth2.token(client, "https://a.example", "id", "anothers-secret")),
    ):
        service = Echo(code="InvalidSignatureException", words="x-amz-security-token:" + secret + "%.0s")
        seen = shown(raises(CognitoError, call, client(service)))
        assert secret not in seen, seen


def test_answers_to_challenges():
    for name, answer in (
        ("SMS_MFA", lambda client, asked: client.respond(asked, CODE)),
        ("CUSTOM_CHALLENGE", lambda client, asked: client.respond(asked, {"ANSWER": "my-first-pet"})),
        ("NEW_PASSWORD_REQUIRED", lambda client, asked: client.set_new_password(asked, NEW, {"name": "Alice B"})),
        ("MFA_SETUP", lambda client, asked: challenges.verify_software_token(client, asked, CODE)),
    ):
        service = Echo(challenge(name))
        ours = client(service)
        seen = shown(raises(CognitoError, answer, ours, ours.sign_in("alice", PASSWORD)))
        for secret in (CODE, "my-first-pet", NEW, "Alice B", "session-1-of-20-chars"):
            assert secret not in seen, seen


def test_a_session_decides_by_the_words_of_the_service():
    for words, over in (
        ("Refresh Token has expired: %s", True),
        ("%s Refresh Token has been revoked", True),
        ("Invalid Refresh Token %s", True),
        ("Invalid Refresh Token: unable to verify secret hash for client %s", False),
        ("Refresh Token %s", False),
    ):
        ours = client(Echo(tokens(1), code="NotAuthorizedException", words=words))
        ours.sign_in("alice", PASSWORD)
        error = raises(NotSignedIn if over else CognitoError, ours.refresh)
        assert ours.signed_in != over, words
        for secret in ("refresh1", SECRET):
            assert secret not in shown(error), error
    sent = {"AuthParameters": {"REFRESH_TOKEN": "the-token", "DEVICE_KEY": "key"}}
    for code, message, judge in (
        ("ResourceNotFoundException", "Device of the-token does not exist.", is_device_forgotten),
        ("NotAuthorizedException", "Refresh Token has expired: the-token", is_session_over),
        ("NotAuthorizedException", "So sorry: the-token", is_unknown),
    ):
        error = error_from_reply(400, {}, {"__type": code, "message": message}, sent)
        assert judge(error) and "the-token" not in shown(error), error
        assert [judge(error) for judge in (is_device_forgotten, is_session_over, is_unknown)].count(True) == 1


def message(words: str, **sent: str) -> str:
    return error_from_reply(400, {}, {"__type": "InvalidParameterException", "message": words}, sent).message


def test_words_that_hold_no_value_stay():
    for words, sent in (
        ("Incorrect username or password.", {"PASSWORD": "password"}),
        ("Refresh Token has expired", {"REFRESH_TOKEN": "Token"}),
        ("User does not exist.", {"PASSWORD": "user"}),
        ("PreSignUp failed with error alice is not welcome.", {"Username": "alice", "Password": "pw-123456"}),
        ("Try again in 1493817 ms (request 493817000)", {"ConfirmationCode": CODE}),
        ("Value at 'userCode' is not 6 digits", {"UserCode": CODE}),
        ("Invalid phone number format.", {"lang": "at", "PASSWORD": "a"}),
        ("client 1example23456789abcdefghij is not there", {"ClientId": ID}),
        ("anything", {"Password": "", "Empty": "  "}),
    ):
        assert message(words, **sent) == words, words


def test_a_value_in_any_quotes_hides_the_words():
    for words in (
        "Value '%s' failed" % CODE,
        "code%sis wrong" % CODE,
        "[%s]" % CODE,
        CODE,
    ):
        assert CODE not in message(words, ConfirmationCode=CODE), words
    for value, quoted in (
        ('p"w\\d x', 'p\\"w\\\\d x'),
        ("p w/d&\u00e9", "p%20w%2Fd%26%C3%A9"),
        ("p w/d&\u00e9", "p+w%2fd%26%c3%a9"),
        ('<p&"w">', "&lt;p&amp;&quot;w&quot;&gt;"),
        ("Secret-Word", "SECRET-WORD"),
        ("t" * 30 + "u" * 70, "t" * 30 + "..."),
        ("t" * 30 + "u" * 70, "..." + "u" * 40),
        ("ab", "the code ab is wrong"),
    ):
        words = message("no: " + quoted + " it is", password=value)
        assert "no: " not in words and quoted not in words, (value, words)


def test_a_long_token_costs_little():
    """On MicroPython; 1,800 objects of one byte, as in its percent-encoding, are 58 kB of 32-bit words."""
    if not hasattr(gc, "mem_alloc"):
        from checks import Skip

        raise Skip("gc.mem_alloc is MicroPython's")
    sent = {"AuthParameters": {"REFRESH_TOKEN": "t" * 1788, "SECRET_HASH": "h" * 44}, "ClientId": ID}
    reply = {"__type": "NotAuthorizedException", "message": "So sorry."}
    error_from_reply(400, {}, reply, sent)
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    error_from_reply(400, {}, reply, sent)
    used = gc.mem_alloc() - before
    gc.enable()
    assert used < 24 * 1024, used


def test_a_code_or_a_page_that_repeats_a_value():
    error = error_from_reply(400, {}, {"__type": "Bad:" + PASSWORD, "message": "no"}, {"PASSWORD": PASSWORD})
    assert PASSWORD not in shown(error)
    error = error_from_reply(429, {}, {"__type": PASSWORD, "message": "no"}, {"PASSWORD": PASSWORD})
    assert error.code == "UnreadableReply" and error.throttled and PASSWORD not in shown(error)
    error = error_from_reply(200, {"content-type": "text/" + PASSWORD}, None, {"PASSWORD": PASSWORD})
    assert PASSWORD not in shown(error)


def test_an_error_of_the_callers_store_is_told_once():
    store = CountingStore()
    for error in (OSError(28), OSError(28, "no space left"), OSError("no space left")):
        ours = Client("eu-west-1", ID, store=store, transport=Echo(tokens(1)), clock=FakeClock())
        store.error = error
        told = raises(StoreError, ours.sign_in, "alice", PASSWORD)
        assert told.errno == (error.errno if isinstance(error.args[0], int) else told.errno)
        assert str(told).count("28") <= 1 and str(told).count("space") <= 1, told
