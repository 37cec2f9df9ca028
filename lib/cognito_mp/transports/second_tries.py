"""When a connection could not be opened, and nothing was sent: the other roots, and again where memory was short."""

import gc

from .connection_errors import connection_error, is_short_of_memory


def opened(transport, host: str, root: "bytes | None", error: "OSError | ValueError"):
    """Open a connection to `host` and send the request, after `error` with `root` (None: http); a generator.

    MicroPython keeps roots outside the GC heap, where there is little room, so they are tried one at a time.
    Raises ConnectError or CertificateError when there can be no connection.
    """
    left = [other for other in transport.roots if other is not root]
    is_second = False
    while True:
        failure = connection_error(error, host)
        if is_short_of_memory(error) and not is_second:
            transport.close()
            gc.collect()  # what it frees may be what TLS was short of
            is_second = True
        elif left and not is_short_of_memory(error):
            root = left.pop(0)
            is_second = False
        else:
            raise failure
        try:
            yield from transport.open(root)
            return
        except (ValueError, OSError) as another:
            if transport.sent:
                raise
            error = another
