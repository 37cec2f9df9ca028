"""A session that is encrypted before another store keeps it: AES-256-CBC, then HMAC-SHA256 over all of it.

A record; numbers are big-endian:

     0   4  "CMS" and the format's version, 1
     4   4  iterations of PBKDF2
     8  16  salt
    24   8  check: tells a wrong secret from damage
    32   4  length of the data
    36   4  the first bytes of the SHA-256 of these 36: tells damage from a wrong secret
    40   4  number: one higher at each save
    44  16  IV, random, new at each save
    60   n  the data, with zero bytes up to whole blocks, encrypted
         32  HMAC-SHA256 of all before

The keys: master = PBKDF2-HMAC-SHA256(secret, salt + device id, iterations), 32 bytes. Key to encrypt, key to
authenticate, check = HMAC-SHA256(master, b"encrypt"), (master, b"authenticate"), (master, b"check")[:8].
Sources: RFC 8018 (PBKDF2), NIST SP 800-38A (CBC); the MAC goes over the encrypted data (RFC 7366 says why).
"""

import sys
from errno import EIO
from os import urandom

from ..argument_types import require_bytes, require_methods, require_whole
from ..crypto.hmac_sha256 import hmac_sha256, sha256
from ..errors import StoreError

try:
    from cryptolib import aes
except ImportError:
    if sys.implementation.name == "micropython":
        raise ImportError("SealedStore needs the module cryptolib, which this port was built without")
    if sys.implementation.name == "circuitpython":
        from ..ports.aes_circuitpython import aes  # type: ignore[assignment,no-redef]  # the same
    else:
        from ..ports.aes_cpython import aes  # type: ignore[assignment,no-redef]

_MAGIC = b"CMS\x01"
_SUM = 36  # where the header's sum stands
_NUMBER = 40
_IV = 44
_HEAD = 60  # bytes before the encrypted data
_MAC = 32
_CBC = 2  # the mode's number in cryptolib and aesio
# A record may say that it took this many times our iterations, and no more: whoever writes to the flash must not be
# able to keep the device busy for days.
_MORE_ITERATIONS = 10


class SealError(StoreError):
    """What is in the store is not a session that can be had with this secret. Nothing was changed. `reason` is one of

    WRONG_SECRET  the PIN is wrong, or it was sealed on another device
    CUT_SHORT     a part of it is missing
    TAMPERED      it was changed, by somebody or by a fault of the flash
    OLDER         it is whole, and older than the counter says; or an erase() was cut off
    NOT_SEALED    it is something else, such as a session from before the store was sealed

    save() and erase() work all the same: a new sign-in replaces what can't be opened. Who writes to the flash, and
    knows this format, can make any of it look like WRONG_SECRET; they don't get a session taken that is not ours.
    """

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(EIO, words)
        self.reason = reason


class SealedStore:
    """Keeps a session encrypted in another store: whoever reads the flash and has not got the secret gets nothing.

    Whoever has the record guesses a PIN of a few digits in seconds: README.md, "Security notes", has the figures. The
    keys are made at the first load() or save(), which takes about a second for the default iterations on an RP2040.

    To ask for a PIN: make one, call load(), and while it raises SealError with reason WRONG_SECRET ask again. To seal a
    session that is stored in the clear, or to change the secret: SealedStore(store, new).save_over(old_store.load()).
    """

    def __init__(
        self,
        store,
        secret: "str | bytes | None" = None,
        device_id: bytes = b"",
        iterations: int = 1500,
        counter=None,
    ) -> None:
        """Raises ValueError when neither `secret` nor `device_id` is given, or one can't be right.

        store       FileStore(path) or any object with load, save and erase; it holds what is encrypted
        secret      str or bytes: a pass phrase, a PIN; None for the device id alone
        device_id   bytes, such as machine.unique_id(): the record opens on this device alone. It is no secret from
                    who holds the device, and on an RP2040 it is the flash chip's own number. A key that nobody can
                    read, of a secure element, is worth more here
        iterations  of PBKDF2, for a secret: the time that one guess takes
        counter     read() -> int, 0 when it was never written, and write(int), which may raise OSError: a number that
                    who writes to the flash can't set back, such as a secure element's; with it an older record that
                    is played back is SealError OLDER. None: it is not noticed
        """
        if isinstance(secret, str):
            secret = secret.encode()
        if not (secret or device_id) or secret == b"":
            raise ValueError("give SealedStore a secret that is not empty, or a device_id, or both")
        if not (isinstance(secret or b"", bytes) and isinstance(device_id, bytes)):
            raise ValueError("secret must be str or bytes, device_id must be bytes")
        require_whole(1, 0xFFFFFFFF, iterations=iterations)
        require_methods("load save erase", store=store)
        if counter is not None:
            require_methods("read write", counter=counter)
        self._store = store
        self._secret = secret or b""
        self._device_id = device_id
        # A device id is not guessed but read, so there is nothing to slow down.
        self._iterations = iterations if secret else 1
        self._counter = counter
        self._made: tuple = (None, None)  # what the keys at hand were made of, and the keys

    def load(self) -> "bytes | None":
        """What was last saved; None when there is nothing.

        Raises SealError when what there is can't be opened, and StoreError when it can't be read.
        """
        record = self._authentic()
        if record is None:
            return None
        key = self._keys(record[8:24], int.from_bytes(record[4:8], "big"))[0]
        data = aes(key, _CBC, record[_IV:_HEAD]).decrypt(memoryview(record)[_HEAD:-_MAC])
        return data[: int.from_bytes(record[32:_SUM], "big")]

    def save(self, data: bytes) -> None:
        """Encrypt `data` and have the store keep it, in place of what was there. Raises StoreError."""
        self._save(data, self._store.save)

    def save_over(self, data: bytes) -> None:
        """The same, and nothing that was there before comes back, where the store can see to that."""
        self._save(data, getattr(self._store, "save_over", self._store.save))

    def _save(self, data: bytes, save) -> None:
        require_bytes(data=data)
        number, salt = 0, None
        try:
            record = self._authentic()
            if record:
                number = int.from_bytes(record[_NUMBER:_IV], "big")
                if int.from_bytes(record[4:8], "big") == self._iterations:
                    salt = record[8:24]
        except StoreError:
            pass  # it is replaced, and its salt is not taken over: somebody may have chosen it
        record = None  # its kilobytes are wanted for the new one
        number = max(number, self._count()) + 1
        if number >> 32:
            if self._counter:
                raise StoreError(EIO, "the counter is at its end: a sealed session has four bytes for it")
            number = 0  # which counts for nothing without a counter
        save(self._sealed(number, salt or urandom(16), data))
        # Not before: were the power cut in between, the session would be older than its counter, and lost.
        self._set_count(number)

    def erase(self) -> None:
        """Remove the session. Raises StoreError when it can't."""
        # First, so that nothing that was erased can be played back; by 2, because a save may have been cut off between
        # its record and its count.
        self._set_count(self._count() + 2)
        self._store.erase()

    def _authentic(self) -> "bytes | None":
        """The record in the store, which is surely ours; None when there is none. Raises SealError and StoreError."""
        record = self._store.load()
        if record is None:
            return None
        if record[:4] != _MAGIC[: len(record)]:
            raise SealError("NOT_SEALED", "what is in the store was not sealed")
        if len(record) >= _NUMBER and record[_SUM:_NUMBER] != sha256(record[:_SUM]).digest()[:4]:
            raise SealError("TAMPERED", "the sealed session was changed")
        missing = _HEAD + _MAC - len(record)
        if missing <= 0:
            missing += _padded(int.from_bytes(record[32:_SUM], "big"))
        if missing > 0:
            raise SealError("CUT_SHORT", "a part of the sealed session is missing")
        iterations = int.from_bytes(record[4:8], "big")
        if missing < 0 or not 0 < iterations <= _MORE_ITERATIONS * self._iterations:
            raise SealError("TAMPERED", "the sealed session was changed")
        keys = self._keys(record[8:24], iterations)
        if not _same(keys[2], record[24:32]):
            raise SealError("WRONG_SECRET", "the PIN or secret is wrong, or the session was sealed on another device")
        if not _same(hmac_sha256(keys[1], memoryview(record)[:-_MAC]), record[-_MAC:]):  # type: ignore[arg-type]
            raise SealError("TAMPERED", "the sealed session was changed")
        if int.from_bytes(record[_NUMBER:_IV], "big") < self._count():
            raise SealError("OLDER", "the sealed session is an older one")
        return record

    def _sealed(self, number: int, salt: bytes, data: bytes) -> bytes:
        """The record of `data`."""
        keys = self._keys(salt, self._iterations)
        head = _MAGIC + self._iterations.to_bytes(4, "big") + salt + keys[2] + len(data).to_bytes(4, "big")
        head += sha256(head).digest()[:4] + number.to_bytes(4, "big") + urandom(16)
        sealed = aes(keys[0], _CBC, head[_IV:]).encrypt(data + bytes(_padded(len(data)) - len(data)))
        sealed = head + sealed
        return sealed + hmac_sha256(keys[1], sealed)

    def _keys(self, salt: bytes, iterations: int) -> tuple:
        """(key to encrypt, key to authenticate, check). The last ones are kept: making them takes its time."""
        if self._made[0] != (salt, iterations):
            master = pbkdf2(self._secret, salt + self._device_id, iterations)
            keys = hmac_sha256(master, b"encrypt"), hmac_sha256(master, b"authenticate"), hmac_sha256(master, b"check")
            self._made = (salt, iterations), (keys[0], keys[1], keys[2][:8])
        return self._made[1]

    def _count(self) -> int:
        try:
            return self._counter.read() if self._counter else 0
        except OSError as error:
            raise StoreError(error.errno, "can't read the counter")

    def _set_count(self, number: int) -> None:
        try:
            if self._counter:
                self._counter.write(number)
        except OSError as error:
            raise StoreError(error.errno, "can't write the counter")


def pbkdf2(password: bytes, salt: bytes, iterations: int) -> bytes:
    """The first 32 bytes of PBKDF2-HMAC-SHA256 (RFC 8018, 5.2)."""
    try:
        from hashlib import pbkdf2_hmac  # type: ignore[attr-defined]  # CPython's, which the stubs lack
    except ImportError:
        pass
    else:
        return pbkdf2_hmac("sha256", password, salt, iterations)
    # The two pads are made once: most of what is left is SHA-256 itself.
    if len(password) > 64:
        password = sha256(password).digest()
    number = int.from_bytes(password + bytes(64 - len(password)), "big")
    inner = (number ^ int.from_bytes(b"\x36" * 64, "big")).to_bytes(64, "big")
    outer = (number ^ int.from_bytes(b"\x5c" * 64, "big")).to_bytes(64, "big")
    block = salt + b"\0\0\0\x01"
    total = 0
    for _ in range(iterations):
        block = sha256(outer + sha256(inner + block).digest()).digest()
        total ^= int.from_bytes(block, "big")
    return total.to_bytes(32, "big")


def _padded(length: int) -> int:
    """`length` bytes as whole blocks of AES."""
    return (length + 15) // 16 * 16


def _same(one: bytes, other: bytes) -> bool:
    """Whether both, of the same length, are equal, in a time that does not tell where they differ."""
    difference = 0
    for index in range(len(one)):
        difference |= one[index] ^ other[index]
    return not difference
