"""`chorus serve` as a process that can be killed and comes back at the same port."""

import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from pages import Pages, PageServer
from waiting import wait_until


def free_port(wanted: int = 0) -> int:
    """A port that is free now: this one, if it is."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise AssertionError("the system has no free port")


class Server:
    """A server on a free port, which it keeps over restarts. A browser finds it at `origin`."""

    def __init__(
        self, program: str, *options: str, demo: bool = True, port: int = 0, pages: Pages | None = None
    ) -> None:
        self.program = program
        self.options = ([] if not demo else ["--demo"]) + list(options)
        self.port = free_port(port)
        self._page_server = pages and PageServer(self.port, pages)
        self.browser_port = self._page_server.port if self._page_server else self.port
        self.process: subprocess.Popen[bytes] | None = None
        self._log = Path(tempfile.mkstemp(prefix="chorus-browser-", suffix=".log")[1])

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.browser_port}"

    def start(self) -> "Server":
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CHORUS")}
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--port", str(self.port), "--log-level", "warning", *self.options],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log, env=environment,
            )  # fmt: skip
        wait_until("the server is there", self._is_there, patience=30, every=0.02)
        return self

    def _is_there(self) -> bool:
        assert self.process and self.process.poll() is None, f"the server did not start: {self.log}"
        try:
            return self.get("/health")[0] == 200
        except OSError:
            return False

    def kill(self) -> None:
        """Ends it as a crash does: what it held is lost, and nobody is told."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Tells it to stop, and gives its exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(number)
        try:
            return process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the server did not end within 20 s of {number.name}: {self.log}") from None

    def close(self) -> None:
        if self.process:
            self._end(signal.SIGKILL)
        if self._page_server:
            self._page_server.close()
        self._log.unlink(missing_ok=True)

    @property
    def log(self) -> str:
        """What it has logged: nothing, as long as nothing is wrong with it."""
        return self._log.read_text()

    @property
    def resident(self) -> int:
        """Its resident memory in bytes."""
        assert self.process
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("the system does not say how much memory the server has")

    # HTTP

    def get(self, path: str, accept: str = "application/json") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Accept": accept})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def call(self, method: str, **parameters: object) -> dict:
        """A call of the HTTP API."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", f"/api/{method}", json.dumps(parameters), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            body = answer.read().decode()
            assert answer.status == 200, f"{method} {parameters}: {answer.status} {body}"
            result = json.loads(body)
            assert "error" not in result, f"{method} {parameters}: {body}"
            return result["result"]
        finally:
            connection.close()

    def publish(self, channel: str, data: object, **more: object) -> None:
        self.call("publish", channel=channel, data=data, **more)
