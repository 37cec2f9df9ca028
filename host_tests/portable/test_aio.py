"""AsyncClient: the same calls awaited, and one refresh for all the tasks that ask for a token."""

import asyncio
import json

from checks import raises
from cognito_mp import AsyncClient, CertificateError, CognitoError, NotSignedIn, Tokens
from fakes import AwaitedTransport, CountingStore, FakeClock, FakeTransport, challenge, refusal, tokens

ID = "1example23456789abcdefghij"


def device(*replies, store=None, transport=AwaitedTransport):
    """(client, transport, store, clock) of a device whose server gives `replies`."""
    transport = transport(*replies)
    store = store or CountingStore()
    clock = FakeClock()
    clock.random = 0
    return AsyncClient("eu-west-1", ID, store=store, transport=transport, clock=clock), transport, store, clock


async def outcomes(*tasks) -> list:
    """What each awaitable returns, or the exception that it raises."""
    return await asyncio.gather(*tasks, return_exceptions=True)


def run(main):
    return asyncio.run(main)


def test_the_same_calls_awaited():
    for transport in (AwaitedTransport, FakeTransport):
        client, sent, store, _ = device(
            challenge("NEW_PASSWORD_REQUIRED"), tokens(1), tokens(2, refresh=False), {}, transport=transport
        )

        async def main(client=client):
            async with client:
                asked = await client.sign_in("alice", "temporary")
                assert isinstance(await client.set_new_password(asked, "New-Passw0rd!"), Tokens)
                assert client.signed_in
            first = await client.access_token()
            assert (await client.refresh()).access_token != first
            assert await client.id_token() == "id2"
            return await client.sign_out()

        assert run(main()) is True
        assert not client.signed_in and store.load() is None
        assert [operation for operation, _ in sent.requests] == [
            "InitiateAuth",
            "RespondToAuthChallenge",
            "InitiateAuth",
            "RevokeToken",
        ]


def test_tasks_share_one_refresh():
    client, sent, _, clock = device(tokens(1), tokens(2, refresh=False))

    async def main():
        await client.sign_in("alice", "pw")
        clock.pass_time(3601)
        return await outcomes(*[client.access_token() for _ in range(5)])

    got = run(main())
    assert len(sent.requests) == 2
    assert got == [tokens(2)["AuthenticationResult"]["AccessToken"]] * 5


def test_tasks_share_its_failure():
    client, sent, _, clock = device(tokens(1), refusal("LimitExceededException"), tokens(2))

    async def main():
        await client.sign_in("alice", "pw")
        clock.pass_time(3601)
        got = await outcomes(*[client.id_token() for _ in range(3)])
        return got, await client.id_token()

    got, later = run(main())
    assert len(sent.requests) == 3 and later == "id2"
    assert all(isinstance(each, CognitoError) for each in got)


def test_a_cancelled_refresh_leaves_the_others_their_token():
    client, sent, _, clock = device(tokens(1), tokens(2), tokens(3))

    async def main():
        await client.sign_in("alice", "pw")
        clock.pass_time(3601)
        first = asyncio.create_task(client.id_token())
        second = asyncio.create_task(client.id_token())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert run(main()) == "id2"
    assert len(sent.requests) == 2, "the reply that was on its way is not lost: it may hold a rotated token"


def test_a_task_that_gives_up_loses_no_rotated_token():
    client, sent, store, clock = device(tokens(1), tokens(2))

    async def main():
        await client.sign_in("alice", "pw")
        clock.pass_time(3601)
        waiting = asyncio.create_task(client.access_token())
        for _ in range(3):
            await asyncio.sleep(0)
        waiting.cancel()
        for _ in range(10):
            await asyncio.sleep(0)

    run(main())
    assert json.loads(store.load())["refresh_token"] == "refresh2"


def test_a_sign_out_while_others_wait_for_a_token():
    client, sent, _, clock = device(tokens(1), tokens(2), {})

    async def main():
        await client.sign_in("alice", "pw")
        clock.pass_time(3601)
        return await outcomes(client.access_token(), client.sign_out(), client.access_token())

    first, signed_out, second = run(main())
    assert signed_out is True
    # The refresh that both wait for finds that its session is gone, and keeps what it brought from them.
    assert isinstance(first, NotSignedIn) and isinstance(second, NotSignedIn)


def test_leaving_a_with_closes_nothing_under_another_task():
    client, sent, _, _ = device(challenge("SMS_MFA"), tokens(1))

    async def answering():
        async with client:
            asked = await client.sign_in("alice", "pw")
            closed = sent.closed
            await client.respond(asked, "123456")
            return closed, sent.closed

    async def passing():
        for _ in range(2):
            await asyncio.sleep(0)
        async with client:
            pass

    async def main():
        closed, _ = await outcomes(answering(), passing())
        return closed

    assert run(main()) == (0, 0)
    assert sent.closed == 1


def test_its_own_transport_has_the_clients_clock():
    class Unset(FakeClock):
        def is_set(self):
            return False

    client = AsyncClient("eu-west-1", ID, endpoint="https://127.0.0.1:9", clock=Unset())
    assert "clock is set" in str(raises(CertificateError, run, client.sign_in("alice", "pw")))


def test_a_token_that_is_good_waits_for_nobody():
    client, sent, _, _ = device(tokens(1), tokens(2))

    async def main():
        await client.sign_in("alice", "pw")
        refreshing = asyncio.create_task(client.refresh())
        await asyncio.sleep(0)
        before = await client.id_token()
        await refreshing
        return before

    assert run(main()) == "id1"


def test_no_session():
    client, sent, _, _ = device()
    raises(NotSignedIn, run, client.access_token())
    assert not sent.requests


def test_a_client_outlives_its_loop_and_what_was_left_waiting_in_it():
    class Stuck(FakeTransport):
        stuck = True

        async def post(self, url, headers, body):
            if self.stuck:
                await asyncio.Event().wait()
            return super().post(url, headers, body)

    transport = Stuck(tokens(1), tokens(2))
    clock = FakeClock()
    clock.random = 0
    client = AsyncClient("eu-west-1", ID, transport=transport, clock=clock)

    async def left_waiting():
        task = asyncio.create_task(client.sign_in("alice", "pw"))
        for _ in range(3):
            await asyncio.sleep(0)
        return task.done()

    assert run(left_waiting()) is False
    asyncio.new_event_loop()  # on MicroPython tasks of the old loop would go on in the next run()
    transport.stuck = False

    async def goes_on():
        assert (await client.sign_in("alice", "pw")).id_token == "id1"
        closed = transport.closed
        assert (await client.refresh()).id_token == "id2"
        return transport.closed - closed

    assert run(goes_on()) == 1  # who was left in the old loop holds the connection no more


def test_a_plain_with_is_refused():
    client = AsyncClient("eu-west-1", ID, transport=FakeTransport())

    def enter():
        with client:
            pass

    assert "async with" in str(raises(TypeError, enter))
