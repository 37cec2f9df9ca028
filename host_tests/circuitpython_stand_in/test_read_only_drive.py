"""The drive that every board starts with: FAT by FatFs itself, read-only for programs while USB holds it."""

import os

from checks import raises
from cognito_mp import Client, FileStore, StoreError
from fakes import FakeClock, FakeTransport, tokens


class Disk:
    """64 kB of RAM as a block device."""

    def __init__(self) -> None:
        self.content = bytearray(64 * 1024)

    def readblocks(self, block: int, buffer) -> None:
        buffer[:] = self.content[block * 512 : block * 512 + len(buffer)]

    def writeblocks(self, block: int, buffer) -> None:
        self.content[block * 512 : block * 512 + len(buffer)] = buffer

    def ioctl(self, operation: int, argument: int):
        return {4: len(self.content) // 512, 5: 512}.get(operation, 0)


class Drive:
    """`with Drive():` /drive is there, and can be written; remount() as storage.remount() does."""

    def __enter__(self):
        self.disk = Disk()
        os.VfsFat.mkfs(self.disk)
        os.mount(os.VfsFat(self.disk), "/drive")
        return self

    def remount(self, readonly: bool) -> None:
        os.umount("/drive")
        os.mount(os.VfsFat(self.disk), "/drive", readonly=readonly)

    def __exit__(self, *error) -> None:
        os.umount("/drive")


def a_client(*replies):
    transport = FakeTransport(*replies)
    store = FileStore("/drive/session")
    return Client("eu-west-1", "client", transport=transport, store=store, clock=FakeClock()), store


def test_it_says_erofs_before_enoent():
    with Drive() as drive:
        assert raises(OSError, open, "/drive/none", "r+b").errno == 2
        drive.remount(readonly=True)
        assert raises(OSError, open, "/drive/none", "r+b").errno == 30
        assert raises(OSError, open, "/drive/none", "rb").errno == 2


def test_where_nothing_was_stored_a_sign_out_succeeds_and_revokes():
    with Drive() as drive:
        drive.remount(readonly=True)
        client, store = a_client(tokens(), {})
        assert raises(StoreError, client.sign_in, "alice", "Correct-Horse-9").errno == 30
        assert client.signed_in
        assert client.sign_out() is True
        assert not client.signed_in and client.transport.requests[-1][0] == "RevokeToken"
        store.erase()


def test_where_something_is_stored_it_says_what_to_do():
    with Drive() as drive:
        client, store = a_client(tokens(), {})
        client.sign_in("alice", "Correct-Horse-9")
        drive.remount(readonly=True)
        for function in (store.erase, client.sign_out):
            error = raises(StoreError, function)
            assert error.errno == 30 and "boot.py" in str(error)
        assert client.signed_in and store.load()
        drive.remount(readonly=False)
        client.sign_out()
        assert not client.signed_in
        drive.remount(readonly=True)
        store.erase()  # what is erased stays so
