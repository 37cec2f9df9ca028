"""How long a device stays signed in: from the app client to the device's settings, and what `status` says of it."""

from __future__ import annotations

from typing import Any

import pytest
from cognito_mp_tools.board import status
from cognito_mp_tools.board.session import StoredSession
from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.pool import session_days

DAY = 86400
POOL = {"region": "eu-west-1", "client_id": "abc", "user_pool_id": "eu-west-1_AbCdEf123"}


@pytest.mark.parametrize(
    ("client", "days"),
    [
        ({}, "30"),
        ({"RefreshTokenValidity": 365}, "365"),
        ({"RefreshTokenValidity": 36, "TokenValidityUnits": {"RefreshToken": "hours"}}, "1"),
        ({"RefreshTokenValidity": 60, "TokenValidityUnits": {"RefreshToken": "minutes"}}, ""),
    ],
)
def test_the_days_of_an_app_client(client: dict[str, Any], days: str) -> None:
    assert session_days.session_days(client) == days


def test_the_app_client_is_asked_with_the_makers_own_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Admin:
        def describe_user_pool_client(self, **named: str) -> dict[str, Any]:
            asked.append(named)
            return {"UserPoolClient": {"RefreshTokenValidity": 90}}

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert session_days.asked(POOL, lambda *named: Admin()) == "90"
    assert asked == [{"UserPoolId": POOL["user_pool_id"], "ClientId": "abc"}]
    assert session_days.asked({"region": "eu-west-1", "client_id": "abc"}) == "", "no pool is named"
    assert session_days.asked({**POOL, "endpoint": "https://127.0.0.1:1"}) == "", "it is not AWS's"


def test_what_is_told_is_not_asked_and_nobody_need_know() -> None:
    def refuses(values: object) -> str:
        raise ToolFailed("AWS refuses: no (AccessDeniedException).")

    assert session_days.known({**POOL, "session_days": "7"}, refuses) == ("7", "")
    assert session_days.known(POOL, refuses) == ("", "AWS refuses: no (AccessDeniedException).")
    assert session_days.known(POOL, lambda values: "90") == ("90", "")
    days, why = session_days.known(POOL, lambda values: "")
    assert not days and "AWS credentials" in why


@pytest.mark.parametrize(
    ("began", "days", "words"),
    [
        (None, 365, "yes, of “ada”"),
        (0, None, "yes, of “ada”"),
        (1747000000, 365, "yes, of “ada”, until 11 May 2026"),
        (1747000000 - 320 * DAY, 365, "yes, of “ada”; sign in again before 25 June"),
        ("soon", 365, "yes, of “ada”"),
    ],
)
def test_status_says_when_the_session_ends(began: Any, days: int | None, words: str) -> None:
    now = 1747000000 + 40 * DAY
    assert status._session(StoredSession("ada", "abc", began), days, now) == words
