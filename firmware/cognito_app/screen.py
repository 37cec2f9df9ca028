"""A screen that shows a session's state: one buffer, made once, drawn anew when there is something to tell."""

import framebuf

from .status import Status, time_left

_REDRAW = 10  # seconds, so that the time left is right
_LOOK = 0.1  # seconds between looks at the button
BRIGHT, DIM, OFF = 100, 10, 0  # percent of the light


class Screen:
    """`layout` draws, `show` brings it to the panel."""

    def __init__(self, layout, show, buffer: bytearray | None = None, light=None) -> None:
        """
        layout  the module mono_screen, round_screen or its like
        show    (buffer) sends it to the panel; the FrameBuffer over it is the attribute `frame`
        buffer  layout.BYTES bytes, where the panel's driver has its own
        light   (percent) sets how bright it is, 0 for off; None where it can't be set
        """
        self._set_light = light
        self._light = BRIGHT
        self._page = 0  # of two: the person, and the token
        self._status: Status | None = None
        self._layout = layout
        self._instead = None  # what is drawn in place of the state
        self._drawn: tuple | None = None  # what the last frame told
        self._show = show
        self.buffer = buffer or bytearray(layout.BYTES)
        self.frame = framebuf.FrameBuffer(self.buffer, layout.WIDTH, layout.HEIGHT, layout.FORMAT)

    def show(self, status: Status) -> None:
        """Draw `status` and send it, unless that would change nothing but the ring's last degree."""
        self._status = status
        if self._light == OFF:
            return
        told: tuple = (self._page, status.state, status.detail, status.person, time_left(status.seconds_left))
        if self._instead:
            told = (self._page,)
        if told == self._drawn:  # a round frame stops an RP2040's event loop for a third of a second
            return
        self._drawn = told
        if self._instead:
            self._instead(self.frame, self._layout, self._page)
        else:
            self._layout.draw(self.frame, status, self._page)
        self._show(self.buffer)

    def show_instead(self, draw) -> None:
        """Show what draw(frame, layout, page) draws, and keep the light on, until this is called with None."""
        self._instead = draw
        self._drawn = None
        self._shine(BRIGHT)
        if self._status:
            self.show(self._status)

    def turn(self, page: int) -> None:
        """Show page 0, the person, or 1, the token, from the next show() on."""
        self._page = page

    def press(self) -> None:
        """Somebody touched it: the light comes on; when it was on, the other page is shown."""
        if self._light == BRIGHT:
            self.turn(1 - self._page)
        self._shine(BRIGHT)
        if self._status:
            self.show(self._status)

    def _shine(self, light: int) -> None:
        if light != self._light and self._set_light:
            self._light = light
            self._set_light(light)

    async def run(self, keeper, sleep, pressed=None, dim_s: int = 0, off_s: int = 0) -> None:
        """Keep the time left right and the light as it should be, for ever.

        sleep         async, takes seconds, such as asyncio.sleep
        pressed       () -> bool, whether the button is down; None where there is none, and then the light stays on
        dim_s, off_s  seconds without a press after which it is dim, and off; 0 for never
        """
        if not pressed:
            while True:
                await sleep(_REDRAW)
                keeper.tell(self.show)
        looks = 0  # since the last press
        was_down = False
        while True:
            await sleep(_LOOK)
            looks += 1
            is_down = pressed()
            if is_down and not was_down:
                self.press()
            if is_down or self._instead:
                looks = 0
            was_down = is_down
            if off_s and looks * _LOOK >= off_s:
                self._shine(OFF)
            elif dim_s and looks * _LOOK >= dim_s:
                self._shine(DIM)
            if looks % int(_REDRAW / _LOOK) == 0:
                keeper.tell(self.show)
