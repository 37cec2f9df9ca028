"""AWS credentials from an identity pool, for the person who is signed in or for a guest.

With them the module sigv4 signs requests to other AWS services, such as IoT, S3 or API Gateway.
"""

from ..arguments import require_pool
from ..errors import CognitoError, NotSignedIn, require_text
from ..partitions import is_fips, url
from ..protocol import Once, Request, split_url
from ..refusals import unreadable
from ..renewal import fresh_tokens
from . import claims
from .kept import keep
from .moments import whole

# Seconds before their end at which credentials are replaced: whoever gets them wants to use them for a while.
_EARLY = 300


class Credentials:
    """Temporary AWS credentials.

    access_key, secret_key, session_token: str; expiration: int, seconds since 1970;
    identity_id: str, whose they are.
    """

    def __init__(self, reply: dict, user: "str | None") -> None:
        result = reply["Credentials"]
        require_text(
            access_key=result["AccessKeyId"],
            secret_key=result["SecretKey"],
            session_token=result["SessionToken"],
            identity_id=reply["IdentityId"],
        )
        self.access_key: str = result["AccessKeyId"]
        self.secret_key: str = result["SecretKey"]
        self.session_token: str = result["SessionToken"]
        self.expiration = int(result["Expiration"])
        self.identity_id: str = reply["IdentityId"]
        self.user = user

    def __repr__(self) -> str:
        return "Credentials(%s, until %d)" % (self.identity_id, self.expiration)


def credentials(client, identity_pool_id: str, endpoint: "str | None" = None) -> Credentials:
    """Credentials that are good now: those of before until five minutes before they expire, by `client`'s clock.

    For the person who is signed in, else for a guest, where the identity pool allows guests. Works with a
    Client and, awaited, with an AsyncClient. The operations are GetId, once for a person, and
    GetCredentialsForIdentity, both unsigned; the identity, no secret, is kept with the client's session.

    identity_pool_id  str, "eu-west-1:<uuid>"
    endpoint          str, "https://host:port" in place of AWS's own, such as
                      https://cognito-identity.<region>.amazonaws.com (the FIPS one where `client` has fips=True)

    Raises CognitoError, OSError and NotSignedIn as any call does: a session that is over does not become a guest's.
    """
    region = require_pool(identity_pool_id, endpoint)
    if endpoint is None:
        endpoint = url("cognito-identity", region, is_fips(client.app.url))
    split_url(endpoint)
    return client.run(_current(client, identity_pool_id, endpoint))


def _current(client, pool: str, url: str):
    """Credentials that are good now, as a flow: see flows/password.py."""
    user = client.session.username if client.signed_in else None
    held = client.cache.get(pool)
    if held and held.user != user:
        held = None
    if held and held.expiration - client.clock.now() > _EARLY:
        return held
    try:
        held = yield Once((pool, user), _renewed(client, pool, url, user))
    except (OSError, CognitoError):
        if held and held.expiration > client.clock.now():
            return held
        raise
    if client.session.username == user:  # nobody has signed out, or in, meanwhile
        keep(client.cache, pool, held)
    return held


def _renewed(client, pool: str, url: str, user: "str | None"):
    session = client.session
    names: list = [None]
    id_token = None
    if user:
        tokens = yield from fresh_tokens(client.app, session)
        if session.username != user:
            raise NotSignedIn("somebody else has signed in meanwhile")
        id_token = tokens.id_token
        names = _providers(id_token)
    kept = session.identity
    identity_id = kept[2] if isinstance(kept, list) and kept[:2] == [pool, user] else None
    while True:
        name = names.pop(0)
        logins = {name: id_token} if name else None
        try:
            try:
                credentials = yield from _obtain(pool, url, identity_id, logins, user)
            except CognitoError as error:
                if not (identity_id and error.code == "ResourceNotFoundException"):
                    raise
                # Somebody has deleted the identity: there will be another.
                credentials = yield from _obtain(pool, url, None, logins, user)
            break
        except CognitoError as error:
            if not names or error.code != "NotAuthorizedException":
                raise
    if session.username == user and credentials.identity_id != identity_id:
        session.keep(identity=[pool, user, credentials.identity_id])
    return credentials


def _providers(id_token: "str | None") -> list:
    """The names that the user pool of `id_token` may have as a key of Logins, the likely one first.

    AWS documents one, cognito-idp.<region>.amazonaws.com/<pool id> (API reference, GetId, Logins), which is the issuer
    of a pool whose issuer is of the ORIGINAL type. The UPDATED type is https://issuer-cognito-idp.<region>... (API
    reference of user pools, IssuerConfigurationType), and no page of AWS's says which name goes with it: by GetId it is
    the one above, while AWS's re:Post has that it "must match with the iss claim". So both are tried.
    """
    try:
        issuer = claims.read(id_token)["iss"].partition("://")[2]  # type: ignore[arg-type]  # None is an AttributeError
    except (AttributeError, KeyError, ValueError):
        raise unreadable("an ID token without an issuer") from None
    return [issuer[7:], issuer] if issuer.startswith("issuer-") else [issuer]


def _obtain(pool: str, url: str, identity_id: "str | None", logins: "dict | None", user: "str | None"):
    """GetId when there is no identity yet, and GetCredentialsForIdentity; `logins`: {issuer: id token}."""
    whose = {"Logins": logins} if logins else {}
    try:
        if not identity_id:
            identity_id = (yield _IdentityRequest("GetId", dict(whose, IdentityPoolId=pool), url))["IdentityId"]
            require_text(identity_id=identity_id)
        reply = yield _IdentityRequest("GetCredentialsForIdentity", dict(whose, IdentityId=identity_id), url)
        return Credentials(reply, user)
    except (KeyError, OverflowError, TypeError, ValueError):
        raise unreadable("no credentials") from None


class _IdentityRequest(Request):
    """A Request to the identity pools' service."""

    def __init__(self, operation: str, parameters: dict, url: str) -> None:
        super().__init__(operation, parameters)
        self._url = url

    def write(self, url: str, now: int) -> list:
        _, headers, body = super().write(url, now)
        headers["X-Amz-Target"] = "AWSCognitoIdentityService." + self.operation
        return [self._url, headers, body]

    def read(self, status: int, headers: dict, body) -> dict:
        return super().read(status, headers, whole_expiration(body))


def whole_expiration(body: bytes) -> bytes:
    """The reply of GetCredentialsForIdentity with the number after "Expiration" as an integer; others as they are."""
    return whole(body, b'"Expiration"')
