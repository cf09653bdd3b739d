"""What perf.py and allocations.py share: building the tools, starting a server, running the load generator.

Run as a program, it builds the tools.
"""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / ".build" / "fanout"
WSFAN = BUILD / "wsfan"
RAWFAN = BUILD / "rawfan"
MALLOC_COUNT = BUILD / "malloc_count.so"
SEND_COUNT = BUILD / "send_count.so"
CERTIFICATE = BUILD / "certificate.pem"  # with its key


@dataclass
class Entry:
    """A server to measure. In `command`, @PORT@ stands for the port; in paths and messages stand wsfan's templates."""

    command: str
    path: str = "/ws/%d"
    publish_path: str = "/pub"
    message: str = "%d|%p"
    environment: dict[str, str] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)  # further options for wsfan
    every_cpu: bool = False  # in place of the one that a server has for itself

    @staticmethod
    def from_json(text: str) -> "Entry":
        """`{"cmd": …, "path": …, "pub_path": …, "pub_msg": …, "env": {…}, "options": […]}`, or `@FILE`."""
        values = json.loads(Path(text[1:]).read_text() if text.startswith("@") else text)
        names = {"cmd": "command", "pub_path": "publish_path", "pub_msg": "message", "env": "environment"}
        return Entry(**{names.get(key, key): value for key, value in values.items()})


CHORUS = f"{ROOT}/.build/release/chorus serve --host 127.0.0.1 --port @PORT@"
RELAY = {"publish_path": "/ws/0", "message": "%p"}
CENTRIFUGE = {**RELAY, "path": "/connection/websocket"}
# connect and subscribe, in Protobuf each with its length in front
CONNECT_JSON = r'{"id":1,"connect":{}}\n{"id":2,"subscribe":{"channel":"%d"}}'
CONNECT_PROTOBUF = r"\x04\x08\x01\x22\x00\x07\x08\x02\x2a\x03\x0a\x01%d"

ENTRIES = {
    "rawfan-send": Entry(f"{RAWFAN} --port @PORT@ --mode send"),
    "rawfan-coalesce": Entry(f"{RAWFAN} --port @PORT@ --mode coalesce"),
    "rawfan-gather": Entry(f"{RAWFAN} --port @PORT@ --mode gather"),
    "chorus": Entry(f"{CHORUS} --event-loops 1", **RELAY),
    "chorus-2loops": Entry(f"{CHORUS} --event-loops 2", **RELAY, every_cpu=True),
    "chorus-tls": Entry(
        f"{CHORUS} --event-loops 1 --certificate {CERTIFICATE} --key {CERTIFICATE}", **RELAY, options=["--tls"]
    ),
    "chorus-deflate": Entry(f"{CHORUS} --event-loops 1", **RELAY, options=["--deflate"]),
    "chorus-json": Entry(
        f"{CHORUS} --event-loops 1", **CENTRIFUGE, options=["--sub", CONNECT_JSON, "--sub-ack", '"id":2']
    ),
    "chorus-protobuf": Entry(
        f"{CHORUS} --event-loops 1",
        **CENTRIFUGE,
        options=[
            "--subproto", "centrifuge-protobuf", "--sub", CONNECT_PROTOBUF, "--sub-binary", "--sub-ack", r"\x08\x02\x32",
        ],  # fmt: skip
    ),
    "chorus-topics": Entry(f"{ROOT}/.build/release/ManyTopics @PORT@"),
}


def add_entries(arguments: list[str]) -> list[str]:
    """Takes over `NAME=JSON` of the command line; returns the names."""
    names = []
    for argument in arguments:
        name, _, text = argument.partition("=")
        ENTRIES[name] = Entry.from_json(text)
        names.append(name)
    return names


def build_tools() -> None:
    """Compiles what is older than its sources, or was compiled in another way."""
    if sys.platform != "linux":
        sys.exit("the fan-out benchmarks run on Linux only (epoll and /proc)")
    BUILD.mkdir(parents=True, exist_ok=True)
    tls = ["-DWITH_TLS", "-lssl", "-lcrypto"] if Path("/usr/include/openssl/ssl.h").exists() else []
    compile_c(WSFAN, sorted(HERE.glob("wsfan/*.c")), sorted(HERE.glob("wsfan/*.h")), flags=[*tls, "-lz"])
    compile_c(RAWFAN, [HERE / "rawfan.c"])
    for counter in (MALLOC_COUNT, SEND_COUNT):
        compile_c(counter, [HERE / f"{counter.stem}.c"], [HERE / "count_file.h"], flags=["-shared", "-fPIC"])
    if tls and not CERTIFICATE.exists():
        make_certificate()


def compile_c(target: Path, sources: list[Path], depends_on: Sequence[Path] = (), flags: Sequence[str] = ()) -> None:
    command = ["cc", "-std=gnu11", "-O2", "-Wall", "-o", str(target), *map(str, sources), *flags]
    made_with = target.with_name(target.name + ".command")
    newest = max(path.stat().st_mtime for path in [*sources, *depends_on])
    is_fresh = target.exists() and target.stat().st_mtime > newest
    if is_fresh and made_with.exists() and made_with.read_text() == shlex.join(command):
        return
    subprocess.run(command, check=True)
    made_with.write_text(shlex.join(command))


def make_certificate() -> None:
    """One of ECDSA P-256, as most servers have."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]
    name = ["-x509", "-days", "3650", "-subj", "/CN=localhost"]
    command = ["openssl", "req", *name, *key, "-keyout", CERTIFICATE, "-out", CERTIFICATE.with_suffix(".chain")]
    subprocess.run(command, check=True, capture_output=True)
    with CERTIFICATE.open("a") as file:
        file.write(CERTIFICATE.with_suffix(".chain").read_text())


# The server has one CPU, the generator another, so that neither's figures hang on where the scheduler puts them.
CPUS = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
SERVER_CPUS, GENERATOR_CPU = ({CPUS[0]}, CPUS[1]) if len(CPUS) > 1 else (set(CPUS), -1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def prioritize() -> None:
    """Puts this process, the first of a session, before others.

    Where the kernel groups processes by session (autogroup), a process's own priority counts inside its group only.
    """
    try:
        Path("/proc/self/autogroup").write_text("-10")
    except OSError:
        pass
    os.setpriority(os.PRIO_PROCESS, 0, -5)


class ServerFailed(Exception):
    pass


class Server:
    """A running server: `with Server(entry) as server: …`. It is ended by its own process group at the end."""

    def __init__(self, entry: Entry, environment: dict[str, str] | None = None, priority: bool = False) -> None:
        self.entry = entry
        self.priority = priority
        # what is meant for somebody else is no setting of Chorus
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CHORUS_")}
        self.environment = {**kept, **entry.environment, **(environment or {})}
        self.port = free_port()

    def __enter__(self) -> Self:
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            shlex.split(self.entry.command.replace("@PORT@", str(self.port))),
            env=self.environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=self.prepare_process,
        )
        try:
            self.wait_until_it_accepts()
        except BaseException:
            self.stop()
            raise
        return self

    def prepare_process(self) -> None:
        os.sched_setaffinity(0, CPUS if self.entry.every_cpu else SERVER_CPUS)
        if self.priority:
            prioritize()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_until_it_accepts(self) -> None:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                time.sleep(0.3)  # what it still does after its first accept belongs to no measurement
                return
            except OSError:
                time.sleep(0.05)
        self.log.seek(0)
        raise ServerFailed(f"did not start: {self.log.read()[-400:]}")

    def stop(self) -> None:
        for number, seconds in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
            try:
                os.killpg(self.process.pid, number)
                self.process.wait(seconds)
            except ProcessLookupError:
                pass
            except subprocess.TimeoutExpired:
                continue
            break
        self.log.close()

    def load(self, *options: str, timeout: float = 180) -> dict[str, Any]:
        """Runs wsfan against the server and returns its report, or a dictionary with an `error`."""
        command = [str(WSFAN), "--port", str(self.port), "--pid", str(self.process.pid), "--cpu", str(GENERATOR_CPU)]
        command += ["--path", self.entry.path, "--pub-path", self.entry.publish_path, "--pub-msg", self.entry.message]
        try:
            run = subprocess.run(
                [*command, *self.entry.options, *options],
                check=False,
                capture_output=True,
                text=True,
                timeout=timeout,
                start_new_session=True,
                preexec_fn=prioritize if self.priority else None,
            )
        except subprocess.TimeoutExpired:
            return {"error": f"the generator did not end within {timeout:.0f} s"}
        try:
            return {**json.loads(run.stdout), "stderr": run.stderr[-300:]}
        except ValueError:
            return {"error": (run.stderr or run.stdout)[-300:]}


if __name__ == "__main__":
    build_tools()
