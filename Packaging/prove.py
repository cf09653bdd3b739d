#!/usr/bin/env python3
"""Starts the program, talks to it over loopback as clients do, and stops it.

    Packaging/prove.py talk COMMAND...        GET /health, two WebSockets and a relay, SIGTERM, exit status 0
    Packaging/prove.py start-up COMMAND...    how long it takes from exec until the server listens

COMMAND is the program with what comes before it, such as `chroot FOLDER /usr/local/bin/chorus`. Python's own library is
enough, so that it runs wherever Python does.
"""

import base64
import hashlib
import os
import select
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager

PATIENCE = 20  # seconds for anything
RUNS = 11
WANTED = 0.050  # by the fastest run: a machine that is busy with something else slows most of them down, and not all


# --- The server ------------------------------------------------------------------------------------------------------


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def server(command):
    """The server, listening: (process, port, seconds until it said so)."""
    port = free_port()
    environment = {"PATH": os.environ["PATH"]}
    begin = time.perf_counter()
    process = subprocess.Popen(
        [*command, "serve", "--port", str(port), "--log-level", "error"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    try:
        readable, _, _ = select.select([process.stdout], [], [], PATIENCE)
        line = process.stdout.readline() if readable else b""
        seconds = time.perf_counter() - begin
        if b"listening" not in line:
            sys.exit(f"the server did not say that it listens, but {line!r}")
        yield process, port, seconds
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def stop(process):
    process.terminate()
    try:
        status = process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        sys.exit(f"the server was told to stop and still runs after {PATIENCE} s")
    if status != 0:
        sys.exit(f"the server was told to stop and ended with status {status}")


# --- Its clients -----------------------------------------------------------------------------------------------------


def health(port):
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b""
        while data := connection.recv(4096):
            answer += data
    if not (answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"\r\n\r\nok\n")):
        sys.exit(f"GET /health was answered with {answer!r}")


class WebSocket:
    """As much of RFC 6455 as short texts need."""

    def __init__(self, port):
        self.connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.stream = self.connection.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        self.connection.sendall(
            f"GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        head = []
        while line := self.stream.readline().strip():
            head.append(line.decode())
        digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        accept = base64.b64encode(digest).decode()
        if not (head and " 101 " in head[0] and any(line.endswith(accept) for line in head)):
            sys.exit(f"the handshake was answered with {head}")

    def send(self, text):
        mask, payload = os.urandom(4), text.encode()
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        self.connection.sendall(bytes([0x81, 0x80 | len(payload)]) + mask + masked)

    def receive(self):
        opcode, length = self.stream.read(2)
        return opcode, self.stream.read(length)

    def close(self):
        self.stream.close()
        self.connection.close()


def relay(port):
    clients = [WebSocket(port), WebSocket(port)]
    clients[0].send("hi")
    for client in clients:
        frame = client.receive()
        if frame != (0x81, b"Message: hi"):
            sys.exit(f"instead of the message, a client got {frame}")
    return clients


# --- The two proofs --------------------------------------------------------------------------------------------------


def talk(command):
    with server(command) as (process, port, _):
        health(port)
        clients = relay(port)
        for client in clients:
            client.close()
        stop(process)


def start_up(command):
    times = []
    for _ in range(RUNS):
        with server(command) as (process, _, seconds):
            times.append(seconds)
            stop(process)
    median = statistics.median(times)
    print(
        f"start-up: {median * 1000:.1f} ms from exec to listening, median of {RUNS} runs"
        f" ({min(times) * 1000:.1f} to {max(times) * 1000:.1f}; wanted: at most {WANTED * 1000:.0f})"
    )
    if min(times) > WANTED:
        sys.exit(f"none of them took at most {WANTED * 1000:.0f} ms")


proofs = {"talk": talk, "start-up": start_up}
if len(sys.argv) < 3 or sys.argv[1] not in proofs:
    sys.exit(__doc__)
proofs[sys.argv[1]](sys.argv[2:])
