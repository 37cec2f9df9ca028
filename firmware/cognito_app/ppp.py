"""PPP over a UART, by the board's own module ppp_link, as a link: is_up(), connect(), down(), address."""

import errno

_TIMEOUT_S = 30


class PppLink:
    """The one line of this board."""

    def __init__(self, ppp_link, sleep) -> None:
        """ppp_link: the board's module; `sleep`: async, takes seconds, such as asyncio.sleep."""
        self._ppp_link = ppp_link
        self._sleep = sleep
        self._ppp = None

    @property
    def address(self) -> str:
        """The device's own IP address; only of a link that has been up."""
        return self._ppp.ifconfig()[0]  # type: ignore[attr-defined]

    def is_up(self) -> bool:
        return self._ppp is not None and self._ppp.isconnected()

    async def connect(self) -> None:
        """Bring the link up unless it is. Raises OSError."""
        for _ in range(_TIMEOUT_S * 10):
            try:
                self._ppp = self._ppp_link.connect(0)
                return
            except OSError as error:
                # With no time to wait it says ETIMEDOUT when it begins, and EALREADY while it goes on.
                if error.errno not in (errno.ETIMEDOUT, errno.EALREADY):
                    raise
            await self._sleep(0.1)
        raise OSError(errno.ETIMEDOUT, "PPP: nobody answers on the UART")

    def down(self) -> None:
        """Nothing: the wire stays, and the next request finds out whether the peer does."""
