"""Where a person is signed in, in the fake Cognito: ListUserSessions and RevokeUserSession.

Source: botocore 1.44.8's model of both, and of SetUserPoolSessionConfiguration. What it leaves open is marked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fake_cognito.pools import Refusal, SignIn, World

Reply = dict[str, Any]


class UserSessionOperations:
    """The operations on a user's sessions, which a pool tracks where its max_sessions is set."""

    def __init__(self, world: World, find_sign_in: Callable[[str], SignIn]) -> None:
        self._world = world
        self._find_sign_in = find_sign_in
        self.operations = {
            "ListUserSessions": self.list_user_sessions,
            "RevokeUserSession": self.revoke_user_session,
        }

    def _current(self, call: Reply) -> SignIn:
        sign_in = self._find_sign_in(call["AccessToken"])
        if sign_in.app.pool.max_sessions is None:
            raise Refusal("OperationNotEnabledException", "User session tracking is not enabled for this user pool")
        return sign_in

    def list_user_sessions(self, call: Reply) -> Reply:
        current = self._current(call)
        listed = current.app.pool.living_sessions(current.user)
        start, length = int(call.get("NextToken", "0")), current.app.pool.sessions_in_page
        page = [self._described(sign_in, current) for sign_in in listed[start : start + length]]
        more = {"NextToken": str(start + length)} if start + length < len(listed) else {}
        return {"Sessions": page, **more}

    def revoke_user_session(self, call: Reply) -> Reply:
        current = self._current(call)
        if call["SessionId"] == current.session_id:
            # "You can't revoke the session that the calling access token belongs to": which code, nothing says.
            raise Refusal("InvalidParameterException", "The current session cannot be revoked")
        for sign_in in current.app.pool.living_sessions(current.user):
            if sign_in.session_id == call["SessionId"]:
                sign_in.revoked = True
                return {}
        raise Refusal("ResourceNotFoundException", "Session does not exist.")

    def _described(self, sign_in: SignIn, current: SignIn) -> Reply:
        return {
            "SessionId": sign_in.session_id,
            "SessionType": "TOKEN",
            "ClientId": sign_in.app.id,
            "CreateDate": sign_in.auth_time + 0.123,
            "LastActiveDate": round(sign_in.last_active, 3),
            "DeviceType": sign_in.user_agent or "unknown",
            "LastIPAddress": "192.0.2.7",
            "LastLocation": {"City": "Dublin", "Country": "Ireland"},
            "IsCurrentSession": sign_in is current,
        }
