"""Client: drives the flows over a transport and keeps the session. Blocking; AsyncClient (room aio) awaits the same."""

import gc
import json

from . import clock
from .errors import CognitoError, require_text
from .protocol import Tokens, loads, read_reply, split_url, write_request

if 0:  # for type checkers; unlike TYPE_CHECKING, it is nothing in a .mpy
    from .challenges import Challenge


class Client:
    """One person's session with one app client of a Cognito user pool.

    Every call returns, or raises CognitoError (the service refuses), NotSignedIn (there is no
    session), OSError (the network failed; CertificateError and StoreError are kinds of it) or
    ValueError (the caller's mistake). Only NotSignedIn and sign_out() end a stored session.
    """

    _session: "dict | None"
    _tokens: "Tokens | None"
    _start: "tuple | None"
    _due: "int | None"

    def __init__(
        self,
        region: str,
        client_id: str,
        client_secret: str | None = None,
        user_pool_id: str | None = None,
        store=None,
        endpoint: str | None = None,
        cadata: bytes | None = None,
        transport=None,
        timeout: int = 10,
        attempts: int = 3,
        clock=clock,
    ) -> None:
        """
        region, client_id, client_secret, user_pool_id  str, as the AWS console shows them
        store      FileStore(path) or any object with load, save and erase; None keeps the session in RAM
        endpoint   str, "https://host:port" in place of https://cognito-idp.<region>.amazonaws.com
        cadata     bytes, one DER root or a PEM bundle, in place of Amazon's roots
        transport  any object with post(url, headers, body) -> (status, headers with lower-case names, body)
        timeout    seconds that one request may take in all
        attempts   tries in all for a request that is safe to repeat
        clock      the module cognito_mp.clock, or any object with its functions

        Raises ValueError that names the argument when one can't be right. Connects to nothing.
        """
        if endpoint is None:
            endpoint = "https://cognito-idp.%s.amazonaws.com" % region
        require_text(region=region, client_id=client_id, client_secret=client_secret or "-", endpoint=endpoint)
        split_url(endpoint)
        self._url = endpoint
        if store is None:
            from .ram_store import RamStore

            store = RamStore()
        if transport is None:
            from .https import HttpsTransport

            transport = HttpsTransport(timeout, cadata, clock)
        self.client_id = client_id
        self.client_secret = client_secret
        self.user_pool_id = user_pool_id
        self.device_key: str | None = None  # of a remembered device, while its user signs in or is signed in
        self._store = store
        self._transport = transport
        self._attempts = attempts
        self._clock = clock
        self._held = self._unsaved = 0
        # The session is {} when there is none, and None until the store was asked.
        self._session = self._tokens = None

    # What a caller asks for

    def sign_in(
        self, username: str, password: str | None, flow: str = "USER_PASSWORD_AUTH", **options
    ) -> "Tokens | Challenge":
        """Sign in. A Challenge is a normal step: answer it with respond().

        flow     Cognito's AuthFlow: USER_PASSWORD_AUTH, USER_SRP_AUTH, CUSTOM_AUTH or USER_AUTH
        options  for CUSTOM_AUTH and USER_AUTH: see the room sign_ins
        """
        if flow != "USER_PASSWORD_AUTH" or "device" in self._load():
            from .sign_ins import sign_in
        else:
            from .flows import sign_in  # type: ignore[assignment]  # takes no options
        return self._drive(self._exchange(sign_in(self, username, password, flow, **options)))

    def respond(self, challenge, answers: dict) -> "Tokens | Challenge":
        """Answer `challenge` with raw ChallengeResponses keys; USERNAME and SECRET_HASH are filled in."""
        from .challenges import respond

        return self._drive(self._exchange(respond(self, challenge, answers)))

    def set_new_password(self, challenge, new_password: str, attributes: dict | None = None) -> "Tokens | Challenge":
        """Answer NEW_PASSWORD_REQUIRED; `attributes` hold at least challenge.required_attributes, no prefix."""
        from .challenges import set_new_password

        return self._drive(self._exchange(set_new_password(self, challenge, new_password, attributes)))

    def access_token(self) -> str:
        """An access token that is good now, refreshed first when due. Raises NotSignedIn when there is no session."""
        return self._token("access_token")

    def id_token(self) -> str:
        """An ID token that is good now, refreshed first when due. Raises NotSignedIn when there is no session."""
        return self._token("id_token")

    def _token(self, name: str) -> str:
        from .refreshing import current

        return self._drive(current(self, name))

    def refresh(self) -> Tokens:
        """New tokens now, due or not. Raises NotSignedIn when there is no session, or it is over."""
        from .refreshing import refreshed

        return self._drive(refreshed(self))

    def sign_out(self, everywhere: bool = False) -> bool:
        """Erase the session, here first; True when the service revoked its refresh token too.

        everywhere  revoke all of the user's sessions, on other devices too
        """
        from .signing_out import sign_out

        return self._drive(sign_out(self, everywhere))

    def call(self, operation: str, parameters: dict | None = None, credentials=None) -> dict:
        """The reply of any other public operation of the user pools API; see the room account."""
        from .account import call

        return call(self, operation, parameters, credentials)

    @property
    def signed_in(self) -> bool:
        """True when there is a session, in RAM or in the store. Asks the network nothing."""
        return "refresh_token" in self._load()

    def close(self) -> None:
        """Drop the connection, if one is kept."""
        getattr(self._transport, "close", bool)()  # a caller's transport may have none

    def __enter__(self) -> "Client":
        self._held += 1
        return self

    def __exit__(self, *error: object) -> None:
        self._held -= 1
        if not self._held:
            self.close()

    # The session

    def _load(self) -> dict:
        if self._session is None:
            stored = self._store.load() or b"{}"
            try:
                session = loads(stored)
            except ValueError:
                session = {}
            # A session of another app client is not ours to use, nor to erase.
            self._session = session if session.get("client_id") == self.client_id else {}
        return self._session

    def _save(self) -> None:
        self._unsaved = True
        self._store.save(json.dumps(self._session).encode())
        self._unsaved = False

    def _keep(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._start = self._clock.now(), self._clock.ticks_ms()
        self._due = None
        session = dict(
            self._load(), client_id=self.client_id, username=tokens.username, refresh_token=tokens.refresh_token
        )
        if session != self._session:
            self._session = session
            self._save()

    # Generators: they yield what to post or the milliseconds to wait, so that AsyncClient can share them

    def _exchange(self, flow):
        """Drive `flow`; what it returns. Tokens are kept first."""
        resume, value = flow.send, None
        try:
            while True:
                request = resume(value)
                try:
                    value = yield write_request(self._url, *request[:2])
                    resume = flow.send
                except (CognitoError, OSError) as error:
                    from .retry import tried_again

                    resume, value = yield from tried_again(self, flow, request, error)
        except StopIteration as done:
            value = done.value
        if isinstance(value, Tokens):
            self._keep(value)
            if value.new_device:
                from .device import remember

                yield from remember(self, value)
        return value

    def _drive(self, steps):
        """Run `steps` to their end over the transport; what they return."""
        try:
            step = next(steps)
            while True:
                try:
                    if isinstance(step, int):
                        step = self._clock.sleep_ms(step)
                    else:
                        request = step
                        step = self._transport.post(*request)
                        request.clear()  # `steps` still has it
                        gc.collect()  # the tokens need kilobytes in one piece each
                        step = read_reply(*step)
                except (CognitoError, OSError) as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(step)
        except StopIteration as done:
            return done.value
        finally:
            if not self._held:
                self.close()
