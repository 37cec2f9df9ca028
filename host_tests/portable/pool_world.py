"""A user pool in memory, small enough for MicroPython: people, refresh tokens, devices, and a network that fails.

What it refuses, it refuses with Cognito's words. It keeps the rules that cost sessions: a refresh token of a tracked
device is of use with the key of that device alone, once the device is confirmed; a rotated one is of use for the
grace, and using it later revokes all that came of the same sign-in (botocore's model, RefreshTokenRotationType).
"""

import asyncio
import json
from errno import ETIMEDOUT

from fakes import FakeClock, jwt

LOST_REQUEST = "lost request"
LOST_REPLY = "lost reply"
FIREWALL = "firewall"  # HTML with status 403


class Refused(Exception):
    """The service refuses: code, message."""


class World:
    """The pool, the network and the time. `grace` None: no rotation; `tracks`: every sign-in makes a device."""

    def __init__(self, grace=None, tracks=False) -> None:
        self._began: dict = {}  # family -> when its person signed in
        self.clock = FakeClock()
        self.clock.random = 0  # an AsyncClient waits by the loop's clock: let it wait for nothing
        self.grace = grace
        self.tracks = tracks
        self.asks_code = False  # a sign-in asks for a code too, 123456
        self.devices: dict = {}  # key -> {"owner": str, "confirmed": bool}
        self.tokens: dict = {}  # refresh token -> {"owner", "device", "rotated_at", "family"}
        self.revoked: list = []  # families
        self.log: list = []  # (operation, parameters) of all that arrived
        self.faults: list = []  # (operation, fault), each for the first request that it fits
        self.life = 3600  # seconds that an access token is good for
        # Seconds that a Lambda trigger takes at each InitiateAuth, each answer and each refresh: it has 5, and is asked
        # three times (developer guide, "Customizing user pool workflows with Lambda triggers").
        self.trigger_s = 0
        self.codes = 0  # codes that were sent
        self.dead_at: dict = {}  # access token -> true seconds since 1970
        self.owners: dict = {}  # access token -> whose it is
        self.families: dict = {}  # access token -> the sign-in that it came of, by its first refresh token
        self.deleted: list = []  # people
        self._challenges: list = []  # Sessions of challenges that were answered
        self._count = 0

    # What tests ask

    def in_force(self, refresh_token) -> bool:
        """True when a device that holds `refresh_token` can get tokens with it now."""
        entry = self.tokens.get(refresh_token)
        return bool(entry) and entry["family"] not in self.revoked and self._in_grace(entry)

    def is_good(self, access_token) -> bool:
        """True if the service, and whoever asks it, takes `access_token` now: RevokeToken ends a sign-in's as well."""
        alive = self.clock.true < self.dead_at[access_token]
        return alive and self.families[access_token] not in self.revoked

    def operations(self) -> list:
        return [operation for operation, _ in self.log]

    def fail(self, operation, fault) -> None:
        """The next request of `operation` meets `fault`: a constant, (code, message[, status]), or an exception."""
        self.faults.append((operation, fault))

    # The network

    def answer(self, operation: str, parameters: dict) -> tuple:
        """(status, reply) to one request; raises what the network raises."""
        fault = None
        for index, (wanted, what) in enumerate(self.faults):
            if wanted == operation:
                fault = what
                del self.faults[index]
                break
        if fault == LOST_REQUEST:
            raise OSError(113)
        if isinstance(fault, BaseException):
            raise fault
        if fault == FIREWALL:
            return 403, None
        if isinstance(fault, tuple):
            return (fault[2:] or (400,))[0], {"__type": fault[0], "message": fault[1]}
        self.log.append((operation, parameters))
        try:
            reply = 200, getattr(self, "_" + operation)(parameters)
        except Refused as refusal:
            reply = 400, {"__type": refusal.args[0], "message": refusal.args[1]}
        if fault == LOST_REPLY:
            raise OSError(104)
        return reply

    # The service

    def _in_grace(self, entry: dict) -> bool:
        rotated = entry["rotated_at"]
        return rotated is None or self.clock.true - rotated < self.grace

    def _new(self, owner: str, device, family) -> str:
        self._count += 1
        token = "refresh-%d" % self._count
        self.tokens[token] = {"owner": owner, "device": device, "rotated_at": None, "family": family or token}
        return token

    def _result(self, owner: str, refresh_token=None, device=None, family=None) -> dict:
        self._count += 1
        began = self._began.setdefault(family or refresh_token, self.clock.true)  # neither use nor rotation moves it
        result = {
            "AccessToken": jwt({"username": "sub-of-" + owner, "number": self._count, "auth_time": began}),
            "IdToken": jwt({"iss": "https://pool", "number": self._count}),
            "ExpiresIn": self.life,
            "TokenType": "Bearer",
        }
        self.dead_at[result["AccessToken"]] = self.clock.true + self.life
        self.owners[result["AccessToken"]] = owner
        self.families[result["AccessToken"]] = family or refresh_token
        if refresh_token:
            result["RefreshToken"] = refresh_token
        if device:
            result["NewDeviceMetadata"] = {"DeviceKey": device, "DeviceGroupKey": "-group"}
        return {"AuthenticationResult": result}

    def _check_device(self, key, owner: str) -> None:
        device = self.devices.get(key)
        if device is None or device["owner"] != owner:
            raise Refused("ResourceNotFoundException", "Device does not exist.")

    def _InitiateAuth(self, parameters: dict) -> dict:
        given = parameters["AuthParameters"]
        if parameters["AuthFlow"] == "REFRESH_TOKEN_AUTH":
            if self.grace is not None:
                raise Refused("UnsupportedOperationException", "Refresh token rotation is on for this app client")
            entry = self._entry(given["REFRESH_TOKEN"], given.get("DEVICE_KEY"))
            return self._result(entry["owner"], family=entry["family"])
        owner = given["USERNAME"]
        if given["PASSWORD"] != "pw-of-" + owner:
            raise Refused("NotAuthorizedException", "Incorrect username or password.")
        key = given.get("DEVICE_KEY")
        if key:
            self._check_device(key, owner)
        if self.asks_code:
            self._count += 1
            self.codes += 1
            return {"ChallengeName": "SMS_MFA", "Session": "%s of sign-in %d" % (owner, self._count)}
        return self._signed_in(owner, key)

    def _RespondToAuthChallenge(self, parameters: dict) -> dict:
        session, given = parameters["Session"], parameters["ChallengeResponses"]
        if session in self._challenges:
            raise Refused("NotAuthorizedException", "Invalid session for the user.")
        self._challenges.append(session)
        owner, key = session.split(" ")[0], given.get("DEVICE_KEY")
        if key:
            self._check_device(key, owner)
        if given["SMS_MFA_CODE"] != "123456":
            raise Refused("CodeMismatchException", "Invalid code")
        return self._signed_in(owner, key)

    def _signed_in(self, owner: str, key) -> dict:
        new = None
        if self.tracks and not key:
            self._count += 1
            new = "eu-west-1_device-%d" % self._count
            self.devices[new] = {"owner": owner, "confirmed": False}
        return self._result(owner, self._new(owner, key or new, None), new)

    def _entry(self, token: str, key) -> dict:
        entry = self.tokens.get(token)
        if entry is None:
            raise Refused("NotAuthorizedException", "Invalid Refresh Token")
        if entry["family"] in self.revoked:
            raise Refused("NotAuthorizedException", "Refresh Token has been revoked")
        if not self._in_grace(entry):
            self.revoked.append(entry["family"])
            raise Refused("RefreshTokenReuseException", "Refresh token reuse detected")
        device = self.devices.get(entry["device"])
        if entry["device"] and (key != entry["device"] or device is None or not device["confirmed"]):
            raise Refused("NotAuthorizedException", "Invalid Refresh Token")
        return entry

    def _GetTokensFromRefreshToken(self, parameters: dict) -> dict:
        entry = self._entry(parameters["RefreshToken"], parameters.get("DeviceKey"))
        if self.grace is None:
            return self._result(entry["owner"], family=entry["family"])
        if entry["rotated_at"] is None:
            entry["rotated_at"] = self.clock.true
        newer = self._new(entry["owner"], entry["device"], entry["family"])
        return self._result(entry["owner"], newer, family=entry["family"])

    def _ConfirmDevice(self, parameters: dict) -> dict:
        self.devices[parameters["DeviceKey"]]["confirmed"] = True
        return {"UserConfirmationNecessary": False}

    def _ForgetDevice(self, parameters: dict) -> dict:
        self._check_device(parameters["DeviceKey"], self.owners[parameters["AccessToken"]])
        del self.devices[parameters["DeviceKey"]]
        return {}

    def _RevokeToken(self, parameters: dict) -> dict:
        entry = self.tokens.get(parameters["Token"])
        if entry:
            self.revoked.append(entry["family"])
        return {}

    def _revoke_all(self, owner: str) -> None:
        self.revoked += [entry["family"] for entry in self.tokens.values() if entry["owner"] == owner]

    def _GlobalSignOut(self, parameters: dict) -> dict:
        self._revoke_all(self.owners[parameters["AccessToken"]])
        return {}

    def _DeleteUser(self, parameters: dict) -> dict:
        self.deleted.append(self.owners[parameters["AccessToken"]])
        self._revoke_all(self.deleted[-1])
        return {}

    def _ForgotPassword(self, parameters: dict) -> dict:
        return {}

    def _GetId(self, parameters: dict) -> dict:
        return {"IdentityId": "eu-west-1:identity"}

    def _GetCredentialsForIdentity(self, parameters: dict) -> dict:
        keys = {"AccessKeyId": "A", "SecretKey": "S", "SessionToken": "T", "Expiration": self.clock.true + self.life}
        return {"IdentityId": parameters["IdentityId"], "Credentials": keys}

    def _GetUser(self, parameters: dict) -> dict:
        return {"Username": "alice", "UserAttributes": []}


class WorldTransport:
    """What a Client posts to. `idle` is False from the first byte of a request until its whole reply was read."""

    def __init__(self, world: World, timeout: int = 20) -> None:
        self._world = world
        self._timeout = timeout
        self.closed = 0

    def post_once(self, request: list) -> tuple:
        """As HttpsTransport's, connected in no time: what comes too late was carried out, and is lost."""
        url, headers, body, most = request
        request.clear()
        world, waits = self._world, min(self._timeout, most)
        if body.find(b"Auth") < 0 and body.find(b"RefreshToken") < 0 or not world.trigger_s:
            return WorldTransport.post(self, url, headers, body)
        if world.trigger_s <= waits:
            world.clock.pass_time(world.trigger_s)
            return WorldTransport.post(self, url, headers, body)
        try:
            WorldTransport.post(self, url, headers, body)
        finally:
            world.clock.pass_time(waits)
        raise OSError(ETIMEDOUT)

    def post(self, url: str, headers: dict, body: bytes) -> tuple:
        operation = headers["X-Amz-Target"].split(".")[1]
        if headers.get("User-Agent"):
            status, reply = self._world.answer(operation, json.loads(body))
        else:  # AWS's core rules of a web ACL: rule NoUserAgent_HEADER
            status, reply = 400, {"__type": "ForbiddenException", "message": "Request not allowed due to WAF block."}
        if reply is None:
            return status, {"content-type": "text/html"}, b"<html>Forbidden</html>"
        return status, {"content-type": "application/x-amz-json-1.1"}, json.dumps(reply).encode()

    def close(self) -> None:
        self.closed += 1


class AwaitedWorldTransport(WorldTransport):
    """The same, awaited: `pauses` times before the service has the request, and as often before its reply is here."""

    def __init__(self, world: World, pauses: int = 1) -> None:
        super().__init__(world)
        self._pauses = pauses

    async def post_once(self, request: list) -> tuple:  # type: ignore[override]  # awaited
        for _ in range(self._pauses):
            await asyncio.sleep(0)
        reply = super().post_once(request)
        for _ in range(self._pauses):
            await asyncio.sleep(0)
        return reply
