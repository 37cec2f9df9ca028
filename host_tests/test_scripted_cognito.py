"""The scripted Cognito itself: driven by boto3, with SRP's worked vectors, and held against ministack."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import random
import ssl
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest
import scripted_sign_in
import scripted_srp
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from cognito_model import USER_POOLS, reply_violations, request_violations, violations
from cognito_mp_tools.local_cognito import LocalCognito
from cognito_mp_tools.throwaway_ca import ThrowawayCa
from cognito_mp_tools.tls_front import Request, Response, TlsFront
from scripted_cognito import HTML, INTERNAL_ERROR, LOSE_REPLY, LOSE_REQUEST, THROTTLE, ScriptedCognito
from scripted_pool import AppClient, Pool, User

VECTORS = json.loads((Path(__file__).parent / "vectors" / "cognito_srp.json").read_text())
PASSWORD = "Passw0rd!"
FORM = "application/x-www-form-urlencoded"
PHONE = "+31600001234"
TIMESTAMP = "Mon Jan 5 03:04:05 UTC 2026"
START = 1767582245.0
TOTP_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
Reply = dict[str, Any]


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> float:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def expected_violations() -> list[str]:
    """What a test that sends bad requests expects of `violations`; it appends to it."""
    return []


@pytest.fixture
def cognito(clock: Clock, expected_violations: list[str]) -> Iterator[ScriptedCognito]:
    double = ScriptedCognito(now=clock, randomness=random.Random(1))
    yield double
    assert double.violations == expected_violations


@pytest.fixture
def pool(cognito: ScriptedCognito) -> Pool:
    return cognito.add_pool()


@pytest.fixture
def app(pool: Pool) -> AppClient:
    return pool.add_app()


@pytest.fixture
def secret_app(pool: Pool) -> AppClient:
    return pool.add_app(secret=True)


@pytest.fixture
def alice(pool: Pool) -> User:
    return pool.add_user("alice", PASSWORD, email="alice@example.com", name="Ana \N{GRINNING FACE}")


@pytest.fixture
def front(cognito: ScriptedCognito) -> Iterator[TlsFront]:
    """The double behind plain HTTP; its own answers must obey the model as well."""
    wrong: list[str] = []

    def handle(request: Request) -> Response:
        response = cognito.handle(request)
        if request.operation and response.status == 200:
            wrong.extend(reply_violations(request.headers["x-amz-target"], response.body))
        return response

    with TlsFront(handle, None) as front:
        yield front
    assert wrong == []


@pytest.fixture
def aws(front: TlsFront) -> Any:
    """AWS's own client, which validates what it sends; it refuses what the real service would."""
    return boto3.client(
        "cognito-idp",
        region_name="eu-west-1",
        endpoint_url=f"http://127.0.0.1:{front.port}",
        config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
    )


def refusal(call: Callable[..., Any], **parameters: Any) -> str:
    """`Code: message` of the error that AWS's client reads in the answer."""
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    error = raised.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def start(aws: Any, app: AppClient, flow: str, **parameters: str) -> Reply:
    if app.secret and "USERNAME" in parameters:
        parameters.setdefault("SECRET_HASH", app.secret_hash(parameters["USERNAME"]))
    return aws.initiate_auth(AuthFlow=flow, ClientId=app.id, AuthParameters=parameters)


def sign_in(aws: Any, app: AppClient, username: str = "alice", **more: str) -> Reply:
    return start(aws, app, "USER_PASSWORD_AUTH", USERNAME=username, PASSWORD=PASSWORD, **more)


def answer(aws: Any, app: AppClient, challenge: Reply, username: str = "alice", **responses: str) -> Reply:
    """Answer as a correct client does: with USER_ID_FOR_SRP where it is given, and its SECRET_HASH."""
    name = challenge["ChallengeParameters"].get("USER_ID_FOR_SRP", username)
    responses = {"USERNAME": name, **responses}
    if app.secret:
        responses.setdefault("SECRET_HASH", app.secret_hash(name))
    session = {"Session": challenge["Session"]} if "Session" in challenge else {}
    return aws.respond_to_auth_challenge(
        ClientId=app.id, ChallengeName=challenge["ChallengeName"], ChallengeResponses=responses, **session
    )


def claims(token: str) -> Reply:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class SrpClient:
    """The client's side of SRP, as amazon-cognito-identity-js does it: in hex, with its own padding."""

    N = int(VECTORS["N"], 16)
    K = int(VECTORS["k"], 16)

    def __init__(self, small_a: int = 0xA5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5) -> None:
        self._a = small_a
        self.public = pow(2, small_a, self.N)
        self.srp_a = f"{self.public:x}"

    @staticmethod
    def padded(number: int) -> str:
        digits = f"{number:x}"
        if len(digits) % 2:
            return "0" + digits
        return "00" + digits if digits[0] in "89abcdef" else digits

    @classmethod
    def hashed(cls, hexadecimal: str) -> int:
        return int(hashlib.sha256(bytes.fromhex(hexadecimal)).hexdigest(), 16)

    def claim(self, parameters: Reply, identity: str, password: str, timestamp: str = TIMESTAMP) -> Reply:
        salt, b_public = int(parameters["SALT"], 16), int(parameters["SRP_B"], 16)
        u = self.hashed(self.padded(self.public) + self.padded(b_public))
        inner = hashlib.sha256(f"{identity}:{password}".encode()).hexdigest()
        x = self.hashed(self.padded(salt) + inner)
        shared = pow((b_public - self.K * pow(2, x, self.N)) % self.N, self._a + u * x, self.N)
        first = hmac.new(bytes.fromhex(self.padded(u)), bytes.fromhex(self.padded(shared)), "sha256").digest()
        key = hmac.new(first, b"Caldera Derived Key" + b"\x01", "sha256").digest()[:16]
        block = base64.b64decode(parameters["SECRET_BLOCK"])
        signature = hmac.new(key, identity.encode() + block + timestamp.encode(), "sha256").digest()
        return {
            "TIMESTAMP": timestamp,
            "PASSWORD_CLAIM_SECRET_BLOCK": parameters["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(signature).decode(),
        }

    def user_claim(self, pool: Pool, challenge: Reply, password: str = PASSWORD, timestamp: str = TIMESTAMP) -> Reply:
        parameters = challenge["ChallengeParameters"]
        return self.claim(parameters, pool.name + parameters["USER_ID_FOR_SRP"], password, timestamp)


def authenticator(time: float, secret: str = TOTP_SECRET) -> str:
    """What an authenticator shows (RFC 6238)."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(time // 30)), "sha1").digest()
    number = struct.unpack_from(">I", digest, digest[19] & 15)[0] & 0x7FFFFFFF
    return str(number % 10**6).zfill(6)


# The server's SRP against the worked vectors.


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_srp_vectors(vector: Reply) -> None:
    identity = vector["pool_id"].partition("_")[2] + vector["user_id_for_srp"]
    if vector["kind"] == "device":
        identity = vector["device_group_key"] + vector["device_key"]
    sent, answered = vector["challenge_parameters"], vector["challenge_responses"]
    salt = int(sent["SALT"], 16)
    verifier = scripted_srp.verifier(identity, vector["password"], salt)
    assert f"{verifier:x}" == vector["verifier"]
    a_public = scripted_srp.read_public(vector["SRP_A"])
    assert a_public is not None
    block = sent["SECRET_BLOCK"]
    exchange = scripted_srp.Exchange(identity, salt, verifier, a_public, int(vector["server_small_b"], 16), block)
    assert exchange.parameters["SRP_B"] == sent["SRP_B"]
    assert scripted_srp.timestamp_is_valid(answered["TIMESTAMP"])
    assert exchange.accepts(answered)
    assert not exchange.accepts({**answered, "TIMESTAMP": TIMESTAMP + " "})
    assert not exchange.accepts({**answered, "PASSWORD_CLAIM_SECRET_BLOCK": "AAAA"})


@pytest.mark.parametrize("text", ["", "0", f"{scripted_srp.N:x}", f"{2 * scripted_srp.N:x}", "xyz", "f" * 800])
def test_srp_refuses_degenerate_public_values(text: str) -> None:
    assert scripted_srp.read_public(text) is None


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
    assert not scripted_srp.timestamp_is_valid(text)


# The judge of requests.


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


def test_a_bad_request_is_refused_and_noted(
    cognito: ScriptedCognito, front: TlsFront, expected_violations: list[str]
) -> None:
    def post(body: bytes) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", front.port)
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"{USER_POOLS}.InitiateAuth"}
        connection.request("POST", "/", body, headers)
        reply = connection.getresponse()
        assert reply.status == 400
        return json.loads(reply.read())

    assert post(b'{"AuthFlow": 1, "ClientId": "a"}')["__type"] == "SerializationException"
    assert post(b'{"AuthFlow": "USER_AUTH"}')["__type"] == "InvalidParameterException"
    assert len(cognito.violations) == 2
    expected_violations += cognito.violations


# Passwords, tokens, secret hashes.


def test_password(aws: Any, app: AppClient, alice: User) -> None:
    result = sign_in(aws, app)["AuthenticationResult"]
    assert 1000 <= len(result["AccessToken"]) <= 1100
    assert 1200 <= len(result["IdToken"]) <= 1800
    assert 1700 <= len(result["RefreshToken"]) <= 1900
    assert (result["ExpiresIn"], result["TokenType"]) == (3600, "Bearer")
    access = claims(result["AccessToken"])
    assert (access["username"], access["sub"], access["exp"]) == ("alice", alice.sub, START + 3600)
    assert alice.sub != "alice"
    assert claims(result["IdToken"])["name"] == "Ana \N{GRINNING FACE}"


def test_wrong_password_and_unknown_user_look_alike(aws: Any, app: AppClient, alice: User) -> None:
    wrong = {"USERNAME": "alice", "PASSWORD": "wrong"}
    unknown = {"USERNAME": "mallory", "PASSWORD": "wrong"}
    for parameters in (wrong, unknown):
        said = refusal(aws.initiate_auth, AuthFlow="USER_PASSWORD_AUTH", ClientId=app.id, AuthParameters=parameters)
        assert said == "NotAuthorizedException: Incorrect username or password."
    app.prevent_user_existence_errors = False
    said = refusal(aws.initiate_auth, AuthFlow="USER_PASSWORD_AUTH", ClientId=app.id, AuthParameters=unknown)
    assert said == "UserNotFoundException: User does not exist."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"enabled": False}, "NotAuthorizedException: User is disabled."),
        ({"status": "UNCONFIRMED"}, "UserNotConfirmedException: User is not confirmed."),
        ({"status": "RESET_REQUIRED"}, "PasswordResetRequiredException: Password reset required for the user"),
    ],
)
def test_user_states(aws: Any, app: AppClient, alice: User, change: Reply, said: str) -> None:
    for name, value in change.items():
        setattr(alice, name, value)
    assert refusal(sign_in, aws=aws, app=app) == said


def test_unknown_client_and_flow_not_enabled(aws: Any, app: AppClient, alice: User) -> None:
    given = {"USERNAME": "alice", "SRP_A": "2"}
    said = refusal(aws.initiate_auth, AuthFlow="USER_SRP_AUTH", ClientId="x", AuthParameters=given)
    assert said == "ResourceNotFoundException: User pool client x does not exist."
    app.flows.remove("USER_PASSWORD_AUTH")
    assert refusal(sign_in, aws=aws, app=app).startswith("InvalidParameterException: USER_PASSWORD_AUTH flow not")


def test_secret_hash(aws: Any, secret_app: AppClient, alice: User) -> None:
    given = {"USERNAME": "alice", "PASSWORD": PASSWORD}
    call = {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": secret_app.id}
    missing = refusal(aws.initiate_auth, **call, AuthParameters=given)
    expected = f"Client {secret_app.id} is configured with secret but SECRET_HASH was not received"
    assert missing == f"NotAuthorizedException: {expected}"
    wrong = refusal(aws.initiate_auth, **call, AuthParameters={**given, "SECRET_HASH": "eA=="})
    assert wrong == f"NotAuthorizedException: Unable to verify secret hash for client {secret_app.id}"
    assert "AuthenticationResult" in sign_in(aws, secret_app)


def test_the_hash_is_that_of_the_right_name_at_each_step(cognito: ScriptedCognito, aws: Any) -> None:
    pool = cognito.add_pool("eu-west-1_EmailPool1", email_sign_in=True)
    app = pool.add_app(secret=True)
    user = pool.add_user("bob@example.com", PASSWORD, status="FORCE_CHANGE_PASSWORD")
    assert user.username == user.sub
    challenge = sign_in(aws, app, "bob@example.com")
    assert challenge["ChallengeParameters"]["USER_ID_FOR_SRP"] == user.sub
    new = {"NEW_PASSWORD": "Another-1"}
    typed = app.secret_hash("bob@example.com")
    for alias in ({"SECRET_HASH": typed}, {"SECRET_HASH": typed, "USERNAME": "bob@example.com"}):
        said = refusal(answer, aws=aws, app=app, challenge=challenge, **alias, **new)
        assert said == f"NotAuthorizedException: Unable to verify secret hash for client {app.id}"
    result = answer(aws, app, challenge, **new)["AuthenticationResult"]
    assert claims(result["AccessToken"])["username"] == user.sub

    def refresh(name: str) -> Reply:
        given = {"REFRESH_TOKEN": result["RefreshToken"], "SECRET_HASH": app.secret_hash(name)}
        return start(aws, app, "REFRESH_TOKEN_AUTH", **given)

    assert "Unable to verify secret hash" in refusal(refresh, name="bob@example.com")
    assert "AuthenticationResult" in refresh(user.sub)


def test_a_public_client_must_echo_the_name_too(
    cognito: ScriptedCognito, aws: Any, expected_violations: list[str]
) -> None:
    pool = cognito.add_pool("eu-west-1_EmailPool1", email_sign_in=True)
    app = pool.add_app()
    pool.add_user("bob@example.com", PASSWORD, mfa=["SMS_MFA"], phone_number=PHONE)
    challenge = sign_in(aws, app, "bob@example.com")
    given = {"USERNAME": "bob@example.com", "SMS_MFA_CODE": "000000"}
    assert "USER_ID_FOR_SRP" in refusal(answer, aws=aws, app=app, challenge=challenge, **given)
    expected_violations += cognito.violations
    assert len(expected_violations) == 1


# NEW_PASSWORD_REQUIRED and sessions.


def test_new_password(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    pool.required_attributes, alice.status = ("email", "nickname"), "FORCE_CHANGE_PASSWORD"
    challenge = sign_in(aws, app)
    parameters = challenge["ChallengeParameters"]
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert json.loads(parameters["requiredAttributes"]) == ["userAttributes.nickname"]
    assert json.loads(parameters["userAttributes"])["email"] == "alice@example.com"
    short = refusal(answer, aws=aws, app=app, challenge=challenge, NEW_PASSWORD="short")
    assert short.startswith("InvalidPasswordException: Password did not conform with policy")
    missing = refusal(answer, aws=aws, app=app, challenge=challenge, NEW_PASSWORD="Another-1")
    assert missing == "InvalidParameterException: Invalid attributes given, nickname is missing"
    more = {"NEW_PASSWORD": "Another-1", "userAttributes.nickname": "Al"}
    assert "AuthenticationResult" in answer(aws, app, challenge, **more)
    assert (alice.password, alice.status, alice.attributes["nickname"]) == ("Another-1", "CONFIRMED", "Al")


def test_real_lists(cognito: ScriptedCognito, pool: Pool, app: AppClient, alice: User) -> None:
    # AWS's own client takes a map of strings at its word, so this one is read by hand.
    pool.real_lists, alice.status = True, "FORCE_CHANGE_PASSWORD"
    given = {"USERNAME": "alice", "PASSWORD": PASSWORD}
    body = {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": app.id, "AuthParameters": given}
    headers = {"x-amz-target": f"{USER_POOLS}.InitiateAuth", "content-type": "application/x-amz-json-1.1"}
    reply = json.loads(cognito.handle(Request("POST", "/", headers, json.dumps(body).encode())).body)
    assert reply["ChallengeParameters"]["requiredAttributes"] == []
    assert reply["ChallengeParameters"]["userAttributes"]["email"] == "alice@example.com"


def test_a_session_is_good_once_and_for_three_minutes(
    clock: Clock, aws: Any, app: AppClient, alice: User, pool: Pool
) -> None:
    alice.mfa, alice.attributes["phone_number"] = ["SMS_MFA"], PHONE
    challenge = sign_in(aws, app)
    wrong = refusal(answer, aws=aws, app=app, challenge=challenge, SMS_MFA_CODE="nothing")
    assert wrong.startswith("CodeMismatchException")
    assert "AuthenticationResult" in answer(aws, app, challenge, SMS_MFA_CODE=alice.last_code)
    again = refusal(answer, aws=aws, app=app, challenge=challenge, SMS_MFA_CODE=alice.last_code)
    assert again == "NotAuthorizedException: Invalid session for the user, session can only be used once."
    challenge = sign_in(aws, app)
    clock.advance(180)
    late = refusal(answer, aws=aws, app=app, challenge=challenge, SMS_MFA_CODE=alice.last_code)
    assert late == "NotAuthorizedException: Invalid session for the user, session is expired."
    challenge = {**sign_in(aws, app), "ChallengeName": "EMAIL_OTP"}
    other = refusal(answer, aws=aws, app=app, challenge=challenge, EMAIL_OTP_CODE=alice.last_code)
    assert other == "NotAuthorizedException: Invalid session for the user."


def test_sessions_can_be_burnt_by_a_wrong_answer(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    pool.burn_sessions, alice.mfa = True, ["EMAIL_OTP"]
    challenge = sign_in(aws, app)
    refusal(answer, aws=aws, app=app, challenge=challenge, EMAIL_OTP_CODE="x")
    again = refusal(answer, aws=aws, app=app, challenge=challenge, EMAIL_OTP_CODE=alice.last_code)
    assert "session can only be used once" in again


# SRP.


@pytest.mark.parametrize("with_session", [False, True])
def test_srp(aws: Any, pool: Pool, secret_app: AppClient, alice: User, with_session: bool) -> None:
    pool.srp_session = with_session
    client = SrpClient()
    challenge = start(aws, secret_app, "USER_SRP_AUTH", USERNAME="alice", SRP_A=client.srp_a)
    assert ("Session" in challenge) == with_session
    assert "AuthenticationResult" in answer(aws, secret_app, challenge, **client.user_claim(pool, challenge))
    again = refusal(answer, aws=aws, app=secret_app, challenge=challenge, **client.user_claim(pool, challenge))
    assert "only be used once" in again


def test_srp_by_e_mail_proves_the_sub(cognito: ScriptedCognito, aws: Any) -> None:
    pool = cognito.add_pool("eu-west-1_EmailPool1", email_sign_in=True)
    app = pool.add_app(secret=True)
    user = pool.add_user("bob@example.com", PASSWORD)
    client = SrpClient()
    challenge = start(aws, app, "USER_SRP_AUTH", USERNAME="bob@example.com", SRP_A=client.srp_a)
    assert challenge["ChallengeParameters"]["USER_ID_FOR_SRP"] == user.sub
    assert "AuthenticationResult" in answer(aws, app, challenge, **client.user_claim(pool, challenge))


def test_srp_refuses_a_wrong_proof(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    client = SrpClient()
    challenge = start(aws, app, "USER_SRP_AUTH", USERNAME="alice", SRP_A=client.srp_a)
    wrong = "NotAuthorizedException: Incorrect username or password."
    good, guessed = client.user_claim(pool, challenge), client.user_claim(pool, challenge, "guessed")
    assert refusal(answer, aws=aws, app=app, challenge=challenge, **guessed) == wrong
    later = {**good, "TIMESTAMP": "Mon Jan 5 03:04:06 UTC 2026"}
    assert refusal(answer, aws=aws, app=app, challenge=challenge, **later) == wrong
    padded = client.user_claim(pool, challenge, timestamp="Mon Jan 05 03:04:05 UTC 2026")
    assert "TIMESTAMP format" in refusal(answer, aws=aws, app=app, challenge=challenge, **padded)
    assert "AuthenticationResult" in answer(aws, app, challenge, **good)


def test_srp_of_a_stranger_fails_at_the_proof(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    client = SrpClient()
    challenge = start(aws, app, "USER_SRP_AUTH", USERNAME="mallory", SRP_A=client.srp_a)
    said = refusal(answer, aws=aws, app=app, challenge=challenge, **client.user_claim(pool, challenge))
    assert said == "NotAuthorizedException: Incorrect username or password."


# Second factors.


@pytest.mark.parametrize(("factor", "medium"), [("SMS_MFA", "SMS"), ("EMAIL_OTP", "EMAIL")])
def test_code_that_is_sent(aws: Any, secret_app: AppClient, alice: User, factor: str, medium: str) -> None:
    alice.mfa, alice.attributes["phone_number"] = [factor], PHONE
    challenge = sign_in(aws, secret_app)
    assert challenge["ChallengeName"] == factor
    assert challenge["ChallengeParameters"]["CODE_DELIVERY_DELIVERY_MEDIUM"] == medium
    assert PHONE not in challenge["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"]
    assert alice.inbox[-1][0] == medium
    assert "AuthenticationResult" in answer(aws, secret_app, challenge, **{factor + "_CODE": alice.last_code})


@pytest.mark.parametrize("drift", [-30, 0, 30])
def test_totp(clock: Clock, aws: Any, app: AppClient, alice: User, drift: int) -> None:
    alice.mfa, alice.totp_secret = ["SOFTWARE_TOKEN_MFA"], TOTP_SECRET
    challenge = sign_in(aws, app)
    stale = authenticator(clock() + 2 * 30 + drift if drift >= 0 else clock() - 60)
    wrong = refusal(answer, aws=aws, app=app, challenge=challenge, SOFTWARE_TOKEN_MFA_CODE=stale)
    assert wrong == "CodeMismatchException: Invalid code received for user"
    code = authenticator(clock() + drift)
    assert "AuthenticationResult" in answer(aws, app, challenge, SOFTWARE_TOKEN_MFA_CODE=code)
    again = refusal(answer, aws=aws, app=app, challenge=sign_in(aws, app), SOFTWARE_TOKEN_MFA_CODE=code)
    assert again == "ExpiredCodeException: Your software token has already been used once."


def test_totp_vector_of_rfc_6238() -> None:
    assert scripted_sign_in.totp(TOTP_SECRET, 59 // 30) == "287082" == authenticator(59)


@pytest.mark.parametrize("email_name", ["EMAIL_OTP", "EMAIL_MFA"])
def test_select_mfa_type(aws: Any, pool: Pool, app: AppClient, alice: User, email_name: str) -> None:
    pool.email_mfa_name, alice.mfa = email_name, ["SMS_MFA", "EMAIL_OTP"]
    challenge = sign_in(aws, app)
    assert challenge["ChallengeName"] == "SELECT_MFA_TYPE"
    assert json.loads(challenge["ChallengeParameters"]["MFAS_CAN_CHOOSE"]) == ["SMS_MFA", email_name]
    assert "MFAS_CAN_CHOOSE" in refusal(answer, aws=aws, app=app, challenge=challenge, ANSWER="SOFTWARE_TOKEN_MFA")
    challenge = answer(aws, app, challenge, ANSWER=email_name)
    assert challenge["ChallengeName"] == "EMAIL_OTP"
    assert "AuthenticationResult" in answer(aws, app, challenge, EMAIL_OTP_CODE=alice.last_code)
    alice.preferred_mfa = "SMS_MFA"
    assert sign_in(aws, app)["ChallengeName"] == "SMS_MFA"


def test_mfa_setup(clock: Clock, aws: Any, pool: Pool, secret_app: AppClient, alice: User) -> None:
    pool.mfa = "ON"
    challenge = sign_in(aws, secret_app)
    assert json.loads(challenge["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA"]
    assert refusal(answer, aws=aws, app=secret_app, challenge=challenge).endswith("Invalid session for the user.")
    begun = aws.associate_software_token(Session=challenge["Session"])
    wrong = refusal(aws.verify_software_token, Session=begun["Session"], UserCode="000000")
    assert wrong == "EnableSoftwareTokenMFAException: Code mismatch"
    code = authenticator(clock(), begun["SecretCode"])
    verified = aws.verify_software_token(Session=begun["Session"], UserCode=code)
    assert verified["Status"] == "SUCCESS"
    stale = refusal(answer, aws=aws, app=secret_app, challenge=challenge)
    assert stale.endswith("session can only be used once.")
    challenge["Session"] = verified["Session"]
    assert "AuthenticationResult" in answer(aws, secret_app, challenge)
    assert sign_in(aws, secret_app)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


def test_totp_is_set_up_with_an_access_token(clock: Clock, aws: Any, app: AppClient, alice: User) -> None:
    token = {"AccessToken": sign_in(aws, app)["AuthenticationResult"]["AccessToken"]}
    settings = {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}}
    assert "InvalidParameterException" in refusal(aws.set_user_mfa_preference, **token, **settings)
    secret = aws.associate_software_token(**token)["SecretCode"]
    assert aws.verify_software_token(**token, UserCode=authenticator(clock(), secret))["Status"] == "SUCCESS"
    aws.set_user_mfa_preference(**token, **settings)
    assert aws.get_user(**token)["PreferredMfaSetting"] == "SOFTWARE_TOKEN_MFA"
    assert sign_in(aws, app)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


# USER_AUTH and CUSTOM_AUTH.


def test_choosing_a_first_factor(aws: Any, pool: Pool, secret_app: AppClient, alice: User) -> None:
    client = SrpClient()

    def offered() -> Reply:
        return start(aws, secret_app, "USER_AUTH", USERNAME="alice")

    assert offered()["ChallengeName"] == "SELECT_CHALLENGE"
    assert offered()["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP"]
    assert "SMS_OTP" not in offered()["AvailableChallenges"]
    assert "AuthenticationResult" in answer(aws, secret_app, offered(), ANSWER="PASSWORD", PASSWORD=PASSWORD)
    challenge = answer(aws, secret_app, offered(), ANSWER="PASSWORD_SRP", SRP_A=client.srp_a)
    assert "AuthenticationResult" in answer(aws, secret_app, challenge, **client.user_claim(pool, challenge))
    challenge = answer(aws, secret_app, offered(), ANSWER="EMAIL_OTP")
    assert "AuthenticationResult" in answer(aws, secret_app, challenge, EMAIL_OTP_CODE=alice.last_code)
    bare = refusal(answer, aws=aws, app=secret_app, challenge=offered(), ANSWER="PASSWORD")
    assert bare == "InvalidParameterException: Missing required parameter PASSWORD"
    unheard_of = refusal(answer, aws=aws, app=secret_app, challenge=offered(), ANSWER="SMS_OTP")
    assert "AvailableChallenges" in unheard_of


def test_a_preferred_first_factor(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    alice.attributes["phone_number"] = PHONE
    client = SrpClient()

    def prefer(name: str, **more: str) -> Reply:
        return start(aws, app, "USER_AUTH", USERNAME="alice", PREFERRED_CHALLENGE=name, **more)

    assert "AuthenticationResult" in prefer("PASSWORD", PASSWORD=PASSWORD)
    assert "Incorrect" in refusal(prefer, name="PASSWORD", PASSWORD="wrong")
    assert "AuthenticationResult" in answer(aws, app, prefer("PASSWORD"), PASSWORD=PASSWORD)
    for challenge in (prefer("PASSWORD_SRP", SRP_A=client.srp_a), prefer("PASSWORD_SRP")):
        if challenge["ChallengeName"] == "PASSWORD_SRP":
            challenge = answer(aws, app, challenge, SRP_A=client.srp_a)
        assert "AuthenticationResult" in answer(aws, app, challenge, **client.user_claim(pool, challenge))
    for name in ("EMAIL_OTP", "SMS_OTP"):
        challenge = prefer(name)
        assert challenge["ChallengeName"] == name
        assert "AuthenticationResult" in answer(aws, app, challenge, **{name + "_CODE": alice.last_code})
    pool.first_factors = ("PASSWORD",)
    assert prefer("SMS_OTP")["AvailableChallenges"] == ["PASSWORD"]


def test_custom_challenges(aws: Any, pool: Pool, secret_app: AppClient, alice: User) -> None:
    alice.custom_challenges = [({"question": "colour?"}, "blue"), ({"question": "number?"}, "7")]
    challenge = start(aws, secret_app, "CUSTOM_AUTH", USERNAME="alice")
    assert challenge["ChallengeParameters"] == {"question": "colour?", "USERNAME": "alice"}
    challenge = answer(aws, secret_app, challenge, ANSWER="blue")
    assert challenge["ChallengeParameters"]["question"] == "number?"
    wrong = refusal(answer, aws=aws, app=secret_app, challenge=challenge, ANSWER="8")
    assert wrong == "NotAuthorizedException: Incorrect username or password."
    assert "only be used once" in refusal(answer, aws=aws, app=secret_app, challenge=challenge, ANSWER="7")
    pool.custom_attempts = 2
    challenge = start(aws, secret_app, "CUSTOM_AUTH", USERNAME="alice")
    for attempt in ("red", "blue", "7"):
        challenge = answer(aws, secret_app, challenge, ANSWER=attempt)
    assert "AuthenticationResult" in challenge


def test_custom_challenges_after_srp(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    alice.custom_challenges = [({"question": "colour?"}, "blue")]
    client = SrpClient()
    given = {"USERNAME": "alice", "CHALLENGE_NAME": "SRP_A", "SRP_A": client.srp_a}
    challenge = start(aws, app, "CUSTOM_AUTH", **given)
    assert challenge["ChallengeName"] == "PASSWORD_VERIFIER"
    claim = client.user_claim(pool, challenge)
    forgetful = {key: value for key, value in challenge.items() if key != "Session"}
    assert "Invalid session" in refusal(answer, aws=aws, app=app, challenge=forgetful, **claim)
    challenge = answer(aws, app, challenge, **client.user_claim(pool, challenge))
    assert "AuthenticationResult" in answer(aws, app, challenge, ANSWER="blue")


# Devices.


class Watch:
    """A device of Alice's, as a client keeps it: its keys, its password, its salt and verifier."""

    SALT = 0xF0123456789ABCDEF0123456789ABCDE

    def __init__(self, metadata: Reply) -> None:
        self.key: str = metadata["DeviceKey"]
        self.identity: str = metadata["DeviceGroupKey"] + self.key
        self.password = "dGhlIGRldmljZSdzIG93biBwYXNzd29yZA=="

    def config(self) -> Reply:
        verifier = scripted_srp.verifier(self.identity, self.password, self.SALT)
        numbers = {"Salt": self.SALT, "PasswordVerifier": verifier}
        return {name: base64.b64encode(bytes.fromhex(SrpClient.padded(n))).decode() for name, n in numbers.items()}


def confirmed_watch(aws: Any, result: Reply) -> tuple[Watch, bool]:
    watch = Watch(result["NewDeviceMetadata"])
    reply = aws.confirm_device(
        AccessToken=result["AccessToken"], DeviceKey=watch.key, DeviceSecretVerifierConfig=watch.config()
    )
    return watch, reply["UserConfirmationNecessary"]


@pytest.mark.parametrize("vector", VECTORS["confirm_device"])
def test_the_vectors_of_confirm_device(vector: Reply) -> None:
    identity = vector["device_group_key"] + vector["device_key"]
    verifier = scripted_srp.verifier(identity, vector["device_password"], int(vector["salt_hex"], 16))
    expected = vector["DeviceSecretVerifierConfig"]
    assert base64.b64decode(expected["PasswordVerifier"]) == scripted_srp.padded(verifier)
    assert base64.b64decode(expected["Salt"]) == scripted_srp.padded(int(vector["salt_hex"], 16))


def device_sign_in(aws: Any, pool: Pool, app: AppClient, watch: Watch, password: str) -> Reply:
    client, device = SrpClient(), SrpClient(0x1234567890)
    challenge = start(aws, app, "USER_SRP_AUTH", USERNAME="alice", SRP_A=client.srp_a, DEVICE_KEY=watch.key)
    challenge = answer(aws, app, challenge, **client.user_claim(pool, challenge), DEVICE_KEY=watch.key)
    assert challenge["ChallengeName"] == "DEVICE_SRP_AUTH"
    challenge = answer(aws, app, challenge, SRP_A=device.srp_a, DEVICE_KEY=watch.key)
    assert challenge["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
    claim = device.claim(challenge["ChallengeParameters"], watch.identity, password)
    return answer(aws, app, challenge, **claim, DEVICE_KEY=watch.key)


@pytest.mark.parametrize("with_session", [False, True])
def test_a_remembered_device_stands_for_mfa(
    aws: Any, pool: Pool, secret_app: AppClient, alice: User, with_session: bool
) -> None:
    pool.device_tracking, pool.device_session = "always", with_session
    watch, ask_user = confirmed_watch(aws, sign_in(aws, secret_app)["AuthenticationResult"])
    assert not ask_user
    alice.mfa, alice.attributes["phone_number"] = ["SMS_MFA"], PHONE
    assert sign_in(aws, secret_app)["ChallengeName"] == "SMS_MFA"
    given = {"aws": aws, "pool": pool, "app": secret_app, "watch": watch}
    result = device_sign_in(**given, password=watch.password)["AuthenticationResult"]
    assert "NewDeviceMetadata" not in result
    assert refusal(device_sign_in, **given, password="x") == "NotAuthorizedException: Incorrect username or password."


def test_a_refresh_names_its_confirmed_device(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    pool.device_tracking = "always"
    result = sign_in(aws, app)["AuthenticationResult"]
    key, token = result["NewDeviceMetadata"]["DeviceKey"], {"REFRESH_TOKEN": result["RefreshToken"]}

    def refresh(**more: str) -> Reply:
        return start(aws, app, "REFRESH_TOKEN_AUTH", **token, **more)

    invalid = "NotAuthorizedException: Invalid Refresh Token"
    assert refusal(refresh, DEVICE_KEY=key) == invalid
    confirmed_watch(aws, result)
    assert refusal(refresh) == invalid
    assert "AuthenticationResult" in refresh(DEVICE_KEY=key)
    given = {"RefreshToken": result["RefreshToken"], "ClientId": app.id}
    assert refusal(aws.get_tokens_from_refresh_token, **given) == invalid
    assert "AuthenticationResult" in aws.get_tokens_from_refresh_token(**given, DeviceKey=key)
    aws.forget_device(AccessToken=result["AccessToken"], DeviceKey=key)
    assert refusal(refresh, DEVICE_KEY=key) == invalid


def test_a_device_that_the_user_opts_in_for(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    pool.device_tracking = "opt-in"
    result = sign_in(aws, app)["AuthenticationResult"]
    watch, ask_user = confirmed_watch(aws, result)
    assert ask_user
    token, key = {"AccessToken": result["AccessToken"]}, {"DeviceKey": watch.key}
    assert "AuthenticationResult" in sign_in(aws, app, DEVICE_KEY=watch.key)
    aws.update_device_status(**token, **key, DeviceRememberedStatus="remembered")
    assert sign_in(aws, app, DEVICE_KEY=watch.key)["ChallengeName"] == "DEVICE_SRP_AUTH"
    assert [device["DeviceKey"] for device in aws.list_devices(**token)["Devices"]] == [watch.key]
    assert aws.get_device(**token, **key)["Device"]["DeviceKey"] == watch.key
    aws.forget_device(**token, **key)
    gone = refusal(sign_in, aws=aws, app=app, DEVICE_KEY=watch.key)
    assert gone == "ResourceNotFoundException: Device does not exist."


def test_a_verifier_without_its_zero_byte_is_refused(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    pool.device_tracking = "always"
    result = sign_in(aws, app)["AuthenticationResult"]
    config = {"Salt": base64.b64encode(b"\xff" * 16).decode(), "PasswordVerifier": "AQ=="}
    given = {"DeviceKey": result["NewDeviceMetadata"]["DeviceKey"], "DeviceSecretVerifierConfig": config}
    said = refusal(aws.confirm_device, AccessToken=result["AccessToken"], **given)
    assert said.startswith("InvalidParameterException: Salt")


# Refreshing, rotation, revoking.


def test_refresh(clock: Clock, aws: Any, app: AppClient, alice: User) -> None:
    token = sign_in(aws, app)["AuthenticationResult"]["RefreshToken"]

    def refresh() -> Reply:
        return start(aws, app, "REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token)["AuthenticationResult"]

    clock.advance(3000)
    result = refresh()
    assert set(result) == {"AccessToken", "IdToken", "ExpiresIn", "TokenType"}
    access = claims(result["AccessToken"])
    assert (access["iat"], access["auth_time"]) == (START + 3000, START)
    assert start(aws, app, "REFRESH_TOKEN", REFRESH_TOKEN=token)
    assert "RefreshToken" not in aws.get_tokens_from_refresh_token(ClientId=app.id, RefreshToken=token)
    alice.enabled = False
    assert refusal(refresh) == "NotAuthorizedException: User is disabled."
    alice.enabled = True
    clock.advance(30 * 24 * 3600)
    assert refusal(refresh) == "NotAuthorizedException: Refresh Token has expired"


def test_refresh_tokens_of_others(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    token = sign_in(aws, app)["AuthenticationResult"]["RefreshToken"]
    for client, given in ((pool.add_app(), token), (app, "nonsense")):
        said = refusal(start, aws=aws, app=client, flow="REFRESH_TOKEN_AUTH", REFRESH_TOKEN=given)
        assert said == "NotAuthorizedException: Invalid Refresh Token"


def rotating(aws: Any, app: AppClient, token: str) -> Reply:
    secret = {"ClientSecret": app.secret} if app.secret else {}
    return aws.get_tokens_from_refresh_token(RefreshToken=token, ClientId=app.id, **secret)["AuthenticationResult"]


@pytest.mark.parametrize("code", ["InvalidParameterException", "UnsupportedOperationException"])
def test_rotation_ends_the_old_flow(aws: Any, pool: Pool, alice: User, code: str) -> None:
    app = pool.add_app(rotation=0)
    app.rotation_refusal = code
    token = sign_in(aws, app)["AuthenticationResult"]["RefreshToken"]
    assert refusal(start, aws=aws, app=app, flow="REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token).startswith(code)
    assert rotating(aws, app, token)["RefreshToken"] != token


def test_rotation_has_a_grace_and_then_ends_the_sign_in(clock: Clock, aws: Any, pool: Pool, alice: User) -> None:
    app = pool.add_app(secret=True, rotation=10)
    first = sign_in(aws, app)["AuthenticationResult"]["RefreshToken"]
    second = rotating(aws, app, first)["RefreshToken"]
    clock.advance(9.9)
    third = rotating(aws, app, first)["RefreshToken"]
    assert len({first, second, third}) == 3
    assert rotating(aws, app, third)["RefreshToken"]
    clock.advance(0.1)
    newest = rotating(aws, app, second)["RefreshToken"]
    assert refusal(rotating, aws=aws, app=app, token=first).startswith("RefreshTokenReuseException")
    said = refusal(rotating, aws=aws, app=app, token=newest)
    assert said == "NotAuthorizedException: Refresh Token has been revoked"


def test_rotation_keeps_the_first_expiry(clock: Clock, aws: Any, pool: Pool, alice: User) -> None:
    app = pool.add_app(rotation=60)
    app.refresh_seconds = 3600
    token = sign_in(aws, app)["AuthenticationResult"]["RefreshToken"]
    clock.advance(3599)
    token = rotating(aws, app, token)["RefreshToken"]
    clock.advance(1)
    assert refusal(rotating, aws=aws, app=app, token=token) == "NotAuthorizedException: Refresh Token has expired"


def test_the_secret_goes_raw_with_a_refresh_token(aws: Any, pool: Pool, secret_app: AppClient, alice: User) -> None:
    token = sign_in(aws, secret_app)["AuthenticationResult"]["RefreshToken"]
    given = {"RefreshToken": token, "ClientId": secret_app.id}
    for wrong in ({}, {"ClientSecret": "x" * 24}):
        assert refusal(aws.get_tokens_from_refresh_token, **given, **wrong).startswith("NotAuthorizedException")
        assert refusal(aws.revoke_token, Token=token, ClientId=secret_app.id, **wrong).startswith("Unauthorized")
    assert rotating(aws, secret_app, token)["AccessToken"]


def test_revoke(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    result, other = (sign_in(aws, app)["AuthenticationResult"] for _ in range(2))
    wrong_kind = refusal(aws.revoke_token, Token=result["AccessToken"], ClientId=app.id)
    assert wrong_kind.startswith("UnsupportedTokenTypeException")
    aws.revoke_token(Token=result["RefreshToken"], ClientId=app.id)
    aws.revoke_token(Token=result["RefreshToken"], ClientId=app.id)
    aws.revoke_token(Token="unknown", ClientId=app.id)
    said = refusal(start, aws=aws, app=app, flow="REFRESH_TOKEN_AUTH", REFRESH_TOKEN=result["RefreshToken"])
    assert said == "NotAuthorizedException: Refresh Token has been revoked"
    said = refusal(aws.get_user, AccessToken=result["AccessToken"])
    assert said == "NotAuthorizedException: Access Token has been revoked"
    assert start(aws, app, "REFRESH_TOKEN_AUTH", REFRESH_TOKEN=other["RefreshToken"])


def test_global_sign_out(aws: Any, app: AppClient, alice: User) -> None:
    result, other = (sign_in(aws, app)["AuthenticationResult"] for _ in range(2))
    aws.global_sign_out(AccessToken=result["AccessToken"])
    for one in (result, other):
        said = refusal(start, aws=aws, app=app, flow="REFRESH_TOKEN_AUTH", REFRESH_TOKEN=one["RefreshToken"])
        assert said == "NotAuthorizedException: Refresh Token has been revoked"
    assert "AuthenticationResult" in sign_in(aws, app)


# Accounts.


def test_sign_up(clock: Clock, aws: Any, pool: Pool, secret_app: AppClient) -> None:
    mail = {"Name": "email", "Value": "carol@example.com"}
    who = {"ClientId": secret_app.id, "Username": "carol", "SecretHash": secret_app.secret_hash("carol")}
    wrong = {**who, "SecretHash": secret_app.secret_hash("Carol")}
    assert "Unable to verify secret hash" in refusal(aws.sign_up, **wrong, Password=PASSWORD)
    assert "InvalidPasswordException" in refusal(aws.sign_up, **who, Password="short")
    made = aws.sign_up(**who, Password=PASSWORD, UserAttributes=[mail])
    carol = pool.users["carol"]
    assert (made["UserConfirmed"], made["UserSub"]) == (False, carol.sub)
    assert made["CodeDeliveryDetails"]["Destination"] == "c***@e***"
    assert "UsernameExistsException" in refusal(aws.sign_up, **who, Password=PASSWORD)
    assert "UserNotConfirmedException" in refusal(sign_in, aws=aws, app=secret_app, username="carol")
    first = carol.last_code
    aws.resend_confirmation_code(**who)
    assert "CodeMismatchException" in refusal(aws.confirm_sign_up, **who, ConfirmationCode=first + "0")
    clock.advance(24 * 3600)
    assert "ExpiredCodeException" in refusal(aws.confirm_sign_up, **who, ConfirmationCode=carol.last_code)
    aws.resend_confirmation_code(**who)
    aws.confirm_sign_up(**who, ConfirmationCode=carol.last_code)
    assert "Current status is CONFIRMED" in refusal(aws.confirm_sign_up, **who, ConfirmationCode="1")
    assert "AuthenticationResult" in sign_in(aws, secret_app, "carol")


def test_forgotten_password(aws: Any, app: AppClient, alice: User) -> None:
    alice.status, alice.password = "RESET_REQUIRED", "forgotten"
    who = {"ClientId": app.id, "Username": "alice"}
    assert aws.forgot_password(**who)["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"
    assert "CodeDeliveryDetails" in aws.forgot_password(ClientId=app.id, Username="mallory")
    assert "CodeMismatch" in refusal(aws.confirm_forgot_password, **who, ConfirmationCode="x", Password=PASSWORD)
    aws.confirm_forgot_password(**who, ConfirmationCode=alice.last_code, Password=PASSWORD)
    assert "AuthenticationResult" in sign_in(aws, app)


def test_the_account_of_a_signed_in_user(clock: Clock, aws: Any, app: AppClient, alice: User) -> None:
    token = {"AccessToken": sign_in(aws, app)["AuthenticationResult"]["AccessToken"]}
    got = aws.get_user(**token)
    assert got["Username"] == "alice"
    assert {"Name": "name", "Value": "Ana \N{GRINNING FACE}"} in got["UserAttributes"]
    mail = [{"Name": "email", "Value": "new@example.com"}]
    assert aws.update_user_attributes(**token, UserAttributes=mail)["CodeDeliveryDetailsList"]
    aws.get_user_attribute_verification_code(**token, AttributeName="email")
    wrong = refusal(aws.verify_user_attribute, **token, AttributeName="email", Code="x")
    assert wrong.startswith("CodeMismatchException")
    aws.verify_user_attribute(**token, AttributeName="email", Code=alice.last_code)
    assert alice.attributes["email_verified"] == "true"
    wrong = refusal(aws.change_password, **token, PreviousPassword="wrong", ProposedPassword="Another-1")
    assert wrong == "NotAuthorizedException: Incorrect username or password."
    aws.change_password(**token, PreviousPassword=PASSWORD, ProposedPassword="Another-1")
    assert alice.password == "Another-1"
    clock.advance(3600)
    assert refusal(aws.get_user, **token) == "NotAuthorizedException: Access Token has expired"
    assert refusal(aws.get_user, AccessToken="x") == "NotAuthorizedException: Invalid Access Token"


def test_delete_user(aws: Any, app: AppClient, alice: User) -> None:
    result = sign_in(aws, app)["AuthenticationResult"]
    aws.delete_user(AccessToken=result["AccessToken"])
    assert refusal(aws.get_user, AccessToken=result["AccessToken"]).startswith("UserNotFoundException")
    said = refusal(start, aws=aws, app=app, flow="REFRESH_TOKEN_AUTH", REFRESH_TOKEN=result["RefreshToken"])
    assert said == "NotAuthorizedException: The user has been deleted for the associated refresh token"


# Machine to machine.


def test_get_client_token(aws: Any, secret_app: AppClient) -> None:
    given = {"ClientId": secret_app.id, "Secret": secret_app.secret}
    assert "not enabled" in refusal(aws.get_client_token, **given)
    secret_app.flows = {"ALLOW_CLIENT_TOKEN_AUTH"}
    result = aws.get_client_token(**given, Scopes=["watch/read"])["ClientAuthenticationResult"]
    assert (result["ExpiresIn"], result["TokenType"]) == (3600, "Bearer")
    assert claims(result["AccessToken"])["scope"] == "watch/read"
    assert "scope" in refusal(aws.get_client_token, **given, Scopes=["watch/break"])
    wrong = refusal(aws.get_client_token, ClientId=secret_app.id, Secret="x" * 24)
    assert wrong.startswith("NotAuthorizedException")


def post_form(front: TlsFront, user: str, secret: str, **form: str) -> tuple[int, Reply]:
    connection = http.client.HTTPConnection("127.0.0.1", front.port)
    basic = base64.b64encode(f"{user}:{secret}".encode()).decode()
    headers = {"Content-Type": FORM, "Authorization": f"Basic {basic}"}
    connection.request("POST", "/oauth2/token", urlencode(form), headers)
    reply = connection.getresponse()
    return reply.status, json.loads(reply.read())


def test_client_credentials(front: TlsFront, secret_app: AppClient, app: AppClient) -> None:
    who = secret_app.id, secret_app.secret
    status, reply = post_form(front, *who, grant_type="client_credentials", scope="watch/read watch/write")
    assert (status, reply["token_type"], reply["expires_in"]) == (200, "Bearer", 3600)
    assert claims(reply["access_token"])["scope"] == "watch/read watch/write"
    grant = {"grant_type": "client_credentials"}
    assert post_form(front, secret_app.id, "wrong", **grant) == (400, {"error": "invalid_client"})
    assert post_form(front, app.id, "", **grant) == (400, {"error": "invalid_client"})
    assert post_form(front, *who, **grant, scope="openid") == (400, {"error": "invalid_scope"})
    assert post_form(front, *who, grant_type="password") == (400, {"error": "unsupported_grant_type"})


# Faults to order, and forms of answers.


def test_errors_to_order(cognito: ScriptedCognito, aws: Any, app: AppClient, alice: User) -> None:
    def status_and_code() -> tuple[int, str]:
        with pytest.raises(ClientError) as raised:
            sign_in(aws, app)
        response = raised.value.response
        return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]

    cognito.fail_next("InitiateAuth", THROTTLE, times=2)
    cognito.fail_next("GetUser", THROTTLE)
    cognito.fail_next("*", INTERNAL_ERROR)
    cognito.fail_next("InitiateAuth", (400, "LimitExceededException", "Attempt limit exceeded"))
    assert [status_and_code() for _ in range(4)] == [
        (400, "TooManyRequestsException"),
        (400, "TooManyRequestsException"),
        (500, "InternalErrorException"),
        (400, "LimitExceededException"),
    ]
    assert "AuthenticationResult" in sign_in(aws, app)
    assert cognito.faults_left == 1
    cognito.fail_next("InitiateAuth", HTML)
    assert status_and_code()[0] == 503
    cognito.fail_next("InitiateAuth", Response(429, b'{"__type":"TooManyRequestsException"}'))
    assert status_and_code()[0] == 429
    with pytest.raises(ValueError, match="no such fault"):
        cognito.fail_next("InitiateAuth", "fail somehow")


def test_a_lost_reply_hangs_up_over_tls(cognito: ScriptedCognito) -> None:
    ca = ThrowawayCa()
    cognito.fail_next("*", LOSE_REPLY)
    with TlsFront(cognito.handle, ca.server_context("127.0.0.1")) as front:
        trusting = ssl.create_default_context(cadata=ca.der)
        connection = http.client.HTTPSConnection("127.0.0.1", front.port, context=trusting, timeout=10)
        connection.request("POST", "/oauth2/token", "grant_type=x", {"Content-Type": FORM})
        with pytest.raises((http.client.RemoteDisconnected, ssl.SSLEOFError)):
            connection.getresponse()
        connection.close()
        connection.request("POST", "/oauth2/token", "grant_type=x", {"Content-Type": FORM})
        assert connection.getresponse().status == 400
        connection.close()


def test_lost_requests_and_replies(cognito: ScriptedCognito, aws: Any, app: AppClient, alice: User) -> None:
    alice.mfa = ["EMAIL_OTP"]
    challenge = sign_in(aws, app)
    code = {"EMAIL_OTP_CODE": alice.last_code}
    cognito.fail_next("RespondToAuthChallenge", LOSE_REQUEST)
    with pytest.raises(ConnectionClosedError):
        answer(aws, app, challenge, **code)
    cognito.fail_next("RespondToAuthChallenge", LOSE_REPLY)
    with pytest.raises(ConnectionClosedError):
        answer(aws, app, challenge, **code)
    assert "only be used once" in refusal(answer, aws=aws, app=app, challenge=challenge, **code)
    assert cognito.operations == ["InitiateAuth", *["RespondToAuthChallenge"] * 3]


@pytest.mark.parametrize("form", ["aws", "namespace", "Message"])
def test_forms_of_errors(cognito: ScriptedCognito, aws: Any, app: AppClient, alice: User, form: str) -> None:
    cognito.error_form = form
    alice.enabled = False
    assert refusal(sign_in, aws=aws, app=app) == "NotAuthorizedException: User is disabled."


def test_an_error_whose_code_is_in_the_header_alone(cognito: ScriptedCognito) -> None:
    cognito.error_form = "header"
    response = call_raw(cognito, "GetUser", AccessToken="x")
    assert response.headers["x-amzn-ErrorType"] == "NotAuthorizedException:"
    assert json.loads(response.body) == {"message": "Invalid Access Token"}


def call_raw(cognito: ScriptedCognito, operation: str, **parameters: str) -> Response:
    headers = {"x-amz-target": f"{USER_POOLS}.{operation}", "content-type": "application/x-amz-json-1.1"}
    return cognito.handle(Request("POST", "/", headers, json.dumps(parameters).encode()))


def test_empty_bodies(cognito: ScriptedCognito, aws: Any, app: AppClient, alice: User) -> None:
    token = {"AccessToken": sign_in(aws, app)["AuthenticationResult"]["AccessToken"]}
    revoke = {"Token": "x", "ClientId": app.id}
    assert call_raw(cognito, "RevokeToken", **revoke).body == b"{}"
    cognito.empty_bodies = True
    assert call_raw(cognito, "RevokeToken", **revoke).body == b""
    cognito.empty_bodies = False
    assert call_raw(cognito, "DeleteUser", **token).body == b""


def test_a_request_is_judged_though_a_fault_is_ordered(
    cognito: ScriptedCognito, expected_violations: list[str]
) -> None:
    cognito.fail_next("GetUser", THROTTLE)
    assert b"TooManyRequests" in call_raw(cognito, "GetUser", Token="x").body
    expected_violations += cognito.violations
    assert len(expected_violations) == 2


def test_randomness_and_clock_are_the_tests_own(clock: Clock) -> None:
    def tokens() -> str:
        pool = ScriptedCognito(clock, random.Random(7)).add_pool()
        app, user = pool.add_app(), pool.add_user("alice", PASSWORD)
        return json.dumps(pool.sign_in(app, user))

    assert tokens() == tokens()


# The common ground with ministack: what both can do, they must say alike.


class BothWays:
    """The same pool, app client and user in two servers, and one client for each."""

    def __init__(self, aws: Any, client_id: str, client_secret: str) -> None:
        self.aws = aws
        self.id = client_id
        self.secret = client_secret

    def hashed(self, username: str) -> Reply:
        digest = hmac.new(self.secret.encode(), (username + self.id).encode(), "sha256").digest()
        return {"SECRET_HASH": base64.b64encode(digest).decode()} if self.secret else {}

    def password_auth(self, password: str = PASSWORD, **more: str) -> Reply:
        given = {"USERNAME": "alice", "PASSWORD": password, **self.hashed("alice"), **more}
        return self.aws.initiate_auth(AuthFlow="USER_PASSWORD_AUTH", ClientId=self.id, AuthParameters=given)

    def refresh(self, token: str, **more: str) -> Reply:
        given = {"REFRESH_TOKEN": token, **self.hashed("alice"), **more}
        return self.aws.initiate_auth(AuthFlow="REFRESH_TOKEN_AUTH", ClientId=self.id, AuthParameters=given)

    def srp(self, pool_name: str, password: str) -> Reply:
        client = SrpClient()
        given = {"USERNAME": "alice", "SRP_A": client.srp_a, **self.hashed("alice")}
        reply = self.aws.initiate_auth(AuthFlow="USER_SRP_AUTH", ClientId=self.id, AuthParameters=given)
        claim = client.claim(reply["ChallengeParameters"], pool_name + "alice", password)
        responses = {"USERNAME": "alice", **claim, **self.hashed("alice")}
        return self.aws.respond_to_auth_challenge(
            ClientId=self.id, ChallengeName=reply["ChallengeName"], ChallengeResponses=responses
        )


@pytest.fixture(scope="module")
def ministack() -> Iterator[LocalCognito]:
    with LocalCognito("ministack") as cognito:
        yield cognito


@pytest.mark.parametrize("temporary", [False, True], ids=["confirmed", "force-change-password"])
@pytest.mark.parametrize("with_secret", [False, True], ids=["public", "secret"])
def test_ministack_says_the_same(
    cognito: ScriptedCognito, aws: Any, ministack: LocalCognito, with_secret: bool, temporary: bool
) -> None:
    theirs, their_pool = _in_ministack(ministack.admin(), with_secret, temporary)
    pool = cognito.add_pool()
    app = pool.add_app(secret=with_secret)
    pool.add_user("alice", PASSWORD, status="FORCE_CHANGE_PASSWORD" if temporary else "CONFIRMED")
    ours = BothWays(aws, app.id, app.secret)
    assert _story(ours, pool.name) == _story(theirs, their_pool)


def _in_ministack(admin: Any, with_secret: bool, temporary: bool) -> tuple[BothWays, str]:
    pool_id = admin.create_user_pool(PoolName="same")["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    given = {"UserPoolId": pool_id, "ClientName": "watch", "ExplicitAuthFlows": flows}
    hiding = {"PreventUserExistenceErrors": "ENABLED", "GenerateSecret": with_secret}
    client = admin.create_user_pool_client(**given, **hiding)["UserPoolClient"]
    admin.admin_create_user(UserPoolId=pool_id, Username="alice", MessageAction="SUPPRESS")
    who = {"UserPoolId": pool_id, "Username": "alice"}
    admin.admin_set_user_password(**who, Password=PASSWORD, Permanent=not temporary)
    return BothWays(admin, client["ClientId"], client.get("ClientSecret", "")), pool_id.partition("_")[2]


def _story(client: BothWays, pool_name: str) -> list[Any]:
    """What happens in a life of sign-ins, without what differs by chance."""

    def said(call: Callable[..., Reply], *arguments: Any, **named: Any) -> Any:
        try:
            reply = call(*arguments, **named)
        except ClientError as problem:
            error = problem.response["Error"]
            return error["Code"], error["Message"].replace(client.id, "<id>")
        return reply.get("ChallengeName") or sorted(reply["AuthenticationResult"])

    told = [
        said(client.password_auth, "wrong"),
        said(client.password_auth, USERNAME="mallory", **client.hashed("mallory")),
        said(client.srp, pool_name, PASSWORD),
        said(client.srp, pool_name, "wrong"),
        said(client.refresh, "nonsense"),
    ]
    if client.secret:
        told += [said(client.password_auth, SECRET_HASH="eA=="), said(client.password_auth, SECRET_HASH="")]
    reply = client.password_auth()
    told.append(reply.get("ChallengeName"))
    if reply.get("ChallengeName"):
        reply = _new_password(client, reply)
    result = reply["AuthenticationResult"]
    told += [sorted(result), said(client.refresh, result["RefreshToken"])]
    if client.secret:
        told.append(said(client.refresh, result["RefreshToken"], SECRET_HASH="eA=="))
    return told


def _new_password(client: BothWays, challenge: Reply) -> Reply:
    name = challenge["ChallengeParameters"]["USER_ID_FOR_SRP"]
    return client.aws.respond_to_auth_challenge(
        ClientId=client.id,
        ChallengeName=challenge["ChallengeName"],
        Session=challenge["Session"],
        ChallengeResponses={"USERNAME": name, "NEW_PASSWORD": "Another-1", **client.hashed(name)},
    )
