"""`cognito-mp pool --delete`: the saved pool, its app client and its people, and then the file."""

from __future__ import annotations

from typing import Any

from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.pool.aws_account import is_gone


def describe(admin: Any, pool_id: str) -> dict[str, Any] | None:
    """The user pool as DescribeUserPool has it, or None when it is gone."""
    from botocore.exceptions import ClientError

    try:
        pool: dict[str, Any] = admin.describe_user_pool(UserPoolId=pool_id)["UserPool"]
        return pool
    except ClientError as problem:
        if not is_gone(problem):
            raise
        return None


def delete(admin: Any, pool_id: str) -> None:
    """Delete the user pool, its app clients and its people with it; returns once the service has confirmed.

    A pool that is gone is fine. One that can't be deleted keeps its settings. Raises ToolFailed for one with a
    domain, and what boto3 does.
    """
    from botocore.exceptions import ClientError

    pool = describe(admin, pool_id)
    if pool is None:
        return
    domain = pool.get("Domain") or pool.get("CustomDomain")
    if domain:
        raise ToolFailed(f"the pool has the domain {domain}: delete that first, in the AWS console.")
    protected = pool.get("DeletionProtection") == "ACTIVE"
    if protected:
        _update(admin, pool, DeletionProtection="INACTIVE")
    try:
        admin.delete_user_pool(UserPoolId=pool_id)
    except ClientError as problem:
        if is_gone(problem):
            return
        if protected:
            _update(admin, pool, DeletionProtection="ACTIVE")
        raise


def _update(admin: Any, pool: dict[str, Any], **changes: Any) -> None:
    """UpdateUserPool with `changes`, and all else as it is: what that call is not given, it sets to its default."""
    members = admin.meta.service_model.operation_model("UpdateUserPool").input_shape.members
    # An empty value is as good as none, and some of them are refused.
    kept = {name: value for name, value in pool.items() if name in members and value not in ("", [], {}, None)}
    if "AdminCreateUserConfig" in kept:  # its days are those of the password policy, which AWS wants named once
        config = kept["AdminCreateUserConfig"]
        kept["AdminCreateUserConfig"] = {name: config[name] for name in config if name != "UnusedAccountValidityDays"}
    admin.update_user_pool(UserPoolId=pool["Id"], **{**kept, **changes})
