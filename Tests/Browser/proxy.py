"""A TCP proxy that is the network between a browser and the server: it can be cut, frozen and slowed down."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from typing import Literal

CHUNK = 64 * 1024
END_OF_HEAD = b"\r\n\r\n"

Stall = Literal["at once", "after the handshake"]


class Proxy:
    """Forwards connections to a port of this machine, from a thread of its own.

    With a `rate`, in bytes a second, what comes from the server comes that slowly, as over a bad radio link.
    """

    def __init__(self, port: int, rate: float | None = None) -> None:
        self._target = port
        self._rate = rate
        self._links: set[_Link] = set()
        self._is_down = False
        self._stalls: Stall | None = None
        self.severed = 0  # connections that were broken in the middle of what they carried
        self.refused = 0  # connections that came while it was cut
        self.stalled = 0  # connections that never began
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._server = self._do(self._listen)
        self.port: int = self._server.sockets[0].getsockname()[1]

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Breaks every connection in the middle of the next thing that it carries; lets no other one through."""

        async def cut() -> None:
            self._is_down = True
            for link in self._links:
                link.is_doomed = True

        self._do(cut)

    def heal(self) -> None:
        """Lets everything through again. A connection that carried nothing meanwhile has noticed nothing."""

        async def heal() -> None:
            self._is_down = False
            self._stalls = None
            for link in self._links:
                link.is_doomed = False
                link.runs.set()
                link.answers.set()

        self._do(heal)

    def freeze(self) -> None:
        """Carries nothing any more and says nothing, as a network that is gone. `heal` carries what has waited."""

        async def freeze() -> None:
            for link in self._links:
                link.runs.clear()

        self._do(freeze)

    def hush(self) -> None:
        """Carries nothing any more that the server says; what is said to it arrives."""

        async def hush() -> None:
            for link in self._links:
                link.answers.clear()

        self._do(hush)

    def drop(self) -> None:
        """Breaks every connection; what it still held is lost."""

        async def drop() -> None:
            for link in list(self._links):
                link.abort()

        self._do(drop)

    def forget(self) -> None:
        """Forgets every connection, as a router does that was restarted: they are silent for ever, and nobody is told.
        Others come through."""

        async def forget() -> None:
            for link in self._links:
                link.is_forgotten = True

        self._do(forget)

    def stall(self, when: Stall) -> None:
        """Accepts other connections, which then are silent for ever."""

        async def stall() -> None:
            self._stalls = when

        self._do(stall)

    def refuse(self) -> None:
        """Lets no other connection through."""

        async def refuse() -> None:
            self._is_down = True

        self._do(refuse)

    @property
    def connections(self) -> int:
        return len(self._links)

    def close(self) -> None:
        async def close() -> None:
            self._server.close()
            for link in list(self._links):
                link.abort()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self._do(close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)

    # Inside

    async def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes | None:
        """What to carry first, or nothing if all is answered already."""
        return b""

    def _do(self, action: Callable[[], Coroutine]):
        return asyncio.run_coroutine_threadsafe(action(), self._loop).result(timeout=10)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._accepted, "127.0.0.1", 0, limit=CHUNK)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_down:
            self.refused += 1
            writer.transport.abort()
            return
        line = socket.socket()
        line.setblocking(False)
        if self._rate:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        try:
            await self._loop.sock_connect(line, ("127.0.0.1", self._target))
            far = await asyncio.open_connection(sock=line, limit=CHUNK)
        except OSError:
            line.close()
            writer.transport.abort()
            return
        link = _Link(self, writer, far[1])
        self._links.add(link)
        try:
            first = await self._begin(reader, writer)
            if first is None:
                return
            far[1].write(first)
            if self._stalls:
                link.is_forgotten = True
                self.stalled += 1
            if self._stalls == "after the handshake":
                far[1].write(await reader.readuntil(END_OF_HEAD))
                writer.write(await far[0].readuntil(END_OF_HEAD))
            await asyncio.gather(
                link.carry(reader, far[1], link.runs),
                link.carry(far[0], writer, link.answers, self._rate),
                return_exceptions=True,
            )
        except (asyncio.CancelledError, OSError, asyncio.IncompleteReadError):
            pass  # the test is over, or the browser has gone
        finally:
            link.abort()
            self._links.discard(link)


class _Link:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, *writers: asyncio.StreamWriter) -> None:
        self.runs = asyncio.Event()
        self.runs.set()
        self.answers = asyncio.Event()
        self.answers.set()
        self.is_doomed = False
        self.is_forgotten = False
        self._proxy = proxy
        self._writers = writers

    async def carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        is_open: asyncio.Event,
        rate: float | None = None,
    ) -> None:
        try:
            await self._carry(reader, writer, is_open, rate)
        except OSError:
            self.abort()  # a reset is one for both sides

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_open: asyncio.Event, rate: float | None
    ) -> None:
        most = min(CHUNK, int(rate / 20)) if rate else CHUNK
        while chunk := await reader.read(most):
            if rate:
                await asyncio.sleep(len(chunk) / rate)
            while not (self.runs.is_set() and is_open.is_set()):
                await self.runs.wait()
                await is_open.wait()
            if self.is_forgotten:
                continue
            if self.is_doomed:
                writer.write(chunk[: max(1, len(chunk) // 2)])
                await asyncio.wait_for(writer.drain(), 1)
                # what is written reaches the other side before the reset does
                await asyncio.sleep(0.01)
                self._proxy.severed += 1
                self.abort()
                return
            writer.write(chunk)
            await writer.drain()
        if self.is_forgotten:
            await asyncio.Event().wait()  # the other side is not told
        if writer.can_write_eof():
            writer.write_eof()

    def abort(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
