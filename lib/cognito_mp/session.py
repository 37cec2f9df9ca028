"""Session: who is signed in, on flash and in RAM. The one owner of tokens, refresh token, device and store.

Nothing but the methods here changes a session, and nothing else writes to its store. Each is one step from one whole
state to the next, and one write at the most. stored_session.py reads what is written here.
"""

import json

from .clock import Lifetime
from .crypto.hmac_sha256 import sha256
from .errors import NotSignedIn, StoreError

if 0:  # for type checkers; unlike TYPE_CHECKING, it is nothing in a .mpy
    from .protocol import Tokens

# How often sessions of this program have changed: taken new tokens, or been erased. Each Session keeps the count that
# it has seen. A newer one means that another client may have changed the store, and that it has to be read again.
_changes = 0


class Session:
    """The session of one app client in one store. To be read by anybody, and changed by its own methods alone:

    username       str, the name that a refresh hashes; None when there is no session
    refresh_token  str; None when there is none
    tokens         Tokens at hand, due or not; None when there are none
    life           Lifetime of the access token; one of 0 seconds when there is none
    device         dict of the remembered device: key, group, password, owner, sign_in_name; None when there is none.
                   Until it is confirmed also "unconfirmed" and the access_token to confirm it with
    identity       what identity_pool keeps here, or None
    store_error    OSError: why the last attempt to save failed; None when all that is in RAM is in the store too

    username, refresh_token, device and identity are those of the store once `signed_in` was asked.
    """

    def __init__(self, client_id: str, store, clock) -> None:
        """
        store  FileStore(path) or any object with load, save and erase
        clock  the module cognito_mp.clock, or any object with its functions
        """
        self.client_id = client_id
        self._store = store
        self.clock = clock
        # The SHA-256 of what the store held when last read or written; None: it never was; b"": it could not be.
        self._in_store: bytes | None = None
        self._seen = 0  # of _changes, when the store was last read
        self._is_anothers = False  # the store holds the session of another app client, which is not ours to touch
        self.refresh_token: str | None
        self.username: str | None
        self.device: dict | None
        self.identity: list | None
        self.store_error: OSError | None = None
        self._hold({})
        self._take(None)

    @property
    def signed_in(self) -> bool:
        """True when there is a session. Raises StoreError when the store can't be read, and RAM knows of none or of one
        that another client may have replaced.
        """
        # Another client may have signed somebody in or out since. That there is none is only said of a store just read.
        if self._seen != _changes or not (self.refresh_token or self.life.left()):
            self._sync()
        return bool(self.refresh_token) or self.life.left() > 0

    def device_for(self, name: str) -> "dict | None":
        """The remembered device of the person who signs in as `name`.

        Nobody else's: a device key goes out with the name of its owner alone. None while it is not confirmed: the
        service would not know it, and it would be forgotten that the session still needs. None also while the store
        can't be read: that must keep nobody from signing in.
        """
        if self._in_store is None:
            self._sync_error()
        device = self.device
        if not device or "unconfirmed" in device:
            return None
        return device if name in (device.get("owner"), device.get("sign_in_name")) else None

    # Transitions

    def start(self, tokens: "Tokens") -> "str | None":
        """A sign-in has brought `tokens`: they replace all that was. The refresh token to revoke, or None.

        Tells by store_error when it can't be saved; then what is in the store may still be needed.
        """
        if self._sync_error():
            self._in_store = b""  # and is replaced, whatever it is
        replaced = self.refresh_token
        device = tokens.device
        if tokens.new_device:
            from .flows.device import pending_device

            device = pending_device(tokens)
        self._is_anothers = False
        self._hold({"username": tokens.username, "refresh_token": tokens.refresh_token, "device": device})
        self._unsaved = True
        self._take(tokens)
        self._write()
        return None if self.store_error or replaced == tokens.refresh_token else replaced

    def begin_refresh(self) -> dict:
        """What a refresh needs, to be read alone: username and refresh_token; device and rotates where there are.

        From now on an answer is owed: until renew() or postpone() the tokens are due. Raises NotSignedIn when there
        is no session, and StoreError when the store can't be read and RAM knows of none, or of one that another client
        may have refreshed.
        """
        error = self._sync_error()
        if not self.refresh_token or error and self._seen != _changes:
            raise error or NotSignedIn("no session: sign in first")
        self.life.postpone(0)
        return self._held

    def renew(self, used: str, tokens: "Tokens", rotates: bool, device_key: "str | None") -> bool:
        """The refresh token `used` has brought `tokens`; False when it is not the one in force any more.

        rotates     bool: the app client rotates its refresh tokens
        device_key  str, of the device that the refresh named; None when it went without, and the device is gone
        Tells by store_error when it can't be saved.
        """
        error = self._sync_error()  # if any, RAM is right: nothing is thrown away because of a read that failed
        if self.refresh_token != used:
            return False
        self._change(refresh_token=tokens.refresh_token, rotates=rotates, device=self.device if device_key else None)
        self._take(tokens)
        self._write(error)
        return True

    def end(self, used: str) -> bool:
        """The service says that `used` is over; False when it is not the one in force, and the session stays.

        A confirmed device is kept: it spares the person the second factor when they sign in again. Raises StoreError
        when the store can't be read or written: then nothing has changed.
        """
        self._sync()
        if self.refresh_token != used:
            return False
        device = self.device
        self.erase()
        if device and "unconfirmed" not in device:
            self.keep(device=device)
        return True

    def erase(self) -> None:
        """Leave nothing behind, here and in the store. Raises StoreError, and the session stays, when it can't."""
        global _changes
        try:
            if not (self.signed_in or self.device):
                return  # a guest's identity is no session
        except OSError:
            pass  # what can't be read can be removed all the same
        if not self._is_anothers:
            self._store.erase()
        self._in_store = sha256().digest()
        _changes += 1
        self._seen = _changes
        self.store_error = None
        self._hold({})
        self._take(None)

    def keep(self, **changes) -> None:
        """Keep another `device` or `identity`, which JSON can hold, with the session; None for none any more.

        Tells by store_error when it can't be saved.
        """
        self._change(**changes)
        self.save_pending()

    def save_pending(self) -> None:
        """Save what is in RAM alone. Tells by store_error when it can't be done: the next call tries again."""
        if self._unsaved:
            self._write(self._sync_error())

    def postpone(self, seconds: int) -> None:
        """What was due has failed, and is due again in `seconds`."""
        self.life.postpone(seconds)

    def failed(self, error: Exception) -> None:
        """A refresh has failed with `error`: it is due again after a pause, which grows from failure to failure."""
        from .retry import pause

        self._failures += 1
        self.postpone(pause(error, self._failures, self.clock))

    def clock_was_set(self, before: "int | None" = None) -> None:
        """The wall clock has just been set (by NTP, say): what it reads now says nothing of the time before.

        before  seconds since 1970, what it read until then; None: ticks_ms() is believed for the time until now, which
                is wrong on a port where it stands still in light sleep
        """
        self.life.clock_was_set(before)

    # How it does it

    def _hold(self, held: dict) -> None:
        """Hold `held`, all that is in the store: replaced as a whole and never edited, as others may be reading it."""
        kept = {}
        for name in held:
            if held[name]:
                kept[name] = held[name]
        # All at once: Ctrl-C may come between two statements.
        self._held, self._unsaved, self.refresh_token, self.username, self.device, self.identity = (
            kept,
            False,
            kept.get("refresh_token"),
            kept.get("username"),
            kept.get("device"),
            kept.get("identity"),
        )

    def _change(self, **changes) -> None:
        before, unsaved = self._held, self._unsaved
        self._hold(dict(before, **changes))
        self._unsaved = unsaved or self._held != before

    def _take(self, tokens: "Tokens | None") -> None:
        """`tokens` are those at hand from now on; None: there are none."""
        global _changes
        if tokens:
            _changes += 1
            self._seen = _changes
        self.tokens = tokens
        self.life = Lifetime(self.clock, tokens.expires_in if tokens else 0)
        self._failures = 0  # refreshes in a row that have failed

    def _sync_error(self) -> "OSError | None":
        """_sync(), and why the store can't be read."""
        try:
            self._sync()
        except OSError as error:
            return error
        return None

    def _sync(self) -> None:
        """Read the store; what somebody else has written there since is in force. Raises StoreError when it can't."""
        data = self._store.load() or b""
        digest = sha256(data).digest()
        if digest != self._in_store and self._in_store != b"":
            held: dict | None = {}
            if data:
                from .stored_session import read

                held = read(data, self.client_id)
            self._is_anothers = held is None
            username, refresh_token = self.username, self.refresh_token
            self._hold(held or {})
            # The access token stays good when another client has refreshed the session, which brings a new refresh
            # token where the pool rotates them. All else is another sign-in.
            if username != self.username or refresh_token != self.refresh_token and not self._held.get("rotates"):
                self._take(None)
        # At the end: a read that Ctrl-C has broken off is done anew.
        self._in_store = digest
        self._seen = _changes

    def _write(self, error: "OSError | None" = None) -> None:
        """Write what is not saved, unless what is there is another app client's, or can't be read for that `error`."""
        self.store_error = error
        if error or not self._unsaved or self._is_anothers:
            return
        data = json.dumps(dict(self._held, client_id=self.client_id)).encode()
        try:
            self._store.save(data)
        except OSError as error:
            self.store_error = error if isinstance(error, StoreError) else StoreError(*error.args)
            return
        self._in_store = sha256(data).digest()
        self._unsaved = False
