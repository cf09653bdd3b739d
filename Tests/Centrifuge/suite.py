"""Runs the tests that come with an SDK, as they are, against a server at the port that is written into them.

    suite.py FOLDER COUNTS PROGRAM ARGUMENT...

- FOLDER: the SDK's source, whose tests are in `tests`.
- COUNTS: the file for how many have passed and failed.
- PROGRAM ARGUMENT...: the server, which is started and stopped.
"""

import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

# So many has centrifuge-python 0.7.0. A run of fewer, because some were not found, must not be green.
TESTS = 185
ADDRESS = "http://127.0.0.1:8000/connection/websocket"
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1  # netdevice(7)


def turn_loopback_on() -> None:
    """In a new network namespace (network_namespaces(7)) it is off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = fcntl.ioctl(any_socket, SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0))
        (flags,) = struct.unpack_from("h", request, 16)
        if not flags & IFF_UP:
            fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def wait_for(server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(ADDRESS, timeout=1)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    sys.exit("the server did not start")


def run(folder: Path) -> unittest.TestResult:
    # the SDK of this folder and not an installed one, which might be another
    sys.path.insert(0, str(folder))
    suite = unittest.defaultTestLoader.discover(str(folder / "tests"), top_level_dir=str(folder))
    return unittest.TextTestRunner(sys.stdout, verbosity=2).run(suite)


def main() -> None:
    folder, counts, command = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    turn_loopback_on()
    # what is meant for the tests is no setting of the server
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CHORUS")}
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=environment)

    def stop(*_: object) -> None:
        """A test that hangs would not let an exception through."""
        server.terminate()
        os._exit(1)

    signal.signal(signal.SIGTERM, stop)
    try:
        wait_for(server)
        result = run(folder)
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
    failed = {
        getattr(test, "test_case", test).id()  # a part of a test is none of its own
        for test, _ in [*result.failures, *result.errors, *((test, "") for test in result.unexpectedSuccesses)]
    }
    passed = result.testsRun - len(result.skipped) - len(result.expectedFailures) - len(failed)
    if not failed and passed != TESTS:
        failed.add(f"{passed} tests have passed, not {TESTS}")
    if server.returncode != 0:
        print(f"the server ended with {server.returncode}")
        failed.add("server")
    for name in sorted(failed):
        print(f"FAILED: {name}")
    counts.write_text(f"{passed} {len(failed)}\n")


main()
