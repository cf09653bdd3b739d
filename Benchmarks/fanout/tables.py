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


# --- Values of a run -------------------------------------------------------------------------------------------------

Value = Callable[[Result], float]


def at(part: str, name: str) -> Value:
    return lambda result: result[part][name]


def cpu_per_delivery(result: Result) -> float:
    """µs; NaN when nothing was delivered in the measured time."""
    return result.get("server_cpu", {}).get("us_per_delivery", math.nan)


def latency(name: str) -> Value:
    """ms; NaN when nothing that was published in the measured time arrived in it."""
    return lambda result: result["latency_ms"][name] or math.nan


def sends(result: Result) -> float:
    """System calls that write, per delivery; NaN in all but the first round, which counts them."""
    return result.get("sends_per_delivery") or math.nan


# --- Runs that count -------------------------------------------------------------------------------------------------

TROUBLES = {"lost": "deliveries lost", "out_of_order": "out of order", "stalls": "stalls", "closed_by_server": "closed"}


def complaint_about(result: Result) -> str | None:
    """Why a run is not a result, if it is not."""
    if result.get("error") or not result["ok"]:
        return result.get("error") or result["stderr"] or "failed"
    if result.get("deliveries") == 0:
        return f"nothing was delivered; {result['lost']} deliveries lost, {result['stalls']} stalls"
    troubles = [f"{result[key]} {name}" for key, name in TROUBLES.items() if result.get(key)]
    return ", ".join(troubles) if troubles else None


def median_of(results: Results, scenario: str, server: str, value: Value) -> float:
    """Over the runs that count; NaN where there is none."""
    runs = results.get(scenario, {}).get(server, [])
    return median(value(run) for run in runs if not complaint_about(run))


def median(values: Iterable[float]) -> float:
    """Of those values that are numbers."""
    numbers = [value for value in values if not math.isnan(value)]
    return statistics.median(numbers) if numbers else math.nan


# --- As text ---------------------------------------------------------------------------------------------------------


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


# A table is a list of columns: the heading, and where in a result the value is.
Columns = list[tuple[str, Value]]

IDLE: Columns = [
    ("RSS B/connection", at("memory", "rss_per_conn")),
    ("PSS B/connection", at("memory", "pss_per_conn")),
    ("kernel slab B/connection, both ends", at("memory", "kernel_slab_per_conn_both_ends")),
    ("RSS at start MB", lambda result: result["memory"]["server_rss0"] / 1e6),
    ("CPU µs/join", at("connect", "server_cpu_us_per_conn")),
]

STORM: Columns = [
    ("all up after s", at("storm", "median_s")),
    ("connections/s", at("storm", "per_s")),
    ("p50 ms", at("storm", "p50_ms")),
    ("p99 ms", at("storm", "p99_ms")),
    ("max ms", at("storm", "max_ms")),
    ("CPU µs/join", at("storm", "server_cpu_us_per_conn")),
]

FANOUT: Columns = [
    ("user", at("server_cpu", "user_us")),
    ("system", at("server_cpu", "sys_us")),
    ("deliveries/s", lambda result: result["deliveries_per_s"]),
    ("p50 ms", latency("p50")),
    ("p99 ms", latency("p99")),
    ("p99.9 ms", latency("p999")),
    ("max ms", latency("max")),
]

# What only some scenarios have, by the key that tells.
EXTRA: dict[str, Columns] = {
    "burst_ms": [("burst p50 ms", at("burst_ms", "p50")), ("burst p99 ms", at("burst_ms", "p99"))],
    "slow": [
        ("RSS growth B/stalled client, while stalled", at("slow", "growth_stalled_per_slow_conn")),
        ("peak", at("slow", "growth_per_slow_conn")),
        ("at the end", at("slow", "growth_end_per_slow_conn")),
        ("their sockets are full after s", at("slow", "unread_full_after_s")),
        ("closed", at("slow", "closed_by_server")),
        ("first closed after s", at("slow", "first_closed_after_s")),
        ("last", at("slow", "last_closed_after_s")),
    ],
    "joining": [("all up after s", at("joining", "secs")), ("join p99 ms", at("joining", "p99_ms"))],
    "sends_per_delivery": [("sends/delivery", sends)],
}

FLOORS = ("rawfan-send", "rawfan-coalesce", "rawfan-gather")


def print_scenario(results: Results, scenario: str) -> None:
    servers = results[scenario]
    counting = [run for runs in servers.values() for run in runs if not complaint_about(run)]
    if counting:
        print_table(columns_for(results, scenario, counting), results, scenario)
    for server, runs in servers.items():
        complaints = [complaint for run in runs if (complaint := complaint_about(run))]
        if complaints:
            print(f"\n**{server}**, {len(complaints)} of {len(runs)} runs do not count: {complaints[0][:200].strip()}")


def columns_for(results: Results, scenario: str, runs: list[Result]) -> Columns:
    modes = {run["mode"] for run in runs}
    if "idle" in modes:
        return IDLE
    if "storm" in modes:
        return STORM
    extra = [column for key in EXTRA if any(key in run for run in runs) for column in EXTRA[key]]
    return [("CPU µs/delivery", cpu_per_delivery), *ratio_columns(results, scenario), *FANOUT, *extra]


def ratio_columns(results: Results, scenario: str) -> Columns:
    columns: Columns = []
    several = len([server for server in results[scenario] if server not in FLOORS]) > 1
    for floor in (*FLOORS, "chorus") if several else FLOORS:
        cpu = median_of(results, scenario, floor, cpu_per_delivery)
        if not math.isnan(cpu):
            columns.append((f"× {floor}", ratio_to(cpu)))
    return columns


def ratio_to(floor: float) -> Value:
    return lambda result: cpu_per_delivery(result) / floor


def print_table(columns: Columns, results: Results, scenario: str) -> None:
    """Medians over the runs of each server that count, the lowest first column first."""
    rows = {
        server: [median_of(results, scenario, server, value) for _, value in columns] for server in results[scenario]
    }
    rows = {server: values for server, values in rows.items() if not all(map(math.isnan, values))}
    print("| server | " + " | ".join(heading for heading, _ in columns) + " |")
    print("|---|" + "---|" * len(columns))
    for server, values in sorted(rows.items(), key=lambda row: row[1][0]):
        print(f"| {server} | " + " | ".join(map(number, values)) + " |")
