"""`chorus serve` as a process, with a key for the API."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

KEY = "the key of these tests"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server on a free port."""

    def __init__(self, program: str, folder: Path) -> None:
        self.port = free_port()
        self._log = folder / "server.log"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CHORUS")}
        environment["CHORUS_API_KEY"] = KEY
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [program, "serve", "--port", str(self.port), "--log-level", "warning"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log, env=environment,
            )  # fmt: skip
        deadline = time.monotonic() + 30
        while not self._is_there():
            assert self.process.poll() is None, f"the server did not start: {self.log}"
            assert time.monotonic() < deadline, "the server did not start within 30 s"
            time.sleep(0.02)

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    def topic(self, name: str) -> str:
        """Where a topic's WebSocket is, with envelopes."""
        return f"ws://127.0.0.1:{self.port}/ws/{name}?format=json"

    @property
    def log(self) -> str:
        return self._log.read_text()

    def _is_there(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
