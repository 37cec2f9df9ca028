"""Requests that are not plain calls of the user pools API: to other services, or signed.

They use a client's own driver, transport and retries; only what is sent, or how a reply reads, differs.
"""

from .errors import CognitoError
from .protocol import split_url


def exchange(client, flow, write):
    """As client._exchange(flow), a generator; write(request) changes each [url, headers, body] before it is posted.

    It does so at every try, so that a signature has the date of its own.
    """
    steps = client._exchange(flow)
    resume, value = steps.send, None
    try:
        while True:
            step = resume(value)
            if isinstance(step, list):
                write(step)
            try:
                value = yield step
                resume = steps.send
            except (CognitoError, OSError) as error:
                resume, value = steps.throw, error
    except StopIteration as done:
        return done.value


class _Reading:
    """A client as its driver sees it, with another way to read replies."""

    def __init__(self, client, read) -> None:
        self._client = client
        self._read = read
        self._transport = self

    def __getattr__(self, name: str):
        return getattr(self._client, name)

    def post(self, *request):
        reply = self._client._transport.post(*request)
        return self._read(*reply) if isinstance(reply, tuple) else self._awaited(reply)

    async def _awaited(self, reply):
        return self._read(*await reply)


def drive(client, steps, read):
    """As client._drive(steps), awaited with an AsyncClient.

    read  what makes of a reply's (status: int, headers: dict, body: bytes-like) one that protocol.read_reply reads
    """
    return type(client)._drive(_Reading(client, read), steps)


def region(client) -> str:
    """The AWS region of `client`'s user pool. Raises ValueError when neither its endpoint nor its pool id tells."""
    host = split_url(client._url)[1].split(".")
    if host[0] in ("cognito-idp", "cognito-idp-fips") and len(host) > 2:
        return host[1]
    name, underscore, _ = (client.user_pool_id or "").partition("_")
    if not underscore:
        raise ValueError("user_pool_id must be given to Client: this endpoint does not tell the region")
    return name


def signer(client, credentials, service: str):
    """A `write` for exchange() that signs with `credentials`: access_key, secret_key and session_token, str."""
    from . import sigv4

    place = region(client)

    def sign(request: list) -> None:
        url, headers, body = request
        added = sigv4.sign(
            "POST",
            url,
            headers,
            body,
            credentials.access_key,
            credentials.secret_key,
            getattr(credentials, "session_token", None),
            place,
            service,
            sigv4.amz_date(client._clock.now()),
        )
        headers.update(added)

    return sign
