"""`cognito-mp pool`: the user pool and the app client that a device needs, or the CloudFormation template for them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from . import pool_settings
from .failures import ToolFailed
from .pool_template import PoolPlan, template
from .sign_in import ask
from .terminal import done, rows, say

TEMPORARY_PASSWORD_VARIABLE = "COGNITO_MP_TEMPORARY_PASSWORD"


@contextlib.contextmanager
def _aws_explained() -> Iterator[None]:
    """Turn what boto3 raises into ToolFailed."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

    try:
        yield
    except NoCredentialsError as problem:
        raise ToolFailed("there are no AWS credentials here: run `aws configure`, or name a --profile.") from problem
    except NoRegionError as problem:
        raise ToolFailed("which AWS region? Pass --region, such as --region eu-west-1.") from problem
    except ClientError as problem:
        error = problem.response.get("Error", {})
        code = error.get("Code")
        raise ToolFailed(f"AWS refuses: {error.get('Message') or code} ({code}).") from problem
    except BotoCoreError as problem:
        raise ToolFailed(f"{str(problem).rstrip('.')}.") from problem


def create(admin: Any, plan: PoolPlan) -> dict[str, str]:
    """Make the pool and the app client of `plan` with the boto3 client `admin`; returns what pool_settings keeps.

    Raises ToolFailed when a pool of that name exists. A pool whose app client can't be made is removed again.
    """
    for page in admin.get_paginator("list_user_pools").paginate(MaxResults=60):
        for pool in page["UserPools"]:
            if pool["Name"] == plan.name:
                raise ToolFailed(
                    f"there is a user pool called “{plan.name}” already ({pool['Id']}): choose another --name."
                )
    pool_id = admin.create_user_pool(PoolName=plan.name, **plan.pool())["UserPool"]["Id"]
    try:
        if plan.totp:
            admin.set_user_pool_mfa_config(
                UserPoolId=pool_id, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="OPTIONAL"
            )
        client = admin.create_user_pool_client(UserPoolId=pool_id, **plan.client())["UserPoolClient"]
    except BaseException:
        admin.update_user_pool(UserPoolId=pool_id, DeletionProtection="INACTIVE")
        admin.delete_user_pool(UserPoolId=pool_id)
        raise
    return {
        "region": admin.meta.region_name,
        "user_pool_id": pool_id,
        "client_id": client["ClientId"],
        "client_secret": client.get("ClientSecret", ""),
    }


def _invite(admin: Any, pool_id: str, user: str, password: str) -> None:
    attributes = [{"Name": "email", "Value": user}, {"Name": "email_verified", "Value": "true"}] if "@" in user else []
    admin.admin_create_user(
        UserPoolId=pool_id,
        Username=user,
        TemporaryPassword=password,
        MessageAction="SUPPRESS",
        UserAttributes=attributes,
    )


def _add_user(admin: Any, pool_id: str, user: str, password: str, save: Path) -> None:
    try:
        with _aws_explained():
            _invite(admin, pool_id, user, password)
    except ToolFailed as problem:
        add = f"aws cognito-idp admin-create-user --user-pool-id {pool_id} --username {user}"
        raise ToolFailed(f"{problem} Only the user is missing: {save} is written, and `{add}` adds them.") from problem
    say(f"User {user} may sign in with the temporary password.")


def _admin(region: str | None, profile: str | None, endpoint_url: str | None) -> Any:
    import boto3

    session = boto3.Session(profile_name=profile, region_name=region)
    local = {}
    if endpoint_url and session.get_credentials() is None:  # what local servers take
        local = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return session.client("cognito-idp", endpoint_url=endpoint_url, **local)


@click.command()
@click.option("--name", default="cognito-mp", show_default=True, help="Name of the user pool.")
@click.option("--region", envvar="AWS_REGION", help="AWS region; by default the one configured for AWS's tools.")
@click.option("--profile", help="Profile of the AWS configuration.")
@click.option("--endpoint-url", help="Another server than AWS, such as a local one.")
@click.option("--email/--usernames", default=True, help="People sign in with their e-mail address (default) or a name.")
@click.option("--totp", is_flag=True, help="Let people use an authenticator app as a second factor.")
@click.option("--secret/--no-secret", default=True, help="Give the app client a secret (default).")
@click.option(
    "--refresh-days",
    type=click.IntRange(1, 3650),
    default=365,
    show_default=True,
    help="How long a device stays signed in.",
)
@click.option("--user", help=f"Create this user too. Temporary password: asked for, or {TEMPORARY_PASSWORD_VARIABLE}.")
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    default="cognito-pool.json",
    show_default=True,
    help="Where to put what `cognito-mp provision --settings` needs.",
)
@click.option("--template", "only_template", is_flag=True, help="Create nothing; print the CloudFormation template.")
def command(
    name: str,
    region: str | None,
    profile: str | None,
    endpoint_url: str | None,
    email: bool,
    totp: bool,
    secret: bool,
    refresh_days: int,
    user: str | None,
    save: Path,
    only_template: bool,
) -> None:
    """Create the user pool and the app client that a device needs.

    What the device has to know of them goes into a file, the client's secret too; nobody else may read it.
    """
    plan = PoolPlan(name, email, totp, secret, refresh_days)
    if only_template:
        click.echo(json.dumps(template(plan), indent=2))
        return
    if not save.absolute().parent.is_dir():
        raise ToolFailed(f"there is no folder {save.absolute().parent} to save {save.name} in.")
    if save.exists():
        raise ToolFailed(f"{save} is there already: name another file with --save, or move it away.")
    if user and email and "@" not in user:
        raise ToolFailed(f"--user {user} is no e-mail address, and people sign in with theirs: or say --usernames.")
    password = ""
    if user:
        password = ask(f"Temporary password of {user}", TEMPORARY_PASSWORD_VARIABLE, secret=True, twice=True)
    with _aws_explained():
        admin = _admin(region, profile, endpoint_url)
        values = create(admin, plan)
        if endpoint_url:
            values["endpoint"] = endpoint_url
        pool_settings.write(save, values)
        rows([("pool", values["user_pool_id"]), ("app client", values["client_id"]), ("region", values["region"])])
    if user:
        _add_user(admin, values["user_pool_id"], user, password, save)
    done(f"Created. Next: cognito-mp provision --settings {save}")
