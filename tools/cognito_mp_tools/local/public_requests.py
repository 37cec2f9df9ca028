"""Which requests a local Cognito passes on: those that AWS answers without credentials, and no other.

Behind it stands an emulation of more of AWS, which takes anybody for its owner.
"""

from __future__ import annotations

import functools
import json

import botocore.session

from cognito_mp_tools.local.tls_front import Request, Response

# Identity pools: botocore's model says "none" for more operations than a device has use for.
_IDENTITY_POOLS = ("GetId", "GetCredentialsForIdentity", "GetOpenIdToken")
_TOKEN_ENDPOINT = "/oauth2/token"
_JSON_HEADERS = ("content-type", "x-amz-target")


@functools.cache
def public_targets() -> frozenset[str]:
    """The values of X-Amz-Target whose operations need no credentials, by botocore's model of the services."""
    session = botocore.session.get_session()
    pools = session.get_service_model("cognito-idp")
    public = [name for name in pools.operation_names if pools.operation_model(name).auth_type == "none"]
    identities = session.get_service_model("cognito-identity")
    targets = {f"{pools.metadata['targetPrefix']}.{name}" for name in public}
    return frozenset(targets | {f"{identities.metadata['targetPrefix']}.{name}" for name in _IDENTITY_POOLS})


def public_part(request: Request) -> Request | None:
    """`request` with the headers that it needs and no other; None when it is not for everybody."""
    if request.method != "POST":
        return None
    if request.path == "/" and request.headers.get("x-amz-target") in public_targets():
        kept = {name: request.headers[name] for name in _JSON_HEADERS if name in request.headers}
    elif request.path == _TOKEN_ENDPOINT:
        kept = {name: request.headers[name] for name in ("content-type",) if name in request.headers}
        # Here it is the app client that shows its secret, no AWS key.
        if request.headers.get("authorization", "").startswith("Basic "):
            kept["authorization"] = request.headers["authorization"]
    else:
        return None
    return Request(request.method, request.path, kept, request.body)


def refusal(words: str) -> Response:
    """What anybody else gets, in the shape of AWS's JSON services."""
    body = json.dumps({"__type": "AccessDeniedException", "message": words}).encode()
    return Response(
        403, body, {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": "AccessDeniedException"}
    )
