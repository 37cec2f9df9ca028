"""Draws every state on every screen, on a Python with framebuf; writes the frames to a folder as <screen>_<name>.raw.

micropython draw_screens.py FOLDER
"""

import sys

_HERE = __file__.rsplit("/", 1)[0] if "/" in __file__ else "."
for _folder in (_HERE + "/../../../lib", _HERE + "/../../../firmware"):
    sys.path.insert(0, _folder)

import framebuf  # noqa: E402
from cognito_app import mono_screen, round_screen  # noqa: E402
from cognito_app.rgb565_strips import Strips  # noqa: E402
from cognito_app.screen import Screen  # noqa: E402
from cognito_app.sign_in_page.access_point import AccessPoint  # noqa: E402
from cognito_app.sign_in_page.gate import Gate, Tries  # noqa: E402
from cognito_app.sign_in_page.place import Place  # noqa: E402
from cognito_app.sign_in_page.place_screens import drawing  # noqa: E402
from cognito_app.status import (  # noqa: E402
    CONNECTING,
    HOW_TO_SIGN_IN,
    NEEDS_SIGN_IN,
    OFFLINE,
    SESSION_OVER,
    SIGNED_IN,
    Status,
)
from cognito_mp import clock  # noqa: E402

LONG = "can't connect to cognito-idp.eu-west-1.amazonaws.com: ECONNRESET and so on and on and on and on and on"
FRAMES = {
    "connecting": Status(CONNECTING),
    "needs_sign_in": Status(NEEDS_SIGN_IN, HOW_TO_SIGN_IN),
    "person": Status(SIGNED_IN, "", 2520, 3600, "ada"),
    "person_long": Status(SIGNED_IN, "", 2520, 3600, "ada.lovelace@analytical-engine.example.com"),
    "person_trouble": Status(SIGNED_IN, LONG, 420, 3600, "ada lovelace"),
    "person_ends": Status(SIGNED_IN, "sign in again before 12 May", 2520, 3600, "ada"),
    "person_long_ends": Status(
        SIGNED_IN, "sign in again before 28 Sep", 2520, 3600, "ada.lovelace@analytical-engine.example.com"
    ),
    "signed_in_fresh": Status(SIGNED_IN, "", 3600, 3600),
    "signed_in": Status(SIGNED_IN, "", 2520, 3600),
    "signed_in_last_seconds": Status(SIGNED_IN, "", 42, 3600),
    "signed_in_for_a_day": Status(SIGNED_IN, "", 86300, 86400),
    "signed_in_trouble": Status(SIGNED_IN, LONG, 420, 3600),
    "offline_person": Status(OFFLINE, "Wi-Fi 'home': no connection", 0, 0, "ada.lovelace"),
    "offline": Status(OFFLINE, "Wi-Fi 'home': no connection"),
    "offline_with_a_token": Status(OFFLINE, "the network is gone", 1500, 3600),
    "offline_long": Status(OFFLINE, LONG),
    "offline_no_words": Status(OFFLINE),
    "session_over": Status(SESSION_OVER, "the session is over: Refresh Token has been revoked"),
}


class FakeRadio:
    """network.WLAN, as far as the page's place looks at it."""

    @staticmethod
    def ifconfig() -> tuple:
        return ("192.168.4.1", "", "", "")

    @staticmethod
    def active(on: bool) -> None:
        pass

    @staticmethod
    def config(name: str = "", **settings) -> str:
        return "sign-in-1a2b"


class FakeNetwork:
    address = "192.168.178.114"

    @staticmethod
    def is_up() -> bool:
        return True


def main(folder: str) -> None:
    for kind, layout in (("round", round_screen), ("mono", mono_screen)):
        sent: list = []
        screen = Screen(layout, sent.append)
        for name in sorted(FRAMES):
            screen.turn(1 if name.startswith("signed_in") or name == "offline_with_a_token" else 0)
            screen.show(FRAMES[name])
            assert sent[-1] is screen.buffer, "one buffer, made once"
            with open(f"{folder}/{kind}_{name}.raw", "wb") as file:
                file.write(screen.buffer)
        gate = Gate("493817", Tries())
        point = AccessPoint(FakeRadio, 3, lambda: "abcdefghjkmn", b"\x1a\x2b")
        point.up()
        place, both = (Place(FakeNetwork, 80, gate, clock, point) for _ in range(2))
        both.used_on_network()
        on_a_network = Place(FakeNetwork, 80, gate, clock)
        for name, page, shown in (
            ("code", 0, place),
            ("text", 1, place),
            ("network", 0, on_a_network),
            ("network_text", 1, on_a_network),
            ("both", 0, both),
            ("both_text", 1, both),
        ):
            screen.turn(page)
            screen.show_instead(drawing(shown))
            with open(f"{folder}/{kind}_page_{name}.raw", "wb") as file:
                file.write(screen.buffer)
        screen.show_instead(None)
    # What a color panel would be sent for the last round frame.
    screen = Screen(round_screen, None, bytearray(round_screen.BYTES))
    round_screen.draw(screen.frame, FRAMES["signed_in"], 1)
    strips = Strips(240, 240, round_screen.PALETTE)
    with open(folder + "/strips.raw", "wb") as file:
        strips.send(screen.frame, file.write)
    with open(folder + "/palette.txt", "w") as file:
        file.write(" ".join(str(color) for color in round_screen.PALETTE))
    assert framebuf.GS4_HMSB == round_screen.FORMAT and framebuf.MONO_VLSB == mono_screen.FORMAT


main(sys.argv[1])
