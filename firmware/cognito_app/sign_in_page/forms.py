"""What each page's form may send, and how long that may be: the page is drawn by this table, and read by it."""

from .. import typed

# Field: name, kind, characters at most, HTML's autocomplete token, needed. Kinds: text, password, code.
# Names and passwords are "off": a password manager keeps what it is given for an address, http://192.168.4.1, and
# would offer it to every other device that has the same one. (HTML, 4.10.18.7.1: "off" is a wish, not an order.)
_NAME = ("name", "text", 128, "off", True)
_FRESH = ("fresh", "password", 256, "off", True)
_AGAIN = ("again", "password", 256, "off", True)
_CODE = ("code", "code", 32, "one-time-code", True)

FORMS = {
    "gate": (("digits", "code", 16, "off", True),),
    "wifi": (("other", "text", 32, "off", False), ("wifi_password", "password", 64, "off", False)),
    "account": (_NAME, ("password", "password", 256, "off", True)),
    "sign_up": (_NAME, _FRESH, _AGAIN),
    "confirm": (_CODE,),
    "new_password": (_FRESH, _AGAIN),
    "code": (_CODE,),
    "choose": (),
    "send_password": (),
    "blank_ends": (),
    "totp_setup": (_CODE,),
    "forgot": (_NAME,),
    "reset": (_CODE, _FRESH, _AGAIN),
}
# A group of radio buttons, which the page's values list: its name on that page.
CHOICES = {"wifi": "network", "choose": "choice"}
ATTRIBUTE = "attribute_"  # and its number: an attribute that the pool asks for
_LONGEST_ATTRIBUTE = 256
_LONGEST_CHOICE = 64


class BadForm(ValueError):
    """A form that none of our pages would have sent; the text is a key of the words."""


def fields(page) -> list:
    """The fields of `page`, a Page, with those for the attributes that it asks for."""
    asked = page.values.get("attributes") or []
    return list(FORMS.get(page.name, ())) + [
        (ATTRIBUTE + str(number), "text", _LONGEST_ATTRIBUTE, "off", True) for number in range(len(asked))
    ]


def read(page, sent) -> dict:
    """What the form of `page` says, a str for each of its fields, "" for those that are missing; and "do", its button.

    `sent`: dict of str, as it came from outside. Raises BadForm.
    """
    do = sent.get("do") or page.buttons[0]
    if do not in page.buttons:
        raise BadForm("bad_form")
    said = {"do": do}
    for name, kind, longest, _, _ in fields(page):
        text = _bounded(sent.get(name) or "", longest)
        said[name] = typed.code(text) if kind == "code" else text
    choice = CHOICES.get(page.name)
    if choice:
        said[choice] = _bounded(sent.get(choice) or "", _LONGEST_CHOICE)
    return said


def no_secrets(page, said: dict) -> dict:
    """What of `said` may be shown again: neither passwords nor codes."""
    return {name: said[name] for name, kind, _, _, _ in fields(page) if kind == "text"}


def missing(page, said: dict) -> bool:
    """True when a field that is needed is empty."""
    return any(needed and not said[name] for name, _, _, _, needed in fields(page))


def _bounded(text: str, longest: int) -> str:
    # A browser of ours sends one line; the rest is for whoever builds requests by hand.
    if len(text) > longest or any(character < " " or character == "\x7f" for character in text):
        raise BadForm("too_long")
    return text
