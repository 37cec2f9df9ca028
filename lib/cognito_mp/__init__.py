"""cognito_mp: sign a person in to AWS Cognito from MicroPython, CircuitPython and CPython.

Public names are loaded when first asked for, so that importing the package costs next to nothing.
"""

import gc

__version__ = "0.1.0"

# Garbage that waits for a full heap scatters what lives over all of it, and TLS and tokens need kilobytes in one piece.
# So unless the application has chosen a threshold, sweep each time a 32nd of the heap has been used up.
if hasattr(gc, "threshold") and gc.threshold() < 0:
    gc.threshold(gc.mem_free() // 32)

# Every public name, and where it lives: classes after their module, a module after its folder. One string, because a
# dict of them would take a kilobyte of heap for as long as the program runs.
_PLACES = """\
client Client
aio AsyncClient
protocol Tokens
challenge Challenge
errors CognitoError NotSignedIn StoreError
transports.connection_errors CertificateError
transports.requests RequestsTransport
stores.file FileStore
stores.ram RamStore
stores.nvm NvmStore
stores.nvs NvsStore
stores.sealed SealedStore SealError
apis.account
apis.challenges
apis.claims
apis.identity_pool
apis.oauth2
clock
crypto.sigv4
crypto.srp
crypto.totp
testing"""


def __getattr__(name: str) -> object:
    for line in _PLACES.split("\n"):
        path, *classes = line.split()
        if name in (classes or path.split(".")[-1:]):
            value = __import__(path, globals(), None, (name,), 1)
            if classes:
                value = getattr(value, name)
            globals()[name] = value
            return value
    raise AttributeError(name)
