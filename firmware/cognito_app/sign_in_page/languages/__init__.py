"""The words of the page, one file for each language, named for its code: a new language is a new file.

A file holds WORDS, a dict from the keys of en.py to text. The language of a page is the first that the browser asks
for and that there is a file of.
"""

import sys

DEFAULT = "en"
_MOST = 8  # languages of one browser that are looked at


def codes(accepted: str) -> list:
    """The two-letter codes of an Accept-Language header, in its order, the default one last."""
    found = []
    for part in accepted.split(",")[:_MOST]:
        code = part.split(";")[0].strip()[:3].lower()
        if len(code) == 3 and code[2] == "-":
            code = code[:2]
        # A code becomes the name of a module: nothing but letters.
        if len(code) == 2 and all("a" <= letter <= "z" for letter in code) and code not in found:
            found.append(code)
    return found + [DEFAULT]


class Languages:
    """Loads words when they are asked for, and keeps those of one language: each takes kilobytes of RAM."""

    def __init__(self) -> None:
        self._code = ""
        self._words: dict = {}

    def choose(self, accepted: str) -> tuple:
        """(code, words) for a browser that sends the Accept-Language header `accepted`, "" when it sends none."""
        for code in codes(accepted):
            if code == self._code or self._load(code):
                break
        return self._code, self._words

    def _load(self, code: str) -> bool:
        name = __name__ + "." + code
        try:
            __import__(name)
        except ImportError:
            return False
        self._code, self._words = code, sys.modules.pop(name).WORDS
        # The package holds its modules too.
        if hasattr(sys.modules[__name__], code):
            delattr(sys.modules[__name__], code)
        return True
