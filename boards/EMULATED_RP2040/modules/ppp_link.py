"""This board's network: PPP on UART0, in place of Wi-Fi.

import ppp_link
ppp_link.connect()
"""

import errno
import time

import machine
import network

_BAUDRATE = 921600
# Nothing holds the sender back but TCP: rx must take a whole window (lwipopts_common.h: 6400 bytes) and its framing.
_RXBUF = 8192
_TXBUF = 4096

_link = None  # the one PPP object: the link goes down when it is collected


def connect(timeout_s=30):
    """Bring the link up unless it is, and return the `network.PPP`. Raises OSError(ETIMEDOUT)."""
    global _link
    if _link is None:
        _link = network.PPP(machine.UART(0, baudrate=_BAUDRATE, rxbuf=_RXBUF, txbuf=_TXBUF))
    if not _link.isconnected():
        _link.connect()
    start = time.ticks_ms()
    while not _link.isconnected():
        if time.ticks_diff(time.ticks_ms(), start) > timeout_s * 1000:
            raise OSError(errno.ETIMEDOUT)
        time.sleep_ms(10)
    return _link
