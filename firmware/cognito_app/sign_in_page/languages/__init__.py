"""The words of the page, one folder for each language, named for its code: a new language is a new folder.

Each has the modules of en/: pages.py, problems.py and waiting.py, with WORDS, a dict from the keys of English to text.
The language of a page is the first that the browser asks for and that there is a folder of.
"""

import sys

from ...loaded_modules import forget

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


class Words:
    """The words of the language `code`: what its modules say, one of them in RAM at a time, as each takes kilobytes."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._module = ""
        self._words: dict = {}

    def _of(self, module: str) -> dict:
        if module != self._module:
            self._words = {}
            self._module = ""
            name = f"{__name__}.{self.code}.{module}"
            __import__(name)
            self._words, self._module = sys.modules[name].WORDS, module
            forget(__name__ + "." + self.code)
        return self._words

    @property
    def pages(self) -> dict:
        """What pages are called and say, and what there is to fill in, to choose and to press."""
        return self._of("pages")

    @property
    def problems(self) -> dict:
        """What went wrong, and what else is worth a word."""
        return self._of("problems")

    @property
    def waiting(self) -> dict:
        """What is shown while the device works."""
        return self._of("waiting")


def words_for(accepted: str) -> Words:
    """The Words for a browser that sends the Accept-Language header `accepted`, "" when it sends none."""
    return Words([code for code in codes(accepted) if _is_there(code)][0])


def _is_there(code: str) -> bool:
    name = __name__ + "." + code
    try:
        __import__(name)  # a folder, of which nothing is read yet
    except ImportError:
        return False
    forget(name)
    return True
