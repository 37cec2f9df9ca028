"""A host's addresses by IPv6, where IPv4 gave nothing. Loaded only then: a plain refresh has no room for its names."""

import sys


def getaddrinfo(socket, host: str, port: int, error: OSError, platform: str = sys.platform) -> list:
    """socket.getaddrinfo()'s tuples for IPv6; raises `error` when there is none.

    socket    the port's module, or its like
    error     of the look-up for IPv4, or of the last of its addresses; no port answers with an empty list
    platform  as sys.platform

    A look-up blocks: lwIP waits 7 s for each name server that is silent, and a computer as long or longer. So there is
    no second one where it can give nothing:

    - lwIP's own module (rp2 and others: extmod/modlwip.c) takes no notice of the family. It asks for IPv4, and for IPv6
      where the answer has none, and a silent server costs it 7 s in all.
    - ESP32's (ports/esp32/modsocket.c) finds a host of IPv6, and puts None where its address belongs.
    - After EAI_AGAIN the name servers are silent, and would be again.
    """
    knows = platform != "esp32" and socket.__name__ != "lwip" and hasattr(socket, "AF_INET6")
    again = getattr(socket, "EAI_AGAIN", -3)
    # MicroPython's unix port has its number in the text alone.
    if not knows or again in error.args or "error %d]" % again in str(error):
        raise error
    try:
        return socket.getaddrinfo(host, port, socket.AF_INET6, socket.SOCK_STREAM)
    except OSError:
        raise error
