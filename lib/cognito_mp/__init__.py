"""cognito_mp: sign a person in to AWS Cognito from MicroPython, CircuitPython and CPython.

Public names are loaded when first asked for, so that importing the package costs next to nothing.
"""

import gc

# Garbage that waits for a full heap scatters what lives over all of it, and TLS and tokens need kilobytes in one piece.
# So unless the application has chosen a threshold, sweep each time a 32nd of the heap has been used up.
if hasattr(gc, "threshold") and gc.threshold() < 0:
    gc.threshold(gc.mem_free() // 32)

# Which room holds which public name. Others that begin as classes do are errors, and the rest are rooms themselves.
_ROOMS = {
    "Client": "client",
    "AsyncClient": "aio",
    "Tokens": "protocol",
    "Challenge": "challenges",
    "FileStore": "file_store",
    "RamStore": "ram_store",
    "CertificateError": "https_faults",
}


def __getattr__(name: str) -> object:
    room = _ROOMS.get(name) or name[0].isupper() and "errors"
    try:
        value = __import__(room or name, globals(), None, (name,), 1)
    except ImportError:
        # A room that is there but can't import what it needs must say so itself.
        if room:
            raise
        raise AttributeError(name)
    if room:
        value = getattr(value, name)
    globals()[name] = value
    return value
