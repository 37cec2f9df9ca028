"""Session: who is signed in, on flash and in RAM. The one owner of tokens, refresh token, device and store.

No other file knows the stored format, and nothing but the methods here changes a session. Each is one step from one
whole state to the next, and one write at the most.
"""

import json

from .crypto.hmac_sha256 import sha256
from .errors import NotSignedIn, StoreError
from .lifetime import Lifetime
from .protocol import loads

if 0:  # for type checkers; unlike TYPE_CHECKING, it is nothing in a .mpy
    from .protocol import Tokens

# What is known of the store in place of a SHA-256: it was never read, and when it had to be it could not be.
_NOT_READ = None
_UNKNOWN = b""


def owner_of(stored: "bytes | None") -> "tuple | None":
    """(user name, client id) of what a store holds, str or None each; None when it holds no session.

    For tools that tell whose session is on a device; nothing secret is in it.
    """
    try:
        session = loads(stored or b"{}")
    except ValueError:
        return None
    return (session.get("username"), session.get("client_id")) if session.get("refresh_token") else None


class Session:
    """The session of one app client in one store. To be read by anybody, and changed by its own methods alone:

    username     str, the name that a refresh hashes; None when there is no session
    tokens       Tokens at hand, due or not; None when there are none
    life         Lifetime of the access token; one of 0 seconds when there is none
    device       dict of the remembered device: key, group, password, owner, sign_in_name; None when there is none.
                 Until it is confirmed also "unconfirmed" and the access_token to confirm it with
    identity     what identity_pool keeps here, or None
    store_error  OSError: why the last attempt to save failed; None when all that is in RAM is in the store too

    username, device and identity are those of the store once `signed_in` was asked.
    """

    def __init__(self, client_id: str, store, clock, sleep_memory=None) -> None:
        """
        store         FileStore(path) or any object with load, save and erase
        clock         the module cognito_mp.clock, or any object with its functions
        sleep_memory  a SleepMemory, which keeps the access token through a deep sleep; None for none
        """
        self._client_id = client_id
        self._store = store
        self._clock = clock
        self._sleep_memory = sleep_memory
        self.store_error: OSError | None = None
        # What is known of the store
        self._in_store: bytes | None = _NOT_READ  # the SHA-256 of what it held when last read or written
        self._is_anothers = False  # it holds the session of another app client, which is not ours to erase
        # What there is no session without, and what _forget() sets
        self.username: str | None
        self.device: dict | None
        self.identity: list | None
        self.tokens: Tokens | None
        self.life: Lifetime
        self._refresh_token: str | None
        self._rotates: bool
        self._unsaved: bool
        self._is_distrusted: bool
        self._forget()

    @property
    def signed_in(self) -> bool:
        """True when there is a session. Raises StoreError when the store can't be read and RAM knows of none."""
        if self._in_store is _NOT_READ:
            self._sync()
        return bool(self._refresh_token) or self.life.left() > 0

    def device_for(self, name: str) -> "dict | None":
        """The remembered device of the person who signs in as `name`.

        Nobody else's: a device key goes out with the name of its owner alone. None also while the store can't be
        read: that must keep nobody from signing in.
        """
        try:
            if self._in_store is _NOT_READ:
                self._sync()
        except OSError:
            return None
        device = self.device
        if device and not self._is_distrusted and name in (device.get("owner"), device.get("sign_in_name")):
            return device
        return None

    # Transitions

    def start(self, tokens: "Tokens") -> "str | None":
        """A sign-in has brought `tokens`: they replace all that was. The refresh token to revoke, or None.

        Tells by store_error when it can't be saved.
        """
        try:
            self._sync()
        except OSError:
            self._in_store = _UNKNOWN
        replaced = self._refresh_token
        self._is_anothers = self._is_distrusted = False
        self.username = tokens.username
        self._refresh_token = tokens.refresh_token
        self.device = tokens.device
        if tokens.new_device:
            from .flows.device import pending_device

            self.device = pending_device(tokens)
        self._take(tokens)
        self._write()
        return replaced if replaced != tokens.refresh_token else None

    def begin_refresh(self) -> dict:
        """What a refresh needs: username, refresh_token, device (or None) and rotates, the ones in force.

        From now on an answer is owed: until renew() or postpone() the tokens are due. Raises NotSignedIn when there
        is no session, and StoreError when the store can't be read and RAM knows of none.
        """
        try:
            self._sync()
        except OSError:
            if not self._refresh_token:
                raise
        if not self._refresh_token:
            raise NotSignedIn("no session: sign in first")
        self.life.postpone(0)
        return {
            "username": self.username,
            "refresh_token": self._refresh_token,
            "device": self.device,
            "rotates": self._rotates,
        }

    def postpone(self, seconds: int) -> None:
        """What was due has failed, and is due again in `seconds`."""
        self.life.postpone(seconds)

    def renew(self, used: str, tokens: "Tokens", rotates: bool, device_key: "str | None") -> bool:
        """The refresh token `used` has brought `tokens`; False when it is not the one in force any more.

        rotates     bool: the app client rotates its refresh tokens
        device_key  str, of the device that the refresh named; None when it went without, and the device is gone
        Tells by store_error when it can't be saved.
        """
        try:
            self._sync()
        except OSError as error:
            self.store_error = error  # RAM is right; nothing is thrown away because of a read that failed
        if self._refresh_token != used:
            return False
        device = self.device if device_key else None
        if (tokens.refresh_token, rotates, device) != (used, self._rotates, self.device):
            self._refresh_token = tokens.refresh_token
            self._rotates = rotates
            self.device = device
            self._unsaved = True
        self._take(tokens)
        self.save_pending()
        return True

    def end(self, used: str) -> bool:
        """The service says that `used` is over; False when it is not the one in force, and the session stays.

        A confirmed device is kept: it spares the person the second factor when they sign in again. Raises StoreError
        when the store can't be read or written: then nothing has changed.
        """
        self._sync()
        if self._refresh_token != used:
            return False
        device = self.device
        self.erase()
        if device and "unconfirmed" not in device:
            self.device = device
            self._write()
        return True

    def erase(self) -> None:
        """Leave nothing behind, here and in the store. Raises StoreError, and the session stays, when it can't."""
        try:
            if not (self.signed_in or self.device):
                return  # a guest's identity is no session
        except OSError:
            pass  # what can't be read can be removed all the same
        if not self._is_anothers:
            self._store.erase()
        if self._sleep_memory:
            self._sleep_memory.erase()
        self._in_store = sha256().digest()
        self.store_error = None
        self._forget()

    def confirm_device(self, key: str) -> None:
        """The service has confirmed the device `key`. Tells by store_error when it can't be saved."""
        device = self.device
        if device and device["key"] == key:
            self.device = {name: device[name] for name in device if name not in ("unconfirmed", "access_token")}
            self._unsaved = True
            self.save_pending()

    def distrust_device(self) -> None:
        """The service says that it does not know the device: no sign-in names it again. The session goes on."""
        self._is_distrusted = True

    def keep_identity(self, identity: list) -> None:
        """Keep `identity`, which JSON can hold, with the session. Tells by store_error when it can't be saved."""
        self.identity = identity
        if not self._is_anothers:
            self._unsaved = True
            self.save_pending()

    def save_pending(self) -> None:
        """Save what is in RAM alone. Tells by store_error when it can't be done: the next call tries again."""
        if not self._unsaved:
            return
        try:
            self._sync()
        except OSError as error:
            self.store_error = error
            return
        if self._unsaved:  # else somebody has stored a newer session, which stays
            self._write()

    def clock_was_set(self) -> None:
        """The wall clock has just been set (by NTP, say): it says nothing of the time before."""
        self.life.clock_was_set()
        if self._sleep_memory and self.tokens:
            self._sleep_memory.save(self._refresh_token, self.tokens.access_token, self.life)

    # How it does it

    def _forget(self) -> None:
        self.username = self.device = self.identity = self.tokens = self._refresh_token = None
        self.life = Lifetime(self._clock, 0)
        self._rotates = self._unsaved = self._is_distrusted = False

    def _sync(self) -> None:
        """Read the store; what somebody else has written there since is in force. Raises StoreError when it can't."""
        data = self._store.load() or b""
        digest = sha256(data).digest()
        known, self._in_store = self._in_store, digest
        if digest == known or known is _UNKNOWN:
            return
        try:
            stored = loads(data or b"{}")
        except ValueError:
            stored = {}
        self._is_anothers = stored.get("client_id", self._client_id) != self._client_id
        if self._is_anothers:
            stored = {}
        self._adopt(stored)

    def _adopt(self, stored: dict) -> None:
        token, username, device = stored.get("refresh_token"), stored.get("username"), stored.get("device")
        kept = self.tokens, self.life
        same = token and token == self._refresh_token
        self._forget()
        if same:
            self.tokens, self.life = kept
        if isinstance(token, str) and isinstance(username, str):
            self._refresh_token = token
            self.username = username
            if self._sleep_memory and not same:
                self.tokens, self.life = self._sleep_memory.load(token, username)
        if isinstance(device, dict) and "key" in device:
            self.device = device
        self._rotates = bool(stored.get("rotates"))
        self.identity = stored.get("identity")

    def _take(self, tokens: "Tokens") -> None:
        self.tokens = tokens
        self.life = Lifetime(self._clock, tokens.expires_in)
        if self._sleep_memory:
            self._sleep_memory.save(self._refresh_token, tokens.access_token, self.life)

    def _write(self) -> None:
        stored: dict = {"client_id": self._client_id, "username": self.username, "refresh_token": self._refresh_token}
        stored.update(device=self.device, rotates=self._rotates, identity=self.identity)
        self._unsaved = True
        data = json.dumps({name: stored[name] for name in stored if stored[name]}).encode()
        try:
            self._store.save(data)
        except OSError as error:
            self.store_error = error if isinstance(error, StoreError) else StoreError(error.errno, str(error))
            return
        self._in_store = sha256(data).digest()
        self._unsaved = False
        self.store_error = None
