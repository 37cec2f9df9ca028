"""Characters beyond the basic plane in JSON (RFC 8259, section 7), which MicroPython's json breaks.

It turns each half of an escaped surrogate pair into bytes of its own, and the string is not UTF-8.
"""


def _unit(text: "bytes | bytearray", at: int) -> int:
    """The UTF-16 unit of the escape at `at`; 0 when there is none."""
    return int(bytes(text[at + 2 : at + 6]).decode(), 16) if text[at : at + 2] == b"\\u" else 0


def joined(text: "bytes | bytearray") -> "bytes | bytearray":
    """`text`, JSON as bytes, with each escaped surrogate pair replaced by its UTF-8 character."""
    at = text.find(b"\\")
    while at >= 0:
        high = _unit(text, at)
        if 0xD800 <= high < 0xDC00:
            low = _unit(text, at + 6)
            if 0xDC00 <= low < 0xE000:
                character = chr(0x10000 + (high - 0xD800 << 10) + low - 0xDC00).encode()
                text = text[:at] + character + text[at + 12 :]
        at = text.find(b"\\", at + 2)  # an escape is two bytes long at least, "\\\\" included
    return text
