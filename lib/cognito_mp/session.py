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

# How often sessions of this program have changed what a store holds, or should. Each keeps the count that it has seen.
# A newer one means that another client may have changed the store, and that it has to be read again.
_changes = 0


class Session:
    """The session of one app client in one store. To be read by anybody, and changed by its own methods alone:

    username       str, the name that a refresh hashes; None when there is no session
    refresh_token  str; None when there is none
    tokens         Tokens at hand, due or not; None when there are none
    life           Lifetime of the access token; one of 0 seconds when there is none
    device         dict of the remembered device: key, group, password, owner, sign_in_name; None when there is none.
                   Until it is confirmed also "unconfirmed" and the access_token to confirm it with; flows/device.py and
                   flows/whose_device.py say what else
    device_name    str, to be set by whoever knows it, before a sign-in: what the device is called on its owner's list
                   of devices (ConfirmDevice); until then it is the board's name
    identity       what identity_pool keeps here, or None
    store_error    OSError: why the last attempt to save failed; None when all that is in RAM is in the store too
    auth_time      what the access token of the sign-in said of when that was, not looked at yet
    signed_in_at   int, seconds since 1970 when the person signed in, by the service's clock; None where it is not known
    session_days   int, to be set by whoever knows it: for how many days the app client's refresh tokens are good
                   (RefreshTokenValidity), counted from the sign-in. Neither use nor rotation makes them longer
    ends_at        int, seconds since 1970 when the person has to sign in again; None where that is not known

    username, refresh_token, device, identity and auth_time are those of the store once `signed_in` was asked.
    """

    def __init__(self, client_id: str, store, clock) -> None:
        """
        store  FileStore(path) or any object with load, save and erase; save_over(data), where it has one, is save(data)
               after which nothing that was there before can come back
        clock  the module cognito_mp.clock, or any object with its functions
        """
        self.client_id = client_id
        self._store = store
        self.clock = clock
        # The SHA-256 of what the store held when last read or written; None: it never was; b"": it could not be.
        self._in_store: bytes | None = None
        self._seen = 0  # of _changes, when the store was last read
        self._is_anothers = False  # the store holds the session of another app client, which is not ours to touch
        self._held: dict
        self.refresh_token: str | None
        self.username: str | None
        self.device: dict | None
        self.identity: list | None
        self.store_error: OSError | None = None
        self._hold({}, 0)
        self._take(None)

    def __getattr__(self, name: str):
        if name == "auth_time":
            return self._held.get(name)
        from .auth_time import read

        return read(self, name)

    @property
    def signed_in(self) -> bool:
        """True when there is a session. Raises StoreError when the store can't be read, and RAM knows of none or of one
        that another client may have replaced.
        """
        # Another client may have signed somebody in or out since. That there is none is only said of a store just read.
        if self._seen != _changes or not (self.refresh_token or self.life.left()):
            self._sync()
        return bool(self.refresh_token) or self.life.left() > 0

    def known_device(self) -> "dict | None":
        """The device that may take part in a sign-in, if it is its owner's: flows/whose_device.py tells.

        None while it is not confirmed: the service would not know it, and it would be forgotten that the session still
        needs. None also while the store can't be read: that must keep nobody from signing in.
        """
        if self._in_store is None:
            self._sync_error()
        device = self.device
        return device if device and "unconfirmed" not in device else None

    # Transitions

    def start(self, tokens: "Tokens") -> "str | None":
        """A sign-in has brought `tokens`: they replace all that was. The refresh token to revoke, or None.

        Tells by store_error when it can't be saved; then what is in the store may still be needed.
        """
        error = self._sync_error()
        if error:
            self._in_store, self._seen = b"", _changes  # and is replaced, whatever it is
        replaced = self.refresh_token
        device = tokens.device
        if tokens.new_device:
            from .flows.device import pending_device

            device = pending_device(tokens, self.device)
        # Another person's session, or what may be one, must not come back, whatever becomes of this record.
        left = 1 + bool(error or self._is_anothers or self._held and self.username != tokens.username)
        self._is_anothers = False
        # Eight characters tell this sign-in from others for as long as its refresh token is rotated.
        token = tokens.refresh_token or ""
        held = dict(username=tokens.username, refresh_token=token, device=device, sign_in=token[-8:])
        held["auth_time"] = tokens.auth_time
        self._hold(held, left)
        self._take(tokens)
        self._write()
        return None if self.store_error or replaced == token else replaced

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
        device = self.device if device_key else None
        if device and device.get("flow"):  # flows/whose_device.py: this was the first refresh
            device = dict(device, flow=None)
        self._hold(dict(self._held, refresh_token=tokens.refresh_token, rotates=rotates, device=device))
        self._take(tokens)
        self._write(error)
        return True

    def end(self, used: str) -> bool:
        """The service says that `used` is over; False when it is not the one in force, and the session stays.

        A confirmed device is kept: it spares the person the second factor when they sign in again. Raises OSError when
        the store can't be read or written: then nothing has changed.
        """
        self._sync()
        if self.refresh_token != used:
            return False
        device = self.device
        self.erase(None if device and "unconfirmed" in device else device)
        return True

    def erase(self, device: "dict | None" = None) -> None:
        """Leave nothing behind, here and in the store, but `device`. Raises OSError, and the session stays, when it
        can't.
        """
        try:
            if not (self.signed_in or self.device):
                return  # a guest's identity is no session
        except OSError:
            pass  # what can't be read can be removed all the same
        held = {"device": device}
        if device:
            self._rewrite(held, 2)
        elif not self._is_anothers:
            self._store.erase()
            self._in_store = sha256().digest()
        self._hold(held, 1)
        self._unsaved, self.store_error = 0, None
        self._take(None)

    def keep(self, **changes) -> None:
        """Keep another `device` or `identity`, which JSON can hold, with the session; None for none any more.

        Tells by store_error when it can't be saved.
        """
        self._hold(dict(self._held, **changes))
        self.save_pending()

    def save_pending(self, settle: bool = False) -> None:
        """Save what is in RAM alone. Tells by store_error when it can't be done: the next call tries again.

        settle  a sleep or a reset comes next, and no other process writes to the store: where it can't be read, and no
                other client of this program has changed it, it is written over
        """
        if self._unsaved:
            error = self._sync_error()
            self._write(None if settle and self._seen == _changes else error)

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

    def _changed(self) -> None:
        """Other clients have something to read; this one as much as before."""
        global _changes
        self._seen += self._seen == _changes
        _changes += 1

    def _hold(self, held: dict, left: "int | None" = None) -> None:
        """Hold `held`, all that is in the store: replaced as a whole and never edited, as others may be reading it.

        left  what is left to do: 0 nothing, 1 to save it, 2 to save it so that what was there can't come back; None:
              what a change of what was held makes of it
        """
        kept = {}
        for name in held:
            if held[name]:
                kept[name] = held[name]
        if left is None:
            left = self._unsaved or kept != self._held
            device = self.device
            if device and "unconfirmed" in device and device != kept.get("device"):
                left = 2  # an access token was kept with it
        if left:
            self._changed()
        # All at once: Ctrl-C may come between two statements.
        self._held, self._unsaved, self.refresh_token, self.username, self.device, self.identity = (
            kept,
            left,
            kept.get("refresh_token"),
            kept.get("username"),
            kept.get("device"),
            kept.get("identity"),
        )

    def _take(self, tokens: "Tokens | None") -> None:
        """`tokens` are those at hand from now on; None: there are none."""
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
            before = self._held
            self._hold(held or {}, 0)
            # The access token stays good when another client has refreshed the session, which brings a new refresh
            # token where the pool rotates them. All else is another sign-in.
            for name in ("username", "sign_in" if "sign_in" in before else "refresh_token"):
                if before.get(name) != self._held.get(name):
                    self._take(None)
        # At the end: a read that Ctrl-C has broken off is done anew.
        self._in_store = digest
        self._seen = _changes

    def _write(self, error: "OSError | None" = None) -> None:
        """Write what is not saved, unless what is there is another app client's, or can't be read for that `error`."""
        self.store_error = None
        if not self._unsaved or self._is_anothers:
            return
        try:
            if error:
                raise error
            self._rewrite(self._held, self._unsaved)
            self._unsaved = 0
        except OSError as error:
            self.store_error = error if isinstance(error, StoreError) else StoreError(*error.args)

    def _rewrite(self, held: dict, left: int) -> None:
        data = json.dumps(dict(held, client_id=self.client_id)).encode()
        save = self._store.save
        if left > 1:
            save = getattr(self._store, "save_over", save)  # a caller's store need not have it
        save(data)
        self._in_store = sha256(data).digest()
        self._changed()  # again: what waited for the store may come there long after it was new
