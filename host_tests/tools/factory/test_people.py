"""The users of boards, on a local Cognito: from a list, or one for each; no user is made twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cognito_mp.stored_session import owner_of
from cognito_mp_tools.factory.ledger import Ledger
from cognito_mp_tools.factory.pace import Pace
from cognito_mp_tools.factory.people import FLOWS, People, new_password, read_users
from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.local.cognito import LocalCognito
from cognito_mp_tools.pool import settings as pool_settings


class Asked:
    """A boto3 client that notes what it is asked."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.operations: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.operations.append(name)
        return getattr(self._client, name)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "factory.sqlite")
    yield opened
    opened.close()


def people(cognito: LocalCognito, pool: Path, flow: str = FLOWS[0], **passwords: str) -> tuple[People, Asked]:
    admin = Asked(cognito.admin())
    return People(pool_settings.read(pool), admin, Pace(1000), flow, passwords), admin


@pytest.mark.parametrize("flow", FLOWS)
def test_a_user_is_made_and_signed_in(local_cognito: LocalCognito, pool: Path, ledger: Ledger, flow: str) -> None:
    values = pool_settings.read(pool)
    flows = [f"ALLOW_{name}" for name in (*FLOWS, "REFRESH_TOKEN_AUTH")]
    local_cognito.admin().update_user_pool_client(
        UserPoolId=values["user_pool_id"], ClientId=values["client_id"], ExplicitAuthFlows=flows
    )
    made, admin = people(local_cognito, pool, flow)
    name = f"{flow.lower()}@example.com"
    ledger.list_users({name: {"email": name}})
    made.make(ledger.user(name), ledger)
    made.make(ledger.user(name), ledger)
    assert admin.operations.count("admin_create_user") == 1
    session = made.session(ledger.user(name))
    assert owner_of(session) is not None
    # Made again, as after a cut.
    second = made.session(ledger.user(name))
    assert json.loads(second)["refresh_token"] != json.loads(session)["refresh_token"]


def test_a_user_that_was_made_before_a_cut_is_ours(local_cognito: LocalCognito, pool: Path, ledger: Ledger) -> None:
    made, _ = people(local_cognito, pool)
    ledger.list_users({"cut@example.com": {}})
    ledger.set_user("cut@example.com", "being made")
    user_pool = pool_settings.read(pool)["user_pool_id"]
    local_cognito.admin().admin_create_user(UserPoolId=user_pool, Username="cut@example.com", MessageAction="SUPPRESS")
    made.make(ledger.user("cut@example.com"), ledger)
    assert ledger.user("cut@example.com").state == "made"
    assert made.session(ledger.user("cut@example.com"))


def test_somebody_elses_user_needs_their_password_and_keeps_it(
    local_cognito: LocalCognito, pool: Path, ledger: Ledger
) -> None:
    admin, user_pool = local_cognito.admin(), pool_settings.read(pool)["user_pool_id"]
    admin.admin_create_user(UserPoolId=user_pool, Username="ada@example.com", MessageAction="SUPPRESS")
    admin.admin_set_user_password(
        UserPoolId=user_pool, Username="ada@example.com", Password="Ada-has-1-password", Permanent=True
    )
    ledger.list_users({"ada@example.com": {}})
    without, _ = people(local_cognito, pool)
    with pytest.raises(ToolFailed, match="in the pool before: the column “password”"):
        without.make(ledger.user("ada@example.com"), ledger)
    assert ledger.user("ada@example.com").state == "listed"
    known, asked = people(local_cognito, pool, **{"ada@example.com": "Ada-has-1-password"})
    known.make(ledger.user("ada@example.com"), ledger)
    assert known.session(ledger.user("ada@example.com"))
    assert not {"admin_set_user_password", "admin_create_user", "admin_user_global_sign_out"} & set(asked.operations)


def test_passwords_hold_all_that_a_policy_may_ask() -> None:
    made = new_password()
    assert len(made) == 32 and made != new_password()
    assert all(any(test(c) for c in made) for test in (str.isupper, str.islower, str.isdigit, lambda c: c in "-_.!"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("email\na@example.com\n", "no column “username”"),
        ("username,email\nada\n", "line 2 has not as many columns"),
        ("username,email\nada,a,b\n", "line 2 has not as many columns"),
        ("username\n\nada\nada\n", "there twice"),
        ("username,email\n ,a@example.com\n", "line 2 names no user"),
        ("username\n", "lists nobody"),
    ],
)
def test_a_list_that_can_not_be_right_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "users.csv"
    path.write_text(text)
    with pytest.raises(ToolFailed, match=words):
        read_users(path)


def test_a_list_is_read(tmp_path: Path) -> None:
    path = tmp_path / "users.csv"
    path.write_text("username,email,password\nada,a@example.com,\ngrace,,Secret-1-word\n", encoding="utf-8-sig")
    assert read_users(path) == ({"ada": {"email": "a@example.com"}, "grace": {}}, {"grace": "Secret-1-word"})
