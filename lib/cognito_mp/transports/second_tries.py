"""When a connection could not be opened, and nothing was sent: the other roots, and again where memory was short."""

import gc

from .connection_errors import clock_is_unset, connection_error, is_short_of_memory


def opened(transport, host: str, root: "bytes | None", error: "OSError | ValueError"):
    """Open a connection to `host` and send the request, after `error` with `root` (None: http); a generator.

    Roots are tried one at a time: each is kilobytes while it is in use, on ESP32 and unix outside the GC heap, on other
    ports in it. Raises ConnectError or CertificateError when there can be no connection.
    """
    if root and not transport.clock.is_set():
        raise clock_is_unset()
    roots = transport.roots
    left = [other for other in roots or _amazons() if other is not root] if root else []
    # Amazon's are certificates, and so is one by which a server was trusted before.
    known = not roots or root is transport.root
    is_second = False
    while True:
        is_short = is_short_of_memory(error, known)
        if not is_second and (is_short or "invalid cert" in str(error)):
            transport.close()
            gc.collect()  # what it frees may be what TLS was short of; a lost socket goes back to its pool
            is_second = True
        else:
            failure = connection_error(error, host, known)
            if is_short or not left:
                raise failure
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


def _amazons() -> tuple:
    from .amazon_roots import ROOTS

    return ROOTS
