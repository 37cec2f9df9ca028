"""One job of `make test-aws`, on CPython and MicroPython: aws_trial_device.py SETTINGS.json JOB REPORT.json.

The report is a list of steps: {"step", "expected", "outcome", "exchanges"}. An exchange is one request and what the
service said, by its form: names of operations, challenges, members and errors, and nothing that is anybody's.

A line "owner: ..." on standard output asks the pool's owner for something, and is answered by a line on standard input.
"""

import json
import socket
import sys
import time

from cognito_mp import Challenge, Client, CognitoError, FileStore, NotSignedIn, Tokens, account, clock, totp
from cognito_mp.protocol import with_secret_hash
from cognito_mp.stores.ram import RamStore
from cognito_mp.transports.https import HttpsTransport

settings_path, job, report_path = sys.argv[1:]
with open(settings_path) as file:
    settings = json.load(file)
cadata = None
if settings["ca"]:
    with open(settings["ca"], "rb") as file:
        cadata = file.read()

report: list = []
exchanges: list = []
WRONG = "Wrong-Horse-9-Battery"


class Recorder:
    """A transport that notes what goes over it.

    proof_waits  seconds that an SRP proof is held back
    refuses      the operation that is answered here, with a refusal
    """

    def __init__(self, proof_waits: int = 0) -> None:
        self._transport = HttpsTransport(20, cadata, clock)
        self.close = self._transport.close
        self._proof_waits = proof_waits
        self.refuses = "nothing"

    def post(self, url, headers, body):
        if asked(headers, body) == self.refuses:
            return 400, {}, b'{"__type": "InvalidParameterException", "message": "not sent, for this trial"}'
        if self._proof_waits and b'"PASSWORD_VERIFIER"' in body:
            time.sleep(self._proof_waits)
        reply = self._transport.post(url, headers, body)
        exchanges.append("%s: %s" % (asked(headers, body), said(*reply)))
        return reply


def asked(headers, body) -> str:
    """The operation, and the flow or challenge that it is about."""
    target = [value for name, value in headers.items() if name.lower() == "x-amz-target"]
    parameters = json.loads(body)
    about = parameters.get("AuthFlow") or parameters.get("ChallengeName")
    operation = target[0].split(".")[-1]
    return operation + " " + about if about else operation


def said(status, headers, body) -> str:
    """The form of a reply."""
    try:
        reply = json.loads(body) if body else {}
    except ValueError:
        return "%d, no JSON" % status
    if status != 200:
        code = reply.get("__type") or headers.get("x-amzn-errortype") or "no code"
        message = str(reply.get("message") or reply.get("Message"))
        return "%d %s: %s" % (status, code.split("#")[-1].split(":")[0], message.replace(client_id(), "<client id>"))
    parts = [form(reply, "ChallengeParameters", "AuthenticationResult")]
    for name in ("ChallengeParameters", "AuthenticationResult"):
        if reply.get(name):
            parts.append("%s {%s}" % (name, form(reply[name])))
    return "; ".join([part for part in parts if part]) or "nothing"


def form(members, *but) -> str:
    listed = [name + " " + members[name] if name == "ChallengeName" else name for name in members if name not in but]
    return ", ".join(sorted(listed))


def client_id() -> str:
    return settings["apps"][app_name]["client_id"]


def boot(store, app: str = "plain", proof_waits: int = 0) -> Client:
    """A client as after a restart: what it knows is in `store`."""
    global app_name
    app_name = app
    given = settings["apps"][app]
    return Client(
        settings["region"],
        given["client_id"],
        given["client_secret"],
        settings["user_pool_id"],
        store=store,
        endpoint=settings["endpoint"],
        transport=Recorder(proof_waits),
    )


def step(name: str, expected: str, function):
    """Do `function`, and report how it ended; its value, or None when it raised. expected: "" to look on only."""
    del exchanges[:]
    value = None
    try:
        value = function()
        outcome = described(value)
    except CognitoError as error:
        outcome = "CognitoError " + error.code
    except (NotSignedIn, OSError, ValueError) as error:
        outcome = type(error).__name__
        if not isinstance(error, NotSignedIn):
            outcome += " " + str(error)
    report.append({"step": name, "expected": expected, "outcome": outcome, "exchanges": exchanges[:]})
    return value


def described(value) -> str:
    if isinstance(value, Challenge):
        return "Challenge " + value.name
    return "Tokens" if isinstance(value, Tokens) else str(value)


def enter(client) -> None:
    """Sign in with the temporary password, and choose one."""

    def sign_in():
        challenge = client.sign_in(settings["username"], settings["temporary_password"])
        return client.set_new_password(challenge, settings["password"])

    step("sign-in, new password", "Tokens", sign_in)


def by_password(client):
    return client.sign_in(settings["username"], settings["password"])


def by_srp(client, password: str = ""):
    return client.sign_in(settings["username"], password or settings["password"], flow="USER_SRP_AUTH")


def copy_of(store) -> RamStore:
    copy = RamStore()
    copy.save(store.load() or b"")
    return copy


def refresh_token(store) -> str:
    return json.loads(store.load())["refresh_token"]


def owner(act: str) -> str:
    """Have the pool's owner do `act`; "done", or why it was not."""
    print("owner: " + act)
    return sys.stdin.readline().strip()


def main_job() -> None:
    step("the addresses of its host", "", addresses)
    store = FileStore(settings["store"])
    client = boot(store)
    step("a wrong password", "CognitoError NotAuthorizedException", lambda: client.sign_in(settings["username"], WRONG))
    nobody = "nobody@example.com"
    step("a name that nobody has", "CognitoError NotAuthorizedException", lambda: client.sign_in(nobody, WRONG))
    enter(client)
    again = boot(store)
    step("a second boot: the session", "True", lambda: again.signed_in)
    step("a second boot: refresh", "Tokens", again.refresh)
    step("GetUser", "True", lambda: account.get_user(again)["attributes"]["email"] == settings["username"])


def addresses() -> str:
    """Which kinds of addresses the service has, as this Python's resolver gives them to us."""
    host = boot(RamStore()).app.url.split("/")[2].split(":")[0]
    said = "there is no name to look up"
    if not host.replace(".", "").isdigit():
        families = [address[0] for address in socket.getaddrinfo(host, 443)]
        kinds = (("A", socket.AF_INET), ("AAAA", socket.AF_INET6))
        said = " and ".join([name for name, family in kinds if family in families]) + " records"
    exchanges.append("DNS: " + said)
    return said


def late_proof() -> None:
    """How long after the challenge the service takes an SRP proof; only to look on, and no further than a refusal."""
    enter(boot(RamStore()))
    for seconds in settings["proof_waits"]:
        client = boot(RamStore(), proof_waits=seconds)
        if step("SRP, its proof %d s late" % seconds, "", lambda: by_srp(client)) is None:  # noqa: B023
            break


def refused() -> None:
    """In which words tokens are refused once others have ended their session; only to look on."""
    enter(boot(RamStore()))
    store, _ = _signed_in_again()
    step("another app client's refresh", "", lambda: _tokens_from(boot(RamStore(), "rotating"), store))
    for act in ("sign out", "disable"):
        session = _signed_in_again()
        _let(act)
        _is_refused(*session)
    for act in ("enable", "one session"):
        _let(act)
    session = _signed_in_again()
    _signed_in_again()
    _is_refused(*session)
    _let("many sessions")
    session = _signed_in_again()
    _let("delete")
    _is_refused(*session)


def _let(act: str) -> None:
    step("the owner: " + act, "", lambda: owner(act))


def _signed_in_again() -> tuple:
    """A store with a new session, and its access token."""
    store = RamStore()
    tokens = step("sign-in", "Tokens", lambda: by_password(boot(store)))
    return store, tokens.access_token if isinstance(tokens, Tokens) else ""


def _is_refused(store, access_token: str) -> None:
    """What the service says to each token of a session that others may have ended."""
    step("its access token", "", lambda: _is_taken(boot(RamStore()), access_token))
    step("GetTokensFromRefreshToken", "", lambda: _tokens_from(boot(RamStore()), store))
    step("refresh", "", boot(copy_of(store)).refresh)


def _tokens_from(client, store) -> list:
    return sorted(client.call("GetTokensFromRefreshToken", {"RefreshToken": refresh_token(store)}))


def srp() -> None:
    client = boot(RamStore())
    enter(client)
    step("SRP with a wrong password", "CognitoError NotAuthorizedException", lambda: by_srp(client, WRONG))
    step("SRP", "Tokens", lambda: by_srp(client))
    step("refresh", "Tokens", client.refresh)


def rotation() -> None:
    store = RamStore()
    client = boot(store, "rotating")
    enter(client)
    old = copy_of(store)
    step("refresh", "Tokens", client.refresh)
    step("that brings a new refresh token", "True", lambda: refresh_token(store) != refresh_token(old))
    step("the old one within 60 s", "Tokens", boot(old, "rotating").refresh)

    store = RamStore()
    client = boot(store, "without grace")
    step("an app client without grace: sign-in", "Tokens", lambda: by_password(client))
    old = copy_of(store)
    step("refresh", "Tokens", client.refresh)
    step("the old one again", "NotSignedIn", boot(old, "without grace").refresh)
    step("the new one after that", "", boot(copy_of(store), "without grace").refresh)


def _use_authenticator(client) -> str:
    secret = account.associate_software_token(client)
    account.verify_software_token(client, totp.code(secret, clock.now()), "trial")
    account.set_mfa_preference(client, "SOFTWARE_TOKEN_MFA", preferred=True)
    return secret


_USED_OR_WRONG = ("ExpiredCodeException", "CodeMismatchException")


def _answer(client, challenge, secret: str):
    """Answer with the authenticator's code; with the next one where that was used already, waited for if need be."""
    for ahead in (0, 30):
        try:
            return client.respond(challenge, totp.code(secret, clock.now() + ahead))
        except CognitoError as error:
            if error.code not in _USED_OR_WRONG:
                raise
    time.sleep(31 - clock.now() % 30)
    return client.respond(by_password(client), totp.code(secret, clock.now()))


def mfa() -> None:
    client = boot(RamStore())
    enter(client)
    secret: list = []
    step("an authenticator is set up", "None", lambda: secret.append(_use_authenticator(client)))
    if secret:
        challenge = step("sign-in", "Challenge SOFTWARE_TOKEN_MFA", lambda: by_password(client))
        now = totp.code(secret[0], clock.now())
        wrong = "%06d" % ((int(now) + 1) % 1000000)
        step("a wrong code", "CognitoError CodeMismatchException", lambda: client.respond(challenge, wrong))
        step("the code, in the same sign-in", "Tokens", lambda: _answer(client, challenge, secret[0]))
        step("SRP asks for a code as well", "Challenge SOFTWARE_TOKEN_MFA", lambda: by_srp(client))


def sign_out() -> None:
    store = RamStore()
    client = boot(store)
    enter(client)
    old, token = copy_of(store), client.access_token()
    step("sign-out", "True", client.sign_out)
    step("its refresh token", "NotSignedIn", boot(old).refresh)
    step("its access token", "CognitoError NotAuthorizedException", lambda: _is_taken(boot(RamStore()), token))
    step("sign-in", "Tokens", lambda: by_password(client))
    old = copy_of(store)
    step("sign-out everywhere", "True", lambda: client.sign_out(everywhere=True))
    step("its refresh token", "NotSignedIn", boot(old).refresh)


def _is_taken(client, access_token: str) -> bool:
    return bool(client.call("GetUser", {"AccessToken": access_token}))


def devices() -> None:
    store = RamStore()
    client = boot(store)
    enter(client)
    step("the device is confirmed", "True", lambda: _is_confirmed(client))
    step("refresh, naming the device", "Tokens", client.refresh)
    step("refresh, naming none", "", lambda: _tokens_from(boot(RamStore()), store))
    step("an authenticator is set up", "True", lambda: bool(_use_authenticator(client)))
    step("SRP: the device is its own second factor", "Tokens", lambda: by_srp(client))
    step("a password: so too", "Tokens", lambda: by_password(client))
    capitals = settings["username"].upper()
    step("the name in capitals: so too", "", lambda: client.sign_in(capitals, settings["password"]))
    step("the device's proof is wrong", "", lambda: by_srp(boot(_spoilt(store))))
    step("the list of devices", "1", lambda: len(account.list_devices(client)))
    if client.session.device:
        step("the device is forgotten", "None", lambda: account.forget_device(client, client.session.device["key"]))
        step("sign-in", "Challenge SOFTWARE_TOKEN_MFA", lambda: by_password(boot(RamStore())))


def _spoilt(store) -> RamStore:
    """What `store` holds, with another secret of the device."""
    held = json.loads(store.load())
    if held.get("device"):
        held["device"]["password"] = "another"
    spoilt = RamStore()
    spoilt.save(json.dumps(held).encode())
    return spoilt


def _is_confirmed(client) -> bool:
    return bool(client.session.device) and "unconfirmed" not in client.session.device


def device_tokens() -> None:
    """AWS re:Post, "Invalid refresh token", has a sign-in by USER_PASSWORD_AUTH among the causes. Is it one?"""
    enter(boot(RamStore()))
    for flow, name in (("USER_PASSWORD_AUTH", "password"), ("USER_SRP_AUTH", "SRP")):
        for refuses, words in (("nothing", "confirmed"), ("ConfirmDevice", "not confirmed")):
            _device_tokens_of(flow, refuses, "%s, device %s" % (name, words))


def _device_tokens_of(flow: str, refuses: str, name: str) -> None:
    client = boot(RamStore())
    client.transport.refuses = refuses
    step(name, "Tokens", lambda: client.sign_in(settings["username"], settings["password"], flow=flow))
    # What the library makes of a refusal is another matter: each refresh is asked for once, and names the device.
    session, lone = client.session, boot(RamStore())
    token, key = session.refresh_token, (session.device or {}).get("key")

    def by_flow():
        parameters = with_secret_hash(lone.app, {"REFRESH_TOKEN": token}, session.username or "", key)
        reply = lone.call("InitiateAuth", {"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters})
        return "AuthenticationResult" in reply

    def by_operation():
        given = {"RefreshToken": token}
        if key:
            given["DeviceKey"] = key
        return "AuthenticationResult" in lone.call("GetTokensFromRefreshToken", given)

    known = "True" if (flow, refuses) == ("USER_SRP_AUTH", "nothing") else ""
    step("its REFRESH_TOKEN_AUTH", known, by_flow)
    step("its GetTokensFromRefreshToken", known, by_operation)


JOBS = {
    "main job": main_job,
    "SRP": srp,
    "rotation": rotation,
    "MFA by TOTP": mfa,
    "sign-out": sign_out,
    "devices": devices,
    "device tokens": device_tokens,
    "a late proof": late_proof,
    "refused": refused,
}
app_name = "plain"
try:
    JOBS[job]()
finally:
    with open(report_path, "w") as file:
        json.dump(report, file)
