"""What the device keeps by itself."""

from cognito_app.own_settings import OwnSettings
from cognito_mp.stores.ram import RamStore
from fake_browser import bytes_in_a_row
from fake_device import FailingStore


def kept(data: bytes):
    store = RamStore()
    store.save(data)
    return OwnSettings(store, bytes_in_a_row())


def test_a_password_is_made_once_and_stays():
    store = RamStore()
    password = OwnSettings(store, bytes_in_a_row()).access_point_password()
    assert len(password) == 12 and not set(password) & set("0o1il")
    other = bytes_in_a_row()
    other(1)
    assert OwnSettings(store, other).access_point_password() == password
    assert OwnSettings(RamStore(), other).access_point_password() != password


def test_after_a_sign_out_the_password_is_another():
    store, urandom = RamStore(), bytes_in_a_row()
    own = OwnSettings(store, urandom)
    own.add_network("home", "wifi-secret")
    before = own.access_point_password()
    own.forget_access_point_password()
    assert before.encode() not in store.load()
    assert OwnSettings(store, urandom).access_point_password() != before
    assert OwnSettings(store, urandom).networks() == [("home", "wifi-secret")]


def test_each_letter_is_as_likely_as_the_others():
    asked = [b"\xff" * 12, b"\xf8" * 12, bytes(range(12))]
    own = OwnSettings(RamStore(), lambda count: asked.pop(0))
    assert own.access_point_password() == "abcdefghjkmn"


def test_networks_the_last_one_first_and_few():
    store = RamStore()
    own = OwnSettings(store, bytes_in_a_row())
    for number in range(7):
        own.add_network(f"net {number}", "secret")
    own.add_network("net 4", "other")
    found = OwnSettings(store, bytes_in_a_row()).networks()
    assert found[0] == ("net 4", "other") and found[1] == ("net 6", "secret") and len(found) == 5


def test_a_full_flash_costs_nothing_but_the_memory():
    store = FailingStore()
    store.full = True
    own = OwnSettings(store, bytes_in_a_row())
    password = own.access_point_password()
    assert own.access_point_password() == password
    store.unreadable = True
    assert OwnSettings(store, bytes_in_a_row()).networks() == []


def test_what_was_written_by_nobody_of_ours():
    for data in (b"", b"{", b"[]", b'{"networks": 5}', b'{"networks": [5, ["a"], ["a", 5], ["b", "c"]]}', b"\xff"):
        own = kept(data)
        assert own.networks() in ([], [("b", "c")])
    assert len(kept(b'{"access_point_password": "short"}').access_point_password()) == 12
