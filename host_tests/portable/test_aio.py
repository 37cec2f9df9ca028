"""AsyncClient: the same calls awaited, and one refresh for all the tasks that ask for a token."""

import asyncio
import gc
import json
import sys

from checks import raises
from cognito_mp import (
    AsyncClient,
    CertificateError,
    Challenge,
    CognitoError,
    NotSignedIn,
    Tokens,
    account,
    challenges,
    identity_pool,
    oauth2,
)
from fakes import AwaitedTransport, CountingStore, FakeClock, FakeTransport, challenge, jwt, refusal, tokens

ID = "1example23456789abcdefghij"


def device(*replies, store=None, transport=AwaitedTransport, secret=None):
    """(client, transport, store, clock) of a device whose server gives `replies`."""
    transport = transport(*replies)
    store = store or CountingStore()
    clock = FakeClock()
    clock.random = 0
    return AsyncClient("eu-west-1", ID, secret, store=store, transport=transport, clock=clock), transport, store, clock


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


# What is kept when a call is over


def in_use() -> int:
    """What lives in the heap: bytes, or objects on CPython."""
    gc.collect()
    return gc.mem_alloc() if hasattr(gc, "mem_alloc") else len(gc.get_objects())


def test_nothing_of_a_call_is_kept_when_it_is_over():
    client, sent, _, clock = device(tokens(1), secret="s" * 51)
    run(client.sign_in("alice", "pw"))
    sent.post = answering(sent)
    calls = (
        lambda number: client.refresh(),
        lambda number: client.refresh({"number": str(number)}),
        lambda number: oauth2.client_token(client, ["scope/%d" % number]),
        lambda number: oauth2.client_token(client, None, {"number": str(number)}),
        lambda number: oauth2.token(client, "https://%d.example" % number),
        lambda number: identity_pool.credentials(client, "eu-west-1:%d" % number),
    )
    for call in calls:
        for fails in (False, True):
            sent.fails = fails

            async def main(call=call, fails=fails):
                seen = []
                for number in range(120):
                    try:
                        await call(number + 1000 * fails)
                        assert not fails
                    except CognitoError:
                        assert fails
                    if number in (20, 119):
                        seen.append(in_use())
                return seen

            before, after = run(main())
            assert after - before < 50 * (32 if hasattr(gc, "mem_alloc") else 1), (
                calls.index(call),
                fails,
                before,
                after,
            )


def answering(sent):
    """The post() of a service that answers each operation as AWS does, and that `sent.fails` makes refuse."""
    refreshed = tokens(2)
    refreshed["AuthenticationResult"]["IdToken"] = jwt({"iss": "https://pool"})
    keys = {"AccessKeyId": "A" * 20, "SecretKey": "S" * 40, "SessionToken": "T" * 800, "Expiration": 1900000000}
    replies = {
        "InitiateAuth": refreshed,
        "GetClientToken": {"ClientAuthenticationResult": {"AccessToken": "t" * 900, "ExpiresIn": 3600}},
        "GetId": {"IdentityId": "eu-west-1:1d"},
        "GetCredentialsForIdentity": {"IdentityId": "eu-west-1:1d", "Credentials": keys},
    }

    async def post(url, headers, body):
        await asyncio.sleep(0)
        target = headers.get("X-Amz-Target")
        if not target:  # a domain's /oauth2/token (RFC 6749, 5.1 and 5.2)
            good, bad = {"access_token": "t" * 900}, {"error": "slow_down"}
        else:
            good, bad = replies[target.split(".")[1]], {"__type": "LimitExceededException", "message": "m"}
        return (400, {}, answer(bad)) if sent.fails else (200, {}, answer(good))

    def answer(reply):
        return bytearray(json.dumps(reply).encode())

    return post


def test_a_task_that_ends_before_it_has_begun_is_waited_for_by_nobody():
    """Whoever cancels all tasks cancels a refresh's too, which may not have begun."""
    client, sent, _, clock = device(tokens(1), tokens(2))

    async def main():
        await client.sign_in("alice", "pw")
        waiting = asyncio.create_task(client.refresh())
        made, create_task = [], asyncio.create_task
        asyncio.create_task = lambda work: made.append(create_task(work)) or made[-1]
        try:
            await asyncio.sleep(0)
        finally:
            asyncio.create_task = create_task
        for task in made:
            task.cancel()
        waiting.cancel()
        await within(50, client.settle())
        return (await within(50, client.refresh())).id_token

    assert run(main()) == "id2"


async def within(turns, coroutine):
    """What `coroutine` returns within so many turns of the loop: one that hangs fails, and hangs no test."""
    task = asyncio.create_task(coroutine)
    for _ in range(turns):
        if task.done():
            return await task
        await asyncio.sleep(0)
    task.cancel()
    raise AssertionError("it hangs")


# refresh() with metadata


def test_metadata_of_a_refresh_reaches_the_service_though_another_is_under_way():
    client, sent, _, _ = device(tokens(1), tokens(2), tokens(3), tokens(4), tokens(5))

    async def main():
        await client.sign_in("alice", "pw")
        watch, phone = {"from": "watch"}, {"from": "phone"}
        return await within(
            200,
            outcomes(
                client.refresh(),
                client.refresh(watch),
                client.refresh(),
                client.refresh(dict(watch)),
                client.refresh(phone),
            ),
        )

    got = run(main())
    assert [one.id_token for one in got] == ["id2", "id3", "id2", "id3", "id4"]
    assert [body.get("ClientMetadata") for _, body in sent.requests[1:]] == [None, {"from": "watch"}, {"from": "phone"}]


def test_a_refresh_with_metadata_does_not_fail_with_anothers_failure():
    client, sent, _, _ = device(tokens(1), refusal("LimitExceededException"), tokens(2))

    async def main():
        await client.sign_in("alice", "pw")
        return await within(200, outcomes(client.refresh({"a": "1"}), client.refresh({"b": "2"})))

    first, second = run(main())
    assert isinstance(first, CognitoError) and second.id_token == "id2"


# Turns


def test_requests_take_turns():
    class Busy(AwaitedTransport):
        under_way = most = 0

        async def post(self, url, headers, body):
            Busy.under_way += 1
            Busy.most = max(Busy.most, Busy.under_way)
            try:
                return await super().post(url, headers, body)
            finally:
                Busy.under_way -= 1

    user = {"Username": "alice", "UserAttributes": []}
    client, sent, _, _ = device(tokens(1), OSError(104), *[user] * 4, transport=Busy)

    async def main():
        await client.sign_in("alice", "pw")
        tasks = [asyncio.create_task(client.call("GetUser")) for _ in range(5)]
        for _ in range(4):
            await asyncio.sleep(0)
        tasks[0].cancel()  # which gives its turn to the next
        return await within(400, outcomes(*tasks[1:]))

    assert run(main()) == [user] * 4
    assert Busy.most == 1 and Busy.under_way == 0


# Another loop


def left_in_a_loop(main):
    """Run main() in a loop that then stands still for good, with all tasks in it as they are. The loop, to be kept."""
    if sys.implementation.name != "cpython":
        asyncio.run(main)
        return asyncio.new_event_loop()
    loop = asyncio.new_event_loop()
    loop.run_until_complete(main)
    return loop


def test_a_client_goes_on_in_a_new_loop_whatever_was_under_way_in_the_old_one():
    class Stuck(FakeTransport):
        stuck = False

        async def post(self, url, headers, body):
            if self.stuck:
                await asyncio.Event().wait()
            self.closed_before = self.closed
            return super().post(url, headers, body)

    for name in ("refresh", "access_token", "id_token", "sign_in", "sign_out"):
        client, sent, _, clock = device(tokens(1), transport=Stuck)
        run(client.sign_in("alice", "pw"))
        sent.stuck = True
        clock.pass_time(3601)

        async def leaves(client=client, name=name):
            arguments = ("alice", "pw") if name == "sign_in" else ()
            task = asyncio.create_task(getattr(client, name)(*arguments))
            for _ in range(9):
                await asyncio.sleep(0)
            return task

        loop = left_in_a_loop(leaves())
        sent.stuck = False
        sent.replies = [tokens(2), tokens(3), {}]
        closed = sent.closed
        before = clock.true_ms

        async def goes_on(client=client, name=name, sent=sent):
            if name == "sign_out":
                await client.sign_in("alice", "pw")
            await client.access_token()
            first = sent.closed_before
            await client.settle()
            closed = sent.closed
            await client.refresh()
            assert sent.closed == closed + 1, "a task that was left in the old loop holds no connection"
            await client.sign_out()
            return first

        assert run(within_a_task(goes_on())) > closed, "a connection of the old loop was closed first"
        assert clock.true_ms == before, "nobody waits for what will never end"
        if hasattr(asyncio, "all_tasks"):
            close(loop)


async def within_a_task(coroutine):
    return await within(300, coroutine)


def close(loop):
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


# The store is read when a call is awaited


def test_the_store_is_read_when_a_call_is_awaited():
    class Read(CountingStore):
        reads = 0

        def load(self):
            Read.reads += 1
            return super().load()

    async def main():
        asked = Challenge(challenge("NEW_PASSWORD_REQUIRED"), "alice")
        asked.device_key = "a-device"
        for make in (
            lambda client: client.sign_in("alice", "pw"),
            lambda client: client.set_new_password(asked, "New-Passw0rd!"),
            lambda client: client.respond(asked, {}),
            lambda client: challenges.verify_software_token(client, asked, "123456"),
            lambda client: client.access_token(),
            lambda client: client.sign_out(),
            lambda client: account.delete_user(client),
            lambda client: identity_pool.credentials(client, "eu-west-1:pool"),
        ):
            client, sent, store, _ = device(store=Read())
            call = make(client)
            assert Read.reads == 0
            call.close()

    run(main())


def test_a_device_that_came_between_call_and_await_is_named():
    kept = {"key": "eu-west-1_device-1", "group": "g", "password": "p", "owner": "the-sub", "sign_in_name": "alice"}
    client, sent, store, _ = device(tokens(1), {})

    async def main():
        call = client.sign_in("alice", "pw")
        store.save(json.dumps({"username": "the-sub", "refresh_token": "r", "device": kept}).encode())
        await call

    run(main())
    assert sent.requests[0][1]["AuthParameters"]["DEVICE_KEY"] == kept["key"]
