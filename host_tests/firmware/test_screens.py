"""The screens as MicroPython draws them: nothing outside what can be seen, nothing cut, and PNGs to look at.

build/screens/*.png     every state on every screen, and one sheet of each screen
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
import zxingcpp
from cognito_mp_tools.project import BUILD
from conftest import Interpreter
from PIL import Image

SCREENS = BUILD / "screens"
DRAW = Path(__file__).parent / "portable" / "draw_screens.py"
RING_INSIDE = 108
Picture = list[list[int]]  # rows of color indexes


def write_png(path: Path, rows: list[list[int]], palette: list[int]) -> None:
    """A PNG of `rows` of indexes into `palette`, 0xRRGGBB."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 3, 0, 0, 0)
    colors = b"".join(color.to_bytes(3, "big") for color in palette)
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"PLTE", colors)
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


def larger(rows: Picture, times: int) -> Picture:
    return [[pixel for pixel in row for _ in range(times)] for row in rows for _ in range(times)]


def read_round(data: bytes) -> Picture:
    return [[byte >> shift & 15 for byte in data[y * 120 : y * 120 + 120] for shift in (4, 0)] for y in range(240)]


def read_mono(data: bytes) -> Picture:
    return [[data[y // 8 * 128 + x] >> y % 8 & 1 for x in range(128)] for y in range(64)]


@pytest.fixture(scope="module")
def frames(oldest_micropython: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Picture]:
    """Every frame by its name, drawn by MicroPython; written as PNGs on the way."""
    folder = tmp_path_factory.mktemp("frames")
    oldest_micropython.run(DRAW, str(folder))
    SCREENS.mkdir(parents=True, exist_ok=True)
    for stale in SCREENS.glob("*.png"):
        stale.unlink(missing_ok=True)
    colors = (folder / "palette.txt").read_text().split()
    palettes = {"round": [int(color) for color in colors], "mono": [0x0A0F1A, 0x9FE8FF]}
    found = {}
    for kind, read, times, columns in (("round", read_round, 1, 4), ("mono", read_mono, 3, 3)):
        sheet: list[Picture] = []
        for path in sorted(folder.glob(f"{kind}_*.raw")):
            found[path.stem] = read(path.read_bytes())
            picture = larger(found[path.stem], times)
            write_png(SCREENS / f"{path.stem}.png", picture, palettes[kind])
            sheet.append(picture)
        grey = len(palettes[kind])
        gap = [grey] * 8
        rows: Picture = []
        for at in range(0, len(sheet), columns):
            line = sheet[at : at + columns]
            line += [[[grey] * len(line[0][0])] * len(line[0])] * (columns - len(line))
            rows += [sum((picture[y] + gap for picture in line), []) for y in range(len(line[0]))]
            rows += [[grey] * len(rows[0])] * 8
        write_png(SCREENS / f"all_{kind}.png", rows, [*palettes[kind], 0x555555])
    found["strips"] = [list((folder / "strips.raw").read_bytes())]
    print(f"look at {SCREENS / 'all_round.png'} and {SCREENS / 'all_mono.png'}")
    return found


def lit(rows: Picture) -> list[tuple[int, int]]:
    return [(x, y) for y, row in enumerate(rows) for x, pixel in enumerate(row) if pixel]


def of(frames: dict[str, Picture], kind: str) -> list[tuple[str, Picture]]:
    """The states."""
    found = [(name, rows) for name, rows in frames.items() if name.startswith(kind) and "_page_" not in name]
    assert len(found) == 18
    return found


def distance(x: int, y: int) -> float:
    return ((x - 120) ** 2 + (y - 120) ** 2) ** 0.5


def test_nothing_is_outside_the_round_glass(frames: dict[str, Picture]) -> None:
    for name, rows in of(frames, "round"):
        assert max(distance(x, y) for x, y in lit(rows)) < 119, name


def test_nothing_touches_the_ring(frames: dict[str, Picture]) -> None:
    for name, rows in of(frames, "round"):
        touching = [(x, y) for x, y in lit(rows) if RING_INSIDE - 5 < distance(x, y) < RING_INSIDE - 1]
        assert not touching, (name, touching[:5])


def test_what_is_inside_the_ring_is_centred(frames: dict[str, Picture]) -> None:
    for name, rows in of(frames, "round"):
        inside = [(x, y) for x, y in lit(rows) if distance(x, y) < RING_INSIDE - 1]
        for top, bottom in ((36, 100), (104, 126)):  # the icon, the first line of the state's name
            columns = [x for x, y in inside if top <= y < bottom]
            assert abs((min(columns) + max(columns)) / 2 - 120) <= 2.5, (name, top)
        assert min(y for _, y in inside) > 30 and max(y for _, y in inside) > 150, name


def test_the_ring_tells_what_is_left(frames: dict[str, Picture]) -> None:
    def share(name: str) -> float:
        rows = frames["round_" + name]
        color = rows[66 - 24][120]  # of the icon
        ring = [(x, y) for x, y in lit(rows) if distance(x, y) > RING_INSIDE + 1 and rows[y][x] == color]
        return len(ring) / 6700

    whole = share("signed_in_fresh")
    assert share("signed_in") / whole == pytest.approx(2520 / 3600, abs=0.02)
    assert share("signed_in_last_seconds") / whole == pytest.approx(42 / 3600, abs=0.01)
    assert share("signed_in_for_a_day") / whole == pytest.approx(1, abs=0.01)


def test_the_small_screens_margins_are_clear(frames: dict[str, Picture]) -> None:
    for name, rows in of(frames, "mono"):
        columns = [x for x, y in lit(rows) if y < 56]
        assert min(columns) >= 1 and max(columns) <= 126, name
        assert not any(rows[y][x] for y in range(28) for x in range(30, 35)), f"{name}: the icon and the name meet"


def test_the_bar_tells_what_is_left(frames: dict[str, Picture]) -> None:
    def bar(name: str) -> int:
        return sum(frames["mono_" + name][60][2:126])

    assert bar("signed_in_fresh") == 124
    assert bar("signed_in") == 124 * 2520 // 3600
    assert bar("signed_in_last_seconds") == 1


def test_every_state_looks_different(frames: dict[str, Picture]) -> None:
    for kind in ("round", "mono"):
        names = ("connecting", "needs_sign_in", "signed_in", "offline", "session_over")
        assert len({str(frames[f"{kind}_{name}"]) for name in names}) == 5


@pytest.mark.parametrize("kind", ["round", "mono"])
def test_a_camera_reads_where_the_sign_in_page_is(frames: dict[str, Picture], kind: str) -> None:
    for name, text in (
        ("code", "WIFI:T:WPA;S:sign-in-1a2b;P:abcdefghjkmn;;"),
        ("network", "http://192.168.178.114/?code=493817"),
        ("both", "WIFI:T:WPA;S:sign-in-1a2b;P:abcdefghjkmn;;"),
    ):
        rows = larger(frames[f"{kind}_page_{name}"], 4)
        image = Image.frombytes(
            "L", (len(rows[0]), len(rows)), bytes(255 * (pixel == 1) for row in rows for pixel in row)
        )
        assert [code.text for code in zxingcpp.read_barcodes(image)] == [text]


def test_where_the_sign_in_page_is_fits_the_glass(frames: dict[str, Picture]) -> None:
    for name in ("code", "text", "network", "network_text", "both", "both_text"):
        assert max(distance(x, y) for x, y in lit(frames["round_page_" + name])) < 119, name
        assert max(x for x, _ in lit(frames["mono_page_" + name])) <= 127, name


def test_offline_says_too_who_is_signed_in(frames: dict[str, Picture]) -> None:
    for kind in ("round", "mono"):
        assert frames[f"{kind}_offline"] != frames[f"{kind}_offline_person"]


def test_strips_are_the_frame_in_the_panels_colors(frames: dict[str, Picture]) -> None:
    data = bytes(frames["strips"][0])
    assert len(data) == 240 * 240 * 2
    rows = frames["round_signed_in"]
    # High byte first, as the panel takes it: white text, and the icon's green 0x3dd68c.
    expected = {0: 0, 1: 0xFFFF, 2: 0xAD97, 6: 0x3EB1}
    for x, y in [(0, 0), (120, 42), *lit(rows)[::97]]:
        value = int.from_bytes(data[2 * (y * 240 + x) : 2 * (y * 240 + x) + 2], "big")
        assert value == expected[rows[y][x]], (x, y, rows[y][x])
