"""docs/diagrams/*.svg, drawn from the .mmd files beside them by npm's mermaid in Chromium: `make diagrams`.

The pictures are kept: so they show on any forge, and on the site without a program fetched to draw them.
Each says from what it was drawn: the SHA-256 of its source and of how it was drawn.

python -m cognito_mp_tools.site.diagrams
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from base64 import b64decode
from pathlib import Path

from cognito_mp_tools.packages.npm import NpmFailed, installed
from cognito_mp_tools.project import BUILD, ROOT

FOLDER = ROOT / "docs" / "diagrams"
_NPM = Path(__file__).with_name("mermaid_npm")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Labels as SVG text, not as HTML within SVG: an <img> and what makes a PDF show them too.
_SETTINGS = {
    "startOnLoad": False,
    "deterministicIds": True,
    "theme": "neutral",
    "themeVariables": {"noteBkgColor": "#f4f4f4", "noteTextColor": "#222", "noteBorderColor": "#999"},
    "fontFamily": "sans-serif",
    "htmlLabels": False,
    "flowchart": {"htmlLabels": False, "diagramPadding": 16},
    "sequence": {"mirrorActors": False},
}
# For a reader whose pages are dark, light and dark change places; the paper is a part of the picture for that.
_STYLE = "@media(prefers-color-scheme:dark){svg{filter:invert(.9)}}"
_PAGE = """<!doctype html><meta charset="utf-8"><body><script src="{library}"></script><script>
(async () => {{
    let said = "";
    try {{
        mermaid.initialize({settings});
        const {{ svg }} = await mermaid.render("diagram", {source});
        const holder = document.createElement("div");
        holder.innerHTML = svg;
        const drawn = holder.firstElementChild;
        const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
        style.textContent = {style};
        const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        const {{ x, y, width, height }} = drawn.viewBox.baseVal;
        const set = (shape, values) => Object.keys(values).forEach((name) => shape.setAttribute(name, values[name]));
        set(paper, {{ x, y, width, height, fill: "#fff" }});
        set(drawn, {{ width, height }});
        drawn.removeAttribute("style"); // it would be as wide as the page
        drawn.prepend(style, paper);
        said = "drawn " + btoa(unescape(encodeURIComponent(new XMLSerializer().serializeToString(drawn))));
    }} catch (error) {{
        said = "failed " + btoa(unescape(encodeURIComponent(String(error))));
    }}
    document.body.innerHTML = "<pre>" + said + "</pre>";
}})();
</script>"""


class DrawingFailed(RuntimeError):
    """What is missing, or what mermaid has against the source."""


def sources() -> list[Path]:
    """The diagrams' sources."""
    return sorted(FOLDER.glob("*.mmd"))


def digest(source: Path) -> str:
    """What a picture of `source` carries: it changes with the source and with how it is drawn."""
    how = json.dumps(_SETTINGS, sort_keys=True) + _STYLE + _PAGE + (_NPM / "package.json").read_text()
    return hashlib.sha256(how.encode() + source.read_bytes()).hexdigest()


def drawn_from(picture: Path) -> str:
    """The digest that `picture` carries, "" where it carries none."""
    found = re.search(r"<!-- from ([0-9a-f]{64}) -->", picture.read_text()) if picture.exists() else None
    return found[1] if found else ""


def words(svg: str) -> list[str]:
    """The words in a picture, in its order: what doesn't depend on the fonts of the computer that has drawn it."""
    return re.sub(r"<[^>]*>", " ", re.sub(r"<(style|script).*?</\1>|<!--.*?-->", "", svg, flags=re.S)).split()


def draw(source: Path) -> str:
    """The SVG of `source`. Raises DrawingFailed, NpmFailed."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        raise DrawingFailed("there is no Chromium on this computer: on Debian, apt install chromium")
    library = installed(_NPM, BUILD / "mermaid_npm") / "mermaid" / "dist" / "mermaid.min.js"
    with tempfile.TemporaryDirectory(prefix="chromium-") as folder:
        page = Path(folder) / "page.html"
        fields = {"settings": _SETTINGS, "source": source.read_text(), "style": _STYLE}
        texts = {name: json.dumps(value).replace("</", "<\\/") for name, value in fields.items()}
        page.write_text(_PAGE.format(library=library.as_uri(), **texts))
        flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--virtual-time-budget=20000",
        ]
        command = [browser, *flags, f"--user-data-dir={folder}/profile", "--dump-dom", page.as_uri()]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=120).stdout
    found = re.search(r"<pre>(drawn|failed) (\S+)</pre>", shown)
    if found is None:
        raise DrawingFailed(f"{browser} has drawn nothing")
    said = b64decode(found[2]).decode()
    if found[1] == "failed":
        raise DrawingFailed(f"{source.name}: {said}")
    return f"{said}\n<!-- from {digest(source)} -->\n"


def main() -> None:
    """Draw those that are not as their source has them; all with --all."""
    try:
        for source in sources():
            picture = source.with_suffix(".svg")
            if "--all" in sys.argv or drawn_from(picture) != digest(source):
                picture.write_text(draw(source))
                print(f"{picture.relative_to(ROOT)} is drawn")
    except (DrawingFailed, NpmFailed) as problem:
        sys.exit(f"diagrams: {problem}")


if __name__ == "__main__":
    main()
