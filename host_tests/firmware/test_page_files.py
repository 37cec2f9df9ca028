"""What the page's portable tests can't see: the files of its folder, a QR decoder, and the Wi-Fi's name in it."""

from __future__ import annotations

import sys

import pytest
import segno
import zxingcpp
from cognito_mp_tools.project import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

PAGE = ROOT / "firmware" / "cognito_app" / "sign_in_page"
sys.path.insert(0, str(ROOT / "firmware"))

from cognito_app.sign_in_page import access_point, qr_code  # type: ignore[import-not-found]  # noqa: E402


def picture(code: qr_code.QrCode, scale: int = 3) -> Image.Image:
    image = Image.new("L", (code.size + 8, code.size + 8), 255)
    for y in range(code.size):
        for x in range(code.size):
            if code.is_dark(x, y):
                image.putpixel((x + 4, y + 4), 0)
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=230))
def test_a_decoder_reads_every_code(data: bytes) -> None:
    found = zxingcpp.read_barcodes(picture(qr_code.encode(data)))
    assert [code.bytes for code in found] == [data]


@pytest.mark.parametrize("count", [17, 32, 53, 78, 106, 134, 154, 192, 230])
def test_a_full_code_is_what_another_encoder_makes(count: int) -> None:
    """Full, because segno pads otherwise than ISO/IEC 18004, 7.4.10, where there is room: with a zero byte too many."""
    data = bytes(range(256 - count, 256))
    code = qr_code.encode(data)
    other = segno.make(data, error="L", mode="byte", mask=0, boost_error=False, micro=False)
    ours = [[code.is_dark(x, y) for x in range(code.size)] for y in range(code.size)]
    assert ours == [[bool(module) for module in row] for row in other.matrix]


def test_what_a_camera_joins_by() -> None:
    name = access_point.AccessPoint(None, 3, lambda: "", b"\x01\x02\xab\xcd")
    name.password = "abcdefghjkmn"
    found = zxingcpp.read_barcodes(picture(qr_code.encode(name.qr_text())))
    assert found[0].text == "WIFI:T:WPA;S:sign-in-abcd;P:abcdefghjkmn;;"
    assert not set(name.name + name.password) & set('\\;,":'), "these would need a backslash"


def test_every_language_is_tested() -> None:
    folders = {path.name for path in (PAGE / "languages").iterdir() if (path / "pages.py").exists()}
    tested = (ROOT / "host_tests/firmware/portable/test_page_languages.py").read_text()
    assert folders > {"en"} and all(code in tested for code in (f'"{code}"' for code in folders))
