"""Whose sessions the boards get: users of a list, or one that is made for each board."""

from __future__ import annotations

import csv
import secrets
import string
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from cognito_mp.client import Client
from cognito_mp.errors import CognitoError, NotSignedIn
from cognito_mp.protocol import Tokens, read_outcome, with_secret_hash
from cognito_mp.stores.ram import RamStore

from cognito_mp_tools.failures import ToolFailed

from .ledger import Ledger, UserRecord
from .pace import Pace, Throttled

FLOWS = ("USER_SRP_AUTH", "USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH")
_PASSWORD = "password"
_USERNAME = "username"
# botocore's names of the refusals that are worth another try, later.
_THROTTLES = ("TooManyRequestsException", "ThrottlingException", "Throttling", "InternalErrorException")


def read_users(path: Path) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """(the attributes of each user, in order; the passwords of those that have one) from a CSV with a head line.

    Columns: username; password, where a user is in the pool already; any other is an attribute's name.
    Raises ToolFailed that names the line.
    """
    users: dict[str, dict[str, str]] = {}
    passwords: dict[str, str] = {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if _USERNAME not in (reader.fieldnames or ()):
                raise ToolFailed(f"{path} has no column “{_USERNAME}” in its first line.")
            for row in reader:
                _add_user(users, passwords, row, f"{path}, line {reader.line_num}")
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise ToolFailed(f"{path} can't be read as CSV in UTF-8 ({problem}).") from problem
    if not users:
        raise ToolFailed(f"{path} lists nobody.")
    return users, passwords


def _add_user(
    users: dict[str, dict[str, str]], passwords: dict[str, str], row: Mapping[str, str | None], where: str
) -> None:
    if None in row or None in row.values():
        raise ToolFailed(f"{where} has not as many columns as the first line.")
    values = {name: (value or "").strip() for name, value in row.items()}
    username, password = values.pop(_USERNAME), values.pop(_PASSWORD, "")
    if not username:
        raise ToolFailed(f"{where} names no user.")
    if username in users:
        raise ToolFailed(f"{where}: “{username}” is there twice, and each board has a user of its own.")
    users[username] = {name: value for name, value in values.items() if value}
    if password:
        passwords[username] = password


def new_password() -> str:
    """One that every password policy takes that asks for up to 32 characters; it is used once, and kept nowhere."""
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_.!")
    characters = [secrets.choice(kind) for kind in kinds for _ in range(8)]
    secrets.SystemRandom().shuffle(characters)
    return "".join(characters)


class People:
    """The users of one pool.

    pool       what `cognito-mp pool` saved: see pool/settings.py
    admin      a boto3 client for user pools, which tries nothing again by itself
    passwords  of users that are in the pool already
    """

    def __init__(
        self, pool: Mapping[str, str], admin: Any, pace: Pace, flow: str, passwords: Mapping[str, str]
    ) -> None:
        self._pool = pool
        self._admin = admin
        self._pace = pace
        self._flow = flow
        self._passwords = passwords

    def check_names(self, names: list[str]) -> None:
        """Raise ToolFailed when the pool can't have users of these names."""
        pool = self._ask("describe_user_pool")["UserPool"]
        wrong = next((name for name in names if "@" not in name), None)
        if wrong is not None and pool.get("UsernameAttributes") == ["email"]:
            raise ToolFailed(
                f"in this pool a user name is an e-mail address, and “{wrong}” is none: such as "
                "--username device-{serial}@devices.example.com (nothing is sent there)."
            )

    def make(self, user: UserRecord, ledger: Ledger) -> None:
        """See that `user` is in the pool, made by us or there before. Raises ToolFailed."""
        if user.state in ("made", "theirs"):
            return
        if user.state == "listed":
            if self._is_there(user.username):
                self._require_password(user.username)
                ledger.set_user(user.username, "theirs")
                return
            ledger.set_user(user.username, "being made")
        attributes = [{"Name": name, "Value": value} for name, value in user.attributes.items()]
        self._ask(
            "admin_create_user",
            Username=user.username,
            UserAttributes=attributes,
            MessageAction="SUPPRESS",
            accept="UsernameExistsException",  # made, before a run was cut off
        )
        ledger.set_user(user.username, "made")

    def session(self, user: UserRecord) -> bytes:
        """A new session of `user`, as a store keeps it. Raises ToolFailed.

        A user that we have made gets a password that is forgotten at once.
        """
        password = self._passwords.get(user.username)
        if user.state == "made":
            password = password or new_password()
            self._ask("admin_set_user_password", Username=user.username, Password=password, Permanent=True)
            # A run that was cut off may have left a session that no board has.
            self.sign_out(user.username)
        elif not password:
            raise self._no_password(user.username)
        store = RamStore()
        outcome = self._signed_in(self._client(store), user.username, password)
        if not isinstance(outcome, Tokens):
            raise ToolFailed(f"the pool asks “{user.username}” for {outcome.name}, and nobody is here to answer.")
        session = store.load()
        if session is None:
            raise ToolFailed(f"the pool gave “{user.username}” no refresh token: allow ALLOW_REFRESH_TOKEN_AUTH.")
        return session

    def sign_out(self, username: str) -> None:
        """AdminUserGlobalSignOut: no refresh token of the user is good any more. Raises ToolFailed."""
        self._ask("admin_user_global_sign_out", Username=username)

    def _is_there(self, username: str) -> bool:
        return self._ask("admin_get_user", Username=username, accept="UserNotFoundException") is not None

    def _require_password(self, username: str) -> None:
        if username not in self._passwords:
            raise self._no_password(username)

    @staticmethod
    def _no_password(username: str) -> ToolFailed:
        return ToolFailed(f"“{username}” was in the pool before: the column “{_PASSWORD}” of --users must have theirs.")

    def _ask(self, operation: str, accept: str | None = None, **parameters: Any) -> Any:
        """The reply of an admin operation; None where the service refuses with the code `accept`. Raises ToolFailed."""
        from botocore.exceptions import ClientError

        from cognito_mp_tools.pool.aws_account import aws_explained

        def call() -> Any:
            try:
                return getattr(self._admin, operation)(UserPoolId=self._pool["user_pool_id"], **parameters)
            except ClientError as problem:
                code = problem.response.get("Error", {}).get("Code")
                if code in _THROTTLES:
                    raise Throttled(str(problem)) from problem
                if code == accept:
                    return None
                raise

        with aws_explained():
            return self._pace.call(call)

    def _signed_in(self, client: Client, username: str, password: str) -> Any:
        """Tokens, or the Challenge that the pool has for this user."""
        if self._flow == "ADMIN_USER_PASSWORD_AUTH":
            parameters = with_secret_hash(client.app, {"USERNAME": username, "PASSWORD": password}, username)
            client_id = self._pool["client_id"]
            reply = self._ask("admin_initiate_auth", ClientId=client_id, AuthFlow=self._flow, AuthParameters=parameters)
            return client.run(client.signing_in(lambda: _answered(reply, username)))
        return self._pace.call(lambda: self._sign_in(client, username, password))

    def _sign_in(self, client: Client, username: str, password: str) -> Any:
        try:
            return client.sign_in(username, password, self._flow)
        except CognitoError as problem:
            if problem.retryable:
                raise Throttled(problem.message) from problem
            raise ToolFailed(f"Cognito refuses “{username}”: {problem.message} ({problem.code}).") from problem
        except (NotSignedIn, OSError, ValueError) as problem:
            raise ToolFailed(f"signing in “{username}” failed: {problem}.") from problem

    def _client(self, store: RamStore) -> Client:
        pool = self._pool
        return Client(
            pool["region"],
            pool["client_id"],
            pool.get("client_secret"),
            pool["user_pool_id"],
            store=store,
            endpoint=pool.get("endpoint"),
            cadata=pool["ca"].encode() if pool.get("ca") else None,
            attempts=1,  # Pace tries again, for all boards
        )


def _answered(reply: dict[str, Any], username: str) -> Generator[Any, Any, Any]:
    """A sign-in, as a flow of the library's, whose one question has been answered already."""
    yield from ()
    return read_outcome(reply, username)
