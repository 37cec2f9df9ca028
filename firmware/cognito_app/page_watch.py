"""Opens the sign-in page when somebody needs it, and takes it out of RAM when it is closed."""

import os

from . import loaded_modules
from .makers_job import needs_a_person

_LOOK_S = 0.2
_LONG_PRESS_S = 2
# What the page alone uses.
_ITS_MODULES = ("microdot", "cognito_app.sign_in_page")


def forget() -> None:
    """Take the page's modules out of RAM; the next `import` loads them anew."""
    loaded_modules.forget(*_ITS_MODULES)


class PageWatch:
    """`is_open` is True while the page is; `page` is the SignInPage, where there is one."""

    def __init__(self, keeper, open_page, sleep, at_start: bool, pressed=None) -> None:
        """
        keeper     a SessionKeeper
        open_page  async () -> None, which returns when the page is closed
        sleep      async, takes seconds, such as asyncio.sleep
        at_start   open it also when there is no session to begin with: not after a sleep, which would cost the battery
                   ten minutes of radio each time
        pressed    () -> bool, whether the button is down; None where there is none
        """
        self._at_start = at_start
        self._keeper = keeper
        self._open_page = open_page
        self._sleep = sleep
        self._pressed = pressed or (lambda: False)
        self.is_open = False
        self.page: SignInPage | None = None

    async def run(self) -> None:
        """Open the page whenever the device comes to be without a session, or its button is held; for ever."""
        at_start = self._at_start
        needed = not at_start and needs_a_person(self._keeper)  # what was so before is no reason
        held = 0
        first = at_start and self._pressed()  # held at power-up
        had_session = False
        while True:
            needs = needs_a_person(self._keeper)
            if needs and had_session and self.page:
                self.page.session_has_ended()
            had_session = not needs
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


class SignInPage:
    """The page of this device; all of it is loaded anew for each opening."""

    def __init__(self, settings, keeper, link, own, faults, console, screen, board) -> None:
        """
        board    the hardware.Board
        link     the device's link, as the keeper has it
        own      an OwnSettings, None without Wi-Fi
        console  a Console, which tells where the page is
        screen   a Screen, which shows it; None without one
        """
        self._settings = settings
        self._board = board
        self._keeper = keeper
        self._link = link
        self._own = own
        self._faults = faults
        self._console = console
        self._screen = screen
        self._place = None

    def url_on_network(self) -> str:
        """Where the page is in the device's own network, from now on; "" while it is closed, or in no network."""
        if not self._place:
            return ""
        self._place.used_on_network()
        return self._place.url_with_code

    def session_has_ended(self) -> None:
        """Who was signed in need not be whoever comes next."""
        if self._own:
            self._own.forget_access_point_password()

    async def open(self) -> None:
        """Return when the page is closed. Raises OSError."""
        from .sign_in_page.opening import open_page
        from .sign_in_page.place import place_for

        if self._settings.sign_in_page == "network" and not self._link.is_up():
            await self._keeper.connect()
        is_shown = bool(self._screen) or self._console.is_there
        place = place_for(self._settings, self._link, self._own, self._board, os.urandom, is_shown)
        srp = bool(self._settings.user_pool_id)
        # A maker who leaves the pool's id out lets passwords be sent; one who has SRP as "sign_in_flow" forbids it.
        plain = False if self._settings.sign_in_flow == "USER_SRP_AUTH" else None if srp else True
        more = (srp, plain), self._board.clock, self._board.sleep, os.urandom, self._faults, self._tell
        await open_page(place, self._keeper, self._link, self._own, *more)

    def _tell(self, place) -> None:
        self._place = place
        self._console.show_place(place)
        if self._screen:
            from .sign_in_page.place_screens import drawing

            self._screen.show_instead(drawing(place) if place else None)


def watch_for(settings, keeper, link, own, faults, console, screen, pressed, board, woke: bool) -> PageWatch:
    """The PageWatch of this device; what it takes is as SignInPage and PageWatch have it.

    woke  whether this start is the end of a sleep
    """
    page = SignInPage(settings, keeper, link, own, faults, console, screen, board)
    watch = PageWatch(keeper, page.open, board.sleep, not settings.sleep_s or not woke, pressed)
    watch.page = page
    return watch
