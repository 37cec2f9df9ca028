"""A Page as HTML, in pieces: a device sends one while it makes the next."""

from ..printable import printable
from . import forms, html
from .html import escaped

_ATTRIBUTES = {  # of an input: kind -> HTML
    "text": 'type="text" autocapitalize="none" spellcheck="false"',
    "password": 'type="password"',
    "code": 'type="text" inputmode="numeric" autocapitalize="none" spellcheck="false"',
}
_STRONG, _MEDIUM = -60, -75  # dBm


def render(page, notes: list, words, opening: str, token: str, step: int):
    """The whole of `page` (a Page), str by str.

    notes        keys of the words: what else is worth a word
    words        a languages.Words
    opening      what links to the page end with: "?" and a name that is this opening's own
    token, step  what its form sends back, so that it is known to be this page's
    """
    title = (words.waiting if page.name == "wait" else words.pages)[page.name]
    yield from html.head(words.code, f"{words.problems['error']}: {title}" if page.problem else title)
    yield f"<h1>{escaped(title)}</h1>"
    if page.problem:
        yield from _problem(page, words)
    yield from _intro(page, words)
    for note in notes:
        yield _paragraph(words.problems[note])
    if page.buttons:
        yield from _form(page, words.pages, token, step)
    elif page.name == "wait":
        yield _link("/wait" + opening, words.waiting["look_again"])
    elif page.name in ("busy", "refused"):
        yield _link("/" + opening, words.pages["go_back"])
    yield html.TAIL


def broken_off(words, opening: str):
    """The end of a page in whose middle something went wrong, wherever that was; str in pieces."""
    yield f'</form><div class="problem" role="alert"><p><b>{escaped(words.problems["error"])}</b>: '
    yield escaped(words.problems["internal"])
    yield "</p></div>"
    yield _link("/" + opening, words.pages["go_back"])
    yield html.TAIL


def _problem(page, words):
    yield f'<div class="problem" role="alert" id="problem"><p><b>{escaped(words.problems["error"])}</b>: '
    yield escaped(words.problems[page.problem])
    yield "</p>"
    if page.detail:
        says = words.problems["service_says" if page.by_service else "device_says"]
        # What a service says is English, and read out as such.
        yield f'<p><small>{escaped(says)} <span lang="en">{escaped(page.detail)}</span></small></p>'
    yield "</div>"


def _paragraph(text: str) -> str:
    return f"<p>{escaped(text)}</p>"


def _link(where: str, text: str) -> str:
    return f'<p><a class="block" href="{escaped(where)}">{escaped(text)}</a></p>'


def _intro(page, words):
    """What a page says before its form."""
    values = page.values
    if page.name == "wait":
        yield _paragraph(words.waiting["wait_intro"])
        if values["wifi"]:
            yield _paragraph(words.waiting["wait_wifi"])
        return
    texts = words.pages
    if page.name == "account" and values["person"]:
        yield _paragraph(texts["signed_in_already"].format(values["person"]))
        if values["before"]:
            yield _paragraph(texts["again_before"].format(*values["before"]))
    elif page.name == "code":
        sent_to = values["sent_to"]
        yield _paragraph(texts[values["by"]] + (" " + texts["sent_to"].format(sent_to) if sent_to else ""))
    elif page.name in ("confirm", "reset"):
        sent_to = values["sent_to"]
        yield _paragraph(texts["confirm_sent_to"].format(sent_to) if sent_to else texts["confirm_intro"])
    elif page.name == "totp_setup":
        yield from _authenticator(values, texts)
    elif page.name == "done":
        person = values["person"]
        yield _paragraph(texts["done_intro"].format(person) if person else texts["done_nobody"])
        yield _paragraph(texts["done_close"])
    elif page.name == "gate" and not page.buttons:
        pass  # one that is shut takes nothing
    elif page.name + "_intro" in texts:
        yield _paragraph(texts[page.name + "_intro"])


def _authenticator(values: dict, texts: dict):
    from . import otpauth, qr_code

    uri = otpauth.uri(values["secret"], values["person"])
    code = qr_code.that_fits(uri, otpauth.uri(values["secret"], ""))
    yield _paragraph(texts["totp_intro" if code else "totp_intro_key"])
    if code:
        yield from _picture(code, texts["totp_picture"])
    yield f"<p>{escaped(texts['totp_key'])}: <code>{escaped(otpauth.grouped(values['secret']))}</code></p>"
    yield _link(uri, texts["totp_link"])


def _picture(code, label: str):
    """A QR code as SVG; `code`: a qr_code.QrCode."""
    size = code.size + 8  # with the quiet zone of 4 modules that readers want
    yield f'<svg role="img" aria-label="{escaped(label)}" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
    yield f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="'
    for y in range(code.size):
        row = ""
        for x, length in code.runs(y):
            row += f"M{x + 4} {y + 4}h{length}v1h-{length}z"
        yield row
    yield '"/></svg>'


def _form(page, texts: dict, token: str, step: int):
    yield '<form method="post" action="/">'
    yield f'<input type="hidden" name="token" value="{token}"><input type="hidden" name="step" value="{step}">'
    if page.name == "wifi":
        yield from _networks(page.values["networks"], texts)
    elif page.name == "choose":
        yield from _choices(page.values["choices"], texts)
    described = ' aria-describedby="problem"' if page.problem else ""
    for field in forms.fields(page):
        yield from _field(page, field, texts, described)
    first = True
    for button in page.buttons:
        # Buttons that only lead elsewhere must work while fields are empty.
        kind = 'class="first"' if first else "formnovalidate"
        yield f'<button name="do" value="{button}" {kind}>{escaped(texts["do_" + button])}</button>'
        first = False
    yield "</form>"


def _label(page, name: str, texts: dict) -> str:
    if not name.startswith(forms.ATTRIBUTE):
        return texts["label_" + name]
    attribute = page.values["attributes"][int(name[len(forms.ATTRIBUTE) :])]
    return texts.get(forms.ATTRIBUTE + attribute) or attribute.replace("custom:", "")


def _field(page, field: tuple, texts: dict, described: str):
    name, kind, longest, autocomplete, needed = field
    yield f'<label for="{name}">{escaped(_label(page, name, texts))}</label>'
    typed = page.typed.get(name, "") if kind == "text" else ""
    value = f' value="{escaped(typed)}"' if typed else ""
    yield f'<input class="field" id="{name}" name="{name}" {_ATTRIBUTES[kind]} maxlength="{longest}"'
    yield f' autocomplete="{autocomplete}"{" required" if needed else ""}{described}{value}>'


def _networks(networks: list, texts: dict):
    """`networks`: (name, dBm, whether it wants a password) of each."""
    if not networks:
        yield _paragraph(texts["no_networks"])
        return
    yield f"<fieldset><legend>{escaped(texts['networks'])}</legend>"
    for name, strength, locked in networks:
        about = texts["strong" if strength >= _STRONG else "medium" if strength >= _MEDIUM else "weak"]
        about += ", " + texts["locked" if locked else "open"]
        yield from _choice("network", name, name, about)
    yield "</fieldset>"


def _choices(choices: list, texts: dict):
    yield f"<fieldset><legend>{escaped(texts['choices'])}</legend>"
    for choice in choices:
        yield from _choice("choice", choice, texts.get("choice_" + choice) or choice, "")
    yield "</fieldset>"


def _choice(group: str, value: str, text: str, about: str):
    yield f'<label class="choice"><input type="radio" name="{group}" value="{escaped(value)}">'
    yield f"<span>{escaped(printable(text))}"
    if about:
        yield f" <small>{escaped(about)}</small>"
    yield "</span></label>"
