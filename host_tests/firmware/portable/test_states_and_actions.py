"""Each state, and each thing that a person, a program or the world does in it: what all that shows a state says then.

The keeper's status(), the last callback, the console, the screen's pixels and the LED say one and the same; and once
all that failed is well again, the next ordinary step leads to where the session says.
"""

from checks import Skip
from cognito_app import status_led
from cognito_app.backoff import PASSING
from cognito_app.console import Console
from cognito_app.status import CONNECTING, NEEDS_SIGN_IN, OFFLINE, SESSION_OVER, SIGNED_IN, STATES
from cognito_mp import NotSignedIn
from fake_device import FakeDevice, run

try:
    import framebuf
except ImportError:
    framebuf = None  # type: ignore[assignment]

PASSWORD = "canary-password"
REFUSED = ("NotAuthorizedException", "Incorrect username or password.")


class Watched:
    """A device in one state, with all that shows it."""

    def __init__(self, state: str) -> None:
        device = self.device = FakeDevice(signed_in=state != NEEDS_SIGN_IN)
        self.told: list = []
        self.said: list = []
        keeper = device.keeper
        keeper.on_status(self.told.append)

        async def nobody() -> bytes:
            return b""

        Console(nobody, self.said.append, keeper)
        self.screen = None
        if framebuf:
            from cognito_app import mono_screen
            from cognito_app.screen import Screen

            self.screen = Screen(mono_screen, lambda buffer: None)
            keeper.on_status(self.screen.show)
        if state == OFFLINE:
            device.link.reachable = False
        if state == SESSION_OVER:
            device.cognito.end_sessions()
        if state != CONNECTING:
            device.step()
        assert device.state == state

    def pixels(self, status) -> bytes:
        """What a screen that shows `status` for the first time has."""
        from cognito_app import mono_screen
        from cognito_app.screen import Screen

        fresh = Screen(mono_screen, lambda buffer: None)
        fresh.show(status)
        return bytes(fresh.buffer)

    def lit(self) -> list:
        """Seconds on, off, ... of one round of the LED."""
        naps: list = []

        class Enough(Exception):
            pass

        async def sleep(seconds) -> None:
            naps.append(seconds)
            if len(naps) == len(status_led.PATTERNS[self.device.state]):
                raise Enough

        try:
            run(status_led.run(lambda lit: None, self.device.keeper, sleep))
        except Enough:
            pass
        return naps

    def check(self, where) -> None:
        """All that shows the state says the same."""
        status = self.device.keeper.status()
        last = self.told[-1]
        assert (last.state, last.detail, last.person) == (status.state, status.detail, status.person), where
        assert self.device.keeper.state == status.state, where
        lines = [line for line in "".join(self.said).split("\n") if line.startswith("[")]
        assert lines[-1].startswith(f"[{status.state}]") and lines[-1].endswith(status.detail), where
        assert tuple(self.lit()) == status_led.PATTERNS[status.state], where
        if self.screen:
            self.device.keeper.tell(self.screen.show)
            assert bytes(self.screen.buffer) == self.pixels(status), where
        assert PASSWORD not in "".join(self.said) + repr(status) + status.detail, where


async def sign_in(device) -> None:
    await device.keeper.sign_in("bob", PASSWORD)


async def sign_in_refused(device) -> None:
    device.cognito.challenges.append(REFUSED)
    await sign_in(device)


async def sign_in_without_a_network(device) -> None:
    device.link.reachable = False
    await sign_in(device)


async def sign_in_to_a_full_flash(device) -> None:
    device.store.full = True
    await sign_in(device)


async def sign_out(device) -> None:
    await device.keeper.sign_out()


async def sign_out_without_a_network(device) -> None:
    device.link.reachable = False
    device.cognito.error = OSError(113, "no route")
    await device.keeper.sign_out()


async def token(device) -> None:
    await device.keeper.access_token()


async def refresh(device) -> None:
    await device.keeper.refresh()


async def refresh_without_the_service(device) -> None:
    device.cognito.error = OSError(113, "no route")
    await device.keeper.refresh()


async def step(device) -> None:
    await device.keeper.step()


async def step_after_the_network_went(device) -> None:
    device.link.reachable = False
    await device.keeper.step()


async def step_after_the_session_was_ended(device) -> None:
    device.cognito.end_sessions()
    device.client.session.postpone(0)
    await device.keeper.step()


async def connect(device) -> None:
    await device.keeper.connect()


async def alone_that_fails(device) -> None:
    async def join() -> None:
        device.link.up = False
        raise OSError(111, "Wi-Fi 'x': wrong password")

    await device.keeper.alone(join)


# Action -> the state that each of STATES leads to: connecting, needs sign-in, signed in, offline, session over.
C, N, S, F, V = STATES
TABLE = (
    (sign_in, (S, S, S, F, S)),
    (sign_in_refused, (C, N, S, F, V)),
    (sign_in_without_a_network, (C, N, C, F, V)),
    (sign_in_to_a_full_flash, (S, S, S, F, S)),
    (sign_out, (N, N, N, N, N)),
    (sign_out_without_a_network, (N, N, N, N, N)),
    (token, (S, N, S, F, V)),
    (refresh, (S, N, S, F, V)),
    (refresh_without_the_service, (F, N, S, F, V)),
    (step, (S, N, S, F, V)),
    (step_after_the_network_went, (F, N, F, F, V)),
    (step_after_the_session_was_ended, (V, N, V, F, V)),
    (connect, (C, N, S, F, V)),
    (alone_that_fails, (C, N, C, F, V)),
)


def test_each_action_in_each_state():
    wrong: list = []
    for action, ends in TABLE:
        for at, end in enumerate(ends):
            state = STATES[at]
            watched = Watched(state)
            device = watched.device
            try:
                run(action(device))
            except PASSING:
                pass
            except NotSignedIn:
                pass
            where = action.__name__, state, device.state
            if device.state != end:
                wrong.append(where)
            watched.check(where)
            # And the next ordinary one, once all is well again.
            device.link.reachable, device.cognito.error, device.store.full = True, None, False
            device.clock.pass_time(1300)  # longer than any pause
            for _ in range(3):
                device.step()
            after = device.state
            was_ended = end == V or action is step_after_the_session_was_ended and state != N
            if after != (SIGNED_IN if device.has_session else V if was_ended else N):
                wrong.append((where, "then", after))
            watched.check((where, "then"))
    assert not wrong, "\n".join(map(str, wrong))


def test_the_same_state_of_another_person_is_told_and_drawn():
    watched = Watched(SIGNED_IN)
    told, before = len(watched.told), watched.screen and bytes(watched.screen.buffer)
    run(sign_in(watched.device))
    assert watched.told[told:] and watched.told[-1].state == SIGNED_IN and watched.told[-1].person == "sub-of-bob"
    watched.check("another person")
    if before is None:
        raise Skip("no framebuf on this Python")
    assert bytes(watched.screen.buffer) != before
