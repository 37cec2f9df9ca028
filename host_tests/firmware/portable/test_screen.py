"""A screen draws when there is something new to tell, into the one buffer that it made."""

from checks import Skip, raises
from cognito_app.status import NEEDS_SIGN_IN, SIGNED_IN, Status
from fake_device import FakeDevice, run

try:
    import framebuf  # noqa: F401
except ImportError:
    framebuf = None


def small_screen():
    """(a screen of 128x64, what was sent to its panel)."""
    if framebuf is None:
        raise Skip("no framebuf on this Python")
    from cognito_app import mono_screen
    from cognito_app.screen import Screen

    sent: list = []
    return Screen(mono_screen, sent.append), sent


def test_the_same_is_not_drawn_twice():
    screen, sent = small_screen()
    screen.show(Status(SIGNED_IN, "", 3059, 3600))
    screen.show(Status(SIGNED_IN, "", 3000, 3600))
    assert len(sent) == 1, "both are 50 min"
    screen.show(Status(SIGNED_IN, "", 2999, 3600))
    screen.show(Status(SIGNED_IN, "trouble", 2999, 3600))
    screen.show(Status(NEEDS_SIGN_IN))
    assert len(sent) == 4


def test_one_buffer():
    screen, sent = small_screen()
    screen.show(Status(SIGNED_IN, "", 3000, 3600))
    first = bytes(sent[0])
    screen.show(Status(NEEDS_SIGN_IN))
    assert sent[0] is sent[1] is screen.buffer and bytes(sent[1]) != first


def test_it_follows_the_session_and_the_time():
    class Enough(Exception):
        pass

    screen, sent = small_screen()
    device = FakeDevice(signed_in=False)
    naps: list = []

    async def sleep(seconds):
        naps.append(len(sent))
        device.clock.pass_time(seconds)
        if len(naps) == 2:
            await device.keeper.sign_in("alice", "pw")
            assert len(sent) == 2, "a new state is shown at once"
        if len(naps) == 20:
            raise Enough

    device.keeper.on_status(screen.show)
    raises(Enough, run, screen.run(device.keeper, sleep))
    assert naps[0] == naps[1] == 1, "nothing new"
    assert 4 <= len(sent) <= 6, "the sign-in, then a frame a minute"


def lit_screen():
    """(a screen of 128x64 with a light, what was sent to its panel, the levels of its light)."""
    screen, _ = small_screen()
    from cognito_app import mono_screen
    from cognito_app.screen import Screen

    sent: list = []
    lights: list = []
    return Screen(mono_screen, sent.append, light=lights.append), sent, lights


def used(presses: list, dim_s: int = 5, off_s: int = 20, until: int = 40):
    """The lights, and the second of each, of a screen whose button is pressed at these seconds."""

    class Enough(Exception):
        pass

    screen, sent, lights = lit_screen()
    device = FakeDevice()
    device.keeper.on_status(screen.show)
    start = device.clock.true
    seen: list = []

    async def sleep(seconds):
        device.clock.pass_time(seconds)
        if len(lights) > len(seen):
            seen.append((lights[-1], device.clock.true - start))
        if device.clock.true - start >= until:
            raise Enough

    raises(
        Enough,
        run,
        screen.run(device.keeper, sleep, lambda: device.clock.true - start in presses, dim_s, off_s),
    )
    return seen, sent


def test_it_dims_goes_off_and_comes_on_by_the_button():
    seen, _ = used([30])
    assert [light for light, _ in seen] == [10, 0, 100, 10]
    for (_, second), due in zip(seen, (5, 20, 30, 36)):  # noqa: B905 (MicroPython)
        assert abs(second - due) <= 1


def test_a_screen_without_times_stays_bright():
    assert used([], 0, 0)[0] == []


def test_a_press_turns_the_page_only_when_the_light_is_on():
    screen, sent, _ = lit_screen()
    screen.show(Status(SIGNED_IN, "", 3000, 3600, "ada"))
    person = bytes(sent[-1])
    screen.press()
    assert bytes(sent[-1]) != person, "the token's page"
    screen.press()
    assert bytes(sent[-1]) == person
    _, sent = used([30], until=32)
    assert bytes(sent[-1]) == bytes(sent[0]), "the press that lit it turned no page"
