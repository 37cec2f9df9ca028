"""URLs whose host is an IPv6 address in brackets (RFC 3986, 3.2.2), and texts that are not URLs. Loaded if needed."""


def split(url: str) -> tuple:
    """As protocol.split_url(), for "https://[::1]:port/path": the host has no brackets.

    Raises ValueError when `url` is none, or http to a host that is not this machine.
    """
    scheme, _, rest = url.partition("://[")
    host, bracket, rest = rest.partition("]")
    port, _, path = rest.partition("/")
    secure = scheme == "https"
    port = port or (":443" if secure else ":80")
    number = port[1:]
    if (
        not (secure or scheme == "http" and host == "::1")
        or not bracket
        or ":" not in host
        or host.lower().strip("0123456789abcdef:.")
        or not (port[0] == ":" and number.isdigit() and len(number) < 6 and 0 < int(number) < 65536)
    ):
        raise ValueError("endpoint must be https://host:port")
    return secure, host, int(number), "/" + path
