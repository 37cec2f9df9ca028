"""What must hold in a simulated world, whatever happens in it. The letters are those of the promise:

(a) while the service holds a session for this device that can be continued, the device continues it without a person;
(b) no token is handed out that is past its end or of another user; (c) a challenge's answer is sent once; (d) after
sign-out nothing usable is left; (e) flash is written as often as the session changes; (f) no secret is where it should
not be; (g) each call ends within its time, with its own result or a documented error.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cognito_mp import Challenge, CognitoError, NotSignedIn, StoreError, Tokens
from cognito_mp_tools.local.tls_front import Request
from fake_cognito.pools import SignIn

from faults.simulated_world.network import Fate
from faults.simulated_world.service import PASSWORD, SECRET_START, Delivery

if TYPE_CHECKING:
    from faults.simulated_world.world import World

SESSION_FILES = ("/session.0", "/session.1")
_DOCUMENTED = (CognitoError, NotSignedIn, OSError)
_LONG_WORD = re.compile(r"[A-Za-z0-9+/=_.-]{40,}")
_REQUEST_S = 15  # seconds that one request may take: the client's 10, and the pause before it
_PAUSE_S = 60  # seconds that a call may take besides
# Reasons why a session was lost that no client can help.
LOST_REPLY = "rotation whose reply was lost, and no chance to ask within the grace"
LOST_STORE = "rotation that the flash did not take before the power went"
LOST_CONFIRMATION = "device that could not be confirmed while its access token lived"
NOT_SEEN = "sign-in that the flash did not take, when another client stored what it knew"
UNREADABLE = "session in a slot that could not be read, when it was written over and the power went"
LATE = "refresh that came to the service so late that another client had gone on meanwhile"
UNSAVED = "rotation that the flash did not take, when another client used the token that was there"
NOT_ERASED = "sign-in that the flash did not take, which another client did not know of when it signed out"
RAM_ONLY = "sign-in that the flash did not take before the power went, as the person was told"


@dataclass
class Call:
    """A call of the library by a program or a person."""

    name: str
    client: int
    started_ms: int
    requests: int  # of the client, when it started
    user: str  # whose session it was then
    sign_ins: int  # how many there had been


def _record(content: bytes) -> bytes:
    """What is in a slot: its length stands before it."""
    return content[4 : 4 + int.from_bytes(content[:4], "big")]


def whole_records(files: dict[str, bytes]) -> list[tuple[int, dict[str, Any]]]:
    """(sequence number, what is held) of each whole record on the flash, by the format's description alone; sorted."""
    found = []
    for name in SESSION_FILES:
        record = _record(files.get(name, b""))
        if len(record) >= 40 and record[:36] == b"CMP\x01" + hashlib.sha256(record[36:]).digest():
            found.append((int.from_bytes(record[36:40], "big"), json.loads(record[40:])))
    return sorted(found, key=lambda one: one[0])


def newest_record(files: dict[str, bytes]) -> dict[str, Any]:
    """The session on the flash; {} when there is none."""
    return next((held for _, held in reversed(whole_records(files))), {})


def _person(held: dict[str, Any]) -> str | None:
    """Whose session, or at least device, it is."""
    return held.get("username") or (held.get("device") or {}).get("owner")


class Truth:
    """Looks at everything that happens, and knows what the device should hold."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._service = world.service
        self.held: SignIn | None = None  # the session that the device must keep
        self.is_saved = False  # on flash, and not in RAM alone
        self.apart: Counter[str] = Counter()
        self._on_flash: dict[str, Any] = {}
        self._asked_ms: list[int] = []  # when calls began
        self._stored_ms: dict[str, int] = {}  # refresh token -> when it first was on flash
        self._records: dict[str, bytes] = {}  # of each file
        self._is_owed = False  # what is in the older slot must not come back, and is about to be written over
        self._leaving = 0  # sign-outs under way
        self._left_in_ram: list[SignIn] = []  # other clients knew of them when one signed out, and flash did not
        self._entering = 0  # sign-ins under way
        self._signed_out_at: int | None = None  # how many sign-ins there had been; None while nobody has signed out
        self._answers = 0
        self._told_over = False

    # Calls

    def begin(self, name: str, client: int) -> Call:
        # A sign-out that was cut off may have left on flash what nobody needs to keep.
        known = self.held or self._service.sign_in_of(self._on_flash.get("refresh_token"))
        self._asked_ms.append(self._world.time.ms)
        user = known.user.username if known else ""
        sign_ins = len(self._service.pool.sign_ins)
        call = Call(name, client, self._world.time.ms, self._world.requests[client], user, sign_ins)
        if name == "sign_out":
            self._leaving += 1
            self._left_in_ram = self._unsaved_in_others(client)
            self.held = None
        elif name in ("sign_in", "respond"):
            self._entering += 1
        return call

    def _unsaved_in_others(self, client: int) -> list[SignIn]:
        """Sign-ins that are in the RAM of other clients alone."""
        on_flash = self._service.sign_in_of(self._on_flash.get("refresh_token"))
        others = [index for index in range(self._world.scenario.clients) if index != client]
        tokens = [self._world.program.client_state(index).refresh_token for index in others]
        known = [self._service.sign_in_of(token) for token in tokens]
        return [sign_in for sign_in in known if sign_in and sign_in is not on_flash]

    def abandoned(self, call: Call) -> None:
        """It was cut off: by a power cut, a cancellation, Ctrl-C."""
        self._ended(call)

    def _ended(self, call: Call) -> None:
        if call.name == "sign_out":
            self._leaving -= 1
        elif call.name in ("sign_in", "respond"):
            self._entering -= 1
        requests = self._world.requests[call.client] - call.requests
        most = _PAUSE_S + _REQUEST_S * (requests + 4)
        took = (self._world.time.ms - call.started_ms) / 1000
        if took > most:
            self._violate("g", f"{call.name} took {took:.0f} s, with {requests} requests")

    def failed(self, call: Call, error: BaseException) -> None:
        """It raised `error`."""
        self._ended(call)
        if isinstance(error, ValueError) and call.name in ("sign_in", "respond"):
            pass  # the person's mistake
        elif not isinstance(error, _DOCUMENTED):
            self._violate("g", f"{call.name} raised {type(error).__name__}: {error}")
        self.heard(f"{error} {error!r}", f"the error of {call.name}")
        if isinstance(error, StoreError) and call.name in ("sign_in", "respond"):
            self._came(self._world.program.tokens(call.client))

    def returned(self, call: Call, outcome: Any) -> None:
        """It returned `outcome`."""
        self._ended(call)
        self.heard(repr(outcome) if not isinstance(outcome, (str, dict)) else "", f"the repr that {call.name} returned")
        if call.name in ("access_token", "id_token"):
            self.token_handed_out(outcome)
        elif isinstance(outcome, Tokens):
            self.token_handed_out(outcome.access_token, is_ones_own=call.name != "refresh")
            if call.name != "refresh":
                self._came(outcome)
        elif call.name == "get_user" and self.held and self._world.scenario.clients == 1:
            if outcome.get("username") not in (self.held.user.username, call.user):
                self._violate("g", "get_user returned what is no reply to it")
        elif call.name == "sign_out":
            self._signed_out(call)
        elif not isinstance(outcome, (Challenge, dict)):
            self._violate("g", f"{call.name} returned {type(outcome).__name__}")

    def _came(self, tokens: Tokens | None) -> None:
        """A person has signed in."""
        sign_in = self._service.sign_in_of(tokens.refresh_token) if tokens else None
        if sign_in and sign_in is not self.held and self._is_newer(sign_in) and not self._leaving:
            if self._signed_out_at is not None and self._index(sign_in) < self._signed_out_at:
                return  # signed out since
            self.held, self.is_saved = sign_in, False
            self._signed_out_at = None

    def _index(self, sign_in: SignIn) -> int:
        return next(index for index, one in enumerate(self._service.pool.sign_ins) if one is sign_in)

    def _is_newer(self, sign_in: SignIn) -> bool:
        return self.held is None or self._index(sign_in) > self._index(self.held)

    def token_handed_out(self, token: str, is_ones_own: bool = False) -> None:
        """`is_ones_own`: it goes to the person who has just signed in, whoever else has since."""
        claims = self._service.claims(token)
        late = self._service.time.seconds - claims["exp"]
        # A life is counted from when its reply came, which may have taken as long as a request may.
        if late >= 10:
            self._violate("b", f"a token was handed out {late:.0f} s after its end")
        if is_ones_own:
            return
        name = claims.get("username") or claims.get("cognito:username")
        if self.held and self.is_saved:
            if name != self.held.user.username:
                self._violate("b", "a token of another user was handed out")
            elif self._was_revoked_by_us(claims["origin_jti"]):
                self._violate("b", "a token was handed out of a sign-in that another has replaced")
        elif self._signed_out_at is not None and not self._entering and self._is_signed_out(claims["origin_jti"]):
            self._violate("d", "a token was handed out of somebody who has signed out")

    def _was_revoked_by_us(self, origin: str) -> bool:
        """True for a sign-in that the device itself has revoked, as it has a newer one of that person."""
        sign_in = next((one for one in self._service.pool.sign_ins if one.origin_jti == origin), None)
        by_us = sign_in and self._service.revoked_by.get(id(sign_in)) == "RevokeToken"
        return bool(by_us) and sign_in is not self.held and not self._entering and not self._leaving

    def _is_signed_out(self, origin: str) -> bool:
        sign_ins = self._service.pool.sign_ins
        index = next((index for index, one in enumerate(sign_ins) if one.origin_jti == origin), len(sign_ins))
        return index < (self._signed_out_at or 0) and not any(sign_ins[index] is one for one in self._left_in_ram)

    # Signing out

    def _signed_out(self, call: Call) -> None:
        family = self._service.sign_in_of(self._on_flash.get("refresh_token"))
        if family and family.auth_time >= self._service.time.start + call.started_ms // 1000:
            self.held, self.is_saved = family, True  # somebody has signed in while the service was being told
        if not self._leaving and not self._entering and self.held is None:
            self._signed_out_at = call.sign_ins  # one that came meanwhile may stay, on flash or in RAM
            if family:
                self._violate("d", "after sign-out a session is on flash")
            if self._world.kept_in_sleep and call.client == 0:  # whose memory it is
                self._violate("d", "after sign-out something is in the memory that deep sleep leaves alone")
            if self._world.program.is_quiet and self._tokens_in_ram(call.client):
                self._violate("d", "after sign-out a token is in RAM")

    def _tokens_in_ram(self, client: int) -> bool:
        seen: set[int] = set()
        todo: list[Any] = self._world.program.kept(client)
        while todo:
            thing = todo.pop()
            if id(thing) in seen:
                continue
            seen.add(id(thing))
            if isinstance(thing, str) and len(thing) > 500 and "." in thing:
                return True
            if isinstance(thing, dict):
                todo += [*thing.keys(), *thing.values()]
            elif isinstance(thing, (list, tuple)):
                todo += thing
            elif type(thing).__module__.startswith("cognito_mp"):
                todo.append(vars(thing))
        return False

    # The flash

    def flash_changed(self, name: str, content: bytes | None) -> None:
        """A file has another content; the first power-up's is none."""
        for canary in (PASSWORD, SECRET_START, "AYABe"):
            if content and canary.encode() in content:
                self._violate("f", f"{name} holds a password, a client secret or a challenge's Session")
        if name not in SESSION_FILES or self._records.get(name) == _record(content or b""):
            return
        self._records[name] = _record(content or b"")
        if content and self._records[name] and not self._is_whole(content):
            return  # in the middle of a write; what counts is what is there when it ends, or when the power goes
        before, self._on_flash = self._on_flash, newest_record(self._world.flash.files)
        self._stored_ms.setdefault(self._on_flash.get("refresh_token", ""), self._world.time.ms)
        was_owed = self._is_owed
        self._look_at_both()
        if content and self._is_whole(content) and json.loads(_record(content)[40:]) == before and not was_owed:
            self._violate("e", "the flash was written with what it held already")
        device = self._on_flash.get("device")
        if device and "unconfirmed" not in device and "access_token" in device:
            self._violate("f", "an access token is kept on flash that nobody needs")
        sign_in = self._service.sign_in_of(self._on_flash.get("refresh_token"))
        if sign_in:
            self._stored(sign_in, content)
        elif self.held and not self._leaving and before.get("refresh_token") in self.held.refresh_tokens:
            self._dropped(before["refresh_token"])

    def _look_at_both(self) -> None:
        """One damaged record, or one file that is lost, must bring nobody else back, and no access token."""
        both = whole_records(self._world.flash.files)
        if len(both) < 2:
            return  # one is being written, or damaged; if it was owed it still is
        (older, before), (newer, now) = both
        self._is_owed = newer - older != 1
        if self._is_owed or self._world.had_flash_errors:
            return
        is_anothers = _person(now) and _person(before) not in (None, _person(now))
        if is_anothers or "refresh_token" in before and "refresh_token" not in now:
            self._violate("d", "the older slot holds somebody else's session or device")
        device = now.get("device")
        if device and "unconfirmed" not in device and "access_token" in (before.get("device") or {}):
            self._violate("f", "the older slot holds the access token of a device that has been confirmed")

    def _is_whole(self, content: bytes) -> bool:
        record = _record(content)
        return len(record) >= 40 and record[4:36] == hashlib.sha256(record[36:]).digest()

    def _stored(self, sign_in: SignIn, content: bytes | None) -> None:
        if self._signed_out_at is not None:
            if self._index(sign_in) < self._signed_out_at:
                if any(sign_in is one for one in self._left_in_ram):
                    self.apart[NOT_ERASED] += 1
                else:
                    self._violate("d", "a session is on flash again that was signed out")
            self._signed_out_at = None
        if sign_in is self.held:
            self.is_saved = True
        elif self._is_newer(sign_in):
            if not self._leaving:
                self.held, self.is_saved = sign_in, True
        elif self.held and not self.is_saved and self._world.scenario.clients > 1:
            self.apart[NOT_SEEN] += 1  # the other client can't know of it
            self.held, self.is_saved = sign_in, True
        elif self.held and self._world.had_flash_errors:
            pass  # slots that can't be read are written over one after the other; power_went() looks in between
        elif self.held and content and self._is_whole(content) and not self._service.is_over(self.held):
            self._violate("a", "an older session was stored over a newer one")

    def _dropped(self, refresh_token: str) -> None:
        """The session is on flash no more, and nobody has signed out."""
        held = self.held
        assert held is not None
        if self._service.is_over(held):
            self.held = None
            return
        if self._service.wants_confirmation(held):
            self._count_unconfirmed(held)
        else:
            self._violate("a", "the session was erased that the service would have continued")
        self.held = None

    def _count_unconfirmed(self, held: SignIn) -> None:
        begun = int((held.auth_time - self._world.time.start) * 1000)
        if self._had_a_chance(begun, begun + self._service.app.token_seconds * 1000):
            self._violate("a", "the session was erased because its device was not confirmed, though it could have been")
        self.apart[LOST_CONFIRMATION] += 1

    def _had_a_chance(self, begun: int, end: int) -> bool:
        """True when the device could have asked. The firmware does by itself; with another program, when that calls."""
        asks = self._world.scenario.program == "firmware" or any(begun < at < end for at in self._asked_ms)
        return asks and self._world.chance(begun, end)

    # Before a sleep

    def stored(self) -> SignIn | None:
        """The sign-in whose session is on the flash, by a whole record, whether it can be read just now or not."""
        return self._service.sign_in_of(newest_record(self._world.flash.files).get("refresh_token"))

    def settled(self, before: SignIn | None) -> None:
        """The program has done what is to be done before a sleep; `before`: what stored() was until then."""
        after = self.stored()
        if before and after and self._index(after) < self._index(before):
            self._violate("a", "before a sleep an older session was stored over a newer one")
        if self._world.scenario.clients > 1 or self._entering or self._leaving or not self._world.flash_takes_writes:
            return  # another client may have changed the store
        in_ram = self._world.program.client_state(0).refresh_token
        is_to_be_kept = self.held is not None and self._service.sign_in_of(in_ram) is self.held
        if is_to_be_kept and in_ram != newest_record(self._world.flash.files).get("refresh_token"):
            self._violate("a", "before a sleep the session was left in RAM, though the flash could be written")

    # The service

    def request_done(self, request: Request, delivery: Delivery, fate: Fate) -> None:
        """The service has answered `request`, and the reply will come to what `fate` says."""
        operation = delivery.operation
        if operation == "RespondToAuthChallenge":
            self._check_answers()
        held = self.held
        if not held or not held.revoked:
            return
        by = self._service.revoked_by.get(id(held))
        if by == "RevokeToken" and not self._was_replaced(held):
            self._violate("a", "the device itself revoked the session that it should keep")
        elif by == operation == "GetTokensFromRefreshToken":
            self._reused(held, json.loads(request.body)["RefreshToken"], fate.ms)
        self.held = None

    def _was_replaced(self, held: SignIn) -> bool:
        """True when a sign-in that is under way has just brought a newer one, which flash may not have taken."""
        newest = self._service.pool.sign_ins[-1]
        return bool(self._entering) and newest is not held and newest.auth_time > self._service.time.seconds - 120

    def _check_answers(self) -> None:
        said = [answer for _, answer in self._service.answers]
        if len(said) != len(set(said)):
            self._violate("c", "the answer to a challenge was sent twice")

    def _reused(self, held: SignIn, used: str, late_ms: int) -> None:
        """The session is over because the token `used` was too old: could the device have known a newer one?

        late_ms: for how long the network held the request up
        """
        sent_ms = self._world.time.ms - late_ms
        rotations = self._service.rotations.get(used, [])
        if not rotations:
            return
        begun, grace = rotations[0].at_ms, (self._service.app.rotation or 0) * 1000
        stored = self._on_flash.get("refresh_token")
        if self._world.scenario.clients > 1 and stored != used and stored in held.refresh_tokens:
            stored_ms = self._stored_ms[stored]
            if stored_ms > begun + 5000 + 3 * self._world.network.latency_ms:
                self.apart[UNSAVED] += 1
            elif sent_ms < stored_ms and late_ms > 5000:
                self.apart[LATE] += 1
            else:
                self._violate("a", "a client used a refresh token that another had replaced, on flash too")
            return
        if self._had_a_chance(begun, begun + grace):
            self._violate("a", "a rotated session was lost, though there was time to ask for the reply again")
        last = rotations[-1]
        if not self._world.was_hit(begun, max(begun + grace, last.at_ms) + 15000):
            self._violate("a", "a rotated session was lost, and nothing had come in between")
        self.apart[LOST_STORE if any(one.delivered for one in rotations) else LOST_REPLY] += 1

    # The power

    def power_went(self) -> None:
        """What is in RAM is gone."""
        self._on_flash = newest_record(self._world.flash.files)
        stored = self._service.sign_in_of(self._on_flash.get("refresh_token"))
        if self.held and self.is_saved and stored is not self.held and not self._service.is_over(self.held):
            # A slot that can't be read is the one that is written over, and this one held the newest session.
            if self._world.had_flash_errors:
                self.apart[UNREADABLE] += 1
            else:
                self._violate("a", "the power went in the middle of a write, and the session with it")
            self.held = stored
        if self.held and not self.is_saved:
            if not self._service.is_over(self.held):
                self.apart[RAM_ONLY] += 1
            self.held = self._service.sign_in_of(self._on_flash.get("refresh_token"))
            self.is_saved = True
            if self.held and self._service.is_over(self.held):
                self.held = None

    # When all is well again

    @property
    def is_owed(self) -> bool:
        """True while an answer can still be asked for that did not come to the flash, or a device be confirmed."""
        token = self._on_flash.get("refresh_token")
        if self.held and self._service.wants_confirmation(self.held) and not self._service.is_over(self.held):
            return self._service.time.seconds < self.held.auth_time + self._service.app.token_seconds
        if self.held is None or token not in self._service.rotations or token not in self.held.refresh_tokens:
            return False
        return self._service.is_good(self.held, token)

    def should_be_signed_in(self) -> bool:
        """True when the device ought to come to tokens by itself now that nothing is in its way."""
        held = self.held
        if held is None or self._service.is_over(held) or not held.user.enabled:
            return False
        token = self._on_flash.get("refresh_token") if self.is_saved else None
        return token is None or token not in held.refresh_tokens or self._service.is_good(held, token)

    def still_out(self, came: bool) -> None:
        """All has been well for a long while."""
        if self.should_be_signed_in() and not came:
            self._violate("a", "all is well again, and the device does not come to tokens by itself")

    # Words

    def heard(self, text: str, where: str) -> None:
        """`text` can be read by anybody: no secret may be in it."""
        if PASSWORD in text or SECRET_START in text or "AYABe" in text:
            self._violate("f", f"{where} holds a password, a client secret or a Session")
        for word in _LONG_WORD.findall(text):
            if self._is_secret(word):
                self._violate("f", f"{where} holds a token or a device's secret")

    def _is_secret(self, word: str) -> bool:
        device = self._on_flash.get("device") or {}
        if device.get("password") and device["password"][:20] in word:
            return True
        if word.startswith("eyJ"):
            return True
        return any(word in token for one in self._service.pool.sign_ins for token in one.refresh_tokens)

    def _violate(self, letter: str, text: str) -> None:
        self._world.violate(letter, text)
