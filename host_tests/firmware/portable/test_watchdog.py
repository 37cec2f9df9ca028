"""The watchdog over a fake module machine: fed while the loop turns, not while it stands, stopped for a person."""

from cognito_app.watchdog import EspWatchdog, Rp2Watchdog


class FakeMachine:
    """`timeout`: milliseconds of the watchdog; `fed`: how often."""

    def __init__(self) -> None:
        self.fed = 0
        self.mem32: dict = {}
        self.timer = None

    def WDT(self, timeout: int):
        assert timeout <= 1000000000
        self.timeout = timeout
        return self

    def feed(self) -> None:
        self.fed += 1

    def Timer(self, period: int, callback):
        assert period == 1000
        self.timer = callback
        return self

    def deinit(self) -> None:
        self.timer = None

    def pass_seconds(self, seconds: int) -> None:
        for _ in range(seconds):
            self.timer(self)


def test_rp2_is_fed_by_a_timer_for_as_long_as_the_loop_turns():
    machine = FakeMachine()
    watchdog = Rp2Watchdog(machine, 60, "Raspberry Pi Pico W with RP2040")
    assert machine.timeout < 8388
    for _ in range(10):
        machine.pass_seconds(59)
        watchdog.feed()
    assert machine.fed == 590
    machine.pass_seconds(100)
    assert machine.fed == 650, "fed although the loop stands still"


def test_rp2_is_stopped_for_good():
    for chip, register in (("Pico W with RP2040", 0x4005B000), ("Pico 2 W with RP2350", 0x400DB000)):
        machine = FakeMachine()
        Rp2Watchdog(machine, 60, chip).stop()
        assert machine.mem32 == {register: 1 << 30} and machine.timer is None


def test_esp32_takes_the_time_as_it_is_and_days_for_a_person():
    machine = FakeMachine()
    watchdog = EspWatchdog(machine, 60)
    assert machine.timeout == 60000
    watchdog.feed()
    assert machine.fed == 1
    watchdog.stop()
    assert machine.timeout > 86400000
