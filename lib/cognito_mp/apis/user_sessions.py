"""Where a person is signed in (ListUserSessions), as a flow: see flows/password.py. account.list_sessions() is for all.

Source: botocore's model of ListUserSessions and of UserSessionType.
"""

from ..protocol import Request
from ..refusals import unreadable
from ..renewal import fresh_tokens
from .moments import whole
from .pages import listed


class _Request(Request):
    def read(self, status: int, headers: dict, body) -> dict:
        return super().read(status, headers, whole(body, b'Date"'))


def sessions(client):
    """The sessions of the person who is signed in, a list of dicts: see account.list_sessions()."""

    def ask(parameters: dict):
        token = (yield from fresh_tokens(client.app, client.session)).access_token
        request = _Request("ListUserSessions", dict(parameters, AccessToken=token))
        reply = yield request
        try:
            return [_session(item) for item in reply.get("Sessions") or []], _of(str, reply.get("NextToken") or "")
        except (AttributeError, KeyError, TypeError):
            raise unreadable("nothing that %s answers" % request.operation) from None

    return listed(ask, "NextToken", "id", "sessions")


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
