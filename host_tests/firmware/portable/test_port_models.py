"""The models of the ports say no where the ports do; what each does is beside it in port_models, with its source."""

from checks import raises
from port_models import boards
from port_models.restarts import LockedUp, Restarted

YEAR = 365 * 86400


def restarted(model, action, *words) -> str:
    """Why the chip restarts in action(*words); it is started again."""
    why = raises(Restarted, action, *words).args[0]
    model.chip.start()
    return why


def test_an_rp2_has_one_cause_for_all_restarts_and_begins_in_2021():
    model = boards.PicoW()
    machine = model.chip.machine
    assert machine.reset_cause() == machine.PWRON_RESET and not model.clock.is_set()
    for action in (machine.reset, lambda: machine.deepsleep(1000)):
        model.clock.set_time(1800000000)
        model.clock.pass_time(5)
        restarted(model, action)
        assert machine.reset_cause() == machine.WDT_RESET and not model.clock.is_set() and not model.clock.ticks_ms()
    model.chip.load_uf2()
    assert machine.reset_cause() == machine.WDT_RESET
    model.chip.press_reset()
    assert machine.reset_cause() == machine.PWRON_RESET
    assert not hasattr(machine, "DEEPSLEEP_RESET") and not hasattr(machine.RTC(), "memory")


def test_an_esp32_tells_a_wake_and_keeps_time_and_memory_in_it():
    model = boards.ESP32()
    machine = model.chip.machine
    model.clock.set_time(1800000000)
    machine.RTC().memory(b"kept")
    assert restarted(model, machine.deepsleep, 60000) == "deepsleep"
    assert machine.reset_cause() == machine.DEEPSLEEP_RESET and model.clock.now() == 1800000060
    assert machine.RTC().memory() == b"kept" and not model.clock.ticks_ms()
    restarted(model, machine.reset)
    assert machine.reset_cause() == machine.HARD_RESET and model.clock.is_set()
    model.chip.cut_power()
    assert machine.reset_cause() == machine.PWRON_RESET and not model.clock.is_set()
    assert machine.RTC().memory() == b""
    raises(ValueError, machine.RTC().memory, bytes(2049))
    raises(LockedUp, machine.deepsleep, 0)


def test_a_light_sleep_of_an_rp2_ends_early():
    model = boards.PicoW()
    machine = model.chip.machine
    model.chip.ends_sleep.append(3)
    machine.lightsleep(1000)
    assert model.chip.slept == [("light", 1000, 3)] and model.clock.ticks_ms() == 3
    machine.Timer(period=1000, callback=lambda _: None)
    machine.lightsleep(5000)
    assert model.chip.slept[-1] == ("light", 5000, 1000), "an interrupt is an interrupt"
    raises(ValueError, machine.lightsleep, 4294967)
    raises(LockedUp, machine.lightsleep)
    machine.WDT(timeout=8000)
    raises(LockedUp, machine.lightsleep, 1000)


def test_a_watchdog_bites_unless_it_is_fed_and_a_soft_reset_does_not_end_it():
    for kind, longest in ((boards.RP2040, 8388), (boards.Pico2W, 16777), (boards.ESP32, 60000)):
        model = boards_chip = kind()
        machine = model.chip.machine
        dog = machine.WDT(timeout=longest)
        for _ in range(5):
            model.clock.pass_time((longest - 10) / 1000)
            dog.feed()
        model.chip.soft_reset()
        assert restarted(boards_chip, model.clock.pass_time, longest / 1000 + 1) == "watchdog"
        assert machine.reset_cause() == machine.WDT_RESET
    raises(ValueError, boards.RP2040().chip.machine.WDT, 0, 8389)
    raises(ValueError, boards.ESP32().chip.machine.WDT, 0, 999)


def test_a_soft_reset_ends_the_timers_that_feed_it():
    model = boards.RP2040()
    dog = model.chip.machine.WDT(timeout=8000)
    model.chip.machine.Timer(period=1000, callback=lambda _: dog.feed())
    model.clock.pass_time(60)
    model.chip.soft_reset()
    assert restarted(model, model.clock.pass_time, 9) == "watchdog"


def test_scratch_registers_outlive_what_the_watchdog_resets():
    for kind, first in ((boards.RP2040, 0x4005800C), (boards.Pico2W, 0x400D800C)):
        model = kind()
        machine = model.chip.machine
        machine.mem32[first] = 5
        restarted(model, machine.reset)
        assert machine.mem32[first] == 5
        model.chip.press_reset()
        assert machine.mem32[first] == 0
        raises(LockedUp, machine.mem32.__getitem__, 0x20000000)


def test_the_byte_of_ctrl_c_interrupts_from_the_start_until_it_is_let_through():
    for kind, left in ((boards.PicoW, b"d"), (boards.ESP32, b"abcd")):
        terminal = kind().chip.terminal
        terminal.arrives(b"abc\x03d")
        assert terminal.received == left
        raises(KeyboardInterrupt, terminal.check)
        terminal.kbd_intr(-1)
        terminal.arrives(b"\x03")
        terminal.check()
        assert terminal.received[-1:] == b"\x03"


def test_nothing_goes_on_after_a_reset():
    model = boards.ESP32()
    raises(Restarted, model.chip.machine.reset)
    for action in (model.chip.machine.reset, model.chip.machine.RTC().memory, model.chip.machine.freq):
        raises(Restarted, action)


def test_names_and_pins_are_the_boards_own():
    raises(ValueError, boards.RP2040().chip.machine.Pin, 99)
    raises(ValueError, boards.ESP32().chip.machine.Pin, "LED")
    boards.PicoW().chip.machine.Pin("LED", 1)
