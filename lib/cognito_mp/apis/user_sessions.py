"""Where a person is signed in (ListUserSessions), as a flow: see flows/password.py. account.list_sessions() is for all.

Source: botocore's model of ListUserSessions and of UserSessionType.
"""

from ..protocol import Request
from ..refusals import unreadable
from ..renewal import fresh_tokens
from .moments import whole

_PAGES = 20  # of up to 125 sessions each, which are all that a user can have


class _Request(Request):
    def read(self, status: int, headers: dict, body) -> dict:
        return super().read(status, headers, whole(body, b'Date"'))


def listed(client):
    """The sessions of the person who is signed in, a list of dicts: see account.list_sessions()."""
    found: list = []
    parameters: dict = {}
    for _ in range(_PAGES):
        parameters["AccessToken"] = (yield from fresh_tokens(client.app, client.session)).access_token
        request = _Request("ListUserSessions", dict(parameters))
        reply = yield request
        try:
            page = [_session(item) for item in reply.get("Sessions") or []]
            token = _of(str, reply.get("NextToken") or "")
        except (AttributeError, KeyError, TypeError):
            raise unreadable("nothing that %s answers" % request.operation) from None
        if page and any([page[0]["id"] == session["id"] for session in found]):
            break
        found += page
        if not token:
            return found
        if parameters.get("NextToken") == token:
            break
        parameters["NextToken"] = token
    raise unreadable("a list of sessions without an end")


def _session(item: dict) -> dict:
    place = item.get("LastLocation") or {}
    return {
        "id": _of(str, item["SessionId"]),
        "type": _of(str, item.get("SessionType") or ""),
        "client_id": _of(str, item.get("ClientId") or ""),
        "created": _of(int, item.get("CreateDate") or 0),
        "last_active": _of(int, item.get("LastActiveDate") or 0),
        "device": _of(str, item.get("DeviceType") or ""),
        "address": _of(str, item.get("LastIPAddress") or ""),
        "city": _of(str, place.get("City") or ""),
        "country": _of(str, place.get("Country") or ""),
        "current": item.get("IsCurrentSession") is True,
    }


def _of(kind: type, value):
    if not isinstance(value, kind):
        raise TypeError
    return value
