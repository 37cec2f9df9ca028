"""What can happen in a simulated world, and how a scenario is drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from faults.simulated_world.clocks import YEAR_2000
from faults.simulated_world.network import FATES, Fate
from faults.simulated_world.service import PASSWORD, TROUBLES, Setting

if TYPE_CHECKING:
    from faults.simulated_world.world import World

_YEAR = 31556952
_SECOND, _MINUTE, _HOUR = 1000, 60_000, 3_600_000
# Now; and shortly before the clocks of NTP (2036), of 32 bits (2038) begin anew.
_STARTS = (1_800_000_000, 2_085_978_496 - 7200, 2_147_483_648 - 7200)


@dataclass(frozen=True)
class Event:
    """One thing that happens: when, in milliseconds of the world, and which of EVENTS, with its arguments."""

    at_ms: int
    kind: str
    arguments: tuple[Any, ...]

    def __str__(self) -> str:
        return f"-- {self.kind}: {', '.join(map(str, self.arguments))}"


@dataclass
class Scenario:
    """All that a world begins with, and what happens in it."""

    seed: int
    program: str
    setting: Setting
    events: list[Event] = field(default_factory=list)
    clients: int = 1
    filesystem: str = "littlefs"
    sleep_memory: bool = False
    start: int = _STARTS[0]
    ticks_start: int = 0
    loses_time: bool = True  # the wall clock is in 2000 after a power cut
    ticks_stop: bool = False  # they stand still in light sleep; then the wall clock is not stepped
    shuffles: bool = False
    latency_ms: int = 80
    radio_idle_s: int = 0
    sleep_s: int = 0
    # An RP2: nothing but the flash outlives a deep sleep; its clock begins in 2021 at each start (port_models, Rp2).
    is_rp2: bool = False
    improv: bool = False  # a browser may speak Improv over the serial port
    awake_s: int = 60
    job_s: int = 60

    def __str__(self) -> str:
        return f"{self.program} program, {self.clients} client(s), {self.filesystem}, {self.setting}"


@dataclass(frozen=True)
class Kind:
    """A kind of event: how often (a weight), its arguments, and what then happens.

    is_the_worlds    it happens whatever the device does just then; else when its program may go on
    is_the_boards    it happens to a board of the firmware's alone
    """

    weight: float
    draw: Callable[[random.Random, Scenario], tuple[Any, ...]]
    happen: Callable[..., None]
    is_the_worlds: bool = True
    is_the_boards: bool = False


EVENTS: dict[str, Kind] = {}


def _kind(
    name: str,
    weight: float,
    draw: Callable[[random.Random, Scenario], tuple[Any, ...]],
    is_the_worlds: bool,
    is_the_boards: bool = False,
):
    def register(happen: Callable[..., None]) -> Callable[..., None]:
        EVENTS[name] = Kind(weight, draw, happen, is_the_worlds, is_the_boards)
        return happen

    return register


def _ms(dice: random.Random, *most: int) -> int:
    """A time: short, longer or long, each as likely."""
    return dice.randrange(1, dice.choice(most))


_CALLS = ("access_token",) * 8 + ("id_token", "refresh", "refresh", "get_user", "get_user")

# What the device's program and people do


def _draw_use(dice: random.Random, scenario: Scenario) -> tuple[Any, ...]:
    copies = dice.choice([1, 1, 1, 2, 3]) if scenario.program != "blocking" else 1
    cancelled = dice.randrange(60) if scenario.program != "blocking" and dice.random() < 0.3 else None
    return dice.randrange(scenario.clients), dice.choice(_CALLS), copies, cancelled


@_kind("program calls", 30, _draw_use, False)
def _use(world: World, index: int, what: str, copies: int, cancelled_after: int | None) -> None:
    if not world.is_on:
        return
    for copy in range(copies):
        world.program.use(index, what, None if copy else cancelled_after)


def _draw_sign_in(dice: random.Random, scenario: Scenario) -> tuple[Any, ...]:
    who = "alice" if dice.random() < 0.7 else "bob"
    how = dice.choice(["right"] * 6 + ["wrong password", "wrong code", "gives up"])
    if how == "right" and dice.random() < 0.04:
        how = "srp"
    return dice.randrange(scenario.clients), who, how


@_kind("person signs in", 5, _draw_sign_in, False)
def _sign_in(world: World, index: int, who: str, how: str) -> None:
    if world.is_on:
        world.program.sign_in(index, who, how)


@_kind("person signs in where nobody is", 8, _draw_sign_in, False)
def _sign_in_again(world: World, index: int, who: str, how: str) -> None:
    if world.is_on and world.truth.held is None:
        world.program.sign_in(index, who, "right")


@_kind(
    "person signs out",
    1.5,
    lambda dice, scenario: (dice.randrange(scenario.clients), dice.choice(["sign_out"] * 3 + ["sign_out everywhere"])),
    False,
)
def _sign_out(world: World, index: int, what: str) -> None:
    if world.is_on:
        world.program.use(index, what)


@_kind("program holds the connection", 2, lambda dice, scenario: (dice.randrange(scenario.clients),), False)
def _hold(world: World, index: int) -> None:
    if world.is_on:
        world.program.hold(index, True)


@_kind("device sleeps deeply", 4, lambda dice, scenario: (_ms(dice, 40_000, _HOUR),), False)
def _sleep(world: World, ms: int) -> None:
    if world.is_on:
        before = world.truth.stored()
        has_settled = world.program.settle()
        if world.is_on:
            if has_settled:
                world.truth.settled(before)
            if world.board:
                world.board.stop_watchdog()
            world.sleep_deeply(ms)


@_kind("device sleeps lightly", 2, lambda dice, scenario: (_ms(dice, _MINUTE, 2 * _HOUR),), False)
def _doze(world: World, ms: int) -> None:
    if world.is_on and world.scenario.program == "blocking" and world.scenario.ticks_stop:
        before = world.time.ms
        world.pass_blocking(ms)
        world.clock.stop_ticks(world.time.ms - before)


@_kind("event loop ends", 2, lambda dice, scenario: (dice.random() < 0.5,), False)
def _end_loop(world: World, politely: bool) -> None:
    if world.is_on:
        world.hit()
        world.program.end_loop(politely)


@_kind("reset", 2, lambda dice, scenario: (dice.random() < 0.5,), False)
def _reset(world: World, memory_stays: bool) -> None:
    if world.is_on:
        world.power_off(500, memory_stays)


# What happens to it

_PLACES = {"flash": 30, "network": 40, "line": 800}


def _draw_interruption(dice: random.Random, scenario: Scenario) -> tuple[Any, ...]:
    place = dice.choice(["flash", "flash", "network", "network", "line"])
    return dice.choice(["power cut", "power cut", "Ctrl-C"]), place, dice.randrange(1, _PLACES[place])


@_kind("waits for its moment", 6, _draw_interruption, True)
def _interruption(world: World, what: str, place: str, count: int) -> None:
    if world.is_on:
        world.interruptions.arm(what, place, count)


@_kind("power cut", 4, lambda dice, scenario: (_ms(dice, 5000, _MINUTE, 3 * _HOUR),), True)
def _power_cut(world: World, off_ms: int) -> None:
    if world.is_on:
        world.power_off(off_ms)


def _draw_fates(dice: random.Random, scenario: Scenario) -> tuple[Any, ...]:
    fates = []
    for _ in range(dice.choice([1, 1, 2, 3, 4, 8])):
        kind = dice.choices(list(FATES), list(FATES.values()))[0]
        fates.append(Fate(kind, round(dice.random(), 3), _ms(dice, 3000, 30_000) if kind == "late" else 0))
    return tuple(fates)


@_kind("next requests", 12, _draw_fates, True)
def _fates(world: World, *fates: Fate) -> None:
    world.network.fates = list(fates)


@_kind(
    "network goes",
    5,
    lambda dice, scenario: (_ms(dice, 5000, 40_000, 5 * _HOUR), dice.random() < 0.5, dice.random() < 0.5),
    True,
)
def _network_goes(world: World, ms: int, silently: bool, wifi: bool) -> None:
    world.network_down(ms, silently, wifi)


@_kind(
    "service is in trouble",
    4,
    lambda dice, scenario: (dice.choice(TROUBLES), _ms(dice, 10_000, _MINUTE, 3 * _HOUR)),
    True,
)
def _trouble(world: World, kind: str, ms: int) -> None:
    world.service_trouble(kind, ms)


@_kind("service takes so many requests a second", 1, lambda dice, scenario: (dice.choice([0, 1, 2]),), True)
def _quota(world: World, quota: int) -> None:
    world.service.setting.quota = quota
    world.hit()


@_kind(
    "flash is in trouble",
    4,
    lambda dice, scenario: (
        dice.choice(["read errors", "write errors", "full"]),
        dice.choice([0.2, 1.0]),
        _ms(dice, 5000, _MINUTE, 3 * _HOUR),
    ),
    True,
)
def _flash_trouble(world: World, kind: str, chance: float, ms: int) -> None:
    world.flash_trouble(kind, chance, ms)


def _draw_clock(dice: random.Random, scenario: Scenario) -> tuple[Any, ...]:
    steps = (3600, -3600, 26 * _YEAR, -26 * _YEAR, 3, -3)
    years = (0, YEAR_2000, 2_085_978_496, 2_147_483_647)
    if dice.random() < 0.6:
        return "by", dice.choice(steps)
    return "to", dice.choice(years)


@_kind("clock is stepped", 3, _draw_clock, True)
def _clock_step(world: World, how: str, seconds: int) -> None:
    # A device whose ticks stand still, or that sleeps deeply, has nothing but the wall clock to go by.
    if not world.scenario.ticks_stop and world.is_on:
        world.set_clock(world.clock.now() + seconds if how == "by" else seconds, told=False)


@_kind("clock is set right", 4, lambda dice, scenario: (), False)
def _clock_right(world: World) -> None:
    if world.is_on and world.network.is_up:
        world.set_clock(int(world.time.seconds), told=True)


@_kind("latency", 1, lambda dice, scenario: (dice.choice([5, 80, 400, 2000]),), True)
def _latency(world: World, ms: int) -> None:
    world.network.latency_ms = ms


# What the administrator, and people elsewhere, do

_WHO = ("alice", "bob")


@_kind("administrator disables", 1.5, lambda dice, scenario: (dice.choice(_WHO), _ms(dice, _MINUTE, 5 * _HOUR)), True)
def _disable(world: World, who: str, ms: int) -> None:
    user = world.service.people[who]
    user.enabled = False
    world.hit()

    def enable() -> None:
        user.enabled = True
        world.look_at_the_weather()

    world.later(ms, enable)


@_kind("administrator deletes", 0.4, lambda dice, scenario: (dice.choice(_WHO),), True)
def _delete(world: World, who: str) -> None:
    world.service.delete_user(who)


@_kind("phone signs out everywhere", 0.6, lambda dice, scenario: (dice.choice(_WHO),), True)
def _revoke(world: World, who: str) -> None:
    world.service.revoke_all(who)


@_kind("password is changed elsewhere", 1, lambda dice, scenario: (dice.choice(_WHO), dice.randrange(1000)), True)
def _password(world: World, who: str, number: int) -> None:
    world.service.people[who].password = f"{PASSWORD}{who}-{number}"


@_kind("administrator wants a new password", 0.5, lambda dice, scenario: (dice.choice(_WHO),), True)
def _new_password(world: World, who: str) -> None:
    world.service.force_new_password(who)


@_kind("administrator forgets the devices", 0.5, lambda dice, scenario: (dice.choice(_WHO),), True)
def _forget(world: World, who: str) -> None:
    world.service.people[who].devices.clear()


@_kind("rotation is switched on", 0.4, lambda dice, scenario: (dice.choice([0, 10, 60]),), True)
def _rotation(world: World, grace: int) -> None:
    if world.service.app.rotation is None:
        world.service.app.rotation = grace


@_kind("second factors are", 0.6, lambda dice, scenario: (dice.choice(["", "SMS_MFA", "SOFTWARE_TOKEN_MFA"]),), True)
def _mfa(world: World, mfa: str) -> None:
    world.service.set_mfa(mfa)


@_kind("access tokens live", 0.6, lambda dice, scenario: (dice.choice([300, 900, 3600]),), True)
def _life(world: World, seconds: int) -> None:
    world.service.app.token_seconds = seconds


# What happens to a board, its radio and its serial port


def _boards_kind(
    name: str, weight: float, draw: Callable[[random.Random, Scenario], tuple[Any, ...]], is_the_worlds: bool = True
):
    return _kind(name, weight, draw, is_the_worlds, is_the_boards=True)


@_boards_kind("browser speaks Improv", 4, lambda dice, scenario: (_ms(dice, 10_000, 3 * _MINUTE),))
def _improv(world: World, ms: int) -> None:
    if world.scenario.improv:
        world.browse(ms)


@_boards_kind("person types Ctrl-C", 1, lambda dice, scenario: ())
def _ctrl_c(world: World) -> None:
    if world.is_on:
        world.type_ctrl_c()


@_boards_kind("radio's driver fails", 4, lambda dice, scenario: (dice.choice([0x102, 0x3001, 0x3002]),))
def _driver_fails(world: World, number: int) -> None:
    world.hit()
    world.device_board.driver_fails(number)


@_boards_kind(
    "access point refuses", 2, lambda dice, scenario: (dice.choice([2, 15, 202, 204, 205]), _ms(dice, 40_000, _HOUR))
)
def _refuses(world: World, reason: int, ms: int) -> None:
    world.access_point_refuses(reason, ms)


def _draw_page(dice: random.Random, scenario: Scenario) -> tuple[Any, ...]:
    seconds = 0 if dice.random() < 0.1 else dice.randrange(1, 90)
    return seconds, [dice.choice([0, 0, 12, 113]) for _ in range(dice.randrange(20))]


@_boards_kind("sign-in page opens", 3, _draw_page, False)
def _page(world: World, seconds: int, send_fails: list[int]) -> None:
    if world.is_on:
        world.program.open_page(seconds, send_fails)


@_boards_kind("maker's job fails", 3, lambda dice, scenario: ())
def _job_fails(world: World) -> None:
    world.program.job_fails = True


@_boards_kind("faults.txt is damaged", 2, lambda dice, scenario: (dice.randrange(1, 3000),))
def _damaged_log(world: World, length: int) -> None:
    world.flash.files["/faults.txt"] = b"\xff\xc3" * (length // 2) + b"\xe2"


# What happens in stories alone: see _stories


@_kind("troubles are over", 0, lambda dice, scenario: (), True)
def _troubles_over(world: World) -> None:
    world.heal()
    if not world.is_on:
        world.boot(by_itself=False, why="button")


# A scenario


def drawn(seed: int) -> Scenario:
    """The scenario of `seed`, the same each time."""
    dice = random.Random(seed)
    setting = Setting(
        rotation=dice.choice([None, None, 0, 5, 30, 60, 60]),
        tracking=dice.choice([""] * 10 + ["always", "opt-in"]),
        mfa=dice.choice(["", "", "", "SMS_MFA", "SOFTWARE_TOKEN_MFA", "SMS_MFA+SOFTWARE_TOKEN_MFA"]),
        email=dice.random() < 0.3,
        secret=dice.random() < 0.5,
        token_seconds=dice.choice([300, 300, 900, 3600, 3600, 86400]),
        refresh_seconds=dice.choice([3600, 86400, 30 * 86400, 3650 * 86400]),
        error_form=dice.choice(["aws", "aws", "namespace", "header", "Message"]),
        empty_bodies=dice.random() < 0.5,
        burn_sessions=dice.random() < 0.3,
        real_lists=dice.random() < 0.3,
    )
    scenario = Scenario(
        seed,
        dice.choice(["blocking", "asyncio", "asyncio", "firmware"]),
        setting,
        filesystem=dice.choice(["littlefs", "fat"]),
        sleep_memory=dice.random() < 0.5,
        start=dice.choice(_STARTS),
        ticks_start=dice.choice([0, (1 << 30) - 30_000, (1 << 29) - 5000]),
        loses_time=dice.random() < 0.6,
        ticks_stop=dice.random() < 0.3,
        shuffles=dice.random() < 0.3,
        latency_ms=dice.choice([5, 80, 80, 400]),
        radio_idle_s=dice.choice([0, 0, 120]),
        job_s=dice.choice([5, 60, 600]),
        awake_s=dice.choice([30, 60]),
    )
    if scenario.program == "firmware":
        scenario.sleep_s = dice.choice([0, 0, 20, 900])
        scenario.sleep_memory = scenario.sleep_memory or bool(scenario.sleep_s)
        scenario.is_rp2 = seed % 2 == 0
    elif dice.random() < 0.35:
        scenario.clients = 2
    scenario.events = _drawn_events(dice, scenario)
    if scenario.program == "firmware":
        _add_the_boards(random.Random(-seed), scenario)
    last = max(event.at_ms for event in scenario.events)
    scenario.events += _stories(random.Random(f"stories of {seed}"), scenario, last)
    return scenario


def _add_the_boards(dice: random.Random, scenario: Scenario) -> None:
    """What happens to a board, by dice of its own: the other programs' worlds are the same with and without."""
    scenario.improv = dice.random() < 0.5
    names = [name for name, kind in EVENTS.items() if kind.is_the_boards]
    weights = [EVENTS[name].weight for name in names]
    last = scenario.events[-1].at_ms
    for name in dice.choices(names, weights, k=dice.choice([5, 20, 40])):
        scenario.events.append(Event(dice.randrange(last), name, EVENTS[name].draw(dice, scenario)))


def _drawn_events(dice: random.Random, scenario: Scenario) -> list[Event]:
    # Not everything happens in every world: a few troubles that meet often tell more than all that meet seldom.
    always = "program calls", "person signs in where nobody is"
    kinds = [name for name, kind in EVENTS.items() if kind.weight and not kind.is_the_boards]
    names = [name for name in kinds if name in always or dice.random() < 0.6]
    weights = [EVENTS[name].weight for name in names]
    longest = dice.choice([_MINUTE, 10 * _MINUTE, 2 * _HOUR, 8 * _HOUR])
    if scenario.program == "firmware":  # its keeper looks at the link every five seconds
        longest = min(longest, 5 * _MINUTE)
    events = [Event(dice.randrange(1, 5000), "person signs in", (0, "alice", "right"))]
    at = 8000
    for name in dice.choices(names, weights, k=dice.choice([30, 100, 300])):
        at += dice.randrange(1, dice.choice([200, 3000, 20_000, longest]))
        events.append(Event(at, name, EVENTS[name].draw(dice, scenario)))
    return events


def _stories(dice: random.Random, scenario: Scenario, at: int) -> list[Event]:
    """What single events come to in too few worlds: the clients take turns within a token's life, while all is well or
    the flash can't be read, and then the device sleeps. They come last, so that they change nothing before.
    """
    events = []
    for _ in range(2):
        at += 10 * _MINUTE
        events.append(Event(at, "troubles are over", ()))
        at += _MINUTE  # the firmware's keeper sees to it that there is a token
        is_unreadable = dice.random() < 0.5
        if is_unreadable:
            chance = dice.choice([0.2, 1.0, 1.0])
            events.append(Event(at, "flash is in trouble", ("read errors", chance, 5 * _MINUTE)))
        client = 0
        for _ in range(dice.randrange(2, 7)):
            at += dice.randrange(1000, 15_000)
            if dice.random() < 0.4:
                client = dice.randrange(scenario.clients)
            call = dice.choice(["person signs in", "refresh", "access_token"])
            if call == "person signs in":
                events.append(Event(at, call, (client, "alice" if dice.random() < 0.8 else "bob", "right")))
            else:
                events.append(Event(at, "program calls", (client, call, 1, None)))
        at += 20_000
        if is_unreadable or dice.random() < 0.5:
            events.append(Event(at, "device sleeps deeply", (_MINUTE,)))
    return events
