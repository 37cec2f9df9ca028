"""Opens the sign-in page when somebody needs it, and takes it out of RAM when it is closed."""

import gc
import sys

from .makers_job import needs_a_person

_LOOK_S = 0.2
_LONG_PRESS_S = 2
# What the page alone uses.
_ITS_MODULES = ("microdot", "cognito_app.sign_in_page")


def forget() -> None:
    """Take the page's modules out of RAM; the next `import` loads them anew."""
    for name in list(sys.modules):
        for package in _ITS_MODULES:
            if name == package or name.startswith(package + "."):
                sys.modules.pop(name, None)
    # A package holds its modules as well.
    parent = sys.modules.get("cognito_app")
    if hasattr(parent, "sign_in_page"):
        delattr(parent, "sign_in_page")
    gc.collect()


class PageWatch:
    """`is_open` is True while the page is."""

    def __init__(self, keeper, open_page, sleep, pressed=None) -> None:
        """
        keeper     a SessionKeeper
        open_page  async () -> None, which returns when the page is closed
        sleep      async, takes seconds, such as asyncio.sleep
        pressed    () -> bool, whether the button is down; None where there is none
        """
        self._keeper = keeper
        self._open_page = open_page
        self._sleep = sleep
        self._pressed = pressed or (lambda: False)
        self.is_open = False

    async def run(self, at_start: bool) -> None:
        """Open the page whenever the device comes to be without a session, or its button is held; for ever.

        at_start  also for a session that was not there to begin with: not after a sleep, which would cost the battery
                  ten minutes of radio each time
        """
        needed = not at_start and needs_a_person(self._keeper)  # what was so before is no reason
        held = 0
        first = at_start and self._pressed()  # held at power-up
        while True:
            needs = needs_a_person(self._keeper)
            held = held + 1 if self._pressed() else 0
            if first or needs and not needed or held * _LOOK_S >= _LONG_PRESS_S:
                await self._opened()
                held = 0
                needs = needs_a_person(self._keeper)
            first = False
            needed = needs
            await self._sleep(_LOOK_S)

    async def _opened(self) -> None:
        self.is_open = True
        try:
            await self._open_page()
        finally:
            self.is_open = False
            forget()
        while self._pressed():  # one long press is one
            await self._sleep(_LOOK_S)
