"""Whether a request is signed with one AWS key (Signature Version 4): it guards the owner's side of a local Cognito.

ministack takes some well-known keys for its owner's whatever the signature, and moto looks at none.
"""

from __future__ import annotations

import hmac
import re

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from cognito_mp_tools.local.tls_front import Request

# https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
_HEADER = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/,]+)/\d{8}/(?P<region>[^/,]+)/(?P<service>[^/,]+)/aws4_request,\s*"
    r"SignedHeaders=(?P<headers>[^,]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)


def is_signed_with(access_key: str, secret_key: str, request: Request) -> bool:
    """True when `request` has an Authorization header that this key alone can have made, over host, date and body."""
    claimed = _HEADER.fullmatch(request.headers.get("authorization", ""))
    if not claimed or claimed["key"] != access_key:
        return False
    names = claimed["headers"].split(";")
    if not {"host", "x-amz-date"} <= set(names) <= set(request.headers):
        return False
    signed = AWSRequest(
        request.method,
        f"http://{request.headers['host']}{request.path}",
        {name: request.headers[name] for name in names},
        request.body,
    )
    signed.context["timestamp"] = request.headers["x-amz-date"]
    signer = SigV4Auth(Credentials(access_key, secret_key), claimed["service"], claimed["region"])
    right = signer.signature(signer.string_to_sign(signed, signer.canonical_request(signed)), signed)
    return hmac.compare_digest(right, claimed["signature"])
