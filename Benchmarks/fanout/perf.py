#!/usr/bin/env python3
"""Fan-out benchmarks: runs scenarios against servers and prints Markdown tables.

  perf.py [-s A100,Amax,…] [-p chorus,rawfan-send,…] [--rounds 5] [--seconds 4] [-o results.jsonl]
  perf.py --table results.jsonl …       only the tables, of earlier results
  perf.py --server 'NAME={"cmd": "…", "path": "/ws/%d", "pub_path": "/pub", "pub_msg": "%d|%p"}'    one more server

Rounds are interleaved: every round runs every scenario against every server, and the tables show medians. README.md
beside this file says what the scenarios are and how to read the figures.
"""

import argparse
import json
import math
import resource
import shlex
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tables
from yardstick import BUILD, ENTRIES, Server, ServerFailed, add_entries, build_tools


@dataclass
class Scenario:
    title: str
    options: str  # of wsfan; a closed loop where there is neither --rate nor --burst


def idle_connections() -> int:
    """19,000, or what the hard limit of open files allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 19_000 if hard == resource.RLIM_INFINITY else min(19_000, hard - 1_000)


SCENARIOS = {
    "A1": Scenario("1,000 subscribers, 128 B, closed loop, 1 in flight", "-n 1000 --window 1"),
    "A20": Scenario("1,000 subscribers, 128 B, 20 msg/s", "-n 1000 --rate 20 --max-outstanding 40"),
    "A100": Scenario("1,000 subscribers, 128 B, 100 msg/s", "-n 1000 --rate 100 --max-outstanding 40"),
    "Amax": Scenario("1,000 subscribers, 128 B, closed loop, 16 in flight", "-n 1000 --window 16"),
    "B10": Scenario("10,000 subscribers, 128 B, 10 msg/s", "-n 10000 --rate 10 --max-outstanding 6 --settle 2"),
    "Bmax": Scenario("10,000 subscribers, 128 B, closed loop, 4 in flight", "-n 10000 --window 4 --settle 2"),
    "D": Scenario(
        f"{idle_connections():,} idle connections",
        f"-n {idle_connections()} --mode idle --hold 2 --settle 3",
    ),
    "E": Scenario("bursts of 100 messages to 1,000 subscribers", "-n 1000 --burst 100 --gap-ms 200"),
    "F": Scenario("1,000 subscribers, 4 KiB, closed loop, 16 in flight", "-n 1000 --size 4096 --window 16"),
    "G": Scenario("10,000 connections at once, until all are up", "-n 10000 --mode storm --rounds 2"),
    "S0": Scenario(
        "as S with the 180 that read, and nobody who does not",
        "-n 180 --size 65536 --window 4 --rcvbuf 65536",
    ),
    "S": Scenario(
        "10 % of 200 subscribers stop reading, 64 KiB, closed loop over the others",
        "-n 200 --size 65536 --mode slow --slow-pct 10 --window 4 --rcvbuf 65536",
    ),
}
DEFAULT_SCENARIOS = "A100,Amax,D,G,E,S0,S"
DEFAULT_SERVERS = "rawfan-send,rawfan-coalesce,chorus"


def main() -> None:
    arguments = parse_arguments()
    if arguments.table:
        print_tables(arguments.table)
        return
    added = add_entries(arguments.server)
    servers = arguments.servers.split(",") if arguments.servers else [*DEFAULT_SERVERS.split(","), *added]
    scenarios = arguments.scenarios.split(",")
    for kind, names, known in (("server", servers, ENTRIES), ("scenario", scenarios, SCENARIOS)):
        for name in names:
            if name not in known:
                sys.exit(f"unknown {kind} {name}; there are {', '.join(known)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server under test is ended, too
    build_tools()
    results = arguments.output or BUILD / time.strftime("results-%Y%m%d-%H%M%S.jsonl")
    print(f"results: {results}", file=sys.stderr)
    with results.open("a") as file:
        for round_number in range(arguments.rounds):
            for scenario in scenarios:
                for server in servers:
                    result = run(server, scenario, arguments)
                    result |= {"server": server, "scenario": scenario, "round": round_number}
                    file.write(json.dumps(result) + "\n")
                    file.flush()
                    print(time.strftime("%H:%M:%S"), tables.brief(result), file=sys.stderr, flush=True)
    print_tables([results])


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-s", "--scenarios", default=DEFAULT_SCENARIOS, help=f"default {DEFAULT_SCENARIOS}")
    parser.add_argument("-p", "--servers", default="", help=f"default {DEFAULT_SERVERS} and those of --server")
    parser.add_argument("--server", action="append", default=[], metavar="NAME=JSON")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4, help="measured time of a run")
    parser.add_argument("--priority", action="store_true", help="run above everything else (root); for a busy machine")
    parser.add_argument("-o", "--output", type=Path, help="results, one JSON object a line; is appended to")
    parser.add_argument("--table", nargs="+", type=Path, metavar="RESULTS")
    return parser.parse_args()


def run(server: str, scenario: str, arguments: argparse.Namespace) -> dict[str, Any]:
    try:
        with Server(ENTRIES[server], priority=arguments.priority) as running:
            options = shlex.split(SCENARIOS[scenario].options)
            return running.load("--secs", str(arguments.seconds), "--warmup", "1", "--label", server, *options)
    except ServerFailed as failure:
        return {"error": str(failure)}


# --- Tables ----------------------------------------------------------------------------------------------------------


def print_tables(files: list[Path]) -> None:
    results: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for file in files:
        for line in file.read_text().splitlines():
            result = json.loads(line)
            results.setdefault(result["scenario"], {}).setdefault(result["server"], []).append(result)
    for name, scenario in SCENARIOS.items():
        if name in results:
            print(f"\n### {name}: {scenario.title}\n")
            tables.print_scenario(name, results[name])
    print_bars(results)


@dataclass
class Bar:
    """What the project holds itself to."""

    what: str
    scenario: str
    most: float
    unit: str
    value: Callable[[dict[str, Any]], float]
    floor: str | None = None  # the value counts as a ratio to this server's


BARS = [
    Bar("CPU per delivery, paced", "A100", 1.3, "× rawfan-send", tables.cpu_per_delivery, "rawfan-send"),
    Bar("CPU per delivery, closed loop", "Amax", 1.3, "× rawfan-coalesce", tables.cpu_per_delivery, "rawfan-coalesce"),
    Bar("memory per idle connection", "D", 3500, "B", lambda result: result["memory"]["rss_per_conn"]),
    Bar("CPU per join", "D", 60, "µs", lambda result: result["connect"]["server_cpu_us_per_conn"]),
    Bar("CPU per join, all at once", "G", 60, "µs", lambda result: result["storm"]["server_cpu_us_per_conn"]),
]


def print_bars(results: dict[str, dict[str, list[dict[str, Any]]]]) -> None:
    def median(server: str, bar: Bar) -> float:
        runs = tables.good_results(results[bar.scenario].get(server, []))
        return tables.median(bar.value(run) for run in runs if run["ok"])

    print("\n### What Chorus holds itself to\n")
    print("| | scenario | at most | measured | |\n|---|---|---|---|---|")
    for bar in BARS:
        if "chorus" not in results.get(bar.scenario, {}):
            continue
        measured = median("chorus", bar) / (median(bar.floor, bar) if bar.floor else 1)
        verdict = "not measured" if math.isnan(measured) else "ok" if measured <= bar.most else "**missed**"
        print(f"| {bar.what} | {bar.scenario} | {bar.most:g} {bar.unit} | {tables.number(measured)} | {verdict} |")


if __name__ == "__main__":
    main()
