"""`cognito-mp pool`: the user pool and the app client that a device needs; made, looked at, judged and deleted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from cognito_mp_tools.board.sign_in import ask
from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.pool import check as pool_check
from cognito_mp_tools.pool import delete as pool_delete
from cognito_mp_tools.pool import roll_secret as secret_rolling
from cognito_mp_tools.pool import settings as pool_settings
from cognito_mp_tools.pool.aws_account import aws_explained, user_pools
from cognito_mp_tools.pool.policy import policy
from cognito_mp_tools.pool.session_days import session_days
from cognito_mp_tools.pool.template import GRACE, MAX_SESSIONS, PoolPlan, template
from cognito_mp_tools.terminal import done, remark, rows, say, verdict

TEMPORARY_PASSWORD_VARIABLE = "COGNITO_MP_TEMPORARY_PASSWORD"


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
        if plan.session_tracking:
            admin.set_user_pool_session_configuration(
                UserPoolId=pool_id, UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": MAX_SESSIONS}
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
        "session_days": session_days(client),
    }


def invite(admin: Any, pool_id: str, user: str, password: str) -> None:
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
        with aws_explained():
            invite(admin, pool_id, user, password)
    except ToolFailed as problem:
        add = f"aws cognito-idp admin-create-user --user-pool-id {pool_id} --username {user}"
        raise ToolFailed(f"{problem} Only the user is missing: {save} is written, and `{add}` adds them.") from problem
    say(f"User {user} may sign in with the temporary password.")


def _saved(save: Path) -> dict[str, Any]:
    """The file that names a pool of an account. Raises ToolFailed when it is none, or names a pool of another kind."""
    values = pool_settings.read(save)
    missing = [key for key in ("region", "user_pool_id", "client_id") if not values.get(key)]
    if missing:
        raise ToolFailed(
            f"{save} does not hold {missing[0]}, so it names no pool: `cognito-mp pool` writes such files."
        )
    if "ca" in values:
        raise ToolFailed(f"{save} is of `cognito-mp local`, whose pool is gone when it ends.")
    return values


def _named(save: Path, region: str | None, user_pool_id: str | None, client_id: str | None) -> dict[str, Any]:
    """What there is to check: by the two options, else by the file."""
    if not user_pool_id and not client_id:
        return _saved(save)
    if not (user_pool_id and client_id):
        raise ToolFailed("--user-pool-id and --client-id go together: the AWS console shows both.")
    return {"region": region or user_pool_id.partition("_")[0], "user_pool_id": user_pool_id, "client_id": client_id}


def _read(admin: Any, values: dict[str, Any], from_file: bool) -> pool_check.Pool:
    held = [values.get(key, "") if from_file else None for key in ("client_secret", "session_days")]
    return pool_check.read(admin, values["user_pool_id"], values["client_id"], *held)


def _show(admin: Any, values: dict[str, Any]) -> None:
    found = _read(admin, values, from_file=True)
    protected = found.pool.get("DeletionProtection") == "ACTIVE"
    facts = [
        ("pool", f"{values['user_pool_id']}, “{found.pool.get('Name')}”"),
        ("app client", f"{values['client_id']}, “{found.client.get('ClientName')}”"),
        ("region", values["region"]),
        ("people", f"about {found.pool.get('EstimatedNumberOfUsers', 0)}"),
        ("deletion", "protected; --delete lifts that" if protected else "not protected"),
    ]
    rows(facts + [(finding.name, finding.found) for finding in pool_check.findings(found)])


def _check(admin: Any, values: dict[str, Any], from_file: bool) -> None:
    findings = pool_check.findings(_read(admin, values, from_file))
    for finding in findings:
        if finding.verdict == pool_check.LOOK:
            remark(finding.name, finding.found, finding.advice)
        else:
            verdict(finding.verdict == pool_check.FINE, finding.name, finding.found, finding.advice)
    stops = sum(finding.verdict == pool_check.STOPS for finding in findings)
    if stops:
        raise ToolFailed(f"{stops} of {len(findings)} settings {'keeps' if stops == 1 else 'keep'} a device out.")
    done("A device can sign in, and stay signed in.")


def _delete(admin: Any, values: dict[str, Any], save: Path, yes: bool) -> None:
    pool_id = values["user_pool_id"]
    pool = pool_delete.describe(admin, pool_id)
    if pool is None:
        say(f"There is no pool {pool_id} in {values['region']}: it is deleted already, or another account's.")
        question = f"Remove {save}, which names it?"
    else:
        people = pool.get("EstimatedNumberOfUsers", 0)
        say(f"The pool “{pool.get('Name')}” ({pool_id}) has about {people} people. Its devices will be signed out.")
        question = "Delete it, its app clients and its people? This can't be undone."
    if not yes and not click.confirm(question):
        raise ToolFailed("nothing was deleted.")
    pool_delete.delete(admin, pool_id)
    save.unlink(missing_ok=True)
    done(f"The pool {pool_id} is gone, and {save} with it.")


def _roll_secret(admin: Any, values: dict[str, Any], save: Path, yes: bool) -> None:
    if not secret_rolling.is_rolling(values):
        pool_settings.replace(save, secret_rolling.add(admin, values))
        say(f"Both secrets are good now, and {save} names both. Tell every device of both: cognito-mp provision, or an")
        done('update with "client_secret": ["new", "old"]. Once all know, --roll-secret again deletes the old one.')
        return
    question = "Delete the older secret? A device that knows it alone will not get in, nor refresh its session."
    if not yes and not click.confirm(question):
        raise ToolFailed("nothing was deleted.")
    pool_settings.replace(save, secret_rolling.finish(admin, values))
    done(f"The older secret is deleted, and {save} names the other alone.")


def _one_of(acts: dict[str, bool]) -> str:
    """The name of the one act that was asked for, "" for none. Raises ToolFailed for two."""
    asked = [name for name, wanted in acts.items() if wanted]
    if len(asked) > 1:
        raise ToolFailed(f"--{asked[0]} and --{asked[1]} are two things: ask for one of them.")
    return asked[0] if asked else ""


def _make(admin: Any, plan: PoolPlan, endpoint_url: str | None, save: Path) -> dict[str, str]:
    values = create(admin, plan)
    if endpoint_url:
        values["endpoint"] = endpoint_url
    try:
        pool_settings.write(save, values)
    except ToolFailed as problem:
        made = f"{values['user_pool_id']}, app client {values['client_id']}"
        raise ToolFailed(f"{problem} The pool is made, and the AWS console shows it: {made}.") from problem
    rows([("pool", values["user_pool_id"]), ("app client", values["client_id"]), ("region", values["region"])])
    return values


def _create(
    plan: PoolPlan, region: str | None, profile: str | None, endpoint_url: str | None, save: Path, user: str | None
) -> None:
    if not save.absolute().parent.is_dir():
        raise ToolFailed(f"there is no folder {save.absolute().parent} to save {save.name} in.")
    pool_settings.check_free(save)
    if user and plan.email and "@" not in user:
        raise ToolFailed(f"--user {user} is not an e-mail address, and people sign in with theirs: or say --usernames.")
    password = ""
    if user:
        password = ask(f"Temporary password of {user}", TEMPORARY_PASSWORD_VARIABLE, secret=True, twice=True)
    with aws_explained():
        admin = user_pools(region, profile, endpoint_url)
        values = _make(admin, plan, endpoint_url, save)
    if user:
        _add_user(admin, values["user_pool_id"], user, password, save)
    done(f"Created. Next: cognito-mp provision --settings {save}")


@click.command()
@click.option("--name", default="cognito-mp", show_default=True, help="Name of the user pool.")
@click.option("--region", envvar="AWS_REGION", help="AWS region; by default the one configured for AWS's tools.")
@click.option("--profile", help="Profile of the AWS configuration.")
@click.option("--endpoint-url", help="Another server than AWS, such as a local one.")
@click.option("--email/--usernames", default=True, help="People sign in with their e-mail address (default) or a name.")
@click.option("--self-sign-up", is_flag=True, help="Let anybody make an account; without it you make the accounts.")
@click.option("--totp", is_flag=True, help="Let people use an authenticator app as a second factor.")
@click.option("--secret/--no-secret", default=True, help="Give the app client a secret (default).")
@click.option(
    "--refresh-token-days",
    type=click.IntRange(1, 3650),
    default=365,
    show_default=True,
    help="How long a device stays signed in.",
)
@click.option(
    "--rotation",
    is_flag=True,
    help="Let each refresh bring a new refresh token; the old one is good for "
    f"{GRACE} seconds more, which is AWS's longest. A device that loses a reply and then stays offline for longer than "
    "that is signed out, and no client can help it.",
)
@click.option(
    "--session-tracking",
    is_flag=True,
    help=f"Let people see where they are signed in, and end such a session: up to {MAX_SESSIONS} of them each, "
    "AWS's most; the next sign-in ends the one that was used least recently. It takes AWS's tier Essentials or Plus.",
)
@click.option("--user", help=f"Create this user too. Temporary password: asked for, or {TEMPORARY_PASSWORD_VARIABLE}.")
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    default="cognito-pool.json",
    show_default=True,
    help="Where to put what `cognito-mp provision --settings` needs; where --show, --check and --delete look for it.",
)
@click.option("--template", "only_template", is_flag=True, help="Create nothing; print the CloudFormation template.")
@click.option("--policy", "only_policy", is_flag=True, help="Create nothing; print the IAM policy that all this needs.")
@click.option("--show", is_flag=True, help="Create nothing; print what the saved pool is like.")
@click.option("--check", is_flag=True, help="Create nothing; say what each setting of a pool means for a device.")
@click.option("--user-pool-id", help="For --check: a pool that is not in the file. --client-id goes with it.")
@click.option("--client-id", help="For --check: an app client of that pool.")
@click.option("--delete", is_flag=True, help="Delete the saved pool, its app clients and its people, then the file.")
@click.option(
    "--roll-secret",
    is_flag=True,
    help="Add a second client secret, for devices to be told of both; once more, delete the older one.",
)
@click.option("--yes", is_flag=True, help="For --delete and --roll-secret: don't ask.")
def command(
    name: str,
    region: str | None,
    profile: str | None,
    endpoint_url: str | None,
    email: bool,
    self_sign_up: bool,
    totp: bool,
    secret: bool,
    refresh_token_days: int,
    rotation: bool,
    session_tracking: bool,
    user: str | None,
    save: Path,
    only_template: bool,
    only_policy: bool,
    show: bool,
    check: bool,
    user_pool_id: str | None,
    client_id: str | None,
    delete: bool,
    roll_secret: bool,
    yes: bool,
) -> None:
    """Create the user pool and the app client that a device needs; or look at one, check it, delete it.

    What the device has to know of them goes into a file, the client's secret too; nobody else may read it. --check
    exits with 1 when a setting keeps a device out.
    """
    plan = PoolPlan(name, email, totp, secret, refresh_token_days, rotation, self_sign_up, session_tracking)
    acts = {"template": only_template, "policy": only_policy, "show": show, "check": check, "delete": delete}
    acts["roll-secret"] = roll_secret
    act = _one_of(acts)
    if (user_pool_id or client_id) and not check:
        raise ToolFailed("--user-pool-id and --client-id are for --check; the others go by the file.")
    if act == "template" and session_tracking:
        raise ToolFailed("CloudFormation has no --session-tracking: say it when you create the pool here.")
    if act == "template":
        click.echo(json.dumps(template(plan), indent=2))
    elif act == "policy":
        click.echo(json.dumps(policy(region), indent=2))
    elif act:
        values = _named(save, region, user_pool_id, client_id)
        with aws_explained():
            admin = user_pools(values["region"], profile, endpoint_url or values.get("endpoint"))
            if act == "show":
                _show(admin, values)
            elif act == "check":
                _check(admin, values, from_file=not user_pool_id)
            elif act == "delete":
                _delete(admin, values, save, yes)
            else:
                _roll_secret(admin, values, save, yes)
    else:
        _create(plan, region, profile, endpoint_url, save, user)
