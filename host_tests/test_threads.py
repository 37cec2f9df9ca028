"""Two threads of one CPython process, each with a client and a store of its own: that is what is promised."""

from __future__ import annotations

import random
import threading
from pathlib import Path

from cognito_mp import Client, FileStore
from cognito_mp_tools.local.tls_front import TlsFront
from fake_cognito.endpoint import FakeCognito

ROUNDS = 20


def test_clients_of_two_threads_do_not_disturb_each_other(tmp_path: Path) -> None:
    cognito = FakeCognito(now=lambda: 1_800_000_000.0, randomness=random.Random(3))
    app = cognito.add_pool().add_app(secret=True, rotation=60)
    people = ("alice", "bob")
    for person in people:
        app.pool.add_user(person, "Passw0rd!")
    started = threading.Barrier(len(people))
    problems: list[BaseException] = []

    def live(person: str, endpoint: str) -> None:
        try:
            store = FileStore(str(tmp_path / person))
            started.wait(10)
            for number in range(ROUNDS):
                client = Client("eu-west-1", app.id, app.secret, app.pool.id, store=store, endpoint=endpoint)
                if not number % 10:
                    client.sign_in(person, "Passw0rd!", flow="USER_SRP_AUTH" if number else "USER_PASSWORD_AUTH")
                before = client.access_token()
                client.refresh()
                assert client.access_token() != before
                assert client.call("GetUser", {"AccessToken": client.access_token()})["Username"] == person
        except BaseException as problem:
            problems.append(problem)

    with TlsFront(cognito.handle, None) as front:
        endpoint = f"http://127.0.0.1:{front.port}"
        threads = [threading.Thread(target=live, args=(person, endpoint)) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert problems == [] and cognito.violations == []
