"""The results of perf.py as lines and Markdown tables."""

import json
import math
import statistics
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Result = dict[str, Any]
Results = dict[str, dict[str, list[Result]]]  # by scenario and server


def read_results(files: list[Path]) -> Results:
    results: Results = {}
    for file in files:
        for line in file.read_text().splitlines():
            result = json.loads(line)
            results.setdefault(result["scenario"], {}).setdefault(result["server"], []).append(result)
    return results


def cpu_per_delivery(result: Result) -> float:
    """µs; NaN when nothing was delivered in the measured time."""
    return result.get("server_cpu", {}).get("us_per_delivery", math.nan)


def good_results(results: list[Result]) -> list[Result]:
    return [result for result in results if not result.get("error") and result.get("connections")]


def number(value: float) -> str:
    """Three significant digits, and no exponent."""
    if math.isnan(value):
        return "–"
    if value >= 100 or value == 0 or isinstance(value, int):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def brief(result: Result) -> str:
    """One line about one run."""
    start = f"{result['server']:16} {result['scenario']:5} "
    if result.get("error"):
        return start + "ERROR " + result["error"][:150].replace("\n", " ")
    start += "ok " if result["ok"] else "NOT OK "
    if result["mode"] == "storm":
        return start + f"all up after {result['storm']['median_s']:.2f} s"
    if result["mode"] == "idle":
        return start + f"{result['memory']['rss_per_conn']} B a connection"
    times = result["latency_ms"]
    return start + (
        f"{cpu_per_delivery(result):.2f} µs a delivery, {result['deliveries_per_s']:,} deliveries/s, "
        f"p50 {times['p50']:.2f} ms, p99 {times['p99']:.2f} ms, lost {result['lost']}, "
        f"out of order {result['out_of_order']}, stalls {result['stalls']}, closed {result['closed_by_server']}"
    )


def latency(name: str) -> Callable[[Result], float]:
    """ms; NaN when nothing that was published in the measured time arrived in it."""
    return lambda result: result["latency_ms"][name] or math.nan


def median(values: Iterable[float]) -> float:
    """Of those values that are numbers."""
    numbers = [value for value in values if not math.isnan(value)]
    return statistics.median(numbers) if numbers else math.nan


# A table is a list of columns: the heading, and where in a result the value is.
Columns = list[tuple[str, Callable[[Result], float]]]

IDLE: Columns = [
    ("RSS B/connection", lambda result: result["memory"]["rss_per_conn"]),
    ("PSS B/connection", lambda result: result["memory"]["pss_per_conn"]),
    ("kernel slab B/connection, both ends", lambda result: result["memory"]["kernel_slab_per_conn_both_ends"]),
    ("RSS at start MB", lambda result: result["memory"]["server_rss0"] / 1e6),
    ("CPU µs/join", lambda result: result["connect"]["server_cpu_us_per_conn"]),
]

STORM: Columns = [
    ("all up after s", lambda result: result["storm"]["median_s"]),
    ("connections/s", lambda result: result["storm"]["per_s"]),
    ("p50 ms", lambda result: result["storm"]["p50_ms"]),
    ("p99 ms", lambda result: result["storm"]["p99_ms"]),
    ("max ms", lambda result: result["storm"]["max_ms"]),
    ("CPU µs/join", lambda result: result["storm"]["server_cpu_us_per_conn"]),
]

FANOUT: Columns = [
    ("CPU µs/delivery", cpu_per_delivery),
    ("user", lambda result: result["server_cpu"]["user_us"]),
    ("system", lambda result: result["server_cpu"]["sys_us"]),
    ("deliveries/s", lambda result: result["deliveries_per_s"]),
    ("p50 ms", latency("p50")),
    ("p99 ms", latency("p99")),
    ("p99.9 ms", latency("p999")),
    ("max ms", latency("max")),
    ("lost", lambda result: result["lost"]),
    ("out of order", lambda result: result["out_of_order"]),
]

# What only some scenarios have, by the key that tells.
EXTRA: dict[str, Columns] = {
    "burst_ms": [
        ("burst p50 ms", lambda result: result["burst_ms"]["p50"]),
        ("burst p99 ms", lambda result: result["burst_ms"]["p99"]),
    ],
    "slow": [
        ("RSS growth B/stalled client, while stalled", lambda result: result["slow"]["growth_stalled_per_slow_conn"]),
        ("peak", lambda result: result["slow"]["growth_per_slow_conn"]),
        ("at the end", lambda result: result["slow"]["growth_end_per_slow_conn"]),
        ("their sockets are full after s", lambda result: result["slow"]["unread_full_after_s"]),
        ("closed", lambda result: result["slow"]["closed_by_server"]),
        ("first closed after s", lambda result: result["slow"]["first_closed_after_s"]),
        ("last", lambda result: result["slow"]["last_closed_after_s"]),
    ],
    "joining": [
        ("all up after s", lambda result: result["joining"]["secs"]),
        ("join p99 ms", lambda result: result["joining"]["p99_ms"]),
    ],
    "sends_per_delivery": [
        ("sends/delivery", lambda result: result.get("sends_per_delivery") or math.nan),
    ],
}

TROUBLES = {"lost": "deliveries lost", "out_of_order": "out of order", "stalls": "stalls", "closed_by_server": "closed"}

FLOORS = ("rawfan-send", "rawfan-coalesce", "rawfan-gather")


def print_scenario(results: dict[str, list[Result]]) -> None:
    good = {server: good_results(runs) for server, runs in results.items()}
    modes = {run["mode"] for runs in good.values() for run in runs}
    if "idle" in modes:
        print_table(IDLE, good)
    elif "storm" in modes:
        # A round in which not all came up has no time.
        print_table(STORM, {server: [run for run in runs if run["ok"]] for server, runs in good.items()})
    else:
        delivered = {server: [run for run in runs if "server_cpu" in run] for server, runs in good.items()}
        runs = [run for runs in delivered.values() for run in runs]
        extra = [column for key in EXTRA if any(key in run for run in runs) for column in EXTRA[key]]
        print_table(FANOUT[:1] + ratio_columns(delivered) + FANOUT[1:] + extra, delivered)
    for server, runs in results.items():
        complaints = [complaint for run in runs if (complaint := complaint_about(run))]
        if complaints:
            print(f"\n**{server}**, {len(complaints)} of {len(runs)} runs: {complaints[0][:200].strip()}")


def complaint_about(result: Result) -> str | None:
    """Why a run is not a result, if it is not."""
    if result.get("error") or not result["ok"]:
        return result.get("error") or result["stderr"] or "failed"
    if result.get("deliveries") == 0:
        return f"nothing was delivered; {result['lost']} deliveries lost, {result['stalls']} stalls"
    troubles = [f"{result[key]} {name}" for key, name in TROUBLES.items() if result.get(key)]
    return ", ".join(troubles) if troubles else None


def ratio_columns(results: dict[str, list[Result]]) -> Columns:
    columns: Columns = []
    several = len([server for server in results if server not in FLOORS]) > 1
    for floor in (*FLOORS, "chorus") if several else FLOORS:
        if results.get(floor):
            columns.append((f"× {floor}", ratio_to(median(map(cpu_per_delivery, results[floor])))))
    return columns


def ratio_to(floor: float) -> Callable[[Result], float]:
    return lambda result: cpu_per_delivery(result) / floor


def print_table(columns: Columns, results: dict[str, list[Result]]) -> None:
    """Medians over the runs of each server, the lowest first column first."""
    rows = {
        server: [median(value(run) for run in runs) for _, value in columns] for server, runs in results.items() if runs
    }
    print("| server | " + " | ".join(heading for heading, _ in columns) + " |")
    print("|---|" + "---|" * len(columns))
    for server, values in sorted(rows.items(), key=lambda row: row[1][0]):
        print(f"| {server} | " + " | ".join(map(number, values)) + " |")
