"""Signature Version 4, with which AWS services other than Cognito know who calls.

Source: AWS, IAM user guide, "Create a signed AWS API request"; for MQTT over WebSocket the IoT Core developer guide,
"Device communication protocols". The credentials are those of GetCredentialsForIdentity.
"""

from binascii import hexlify

from ..argument_types import require_bytes, require_text_dict, require_whole
from ..errors import require_text
from .hmac_sha256 import hmac_sha256, sha256

_ALGORITHM = "AWS4-HMAC-SHA256"
# What proxies and HTTP libraries change on the way is not signed, as in AWS's own SDKs.
_UNSIGNED = (
    " authorization connection expect keep-alive proxy-authenticate proxy-authorization te trailer"
    " transfer-encoding upgrade user-agent x-amzn-trace-id "
)


def _require_words(**named: str) -> None:
    """Raise ValueError that names the first argument which is empty, or has a space or a line end in it."""
    for name in named:
        require_text(**{name: named[name]})
        if named[name].split() != [named[name]] or name in ("host", "region", "service") and "/" in named[name]:
            raise ValueError(name + " must be one word")


def amz_date(unix_seconds: int) -> str:
    """A moment in seconds since 1970 as X-Amz-Date has it: "20261121T020304Z"."""
    from ..calendar_utc import civil

    require_whole(0, 1 << 40, unix_seconds=unix_seconds)
    return "%04d%02d%02dT%02d%02d%02dZ" % civil(unix_seconds)[:6]


def _require_date(amz_date: str) -> None:
    require_text(amz_date=amz_date)
    if len(amz_date) != 16 or amz_date[8] != "T" or amz_date[15] != "Z":
        raise ValueError("amz_date must be what amz_date() returns")


def _hash(data: bytes) -> str:
    return hexlify(sha256(data).digest()).decode()


def _encoded(text: str, safe: bytes) -> str:
    """`text` with every byte of its UTF-8 percent-encoded that is neither unreserved (RFC 3986, 2.3) nor `safe`."""
    safe += b"-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return "".join([chr(byte) if byte in safe else "%%%02X" % byte for byte in text.encode()])


def _plain_path(path: str) -> str:
    """`path` without empty, "." and ".." segments (RFC 3986, 5.2.4), encoded once more, as all services but S3 do."""
    segments: list = []
    for segment in path.split("/"):
        if segment == "..":
            segments = segments[:-1]
        elif segment not in ("", "."):
            segments.append(segment)
    tail = "/" if segments and path.endswith("/") else ""
    return _encoded("/" + "/".join(segments) + tail, b"/")


def _signature(canonical: tuple, scope: str, secret_key: str, amz_date: str) -> str:
    """The signature, in hex, of the canonical request whose lines are `canonical`."""
    key = ("AWS4" + secret_key).encode()
    for part in scope.split("/"):
        key = hmac_sha256(key, part.encode())
    lines = _ALGORITHM, amz_date, scope, _hash("\n".join(canonical).encode())
    return hexlify(hmac_sha256(key, "\n".join(lines).encode())).decode()


def _scope(amz_date: str, region: str, service: str) -> str:
    return "/".join((amz_date[:8], region, service, "aws4_request"))


def sign(
    method: str,
    url: str,
    headers: dict,
    body: bytes,
    access_key: str,
    secret_key: str,
    session_token: "str | None",
    region: str,
    service: str,
    amz_date: str,
) -> dict:
    """The headers to add to a request: Authorization, x-amz-date, and what else it needs.

    method         "GET"
    url            whole, and percent-encoded as it is sent
    headers        what is sent besides, each name once; Host need not be there when it is that of `url`
    body           bytes; b"" for none
    session_token  of temporary credentials, else None
    region, service   such as "eu-west-1" and "execute-api", "s3", "iotdata"
    amz_date       of amz_date()
    Raises ValueError that names the argument which would break the request or the signature.
    """
    token = "none" if session_token in (None, "") else session_token
    _require_words(region=region, service=service, access_key=access_key, session_token=token)
    require_text(method=method, url=url, secret_key=secret_key)
    require_bytes(body=b"" if body is None else body)
    if headers is None:
        raise ValueError("headers must be a dict")
    require_text_dict(headers=headers)
    _require_date(amz_date)
    if "://" not in url:
        raise ValueError("url must be whole: https://host/path")
    scheme, _, rest = url.partition("#")[0].partition("://")
    rest, _, query = rest.partition("?")
    host, slash, path = rest.partition("/")
    path = slash + path
    host = host[host.rfind("@") + 1 :].lower()
    default_port = {"http": ":80", "https": ":443"}.get(scheme.lower())
    if default_port and host.endswith(default_port):
        host = host[: -len(default_port)]

    added = {"x-amz-date": amz_date}
    if session_token:
        added["x-amz-security-token"] = session_token
    signed = {"host": host}
    for name in headers:
        lower = name.lower()
        if " " + lower + " " not in _UNSIGNED:
            signed[lower] = " ".join(headers[name].split())
    payload = _hash(body or b"")
    if service == "s3":
        added["x-amz-content-sha256"] = payload
        path = path or "/"
    else:
        payload = signed.get("x-amz-content-sha256", payload)
        path = _plain_path(path)
    signed.update(added)

    names = sorted(signed)
    signed_names = ";".join(names)
    # Without "=" a name has the empty value. Sorted as pairs: "a=" is before "a-b=", though "-" is before "=".
    pairs = [(pair if "=" in pair else pair + "=").split("=", 1) for pair in query.split("&") if query]
    scope = _scope(amz_date, region, service)
    canonical = (
        method.upper(),
        path,
        "&".join(["=".join(pair) for pair in sorted(pairs)]),
        "".join([name + ":" + signed[name] + "\n" for name in names]),
        signed_names,
        payload,
    )
    added["Authorization"] = "%s Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
        _ALGORITHM,
        access_key,
        scope,
        signed_names,
        _signature(canonical, scope, secret_key, amz_date),
    )
    return added


def presign_wss(
    host: str,
    region: str,
    access_key: str,
    secret_key: str,
    session_token: "str | None",
    amz_date: str,
    path: str = "/mqtt",
    expires: int = 86400,
) -> str:
    """The wss:// URL with which a WebSocket to AWS IoT is opened for MQTT: it is the proof, so it is a secret.

    host           the account's endpoint, such as "abc-ats.iot.eu-west-1.amazonaws.com"
    session_token  of temporary credentials, else None
    amz_date       of amz_date(): the URL is good for `expires` seconds from then, a day at the most
    Raises ValueError when host or region can't be one.
    """
    token = "none" if session_token in (None, "") else session_token
    _require_words(host=host, region=region, access_key=access_key, session_token=token, path=path)
    require_text(secret_key=secret_key)
    require_whole(1, 86400, expires=expires)
    _require_date(amz_date)
    if path[0] != "/":
        raise ValueError("path must begin with /")
    host = host.lower()
    scope = _scope(amz_date, region, "iotdevicegateway")
    query = "X-Amz-Algorithm=%s&X-Amz-Credential=%s&X-Amz-Date=%s&X-Amz-Expires=%d&X-Amz-SignedHeaders=host" % (
        _ALGORITHM,
        _encoded(access_key + "/" + scope, b""),
        amz_date,
        expires,
    )
    canonical = "GET", _plain_path(path), query, "host:" + host + "\n", "host", _hash(b"")
    url = "wss://" + host + path + "?" + query + "&X-Amz-Signature="
    url += _signature(canonical, scope, secret_key, amz_date)
    # IoT, unlike every other service, wants the token left out of what is signed.
    return url + "&X-Amz-Security-Token=" + _encoded(session_token, b"") if session_token else url
