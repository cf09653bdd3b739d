#!/usr/bin/env python3
"""Allocations of the server per delivery, published message and connection, against what is allowed. Wanted: none per
delivery.

  allocations.py [--server 'NAME={"cmd": …}'] [--seconds 4]

The server runs with malloc_count.so, and the load generator reads the running count when it starts and ends measuring.
A run in which nothing is published tells what a connection costs and what the server does by itself. Two runs that
differ in the number of subscribers only, few enough for one turn of the event loop, tell what a delivery and what a
message costs; a third with so many that every message takes several turns, what these add to a delivery.

Exits with 1 when Chorus needs more than ALLOWED; another server is only measured.
"""

import argparse
import signal
import sys
import tempfile
from typing import Any

from yardstick import ENTRIES, MALLOC_COUNT, Server, ServerFailed, add_entries, build_tools

FEW, MORE, MANY = 20, 100, 1000  # subscribers
RATE = 100  # messages per second
HOLD = 4  # seconds of idleness

PER_DELIVERY = "per delivery"
PER_DELIVERY_OF_MANY = f"per delivery, {MANY:,} subscribers"
PER_MESSAGE = "per published message"
PER_CONNECTION = "per connection"
PER_SECOND = "per second, idle"

# What was measured and a little more. How many turns the many take depends on the machine.
ALLOWED = {PER_DELIVERY: 0.05, PER_DELIVERY_OF_MANY: 0.1, PER_MESSAGE: 7, PER_CONNECTION: 72}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", metavar="NAME=JSON", help="another server than chorus, as for perf.py")
    parser.add_argument("--seconds", type=float, default=4, help="measured time of a run")
    arguments = parser.parse_args()
    name = add_entries([arguments.server])[0] if arguments.server else "chorus"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    build_tools()

    found = count(name, arguments.seconds)
    allowed = {} if arguments.server else ALLOWED
    print(f"\n### Allocations, {name}: {FEW} and {MORE} subscribers, {RATE} msg/s of 128 B\n")
    print("| | allocations | allowed |\n|---|---|---|")
    for what, value in found.items():
        print(f"| {what} | {value:.3f} | {allowed.get(what, '')} |")
    excesses = [what for what, limit in allowed.items() if found[what] > limit]
    if excesses:
        sys.exit("\n".join(f"{what}: {found[what]:.3f} allocations, not {allowed[what]}" for what in excesses))


def count(name: str, seconds: float) -> dict[str, float]:
    idle = measure(name, "-n", str(MANY), "--mode", "idle", "--hold", str(HOLD))
    if idle["count"]["end"] == 0:
        sys.exit(f"{name}: nothing is counted")
    per_second = (idle["count"]["end"] - idle["count"]["settled"]) / HOLD

    paced = ["--rate", str(RATE), "--secs", str(seconds), "--warmup", "1"]
    few, more, many = (counted(measure(name, "-n", str(number), *paced), per_second) for number in (FEW, MORE, MANY))
    per_delivery, per_message = solve(few, more)
    allocations, messages, deliveries = many
    return {
        PER_DELIVERY: per_delivery,
        PER_DELIVERY_OF_MANY: (allocations - messages * per_message) / deliveries,
        PER_MESSAGE: per_message,
        PER_CONNECTION: (idle["count"]["settled"] - idle["count"]["start"]) / idle["connections"],
        PER_SECOND: per_second,
    }


def measure(name: str, *options: str) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile(prefix="malloc-count-") as file:
        environment = {"LD_PRELOAD": str(MALLOC_COUNT), "COUNT_FILE": file.name}
        try:
            with Server(ENTRIES[name], environment) as server:
                report = server.load("--count-file", file.name, *options)
        except ServerFailed as failure:
            sys.exit(f"{name} {failure}")
    if report.get("error") or not report["ok"]:
        sys.exit(f"{name}: {report.get('error') or report.get('stderr')}")
    return report


def solve(few: tuple[float, float, float], more: tuple[float, float, float]) -> tuple[float, float]:
    """From `allocations = messages · a + deliveries · b` in both runs: b and a."""
    f_total, f_messages, f_deliveries = few
    m_total, m_messages, m_deliveries = more
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
