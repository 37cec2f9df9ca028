"""HTML that is safe whatever is put into it, and the frame of every page."""

from binascii import b2a_base64
from hashlib import sha256

_STYLE = """
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#4d5661;--line:#6b7480;--deed:#0b57b8;
--on:#fff;--bad:#a3121f}
@media(prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#f1f3f5;--soft:#b9c1cb;--line:#8b95a1;
--deed:#8ab8ff;--on:#0b1726;--bad:#ff9d9d}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.5 system-ui,sans-serif}
main{max-width:26rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0 1rem}
p{margin:0 0 1rem;overflow-wrap:anywhere}
label,legend{display:block;font-weight:600;margin:0 0 .25rem;padding:0}
input{font:inherit;color:inherit}
.field{display:block;width:100%;min-height:2.75rem;padding:.4rem .6rem;margin:0 0 1rem;
background:var(--paper);border:1px solid var(--line);border-radius:.4rem}
fieldset{border:0;margin:0 0 1rem;padding:0;min-width:0}
.choice{display:flex;gap:.6rem;align-items:center;min-height:2.75rem;font-weight:400;margin:0;
padding:.25rem 0;border-bottom:1px solid var(--line)}
.choice input{flex:none;width:1.25rem;height:1.25rem;margin:0;accent-color:var(--deed)}
.choice span{overflow-wrap:anywhere;min-width:0}
small{color:var(--soft);font-size:.875rem}
button{display:block;width:100%;min-height:2.75rem;margin:0 0 .75rem;padding:.5rem;font:inherit;
font-weight:600;border-radius:.4rem;border:1px solid var(--deed);background:var(--paper);color:var(--deed)}
button.first{background:var(--deed);color:var(--on)}
a{color:var(--deed)}
.block{display:inline-block;padding:.6rem 0}
:focus-visible{outline:3px solid var(--deed);outline-offset:2px}
.problem{border:2px solid var(--bad);border-radius:.4rem;padding:.75rem;margin:0 0 1rem}
.problem p{margin:0}
.problem b{color:var(--bad)}
svg{display:block;width:100%;max-width:17rem;height:auto;margin:0 auto 1rem;background:#fff}
code{font:1rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
"""

_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;"))


def escaped(text: object) -> str:
    """`text` as HTML that shows it, in an element or in an attribute's quotes."""
    shown = str(text)
    for character, instead in _ESCAPES:
        shown = shown.replace(character, instead)
    return shown


def quoted(text: str) -> str:
    """`text` for a part of a URI, percent-encoded (RFC 3986, section 2.1)."""
    plain = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    return "".join(chr(byte) if byte in plain else f"%{byte:02X}" for byte in text.encode())


def policy() -> str:
    """The Content-Security-Policy: no script, no picture, no other server; this one style."""
    digest = b2a_base64(sha256(_STYLE.encode()).digest()).decode().strip()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def head(language: str, title: str):
    """What comes before the page's own; str in pieces. `title`: text."""
    yield f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f"<title>{escaped(title)}</title><style>"
    for start in range(0, len(_STYLE), 512):  # what is sent at once is in RAM twice more
        yield _STYLE[start : start + 512]
    yield "</style></head><body><main>"


TAIL = "</main></body></html>\n"
