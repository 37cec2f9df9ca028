"""The sealed store: what is in it can't be read or changed by who has not got its secret, and each fault has a name."""

import sys
from binascii import hexlify
from errno import EIO

from checks import Skip, raises
from cognito_mp.crypto.hmac_sha256 import hmac_sha256, sha256
from cognito_mp.stores.ram import RamStore

try:
    from cognito_mp import Client, NotSignedIn, SealedStore, SealError, StoreError
    from cognito_mp.stores.sealed import pbkdf2
except ImportError as error:
    if sys.implementation.name == "cpython":
        raise
    raise Skip(str(error))

from fakes import FakeClock, FakeTransport, refusal, tokens

FEW = 3  # iterations, so that tests take no time
SESSION = b'{"refresh_token": "canary-of-a-token", "username": "alice"}'
HEAD, MAC = 60, 32


class Counter:
    """A number that nobody can set back."""

    def __init__(self) -> None:
        self.number = 0
        self.error: OSError | None = None

    def read(self) -> int:
        return self.number

    def write(self, number: int) -> None:
        if self.error:
            raise self.error
        self.number = number


class CutOff(Exception):
    """The power went."""


def sealed(inner, secret="2580", **more) -> SealedStore:
    return SealedStore(inner, secret, iterations=FEW, **more)


def saved(data: bytes = SESSION, **more) -> tuple:
    """(inner store, what it holds) after one save."""
    inner = RamStore()
    sealed(inner, **more).save(data)
    return inner, inner.load()


def reason_for(record: bytes, secret="2580", **more) -> str:
    """Why a store that holds `record` gives no session."""
    inner = RamStore()
    inner.save(record)
    error = raises(SealError, sealed(inner, secret, **more).load)
    assert error.errno == EIO and isinstance(error, StoreError)
    assert inner.load() == record
    return error.reason


def with_right_sum(record: bytes) -> bytes:
    """`record` with the sum over its header made anew, as somebody would who knows the format."""
    return record[:36] + sha256(record[:36]).digest()[:4] + record[40:]


def test_pbkdf2_gives_the_published_values():
    # The first from RFC 7914, section 11 (its first 32 bytes); the others are CPython's hashlib.pbkdf2_hmac.
    for password, salt, iterations, expected in (
        (b"passwd", b"salt", 1, b"55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"),
        (b"password", b"salt", 2, b"ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43"),
        (b"p" * 65, b"s" * 32, 3, b"8e12df476901548977e77e515cbf8ef2dc017570ee775b689d00f66a5e08f686"),
    ):
        assert hexlify(pbkdf2(password, salt, iterations)) == expected
    # And so says the library's own HMAC, by the RFC's definition.
    first = hmac_sha256(b"pw", b"salt" + b"\0\0\0\x01")
    second = hmac_sha256(b"pw", first)
    total = int.from_bytes(first, "big") ^ int.from_bytes(second, "big")
    assert pbkdf2(b"pw", b"salt", 2) == total.to_bytes(32, "big")


def test_empty_at_first_then_what_was_saved_then_empty_again():
    inner = RamStore()
    store = sealed(inner)
    assert store.load() is None
    for size in (0, 1, 15, 16, 17, 2000):
        data = b"x" * size
        store.save(data)
        assert store.load() == data == sealed(inner).load()
        assert len(inner.load()) == HEAD + (size + 15) // 16 * 16 + MAC
    store.erase()
    assert store.load() is None and inner.load() is None
    store.erase()


def test_what_the_inner_store_holds_shows_nothing_and_is_never_twice_the_same():
    inner, first = saved()
    sealed(inner).save(SESSION)
    second = inner.load()
    assert b"canary" not in first and b"alice" not in first and b"2580" not in first
    assert first[8:32] == second[8:32]  # one salt: the keys are made once
    assert first[44:60] != second[44:60] and first[60:-MAC] != second[60:-MAC]
    assert saved()[1][8:24] != first[8:24]


def test_the_stored_format_is_the_one_that_the_docstring_says():
    """With the keys made by hand: a later version must still read what this one wrote."""
    record = saved(b"data", device_id=b"board-1")[1]
    assert record[:8] == b"CMS\x01\0\0\0\x03" and record[32:36] == b"\0\0\0\x04" and record[40:44] == b"\0\0\0\x01"
    master = pbkdf2(b"2580", record[8:24] + b"board-1", FEW)
    assert record[24:32] == hmac_sha256(master, b"check")[:8]
    assert record[36:40] == sha256(record[:36]).digest()[:4]
    assert record[-MAC:] == hmac_sha256(hmac_sha256(master, b"authenticate"), record[:-MAC])


def test_another_secret_or_another_device_is_a_wrong_secret_and_not_an_empty_store():
    _, record = saved(device_id=b"board-1")
    assert reason_for(record, "2581", device_id=b"board-1") == "WRONG_SECRET"
    assert reason_for(record, device_id=b"board-2") == "WRONG_SECRET"
    assert reason_for(record) == "WRONG_SECRET"


def test_each_changed_byte_is_told_and_none_is_a_wrong_secret():
    _, record = saved()
    for index in range(len(record)):
        changed = bytearray(record)
        changed[index] ^= 0x40
        expected = "NOT_SEALED" if index < 4 else "TAMPERED"
        assert reason_for(bytes(changed)) == expected, index
    assert reason_for(record + b"\0") == "TAMPERED"


def test_each_length_that_is_cut_short_is_told():
    _, record = saved()
    for length in range(len(record)):
        assert reason_for(record[:length]) == "CUT_SHORT", length


def test_who_knows_the_format_gets_no_session_taken_that_is_not_ours():
    _, record = saved()
    # Another salt, check or length, with a right sum over them.
    assert reason_for(with_right_sum(record[:8] + b"s" * 16 + record[24:])) == "WRONG_SECRET"
    assert reason_for(with_right_sum(record[:24] + b"c" * 8 + record[32:])) == "WRONG_SECRET"
    assert reason_for(with_right_sum(record[:35] + b"\x01" + record[36:])) == "TAMPERED"
    # The number of a newer one, the data of another.
    assert reason_for(record[:40] + b"\0\0\0\x09" + record[44:]) == "TAMPERED"
    _, other = saved(b"y" * len(SESSION))
    assert reason_for(record[:44] + other[44:]) == "TAMPERED"


def test_a_record_can_not_keep_the_device_busy_for_days():
    _, record = saved()
    for iterations in (0, 10 * FEW + 1, 0xFFFFFFFF):
        assert reason_for(with_right_sum(record[:4] + iterations.to_bytes(4, "big") + record[8:])) == "TAMPERED"


def test_other_iterations_are_read_and_the_next_save_has_ours():
    inner, _ = saved()
    store = SealedStore(inner, "2580", iterations=4)
    assert store.load() == SESSION
    store.save(SESSION)
    assert inner.load()[4:8] == b"\0\0\0\x04" and store.load() == SESSION


def test_a_session_in_the_clear_is_told_and_can_be_sealed():
    inner = RamStore()
    inner.save(SESSION)
    store = sealed(inner)
    assert raises(SealError, store.load).reason == "NOT_SEALED"
    store.save(inner.load())
    assert store.load() == SESSION and b"canary" not in inner.load()


def test_an_older_record_is_told_where_there_is_a_counter():
    counter = Counter()
    inner, first = saved(counter=counter)
    store = sealed(inner, counter=counter)
    store.save(b"second")
    assert store.load() == b"second"
    assert reason_for(first, counter=counter) == "OLDER"
    # Nobody else can tell: this is what the counter is for.
    inner.save(first)
    assert sealed(inner).load() == SESSION
    # And a new sign-in goes on from there.
    store.save(b"third")
    assert store.load() == b"third"


def test_what_was_erased_can_not_be_played_back():
    counter = Counter()
    inner, record = saved(counter=counter)
    store = sealed(inner, counter=counter)
    store.erase()
    assert store.load() is None
    assert reason_for(record, counter=counter) == "OLDER"


def test_a_power_cut_between_the_record_and_its_count_costs_nothing():
    counter = Counter()
    inner, first = saved(counter=counter)
    store = sealed(inner, counter=counter)
    counter.error = OSError(EIO)
    error = raises(StoreError, store.save, b"second")
    assert "counter" in str(error)
    counter.error = None
    assert sealed(inner, counter=counter).load() == b"second"
    second = inner.load()
    # Not even that record can be played back once it was erased.
    store.erase()
    assert reason_for(second, counter=counter) == "OLDER"
    sealed(inner, counter=counter).save(b"third")
    assert sealed(inner, counter=counter).load() == b"third"


def test_a_store_that_can_not_be_read_is_not_empty_and_can_be_written():
    class Unreadable(RamStore):
        def load(self) -> "bytes | None":
            raise StoreError(EIO, "can't read")

    store = sealed(Unreadable())
    error = raises(StoreError, store.load)
    assert not isinstance(error, SealError)
    store.save(SESSION)


def test_a_device_id_alone():
    inner = RamStore()
    SealedStore(inner, device_id=b"board-1").save(SESSION)
    assert SealedStore(inner, device_id=b"board-1").load() == SESSION
    assert raises(SealError, SealedStore(inner, device_id=b"board-2").load).reason == "WRONG_SECRET"
    assert inner.load()[4:8] == b"\0\0\0\x01"


def test_bad_arguments_are_named():
    for arguments, named in (
        ((), {}),
        (("",), {}),
        ((b"",), {"device_id": b"board"}),
        ((1234,), {}),
        ((), {"device_id": "board"}),
        (("2580",), {"iterations": 0}),
    ):
        error = raises(ValueError, SealedStore, RamStore(), *arguments, **named)
        words = str(error)
        assert "secret" in words or "iterations" in words, words
        assert "2580" not in words and "1234" not in words


def client_over(store, *replies) -> Client:
    return Client("eu-west-1", "app", store=store, transport=FakeTransport(*replies), clock=FakeClock())


def test_a_client_signs_in_and_is_signed_in_after_a_restart_with_the_pin_alone():
    inner = RamStore()
    client_over(sealed(inner), tokens()).sign_in("alice", "password")
    again = client_over(sealed(inner), tokens(2, refresh=False))
    assert again.signed_in and again.refresh().refresh_token == "refresh1"
    wrong = client_over(sealed(inner, "0000"))
    try:
        found = wrong.signed_in
    except SealError as error:
        found = error.reason
    assert found == "WRONG_SECRET"
    raises(SealError, wrong.refresh)
    assert client_over(sealed(inner)).signed_in


def test_a_client_signs_in_over_what_can_not_be_opened():
    inner, _ = saved()
    client = client_over(sealed(inner, "1111"), tokens())
    client.sign_in("alice", "password")
    assert client.session.store_error is None
    assert client_over(sealed(inner, "1111")).signed_in


def test_a_client_signs_out_though_the_pin_is_not_known():
    inner, _ = saved()
    client = client_over(sealed(inner, "1111"))
    client.sign_out()
    assert inner.load() is None


def test_a_session_that_is_over_is_erased_from_the_inner_store():
    inner = RamStore()
    client_over(sealed(inner), tokens()).sign_in("alice", "password")
    over = refusal("NotAuthorizedException", "Refresh Token has been revoked")
    raises(NotSignedIn, client_over(sealed(inner), over, over).refresh)
    assert inner.load() is None
