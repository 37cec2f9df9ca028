"""When a connection could not be opened, and nothing was sent: other addresses, other roots, and again."""

import gc
from errno import ETIMEDOUT

from .connection_errors import clock_is_unset, connection_error, is_short_of_memory, is_stranger, look_up_failed


def patience(transport, stream):
    """Wait until `stream` is connected, for its share of the time: there are other addresses. A generator.

    Raises OSError when it is not. The handshake after it has all of the time that is left.
    """
    left = _left(transport)
    share = left // (1 + len(transport.addresses))
    yield stream, 4, int(share)
    if left - _left(transport) >= share:
        raise OSError(ETIMEDOUT)


def _left(transport):
    """Milliseconds until a connection has had its time."""
    clock = transport.clock
    return transport.most - clock.ticks_diff(clock.ticks_ms(), transport.start)


def opened(transport, origin: list, root: "bytes | None", error: "OSError | ValueError", socket=None):
    """Open a connection to `origin` and send the request, after `error` with `root` (None: http); a generator.

    origin  [secure: bool, host: str, port: int]
    socket  the module, or its like

    Each address that the resolver gives is tried, those of IPv6 where none of IPv4 answers. Roots are tried one at a
    time: each is kilobytes while it is in use, on ESP32 and unix outside the GC heap, on other ports in it. Raises
    ConnectError or CertificateError when there can be no connection.
    """
    if root and not transport.clock.is_set():
        raise clock_is_unset()
    host = origin[1]
    roots = transport.roots
    left = [other for other in roots or _amazons() if other is not root] if root else []
    # Amazon's are certificates, and so is one by which a server was trusted before.
    known = not roots or root is transport.root
    is_second = False
    by_ipv6 = host != "localhost" and bool(host.strip("0123456789."))
    told = None  # a refusal that says more than that a root was another server's
    unanswered = None  # the first error of the network's: that of a family which there is not says little
    while True:
        is_short = is_short_of_memory(error, known)
        is_refused = isinstance(error, ValueError) or look_up_failed(error)
        if not is_second and (is_short or "invalid cert" in str(error)):
            transport.close()
            gc.collect()  # what it frees may be what TLS was short of; a lost socket goes back to its pool
            is_second = True
        elif not (is_short or is_refused):
            unanswered = unanswered or error
            if by_ipv6 and not transport.addresses:
                by_ipv6 = False
                transport.addresses += _ipv6(socket, host, origin[2], error)
            if not transport.addresses or _left(transport) <= 0:
                raise told or connection_error(unanswered, host, known)
        else:
            failure = connection_error(error, host, known)
            if is_short:
                raise failure
            if not is_stranger(error):
                told = told or failure
            if not left:
                raise told or failure
            root = left.pop(0)
            is_second = False
            known = not roots
        try:
            yield from transport.open(root)
            return
        except (ValueError, OSError) as another:
            if transport.sent:
                raise
            error = another


def _ipv6(socket, host: str, port: int, error) -> list:
    if socket is None:
        import socket
    from .ipv6 import getaddrinfo

    try:
        return getaddrinfo(socket, host, port, error)
    except OSError:
        return []


def _amazons() -> tuple:
    from .amazon_roots import ROOTS

    return ROOTS
