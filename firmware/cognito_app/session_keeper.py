"""Keeps one session alive: link, clock and refresh, in that order, for as long as the service lets it.

Nothing but the service's word that the session is over (NotSignedIn), or sign_out(), ends it: a network, a
clock or a server that fails is tried again later, for as long as it takes.
"""

import asyncio

from cognito_mp import CertificateError, NotSignedIn, StoreError

from .backoff import PASSING, Backoff, NotYet, describe
from .status import CONNECTING, HOW_TO_SIGN_IN, NEEDS_SIGN_IN, OFFLINE, SESSION_OVER, SIGNED_IN, Status
from .stopwatch import Stopwatch

if 0:  # for type checkers
    from .srp_ahead import SrpAhead

_LINK_CHECK = 5  # seconds between looks at a link that is up
_LONGEST_WAIT = 3600  # seconds; the tick counter must not wrap unseen
_SUSPECT_LINK = 4  # refreshes in a row that the network failed, after which the link is brought up anew
# Seconds, the longest wait after one refresh that failed and after many; and where the service throttles. Its quota is
# one for the whole fleet: a million devices that are switched on at once take hours in any case (host_tests/fleet).
REFRESH_TRIES = 5, 600, (60, 1200)
_CLOCK_LIFE = 12 * 3600  # seconds that a clock set by NTP is trusted: a cheap crystal drifts 2 s in them


def _blames_the_clock(error: CertificateError) -> bool:
    """True when a certificate was refused for its dates, in mbedtls' words or OpenSSL's."""
    words = describe(error)
    return "expired" in words or "validity" in words or "not yet valid" in words or "future" in words


def shown_name(session) -> str:
    """The name of the person of `session`; "" when it is not known.

    In a pool whose people sign in by e-mail the user name is a UUID: then it is the address, if an ID token is at hand.
    """
    name = session.username or ""
    if len(name) != 36 or name.count("-") != 4:
        return name
    if not session.tokens or not session.tokens.id_token:
        return ""
    from cognito_mp.apis.claims import read

    try:
        return str(read(session.tokens.id_token).get("email", ""))
    except ValueError:
        return ""


class _AsItIs:
    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        pass


def _proves(flow: str) -> bool:
    """True where a sign-in by `flow`, Cognito's AuthFlow, has a use for SRP's first number."""
    return "SRP" in flow or flow == "CUSTOM_AUTH"


class SessionKeeper:
    """The session of the person who wears the device, and what its state is.

    client           the AsyncClient; it owns the session, its tokens and when they are due
    leave_link_down  bool, for others to set: run() looks for no network, for which it would need the radio of an access
                     point that is open
    """

    _time_set: "Stopwatch | None"
    _shown: tuple

    def __init__(self, client, link, ask_time, set_time, clock, faults, radio_idle_s: int = 0, full_speed=None) -> None:
        """
        client    a cognito_mp.AsyncClient; it owns the session, its tokens and when they are due
        link      is_up() -> bool, async connect() that raises OSError, down()
        ask_time  async () -> seconds since 1970, by NTP; raises OSError
        set_time  (seconds since 1970) sets the device's clock
        clock     the module cognito_mp.clock, or any object with its functions
        faults    a FaultLog
        radio_idle_s  seconds after which a link that nobody asked for is switched off; 0: it stays up
        full_speed    a context manager in which the chip is fast, for the arithmetic of a sign-in; None: as it is
        """
        self._full_speed = _AsItIs() if full_speed is None else full_speed
        self._ahead: SrpAhead | None = None
        self._radio_idle_s = radio_idle_s
        self._idle = Stopwatch(clock)  # since somebody needed the link
        self.client = client
        self._link = link
        self._ask_time = ask_time
        self._set_time = set_time
        self._clock = clock
        self._faults = faults
        self._listeners: list = []
        self._lock = asyncio.Lock()
        self._wake = asyncio.Event()
        self._link_tries = Backoff(clock, 2, 120)
        self._time_tries = Backoff(clock, 4, 300)
        self._refresh_tries = Backoff(clock, *REFRESH_TRIES)
        self._save_tries = Backoff(clock, 60, 3600)
        self._wanted = False
        self._was_up = False
        self.leave_link_down = False
        self._trouble = ""
        self._over = ""
        self._time_set = None
        self._shown = ()
        self._end: tuple = ((), ())  # when it was looked up, and for which sign-in; what was found

    # What the device's own program asks for

    def on_status(self, callback) -> None:
        """Call `callback(status)` now and whenever the state or its detail changes."""
        self._show()
        self._listeners.append(callback)
        self.tell(callback)

    def tell(self, callback) -> None:
        """Call `callback(status)` with this moment's. What it raises is a fault: a display must not cost a session."""
        try:
            callback(self.status())
        except Exception as error:
            self._faults.record("showing the state", error)

    def status(self) -> Status:
        """The Status of this moment."""
        try:
            signed_in = self.client.signed_in
        except OSError as error:  # a session may be there all the same
            return Status(OFFLINE, describe(error))
        if not signed_in:
            if self._over:
                return Status(SESSION_OVER, self._over)
            return Status(NEEDS_SIGN_IN, HOW_TO_SIGN_IN + (f" ({self._trouble})" if self._trouble else ""))
        session = self.client.session
        left, life, trouble = session.life.left(), session.life.expires_in, self._trouble
        if session.store_error and not trouble:
            trouble = "the session is in RAM only: " + describe(session.store_error)
        person = shown_name(session)
        if left and (self._link.is_up() or not self._wanted):
            before = () if trouble else self.sign_in_before()
            if before:
                trouble = f"sign in again before {before[0]} {before[2]}"
            return Status(SIGNED_IN, trouble, left, life, person)
        return Status(OFFLINE if trouble else CONNECTING, trouble, left, life, person)

    def sign_in_before(self) -> tuple:
        """The day before which the person has to sign in again, as session_end.day_of(): () while that is far off."""
        session, now = self.client.session, self._clock.now()
        days, began = session.session_days, session.auth_time
        if not days or type(began) is int and now < began + (days - 15) * 86400:  # a day for a clock that is wrong
            return ()
        asked = now // 3600, began
        if asked != self._end[0]:
            from .loaded_modules import forget
            from .session_end import day_of

            self._end = asked, day_of(session, self._clock)
            forget("cognito_mp.auth_time", "cognito_mp.calendar_utc")
            forget("cognito_app.session_end", "cognito_app.loaded_modules")
        return self._end[1]

    @property
    def state(self) -> str:
        """The state of the Status, as of the last thing that the keeper did: it costs nothing to ask."""
        if not self._shown:
            self._show()
        return self._shown[0]

    @property
    def seconds_left(self) -> int:
        """Seconds that the access token is good for; 0 when there is none."""
        return self.client.session.life.left()

    async def connect(self) -> None:
        """Bring the link up and the clock right, and keep the link up from now on. Raises OSError."""
        self._want()
        async with self._lock:
            try:
                await self._online()
            finally:
                self._show()

    async def access_token(self) -> str:
        """An access token that is good now; no network is touched while the one at hand is not due.

        Raises NotSignedIn when there is no session, OSError or CognitoError when a new one can't be had now.
        """
        if not self._fresh():
            try:
                await self._new_token()
            except PASSING:
                if not self.seconds_left:
                    raise
        return self.client.session.tokens.access_token

    async def _new_token(self) -> None:
        self._want()
        try:
            await self._renew()
        except PASSING as error:
            self._trouble = describe(error)
            raise
        finally:
            self._show()

    async def refresh(self) -> None:
        """A new access token although the old is not due, such as when an API refused it.

        Raises NotSignedIn, OSError or CognitoError where there is no new one, however good the old one still is.
        """
        self.client.session.postpone(0)
        self._refresh_tries.clear()
        await self._new_token()

    def expect_sign_in(self, flow: str) -> None:
        """A person has begun to type: what a sign-in by `flow` can have made ahead is made meanwhile, in a task."""
        if not _proves(flow):
            return
        if self._ahead is None:
            from .srp_ahead import SrpAhead

            self._ahead = SrpAhead(self.client)
        self._ahead.expect()

    async def sign_in(self, username: str, password: str, flow: str = "USER_PASSWORD_AUTH"):
        """Tokens, or the Challenge to answer next. `flow`: Cognito's AuthFlow.

        Raises OSError, CognitoError or ValueError.
        """
        options = await self._ahead.options() if self._ahead and _proves(flow) else {}
        return await self.ask(self.client.sign_in, username, password, flow, **options)

    async def respond(self, challenge, answers: dict):
        """Tokens, or the Challenge to answer next. Raises OSError, CognitoError or ValueError."""
        return await self.ask(self.client.respond, challenge, answers)

    async def set_new_password(self, challenge, new_password: str, attributes: dict):
        """Tokens, or the Challenge to answer next. Raises OSError, CognitoError or ValueError."""
        return await self.ask(self.client.set_new_password, challenge, new_password, attributes)

    async def ask(self, question, *words, **options):
        """What the awaited question(*words, **options), a call of the client's or of cognito_mp.apis, returns.

        Asked once there is a network, and at full speed. Raises OSError, CognitoError or ValueError.
        """
        async with self._lock:
            self._want()
            self._link_tries.clear()  # a person who waits is worth a try at once
            self._time_tries.clear()
            try:
                await self._online()
                with self._full_speed:
                    return await question(*words, **options)
            except CertificateError as error:
                self._distrust_clock(error)
                raise
            finally:
                if self._fresh():  # also when it could not be saved
                    self._trouble = ""
                    self._over = ""
                    self._refresh_tries.clear()
                self._show()

    async def alone(self, action, *words):
        """What `await action(*words)` returns, while nobody else uses the link: for what changes the link itself."""
        async with self._lock:
            try:
                return await action(*words)
            finally:
                self._link_tries.clear()
                self._was_up = self._link.is_up()
                self._show()

    async def sign_out(self) -> bool:
        """Erase the session here; True when the service ended it too. Else it was not told, and is not told later."""
        async with self._lock:
            try:
                return await self.client.sign_out()
            finally:
                self._over = ""
                self._show()

    async def settle(self) -> bool:
        """Let a refresh that is under way come to its end; False while what it brought could not be saved.

        To be awaited before a deep sleep or a reset: in a pool that rotates its refresh tokens, an answer that is cut
        off or is in RAM alone takes the session with it. It takes no longer than the client's own time-outs.
        """
        await self.client.settle()
        return not self.client.session.store_error

    def close(self) -> None:
        """Switch the link off, before a deep sleep; await settle() first."""
        self._link.down()

    async def run(self) -> None:
        """Keep the session for ever."""
        while True:
            seconds = await self.step()
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), seconds)
            except asyncio.TimeoutError:
                pass

    async def step(self) -> int:
        """Do what there is to do now; the seconds, at least 1, until there may be more."""
        if self._was_up and not self._link.is_up():
            self._was_up = False
            self._trouble = "the network is gone"
        self._wanted = self._wanted or not self._fresh()
        self._show()
        if self.client.session.store_error:
            await self._save()
        if self._wanted and (self._link.is_up() or not self.leave_link_down):
            try:
                if self.client.signed_in:
                    await self._renew()
                else:
                    await self.connect()  # ready for the person who comes to sign in
                if not self._refresh_tries.failures:  # else the token at hand does for now, and no more
                    self._trouble = ""
            except NotSignedIn:
                pass
            except PASSING as error:
                self._trouble = describe(error)
            except Exception as error:  # a fault of ours must not cost a person the session either
                self._faults.record("keeping the session", error)
                self._trouble = "internal fault: " + type(error).__name__
        self._rest()
        self._show()
        return self._seconds_to_next_step()

    # How it does it

    def _may_be_signed_in(self) -> bool:
        try:
            return self.client.signed_in
        except OSError:
            return True

    def _fresh(self) -> bool:
        """True when there is a token that is not due. What can't be read just now is not known to be fresh."""
        try:
            return self.client.signed_in and self.client.session.life.until_due() > 0
        except OSError:
            return False

    async def _save(self) -> None:
        try:
            await self._save_tries.attempt(self._save_pending)
        except OSError:
            pass  # status() says so

    async def _save_pending(self) -> None:
        self.client.session.save_pending()
        if self.client.session.store_error:
            raise self.client.session.store_error

    def _seconds_to_next_step(self) -> int:
        if not self._wanted:
            wait = self.client.session.life.until_due()
        elif not self._link.is_up():
            wait = self._link_tries.wait()
        elif not self._clock.is_set():
            wait = min(_LINK_CHECK, self._time_tries.wait())
        elif self._may_be_signed_in() and not self._fresh():
            wait = min(_LINK_CHECK, self._refresh_tries.wait())
        else:
            wait = _LINK_CHECK
        if self.client.session.store_error:
            wait = min(wait, self._save_tries.wait())
        return max(1, min(wait, _LONGEST_WAIT))

    def _rest(self) -> None:
        """Switch the radio off when it has been idle for long, and nothing is left to do."""
        idle = self._radio_idle_s and self._idle.seconds() >= self._radio_idle_s
        if idle and self._wanted and self._fresh() and not self._lock.locked():
            self._link.down()
            self._wanted = False
            self._was_up = False

    def _want(self) -> None:
        """The link is needed from now on: run() has to look after it, not to sleep until the token is due."""
        self._idle.restart()
        if not self._wanted:
            self._wanted = True
            self._wake.set()

    async def _online(self) -> None:
        if not self._link.is_up():
            await self._link_tries.attempt(self._link.connect)
            self._time_tries.soon()
            self._refresh_tries.soon()
        self._was_up = True
        if self._clock.is_set() and self._time_set and self._time_set.seconds() < _CLOCK_LIFE:
            return
        try:
            await self._time_tries.attempt(self._correct_clock)
        except OSError as error:
            # A clock that was set once still tells a certificate's day.
            if not self._clock.is_set():
                raise OSError("the clock is not set: " + describe(error))

    async def _correct_clock(self) -> None:
        seconds = await self._ask_time()
        before = self._clock.now()
        self._set_time(seconds)
        self._time_set = Stopwatch(self._clock)
        self.client.session.clock_was_set(before)

    def _distrust_clock(self, error: CertificateError) -> None:
        """Ask another time server before the next request, where a wrong clock explains `error`."""
        if _blames_the_clock(error):
            self._time_set = None
            self._time_tries.clear()
            self._refresh_tries.soon()

    async def _renew(self) -> None:
        async with self._lock:
            if not self.client.signed_in:
                raise NotSignedIn(self._over or "no session: sign in first")
            await self._online()
            if self._fresh():
                return
            try:
                await self._refresh_tries.attempt(self._refreshed)
            except NotSignedIn as over:
                self._over = describe(over)
                raise
            except CertificateError as error:
                self._distrust_clock(error)
                raise
            except NotYet:
                raise
            except OSError:
                # A radio may say that it is connected long after it has stopped being so.
                if self._refresh_tries.failures % _SUSPECT_LINK == 0:
                    self._link.down()
                    self._was_up = False
                raise
            self._trouble = ""

    async def _refreshed(self) -> None:
        try:
            await self.client.refresh()
        except StoreError:
            if not self._fresh():
                raise
            # New tokens are here, in RAM alone; status() says so, and step() tries to save them.

    def _show(self) -> None:
        status = self.status()
        if (status.state, status.detail, status.person) != self._shown:
            self._shown = status.state, status.detail, status.person
            for callback in self._listeners:
                self.tell(callback)
