"""What sign-ins have left to do: a device to confirm, sessions that were replaced to revoke. Flows, but with a Session.

What fails is tried again at later calls, while the program runs; a device that is not confirmed also after a restart.
"""

from .clock import Lifetime
from .device_confirmation import confirm_device
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
                from .flows.revoke_token import is_revoked

                if (yield from is_revoked(self._client.app, token)) is None:
                    failed = True
                else:
                    self.replaced = [other for other in self.replaced if other != token]
            else:
                break
        self.has_failed(failed or bool(self._device()))
        self.let_go()

    def has_failed(self, failed: bool) -> None:
        """The call after the one that failed first tries at once; then there is a pause.

        Where no network is, each try takes as long as the network's time-outs.
        """
        if failed:
            self._pause = Lifetime(self._session.clock, _TRY_AGAIN if self._has_failed else 0)
            self._has_failed = True


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


def keep(client, replaced: str) -> None:
    """`replaced`, a refresh token, could not be revoked: the next call tries again."""
    left = client.left
    if left is None:
        left = client.left = Left(client)
    left.add(replaced)
    left.has_failed(True)


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
