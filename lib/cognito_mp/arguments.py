"""What a client is given, looked at with care. Loaded when it is not what most clients are given.

Each function raises ValueError that names the argument which can't be right; all of them may be right all the same.
"""

from .argument_types import require_bool, require_methods, require_text_dict, require_whole
from .errors import require_text
from .partitions import url


def require_word(**named: object) -> None:
    """Each must be a str of printable ASCII without blanks: what can stand in a URL and in a header."""
    require_text(**named)
    for name in named:
        text = str(named[name]).encode()
        if min(text) <= 32 or max(text) >= 127:
            raise ValueError(name + " must be one word of ASCII: no blank, line end or control character")


def _is_region(name: str, endpoint: "str | None") -> bool:
    """True when `name` looks like a region; with an endpoint of one's own it may be any, such as "local"."""
    *parts, number = name.split("-")
    known = len(parts) > 1 and "" not in parts and "".join(parts).isalpha() and number.isdigit()
    return name == name.lower() and _is_plain(name, "-") and (known or endpoint is not None)


def _is_plain(text: str, signs: str) -> bool:
    """True when `text` is made of ASCII's letters and digits, and of `signs`."""
    return not text.lower().strip("abcdefghijklmnopqrstuvwxyz0123456789" + signs)


def app(made, region, client_id, client_secret, user_pool_id, endpoint, fips) -> tuple:
    """The arguments of an App, `made` of them: (its endpoint, the client secret to begin with).

    With an endpoint of one's own region and pool may have names such as "local".
    """
    require_word(region=region, client_id=client_id)
    if not _is_region(region, endpoint):
        raise ValueError("region must be such as eu-west-1, not %r" % region)
    require_bool(fips=fips)
    if fips and endpoint is not None:
        raise ValueError("fips is for AWS's own endpoints, and endpoint names another: leave one of them out")
    if isinstance(client_secret, (tuple, list)):
        if len(client_secret) != 2:
            raise ValueError("client_secret must be a string, or two of them: (the new one, the old one)")
        made.client_secrets = tuple(client_secret)
        for secret in client_secret:
            require_word(client_secret=secret)
        client_secret = client_secret[0]
    elif client_secret not in (None, ""):  # "": a file of settings that names none
        require_word(client_secret=client_secret)
    if user_pool_id not in (None, ""):
        require_word(user_pool_id=user_pool_id)
        # A replica of a pool is in another region than the one that its id names.
        name, _, rest = user_pool_id.partition("_")
        if not (_is_region(name, endpoint) and _is_plain(rest, "") and (rest or endpoint is not None)):
            raise ValueError("user_pool_id must be such as eu-west-1_AbCdEf123, not %r" % user_pool_id)
    return url("cognito-idp", region, fips) if endpoint is None else endpoint, client_secret


def client(store, clock, transport, timeout, attempts, user_agent) -> None:
    """The arguments of a client beside those of its App."""
    require_methods("load save erase", store=store)
    require_methods("now is_set jitter sleep_ms ticks_diff ticks_ms", clock=clock)
    if transport is not None:
        require_methods("post", transport=transport)
    if type(timeout) not in (int, float) or not 0 < timeout <= 3600:
        raise ValueError("timeout must be a number of seconds, more than 0 and at most 3600")
    require_whole(1, 1000, attempts=attempts)
    if user_agent != "":
        require_text(user_agent=user_agent)
        if min(user_agent.encode()) < 32 or max(user_agent.encode()) > 126:
            raise ValueError("user_agent must be of plain ASCII: no line end or control character")


def client_metadata(metadata) -> None:
    """The argument client_metadata of a refresh."""
    require_text_dict(client_metadata=metadata)


def require_pool(identity_pool_id, endpoint) -> str:
    """The region of an identity pool, from its id."""
    require_word(identity_pool_id=identity_pool_id)
    region, _, rest = identity_pool_id.partition(":")
    if not (_is_region(region, endpoint) and rest and _is_plain(rest, "-")):
        raise ValueError("identity_pool_id must be such as eu-west-1:<uuid>, not %r" % identity_pool_id)
    return region
