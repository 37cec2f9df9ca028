"""What a reply that is no success says."""

from .errors import CognitoError


def refusal(status: int, headers: dict, reply: dict | None) -> CognitoError:
    """The CognitoError of a reply: its JSON object, None where it is none; `headers` have lower-case names."""
    if status == 200 and reply is not None:
        return CognitoError("UnreadableReply", "neither tokens nor a challenge: is the endpoint right?", status)
    if reply is None:
        kind = headers.get("content-type", "of unknown type")
        return CognitoError("UnreadableReply", "no whole JSON object (%s): is the endpoint right?" % kind, status)
    code = reply.get("__type") or headers.get("x-amzn-errortype") or "UnreadableReply"
    message = reply.get("message") or reply.get("Message") or "no reason given"
    # A namespace before "#", a tail after ":", which may hold a "#" of its own: both seen in AWS's JSON protocols.
    return CognitoError(str(code).split(":")[0].split("#")[-1], str(message), status)
