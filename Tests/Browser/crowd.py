"""A thousand other visitors: connections that read and forget, in a process of their own.

    python crowd.py PORT '[["/ws/scores?format=json", 300, "reads"], ["/ws/ticker?latest", 10, "trickles"]]'

A {} in a path is a number, another one for every connection. Who `trickles` takes 2 KiB a second, and is a slow
reader where more is published. All say something every few seconds, so that they need not answer pings; all come back
when their connection ends. Prints a line of JSON whenever something has changed, and ends with its standard input.
"""

import json
import random
import selectors
import socket
import subprocess
import sys
import threading
import time

from waiting import wait_until

AT_ONCE = 50  # handshakes, of those who come
ALIVE_EVERY = 10.0
PONG = b"\x8a\x80\x00\x00\x00\x00"  # masked, empty
TRICKLE = 2048


class Crowd:
    """The process, seen from a test."""

    def __init__(self, port: int, parts: list[tuple[str, int, str]]) -> None:
        self.size = sum(count for _, count, _ in parts)
        self.open = 0
        self.bytes = 0
        self.returns = 0
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(port), json.dumps(parts)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            figures = json.loads(line)
            self.open, self.bytes, self.returns = figures["open"], figures["bytes"], figures["returns"]

    def wait_until_complete(self) -> None:
        def is_complete() -> bool:
            assert self._process.poll() is None, "the crowd has ended"
            return self.open == self.size

        wait_until(f"{self.size} other visitors are there", is_complete, patience=40)

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(timeout=5)


class _Visitor:
    def __init__(self, path: str, manner: str) -> None:
        self.path = path
        self.manner = manner
        self.socket: socket.socket | None = None
        self.is_open = False
        self.due = 0.0  # when it comes, or does the next thing
        self.breath = 0.0  # when it says that it is alive


class _Process:
    def __init__(self, port: int, parts: list[list]) -> None:
        self.port = port
        self.selector = selectors.DefaultSelector()
        self.visitors = [
            _Visitor(path.replace("{}", str(n)), manner) for path, count, manner in parts for n in range(count)
        ]
        self.opening = 0
        self.open = 0
        self.bytes = 0
        self.returns = 0
        self.buffer = bytearray(256 * 1024)

    def run(self) -> None:
        self.selector.register(sys.stdin, selectors.EVENT_READ)
        looked_at = 0.0
        said = None
        while True:
            for key, events in self.selector.select(0.05):
                if key.data is None:
                    if not sys.stdin.buffer.read1(1024):
                        return
                elif events & selectors.EVENT_WRITE:
                    self.greet(key.data)
                else:
                    self.read(key.data)
            now = time.monotonic()
            if now - looked_at < 0.05:
                continue
            looked_at = now
            for visitor in self.visitors:
                if visitor.due <= now:
                    self.look_after(visitor, now)
            figures = {"open": self.open, "bytes": self.bytes, "returns": self.returns}
            if figures != said:
                said = figures
                print(json.dumps(figures), flush=True)

    def look_after(self, visitor: _Visitor, now: float) -> None:
        if visitor.socket is None:
            if self.opening < AT_ONCE:
                self.come(visitor)
        elif visitor.is_open:
            if visitor.manner == "trickles":
                self.read(visitor, TRICKLE)
                visitor.due = now + 1
            else:
                visitor.due = now + ALIVE_EVERY
            if visitor.socket and visitor.breath <= now:
                visitor.breath = now + ALIVE_EVERY
                try:
                    visitor.socket.send(PONG)
                except OSError:
                    self.leave(visitor)
        else:
            self.leave(visitor)  # the handshake takes too long

    def come(self, visitor: _Visitor) -> None:
        self.opening += 1
        visitor.socket = socket.socket()
        visitor.socket.setblocking(False)
        visitor.socket.connect_ex(("127.0.0.1", self.port))
        visitor.due = time.monotonic() + 10
        self.selector.register(visitor.socket, selectors.EVENT_WRITE, visitor)

    def greet(self, visitor: _Visitor) -> None:
        head = (
            f"GET {visitor.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        try:
            visitor.socket.send(head.encode())
        except OSError:
            return self.leave(visitor)
        self.selector.modify(visitor.socket, selectors.EVENT_READ, visitor)

    def read(self, visitor: _Visitor, most: int = 0) -> None:
        try:
            size = visitor.socket.recv_into(self.buffer, most)
        except BlockingIOError:
            return
        except OSError:
            size = 0
        if size == 0:
            return self.leave(visitor)
        self.bytes += size
        if visitor.is_open:
            return
        if not self.buffer.startswith(b"HTTP/1.1 101"):
            return self.leave(visitor)
        visitor.is_open = True
        visitor.due = time.monotonic() + random.random() * ALIVE_EVERY
        self.opening -= 1
        self.open += 1
        if visitor.manner == "trickles":
            # never because there is something to read
            self.selector.unregister(visitor.socket)
            visitor.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)

    def leave(self, visitor: _Visitor) -> None:
        """Comes back at a random time, as not all shall come at once."""
        if visitor.is_open and visitor.manner == "trickles":
            pass
        else:
            self.selector.unregister(visitor.socket)
        visitor.socket.close()
        if visitor.is_open:
            self.open -= 1
        else:
            self.opening -= 1
        self.returns += 1
        visitor.socket = None
        visitor.is_open = False
        visitor.due = time.monotonic() + 0.1 + random.random()


if __name__ == "__main__":
    _Process(int(sys.argv[1]), json.loads(sys.argv[2])).run()
