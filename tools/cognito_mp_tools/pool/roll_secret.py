"""`cognito-mp pool --roll-secret`: an app client's secret gives way to another one, and no device is locked out.

In two steps, with the devices in between: the first adds a secret beside the one there is, and the file names both. The
devices are told of both (`provision`, or an update of your own), and go by whichever serves. The second step deletes
the old one.
"""

from __future__ import annotations

from typing import Any

from cognito_mp_tools.failures import ToolFailed


def is_rolling(values: dict[str, Any]) -> bool:
    """True when the first step is done: the file names two secrets."""
    return isinstance(values.get("client_secret"), list)


def add(admin: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The first step, by the boto3 client `admin`: `values`, the new secret before the old one. Raises ToolFailed."""
    if not values.get("client_secret"):
        raise ToolFailed("the app client has no secret that could be rolled.")
    ids = _ids(admin, values)
    if len(ids) > 1:
        raise ToolFailed(
            f"the app client has two secrets already, and the file names one. Delete the other first: `aws cognito-idp"
            f" delete-user-pool-client-secret --user-pool-id {values['user_pool_id']} --client-id {values['client_id']}"
            f" --client-secret-id {ids[-1]}`, if it is the newer one that nobody knows."
        )
    made = admin.add_user_pool_client_secret(UserPoolId=values["user_pool_id"], ClientId=values["client_id"])
    secret = made["ClientSecretDescriptor"]["ClientSecretValue"]
    return {**values, "client_secret": [secret, values["client_secret"]]}


def finish(admin: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The second step: the older secret is deleted at AWS; `values` with the newer one alone."""
    ids = _ids(admin, values)
    if len(ids) > 1:  # else it was deleted before, and the file could not be written
        admin.delete_user_pool_client_secret(
            UserPoolId=values["user_pool_id"], ClientId=values["client_id"], ClientSecretId=ids[0]
        )
    return {**values, "client_secret": values["client_secret"][0]}


def _ids(admin: Any, values: dict[str, Any]) -> list[str]:
    """The ids of the app client's secrets, the oldest first."""
    asked = {"UserPoolId": values["user_pool_id"], "ClientId": values["client_id"]}
    secrets = admin.list_user_pool_client_secrets(**asked)["ClientSecrets"]
    return [secret["ClientSecretId"] for secret in sorted(secrets, key=lambda each: each["ClientSecretCreateDate"])]
