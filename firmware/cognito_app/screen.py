"""A screen that shows a session's state: one buffer, made once, drawn anew when there is something to tell."""

import framebuf

from .status import Status, time_left

_REDRAW = 10  # seconds, so that the time left is right


class Screen:
    """`layout` draws, `show` brings it to the panel."""

    def __init__(self, layout, show, buffer: bytearray | None = None) -> None:
        """
        layout  the module mono_screen, round_screen or its like
        show    (buffer) sends it to the panel; the FrameBuffer over it is the attribute `frame`
        buffer  layout.BYTES bytes, where the panel's driver has its own
        """
        self._draw = layout.draw
        self._drawn: tuple | None = None  # what the last frame told
        self._show = show
        self.buffer = buffer or bytearray(layout.BYTES)
        self.frame = framebuf.FrameBuffer(self.buffer, layout.WIDTH, layout.HEIGHT, layout.FORMAT)

    def show(self, status: Status) -> None:
        """Draw `status` and send it, unless that would change nothing but the ring's last degree."""
        told = status.state, status.detail, time_left(status.seconds_left)
        if told == self._drawn:  # a round frame stops an RP2040's event loop for a third of a second
            return
        self._drawn = told
        self._draw(self.frame, status)
        self._show(self.buffer)

    async def run(self, keeper, sleep) -> None:
        """Keep the time left right, for ever. `sleep`: async, takes seconds."""
        while True:
            await sleep(_REDRAW)
            keeper.tell(self.show)
