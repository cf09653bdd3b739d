"""How many messages a second backends can publish through the HTTP API: `scripts/perf http`.

The server has one event loop and one processor, wrk another one. Every answer is looked at; one that is no success ends the run.
It fails when the median of a scenario is below what is wanted.
"""

import argparse
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Messages a request.
SCENARIOS = {"publish": 1, "batch": 100}
# Messages a second.
LEAST = {"publish": 15_000, "batch": 100_000}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    sys.exit("the server did not start")


def measure(program: str, scenario: str, seconds: int, connections: int) -> tuple[float, float]:
    """Messages a second, and the server's CPU in microseconds for each."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CHORUS")}
    server = subprocess.Popen(
        ["taskset", "--cpu-list", "0", program, "serve", "--port", str(port), "--event-loops", "1"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    try:
        wait_for(port)
        before = cpu_seconds(server.pid)
        output = subprocess.run(
            ["taskset", "--cpu-list", "1", "wrk", "--threads", "1", "--connections", str(connections),
             "--duration", f"{seconds}s", "--script", HERE / f"{scenario}.lua", f"http://127.0.0.1:{port}/api/publish"],
            check=True, stdout=subprocess.PIPE, text=True,
        ).stdout  # fmt: skip
        cpu = cpu_seconds(server.pid) - before
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
    if "Socket errors" in output or "Non-2xx" in output:
        sys.exit(output)
    requests = int(re.search(r"(\d+) requests in", output)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
    return rate * SCENARIOS[scenario], cpu / (requests * SCENARIOS[scenario]) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=".build/release/chorus")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    if (os.cpu_count() or 1) < 2:
        sys.exit("the server and wrk need a processor each")
    print("| | messages a second | at least | CPU of the server for each |\n|---|---|---|---|")
    results = {scenario: [] for scenario in SCENARIOS}
    for _ in range(options.rounds):
        for scenario, found in results.items():
            found.append(measure(options.program, scenario, options.seconds, options.connections))
    missed = []
    for scenario, found in results.items():
        rate, cpu = (statistics.median(values) for values in zip(*found))
        print(f"| {scenario} | {rate:,.0f} | {LEAST[scenario]:,} | {cpu:.1f} µs |")
        if rate < LEAST[scenario]:
            missed.append(f"{scenario}: {rate:,.0f} messages a second, not {LEAST[scenario]:,}")
    if missed:
        sys.exit("\n".join(missed))


if __name__ == "__main__":
    main()
