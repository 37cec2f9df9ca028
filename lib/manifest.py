# ruff: noqa: F821 (MicroPython's tools define the functions of a manifest)
# Freezes the library. A board's manifest includes this one:
#     include("../../lib/manifest.py")                              # all of it
#     include("../../lib/manifest.py", extras=False)                # password sign-in, challenges, refresh, sign-out
#     include("../../lib/manifest.py", extras=("srp", "aio"))       # and these
# What is frozen takes flash and no RAM until it is used. `extras` are keys of the table below.
options.defaults(extras=True)

_CORE = (
    "__init__",
    "amazon_roots",
    "challenges",
    "client",
    "clock",
    "errors",
    "file_store",
    "flows",
    "hmac_sha256",
    "https",
    "https_bodies",
    "https_faults",
    "pem",
    "protocol",
    "ram_store",
    "refreshing",
    "refusals",
    "retry",
    "rotation",
    "signing_out",
    "surrogates",
)
# Extra -> what it needs besides the core. Those that can make use of another extra work without it too: account and
# identity_pool of sigv4, sign_ins of srp.
_EXTRAS = {
    "account": ("elsewhere",),
    "aio": (),
    "claims": (),
    "identity_pool": ("elsewhere", "claims"),
    "oauth2": ("elsewhere",),
    "requests_transport": (),
    "sigv4": ("calendar_utc",),
    "sign_ins": (),
    "srp": ("srp_group", "calendar_utc", "sign_ins", "device"),
    "totp": (),
}

_rooms = set(_CORE)
for _extra in _EXTRAS if options.extras is True else options.extras or ():
    _rooms.update((_extra,) + _EXTRAS[_extra])
package("cognito_mp", files=tuple(_room + ".py" for _room in sorted(_rooms)))
