"""Sign-ins by SRP on a board whose arithmetic takes long: slow_proofs.py ENDPOINT CA CLIENT_ID CLIENT_SECRET POOL_ID.

For each way a line: its name, how often a host was looked up and connected to, whether it worked; "remembered" is the
second sign-in of a remembered device. Before each proof the connection lies idle for 14 seconds of the board's counter.
"""

import asyncio
import sys

from cognito_app.console_sign_in import SignIn
from cognito_app.own_settings import OwnSettings
from cognito_app.session_keeper import SessionKeeper
from cognito_app.sign_in_page import asking, conversation
from cognito_app.sign_in_page.actions import Actions
from cognito_mp import AsyncClient, Client, RamStore, clock
from cognito_mp.transports import https
from cognito_mp.transports.async_https import AsyncHttpsTransport

endpoint, ca_path, client_id, client_secret, pool_id = sys.argv[1:]
USER, PASSWORD = "alice", "Correct-Horse-9"
_PERIOD = 1 << 29  # of a counter that every port's ticks_diff() takes
with open(ca_path, "rb") as file:
    CA = file.read()


class SlowClock:
    """The board's clock. Each time that a client asks it for the time, 7 s of its counter have passed."""

    passed = 0

    def __getattr__(self, name):
        return getattr(clock, name)

    def now(self):
        self.passed += 7000
        return clock.now()

    def ticks_ms(self):
        return (clock.ticks_ms() + self.passed) % _PERIOD

    def ticks_diff(self, end, start):
        return (end - start + _PERIOD // 2) % _PERIOD - _PERIOD // 2


class Connects:
    """https.connect(), which looks the host up once and connects once; how often it was called."""

    def __init__(self):
        self.times = 0

    def __call__(self, *where):
        self.times += 1
        return https.connect(*where)


class Link:
    """The computer's network is up."""

    def is_up(self):
        return True


class NoFaults:
    def record(self, where, error):
        raise error


def made(kind, transport_kind):
    """(a client, its Connects)"""
    connects, board = Connects(), SlowClock()
    transport = transport_kind(60, CA, board, connects)
    return kind(
        "eu-west-1", client_id, client_secret, pool_id, endpoint=endpoint, transport=transport, clock=board
    ), connects


def keeper_of(client):
    async def now():
        return clock.now()

    return SessionKeeper(client, Link(), now, lambda seconds: None, client.clock, NoFaults())


async def by_console(client):
    answers = [USER, PASSWORD]

    async def ask(question, *how, **options):
        return answers.pop(0)

    await SignIn(ask, lambda line: None, keeper_of(client)).run("USER_SRP_AUTH")


async def by_page(client):
    actions = Actions(keeper_of(client), Link(), OwnSettings(RamStore(), lambda count: bytes(count)))
    talk = conversation.sign_in(conversation.Ways(True, True))
    go_on, value = talk.send, None
    try:
        while True:
            step = go_on(value)
            if isinstance(step, asking.Do):
                try:
                    go_on, value = talk.send, await getattr(actions, step.what)(*step.words)
                except Exception as error:
                    go_on, value = talk.throw, error
            else:
                assert not step.problem, (step.problem, step.detail)
                go_on, value = talk.send, {"do": "sign_in", "name": USER, "password": PASSWORD}
    except StopIteration:
        pass


async def plainly(client):
    await client.sign_in(USER, PASSWORD, "USER_SRP_AUTH")


client, connects = made(Client, https.HttpsTransport)
client.sign_in(USER, PASSWORD, "USER_SRP_AUTH")
print("Client", connects.times, client.signed_in)
connects.times = 0
client.sign_in(USER, PASSWORD, "USER_SRP_AUTH")
print("remembered", connects.times, client.signed_in)
for name, way in (("AsyncClient", plainly), ("console", by_console), ("page", by_page)):
    client, connects = made(AsyncClient, AsyncHttpsTransport)
    asyncio.run(way(client))
    print(name, connects.times, client.signed_in)
