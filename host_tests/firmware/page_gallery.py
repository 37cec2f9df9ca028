"""Every page of the sign-in page, as it can be: for the tests of accessibility, and for the pictures in docs/.

    python host_tests/firmware/page_gallery.py      draws docs/sign_in_page/*.png anew, with Chromium

Each picture has one page four times: at 320 pixels, light and dark, and below at 1280.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_HOST_TESTS = Path(__file__).resolve().parents[1]
ROOT = _HOST_TESTS.parent
for _folder in (ROOT / "firmware", ROOT / "lib"):
    sys.path.insert(0, str(_folder))

from cognito_app.sign_in_page import pages  # type: ignore[import-not-found]  # noqa: E402
from cognito_app.sign_in_page.asking import Page, Problem  # type: ignore[import-not-found]  # noqa: E402
from cognito_app.sign_in_page.languages import words_for  # type: ignore[import-not-found]  # noqa: E402
from PIL import Image  # noqa: E402
from selenium import webdriver  # noqa: E402

PICTURES = ROOT / "docs" / "sign_in_page"
_DRIVER = Path("/usr/bin/chromedriver")
NO_CHROMIUM = "there is no chromium or chromedriver: on Debian, apt install chromium chromium-driver"
WIDTHS = (320, 1280)
THEMES = ("light", "dark")
_GAP = 16

_NETWORKS = [("Home", -48, True), ("A <b>very</b> long name of 32 b", -66, True), ("café", -82, False)]
_SAID = "Password did not conform with policy: Password must have uppercase characters"


def _with(page: Page, notes: tuple[str, ...] = (), **typed: str) -> Page:
    page.notes = list(notes)
    page.typed = typed
    return page


def gallery() -> dict[str, Page]:
    """Each page by its name; those that differ in what went wrong, too."""
    middle = ("confirm", "again")
    account = ("sign_in", "new", "forgot", "wifi")
    return {
        "gate": Page("gate", ("enter",)),
        "gate_wrong": Page("gate", ("enter",), Problem("wrong_digits")),
        "gate_shut": Page("gate", (), Problem("gate_shut")),
        "wifi": Page("wifi", ("join", "scan"), networks=_NETWORKS),
        "wifi_failed": Page(
            "wifi",
            ("join", "scan", "again"),
            Problem("wifi_failed", "Wi-Fi 'Home': wrong password"),
            networks=[],
        ),
        "account": Page("account", account, person="", before=()),
        "account_replaced": Page("account", account, person="ada@example.com", before=()),
        "account_ends": Page("account", account, person="ada@example.com", before=(12, 5, "May")),
        "account_wrong_password": _with(
            Page("account", account, Problem("wrong_password"), person="", before=()), name="ada@example.com"
        ),
        "sign_up": Page("sign_up", ("sign_up", "again")),
        "confirm": _with(Page("confirm", ("confirm", "resend", "again"), sent_to="a***@e***"), ("new_code_sent",)),
        "new_password": _with(
            Page(
                "new_password", middle, Problem("weak_password", _SAID, True), attributes=["given_name", "custom:team"]
            ),
            ("no_srp",),
            attribute_0="Ada",
        ),
        "code": Page("code", middle, by="SMS_MFA", sent_to="+*******0000"),
        "code_wrong": Page("code", middle, Problem("wrong_code"), by="SOFTWARE_TOKEN_MFA", sent_to=""),
        "choose": Page("choose", middle, choices=["SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA"]),
        "totp_setup": Page("totp_setup", middle, secret="JBSWY3DPEHPK3PXP" * 3, person="ada@example.com"),
        "totp_setup_key": Page("totp_setup", middle, secret="JBSWY3DPEHPK3PXP" * 20, person="ada@example.com"),
        "send_password": Page("send_password", ("again", "send_password")),
        "blank_ends": Page("blank_ends", ("without_blanks", "again"), Problem("wrong_password")),
        "forgot": Page("forgot", middle),
        "reset": Page("reset", middle, sent_to="a***@e***"),
        "done": _with(Page("done", person="ada@example.com"), ("unsaved",)),
        "wait": Page("wait", wifi=True),
        "busy": Page("busy"),
        "refused": Page("refused", (), Problem("bad_form")),
    }


def html_of(page: Page, language: str = "en") -> str:
    return "".join(pages.render(page, page.notes, words_for(language), "?0123abcd", "0" * 32, 1))


def has_chromium() -> bool:
    """False: tell NO_CHROMIUM."""
    return shutil.which("chromium") is not None and _DRIVER.exists()


@contextmanager
def chromium(width: int = 1280, height: int = 800) -> Iterator[Any]:
    """A headless Chromium with nothing of an earlier one, driven by selenium."""
    options = webdriver.ChromeOptions()
    with tempfile.TemporaryDirectory(prefix="chromium-") as profile:
        for flag in (
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            f"--user-data-dir={profile}",
            "--lang=en-GB",
        ):
            options.add_argument(flag)
        options.set_capability("pageLoadStrategy", "normal")
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(_DRIVER)))
        try:
            driver.set_page_load_timeout(60)
            resize(driver, width, height)
            yield driver
        finally:
            driver.quit()


def resize(driver: Any, width: int, height: int) -> None:
    """The page, not the window, gets this size, in CSS pixels."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def use_theme(driver: Any, theme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": theme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def _shot(driver: Any, width: int, theme: str) -> Image.Image:
    import base64
    import io

    resize(driver, width, 200)
    use_theme(driver, theme)
    height = driver.execute_script("return document.documentElement.scrollHeight")
    resize(driver, width, height)
    taken = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    return Image.open(io.BytesIO(base64.b64decode(taken["data"]))).convert("RGB")


def _sheet(shots: dict[tuple[int, str], Image.Image]) -> Image.Image:
    rows = [[shots[width, theme] for theme in THEMES] for width in WIDTHS]
    # Side by side while they are narrow, one below the other when they are wide.
    placed = []
    y = _GAP
    x = _GAP
    for shot in rows[0]:
        placed.append((shot, x, y))
        x += shot.width + _GAP
    y += max(shot.height for shot in rows[0]) + _GAP
    for shot in rows[1]:
        placed.append((shot, _GAP, y))
        y += shot.height + _GAP
    sheet = Image.new("RGB", (max(x + shot.width for shot, x, _ in placed) + _GAP, y), (128, 128, 128))
    for shot, x, y in placed:
        sheet.paste(shot, (x, y))
    return sheet


def main() -> None:
    if not has_chromium():
        sys.exit(f"page-pictures: {NO_CHROMIUM}")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as driver:
        for name, page in gallery().items():
            file = Path(folder) / f"{name}.html"
            file.write_text(html_of(page))
            driver.get(file.as_uri())
            sheet = _sheet({(width, theme): _shot(driver, width, theme) for width in WIDTHS for theme in THEMES})
            small = sheet.quantize(64, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
            small.save(PICTURES / f"{name}.png", optimize=True)
    files = list(PICTURES.glob("*.png"))
    print(f"{len(files)} pictures in {PICTURES}, {sum(file.stat().st_size for file in files) // 1000} kB")


if __name__ == "__main__":
    main()
