"""The access token that outlives deep sleep: what is kept, and when it is believed."""

from cognito_mp.clock import Lifetime
from cognito_mp.protocol import Tokens
from cognito_mp.sleep_memory import SleepingSession, SleepMemory
from cognito_mp.stores.ram import RamStore
from fakes import FakeClock, FakeMemory


def kept(token="an access token", space=2048):
    """(SleepMemory, its memory, the clock), with a token of an hour's life in it."""
    memory, clock = FakeMemory(space), FakeClock()
    sleep_memory = SleepMemory(memory, clock)
    sleep_memory.save("refresh token", token, Lifetime(clock, 3600))
    return sleep_memory, memory, clock


def test_a_token_that_is_not_due_is_believed():
    sleep_memory, _, clock = kept()
    clock.pass_time(900)
    tokens, life = sleep_memory.load("refresh token", "alice")
    assert (tokens.access_token, tokens.username, tokens.refresh_token) == ("an access token", "alice", "refresh token")
    assert tokens.id_token is None
    assert (life.expires_in, life.age(), life.left()) == (3600, 900, 2700) and 1700 < life.until_due() < 1900


def believed(sleep_memory, refresh_token="refresh token") -> bool:
    tokens, life = sleep_memory.load(refresh_token, "alice")
    assert (tokens is None) == (life.left() == 0)
    return tokens is not None


def test_one_that_is_due_or_dead_is_not():
    for asleep in (2800, 3700):
        sleep_memory, _, clock = kept()
        clock.pass_time(asleep)
        assert not believed(sleep_memory)


def test_a_clock_that_lost_the_time_or_was_stepped_back_is_not():
    sleep_memory, _, clock = kept()
    clock.pass_time(900)
    clock.error = -901
    assert not believed(sleep_memory)
    clock.unset()
    assert not believed(sleep_memory)


def test_a_token_of_another_session_is_not():
    sleep_memory, _, _ = kept()
    assert believed(sleep_memory) and not believed(sleep_memory, "another refresh token")


def test_memory_that_was_never_written_or_was_garbled_is_no_token():
    sleep_memory, memory, _ = kept()
    good = memory()
    for data in (b"", b"\xff" * 2048, good[:40], good[:-1], good + b"x", b"x" + good[1:], good[:50] + b"z" + good[51:]):
        memory(data)
        assert not believed(sleep_memory)
    memory(good)
    assert believed(sleep_memory)


def test_a_token_that_is_larger_than_the_memory_is_not_kept():
    sleep_memory, memory, clock = kept(space=1000)
    sleep_memory.save("refresh token", "b" * 1100, Lifetime(clock, 3600))
    assert memory() == b"" and not believed(sleep_memory)


def test_a_token_of_real_size_fits_in_esp32s_memory():
    sleep_memory, _, _ = kept("a" * 1900)
    assert sleep_memory.load("refresh token", "alice")[0].access_token == "a" * 1900


def test_nothing_is_kept_by_a_clock_that_is_not_set_and_nothing_is_left_behind():
    sleep_memory, memory, clock = kept()
    clock.unset()
    sleep_memory.save("refresh token", "a token", Lifetime(clock, 3600))
    assert memory() == b""
    sleep_memory, memory, _ = kept()
    sleep_memory.erase()
    assert memory() == b""


def test_an_erased_session_leaves_no_token_of_one_that_never_came_to_the_store():
    sleep_memory, memory, clock = kept()  # the power went before the store had the session
    SleepingSession("1example23456789", RamStore(), clock, memory).erase()
    assert memory.data == b""


def test_a_restart_in_the_middle_of_a_refresh_finds_no_token_but_asks_again():
    memory, clock, store = FakeMemory(), FakeClock(), RamStore()
    session = SleepingSession("1example23456789", store, clock, memory)
    result = {"AccessToken": "an access token", "RefreshToken": "refresh token", "ExpiresIn": 3600}
    session.start(Tokens(result, "alice", None))
    awake = SleepingSession("1example23456789", store, clock, memory)
    assert awake.signed_in and awake.life.until_due()
    session.begin_refresh()
    restarted = SleepingSession("1example23456789", store, clock, memory)
    assert restarted.signed_in and not restarted.life.until_due()


def test_ticks_that_stood_still_make_no_dead_token_look_alive_when_the_clock_is_set():
    clock = FakeClock()
    life = Lifetime(clock, 3600)
    clock.doze(4000)
    before = clock.now()
    clock.seconds = clock.true
    life.clock_was_set(before)
    assert life.left() == 0


def test_a_clock_stepped_back_before_the_sleep_makes_no_dead_token_look_alive():
    memory, clock = FakeMemory(), FakeClock()
    store = RamStore()
    session = SleepingSession("1example23456789", store, clock, memory)
    result = {"AccessToken": "an access token", "RefreshToken": "refresh token", "ExpiresIn": 3600}
    session.start(Tokens(result, "alice", None))
    clock.seconds = clock.true - 3000
    session.save_pending()  # as settle() does
    clock.pass_time(3601)
    clock._power_on = clock._passed  # the ticks begin anew
    awake = SleepingSession("1example23456789", store, clock, memory)
    assert awake.signed_in and not awake.life.left()


def test_a_clock_stepped_ahead_before_the_sleep_and_right_after_it_makes_no_dead_token_look_alive():
    sleep_memory, memory, clock = kept()
    life = Lifetime(clock, 3600)
    clock.pass_time(4000)
    clock.seconds = clock.true + 1000000
    sleep_memory.save("refresh token", "an access token", life)
    clock.seconds = clock.true
    assert memory.data == b"" and not believed(sleep_memory)
