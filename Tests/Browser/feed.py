"""Plain WebSocket clients: what a topic really carries, to compare a page with."""

import json
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import quote, urlencode

from server import Server
from waiting import wait_until
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


class Feed:
    """Reads a topic from a thread of its own, as long as the block runs."""

    def __init__(
        self, server: Server, topic: str, on_message: Callable[[dict, float], None] | None = None, **query: str | int
    ) -> None:
        self.lines: list[dict] = []
        self._on_message = on_message or self._keep
        address = f"ws://127.0.0.1:{server.port}"
        parameters = urlencode({"format": "json", **query})
        path = f"/ws/{quote(topic, safe='')}?{parameters}"
        self._ending = ExitStack()
        self._connection = self._ending.enter_context(
            connect(address + path, max_queue=None, compression=None, ping_interval=None)
        )
        self._thread = threading.Thread(target=self._read, name=f"feed of {topic}", daemon=True)
        self._thread.start()

    def _keep(self, line: dict, _: float) -> None:
        self.lines.append(line)

    def _read(self) -> None:
        try:
            for text in self._connection:
                self._on_message(json.loads(text), time.time())
        except ConnectionClosed:
            pass

    def send(self, text: str) -> None:
        self._connection.send(text)

    def close(self) -> None:
        self._ending.close()
        self._thread.join(timeout=5)

    def __enter__(self) -> "Feed":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Latest(Feed):
    """The newest message of every key."""

    def __init__(self, server: Server, topic: str) -> None:
        self.newest: dict[str, dict] = {}
        self.edge: int | None = None
        self.offset = 0
        self.count = 0
        super().__init__(server, topic, self._take, latest="")
        wait_until(f"the newest messages of {topic}", lambda: self.edge is not None and self.offset >= self.edge)

    def _take(self, line: dict, now: float) -> None:
        if line.get("notice") == "latest":
            self.edge = line["offset"]
        if "data" in line:
            self.newest[line["key"]] = line["data"]
            self.count += 1
            self.offset = line["offset"]
