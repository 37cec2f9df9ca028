"""The simulated fleet does what the library and the firmware do, and its picture is what the README says."""

from __future__ import annotations

import random
import xml.etree.ElementTree
from pathlib import Path

import pytest
import simpy
from click.testing import CliRunner
from cognito_mp import Client, CognitoError
from cognito_mp_tools.project import ROOT
from fleet.__main__ import main
from fleet.device import Clock, Flash, Fleet, device, people
from fleet.scenarios import PRODUCT, SCENARIOS, Scenario, run
from fleet.service import Service


class _Throttled:
    """A transport of a service that throttles."""

    def post(self, url: str, headers: dict, body: bytes) -> tuple:
        return 400, {}, b'{"__type": "TooManyRequestsException", "message": "Rate exceeded"}'


class _Noting(Clock):
    """Notes how long a client waits, and waits no time."""

    def __init__(self) -> None:
        super().__init__(simpy.Environment(), seed=7)
        self.slept: list[int] = []

    def sleep_ms(self, ms: int) -> None:
        self.slept.append(ms)


class _Full(Service):
    """A service whose quota is used up; it notes when it was asked."""

    def __init__(self) -> None:
        super().__init__(120, 86400, 100)
        self.times: list[float] = []

    def answer(self, now: float) -> dict:
        self.times.append(now)
        raise CognitoError("TooManyRequestsException", "Rate exceeded", 400)


def test_a_simulated_device_waits_as_a_real_client_does() -> None:
    """By the same chance: between the first request and the second, and that there is no third."""
    clock = _Noting()
    client = Client("eu-west-1", "app", store=Flash(1), transport=_Throttled(), clock=clock)
    with pytest.raises(CognitoError):
        client.refresh()

    world = simpy.Environment()
    service = _Full()
    world.process(device(world, Clock(world, seed=7), Fleet(service), 1, 5))
    world.run(until=20)
    assert service.times == [5, 5 + clock.slept[0] / 1000] and len(clock.slept) == 1


@pytest.mark.parametrize("name", PRODUCT)
def test_nobody_is_signed_out_and_the_quota_is_used(name: str) -> None:
    told = run(SCENARIOS[name], 500, seed=3)
    assert told.signed_out == 0
    # Whoever signs in while all devices have just been switched on is refused as they are.
    assert (told.sign_in_took(0.99) > 600) == (name == PRODUCT[1])
    # A fleet of 500 has 20 requests to spare each hour, which are 11 a second of a million's.
    assert max(sum(told.accepted[at : at + 3600]) / 3600 for at in range(0, len(told.accepted), 3600)) <= 132


def test_without_jitter_a_fleet_takes_twice_as_long_at_the_least() -> None:
    with_it = run(SCENARIOS["all switched on at 8:00"], 500).recovered(0.9)
    without = run(SCENARIOS["the same, without jitter"], 500).recovered(0.9)
    assert with_it and (without is None or without > 2 * with_it)


def test_a_fleet_that_the_quota_is_large_enough_for_is_never_throttled() -> None:
    told = run(Scenario("small", 86400, 12), 500)
    assert told.failed == 0 and told.signed_in and told.sign_in_took(0.99) == 0


def test_people_sign_in_by_the_quota_of_the_devices() -> None:
    """One request a second, and what may be used at once was: a sign-in is refused as a refresh is."""
    service = Service(1, 86400, 100)
    fleet, world = Fleet(service), simpy.Environment()
    for _ in range(20):
        service.answer(0)
    world.process(people(world, Clock(world, seed=7), fleet, 1, random.Random(7)))
    world.run(until=90)
    assert max(took for _, took in fleet.signed_in) >= 10, "refused once, a person tries again by hand"
    assert sum(service.accepted) <= 20 + 90


def test_the_command_prints_a_table_and_draws(tmp_path: Path) -> None:
    picture = tmp_path / "fleet.svg"
    # A process pool forks here what it spawns elsewhere: one process, no threads of ours in it.
    done = CliRunner().invoke(main, ["--devices", "100", "--processes", "1", "--picture", str(picture)])
    assert done.exit_code == 0, done.output
    assert "signed out" in done.output
    root = xml.etree.ElementTree.parse(picture).getroot()
    assert root.tag.endswith("svg") and "prefers-color-scheme: dark" in picture.read_text()


def test_the_picture_in_the_docs_is_there() -> None:
    assert (ROOT / "docs" / "fleet.svg").read_text().startswith("<svg")
