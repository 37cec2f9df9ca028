"""AWS credentials from an identity pool, for the person who is signed in or for a guest.

With them the rooms sigv4 signs requests to other AWS services, such as IoT, S3 or API Gateway.
"""

from .elsewhere import drive, exchange
from .errors import CognitoError, require_text
from .protocol import loads, split_url
from .refreshing import current

_TARGET = "AWSCognitoIdentityService."


class Credentials:
    """Temporary AWS credentials.

    access_key, secret_key, session_token: str; expiration: int, seconds since 1970;
    identity_id: str, whose they are.
    """

    def __init__(self, reply: dict, user: str | None) -> None:
        result = reply["Credentials"]
        self.access_key: str = result["AccessKeyId"]
        self.secret_key: str = result["SecretKey"]
        self.session_token: str = result["SessionToken"]
        self.expiration = int(result["Expiration"])
        self.identity_id: str = reply["IdentityId"]
        self.user = user

    def __repr__(self) -> str:
        return "Credentials(%s, until %d)" % (self.identity_id, self.expiration)


def credentials(client, identity_pool_id: str, endpoint: str | None = None) -> Credentials:
    """Credentials that are good now: those of before until five minutes before they expire, by `client`'s clock.

    For the person who is signed in, else for a guest, where the identity pool allows guests. Works with a
    Client and, awaited, with an AsyncClient. The operations are GetId, once for a person, and
    GetCredentialsForIdentity, both unsigned; the identity, no secret, is kept with the client's session.

    identity_pool_id  str, "eu-west-1:<uuid>"
    endpoint          str, "https://host:port" in place of https://cognito-identity.<region>.amazonaws.com

    Raises CognitoError, OSError and NotSignedIn as any call does: a session that is over does not become a guest's.
    """
    require_text(identity_pool_id=identity_pool_id)
    region, colon, _ = identity_pool_id.partition(":")
    if not colon:
        raise ValueError("identity_pool_id must be such as eu-west-1:<uuid>")
    # China has identity pools, and a domain of its own.
    url = endpoint or "https://cognito-identity.%s.amazonaws.com%s" % (region, ".cn" if region[:3] == "cn-" else "")
    split_url(url)
    return drive(client, _current(client, identity_pool_id, url), whole_expiration)


def _current(client, pool: str, url: str):
    """Credentials that are good now, a generator for the client's driver."""
    if not hasattr(client, "_credentials"):
        client._credentials = {}
    user = client._load()["username"] if client.signed_in else None
    held = client._credentials.get(pool)
    if held and held.user != user:
        held = None
    if held and held.expiration - client._clock.now() > 300:
        return held
    try:
        return (yield from _renewed(client, pool, url, user))
    except (OSError, CognitoError):
        if held and held.expiration > client._clock.now():
            return held
        raise


def _renewed(client, pool: str, url: str, user: str | None):
    logins = None
    if user:
        from .claims import read

        token = yield from current(client, "id_token")
        # AWS has two forms of issuer, so it is taken from the token.
        logins = {read(token)["iss"].partition("://")[2]: token}
    identity = client._load().get("identity")
    identity_id = identity[2] if identity and identity[:2] == [pool, user] else None

    def readdress(request: list) -> None:
        request[0] = url
        request[1]["X-Amz-Target"] = _TARGET + request[1]["X-Amz-Target"].split(".")[1]

    while True:
        try:
            reply = yield from exchange(client, _obtain(pool, identity_id, logins), readdress)
            client._credentials[pool] = held = Credentials(reply, user)
            break
        except CognitoError as error:
            if not (identity_id and error.code == "ResourceNotFoundException"):
                raise
            identity_id = None  # somebody has deleted it: there will be another
        except (KeyError, TypeError, ValueError):
            raise CognitoError("UnreadableReply", "no credentials: is the endpoint right?", 200)
    session = client._load()
    if session.get("identity") != [pool, user, held.identity_id]:
        session["identity"] = [pool, user, held.identity_id]
        session["client_id"] = client.client_id
        if user or _is_ours(client):
            client._save()
    return held


def _is_ours(client) -> bool:
    """False when the store holds the session of another app client, which a guest's identity must not replace."""
    try:
        return loads(client._store.load() or b"{}").get("client_id", client.client_id) == client.client_id
    except ValueError:
        return True


def _obtain(pool: str, identity_id: str | None, logins: dict | None):
    """GetId when there is no identity yet, and GetCredentialsForIdentity; `logins`: {issuer: id token}."""
    whose = {"Logins": logins} if logins else {}
    if not identity_id:
        reply = yield "GetId", dict(whose, IdentityPoolId=pool), True
        identity_id = reply["IdentityId"]
    return (yield "GetCredentialsForIdentity", dict(whose, IdentityId=identity_id), True)


def _whole(number: str) -> int:
    """The whole part of a JSON number, such as "1.7951234E9", without a float: on most ports those have 24 bits."""
    mantissa, _, exponent = number.lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    shift = int(exponent or 0)
    if not 0 <= shift < 20:
        raise ValueError
    return int(whole + (fraction + "0" * shift)[:shift])


def whole_expiration(status: int, headers: dict, body: bytes) -> tuple:
    """The reply of GetCredentialsForIdentity with the number after "Expiration" as an integer; others as they are."""
    at = body.find(b'"Expiration"') + 12
    if at > 11:
        while body[at : at + 1] and body[at] in b" \t\r\n:":
            at += 1
        end = at
        while body[end : end + 1] and body[end] in b"0123456789.eE+":
            end += 1
        try:
            number = _whole(bytes(body[at:end]).decode())
        except ValueError:
            return status, headers, body  # no number: whoever reads it will say so
        return status, headers, bytes(body[:at]) + str(number).encode() + bytes(body[end:])
    return status, headers, body
