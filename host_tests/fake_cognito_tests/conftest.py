"""The double with a pool and Alice in it, and AWS's own client to talk to it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront
from fake_cognito.endpoint import FakeCognito
from fake_cognito.pools import AppClient, Pool, User
from fake_cognito.service_model import reply_violations
from fake_cognito_tests.aws_client import PASSWORD

START = 1767582245.0


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> float:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def expected_violations() -> list[str]:
    """What a test that sends bad requests expects of `violations`; it appends to it."""
    return []


@pytest.fixture
def cognito(clock: Clock, expected_violations: list[str]) -> Iterator[FakeCognito]:
    double = FakeCognito(now=clock, randomness=random.Random(1))
    yield double
    assert double.violations == expected_violations


@pytest.fixture
def pool(cognito: FakeCognito) -> Pool:
    return cognito.add_pool()


@pytest.fixture
def app(pool: Pool) -> AppClient:
    return pool.add_app()


@pytest.fixture
def secret_app(pool: Pool) -> AppClient:
    return pool.add_app(secret=True)


@pytest.fixture
def alice(pool: Pool) -> User:
    return pool.add_user("alice", PASSWORD, email="alice@example.com", name="Ana \N{GRINNING FACE}")


@pytest.fixture
def front(cognito: FakeCognito) -> Iterator[TlsFront]:
    """The double behind plain HTTP; its own answers must obey the model as well."""
    wrong: list[str] = []

    def handle(request: Request) -> Response:
        response = cognito.handle(request)
        if request.operation and response.status == 200:
            wrong.extend(reply_violations(request.headers["x-amz-target"], response.body))
        return response

    with TlsFront(handle, None) as front:
        yield front
    assert wrong == []


@pytest.fixture
def aws(front: TlsFront) -> Any:
    """AWS's own client, which validates what it sends; it refuses what the real service would."""
    return boto3.client(
        "cognito-idp",
        region_name="eu-west-1",
        endpoint_url=f"http://127.0.0.1:{front.port}",
        config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
    )
