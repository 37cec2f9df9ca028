"""`make test-aws`: what devices do, tried against AWS itself with your own credentials, beside the tests' own double.

    python -m cognito_mp_tools.pool.aws_trial [--region eu-west-1] [--profile NAME]
    python -m cognito_mp_tools.pool.aws_trial --local ministack

It makes two user pools with a random name and some people in them, lets CPython and MicroPython's unix port sign in
there, prints what AWS said and where the double (host_tests/fake_cognito) says something else, and deletes the pools,
after Ctrl-C too. It needs the rights that `cognito-mp pool --policy` prints; the job "refused", AdminUserGlobalSignOut,
AdminDisableUser, AdminEnableUser, AdminDeleteUser and SetUserPoolSessionConfiguration too: what is not allowed, or is
newer than the botocore that is installed, is left out, and the table says so.
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import click

from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.library import mpy_size
from cognito_mp_tools.local.cognito import LocalCognito
from cognito_mp_tools.local.tls_front import TlsFront
from cognito_mp_tools.packages import unix_port
from cognito_mp_tools.pool import aws_trial_owner
from cognito_mp_tools.pool.aws_account import aws_explained, is_gone, user_pools
from cognito_mp_tools.pool.commands import invite
from cognito_mp_tools.pool.template import PoolPlan
from cognito_mp_tools.project import LIBRARY, ROOT
from cognito_mp_tools.terminal import done, say, table

_PROGRAM = Path(__file__).with_name("aws_trial_device.py")
_JOB_SECONDS = 300
# Those in a pool that tracks devices.
_TRACKED = ("devices", "device tokens")
JOBS = ("main job", "SRP", "rotation", "MFA by TOTP", "sign-out", *_TRACKED, "a late proof", "refused")
# Seconds that an SRP proof is held back, until the first that is refused: no document says how many AWS takes. A server
# on this computer has no such limit.
_PROOF_WAITS = 2, 5, 8, 12, 20, 40
_NO_WAITS = (0,)
# What those servers don't do, or not as AWS does it: they are run there too, and their failures don't count.
LACKS = {
    "ministack": ("rotation", "devices"),
    "moto": ("main job", "SRP", "rotation", "sign-out", *_TRACKED),
}
# Three app clients, by what becomes of a refresh token; None: it stays as it is.
_GRACES = {"plain": None, "rotating": 60, "without grace": 0}

_TO_OWNER = "owner: "  # how a line begins by which the program asks the pool's owner for something

_SAME, _FAILED, _NOT_REACHED = "the same", "FAILED", "not reached"

Step = dict[str, Any]


@dataclass(frozen=True)
class Interpreter:
    """A Python for the device's program: a command, and the variables that put the library on its path."""

    name: str
    command: tuple[str, ...]
    variables: dict[str, str]


@dataclass
class Place:
    """A service with the pools of a trial: settings of its app clients, by job, and who may sign in there.

    owner  takes a pool's id, a user and what is to be done with them ("disable"); says how that went
    """

    name: str
    settings: dict[str, dict[str, Any]]
    people: dict[tuple[str, str], tuple[str, str]]
    owner: Callable[[str, str, str], str]
    ca: str = ""
    endpoint: str | None = None


@dataclass
class Trial:
    """What was found: the steps of each job on each interpreter ("double" for the double), and what stopped a job."""

    jobs: tuple[str, ...]
    steps: dict[tuple[str, str], list[Step]] = field(default_factory=dict)
    stopped: dict[tuple[str, str], str] = field(default_factory=dict)


def _interpreters() -> list[Interpreter]:
    try:
        micropython = unix_port.any_micropython()
    except RuntimeError as reason:
        raise ToolFailed(f"{reason}.") from reason
    path = f"{mpy_size.compile_library()}:.frozen"
    return [
        Interpreter("CPython", (sys.executable, "-u"), {"PYTHONPATH": str(LIBRARY)}),
        Interpreter("MicroPython", (micropython,), {"MICROPYPATH": path}),
    ]


def _password() -> str:
    return f"Aa1-{secrets.token_hex(8)}"


# The pools.


def _plan(name: str, app: str) -> PoolPlan:
    return PoolPlan(f"{name}-{app.replace(' ', '-')}", totp=True, rotation=_GRACES[app] is not None)


def _app(admin: Any, name: str, pool_id: str, app: str) -> dict[str, str]:
    parameters = _plan(name, app).client()
    if _GRACES[app] is not None:
        parameters["RefreshTokenRotation"]["RetryGracePeriodSeconds"] = _GRACES[app]
    client = admin.create_user_pool_client(UserPoolId=pool_id, **parameters)["UserPoolClient"]
    return {"client_id": client["ClientId"], "client_secret": client["ClientSecret"]}


def _make_pool(admin: Any, name: str, tracking: bool) -> dict[str, Any]:
    """A pool and its app clients, as settings for the device's program."""
    # Nobody's data is in it, and it must be deleted whatever happens.
    parameters = {**_plan(name, "plain").pool(), "DeletionProtection": "INACTIVE"}
    if tracking:
        remembered = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False}
        parameters["DeviceConfiguration"] = remembered
    pool_id = admin.create_user_pool(PoolName=name, **parameters)["UserPool"]["Id"]
    admin.set_user_pool_mfa_config(
        UserPoolId=pool_id, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="OPTIONAL"
    )
    apps = {app: _app(admin, name, pool_id, app) for app in _GRACES}
    return {"region": admin.meta.region_name, "user_pool_id": pool_id, "apps": apps}


def _furnish(admin: Any, service: str, names: tuple[str, str], interpreters: list[Interpreter]) -> Place:
    plain, tracking = (_make_pool(admin, name, tracking=name == names[1]) for name in names)
    settings = {job: tracking if job in _TRACKED else plain for job in JOBS}
    people = {}
    for job in JOBS:
        for interpreter in interpreters:
            user = f"{job}-{interpreter.name}@example.com".replace(" ", "-").lower()
            people[job, interpreter.name] = (user, _password())
            invite(admin, settings[job]["user_pool_id"], *people[job, interpreter.name])
    return Place(service, settings, people, functools.partial(aws_trial_owner.at_service, admin))


def _delete(admin: Any, names: tuple[str, str]) -> None:
    """Delete the pools of these names. By name: an interrupted call may have made one and not said so."""
    from botocore.exceptions import ClientError

    pages = admin.get_paginator("list_user_pools").paginate(MaxResults=60)
    for pool_id in [pool["Id"] for page in pages for pool in page["UserPools"] if pool["Name"] in names]:
        try:
            admin.delete_user_pool(UserPoolId=pool_id)
        except ClientError as problem:
            if not is_gone(problem):
                raise


@contextlib.contextmanager
def _pools(admin: Any, service: str, interpreters: list[Interpreter]) -> Iterator[Place]:
    """The pools, furnished; they are deleted whatever happens, and a Ctrl-C waits for that."""
    name = f"cognito-mp-trial-{secrets.token_hex(4)}"
    names = (name, f"{name}-devices")
    admin.list_user_pools(MaxResults=1)  # without credentials, or the right to this, there is nothing to clean up
    say(f"Making the user pools {names[0]} and {names[1]} at {service} ...")
    try:
        yield _furnish(admin, service, names, interpreters)
    finally:
        before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            with aws_explained():
                _delete(admin, names)
            say("Both pools are deleted.")
        except ToolFailed as problem:
            raise ToolFailed(f"{problem} Delete {names[0]} and {names[1]} in the AWS console.") from problem
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


# The double.


@contextlib.contextmanager
def _double() -> Iterator[Place]:
    """The strict double of the tests, furnished as the pools are."""
    sys.path.insert(0, str(ROOT / "host_tests"))
    from fake_cognito.endpoint import FakeCognito
    from fake_cognito.pools import Pool

    cognito = FakeCognito(now=time.time, randomness=random.Random(1))
    pools = {job: cognito.add_pool(f"eu-west-1_Double{number}", email_sign_in=True) for number, job in enumerate(JOBS)}
    for job in _TRACKED:
        pools[job].device_tracking = "always"
    people = {(job, "double"): (f"double-{number}@example.com", _password()) for number, job in enumerate(JOBS)}

    def app(pool: Pool, grace: int | None) -> dict[str, str]:
        made = pool.add_app(secret=True, rotation=grace)
        return {"client_id": made.id, "client_secret": made.secret}

    settings = {}
    for job, pool in pools.items():
        pool.add_user(people[job, "double"][0], people[job, "double"][1], status="FORCE_CHANGE_PASSWORD")
        apps = {name: app(pool, grace) for name, grace in _GRACES.items()}
        settings[job] = {"region": pool.region, "user_pool_id": pool.id, "apps": apps}
    with TlsFront(cognito.handle, None) as front:
        owner = functools.partial(aws_trial_owner.at_double, pools)
        yield Place("the double", settings, people, owner, endpoint=f"http://127.0.0.1:{front.port}")


# Running.


def _run(place: Place, job: str, who: str, interpreter: Interpreter, waits: tuple[int, ...]) -> tuple[list[Step], str]:
    """The steps of `job` with the person for `who`, and what stopped it before its end ("": nothing)."""
    username, temporary = place.people[job, who]
    with tempfile.TemporaryDirectory(prefix="cognito-mp-trial-") as folder:
        settings, report = Path(folder) / "settings.json", Path(folder) / "report.json"
        given = {
            **place.settings[job],
            "endpoint": place.endpoint,
            "ca": place.ca,
            "store": str(Path(folder) / "session"),
            "username": username,
            "temporary_password": temporary,
            "password": _password(),
            "proof_waits": waits,
        }
        settings.touch(0o600)
        settings.write_text(json.dumps(given))
        command = [*interpreter.command, str(_PROGRAM), str(settings), job, str(report)]
        owner = functools.partial(place.owner, given["user_pool_id"], username)
        problem = _conducted(command, {**os.environ, **interpreter.variables}, owner)
        return (json.loads(report.read_text()) if report.exists() else []), problem


def _conducted(command: list[str], variables: dict[str, str], owner: Callable[..., str]) -> str:
    """Run the device's program, and answer what it asks of the pool's owner. Why it failed, "" if it did not."""
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(
            command, env=variables, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        ) as process,
    ):
        assert process.stdin and process.stdout
        late = threading.Timer(_JOB_SECONDS, process.kill)
        late.start()
        try:
            for line in process.stdout:
                if line.startswith(_TO_OWNER):
                    print(owner(line.removeprefix(_TO_OWNER).strip()), file=process.stdin, flush=True)
            failed = process.wait()
        except BaseException:
            process.kill()
            raise
        finally:
            in_time = late.is_alive()
            late.cancel()
        if not in_time:
            return f"no end within {_JOB_SECONDS} s"
        errors.seek(0)
        return errors.read().strip().splitlines()[-1] if failed else ""


def _try(
    place: Place, double: Place, jobs: tuple[str, ...], interpreters: list[Interpreter], waits: tuple[int, ...]
) -> Trial:
    trial = Trial(jobs)
    for job in jobs:
        runs = [(place, interpreter.name, interpreter) for interpreter in interpreters]
        # What the service says does not depend on who asks: one interpreter is enough for the double.
        for where, who, interpreter in [*runs, (double, "double", interpreters[0])]:
            say(f"  {job}: {who} ...")
            steps, problem = _run(where, job, who, interpreter, waits)
            trial.steps[job, who] = steps
            if problem:
                trial.stopped[job, who] = problem
    return trial


# Telling.


def _outcome(step: Step | None) -> str:
    if step is None:
        return _NOT_REACHED
    if not step["expected"]:
        return str(step["outcome"])
    return "ok" if step["outcome"] == step["expected"] else f"{_FAILED}: {step['outcome']}"


def _said(step: Step | None) -> str:
    return "\n".join(f"- {exchange}" for exchange in step["exchanges"]) if step else ""


def _at(steps: list[Step], number: int) -> Step | None:
    return steps[number] if number < len(steps) else None


def _rows(trial: Trial, job: str, interpreters: list[Interpreter]) -> list[list[str]]:
    """The lines of the table on `job`: step, an outcome for each interpreter, what the service did, what the double."""
    names = [interpreter.name for interpreter in interpreters]
    runs = [trial.steps[job, name] for name in names]
    double = trial.steps[job, "double"]
    rows = []
    longest: list[Step] = max([*runs, double], key=len)
    for number, named in enumerate(longest):
        steps = [_at(run, number) for run in runs]
        did = [_said(step) for step in steps]
        here = did[0]
        if len(set(did)) > 1:
            here = "\n".join(f"{name}:\n{words}" for name, words in zip(names, did, strict=True))
        counterpart = _said(_at(double, number))
        rows.append([named["step"], *map(_outcome, steps), here, _SAME if here == counterpart else counterpart])
    for name in (*names, "double"):
        if (job, name) in trial.stopped:
            rows.append([f"{name} stopped", *[_outcome(None)] * len(names), trial.stopped[job, name], ""])
    return rows


def _failed(rows: list[list[str]], interpreters: list[Interpreter]) -> bool:
    outcomes = [outcome for row in rows for outcome in row[1 : 1 + len(interpreters)]]
    return any(outcome.startswith((_FAILED, _NOT_REACHED)) for outcome in outcomes)


def _tell(trial: Trial, service: str, interpreters: list[Interpreter], lacks: tuple[str, ...]) -> None:
    """Print the table and the sum of it. Raises ToolFailed when a step failed that `service` should take."""
    heads = ["step", *[interpreter.name for interpreter in interpreters], f"what {service} did", "what the double does"]
    parts = {job: _rows(trial, job, interpreters) for job in trial.jobs}
    table(f"{service}, beside the tests' strict double", heads, parts, wide=2)
    steps = [row for rows in parts.values() for row in rows]
    differing = sum(row[-1] != _SAME for row in steps)
    say(f"In {differing} of {len(steps)} steps {service} says something else than the double.")
    failed = [job for job, rows in parts.items() if _failed(rows, interpreters)]
    excused = [job for job in failed if job in lacks]
    if excused:
        say(f"{service} does not do as AWS does in these, which don't count: {', '.join(excused)}.")
    if len(failed) > len(excused):
        raise ToolFailed(f"at {service} this failed: {', '.join(job for job in failed if job not in excused)}.")
    done("All that counts went as it should.")


# The command.


@contextlib.contextmanager
def _local(backend: str) -> Iterator[tuple[Any, str, str]]:
    with LocalCognito(backend) as server, tempfile.TemporaryDirectory(prefix="cognito-mp-trial-") as folder:
        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)  # moto's, which prints what it stumbles over
        ca = Path(folder) / "ca.der"
        ca.write_bytes(server.ca.der)
        yield server.admin(), server.endpoint, str(ca)


def _stop(number: int, frame: FrameType | None) -> Any:
    raise KeyboardInterrupt


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--region", envvar="AWS_REGION", help="AWS region; by default the one configured for AWS's tools.")
@click.option("--profile", help="Profile of the AWS configuration.")
@click.option("--endpoint-url", help="Another server than AWS, such as a local one.")
@click.option("--local", type=click.Choice(list(LACKS)), help="A server that is started for this on this computer.")
@click.option("--job", "jobs", multiple=True, type=click.Choice(JOBS), help="Only this; may be given more than once.")
def command(
    region: str | None, profile: str | None, endpoint_url: str | None, local: str | None, jobs: tuple[str, ...]
) -> None:
    """Try what devices do against AWS itself, with your credentials, and print where the tests' double differs.

    It makes two user pools, signs some made-up people in, and deletes the pools, after Ctrl-C too. A trial sends no
    e-mail and no text message, and its people count as a few monthly active users. The exit code is 1 when a step
    failed.
    """
    if local and (endpoint_url or profile):
        raise ToolFailed("--local starts a server of its own: --endpoint-url and --profile are for others.")
    signal.signal(signal.SIGTERM, _stop)
    interpreters = _interpreters()
    with contextlib.ExitStack() as stack:
        stack.enter_context(aws_explained())
        endpoint, ca = endpoint_url, ""
        if local:
            admin, endpoint, ca = stack.enter_context(_local(local))
            service = local
        else:
            admin = user_pools(region, profile, endpoint_url)
            service = endpoint_url or f"AWS ({admin.meta.region_name})"
        if local or endpoint_url:
            say(f"This is a trial against {service}, not against AWS.")
        double = stack.enter_context(_double())
        place = stack.enter_context(_pools(admin, service, interpreters))
        place.endpoint, place.ca = endpoint, ca
        trial = _try(place, double, jobs or JOBS, interpreters, _NO_WAITS if local else _PROOF_WAITS)
    _tell(trial, service, interpreters, LACKS.get(local or "", ()))


def main() -> None:
    """Run the command; exits with a sentence and 1 when it can't go on."""
    try:
        command(prog_name="aws_trial", standalone_mode=False)
    except ToolFailed as problem:
        sys.exit(f"aws_trial: {problem}")
    except click.Abort:
        sys.exit("aws_trial: interrupted.")
    except click.ClickException as problem:
        problem.show()
        sys.exit(problem.exit_code)


if __name__ == "__main__":
    main()
