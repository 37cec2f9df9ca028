"""JSON as RFC 8259 has it, read strictly: MicroPython's own parser takes commas and colons for blanks.

There `{"client_secret": , "sleep_s": 60}` has the client secret "sleep_s", a bracket closes a brace, and the two halves
of a character beyond 16 bits stay two (extmod/modjson.c, 1.24 to 1.29). What a person has typed must not be read
otherwise than on the computer where it was checked. Numbers have no exponent here: no setting has one.
"""

_SPACE = b" \t\r\n"
_DEEPEST = 8  # brackets within brackets
_ESCAPES = {b'"': '"', b"\\": "\\", b"/": "/", b"b": "\b", b"f": "\f", b"n": "\n", b"r": "\r", b"t": "\t"}
_WORDS = {b"true": True, b"false": False, b"null": None}
_DIGITS = b"0123456789"


class NotJson(ValueError):
    """The text is not JSON; the message names the line and what is missing there, and repeats nothing of it."""


def parse(data: bytes):
    """The value that `data`, JSON in UTF-8, is. Raises NotJson."""
    try:
        str(data, "utf-8")
    except ValueError:  # UnicodeError is one
        raise NotJson("it is not UTF-8: save it as UTF-8")
    reader = _Reader(data)
    value = reader.value(_DEEPEST)
    if reader.next():
        raise reader.fault("there is more after the end")
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def fault(self, words: str) -> NotJson:
        line = self._data[: self._at].count(b"\n") + 1
        return NotJson(f"line {line}: {words}")

    def _missing(self, what: str) -> NotJson:
        return self.fault(what + " is missing")

    def next(self) -> bytes:
        """The next byte that is not a blank; b"" at the end."""
        while self._here() and self._here() in _SPACE:
            self._at += 1
        return self._here()

    def _here(self) -> bytes:
        return self._data[self._at : self._at + 1]

    def _took(self, byte: bytes) -> bool:
        found = self.next() == byte
        self._at += found
        return found

    def value(self, depth: int):
        first = self.next()
        if not depth:
            raise self.fault("too many brackets within brackets")
        if self._took(b"{"):
            return dict(self._items(b"}", self._member, depth))
        if self._took(b"["):
            return self._items(b"]", self.value, depth)
        if first == b'"':
            return self._string()
        return self._number_or_word()

    def _items(self, end: bytes, read, depth: int) -> list:
        """What read(depth) gives, again and again, with commas between, up to the bracket `end`."""
        items: list = []
        if self._took(end):
            return items
        while True:
            items.append(read(depth - 1))
            if self._took(end):
                return items
            if not self._took(b","):
                raise self._missing("a comma, or " + end.decode())

    def _member(self, depth: int) -> tuple:
        if self.next() != b'"':
            raise self._missing("a name in double quotes")
        name = self._string()
        if not self._took(b":"):
            raise self._missing("a colon")
        return name, self.value(depth)

    def _string(self) -> str:
        start = self._at = self._at + 1
        text = ""
        while self._here() != b'"':
            if self._here() < b" ":  # a line's end, or the file's
                raise self._missing("a closing quote")
            if self._here() != b"\\":
                self._at += 1
                continue
            text += str(self._data[start : self._at], "utf-8") + self._escaped()
            start = self._at
        self._at += 1
        return text + str(self._data[start : self._at - 1], "utf-8")

    def _escaped(self) -> str:
        kind = self._data[self._at + 1 : self._at + 2]
        if kind in _ESCAPES:
            self._at += 2
            return _ESCAPES[kind]
        code = self._code()
        if 0xD800 <= code < 0xDC00:  # the first half of a character: the second follows
            second = self._code()
            if not 0xDC00 <= second < 0xE000:
                raise self._missing("the second half of a character")
            code = 0x10000 + (code - 0xD800 << 10) + second - 0xDC00
        elif 0xDC00 <= code < 0xE000:
            raise self._missing("the first half of a character")
        return chr(code)

    def _code(self) -> int:
        """What is after \\u."""
        digits = self._data[self._at + 2 : self._at + 6]
        if self._data[self._at : self._at + 2] != b"\\u" or len(digits) < 4:
            raise self._missing("one of the letters that may follow a backslash")
        try:
            code = int(digits, 16) if all(digit in b"0123456789abcdefABCDEF" for digit in digits) else -1
        except ValueError:
            code = -1
        if code < 0:
            raise self._missing("a number of four digits after \\u")
        self._at += 6
        return code

    def _number_or_word(self):
        start = self._at
        while self._here() and self._here() not in b' \t\r\n,:]}[{"':
            self._at += 1
        word = self._data[start : self._at]
        if word in _WORDS:
            return _WORDS[word]
        digits = word[1:] if word[:1] == b"-" else word
        whole, point, part = digits.partition(b".")
        plain = all(digit in _DIGITS for digit in whole + part)
        if not whole or not plain or (whole[:1] == b"0" and len(whole) > 1) or (point and not part):
            self._at = start
            raise self._missing("a value")
        return float(word) if point else int(word)
