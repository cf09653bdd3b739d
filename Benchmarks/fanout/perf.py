#!/usr/bin/env python3
"""Fan-out benchmarks: runs scenarios against servers and prints Markdown tables.

  perf.py [-s A100,Amax,…] [-p chorus,rawfan-send,…] [--rounds 5] [--seconds 3] [-o results.jsonl]
  perf.py -s slow                       a set of scenarios: default, all, and those in README.md
  perf.py --table results.jsonl …       only the tables, of earlier results; nothing is built or run
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
from collections.abc import Iterable
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
    for kind, names, all_known in (("server", servers, ENTRIES), ("scenario", scenarios, {**SETS, **SCENARIOS})):
        for name in names:
            if name not in all_known:
                sys.exit(f"unknown {kind} {name}; there are {known(all_known)}")
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
    add = parser.add_argument
    add("-s", "--scenarios", default="default", metavar="A100,…", help=f"{known(SCENARIOS)}; sets: {known(SETS)}")
    add("-p", "--servers", default="", metavar="chorus,…", help=f"{known(ENTRIES)}; default those of each scenario")
    add("--server", action="append", default=[], metavar="NAME=JSON", help="one more server, or NAME=@FILE; repeatable")
    add("--rounds", type=int, default=5, help="default 5")
    add("--seconds", type=float, default=3, help="measured time of a run, where the scenario has none; default 3")
    add("--priority", action="store_true", help="run above everything else (root); for a busy machine")
    add("-o", "--output", type=Path, help="results, one JSON object a line; is appended to; default in .build/fanout")
    add("--table", nargs="+", type=Path, metavar="RESULTS", help="only the tables of these results")
    return parser.parse_args()


def known(names: Iterable[str]) -> str:
    return ", ".join(names)


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
        environment = {"LD_PRELOAD": str(SEND_COUNT), "COUNT_FILE": file.name}
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
            tables.print_scenario(results, name)
    print_bars(results)


if __name__ == "__main__":
    main()
