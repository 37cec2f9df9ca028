"""What a pool's owner does in the middle of a trial, so that its people's tokens are refused: see aws_trial.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def _of_a_user(operation: str) -> Callable[[Any, str, str], Any]:
    return lambda admin, pool_id, user: getattr(admin, operation)(UserPoolId=pool_id, Username=user)


def _sessions(tracking: str, most: int) -> Callable[[Any, str, str], Any]:
    return lambda admin, pool_id, user: admin.set_user_pool_session_configuration(
        UserPoolId=pool_id, UserSessionTracking=tracking, TokenSession={"MaxPerUser": most}
    )


# With as many sessions as there may be, the next sign-in evicts the one that was used least recently:
# SetUserPoolSessionConfiguration, which botocore has since 1.44, and the client of aws_account.user_pools() before.
_ACTS = {
    "sign out": _of_a_user("admin_user_global_sign_out"),
    "disable": _of_a_user("admin_disable_user"),
    "enable": _of_a_user("admin_enable_user"),
    "delete": _of_a_user("admin_delete_user"),
    "one session": _sessions("ENABLED", 1),
    "many sessions": _sessions("DISABLED", 20),
}


def at_service(admin: Any, pool_id: str, user: str, act: str) -> str:
    """Do `act` to `user` at the service of `admin`, a boto3 client; "done", or why it was not."""
    from botocore.exceptions import ClientError

    try:
        _ACTS[act](admin, pool_id, user)
    except ClientError as problem:
        return f"not done: {problem.response['Error']['Code']}"
    except AttributeError:
        return "not done: botocore is old"
    return "done"


def at_double(pools: Mapping[str, Any], pool_id: str, username: str, act: str) -> str:
    """The same in one of `pools`, of the tests' double."""
    pool = next(pool for pool in pools.values() if pool.id == pool_id)
    user = pool.find_user(username)
    if act == "sign out":
        for sign_in in pool.sign_ins:
            sign_in.revoked = sign_in.revoked or sign_in.user is user
    elif act in ("disable", "enable"):
        user.enabled = act == "enable"
    elif act == "delete":
        user.exists = False
        del pool.users[user.username]
    else:
        pool.max_sessions = 1 if act == "one session" else None
    return "done"
