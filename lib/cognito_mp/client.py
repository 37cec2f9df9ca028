"""BaseClient: all of a client but the waiting; and Client, which blocks. AsyncClient (module aio) awaits the same."""

import gc
import sys

from . import __version__, clock
from .errors import CognitoError, NotSignedIn
from .protocol import App, Request, Tokens
from .session import Session

if 0:  # for type checkers; unlike TYPE_CHECKING, it is nothing in a .mpy
    from collections.abc import Callable

    from .challenge import Challenge


class BaseClient:
    """One person's session with one app client of a Cognito user pool.

    app        the App
    session    the Session
    clock      the module cognito_mp.clock, or any object with its functions
    cache      dict, what the modules identity_pool and oauth2 keep in RAM between calls
    left       what sign-ins have left to do, a Left of left_undone.py, or None
    transport  what requests go through: the one that was given, or else our own
    attempts   int, tries in all for a request that is safe to repeat
    user_agent  str, the header User-Agent of every request
    asks_code  bool: a sign-in has had the service send somebody a code

    Every call returns, or raises CognitoError (the service refuses), NotSignedIn (there is no
    session), OSError (the network failed; CertificateError and StoreError are kinds of it) or
    ValueError (the caller's mistake). Only NotSignedIn and sign_out() end a stored session.
    """

    # What the two clients bring: run(flow) carries a flow out, and _new_transport makes what a caller gave none of.
    run: "Callable"
    _new_transport: "Callable"
    asks_code = False

    def __init__(
        self,
        region: str,
        client_id: str,
        client_secret: "str | tuple | list | None" = None,
        user_pool_id: "str | None" = None,
        store=None,
        endpoint: "str | None" = None,
        cadata: "bytes | None" = None,
        transport=None,
        timeout: int = 20,
        attempts: int = 3,
        clock=clock,
        sleep_memory=None,
        user_agent: str = "",
        fips: bool = False,
    ) -> None:
        """
        region, client_id, client_secret, user_pool_id  str, as the AWS console shows them; two client secrets while one
                   takes the place of the other, ("new", "old"): what is refused for one is tried with the other
        store      FileStore(path) or any object with load, save and erase; None keeps the session in RAM
        endpoint   str, "https://host:port" in place of AWS's own, such as https://cognito-idp.<region>.amazonaws.com
        cadata     bytes, one DER root or a PEM bundle, in place of Amazon's roots
        transport  any object with post(url, headers, body) -> (status, headers with lower-case names, body)
        timeout    seconds that a reply may take once its request has left: a pool's Lambda trigger has 5, three times.
                   Connecting and sending have up to ten more, and each try of a refresh up to 18 in all
        attempts   tries in all for a request that is safe to repeat
        clock      the module cognito_mp.clock, or any object with its functions
        sleep_memory  machine.RTC().memory or its like: an access token in it outlives a deep sleep
        user_agent  str, your product, "watch/1.2", which goes out in front of "cognito_mp/...": AWS's own firewall
                    rules refuse a request without a User-Agent, and a person's list of sessions shows it

        fips       True for AWS's endpoints whose cryptography is validated to FIPS 140; identity pools follow

        Raises ValueError that names the argument when one can't be right. Connects to nothing.
        """
        self.app = App(region, client_id, client_secret, user_pool_id, endpoint, fips)
        if store is None:
            from .stores.ram import RamStore

            store = RamStore()
        try:
            usual = store.load and store.save and store.erase and clock.now and (transport is None or transport.post)
            usual = usual and 0 < timeout <= 3600 and attempts > 0 and user_agent == ""
        except (AttributeError, TypeError):
            usual = False
        if not usual:
            from .arguments import client as check

            check(store, clock, transport, timeout, attempts, user_agent)
        if sleep_memory is None:
            self.session = Session(client_id, store, clock)
        else:
            from .sleep_memory import SleepingSession

            self.session = SleepingSession(client_id, store, clock, sleep_memory)
        self.clock = clock
        self.cache: dict = {}
        self.left = None
        self.transport = self._new_transport(timeout, cadata, clock) if transport is None else transport
        self.attempts = attempts
        python = sys.implementation
        words = (user_agent and user_agent + " ", __version__, python.name) + python.version[:3] + (sys.platform,)
        self.user_agent = "%scognito_mp/%s %s/%d.%d.%d (%s)" % words
        self._holders = 0  # calls under way, and with-blocks: while there are any the connection is kept

    # What a caller asks for

    def sign_in(self, username: str, password: "str | None", flow: str = "USER_PASSWORD_AUTH", **options):
        """Sign in: Tokens, or a Challenge, which is a normal step: answer it with respond().

        flow     Cognito's AuthFlow: USER_PASSWORD_AUTH, USER_SRP_AUTH, CUSTOM_AUTH or USER_AUTH
        options  preferred and session, of USER_AUTH; client_metadata and user_context_data: see flows/sign_in.py
        """

        def initiate():
            device = self.session.known_device()
            if flow == "USER_PASSWORD_AUTH" and not device and not options:
                from .flows.password import sign_in

                return sign_in(self.app, username, password)
            from .flows.sign_in import sign_in as sign_in_by

            return sign_in_by(self.app, device, username, password, flow, **options)

        return self.run(self.signing_in(initiate))

    def respond(self, challenge: "Challenge", answers, **options):
        """Answer `challenge` with raw ChallengeResponses keys; USERNAME and SECRET_HASH are filled in.

        answers  dict, or a str where one thing is asked for
        options  client_metadata and user_context_data: see flows/options.py
        """
        from .apis.challenges import respond

        return respond(self, challenge, answers, **options)

    def set_new_password(self, challenge: "Challenge", new_password: str, attributes: "dict | None" = None, **options):
        """Answer NEW_PASSWORD_REQUIRED; `attributes` hold at least challenge.required_attributes, no prefix."""
        from .apis.challenges import set_new_password

        return set_new_password(self, challenge, new_password, attributes, **options)

    def access_token(self):
        """An access token that is good now, refreshed first when due. Raises NotSignedIn when there is no session."""
        from .renewal import token

        return self.run(token(self.app, self.session, "access_token"))

    def id_token(self):
        """An ID token that is good now, refreshed first when due; None where a refresh has brought none.

        Raises NotSignedIn when there is no session.
        """
        from .renewal import token

        return self.run(token(self.app, self.session, "id_token"))

    def refresh(self, client_metadata: "dict | None" = None):
        """New Tokens now, due or not. Raises NotSignedIn when there is no session, or it is over."""
        if client_metadata is not None:
            from .arguments import client_metadata as check

            check(client_metadata)
        from .renewal import refreshed_tokens

        return self.run(refreshed_tokens(self.app, self.session, client_metadata))

    def sign_out(self, everywhere: bool = False):
        """Erase the session, here first; True when the service revoked its refresh token too.

        And those of sessions that sign-ins replaced, where that is still to be done. False: it was not told of all, and
        will not be: nothing is kept, in RAM either, by which it could be.

        everywhere  revoke all of the user's sessions, on other devices too
        """
        from .signing_out import sign_out

        return sign_out(self, everywhere)

    def call(self, operation: str, parameters: "dict | None" = None, credentials=None):
        """The reply of any other public operation of the user pools API; see the module account."""
        from .apis.account import call

        return call(self, operation, parameters, credentials)

    @property
    def signed_in(self) -> bool:
        """True when there is a session, in RAM or in the store. Asks the network nothing."""
        return self.session.signed_in

    def close(self) -> None:
        """Drop the connection, if one is kept."""
        if hasattr(self.transport, "close"):  # a caller's transport may have none
            self.transport.close()

    def _post(self, request):
        """What the transport's post() gives for `request`: a reply, or what is to be awaited for one."""
        written = request.write(self.app.url, self.clock.now())
        written[1]["User-Agent"] = self.user_agent
        if hasattr(self.transport, "post_once"):  # ours has, and lets go of what was sent
            written.append(request.seconds)
            return self.transport.post_once(written)
        return self.transport.post(*written)

    def signing_in(self, initiate):
        """The flow that initiate() gives, whose outcome is Tokens or a Challenge; the session starts with its Tokens.

        Itself a flow. The store is read when it runs: that of an AsyncClient may have changed since the call.
        """
        session = self.session
        flow = initiate()
        if session.refresh_token:  # what comes after it is loaded first: later it would stand among the new tokens
            from .after_sign_in import settle
        if session.device:
            from .refused_device import trusting

            flow = trusting(session, flow)
        outcome = yield from flow
        if isinstance(outcome, Tokens):
            replaced = session.start(outcome)
            self.cache = {}  # it may be another person's
            if replaced or session.device:
                from .after_sign_in import settle

                yield from settle(self, replaced)
            if session.store_error:
                raise session.store_error
        else:
            self.asks_code = self.asks_code or outcome.asks_code
        return outcome

    def _held(self, flow):
        """`flow`, a call, and after it what sign-ins have left to do, if anything; None: that alone, or None."""
        device = self.session.device
        if self.left or device and "unconfirmed" in device:
            from .left_undone import left

            return left(self, flow)
        return flow


class Client(BaseClient):
    """One person's session with one app client of a Cognito user pool; see BaseClient for what there is to call.

    `with client:` keeps the connection from call to call.
    """

    def __enter__(self) -> "Client":
        self._holders += 1
        return self

    def __exit__(self, type: object, exc: object, tb: object) -> None:
        # Not *error: where there is no memory left, that tuple could not be made, and the connection stayed open.
        self._holders -= 1
        if not self._holders:
            self.close()

    def settle(self) -> None:
        """Before a deep sleep or a reset: try once more what sign-ins have left to do, and save what is in RAM alone.

        That is a device to confirm, and a session that was replaced to revoke. session.store_error tells when it can't
        be saved. A store that still can't be read is written over, where no other client of the program has changed it;
        but not on CPython, where another process may have.
        """
        left = self._held(None)
        if left:
            self.run(left, "settle")
        self.session.save_pending(sys.implementation.name != "cpython")

    def _new_transport(self, timeout, cadata, clock):
        from .transports.https import HttpsTransport

        return HttpsTransport(timeout, cadata, clock)

    def run(self, flow, key=None):
        """What `flow` returns, a generator: see flows/password.py. `key`: that of its Once; None for a call."""
        self.session.save_pending()
        if key is None:
            flow = self._held(flow)
        go_on, value = flow.send, None
        with self:
            try:
                while True:
                    step = go_on(value)
                    try:
                        go_on, value = flow.send, self._outcome(step)
                    except (CognitoError, NotSignedIn, OSError, MemoryError) as error:
                        go_on, value = flow.throw, error
            except StopIteration as done:
                return done.value
            finally:
                flow.close()

    def _outcome(self, step):
        if isinstance(step, Request):
            return self._reply(step)
        if isinstance(step, int):
            return self.clock.sleep_ms(step)
        if isinstance(step, str):  # NOW, and its like
            return getattr(self.clock, step)()
        return self.run(step.flow, step.key)  # a Once: nobody else can be asking

    def _reply(self, request):
        tried = 0
        while True:
            try:
                reply = self._post(request)
                gc.collect()  # the tokens need kilobytes in one piece each
                return request.read(*reply)
            except (CognitoError, OSError) as error:
                from .retry import delay

                tried += 1
                ms = delay(error, request, tried, self)
            self.clock.sleep_ms(ms)
