"""Claims of tokens, and of what is no token."""

import gc
import json
from binascii import b2a_base64

from checks import raises
from cognito_mp import claims

PAYLOAD = {"sub": "0ab1c2d3", "exp": 1767582245, "cognito:groups": ["a", "b"], "email_verified": True}


def segment(data: bytes) -> str:
    return b2a_base64(data)[:-1].decode().replace("+", "-").replace("/", "_").rstrip("=")


def jwt(payload: bytes) -> str:
    return ".".join((segment(b'{"alg":"RS256"}'), segment(payload), "c2lnbmF0dXJl"))


def test_payload():
    assert claims.read(jwt(json.dumps(PAYLOAD).encode())) == PAYLOAD


def test_every_length_of_the_last_group_and_of_the_last_piece():
    for size in (0, 1, 2, 3, 170, 171, 172, 173, 180, 181, 182, 183, 184, 185, 186, 187, 375, 376, 377, 378, 379):
        value = "x" * size
        assert claims.read(jwt(b'{"name":"' + value.encode() + b'"}')) == {"name": value}


def test_both_letters_that_base64url_has_of_its_own():
    token = jwt(b'{"a":"???>>>"}')
    assert "-" in token or "_" in token
    assert claims.read(token) == {"a": "???>>>"}
    token = jwt('{"a":"\u00fe\u00ff~~~ \u00bf\u00fb>"}'.encode())
    assert claims.read(token) == {"a": "\u00fe\u00ff~~~ \u00bf\u00fb>"}


def test_characters_beyond_the_basic_plane():
    face = b"\xf0\x9f\x98\x80".decode()
    assert claims.read(jwt(b'{"name":"a\\ud83d\\ude00b"}')) == {"name": "a" + face + "b"}
    assert claims.read(jwt(b'{"name":"\xf0\x9f\x98\x80"}')) == {"name": face}


def test_what_is_no_jwt():
    good = segment(b"{}")
    for token in (
        None,
        5,
        b"a.b.c",
        "",
        "secretsecret",
        good + "." + good,
        ".".join((good,) * 4),
        ".".join((good,) * 5),
        "..",
        good + ".." + good,
        good + ".A." + good,
        good + ".\u00e9\u00e9\u00e9\u00e9." + good,
        jwt(b""),
        jwt(b"{nonsense}"),
        jwt(b"[]"),
        jwt(b'"secret"'),
        jwt(b"null"),
        jwt(b"[" * 4000),
        jwt(b'{"a":"\\ud8zz"}'),
        jwt(b"\xff\xfe{}"),
    ):
        error = raises(ValueError, claims.read, token)
        assert str(error) == "the token is not a JWT with JSON claims"
        # What CPython chains to an exception has the whole text in it.
        assert getattr(error, "__context__", None) is None


def test_little_garbage():
    """6 kB of token need the decoded text once, some 20 kB that json takes for a string as long, and small change."""
    if not hasattr(gc, "mem_alloc"):
        from checks import Skip

        raise Skip("gc.mem_alloc is MicroPython's")
    token = jwt(b'{"name":"' + b"x" * 4500 + b'"}')
    claims.read(token)
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    claims.read(token)
    used = gc.mem_alloc() - before
    gc.enable()
    assert used < 6 * 4500, used


def test_lazy_import():
    import cognito_mp

    assert cognito_mp.__getattr__("claims") is claims
