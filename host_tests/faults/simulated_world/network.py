"""The network of a simulated world: connections over which the library's own transport speaks HTTP, and their fates."""

from __future__ import annotations

import errno
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cognito_mp.transports.https import HttpsTransport
from cognito_mp_tools.local.tls_front import Request, Response

from faults.simulated_world.clocks import DeviceClock, Time
from faults.simulated_world.service import Delivery, Service

# What can become of a connection or a request; the number is how many of a hundred faults are of this kind.
FATES = {
    "refused": 6,
    "name not found": 4,
    "never connected": 4,
    "reset while sending": 12,
    "lost": 10,
    "reset before it was done": 8,
    "done, and no reply": 14,
    "done, reset in the reply": 16,
    "done, reply cut short": 8,
    "late": 8,
    "dribbles": 4,
    "proxy's page": 4,
    "Connection: close": 1,
    "chunked": 1,
}
_NEVER_CONNECTED = ("refused", "name not found", "never connected")
_DRIBBLE, _DRIBBLE_MS = 40, 200  # so many bytes in so many milliseconds
_PAGE = b"<html><head><title>Access denied</title></head><body>Your organisation does not allow this</body></html>"


@dataclass
class Fate:
    """What becomes of the next request: `where` of its bytes, 0 to 1; `ms` of delay."""

    kind: str = "ok"
    where: float = 0.0
    ms: int = 0

    def __str__(self) -> str:
        more = f" at {self.where:.0%}" if "reset" in self.kind or "cut" in self.kind else ""
        return self.kind + more + (f" by {self.ms / 1000:.0f} s" if self.kind == "late" else "")


class Network:
    """What lies between a device and the service."""

    def __init__(self, time: Time, randomness: random.Random, service: Service, world: Any) -> None:
        self._time = time
        self._randomness = randomness
        self._service = service
        self._world = world
        self.is_up = True
        self.latency_ms = 80
        self.idle_s = 60  # after which the service closes a connection that nobody uses
        self.fates: list[Fate] = []  # of the next requests
        self._live: list[Stream] = []

    def next_fate(self) -> Fate:
        return self.fates.pop(0) if self.fates else Fate()

    def go_down(self, silently: bool) -> None:
        """No packet passes. `silently`: a device only notices that nothing comes."""
        self.is_up = False
        for stream in self._live:
            stream.sever(silently)
        self._live.clear()

    def connect(self, clock: DeviceClock) -> Callable[[str, int, Any, list[Any]], tuple[Stream]]:
        """What HttpsTransport takes as `connect`."""

        def connected(host: str, port: int, context: Any, addresses: list[Any]) -> tuple[Stream]:
            self._world.touched_network("connect")
            fate = self.next_fate()
            is_known = fate.kind != "name not found"
            if not is_known:
                self._world.note(f"network: {fate}")
            opened = self._world.program.dialled(host, port, is_known)
            if not clock.is_right:
                opened.close()
                raise ValueError("The certificate validity has expired")
            stream = Stream(self, fate, opened)
            self._live = [one for one in self._live if one.is_open] + [stream]
            return (stream,)

        return connected

    def deliver(self, stream: Stream, request: Request, fate: Fate) -> None:
        """Bring `request` to the service when its time has come, and the reply to `stream`."""
        self._world.later(self.latency_ms + fate.ms, lambda: self._arrive(stream, request, fate))

    def _arrive(self, stream: Stream, request: Request, fate: Fate) -> None:
        if fate.kind == "proxy's page":
            status = self._randomness.choice([200, 403, 502, 503])
            delivery = Delivery(Response(status, _PAGE, {"Content-Type": "text/html"}), request.operation)
        else:
            delivery = self._service.answer(request)
        self._world.request_done(request, delivery, fate)
        stream.arrive(delivery, self._time.ms + self.latency_ms)

    def now(self) -> int:
        return self._time.ms

    def touched(self, what: str) -> None:
        self._world.touched_network(what)

    def note(self, text: str) -> None:
        self._world.note(text)

    def delivered(self, delivery: Delivery) -> None:
        """The device has read the reply whole."""
        if delivery.rotation:
            delivery.rotation.delivered = True

    def wrong_reply(self) -> None:
        self._world.violate("g", "a request went out on a connection whose last reply had not been read whole")


class Stream:
    """A connection, with the face that HttpsTransport wants of one."""

    def __init__(self, network: Network, fate: Fate, opened: Any) -> None:
        """`opened`: what the program's sockets gave for it, with close()."""
        self._network = network
        self._fate = fate
        self._opened = opened
        self._is_fresh = True  # the fate is that of the first request
        self._connected_at = network.now() + 2 * network.latency_ms
        self._sent = bytearray()
        self._reply = b""
        self._read_to = 0
        self._delivery: Delivery | None = None
        self._reply_at: int | None = None
        self._answer_at = 0  # when the reply is to be expected
        self._under_way = False  # a request is out, and its reply not read whole
        self._idle_since = network.now()
        self._silent = not network.is_up
        self._broken = False
        self.is_open = True

    def sever(self, silently: bool) -> None:
        self._silent, self._broken = silently, not silently

    @property
    def ready_at(self) -> int | None:
        """When something may come of trying again; None when nothing ever will."""
        if self._broken:
            return self._network.now()
        if self._silent:
            return None
        if self._network.now() < self._connected_at:
            return None if self._fate.kind == "never connected" else self._connected_at
        if self._reply_at is None:
            return self._answer_at if self._answer_at > self._network.now() else None
        if self._fate.kind == "dribbles":
            return self._reply_at + _DRIBBLE_MS * (self._read_to // _DRIBBLE)
        return self._reply_at

    def _check(self) -> None:
        self._network.touched("stream")
        if self._broken:
            raise OSError(errno.ECONNABORTED, "Software caused connection abort")

    def write(self, view: Any) -> int | None:
        self._check()
        if self._silent or self._fate.kind == "never connected":
            return None
        if self._network.now() < self._connected_at:
            return None
        if not self._sent:
            if self._under_way:
                self._network.wrong_reply()
            self._begin()
        if self._fate.kind == "refused":
            self._break()
            raise OSError(errno.ECONNREFUSED, "Connection refused")
        data = bytes(view)
        if self._fate.kind == "reset while sending":
            data = data[: max(0, int(self._length(data) * self._fate.where) - len(self._sent))]
            if not data:
                self._break()
                raise OSError(errno.ECONNRESET, "Connection reset by peer")
        self._sent += data
        self._pass_on()
        return len(data)

    def _break(self) -> None:
        self._network.note(f"network: {self._fate}")
        self._broken = True

    def _begin(self) -> None:
        if not self._is_fresh:
            self._fate = self._network.next_fate()
            if self._fate.kind in _NEVER_CONNECTED:
                self._fate = Fate("reset while sending")
        self._is_fresh = False
        self._reply, self._read_to, self._reply_at, self._delivery = b"", 0, None, None
        self._under_way = True

    def _length(self, data: bytes) -> int:
        return max(2000, len(self._sent) + len(data))

    def _pass_on(self) -> None:
        head, end, rest = bytes(self._sent).partition(b"\r\n\r\n")
        if not end:
            return
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if len(rest) < int(headers["content-length"]):
            return
        method, path, _ = first.split()
        self._sent.clear()
        kind = self._fate.kind
        if kind == "lost":
            self._network.note("network: the request is lost")
            self._silent = True
        elif kind == "reset before it was done":
            self._break()
        else:
            self._answer_at = self._network.now() + self._fate.ms + 2 * self._network.latency_ms + 1
            self._network.deliver(self, Request(method, path, headers, rest), self._fate)

    def arrive(self, delivery: Delivery, at_ms: int) -> None:
        """The service has answered; what it said is here at `at_ms`."""
        response, kind = delivery.response, self._fate.kind
        lines = [f"HTTP/1.1 {response.status} Whatever"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        body = response.body
        if kind == "chunked":
            lines.append("Transfer-Encoding: chunked")
            half = len(body) // 2
            parts = [part for part in (body[:half], body[half:]) if part]
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        else:
            lines.append(f"Content-Length: {len(body)}")
        if kind == "Connection: close":
            lines.append("Connection: close")
        if kind == "done, and no reply":
            self._network.note("network: the reply is lost")
            self._silent = True
            return
        self._delivery = delivery
        self._reply = "\r\n".join([*lines, "", ""]).encode() + body
        self._reply_at = at_ms

    def _available(self) -> int | None:
        """Up to where the reply may be read now; None before it is here."""
        if self._silent or self._reply_at is None or self._network.now() < self._reply_at:
            return None
        kind, length = self._fate.kind, len(self._reply)
        if kind == "dribbles":
            return min(length, _DRIBBLE * ((self._network.now() - self._reply_at) // _DRIBBLE_MS + 1))
        if kind in ("done, reset in the reply", "done, reply cut short"):
            return min(length - 1, int(length * self._fate.where))
        return length

    def _take(self, size: int, to_line_end: bool = False) -> bytes | None:
        self._check()
        if not self._under_way:
            return self._while_idle()
        end = self._available()
        if end is None:
            return None
        if end <= self._read_to:
            if self._fate.kind == "dribbles":
                return None
            if self._fate.kind == "done, reply cut short":
                self._network.note(f"network: {self._fate}")
                self._broken = True
                return b""
            self._break()
            raise OSError(errno.ECONNRESET, "Connection reset by peer")
        end = min(end, self._read_to + size)
        if to_line_end:
            found = self._reply.find(b"\n", self._read_to, end)
            end = found + 1 if found >= 0 else end
        data = self._reply[self._read_to : end]
        self._read_to = end
        if end == len(self._reply):
            self._under_way = False
            self._idle_since = self._network.now()
            if self._delivery:
                self._network.delivered(self._delivery)
        return data

    def _while_idle(self) -> bytes | None:
        """An end once the service has closed it, nothing before."""
        return b"" if self._network.now() - self._idle_since > self._network.idle_s * 1000 else None

    def read(self, size: int) -> bytes | None:
        return self._take(size)

    def readline(self, size: int) -> bytes | None:
        return self._take(size, to_line_end=True)

    def readinto(self, view: Any) -> int | None:
        data = self._take(len(view))
        if data is None:
            return None
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self.is_open = False
        self._opened.close()


class SimulatedTransport(HttpsTransport):
    """The library's own transport over simulated streams; only the waiting is the world's."""

    def __init__(self, network: Network, clock: DeviceClock, root: bytes, world: Any) -> None:
        super().__init__(10, root, clock, network.connect(clock))
        self._world = world

    def post_once(self, request: list[Any]) -> tuple[Any, ...]:
        steps = self.exchange(request)  # type: ignore[attr-defined]  # the stubs lack it
        try:
            while True:
                self._world.wait_blocking(*next(steps))
        except StopIteration as done:
            return done.value
        finally:
            steps.close()


class AwaitedTransport(SimulatedTransport):
    """The same, awaited."""

    async def post_once(self, request: list[Any]) -> tuple[Any, ...]:  # type: ignore[override]
        steps = self.exchange(request)  # type: ignore[attr-defined]  # the stubs lack it
        try:
            while True:
                await self._world.wait(*next(steps))
        except StopIteration as done:
            return done.value
        finally:
            steps.close()
