"""Text from outside, as it may go to a terminal or a screen."""

# Of Unicode's direction marks (UAX 9) and line ends: they show something else than what is there.
_MISLEADING = "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def printable(text: str) -> str:
    """`text` with a "?" for each character that steers a terminal (ECMA-48's C0 and C1) or turns the text around.

    A server's words, a network's name and an exception's can hold them.
    """
    for character in text:
        if _steers(character):
            return "".join(["?" if _steers(one) else one for one in text])
    return text


def _steers(character: str) -> bool:
    return character < " " or "\x7f" <= character <= "\x9f" or character in _MISLEADING
