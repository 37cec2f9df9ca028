"""One simulated world: a scenario goes in, what was violated comes out, and a history that a person can read."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import heapq
import io
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from faults.simulated_world.board import IMPROV_ASKS, SETTINGS, ChipClock, DeviceBoard, LockedUp, Restarted
from faults.simulated_world.clocks import DeviceClock, Time
from faults.simulated_world.events import EVENTS, Event, Scenario
from faults.simulated_world.firmware import FirmwareProgram
from faults.simulated_world.flash import Flash, FlashSystem
from faults.simulated_world.interruptions import Interruptions, PowerCut
from faults.simulated_world.network import Fate, Network
from faults.simulated_world.programs import AsyncProgram, BlockingProgram, Program
from faults.simulated_world.service import Service
from faults.simulated_world.truth import Truth

PROGRAMS: dict[str, type[Program]] = {
    "blocking": BlockingProgram,
    "asyncio": AsyncProgram,
    "firmware": FirmwareProgram,
}
_SPIN = 200_000  # turns of the loop in which no time passes
_HOUR = 3600 * 1000


class Memory:
    """What deep sleep leaves alone, on a device that is not the firmware's: as machine.RTC().memory."""

    def __init__(self, size: int) -> None:
        self.data = b""
        self._size = size

    def __call__(self, data: bytes | None = None) -> bytes | None:
        if data is None:
            return self.data
        if len(data) > self._size:
            raise ValueError("buffer too long")
        self.data = bytes(data)
        return None


@dataclass
class Outcome:
    """What came of a world."""

    violations: list[tuple[str, str]]
    steps: Counter[str]
    apart: Counter[str]
    history: list[str] = field(default_factory=list)


class World:
    """Everything there is: time, device, network, service, people. Nothing in it is random but by the seed."""

    def __init__(self, scenario: Scenario, keeps_history: bool = False) -> None:
        self.scenario = scenario
        self.randomness = random.Random(scenario.seed)
        self.time = Time(scenario.start)
        self.steps: Counter[str] = Counter()
        self.violations: list[tuple[str, str]] = []
        self.history: list[str] | None = [] if keeps_history else None
        self.requests = [0] * scenario.clients
        self._later: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0
        self._hits: list[int] = []  # when something came in between
        self._weather: list[tuple[int, bool]] = []  # from when on all was well, or not
        self.is_on = False
        self._until_on = 0
        self._flash_trouble = ""
        self._flash_chance = 0.0
        self._flash_error_ms = -_HOUR
        self._wifi = True
        self._browses_until = 0
        self._has_beat = False
        self._calm = False
        self._acts: list[tuple[int, int, Callable[[], None]]] = []
        self.woke_well = False  # a device that sleeps most of the time had tokens at its last wake
        self.clock = DeviceClock(self.time, self.randomness, self.pass_blocking, scenario.ticks_start)
        self.memory = Memory(2048)
        self.service = Service(self.time, scenario.setting, random.Random(scenario.seed + 1), self.violate)
        self.network = Network(self.time, self.randomness, self.service, self)
        self.network.latency_ms = scenario.latency_ms
        self.truth = Truth(self)
        self.flash = Flash(scenario.filesystem, self.randomness, self.touched_flash, self._flash_changed)
        self.interruptions = Interruptions(self._interrupt)
        self.board: DeviceBoard | None = None
        if scenario.program == "firmware":
            clock = ChipClock(self.clock, self.time, self.pass_blocking)
            self.board = DeviceBoard(scenario.is_rp2, scenario.seed, clock, asyncio.sleep, self._true_time)
            if scenario.improv:
                self.flash.files[SETTINGS] = b'{"improv": "serial"}'
        self._heard = io.TextIOWrapper(io.BytesIO(), write_through=True)  # with a buffer, which takes packets
        with contextlib.redirect_stdout(self._heard):
            self.boot(by_itself=False, why="power")

    # What happens is noted

    def note(self, text: str) -> None:
        if self.history is not None:
            day, ms = divmod(self.time.ms, 24 * _HOUR)
            hours, seconds = divmod(ms / 1000, 3600)
            moment = f"day {day} {int(hours):02}:{int(seconds // 60):02}:{seconds % 60:06.3f}"
            self.history.append(f"{moment}  {text}")

    def violate(self, letter: str, text: str) -> None:
        self.note(f"VIOLATED ({letter}): {text}")
        self.violations.append((letter, text))

    def hit(self) -> None:
        """Something comes in between just now."""
        self._hits.append(self.time.ms)

    def was_hit(self, begun: int, ended: int) -> bool:
        """True when something came in between, from `begun` to `ended` in the world's milliseconds."""
        return any(begun - 15000 <= at <= ended for at in self._hits)

    def look_at_the_weather(self) -> None:
        well = self.is_well
        if not self._weather or self._weather[-1][1] != well:
            self._weather.append((self.time.ms, well))

    @property
    def is_well(self) -> bool:
        """True while nothing stands between the device and the service."""
        person = self.truth.held.user.enabled if self.truth.held else True
        right = self.clock.is_right or self.scenario.program == "firmware"
        reachable = self.network.is_up and self._wifi and not self.service.trouble and not self.network.fates
        reachable = reachable and self.program.is_reachable
        return self.is_on and reachable and not self._flash_trouble and right and person

    def chance(self, begun: int, ended: int) -> bool:
        """True when there was a stretch of good weather, from `begun` to `ended`, that is long enough to ask in."""
        marks = sorted({begun, *(at for at in self._hits if begun < at < ended), ended})
        marks = sorted({*marks, *(at for at, _ in self._weather if begun < at < ended)})
        for start, end in zip(marks, marks[1:], strict=False):
            if end - start >= self.program.chance_s * 1000 and self._was_well(start):
                return True
        return False

    def _was_well(self, at: int) -> bool:
        well = False
        for since, state in self._weather:
            if since > at:
                break
            well = state
        return well

    # The device's power

    def boot(self, by_itself: bool, why: str = "") -> None:
        """Power on, or a wake. `why`: as Restarts.start() has it."""
        self.is_on = True
        self.flash_system = FlashSystem(self.flash)
        if self.board is None:
            self.clock.power_up()
        elif self.board.start(why, self.flash_system) != by_itself:
            self.violate("g", "a wake is not known" if by_itself else f"a start by {why} is taken for a wake")
        if self.time.ms < self._browses_until and not self._flash_trouble:
            self._packet_comes(self.device_board.arrives)  # while the application loads
        self.program = PROGRAMS[self.scenario.program](self)
        self.program.start(by_itself)
        self.look_at_the_weather()

    def power_off(self, off_ms: int, memory_stays: bool = False) -> None:
        """What is in RAM is gone; the device is off for so long."""
        self.hit()
        self.interruptions.disarm()
        self.is_on = False
        self.look_at_the_weather()
        if self.board:
            self.board.stop("reset" if memory_stays else "power")
        self.program.drop()
        self.truth.power_went()
        if not memory_stays and not self.board:
            self.memory.data = b""
            if self.scenario.loses_time:
                self.clock.unset()
        self._until_on = self.time.ms + off_ms

        def on() -> None:
            if not self.is_on and self.time.ms >= self._until_on:
                self.note("power: on")
                self.boot(by_itself=False, why="reset" if memory_stays else "power")

        self.later(off_ms, on)

    def sleep_deeply(self, ms: int, by_itself: bool = True) -> None:
        """RAM is lost, flash and the memory that sleep leaves alone are not. The device's own choice: no excuse."""
        self.interruptions.disarm()
        self.is_on = False
        if self.board:
            ms = self._slept(self.board, ms)
        self.program.drop()
        self.truth.power_went()
        self._until_on = self.time.ms + ms

        def wake() -> None:
            if not self.is_on and self.time.ms >= self._until_on:
                self.note("device: wakes")
                self.boot(by_itself)

        self.later(ms, wake)

    def _slept(self, board: DeviceBoard, ms: int) -> int:
        """How many milliseconds it really sleeps; it must be at least the whole seconds in `ms`."""
        try:
            slept = board.sleep(ms)
        except LockedUp as error:
            self.violate("g", f"it hangs at going to sleep: {error}")
            return ms
        if slept < ms // 1000 * 1000:
            self.violate("g", f"a sleep of {ms} ms was over after {slept}")
        return slept

    def _interrupt(self, what: str) -> None:
        self.hit()
        if what == "Ctrl-C":
            self.note("person: Ctrl-C")
            self.program.interrupted()
            return
        self.note("power: cut in the middle")
        self.is_on = False
        raise PowerCut

    @property
    def kept_in_sleep(self) -> bytes:
        """What a deep sleep would leave alone besides the flash."""
        return self.board.kept_in_sleep if self.board else self.memory.data

    # What the device touches

    def touched_flash(self, operation: str, name: str) -> None:
        if not self.is_on:
            raise PowerCut
        self.steps["flash operations"] += 1
        self.interruptions.pass_by("flash")
        trouble = self._flash_trouble
        if trouble:
            self._flash_error_ms = self.time.ms
        if trouble and self.randomness.random() < self._flash_chance:
            if trouble == "read errors" and operation == "read":
                self.hit()
                raise OSError(5, "EIO")
            if trouble == "write errors" and operation != "read":
                self.hit()
                raise OSError(5, "EIO")
            if trouble == "full" and operation in ("program", "commit"):
                self.hit()
                raise OSError(28, "ENOSPC")

    @property
    def had_flash_errors(self) -> bool:
        """True when the flash was in trouble a moment ago."""
        return self.time.ms - self._flash_error_ms < 60000

    @property
    def flash_takes_writes(self) -> bool:
        return self._flash_trouble in ("", "read errors")

    def _flash_changed(self, name: str, content: bytes | None) -> None:
        self.note(f"flash: {name} {'removed' if content is None else f'has {len(content)} bytes'}")
        self.truth.flash_changed(name, content)

    def touched_network(self, what: str) -> None:
        if not self.is_on:
            raise PowerCut
        self.interruptions.pass_by("network")

    def counted(self, index: int, transport: Any) -> Any:
        """`transport`, whose requests are counted as those of the client `index`."""
        world, post_once = self, transport.post_once

        def posted(request: list[Any]) -> Any:
            world.requests[index] += 1
            world.steps["requests"] += 1
            world.note(f"client {index}: {request[1]['X-Amz-Target'].split('.')[1]}")
            return post_once(request)

        transport.post_once = posted
        return transport

    def request_done(self, request: Any, delivery: Any, fate: Fate) -> None:
        if fate.kind != "ok":
            self.hit()
        if self.history is not None:
            words = delivery.response.body[:110].decode(errors="replace") if delivery.response.status != 200 else ""
            self.note(f"service: {delivery.operation} {delivery.response.status} {words}; {fate}")
        self.truth.request_done(request, delivery, fate)
        if (
            (delivery.rotation or self.scenario.setting.tracking)
            and not self._has_beat
            and self.scenario.program != "firmware"
        ):
            self._has_beat = True
            self._act(5000, self._beat)

    def _beat(self) -> None:
        """While an answer is owed the program wants a token every five seconds. At other times it may be lazy."""
        self._has_beat = self.truth.is_owed
        if self._has_beat:
            if self.is_on:
                for index in range(len(self.program.clients)):
                    self.program.use(index, "access_token")
            self._act(5000, self._beat)

    # Time

    def later(self, ms: int, what: Callable[[], None]) -> None:
        """Let `what` happen in so many milliseconds, whatever the device is doing then."""
        self._count += 1
        heapq.heappush(self._later, (self.time.ms + ms, self._count, what))

    def _act(self, ms: int, what: Callable[[], None]) -> None:
        """Let the device's program or a person do `what`, as soon as it may after so many milliseconds."""
        self._count += 1
        heapq.heappush(self._acts, (self.time.ms + ms, self._count, what))

    def _move_to(self, ms: int) -> None:
        """It is that late, and nothing of the world's happens in between; what the chip has set rings."""
        if self.board and self.is_on:
            self.board.clock.go_on(ms)
        self.time.ms = max(self.time.ms, ms)

    def _true_time(self) -> int | None:
        return int(self.time.seconds) if self.network.is_up else None

    def pass_blocking(self, ms: int) -> None:
        """Time passes in which the device's program waits."""
        end = self.time.ms + max(1, int(ms))
        while self._later and self._later[0][0] <= end:
            at, _, what = heapq.heappop(self._later)
            self._move_to(at)
            what()
            if not self.is_on:
                raise PowerCut
        self._move_to(end)

    def _until(self, stream: Any, ms: int) -> int:
        at = stream.ready_at
        end = self.time.ms + max(1, ms)
        return max(1, (end if at is None else min(at, end)) - self.time.ms)

    def wait_blocking(self, stream: Any, flags: int, ms: int) -> None:
        self.pass_blocking(self._until(stream, ms))

    async def wait(self, stream: Any, flags: int, ms: int) -> None:
        await asyncio.sleep(self._until(stream, ms) / 1000)

    # How a world goes on

    def run(self) -> Outcome:
        """Let all of the scenario's events happen, then let all be well, and look."""
        for event in self.scenario.events:
            self._schedule(event)
        end = max([event.at_ms for event in self.scenario.events], default=0) + 1000
        try:
            with contextlib.redirect_stdout(self._heard):
                self._go(end)
                self._end_well()
        finally:
            self.interruptions.disarm()
            self.program.drop()
        self._heard.seek(0)
        self.truth.heard(self._heard.buffer.read().decode(errors="replace"), "what was printed")
        return Outcome(self.violations, self.steps, self.truth.apart, self.history or [])

    def _schedule(self, event: Event) -> None:
        def happen() -> None:
            self.steps["actions"] += 1
            self.note(str(event))
            EVENTS[event.kind].happen(self, *event.arguments)
            self.look_at_the_weather()

        self._count += 1
        heap = self._later if EVENTS[event.kind].is_the_worlds else self._acts
        heapq.heappush(heap, (event.at_ms, self._count, happen))

    def run_until(self, is_done: Callable[[], bool], seconds: float) -> bool:
        """Go on for `seconds` at most, until it is done."""
        end = self.time.ms + int(seconds * 1000)
        self._go(end, is_done, acts=False)
        return is_done()

    def _go(self, end: int, is_done: Callable[[], bool] | None = None, acts: bool = True) -> None:
        spins = 0
        while not self.violations and not (is_done and is_done()):
            try:
                if self.is_on and self.program.turn():
                    spins += 1
                    if spins > _SPIN:
                        self.violate("g", "the program turns and turns, and no time passes")
                    self._after_a_turn()
                    continue
                spins = 0
                if not self._next(end, acts):
                    self._move_to(end)
                    return
            except PowerCut:
                self.is_on = False
            except Restarted as why:
                self.violate("g", f"restarted by {why}")
            except KeyboardInterrupt:
                self._after_ctrl_c()
            self._after_a_turn()

    def _after_a_turn(self) -> None:
        if self.is_on and self.program.sleeps_ms:
            self.sleep_deeply(self.program.sleeps_ms)
        if not self.is_on and self._until_on <= self.time.ms:
            self.power_off(self.randomness.choice([500, 3000, 20000, _HOUR]))

    def _after_ctrl_c(self) -> None:
        if self.scenario.program == "firmware" or self.randomness.random() < 0.5:
            self.power_off(1000, memory_stays=True)
        else:
            self.program.end_loop(self.randomness.random() < 0.5)

    def _next(self, end: int, acts: bool) -> bool:
        """Do what comes next, up to `end`; False when nothing does."""
        timer = self.program.next_timer if self.is_on else None
        env = self._later[0][0] if self._later else None
        act = self._acts[0][0] if acts and self._acts else None
        times = [at for at in (timer, env, act) if at is not None]
        if not times or min(times) > end:
            return False
        at = min(times)
        self._move_to(at)
        if env == at:
            heapq.heappop(self._later)[2]()
        elif act == at:
            what = heapq.heappop(self._acts)[2]
            what()
        return True

    def _end_well(self) -> None:
        """All troubles are over, for longer than any wait of the device."""
        if self.violations:
            return
        self._calm = True
        self.note("world: all is well from now on")
        self.interruptions.disarm()
        self._later = [one for one in self._later if one[0] <= self.time.ms + 40000]
        heapq.heapify(self._later)
        self._acts = []
        self.heal()
        self.woke_well = False
        if not self.is_on:
            self.boot(by_itself=False, why="button")
        came = False
        for _ in range(90):
            self._go(self.time.ms + 30000, acts=False)
            if self.violations:
                return
            came = self.program.has_tokens() if self.is_on else self.woke_well
            if came or not self.truth.should_be_signed_in():
                break
        self.truth.still_out(came)
        if came and self.is_on:
            self.truth.token_handed_out(self.program.tokens(0).access_token)

    def heal(self) -> None:
        """Nothing is in the way any more."""
        self.network.is_up = True
        self._wifi_is(True)
        self.network.fates.clear()
        self.service.trouble = ""
        self.service.setting.quota = 0
        self._flash_trouble = ""
        for user in self.service.people.values():
            user.enabled = True
        if not self.clock.is_right or not self.clock.is_set():
            self.set_clock(int(self.time.seconds), told=True)
        self.look_at_the_weather()

    # What events do

    @property
    def device_board(self) -> DeviceBoard:
        """The board; only the firmware's worlds have one."""
        assert self.board
        return self.board

    def _packet_comes(self, arrives: Callable[[bytes], None]) -> None:
        """One packet of a browser that speaks Improv."""
        try:
            arrives(IMPROV_ASKS)
        except KeyboardInterrupt:
            self.violate("g", "a packet of Improv's stopped the application")

    def browse(self, ms: int) -> None:
        """A browser sends a packet each second, as long as nobody is signed in."""
        begun = self._browses_until > self.time.ms
        self._browses_until = self.time.ms + ms
        if not begun:
            self._browse_on()

    def _browse_on(self) -> None:
        if self.is_on and self.program.wants_a_person:
            self._packet_comes(self.program.arrives)
        if self.time.ms < self._browses_until:
            self.later(1000, self._browse_on)

    def type_ctrl_c(self) -> None:
        """A person wants the REPL, and gets it: at once, or once what is under way is over."""
        self.hit()
        program = self.program

        def look() -> None:
            if self.is_on and self.program is program:
                self.violate("g", "Ctrl-C gave nobody the REPL")

        self.later(180_000, look)
        program.interrupted()

    def access_point_refuses(self, reason: int, ms: int) -> None:
        """Its password is another one for `ms`."""
        self.hit()
        self.network.go_down(True)
        self._wifi = False
        self.device_board.wifi(True, reason)

        def over() -> None:
            self.network.is_up = True
            self._wifi_is(True)
            self.look_at_the_weather()

        self.later(ms, over)

    def _wifi_is(self, is_there: bool) -> None:
        self._wifi = is_there
        if self.board:
            self.board.wifi(is_there)

    def network_down(self, ms: int, silently: bool, wifi: bool) -> None:
        self.hit()
        self.network.go_down(silently)
        self._wifi_is(not wifi)

        def up() -> None:
            self.network.is_up = True
            self._wifi_is(True)
            self.look_at_the_weather()

        self.later(ms, up)

    def flash_trouble(self, kind: str, chance: float, ms: int) -> None:
        self._flash_trouble, self._flash_chance = kind, chance

        def over() -> None:
            self._flash_trouble = ""
            self.look_at_the_weather()

        self.later(ms, over)

    def service_trouble(self, kind: str, ms: int) -> None:
        self.service.trouble = kind
        self.hit()

        def over() -> None:
            self.service.trouble = ""
            self.look_at_the_weather()

        self.later(ms, over)

    def set_clock(self, seconds: int, told: bool) -> None:
        """The wall clock is set; `told`: by the program, which tells the library."""
        self.steps["clock steps"] += 1
        if not self._calm:
            self.hit()
        before = self.clock.now()
        self.clock.set(seconds)
        if told and self.is_on and self.scenario.program != "firmware":
            self.program.clock_was_set(before)


def warm_up() -> None:
    """Keep what is loaded out of the collector's way: the clients collect after each reply."""
    gc.collect()
    gc.freeze()
