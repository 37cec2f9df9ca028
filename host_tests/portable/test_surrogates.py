"""Escaped surrogate pairs, which MicroPython's json turns into broken UTF-8."""

import json

from checks import raises
from cognito_mp.protocol import loads
from cognito_mp.surrogates import joined

FACE = b"\xf0\x9f\x98\x80"  # U+1F600, in JSON \ud83d\ude00


def test_pairs():
    for text, result in (
        (b'"\\ud83d\\ude00"', b'"' + FACE + b'"'),
        (b'"\\uD83D\\uDE00"', b'"' + FACE + b'"'),
        (b'"a\\ud83d\\ude00\\ud83d\\ude00b"', b'"a' + FACE + FACE + b'b"'),
        (b'"\\ud800\\udc00"', b'"\xf0\x90\x80\x80"'),
        (b'"\\udbff\\udfff"', b'"\xf4\x8f\xbf\xbf"'),
    ):
        assert joined(text) == result
        assert json.loads(result) == json.loads(joined(text))


def test_what_is_no_pair_stays():
    for text in (
        b"",
        b"{}",
        b'"\\u00e9\\n\\\\"',
        b'"\\\\ud83d\\\\ude00"',  # two backslashes: the letters "\ud83d" themselves
        b'"\\\\ud83d\\ude00"',
        b'"\\\\\\\\ud83d"',
        b'"\\ud83d"',
        b'"\\ud83d\\n"',
        b'"\\ud83dude00"',
        b'"\\ude00\\ud83d"',
        b'"\\ud7ff\\ue000"',
        b'"\\ud83d\\u0041"',
    ):
        assert joined(text) == text


def test_a_pair_after_an_escaped_backslash():
    assert joined(b'"\\\\\\ud83d\\ude00"') == b'"\\\\' + FACE + b'"'
    # The first half is alone, and the second starts a pair.
    assert joined(b'"\\ud83d\\ud83d\\ude00"') == b'"\\ud83d' + FACE + b'"'


def test_text_that_is_no_json_is_refused_in_the_end():
    for text in (b'"\\u', b'"\\ud8', b'"\\ud83d\\u', b'"\\uzzzz"', b'{"\\ud8": ', b'"\\ud'):
        raises(ValueError, loads, text)


def test_loads():
    value = {"name": "a" + FACE.decode() + "b"}
    for text in (b'{"name":"a\\ud83d\\ude00b"}', b'{"name":"a\\uD83D\\uDE00b"}', b'{"name":"a' + FACE + b'b"}'):
        assert loads(text) == value
        assert loads(bytearray(text)) == value
