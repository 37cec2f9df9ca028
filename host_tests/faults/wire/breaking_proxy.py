"""A TCP proxy that does something to a connection at one byte of one direction."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass

CLOSE, RESET, STALL, SPLIT, FLIP, DRIBBLE = "close", "reset", "stall", "split", "flip a bit", "dribble"
TO_SERVER, TO_CLIENT = "to the server", "to the client"
_LIMIT = 1 << 17
_NO_LINGER = struct.pack("ii", 1, 0)  # with it, close() sends a reset
_PAUSE = 0.001  # seconds between two parts of what is split


@dataclass
class Fault:
    """What happens, in which direction, after how many bytes; `reached` says that it came to that."""

    kind: str
    direction: str
    offset: int
    reached: bool = False


class BreakingProxy:
    """Passes connections on from 127.0.0.1:`port` to `upstream`; `fault` is for each from now on, None for none.

    passed  dict, how many bytes each direction of the last connection has passed on
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, upstream: int) -> None:
        self.fault: Fault | None = None
        self.passed: dict[str, int] = {}
        self._upstream = upstream
        made = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_LIMIT), loop)
        self._server = made.result()
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = self.passed = {TO_SERVER: 0, TO_CLIENT: 0}
        onward_reader, onward = await asyncio.open_connection("127.0.0.1", self._upstream, limit=_LIMIT)
        client, server = writer.get_extra_info("socket"), onward.get_extra_info("socket")
        for side in (client, server):
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pumps = [
            asyncio.create_task(self._pump(self.fault, TO_SERVER, reader, client, onward, passed)),
            asyncio.create_task(self._pump(self.fault, TO_CLIENT, onward_reader, server, writer, passed)),
        ]
        # A server waits for its client; when either end, or a fault, is done, both are.
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        await asyncio.wait(pumps)
        was_reset = self.fault is not None and self.fault.kind == RESET and self.fault.reached
        for end in (writer, onward):
            if was_reset:
                with contextlib.suppress(OSError):
                    end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
                end.transport.abort()
            end.close()

    async def _pump(
        self,
        fault: Fault | None,
        direction: str,
        reader: asyncio.StreamReader,
        source: socket.socket,
        writer: asyncio.StreamWriter,
        passed: dict[str, int],
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_LIMIT):
                # Else each short write of a client waits for 40 ms of delayed acknowledgement.
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
                at = fault.offset - passed[direction] if fault and fault.direction == direction else -1
                passed[direction] += len(data)
                if fault and 0 <= at < len(data):
                    fault.reached = True
                    writer.write(data[:at])
                    await writer.drain()
                    data = data[at:]
                    if fault.kind in (CLOSE, RESET):
                        return
                    if fault.kind == STALL:
                        await reader.read(-1)  # until one end gives up
                        return
                    if fault.kind == SPLIT:
                        await asyncio.sleep(_PAUSE)
                    if fault.kind == FLIP:
                        data = bytes([data[0] ^ 0x04]) + data[1:]
                if fault and fault.kind == DRIBBLE and fault.direction == direction:
                    for index in range(len(data)):
                        writer.write(data[index : index + 1])
                        await asyncio.sleep(0)
                else:
                    writer.write(data)
                await writer.drain()


class Loop:
    """An event loop in a thread of its own."""

    def __enter__(self) -> asyncio.AbstractEventLoop:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self._loop

    def __exit__(self, *error: object) -> None:
        async def stop() -> None:
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._loop.stop()

        asyncio.run_coroutine_threadsafe(stop(), self._loop)
        self._thread.join()
        self._loop.close()
