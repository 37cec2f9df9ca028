"""The IAM policy for `cognito-mp pool`: what its calls need, and nothing else."""

from __future__ import annotations

from typing import Any

# By the service authorization reference of Amazon Cognito user pools, these two are about no pool that exists.
_OF_NO_POOL = ("CreateUserPool", "ListUserPools")
_OF_A_POOL = (
    "AddUserPoolClientSecret",
    "AdminCreateUser",
    "CreateUserPoolClient",
    "DeleteUserPool",
    "DeleteUserPoolClientSecret",
    "DescribeUserPool",
    "DescribeUserPoolClient",
    "GetUserPoolMfaConfig",
    "GetUserPoolSessionConfiguration",
    "ListUserPoolClientSecrets",
    "SetUserPoolMfaConfig",
    "SetUserPoolSessionConfiguration",
    "UpdateUserPool",
)


def policy(region: str | None) -> dict[str, Any]:
    """An IAM policy with the actions of all that the command does. region: the one it is for, None for every one."""
    import boto3

    partition = boto3.Session().get_partition_for_region(region) if region else "aws"
    pools = f"arn:{partition}:cognito-idp:{region or '*'}:*:userpool/*"
    return {
        "Version": "2012-10-17",
        "Statement": [_allowed(_OF_NO_POOL, "*"), _allowed(_OF_A_POOL, pools)],
    }


def _allowed(operations: tuple[str, ...], resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": [f"cognito-idp:{name}" for name in operations], "Resource": resource}
