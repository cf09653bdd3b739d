#!/usr/bin/env python3
"""Allocations of the server per delivery and per published message. Wanted: none per delivery.

  allocations.py [--server 'NAME={"cmd": …}'] [--at-most 0.05] [--seconds 4]

The server runs with malloc_count.so, and the load generator reads the running count when it starts and ends measuring.
Two runs that differ in the number of subscribers only tell what a delivery costs and what a message costs; a run in
which nothing is published tells what a connection costs and what the server does by itself.
"""

import argparse
import signal
import sys
import tempfile
from typing import Any

from yardstick import ENTRIES, MALLOC_COUNT, Server, ServerFailed, add_entries, build_tools

FEW, MANY = 200, 1000  # subscribers
RATE = 100  # messages per second
HOLD = 4  # seconds of idleness


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", metavar="NAME=JSON", help="another server than chorus, as for perf.py")
    parser.add_argument("--at-most", type=float, default=0.05, help="fail when a delivery costs more (default 0.05)")
    parser.add_argument("--seconds", type=float, default=4, help="measured time of a run")
    arguments = parser.parse_args()
    name = add_entries([arguments.server])[0] if arguments.server else "chorus"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    build_tools()

    idle = measure(name, "-n", str(MANY), "--mode", "idle", "--hold", str(HOLD))
    per_second = (idle["count"]["end"] - idle["count"]["settled"]) / HOLD
    per_connection = (idle["count"]["settled"] - idle["count"]["start"]) / idle["connections"]

    paced = ["--rate", str(RATE), "--secs", str(arguments.seconds), "--warmup", "1"]
    few = measure(name, "-n", str(FEW), *paced)
    many = measure(name, "-n", str(MANY), *paced)
    per_delivery, per_message = solve(few, many, per_second)

    print(f"\n### Allocations, {name}: {FEW} and {MANY} subscribers, {RATE} msg/s of 128 B\n")
    print("| per delivery | per published message | per connection | per second, idle |\n|---|---|---|---|")
    print(f"| {per_delivery:.4f} | {per_message:.1f} | {per_connection:.1f} | {per_second:.1f} |")
    if per_delivery > arguments.at_most:
        sys.exit(f"a delivery costs {per_delivery:.4f} allocations, more than {arguments.at_most}")


def measure(name: str, *options: str) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile(prefix="malloc-count-") as file:
        environment = {"LD_PRELOAD": str(MALLOC_COUNT), "CHORUS_MALLOC_COUNT_FILE": file.name}
        try:
            with Server(ENTRIES[name], environment) as server:
                report = server.load("--count-file", file.name, *options)
        except ServerFailed as failure:
            sys.exit(f"{name} {failure}")
    if report.get("error") or not report["ok"]:
        sys.exit(f"{name}: {report.get('error') or report.get('stderr')}")
    return report


def solve(few: dict[str, Any], many: dict[str, Any], per_second: float) -> tuple[float, float]:
    """From `allocations = messages · a + deliveries · b` in both runs: b and a."""
    (f_total, f_messages, f_deliveries) = counted(few, per_second)
    (m_total, m_messages, m_deliveries) = counted(many, per_second)
    determinant = f_messages * m_deliveries - m_messages * f_deliveries
    per_delivery = (f_messages * m_total - m_messages * f_total) / determinant
    per_message = (f_total * m_deliveries - m_total * f_deliveries) / determinant
    return per_delivery, per_message


def counted(report: dict[str, Any], per_second: float) -> tuple[float, float, float]:
    """Allocations without what the server does by itself, messages, deliveries."""
    allocations = report["count"]["end"] - report["count"]["measure_start"] - per_second * report["secs"]
    return allocations, report["published"], report["deliveries"]


if __name__ == "__main__":
    main()
