"""One LED that tells the state by how it blinks."""

from .status import CONNECTING, NEEDS_SIGN_IN, OFFLINE, SESSION_OVER, SIGNED_IN

# State -> seconds on, off, on, off ...
PATTERNS = {
    CONNECTING: (0.1, 0.1),  # fast
    NEEDS_SIGN_IN: (0.1, 0.2, 0.1, 1.2),  # twice, pause
    SIGNED_IN: (0.05, 4.95),  # a blip: a battery pays for more
    OFFLINE: (1, 1),  # slow
    SESSION_OVER: (0.1, 0.2, 0.1, 0.2, 0.1, 1.2),  # three times, pause
}


async def run(led, keeper, sleep) -> None:
    """Blink for ever. `led`: (1 or 0) lights it; `sleep`: async, takes seconds."""
    while True:
        state = keeper.state
        lit = 1
        for seconds in PATTERNS[state]:
            led(lit)
            lit = 1 - lit
            await sleep(seconds)
            if keeper.state != state:
                break
