"""One table of all scenarios: every server as a multiple of the floor."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import tables
from scenarios import SCENARIOS, SETS
from tables import Result, Results


@dataclass
class Measure:
    """What the table shows of a scenario."""

    what: str
    unit: str
    value: Callable[[Result], float]
    as_ratio: bool = True


CPU = Measure("CPU per delivery", "µs", tables.cpu_per_delivery)
LATENCY = Measure("p99 of the latency", "ms", tables.latency("p99"), as_ratio=False)
UP = Measure("time", "s", lambda result: result["storm"]["median_s"])
MEMORY = Measure("memory per connection", "KB", lambda result: result["memory"]["rss_per_conn"] / 1000, as_ratio=False)


def measure_of(scenario: str) -> Measure:
    options = SCENARIOS[scenario].options
    if "--mode idle" in options:
        return MEMORY
    if "--mode storm" in options:
        return UP
    if scenario == "J" or scenario in SETS["slow"]:
        return LATENCY
    return CPU


def option(scenario: str, name: str, default: float = 0) -> float:
    """The number that a scenario gives an option of wsfan."""
    found = re.search(rf"(?:^| ){name} (\S+)", SCENARIOS[scenario].options)
    return float(found[1]) if found else default


def print_summary(results: Results) -> None:
    scenarios = [name for name in SCENARIOS if name in results]
    for name in scenarios:
        measure = measure_of(name)
        figure = f"multiples of {base_of(name)}'s" if measure.as_ratio else f"in {measure.unit}"
        print(f"- {name}: {SCENARIOS[name].title}: {measure.what}, {figure}")
    print("\n| | " + " | ".join(scenarios) + " | version |")
    print("|---" * (len(scenarios) + 2) + "|")
    bases = {name: median(results, name, base_of(name)) for name in scenarios}
    cells = [f"{tables.number(bases[name])} {measure_of(name).unit}" for name in scenarios]
    print("| " + " | ".join(["the floor itself", *cells, ""]) + " |")
    for server in in_order(results, scenarios, bases):
        cells = [cell(results, name, server, bases[name]) for name in scenarios]
        print("| " + " | ".join([server, *cells, version(results, server)]) + " |")
    print_notes(results, scenarios)


def base_of(scenario: str) -> str:
    """The floor, or Chorus where a scenario has none."""
    return SCENARIOS[scenario].servers[0]


def is_result(run: Result) -> bool:
    return not tables.complaint_about(run)


def median(results: Results, scenario: str, server: str) -> float:
    return tables.median_of(results, scenario, server, measure_of(scenario).value)


def cell(results: Results, scenario: str, server: str, base: float) -> str:
    if server not in results[scenario]:
        return ""
    value = median(results, scenario, server)
    if math.isnan(value):
        return "not run" if all("not_run" in run for run in results[scenario][server]) else "failed"
    return tables.number(value / base if measure_of(scenario).as_ratio else value)


def in_order(results: Results, scenarios: list[str], bases: dict[str, float]) -> list[str]:
    """The cheapest first, by the first scenario; those without a figure last. The floors are a row of their own."""
    servers = dict.fromkeys(server for name in scenarios for server in results[name] if server not in tables.FLOORS)

    def cost(server: str) -> list[float]:
        values = (median(results, name, server) / bases[name] for name in scenarios)
        return [math.inf if math.isnan(value) else value for value in values]

    return sorted(servers, key=cost)


def version(results: Results, server: str) -> str:
    return next((run["version"] for runs in results.values() for run in runs.get(server, [])), "")


# --- What is not seen in the table -----------------------------------------------------------------------------------


def print_notes(results: Results, scenarios: list[str]) -> None:
    notes: dict[tuple[str, str], list[str]] = {}
    for name in scenarios:
        for server, runs in results[name].items():
            for note in notes_about(name, runs):
                notes.setdefault((server, note), []).append(name)
    if notes:
        print()
    for (server, note), names in notes.items():
        print(f"- **{server}**, {', '.join(names)}: {note}")


def notes_about(scenario: str, runs: list[Result]) -> list[str]:
    bad = [run for run in runs if not is_result(run)]
    notes = []
    if bad:
        share = "" if len(bad) == len(runs) else f"{len(bad)} of {len(runs)} runs do not count: "
        notes.append(share + " ".join(what_went_wrong(bad[0]).split())[:200])
    wanted = option(scenario, "--rate") * option(scenario, "-n")
    reached = tables.median(run["deliveries_per_s"] for run in runs if is_result(run)) if wanted else math.nan
    if reached < 0.97 * wanted:
        notes.append(f"keeps up with {reached / wanted:.0%} of the {wanted:,.0f} deliveries/s that are asked for")
    return notes


def what_went_wrong(run: Result) -> str:
    if run.get("mode") == "storm" and not run["stderr"]:
        return "not all were up when nobody had come up for 20 s"  # wsfan's patience
    return tables.complaint_about(run) or ""
