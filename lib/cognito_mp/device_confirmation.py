"""What follows a sign-in: its device is confirmed, and the session that it replaced revoked. Flows, but with a Session.

What fails is tried again at later calls, while the program runs; a device that is not confirmed also after a restart.
"""

from .clock import Lifetime
from .errors import CognitoError, NotSignedIn, StoreError
from .protocol import Once

# Seconds until what has failed at a later call too is tried again by the next one.
_TRY_AGAIN = 15
# Refresh tokens to revoke that are kept: each is two kilobytes.
_MOST = 3


class Left:
    """What sign-ins with one client have left to do.

    replaced  list of str, refresh tokens of sessions that others replaced, to be revoked
    """

    def __init__(self, client) -> None:
        """`client`, whose `left` this is, until nothing is left."""
        self._client = client
        self._session = client.session
        self.replaced: list = []
        self._has_failed = False
        self._pause = Lifetime(client.clock, 0)
        self._refused = None  # the key of a device that the service will not confirm

    def add(self, replaced: str) -> None:
        """`replaced` is a refresh token to revoke; the oldest gives way where there are many."""
        self.replaced = (self.replaced + [replaced])[-_MOST:]

    def take(self) -> list:
        """The refresh tokens to revoke, which from now on are the caller's to revoke."""
        taken, self.replaced = self.replaced, []
        return taken

    @property
    def is_due(self) -> bool:
        """True when there is something left that the next call should try."""
        return bool(self.replaced or self._device()) and not self._pause.left()

    @property
    def is_done(self) -> bool:
        """True when nothing is left, also no device that the service will not confirm."""
        device = self._session.device
        return not (self.replaced or device and "unconfirmed" in device)

    def let_go(self) -> None:
        """Nobody needs this any more where nothing is left."""
        if self.is_done and self._client.left is self:
            self._client.left = None

    def _device(self) -> "dict | None":
        device = self._session.device
        return device if device and "unconfirmed" in device and device["key"] != self._refused else None

    def tried(self, tries: int):
        """Do what can be done now, each thing once. A flow; `tries`: how often a device is tried at once."""
        tried: list = []
        failed = False
        while True:
            # Looked at anew each time: somebody may sign in, or out, while a request is on its way.
            device = self._device()
            token = ([token for token in self.replaced if token not in tried] or [None])[0]
            if device and device["key"] not in tried:
                tried.append(device["key"])
                if (yield from confirm_device(self._session, tries)) is False:
                    self._refused = device["key"]
            elif token:
                tried.append(token)
                from .flows.sign_out import is_revoked

                if (yield from is_revoked(self._client.app, token)) is None:
                    failed = True
                else:
                    self.replaced = [other for other in self.replaced if other != token]
            else:
                break
        if failed or self._device():
            # The call after the one that failed first tries at once; then there is a pause, for where no network is
            # each try takes as long as the network's time-outs.
            self._pause = Lifetime(self._session.clock, _TRY_AGAIN if self._has_failed else 0)
            self._has_failed = True
        self.let_go()


def settle(client, replaced: "str | None" = None, tries: int = 1):
    """Do what sign-ins have left to do, and revoke `replaced`, a refresh token; best effort. A flow.

    It runs to its end, though whoever asked for it be cancelled.
    """
    left = client.left
    if left is None:
        left = client.left = Left(client)
    if replaced:
        left.add(replaced)
    try:
        yield Once("settle", left.tried(tries))
    except (OSError, MemoryError):  # its task was cancelled, by whoever cancels all; or it is tried again later
        pass


def left(client, flow):
    """`flow`, a call or None, and then what sign-ins have left to do, where the network has not just failed. A flow.

    After it, so that a sign-out is not kept waiting, and no call that finds no network takes twice as long.
    """
    error: Exception | None = None
    try:
        outcome = (yield from flow) if flow else None
    except (CognitoError, NotSignedIn, StoreError) as refusal:
        error = refusal
    if not flow or client.left is None or client.left.is_due:
        yield from settle(client)
    else:
        client.left.let_go()
    if error:
        raise error
    return outcome


def confirm_device(session, tries: int):
    """Confirm the device that came with `session`, if it still wants it. A flow; `tries`: how often at once.

    True when there is nothing left to do, None when it has failed and can be tried again, and False when the service
    will not confirm it: the session goes on, and a refresh tries it once more.
    """
    device = session.device
    if not device or "unconfirmed" not in device:
        return True
    token = session.tokens.access_token if session.life.left() else device.get("access_token")
    if not token:
        return False
    from .flows.device import confirmation, confirmed_device

    request = yield from confirmation(device, token)
    done: bool | None = None
    for tried in range(tries):
        if tried:
            yield session.clock.jitter() * (1000 << tried) // 256
        if not _is_held(session, device):
            return True
        error = None
        try:
            yield request
            done = True
        except (OSError, CognitoError) as failure:
            from .flows.device import is_confirmed
            from .retry import is_passing, is_worth_a_wait

            error = failure
            done = True if is_confirmed(error) else None if is_passing(error) else False
            if not is_worth_a_wait(error):
                break
        if done is not None:
            break
    if not _is_held(session, device):  # somebody else has signed in, or out, meanwhile
        return True
    if done:
        session.keep(device=confirmed_device(device))
    elif error and _is_forgotten(error):
        session.keep(device=None)
        return True
    else:
        session.postpone(_TRY_AGAIN)
    return done


def _is_held(session, device: dict) -> bool:
    held = session.device
    return bool(held) and "unconfirmed" in held and held["key"] == device["key"]


def trusting(session, flow):
    """`flow`, a sign-in that names the remembered device: one that the service has forgotten is named no more.

    Whatever becomes of this sign-in: its challenge may be used up, and the next one must not fail in the same way.
    """
    key = session.device["key"]
    go_on, value = flow.send, None
    try:
        while True:
            step = go_on(value)
            go_on = flow.send
            try:
                value = yield step
            except (CognitoError, OSError) as error:
                if _is_forgotten(error) and session.device and session.device["key"] == key:
                    session.keep(device=None)
                go_on, value = flow.throw, error
    except StopIteration as done:
        return done.value
    finally:
        flow.close()


def _is_forgotten(error: Exception) -> bool:
    from .refusals import is_device_forgotten

    return isinstance(error, CognitoError) and is_device_forgotten(error)
