"""The keeper's states, and what ends a session (the service's word) and what does not (everything else)."""

import asyncio
import sys
from binascii import b2a_base64

from checks import raises
from cognito_app.session_keeper import shown_name
from cognito_app.status import CONNECTING, NEEDS_SIGN_IN, OFFLINE, SESSION_OVER, SIGNED_IN
from cognito_mp import CertificateError, CognitoError, NotSignedIn
from fake_device import FakeDevice, run

DOWN = (500, "InternalErrorException", "try later")


def test_a_start_with_a_session_connects_sets_the_clock_and_refreshes():
    device = FakeDevice()
    device.clock.unset()
    device.start()
    assert device.state == CONNECTING
    device.step()
    assert device.seen == [CONNECTING, SIGNED_IN]
    assert device.clock.error == 0 and device.link.tries == 1 and device.cognito.requests == 1
    assert device.access_token() in device.cognito.dead_at


def test_a_start_without_a_session_says_what_to_do():
    device = FakeDevice(signed_in=False)
    assert device.state == NEEDS_SIGN_IN
    assert "cognito-mp provision" in device.keeper.status().detail
    assert "console" in device.keeper.status().detail
    device.step()
    assert device.link.tries == 1, "ready for the person who comes to sign in"
    assert device.cognito.requests == 0
    raises(NotSignedIn, run, device.keeper.access_token())


def test_what_is_in_the_way_of_a_sign_in_is_told_beside_what_to_do():
    device = FakeDevice(signed_in=False)
    device.link.reachable = False
    device.step()
    detail = device.keeper.status().detail
    assert "cognito-mp provision" in detail and "no network" in detail


def test_a_sign_in_through_the_keeper_is_a_session():
    device = FakeDevice(signed_in=False)
    run(device.keeper.sign_in("alice", "pw"))
    assert device.state == SIGNED_IN
    assert device.access_token() in device.cognito.dead_at
    assert device.cognito.requests == 1


def test_srps_number_is_made_while_a_person_types():
    device = FakeDevice(signed_in=False)
    device.pool_id = "eu-west-1_AbCdEf123"
    device.start()
    made: list = []
    given: list = []
    client_run, client_sign_in = device.client.run, device.client.sign_in

    async def counted(flow, key=None):
        made.append(await client_run(flow, key))
        return made[-1]

    async def looked_at(*words, **options):
        given.append(options)
        assert device.full_speed.now, "the chip is fast while it proves a password"
        return await client_sign_in(*words, **options)

    async def typed_and_signed_in():
        device.keeper.expect_sign_in("USER_PASSWORD_AUTH")  # which has no use for one
        device.keeper.expect_sign_in("USER_SRP_AUTH")
        device.keeper.expect_sign_in("USER_SRP_AUTH")  # another page, or the same one again
        while not made:
            await asyncio.sleep(0)
        device.client.sign_in = looked_at
        await device.keeper.sign_in("alice", "pw-of-alice", "USER_SRP_AUTH")

    device.client.run = counted
    run(typed_and_signed_in())
    assert device.cognito.answers == [{"USERNAME": "alice", "SRP_A": made[0].public}]
    assert given == [{"secret": made[0]}] and device.full_speed.times == 1 and not device.full_speed.now
    device.client.sign_in = client_sign_in
    run(device.keeper.sign_in("alice", "pw-of-alice", "USER_SRP_AUTH"))
    assert device.cognito.answers[1]["SRP_A"] != made[0].public, "one number is for one sign-in"


def test_a_number_that_could_not_be_made_ahead_costs_no_sign_in():
    for problem in (MemoryError(), OSError(5, "no source of randomness")):
        device = FakeDevice(signed_in=False)
        device.pool_id = "eu-west-1_AbCdEf123"
        device.start()
        client_run = device.client.run

        async def failing(flow, problem=problem):
            flow.close()
            raise problem

        async def typed_and_signed_in(device=device, failing=failing, client_run=client_run):
            device.client.run = failing
            device.keeper.expect_sign_in("USER_SRP_AUTH")
            await asyncio.sleep(0)
            device.client.run = client_run
            await device.keeper.sign_in("alice", "pw-of-alice", "USER_SRP_AUTH")

        run(typed_and_signed_in())
        assert device.state == SIGNED_IN and device.cognito.answers[0]["SRP_A"]


def test_a_number_made_ahead_is_not_spent_on_a_sign_in_that_has_no_use_for_it():
    device = FakeDevice(signed_in=False)
    device.pool_id = "eu-west-1_AbCdEf123"
    device.start()
    given: list = []
    client_sign_in = device.client.sign_in

    async def noted(*words, **options):
        given.append(sorted(options))
        return await client_sign_in(*words, **options)

    async def typed_and_signed_in():
        device.client.sign_in = noted
        device.keeper.expect_sign_in("USER_SRP_AUTH")
        for flow in ("USER_PASSWORD_AUTH", "USER_SRP_AUTH"):
            await device.keeper.sign_in("alice", "pw-of-alice", flow)

    run(typed_and_signed_in())
    assert given == [[], ["secret"]]


def test_a_person_who_signs_in_is_worth_a_try_at_once():
    device = FakeDevice(signed_in=False)
    device.link.reachable = False
    for _ in range(6):
        device.step()
    device.link.reachable = True
    run(device.keeper.sign_in("alice", "pw"))
    assert device.state == SIGNED_IN


def test_a_refresh_comes_when_due_and_not_before():
    device = FakeDevice()
    device.live(2000)
    assert device.cognito.requests == 1
    device.live(1200)
    assert device.cognito.requests == 2


def test_due_times_differ_between_devices():
    due = set()
    for seed in range(1, 30):
        device = FakeDevice(seed=seed * 7919)
        device.step()
        due.add(device.client.session.life.until_due())
    assert len(due) > 15
    assert min(due) > 0.64 * 3600 and max(due) < 0.86 * 3600


def test_a_lost_link_is_offline_with_a_session_and_costs_no_request():
    device = FakeDevice()
    device.step()
    device.link.reachable = False
    device.live(600)
    assert device.state == OFFLINE and device.has_session
    assert device.keeper.seconds_left > 0, "the token is still good"
    device.link.reachable = True
    device.live(130)
    assert device.state == SIGNED_IN and device.cognito.requests == 1
    assert device.seen[:3] == [CONNECTING, SIGNED_IN, OFFLINE] and CONNECTING not in device.seen[1:]


def test_a_link_that_is_back_is_worth_an_early_refresh():
    device = FakeDevice()
    device.step()
    device.cognito.error = DOWN
    device.live(12 * 3600)
    while device.keeper._refresh_tries.wait() < 200:
        device.clock.pass_time(device.step())
    device.cognito.error = None
    device.link.reachable = False
    device.live(6)
    device.link.reachable = True
    device.live(20)
    assert device.state == SIGNED_IN


def test_a_server_that_is_down_for_a_day_ends_nothing():
    device = FakeDevice()
    device.step()
    for error in (DOWN, OSError(104), CertificateError("refused"), MemoryError()):
        device.cognito.error = error
        before = device.cognito.requests
        device.live(86400)
        assert device.state == OFFLINE and device.has_session
        assert 86400 / 700 < device.cognito.requests - before < 86400 / 280, "it asks, and not too often"
        device.cognito.error = None
        device.live(700)
        assert device.state == SIGNED_IN


def test_a_token_that_is_due_but_alive_is_still_signed_in():
    device = FakeDevice()
    device.step()
    before = device.access_token()
    device.cognito.error = DOWN
    device.live(3300)
    assert device.state == SIGNED_IN and "try later" in device.keeper.status().detail
    assert device.access_token() == before
    device.live(400)
    assert device.state == OFFLINE
    raises((CognitoError, OSError), run, device.keeper.access_token())


def test_only_the_services_word_ends_a_session():
    device = FakeDevice()
    device.step()
    device.cognito.end_sessions()
    device.live(3600)
    assert device.state == SESSION_OVER
    assert "revoked" in device.keeper.status().detail
    assert device.memory() == b"" and not device.store.load()
    before = device.cognito.requests
    device.live(3600)
    assert device.state == SESSION_OVER and device.cognito.requests == before
    device.start()
    assert device.state == NEEDS_SIGN_IN


def test_a_sign_in_after_the_end_is_a_new_session():
    device = FakeDevice()
    device.cognito.end_sessions()
    device.step()
    run(device.keeper.sign_in("alice", "pw"))
    assert device.state == SIGNED_IN


def test_sign_out_leaves_nothing_behind():
    device = FakeDevice()
    device.step()
    assert run(device.keeper.sign_out()) is True
    assert device.state == NEEDS_SIGN_IN and device.memory() == b"" and not device.store.load()
    raises(NotSignedIn, run, device.keeper.access_token())


def test_no_request_while_the_clock_is_unset():
    device = FakeDevice()
    device.clock.unset()
    device.start()
    device.time_server.up = False
    device.live(6 * 3600)
    assert device.state == OFFLINE and "clock is not set" in device.keeper.status().detail
    assert device.cognito.requests == 0
    assert 6 * 3600 / 320 < device.time_server.asked < 6 * 3600 / 120
    device.time_server.up = True
    device.live(310)
    assert device.state == SIGNED_IN and not device.cognito.too_early


def test_a_clock_that_is_set_needs_no_time_server():
    device = FakeDevice()
    device.time_server.up = False
    device.step()
    assert device.state == SIGNED_IN and device.keeper.status().detail == ""


def test_the_clock_is_corrected_twice_a_day():
    device = FakeDevice()
    device.live(3 * 86400)
    assert 6 <= device.time_server.asked <= 8


def test_a_clock_that_was_wrong_moves_what_is_kept_through_sleep_along():
    device = FakeDevice()
    device.time_server.up = False
    device.clock.error = 1200  # 20 minutes ahead
    device.step()
    device.time_server.up = True
    device.live(600)
    assert device.clock.error == 0
    device.start()
    token = device.access_token()
    assert device.cognito.requests == 1, "the kept one"
    assert abs(device.cognito.dead_at[token] - (device.clock.true + device.keeper.seconds_left)) <= 5


def test_a_wall_clock_that_is_stepped_back_leaves_a_dead_token_dead():
    device = FakeDevice()
    device.step()
    device.time_server.up = False
    device.cognito.error = DOWN
    device.clock.pass_time(3700)
    device.clock.error -= 86400
    assert device.keeper.seconds_left == 0
    raises(CognitoError, run, device.keeper.access_token())


def test_ticks_that_stood_still_leave_a_dead_token_dead():
    device = FakeDevice()
    device.step()
    device.clock.doze(3700)
    assert device.keeper.seconds_left == 0


def test_a_link_that_lies_is_brought_up_anew():
    device = FakeDevice()
    device.step()
    device.cognito.error = OSError(113)
    device.live(3 * 3600)
    assert device.link.downs > 1 and device.link.tries == device.link.downs + 1


def test_a_refused_certificate_blames_no_link():
    device = FakeDevice()
    device.step()
    device.cognito.error = CertificateError("refused")
    device.live(3 * 3600)
    assert device.link.downs == 0


def test_the_job_can_ask_as_often_as_it_likes():
    device = FakeDevice()
    device.step()
    device.cognito.error = DOWN
    device.clock.pass_time(3700)
    before = device.cognito.requests
    for _ in range(100):
        raises((CognitoError, OSError), run, device.keeper.access_token())
    assert device.cognito.requests == before + 1


def test_refresh_at_the_jobs_wish():
    device = FakeDevice()
    device.step()
    before = device.access_token()
    run(device.keeper.refresh())
    assert device.access_token() != before and device.cognito.requests == 2


def test_a_fault_of_ours_ends_nothing():
    device = FakeDevice()
    device.cognito.error = KeyError("a fault of ours")
    device.live(60)
    assert device.state == OFFLINE and "internal fault: KeyError" in device.keeper.status().detail
    device.cognito.error = None
    device.live(700)
    assert device.state == SIGNED_IN


def test_a_display_that_fails_costs_no_session():
    device = FakeDevice()
    asked: list = []

    def broken(status):
        asked.append(status)
        raise ValueError("a display that fails")

    device.keeper.on_status(broken)
    device.step()
    assert device.state == SIGNED_IN and len(asked) > 1


def test_run_looks_after_a_link_that_the_job_wants():
    device = FakeDevice()
    device.step()
    device.start()
    device.time_server.asked = 0
    steps: list = []
    step = device.keeper.step

    async def counted() -> int:
        steps.append(await step())
        return steps[-1]

    device.keeper.step = counted

    async def live():
        keeping = asyncio.create_task(device.keeper.run())
        for _ in range(5):
            await asyncio.sleep(0)
        assert len(steps) == 1 and steps[0] > 1000, "a token that is not due lets it sleep"
        await device.keeper.connect()
        for _ in range(5):
            await asyncio.sleep(0)
        keeping.cancel()

    run(live())
    assert len(steps) == 2 and steps[1] <= 5


def test_a_flash_that_is_full_is_told_and_costs_neither_the_session_nor_a_storm():
    device = FakeDevice(grace=0)
    device.store.full = True
    device.step()
    detail = device.keeper.status().detail
    assert device.state == SIGNED_IN and "in RAM only" in detail and "no space left" in detail
    device.live(86400)
    assert device.state == SIGNED_IN and device.cognito.requests < 40 and device.store.saves < 150
    device.store.full = False
    device.live(3700)
    assert device.keeper.status().detail == "" and device.has_session


def test_what_is_unsaved_is_saved_though_the_radio_is_off_and_nothing_is_due():
    device = FakeDevice(grace=0, radio_idle_s=30)
    device.store.full = True
    device.live(20)
    assert not device.has_session, "its rotated token is in RAM alone"
    device.store.full = False
    device.live(120)
    assert device.has_session and not device.link.is_up()


def test_a_store_that_cannot_be_read_just_now_is_no_end():
    device = FakeDevice()
    device.store.unreadable = True
    device.start()
    device.live(60)
    assert device.state == OFFLINE and "can't read" in device.keeper.status().detail
    device.store.unreadable = False
    device.live(700)
    assert device.state == SIGNED_IN


async def cut_off(device) -> None:
    """A job that is cancelled when the service has answered its refresh, and nobody has read the answer yet."""
    asking = asyncio.create_task(device.keeper.access_token())
    while not device.cognito.requests:
        await asyncio.sleep(0)
    asking.cancel()
    try:
        await asking
    except asyncio.CancelledError:
        pass


def test_no_sleep_while_a_rotated_token_is_on_its_way_or_not_saved():
    for full in (False, True):
        device = FakeDevice(grace=0)
        device.store.full = full

        async def settled(device) -> bool:
            await cut_off(device)
            return await device.keeper.settle()

        assert run(settled(device)) is not full
        assert device.has_session is not full
        if full:
            device.store.full = False
            assert run(device.keeper.settle()) and device.has_session


def test_a_certificate_that_a_wrong_clock_refuses_makes_it_ask_for_the_time_again():
    device = FakeDevice()
    device.clock.unset()
    device.time_server.wrong = [400 * 86400]
    device.start()
    device.live(30)
    assert device.state == SIGNED_IN and device.time_server.asked == 2 and device.clock.error == 0


def test_a_person_who_signs_in_by_a_wrong_clock_gets_in_at_the_second_try():
    device = FakeDevice(signed_in=False)
    device.clock.unset()
    device.time_server.wrong = [400 * 86400]
    device.start()
    raises(CertificateError, run, device.keeper.sign_in("alice", "pw"))
    run(device.keeper.sign_in("alice", "pw"))
    assert device.state == SIGNED_IN and device.time_server.asked == 2 and device.clock.error == 0


def test_the_radio_rests_between_uses_when_the_settings_say_so():
    device = FakeDevice(radio_idle_s=60)
    device.live(30)
    assert device.link.up and device.state == SIGNED_IN
    device.live(60)
    assert not device.link.up and device.state == SIGNED_IN, "a token is at hand"
    tries = device.link.tries
    device.live(3600)
    assert device.link.tries > tries and device.cognito.requests >= 2, "it comes up when the token is due"
    run(device.keeper.connect())
    assert device.link.up, "or when the job wants it"
    device.live(120)
    assert not device.link.up


def test_the_radio_does_not_rest_while_there_is_something_to_do():
    device = FakeDevice(radio_idle_s=60)
    device.cognito.error = OSError(104)
    device.live(300)
    assert device.link.up or device.link.tries > 1
    device.cognito.error = None
    device.live(900)
    assert device.state == SIGNED_IN


def test_the_name_that_is_shown():
    class Session:
        username = "alice"
        tokens = None

    assert FakeDevice().keeper.status().person == "sub-of-alice"
    assert FakeDevice(signed_in=False).keeper.status().person == ""
    session = Session()
    session.username = "0d4b3f2a-1c2d-4e5f-8a9b-0c1d2e3f4a5b"
    assert shown_name(session) == ""

    class Tokens:
        id_token = "e30." + b2a_base64(b'{"email": "ada@example.com"}').decode().strip().rstrip("=") + ".x"

    session.tokens = Tokens
    assert shown_name(session) == "ada@example.com"
    Tokens.id_token = "no JWT"
    assert shown_name(session) == ""


def test_a_refresh_that_got_no_new_token_raises_though_the_old_one_is_good():
    device = FakeDevice()
    old = device.access_token()
    for trouble in (OSError(113), (500, "InternalErrorException", ""), (400, "NotAuthorizedException", "SecretHash")):
        device.cognito.error = trouble
        raises((OSError, CognitoError), run, device.keeper.refresh())
        assert device.access_token() == old, "for all else it does"
    device.link.reachable = False
    raises(OSError, run, device.keeper.refresh())
    device.link.reachable, device.cognito.error = True, None
    device.clock.pass_time(10)
    run(device.keeper.refresh())
    assert device.access_token() != old


def test_an_unset_clock_ends_no_interval():
    """The first answer of the time server moves the wall clock by years."""
    for before in (1609459200, 946684800):
        device = FakeDevice(radio_idle_s=600)
        device.memory.data = b""
        device.clock.unset(before)
        device.start()
        device.step()
        assert device.clock.is_set() and device.link.up, "the radio has not been idle for long"
        device.live(300)
        assert device.link.up
        device.live(400)
        assert not device.link.up


def _whose_session_lasts(days: int) -> FakeDevice:
    device = FakeDevice(session_days=days)
    device.step()
    return device


def test_two_weeks_before_its_end_a_session_says_so():
    device = _whose_session_lasts(60)
    for days, detail in ((45, ""), (2, "sign in again before 16 Mar"), (11, "sign in again before 16 Mar")):
        device.clock.pass_time(days * 86400)
        device.step()
        status = device.keeper.status()
        assert (status.state, status.detail) == (SIGNED_IN, detail), (days, status.detail)
    assert device.keeper.sign_in_before() == (16, 3, "Mar")
    # Another sign-in, and it is far away again.
    run(device.keeper.sign_in("alice", "pw-of-alice"))
    assert device.keeper.sign_in_before() == () and device.keeper.status().detail == ""


def test_a_sessions_end_is_told_by_a_clock_that_is_set_and_where_nothing_is_wrong():
    device = _whose_session_lasts(10)
    assert device.keeper.status().detail.startswith("sign in again before")
    device.clock.error = -86400 * 3650
    assert device.keeper.status().detail == ""
    device.clock.error = 0
    device.store.full = True
    device.keeper.client.session.keep(identity=["eu-west-1:id", "eu-west-1:pool"])
    assert device.keeper.status().detail.startswith("the session is in RAM only")


def test_what_tells_the_end_does_not_stay_in_ram():
    device = _whose_session_lasts(10)
    assert device.keeper.sign_in_before()
    for module in ("cognito_app.session_end", "cognito_mp.auth_time", "cognito_app.loaded_modules"):
        assert module not in sys.modules, module
