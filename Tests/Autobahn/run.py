"""Runs parts of the Autobahn|Testsuite against a WebSocket endpoint that echoes. See README.md beside this file.

A case counts as passed when the suite calls it OK or INFORMATIONAL, its close behaviour too. NON-STRICT and
UNIMPLEMENTED are failures here.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import cases
from client import Runner, Verdict
from twisted.internet import task


@dataclass
class Part:
    patterns: list[str]
    jobs: int  # connections at once; cases that measure time want one


SMALL_DEFLATE_GROUPS = ["12.1", "12.2", "12.3", "12.4", "12.5", "13.1", "13.2", "13.3", "13.4", "13.5", "13.6", "13.7"]
SMALL_DEFLATE_CASES = [1, 2, 3, 4, 5, 6, 11]

PARTS = {
    # Framing, pings, reserved bits, opcodes, fragmentation, UTF-8, closing: everything but size and compression.
    "quick": Part([f"{group}.*" for group in (1, 2, 3, 4, 5, 6, 7, 10)], jobs=8),
    # Large messages and many messages.
    "perf": Part(["9.*"], jobs=1),
    # Of permessage-deflate, messages up to 8 KiB in one frame, and 8 KiB in frames of 256 bytes.
    "deflate-small": Part(
        [f"{group}.{case}" for group in SMALL_DEFLATE_GROUPS for case in SMALL_DEFLATE_CASES], jobs=2
    ),
    # All of permessage-deflate.
    "deflate": Part(["12.*", "13.*"], jobs=2),
}
BEHAVIORS = ("OK", "INFORMATIONAL", "NON-STRICT", "UNIMPLEMENTED", "FAILED")


def main() -> None:
    arguments = parse_arguments()
    all_cases = cases.load()
    if arguments.list:
        for number, case in all_cases.items():
            print(number, " ".join(case.DESCRIPTION.split("<")[0].split()))
        return
    parts = {name: PARTS[name] for name in arguments.parts}
    if arguments.cases:
        parts["cases"] = Part(arguments.cases.split(","), jobs=1)

    async def run_parts(reactor) -> None:
        passed = failed = 0
        for name, part in parts.items():
            counts = await run_part(name, part, all_cases, arguments)
            passed, failed = passed + counts[0], failed + counts[1]
        if arguments.counts:
            arguments.counts.write_text(f"{passed} {failed}\n")
        sys.exit(1 if failed or not passed else 0)

    task.react(run_parts)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="for example ws://127.0.0.1:8000/echo")
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--cases", metavar="PATTERNS", help="single cases instead of parts: 7.1.5,6.4.*")
    parser.add_argument("--wire", action="store_true", help="print the last frames of every case that failed")
    parser.add_argument("--results", type=Path, metavar="FOLDER", help="write every verdict there, as PART.json")
    parser.add_argument("--counts", type=Path, metavar="FILE", help='write "PASSED FAILED" there')
    parser.add_argument("--list", action="store_true", help="print all cases and their descriptions")
    arguments = parser.parse_args()
    unknown = [part for part in arguments.parts if part not in PARTS]
    if unknown:
        parser.error(f"unknown part {unknown[0]}; there are {', '.join(PARTS)}")
    if not (arguments.parts or arguments.cases or arguments.list):
        parser.error("name a part, or --cases")
    return arguments


async def run_part(name: str, part: Part, all_cases: dict[str, type], arguments: argparse.Namespace) -> tuple[int, int]:
    """Runs and reports one part; returns how many cases passed and failed."""
    chosen = {number: case for number, case in all_cases.items() if matches(number, part.patterns)}
    started = time.monotonic()
    verdicts = await Runner(arguments.url, chosen, part.jobs).run()
    seconds = time.monotonic() - started

    if arguments.results:
        arguments.results.mkdir(parents=True, exist_ok=True)
        by_number = {number: verdict.to_json() for number, verdict in sorted_by_number(verdicts)}
        (arguments.results / f"{name}.json").write_text(json.dumps(by_number, indent=1))

    for number, verdict in sorted_by_number(verdicts):
        if not verdict.passed:
            print_failure(number, verdict, arguments.wire)
    missing = len(chosen) - len(verdicts)
    if missing:
        print(f"the server refuses connections: {missing} cases were not run")
    if not chosen:
        print("no case has such a number")
        return 0, 1

    behaviors = Counter(verdict.behavior for verdict in verdicts.values())
    bad_closes = sum(not verdict.closed_well for verdict in verdicts.values())
    shown = ", ".join(f"{behavior} {behaviors[behavior]}" for behavior in BEHAVIORS)
    print(f"{name}: {len(chosen)} cases in {seconds:.0f} s: {shown}; bad close behaviour {bad_closes}", flush=True)
    passed = sum(verdict.passed for verdict in verdicts.values())
    return passed, len(chosen) - passed


def matches(number: str, patterns: list[str]) -> bool:
    return any(re.fullmatch(re.escape(pattern.strip()).replace(r"\*", ".*"), number) for pattern in patterns)


def sorted_by_number(verdicts: dict[str, Verdict]) -> list[tuple[str, Verdict]]:
    return sorted(verdicts.items(), key=lambda item: cases.sort_key(item[0]))


def print_failure(number: str, verdict: Verdict, with_wire: bool) -> None:
    close = f"close {verdict.behavior_close}, code {verdict.close_code}"
    print(f"{number:8} {verdict.behavior} ({close}): {verdict.result} | {verdict.result_close}")
    if with_wire:
        for line in verdict.wire[-12:]:
            print("         " + line)


if __name__ == "__main__":
    main()
