"""HMAC-SHA256 against the vectors of RFC 4231, and SECRET_HASH against pycognito's."""

from cognito_mp.crypto.hmac_sha256 import hmac_sha256
from cognito_mp.protocol import with_secret_hash

RFC_4231 = (
    (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    (b"\xaa" * 20, b"\xdd" * 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
)


def test_rfc_4231():
    for key, message, digest in RFC_4231:
        assert hmac_sha256(key, message) == bytes.fromhex(digest)


def test_key_of_one_block_is_used_as_it_is():
    assert len(hmac_sha256(bytes(64), b"")) == 32
    assert hmac_sha256(bytes(64), b"") == hmac_sha256(b"", b"")


class App:
    client_id = "1example23456789abcdefghij"
    client_secret: "str | None" = "1abc2def3ghi4jkl5mno6pqr7stu8vwx9yz0abcdefghijklmnop"


def test_secret_hash():
    hashed = with_secret_hash(App, {"USERNAME": "alice"}, "alice@example.com")
    assert hashed == {"USERNAME": "alice", "SECRET_HASH": "bpAXDW+l5cTcnHhzJBEZSJc9EyV/pTLZ8ICSeP5I2Io="}


def test_no_secret_no_hash():
    class Public(App):
        client_secret = None

    assert with_secret_hash(Public, {"USERNAME": "alice"}, "alice") == {"USERNAME": "alice"}
