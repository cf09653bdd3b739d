"""The application against a real Chorus, with real processes, ports and WebSockets.

    CHORUS=/path/to/chorus pytest

Without CHORUS it is `chorus` in the PATH.
"""

import http.client
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

HERE = Path(__file__).parent
CHORUS = os.environ.get("CHORUS") or shutil.which("chorus") or "chorus"
KEY = "secret"
PATIENCE = 20


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(is_so, what: str):
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, f"not so after {PATIENCE} s: {what}"
        time.sleep(0.02)


class Process:
    """A server in a process of its own; it can be stopped and started again on the same port."""

    def __init__(self, arguments: list[str], port: int, health: str, log: Path, **environment: str):
        self.arguments, self.port, self.log = arguments, port, log
        self.url = f"http://127.0.0.1:{port}"
        self.health = self.url + health
        self.environment = {**os.environ, "CHORUS_API_KEY": KEY, **environment}
        self.process: subprocess.Popen | None = None
        self.start()

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.arguments, env=self.environment, cwd=HERE, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        wait_until(self.answers, f"{self.health} answers 200")

    def answers(self) -> bool:
        assert self.process.poll() is None, f"{self.arguments} has ended: {self.log.read_text()}"
        try:
            return httpx.get(self.health).status_code == 200
        except httpx.TransportError:
            return False

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Unreliable(http.server.BaseHTTPRequestHandler):
    """Passes requests on to Chorus and spoils some of the answers."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(body)
        self.server.times.append(time.monotonic())
        plan = self.server.plan.pop(0) if self.server.plan else "pass"
        if plan == "503":
            self.answer(503, b'{"error":{"code":100,"message":"overloaded"}}', {"Retry-After": "1"})
            return
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.chorus_port)
        upstream.request("POST", self.path, body, {"X-API-Key": KEY, "Content-Type": "application/json"})
        response = upstream.getresponse()
        answer = response.read()
        upstream.close()
        if plan == "pass":
            self.answer(response.status, answer, {})
        else:
            # it is published, but the answer is lost
            self.close_connection = True

    def answer(self, status: int, body: bytes, headers: dict[str, str]):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def start_chorus(folder: Path) -> Process:
    port = free_port()
    arguments = [CHORUS, "serve", "--port", str(port), "--no-publish"]
    return Process(arguments, port, "/health", folder / "chorus.log")


def start_app(folder: Path, chorus_url: str, key: str = KEY) -> Process:
    port = free_port()
    arguments = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port)]
    environment = {"CHORUS_URL": chorus_url, "CHORUS_API_KEY": key, "DATABASE": str(folder / "chat.db")}
    return Process(arguments, port, "/messages", folder / "app.log", **environment)


@pytest.fixture(scope="module")
def chorus(tmp_path_factory):
    with start_chorus(tmp_path_factory.mktemp("chorus")) as process:
        yield process


@pytest.fixture(scope="module")
def app(tmp_path_factory, chorus):
    with start_app(tmp_path_factory.mktemp("app"), chorus.url) as process:
        yield process


def follow(chorus: Process, query: str = ""):
    return connect(f"ws://127.0.0.1:{chorus.port}/ws/room{query}")


def say(app: Process, text: str, timeout: float = PATIENCE) -> httpx.Response:
    return httpx.post(f"{app.url}/messages", json={"name": "Ada", "text": text}, timeout=timeout)


def texts(subscriber, count: int) -> list[str]:
    """The next so many messages, and that nothing follows them."""
    received = [json.loads(subscriber.recv(PATIENCE))["text"] for _ in range(count)]
    with pytest.raises(TimeoutError):
        subscriber.recv(0.3)
    return received


def test_what_is_written_is_saved_and_arrives(chorus, app):
    with follow(chorus) as subscriber:
        answer = say(app, "hello")
        assert answer.status_code == 201
        assert json.loads(subscriber.recv(PATIENCE)) == answer.json() == {"id": 1, "name": "Ada", "text": "hello"}
    assert httpx.get(f"{app.url}/messages").json() == [{"id": 1, "name": "Ada", "text": "hello"}]


def test_nonsense_is_refused(chorus, app):
    with follow(chorus) as subscriber:
        for body in [{}, {"name": "", "text": "x"}, {"name": "Ada", "text": "x" * 2001}]:
            assert httpx.post(f"{app.url}/messages", json=body).status_code == 422
        assert texts(subscriber, 0) == []


def test_the_page_knows_where_chorus_is(chorus, app):
    assert f'"ws://127.0.0.1:{chorus.port}/ws/room"' in httpx.get(app.url).text


def test_only_the_application_can_publish(chorus):
    with follow(chorus, "?format=json") as intruder, follow(chorus) as subscriber:
        intruder.send('{"id":1,"name":"Ada","text":"not me"}')
        # among notices of who comes
        while json.loads(intruder.recv(PATIENCE)).get("code") != "not_permitted":
            pass
        assert texts(subscriber, 0) == []


def test_what_is_repeated_is_published_once(chorus, tmp_path):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Unreliable) as proxy:
        proxy.daemon_threads = True
        # more than one call of publish() stands
        proxy.plan = ["lose", "503"] + ["lose"] * 6
        proxy.chorus_port, proxy.bodies, proxy.times = chorus.port, [], []
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        with start_app(tmp_path, f"http://127.0.0.1:{proxy.server_port}") as app, follow(chorus) as subscriber:
            assert say(app, "once").status_code in (201, 202)
            wait_until(lambda: len(proxy.bodies) == 9, "the application tries until it gets an answer")
            assert texts(subscriber, 1) == ["once"]
        proxy.shutdown()
        assert len(proxy.bodies) == 9
        assert proxy.times[2] - proxy.times[1] >= 1, "it waits as long as it was told to"
        assert len({json.loads(body)["idempotency_key"] for body in proxy.bodies}) == 1


def test_chorus_and_the_application_are_restarted(tmp_path):
    with start_chorus(tmp_path) as chorus, start_app(tmp_path, chorus.url) as app:
        assert say(app, "before").status_code == 201
        chorus.stop()
        with pytest.raises(httpx.ReadTimeout):
            say(app, "while it is away", timeout=0.3)
        assert say(app, "and another").status_code == 202
        app.stop()
        app.start()
        chorus.start()
        # what was saved comes by itself and in its order, maybe before we are connected
        with follow(chorus, "?last=10") as subscriber:
            assert texts(subscriber, 2) == ["while it is away", "and another"]
            assert say(app, "after").status_code == 201
            assert texts(subscriber, 1) == ["after"]
        assert len(httpx.get(f"{app.url}/messages").json()) == 4


def test_a_wrong_key_is_said(chorus, tmp_path):
    with start_app(tmp_path, chorus.url, key="wrong") as app:
        answer = say(app, "hello")
        assert answer.status_code == 502
        assert "Chorus answered 401: An API key is needed. Look at CHORUS_API_KEY." in answer.json()["detail"]
        assert "CHORUS_API_KEY" in app.log.read_text()
