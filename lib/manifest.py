# ruff: noqa: F821 (MicroPython's tools define the functions of a manifest)
# Freezes the library. A board's manifest includes this one:
#     include("../../lib/manifest.py")                              # all of it
#     include("../../lib/manifest.py", extras=False)                # password sign-in, challenges, refresh, sign-out
#     include("../../lib/manifest.py", extras=("srp", "aio"))       # and these
# What is frozen takes flash and no RAM until it is used. `extras` are keys of the table below. A pool that
# remembers devices (device tracking) needs "srp": ConfirmDevice is made with it.
options.defaults(extras=True)

_CORE = (
    "__init__",
    "app",
    "base_client",
    "challenge",
    "client",
    "clock",
    "device_confirmation",
    "errors",
    "lifetime",
    "protocol",
    "refusals",
    "renewal",
    "request",
    "retry",
    "session",
    "signing_out",
    "sleep_memory",
    "surrogates",
    "apis/__init__",
    "apis/challenges",
    "apis/claims",
    "crypto/__init__",
    "crypto/hmac_sha256",
    "flows/__init__",
    "flows/answer",
    "flows/challenges",
    "flows/device",
    "flows/options",
    "flows/password",
    "flows/refresh",
    "flows/refresh_requests",
    "flows/refused_refresh",
    "flows/sign_out",
    "stores/__init__",
    "stores/file",
    "stores/nvs",
    "stores/ram",
    "stores/two_slots",
    "transports/__init__",
    "transports/amazon_roots",
    "transports/connection_errors",
    "transports/http_bodies",
    "transports/https",
    "transports/pem",
)
# Extra -> its modules besides the core. Those that can make use of another extra work without it too: account and
# identity_pool of sigv4, sign_ins of srp.
_EXTRAS = {
    "account": ("apis/account",),
    "aio": ("aio", "transports/async_https"),
    "claims": (),
    "identity_pool": ("apis/identity_pool",),
    "nvm": ("stores/nvm",),
    "oauth2": ("apis/oauth2",),
    "requests_transport": ("requests_transport", "transports/requests"),
    "sigv4": ("crypto/sigv4", "calendar_utc"),
    "sign_ins": ("flows/sign_in",),
    "srp": ("crypto/srp", "crypto/srp_group", "flows/srp", "flows/sign_in", "calendar_utc"),
    "totp": ("crypto/totp",),
}

_modules = set(_CORE)
for _extra in _EXTRAS if options.extras is True else options.extras or ():
    _modules.update(_EXTRAS[_extra])
package("cognito_mp", files=tuple(_module + ".py" for _module in sorted(_modules)))
