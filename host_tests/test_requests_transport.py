"""The main job over other HTTP libraries, with real TLS against moto and ministack; and what can go wrong there."""

from __future__ import annotations

import random
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from cognito_mp import CertificateError, Challenge, Client, CognitoError, FileStore, Tokens
from cognito_mp.requests_transport import RequestsTransport
from cognito_mp.transports.connection_errors import ConnectError
from cognito_mp_tools.local.cognito import REGION, LocalCognito
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront
from conftest import HERE, Interpreter
from fake_cognito.endpoint import LOSE_REPLY, LOSE_REQUEST, THROTTLE, FakeCognito
from raw_server import RawServer

PASSWORD = "Correct-Horse-9"
CHOSEN = "Battery-Staple-7"
MakeSession = Callable[[ThrowawayCa], Any]


def _adafruit(ca: ThrowawayCa) -> Any:
    library = pytest.importorskip("adafruit_requests")
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=ca.der)

    class Pool:
        """The sockets of one device: adafruit_requests shares connections between sessions of one pool."""

        def __getattr__(self, name: str) -> Any:
            return getattr(socket, name)

    return library.Session(Pool(), context)


def _requests(ca: ThrowawayCa) -> Any:
    session = requests.Session()
    session.trust_env = False
    session.verify = _pem_file(ca)
    return session


def _pem_file(ca: ThrowawayCa) -> str:
    path = _folder / f"{id(ca)}.pem"
    path.write_text(ssl.DER_cert_to_PEM_cert(ca.der))
    return str(path)


_folder = Path()


@pytest.fixture(params=["adafruit_requests", "requests"])
def make_session(request: pytest.FixtureRequest, tmp_path: Path) -> MakeSession:
    global _folder
    _folder = tmp_path
    return _adafruit if request.param == "adafruit_requests" else _requests


def test_the_main_job(cognito: LocalCognito, make_session: MakeSession, tmp_path: Path) -> None:
    idp = cognito.admin()
    pool_id, app = cognito.add_pool()
    idp.admin_create_user(UserPoolId=pool_id, Username="alice", TemporaryPassword="Temporary-1")

    def boot() -> Client:
        return Client(
            REGION,
            app["ClientId"],
            app["ClientSecret"],
            store=FileStore(str(tmp_path / "session")),
            endpoint=cognito.endpoint,
            transport=RequestsTransport(make_session(cognito.ca)),
        )

    before = cognito.front.handshakes
    client = boot()
    assert not client.signed_in
    with client:
        asked = client.sign_in("alice", "Temporary-1")
        assert isinstance(asked, Challenge) and asked.name == "NEW_PASSWORD_REQUIRED"
        tokens = client.set_new_password(asked, CHOSEN)
        assert isinstance(tokens, Tokens)
    assert cognito.front.handshakes == before + 1, "both on one connection"

    restarted = boot()
    assert restarted.signed_in and restarted.access_token() != tokens.access_token
    assert idp.get_user(AccessToken=restarted.access_token())["Username"] == "alice"
    with pytest.raises(CognitoError, match="NotAuthorizedException"):
        restarted.sign_in("alice", "wrong-Password-1")
    assert restarted.signed_in


class World:
    """A fake Cognito behind TLS, with alice in it."""

    def __init__(self, make_session: MakeSession) -> None:
        self.cognito = FakeCognito(now=time.time, randomness=random.Random(9))
        self.pool = self.cognito.add_pool()
        self.app = self.pool.add_app(secret=True)
        self.alice = self.pool.add_user("alice", PASSWORD)
        self.ca = ThrowawayCa()
        self.front = TlsFront(self.cognito.handle, self.ca.server_context("127.0.0.1"))
        self.transport: Any = RequestsTransport(make_session(self.ca))
        self.client: Any = Client(
            "eu-west-1",
            self.app.id,
            self.app.secret,
            endpoint=f"https://127.0.0.1:{self.front.port}",
            transport=self.transport,
        )


@pytest.fixture
def world(make_session: MakeSession) -> Iterator[World]:
    world = World(make_session)
    with world.front:
        yield world
    assert world.cognito.violations == [] and not world.cognito.faults_left


def test_a_challenge_answer_is_sent_once(world: World) -> None:
    world.alice.status = "FORCE_CHANGE_PASSWORD"
    for fault in (LOSE_REPLY, LOSE_REQUEST):
        world.alice.status = "FORCE_CHANGE_PASSWORD"
        world.alice.password = PASSWORD
        world.cognito.fail_next("RespondToAuthChallenge", fault)
        with pytest.raises(OSError) as lost:
            world.client.set_new_password(world.client.sign_in("alice", PASSWORD), CHOSEN)
        assert CHOSEN not in repr(lost.value)
    assert world.cognito.operations == ["InitiateAuth", "RespondToAuthChallenge"] * 2


def test_what_is_safe_is_sent_again(world: World) -> None:
    for fault in (LOSE_REQUEST, LOSE_REPLY, THROTTLE):
        world.cognito.fail_next("InitiateAuth", fault)
        assert isinstance(world.client.sign_in("alice", PASSWORD), Tokens)
    # Each sign-in over a live session revokes what it replaces.
    expected = ["InitiateAuth"] * 2 + ["InitiateAuth", "InitiateAuth", "RevokeToken"] * 2
    assert world.cognito.operations == expected


def test_a_minute_of_typing_costs_a_handshake_and_nothing_else(world: World) -> None:
    world.alice.status = "FORCE_CHANGE_PASSWORD"
    with world.client:
        asked = world.client.sign_in("alice", PASSWORD)
        world.front.drop_connections()
        world.transport._last -= 60_000
        assert isinstance(world.client.set_new_password(asked, CHOSEN), Tokens)
    assert world.front.handshakes == 2


def test_a_refused_certificate(make_session: MakeSession) -> None:
    ours, theirs = ThrowawayCa(), ThrowawayCa()
    for ca, name in ((theirs, "127.0.0.1"), (ours, "another.example.com")):
        with RawServer(ca.server_context(name), lambda connection: None) as server:
            client = Client(
                "eu-west-1",
                "client",
                endpoint=f"https://127.0.0.1:{server.port}",
                transport=RequestsTransport(make_session(ours)),
            )
            with pytest.raises(CertificateError, match="certificate"):
                client.sign_in("alice", PASSWORD)
            assert server.received == b""


def test_nobody_listens(make_session: MakeSession) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ConnectError):
        RequestsTransport(make_session(ThrowawayCa())).post(f"https://127.0.0.1:{port}", {}, b"{}")


def _answered(make_session: MakeSession, reply: bytes, timeout: int = 10) -> Any:
    """What a transport makes of `reply`, sent as it is: a tuple or the exception; and the session."""
    ca = ThrowawayCa()

    def behave(connection: ssl.SSLSocket) -> None:
        server.read_request(connection)
        connection.sendall(reply)
        if timeout < 10:
            connection.recv(1)  # and then nothing, until the client gives up

    headers = {"X-Amz-Target": "AWSCognitoIdentityProviderService.ListUserPools", "Content-Type": "text/plain"}
    with RawServer(ca.server_context("127.0.0.1"), behave) as server:
        transport = RequestsTransport(make_session(ca), timeout=timeout)
        try:
            return transport.post(f"https://127.0.0.1:{server.port}/", headers, b'{"MaxResults":1}')
        except (OSError, CognitoError) as error:
            return error
        finally:
            transport.close()


def test_replies_of_every_form(make_session: MakeSession) -> None:
    head = b"HTTP/1.1 200 OK\r\nX-Amzn-RequestId: 1\r\n"
    for form in (
        b'Content-Length: 9\r\n\r\n{"a": 17}',
        b'Transfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n5\r\n: 17}\r\n0\r\n\r\n',
        b'Connection: close\r\n\r\n{"a": 17}',
    ):
        status, headers, body = _answered(make_session, head + form)
        assert (status, headers["x-amzn-requestid"], bytes(body)) == (200, "1", b'{"a": 17}')


def test_replies_with_an_empty_body(make_session: MakeSession) -> None:
    for form in (
        b"200 OK\r\nContent-Length: 0\r\n\r\n",
        b"200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"204 No Content\r\n\r\n",
    ):
        assert bytes(_answered(make_session, b"HTTP/1.1 " + form)[2]) == b""


def test_replies_that_are_none(make_session: MakeSession) -> None:
    for reply in (
        b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\ncut",
        b"nonsense\r\n\r\n",
        b"",
    ):
        assert isinstance(_answered(make_session, reply), OSError), reply[:50]
    for head in (b"HTTP/1.1 200 OK\r\nContent-Length: 140000\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"):
        error = _answered(make_session, head + b"x" * 140000)
        assert isinstance(error, CognitoError) and error.code == "ReplyTooLarge", head


def test_redirects_are_not_followed(make_session: MakeSession) -> None:
    elsewhere: list[Request] = []

    def note(request: Request) -> Response:
        elsewhere.append(request)
        return Response()

    with TlsFront(note, None) as trap:
        location = b"Location: http://127.0.0.1:%d/\r\n" % trap.port
        reply = _answered(make_session, b"HTTP/1.1 307 Moved\r\nContent-Length: 0\r\n" + location + b"\r\n")
        assert reply[0] == 307 and not elsewhere


def test_what_breaks_off_is_no_lasting_harm_over_tls(make_session: MakeSession) -> None:
    """At every byte, and over plain HTTP: faults/broken_replies.py."""
    ca = ThrowawayCa()
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX-Amzn-RequestId: 1\r\n\r\n" + b'{"a": 17}'
    cuts = [5, 9, 13, 16, 17, 25, 35, 36, 40, len(reply) - 3]

    def behave(connection: ssl.SSLSocket) -> None:
        server.read_request(connection)
        connection.sendall(reply[: left.pop(0)] if left else reply)

    for cut in cuts:
        left = [cut]
        with RawServer(ca.server_context("127.0.0.1"), behave) as server:
            transport = RequestsTransport(make_session(ca))
            asked = (
                f"https://127.0.0.1:{server.port}/",
                {"X-Amz-Target": "AWSCognitoIdentityProviderService.ListUserPools", "Content-Type": "text/plain"},
                b'{"MaxResults":1}',
            )
            with pytest.raises(OSError):
                transport.post(*asked)
            assert transport.post(*asked)[2] == b'{"a": 17}', cut
            transport.close()


def test_a_connection_that_another_session_is_using_is_left_to_it() -> None:
    library = pytest.importorskip("adafruit_requests")
    ca = ThrowawayCa()

    def reply(request: Request) -> Response:
        return Response(body=b'{"a": 17}')

    with TlsFront(reply, ca.server_context("127.0.0.1")) as front:
        url = f"https://127.0.0.1:{front.port}/"
        theirs = _adafruit(ca)
        ours = library.Session(theirs._connection_manager._socket_pool, theirs._ssl_context)
        transport = RequestsTransport(ours)
        held = theirs.get(url)
        for _ in range(2):
            with pytest.raises(ConnectError, match="existing socket"):
                transport.post(url, {}, b"{}")
        assert held.content == b'{"a": 17}'
        assert transport.post(url, {}, b"{}")[0] == 200, "once they are done with it"
        held = theirs.get(url)
        transport.close()
        assert held.content == b'{"a": 17}'


def test_a_server_that_says_nothing(make_session: MakeSession) -> None:
    start = time.monotonic()
    assert isinstance(_answered(make_session, b"", timeout=1), OSError)
    assert time.monotonic() - start < 5


@pytest.fixture(scope="module", params=["ministack"])
def ministack(request: pytest.FixtureRequest) -> Iterator[LocalCognito]:
    with LocalCognito(request.param) as server:
        yield server


def test_micropythons_requests(ministack: LocalCognito, micropython: Interpreter, tmp_path: Path) -> None:
    idp = ministack.admin()
    pool_id, app = ministack.add_pool(secret=False)
    idp.admin_create_user(UserPoolId=pool_id, Username="alice", TemporaryPassword="Temporary-1")
    arguments = ministack.endpoint, app["ClientId"], str(tmp_path / "session")
    printed = micropython.run(HERE / "device" / "over_requests.py", *arguments)
    assert printed.split() == ["ValueError", "NEW_PASSWORD_REQUIRED", "True", "True"]
