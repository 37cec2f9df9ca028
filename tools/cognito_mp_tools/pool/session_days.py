"""How long a device stays signed in: the life of an app client's refresh tokens, which counts from the sign-in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.pool.aws_account import aws_explained, user_pools

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
DAY = SECONDS["days"]


def life(client: Mapping[str, Any], token: str, unit: str, default: int) -> int:
    """Seconds that a token of the app client `client` (a UserPoolClientType) lives.

    token  "Refresh", "Access" or "Id"
    unit   of a number that has none; default: seconds where no number is set
    """
    number = client.get(f"{token}TokenValidity")
    unit = (client.get("TokenValidityUnits") or {}).get(f"{token}Token", unit)
    return int(number) * SECONDS[unit] if number else default


def session_seconds(client: Mapping[str, Any]) -> int:
    """Seconds from a sign-in with the app client `client` to the next that is needed; 30 days unless it says so."""
    return life(client, "Refresh", "days", 30 * DAY)


def session_days(client: Mapping[str, Any]) -> str:
    """The same in whole days, as pool.settings keeps it; "" for less than a day."""
    days = session_seconds(client) // DAY
    return str(days) if days else ""


def asked(values: Mapping[str, str], connect: Callable[..., Any] = user_pools) -> str:
    """What the app client that `values` (of pool.settings) names says, asked with the maker's own AWS credentials.

    "" where there are none, or no user pool is named. Raises ToolFailed.
    """
    import boto3

    if not values.get("user_pool_id") or values.get("endpoint"):
        return ""
    with aws_explained():
        if boto3.Session().get_credentials() is None:
            return ""
        admin = connect(values["region"], None, None)
        found = admin.describe_user_pool_client(UserPoolId=values["user_pool_id"], ClientId=values["client_id"])
    return session_days(found["UserPoolClient"])


def known(values: Mapping[str, str], ask: Callable[[Mapping[str, str]], str] = asked) -> tuple[str, str]:
    """(session_days, "") of `values` or of the app client; ("", why it is not known)."""
    if values.get("session_days"):
        return values["session_days"], ""
    try:
        days = ask(values)
    except ToolFailed as problem:
        return "", str(problem)
    return days, "" if days else "only the pool's owner can ask the app client, with AWS credentials"
