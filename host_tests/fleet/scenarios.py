"""What happens to a fleet, and how it goes."""

from __future__ import annotations

import gc
import random
from dataclasses import dataclass

import simpy

from fleet.device import Clock, Fleet, device, people
from fleet.service import Service

HOUR = 3600
QUOTA = 120  # sign-ins and refreshes a second (UserAuthentication) for an account and region, unless more is paid for
SIGN_INS = 5  # of people each second, at all of the account's programs
MILLION = 1_000_000
BOOT = 3, 8  # seconds from power to a network, the shortest and the longest


@dataclass(frozen=True)
class Scenario:
    """One run, with times in seconds. The quota, and the people who sign in, are scaled with the fleet: 120 and 5 a
    second are for a million devices.

    start     when all devices are switched on; None: they have been on for days, each with a token of another age
    outage    (from, to)
    jitter    False: no chance in any wait
    says_why  False: the service says 500 where it throttles, and devices take it for a fault
    """

    name: str
    token_life: int
    hours: int
    start: int | None = None
    outage: tuple[int, int] = (0, 0)
    jitter: bool = True
    says_why: bool = True
    quota: float = QUOTA


_DAY = 24 * HOUR
# Tokens that live a day: three quarters of it between two refreshes are 15 refreshes a second for a million devices.
SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("an outage from 12:00 to 13:00", _DAY, 24, outage=(12 * HOUR, 13 * HOUR)),
        Scenario("all switched on at 8:00", _DAY, 32, start=8 * HOUR),
        Scenario("the same, and no word of a throttle", _DAY, 14, start=8 * HOUR, says_why=False),
        Scenario("the same, without jitter", _DAY, 14, start=8 * HOUR, jitter=False),
        Scenario("tokens that live an hour", HOUR, 6),
        Scenario("the same, at four times the quota", HOUR, 6, quota=4 * QUOTA),
    )
}
# What the product has to stand; the others are there to compare with.
PRODUCT = tuple(SCENARIOS)[:2]


@dataclass
class Told:
    """How a run went.

    asked, accepted  requests in each second, scaled to a million devices
    waiting     devices that want a token and have not got it, each minute, scaled too
    signed_out  devices, of those simulated
    failed      devices that had a refresh fail, scaled: what a client would sign out that takes a failure for the end
    signed_in   of each person who signed in, when they began (seconds from the start), and how many seconds it took
    since       when the service could do its work again, in seconds from the start
    """

    scenario: Scenario
    devices: int
    asked: list[float]
    accepted: list[float]
    waiting: list[float]
    signed_out: int
    failed: int
    signed_in: list[tuple[float, float]]
    since: int

    @property
    def peak(self) -> float:
        """The most requests in one second."""
        return max(self.asked)

    def recovered(self, part: float) -> int | None:
        """Minutes from `since` until so large a part of those who waited most had a token; None when they never had."""
        waiting = self.waiting[self.since // 60 + 1 :]
        left = max(waiting) * (1 - part)
        after = waiting.index(max(waiting))
        return next((minute for minute in range(after, len(waiting)) if waiting[minute] <= left), None)

    def sign_in_took(self, part: float) -> int:
        """Seconds in which so large a part had signed in of those who began in the worst hour from `since` on."""
        hours: dict[int, list[float]] = {}
        for began, took in self.signed_in:
            if began >= self.since:
                hours.setdefault(int(began) // HOUR, []).append(took)
        return max((round(sorted(took)[int(len(took) * part)]) for took in hours.values()), default=0)

    def over_quota(self) -> int:
        """Minutes in which more was asked for than the quota allows, by the mean of the minute."""
        means = [sum(self.asked[at : at + 60]) / 60 for at in range(0, len(self.asked), 60)]
        return sum(mean > self.scenario.quota for mean in means)


def run(scenario: Scenario, devices: int, seed: int = 1) -> Told:
    """Simulate `scenario` with so many devices."""
    scale = devices / MILLION
    # Before midnight a fleet that has been on for days comes to be as it is.
    before = 0 if scenario.start is not None else scenario.token_life
    seconds = scenario.hours * HOUR + before
    first, last = scenario.outage
    outage = (before + first, before + last) if last else (0, 0)
    service = Service(scenario.quota * scale, scenario.token_life, seconds + 1, outage, scenario.says_why)
    world = simpy.Environment()
    clock = Clock(world, seed, scenario.jitter)
    fleet = Fleet(service)
    world.process(fleet.watch(world))
    chance = random.Random(seed)
    start, spread = (0, (0, before * 3 / 4)) if scenario.start is None else (scenario.start, BOOT)
    for number in range(devices):
        wait = start + chance.uniform(*spread)
        world.process(device(world, clock, fleet, number, wait))
    world.process(people(world, clock, fleet, SIGN_INS * scale, random.Random(seed + 1)))
    # A collection would look at all devices each time, and finds nothing: see the traceback in device.py.
    gc.disable()
    try:
        world.run(until=seconds)
    finally:
        gc.enable()
    since = scenario.outage[1] or scenario.start or 0
    waiting = fleet.waiting_each_minute[before // 60 :]
    return Told(
        scenario,
        devices,
        [count / scale for count in service.asked[before:seconds]],
        [count / scale for count in service.accepted[before:seconds]],
        [count / scale for count in waiting],
        fleet.signed_out,
        round(len(fleet.failed) / scale),
        [(began - before, took) for began, took in fleet.signed_in if began >= before],
        since,
    )
