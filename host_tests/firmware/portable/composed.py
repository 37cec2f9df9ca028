"""The application as a whole, app.run(), on a model of a board: boots, sleeps, restarts, for simulated hours."""

import errno
import json
import os
import sys
from asyncio import sleep

import virtual_time
from cognito_app import app
from cognito_mp import AsyncClient, FileStore
from fake_device import FakeCognito, run
from pool_world import AwaitedWorldTransport
from port_models.radio import Network
from port_models.restarts import Restarted

ID = "1example23456789"
SETTINGS = {"region": "eu-west-1", "client_id": ID, "wifi_ssid": "home", "wifi_password": "wifi-secret"}
_FILES = ("settings.json", "session.0", "session.1", "own_settings.0", "own_settings.1", "faults.txt", "faults.txt.old")


class _End:
    """The power is cut at this moment."""

    def __init__(self, chip, seconds) -> None:
        self._chip = chip
        self.due_ms = chip.clock.true_ms + int(seconds * 1000)
        chip.clock.alarms.append(self)

    def ring(self) -> None:
        self.cancel()
        self._chip.restart("power")

    def cancel(self) -> None:
        if self in self._chip.clock.alarms:
            self._chip.clock.alarms.remove(self)


class Composed:
    """A board with the application on its flash.

    posts    (URL, parameters) of each request
    log      (true seconds since the test began, what happened), each restart and each sleep
    said     what the console has shown
    look_up_s  seconds that each look-up of a name takes, in which the loop stands still
    fault    what the application meets that it did not foresee, where it makes its button; None
    on_turn  list of functions that are called at each turn of the loop
    """

    def __init__(self, kind, signed_in: bool = True, job=None, **settings) -> None:
        for name in _FILES:
            try:
                os.remove(name)
            except OSError:
                pass
        self.model = kind()
        self.model.air.networks["home"] = Network("wifi-secret")
        self.clock = self.model.clock
        self.began = self.clock.true
        self.cognito = FakeCognito(self.clock)
        self.said = ""
        self.log: list = []
        self.look_up_s = 0
        self.names_found = True
        self.fault: Exception | None = None
        self.asked_time: list = []  # (host, port)
        self.closed = 0  # how often the client has dropped its connection
        self.posts: list = []  # (URL, parameters)
        self.on_turn: list = []
        self.settings = dict(SETTINGS, **settings)
        self.clock.turn = self._turn
        virtual_time.live_by(self.clock)
        self._job = job
        if signed_in:
            self.clock.set_time(self.clock.true)  # on the maker's desk
            client = AsyncClient("eu-west-1", ID, store=FileStore("session"), transport=self._transport(), attempts=1)
            self.model.network, radio = None, self.model.network
            run(client.sign_in("alice", "pw-of-alice"))
            self.model.network = radio
            self.cognito.requests = 0
            self.model.chip.cut_power()

    def _transport(self):
        device = self

        class Transport(AwaitedWorldTransport):
            def close(self) -> None:
                device.closed += 1

            async def post_once(self, request: list):
                device.posts.append((request[0], json.loads(request[2])))
                device._look_up()
                return await AwaitedWorldTransport.post_once(self, request)

        return Transport(self.cognito)

    def _look_up(self) -> None:
        """Of a name, before a request: it stands still meanwhile, and there has to be a way out."""
        self.clock.pass_time(self.look_up_s)
        if self.model.network and self.model.network.route != "station":
            raise OSError(errno.EHOSTUNREACH)
        if not self.names_found:
            raise OSError(-2)  # lwIP's, modlwip.c

    async def _ask_time(self, host, sleep, port) -> int:
        self.asked_time.append((host, port))
        try:
            self._look_up()
        except OSError:
            await sleep(0)
            raise
        await sleep(0.05)
        return self.clock.true

    def _turn(self) -> None:
        self.model.chip.alive()  # CPython's asyncio.run() would go on, to cancel its tasks
        for function in self.on_turn:
            function()
        self.model.chip.terminal.check()

    def happened(self, what: str) -> None:
        self.log.append((self.clock.true - self.began, what))

    def boot(self) -> None:
        """main.py, to its end: returns where the REPL comes; raises Restarted."""
        with open("settings.json", "w") as file:
            json.dump(self.settings, file)
        start = self.model.start()
        self.board = self.model.hardware(sleep, self._ask_time, self._transport())
        self._set_up(self.board)
        app.run(start, board=self.board)

    def _set_up(self, board) -> None:
        terminal = self.model.chip.terminal

        async def read() -> bytes:
            while not terminal.received:
                await sleep(2)
            byte, terminal.received = terminal.received[:1], terminal.received[1:]
            return byte

        def write(text: str) -> None:
            self.said += text

        def button(settings, make=board.button):
            if self.fault:
                raise self.fault
            return make(settings)

        board.terminal = lambda: (read, write)
        board.button = button
        if self._job:
            job = self._job

            class module:
                pass

            module.job = staticmethod(job)
            sys.modules["job"] = module

    def live(self, seconds: float) -> str:
        """Go on for so long, over restarts; "REPL" when the application has ended before, else "power"."""
        chip = self.model.chip
        end = _End(chip, seconds)
        try:
            while True:
                self.happened("boot by " + chip.started_by)
                try:
                    self.boot()
                    return "REPL"
                except Restarted:
                    why = chip.started_by
                    chip.start()
                    if why == "power":
                        return why
                    self.happened(why)
        finally:
            end.cancel()
            sys.modules.pop("job", None)

    @property
    def restarts(self) -> list:
        """Why it restarted, each time."""
        return [what for _, what in self.log if not what.startswith("boot")]
