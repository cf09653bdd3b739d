#!/usr/bin/env python3
"""Fan-out benchmarks: runs scenarios against servers and prints Markdown tables.

  perf.py [-s A100,Amax,…] [-p chorus,rawfan-send,…] [--rounds 5] [--seconds 3] [-o results.jsonl]
  perf.py -s slow                       a set of scenarios: default, all, and those in README.md
  perf.py --table results.jsonl …       only the tables, of earlier results
  perf.py --server 'NAME={"cmd": "…", "path": "/ws/%d", "pub_path": "/pub", "pub_msg": "%d|%p"}'    one more server

Rounds are interleaved: every round runs every scenario against every server, and the tables show medians. README.md
beside this file says what the scenarios are and how to read the figures.
"""

import argparse
import json
import shlex
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import tables
from bars import print_bars
from scenarios import SCENARIOS, SETS
from yardstick import BUILD, ENTRIES, SEND_COUNT, Server, ServerFailed, add_entries, build_tools


def main() -> None:
    arguments = parse_arguments()
    if arguments.table:
        print_tables(arguments.table)
        return
    added = add_entries(arguments.server)
    servers = arguments.servers.split(",") if arguments.servers else []
    scenarios = [name for wanted in arguments.scenarios.split(",") for name in SETS.get(wanted, [wanted])]
    for kind, names, known in (("server", servers, ENTRIES), ("scenario", scenarios, {**SETS, **SCENARIOS})):
        for name in names:
            if name not in known:
                sys.exit(f"unknown {kind} {name}; there are {', '.join(known)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server under test is ended, too
    build_tools()
    results = arguments.output or BUILD / time.strftime("results-%Y%m%d-%H%M%S.jsonl")
    print(f"results: {results}", file=sys.stderr)
    with results.open("a") as file:
        for round_number in range(arguments.rounds):
            for scenario in dict.fromkeys(scenarios):
                for server in servers or [*SCENARIOS[scenario].servers, *added]:
                    result = run(server, scenario, arguments)
                    if SCENARIOS[scenario].counts_sends and not round_number:
                        result["sends_per_delivery"] = sends_per_delivery(server, scenario)
                    result |= {"server": server, "scenario": scenario, "round": round_number}
                    file.write(json.dumps(result) + "\n")
                    file.flush()
                    print(time.strftime("%H:%M:%S"), tables.brief(result), file=sys.stderr, flush=True)
    print_tables([results])


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-s", "--scenarios", default="default", help=f"scenarios, and sets: {', '.join(SETS)}")
    parser.add_argument("-p", "--servers", default="", help="default those of each scenario, and those of --server")
    parser.add_argument("--server", action="append", default=[], metavar="NAME=JSON")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="measured time of a run, where the scenario has none")
    parser.add_argument("--priority", action="store_true", help="run above everything else (root); for a busy machine")
    parser.add_argument("-o", "--output", type=Path, help="results, one JSON object a line; is appended to")
    parser.add_argument("--table", nargs="+", type=Path, metavar="RESULTS")
    return parser.parse_args()


def run(server: str, scenario: str, arguments: argparse.Namespace) -> dict[str, Any]:
    try:
        with Server(ENTRIES[server], priority=arguments.priority) as running:
            return running.load(
                "--secs", str(arguments.seconds), "--warmup", "1", "--label", server, *options(scenario)
            )
    except ServerFailed as failure:
        return {"error": str(failure)}


def options(scenario: str) -> list[str]:
    return shlex.split(SCENARIOS[scenario].options)


def sends_per_delivery(server: str, scenario: str) -> float | None:
    """System calls that write, per delivery; counted in a run of its own, so that nothing else pays for it."""
    with tempfile.NamedTemporaryFile(prefix="send-count-") as file:
        environment = {"LD_PRELOAD": str(SEND_COUNT), "CHORUS_SEND_COUNT_FILE": file.name}
        try:
            with Server(ENTRIES[server], environment) as running:
                report = running.load("--count-file", file.name, *options(scenario), "--secs", "1")
        except ServerFailed:
            return None
    if not report.get("deliveries"):
        return None
    return (report["count"]["end"] - report["count"]["measure_start"]) / report["deliveries"]


def print_tables(files: list[Path]) -> None:
    results = tables.read_results(files)
    for name, scenario in SCENARIOS.items():
        if name in results:
            print(f"\n### {name}: {scenario.title}\n")
            tables.print_scenario(results[name])
    print_bars(results)


if __name__ == "__main__":
    main()
