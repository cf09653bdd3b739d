"""What Chorus holds itself to."""

import math
from dataclasses import dataclass

import tables
from tables import Result, Results, Value, at, cpu_per_delivery, latency, median_of, sends


@dataclass
class Bar:
    what: str
    scenario: str
    most: float
    value: Value
    unit: str = ""
    server: str = "chorus"
    # The value counts as a ratio to that of this server, in this scenario.
    floor: str = ""
    floor_scenario: str = ""
    # It counts as what it is more than in this scenario.
    beyond: str = ""


def cpu(scenario: str, most: float, floor: str, server: str = "chorus") -> Bar:
    return Bar("CPU per delivery", scenario, most, cpu_per_delivery, server=server, floor=floor)


def growing(scenario: str, compared_with: str, server: str = "chorus") -> Bar:
    return Bar(
        "CPU per delivery", scenario, 1.1, cpu_per_delivery, server=server, floor=server, floor_scenario=compared_with
    )


def p99(scenario: str, most: float, compared_with: str, what: str) -> Bar:
    return Bar(what, scenario, most, latency("p99"), floor="chorus", floor_scenario=compared_with)


# Bytes per stalled client, with the window that they share.
growth = at("slow", "growth_stalled_per_slow_conn")


def growth_of_200(result: Result) -> float:
    """Bytes; of L30 and L10, which differ in 200 stalled clients."""
    return growth(result) * result["slow"]["stalled"] / 200


BARS = [
    cpu("A20", 1.05, "rawfan-send"),
    cpu("A100", 1.05, "rawfan-send"),
    cpu("Amax", 1.10, "rawfan-coalesce"),
    cpu("B10", 1.05, "rawfan-send"),
    cpu("Bmax", 1.10, "rawfan-coalesce"),
    cpu("C", 1.15, "rawfan-send", "chorus-topics"),
    cpu("E", 1.5, "rawfan-coalesce"),
    Bar("a burst of 100 is delivered after", "E", 20, at("burst_ms", "p50"), "ms"),
    cpu("F", 1.15, "rawfan-coalesce"),
    Bar("memory per idle connection", "D", 2750, at("memory", "rss_per_conn"), "B"),
    Bar("CPU per join", "D", 45, at("connect", "server_cpu_us_per_conn"), "µs"),
    Bar("10,000 at once are up after", "G", 1.1, at("storm", "median_s"), floor="rawfan-send"),
    p99("L10", 1.1, "L10-0", "p99 of those who read"),
    p99("L30", 1.1, "L30-0", "p99 of those who read"),
    Bar("memory per stalled client, with the window that they share", "L10", 1024, growth, "B"),
    Bar("memory per stalled client, with the window that they share", "L30", 1024, growth, "B"),
    Bar("memory per further stalled client", "L30", 1024, growth_of_200, "B", beyond="L10"),
    cpu("M", 1.2, "rawfan-send", "chorus-topics"),
    cpu("Mburst", 1.2, "rawfan-gather", "chorus-topics"),
    Bar("system calls per delivery", "Mburst", 1.2, sends, server="chorus-topics", floor="rawfan-gather"),
    growing("N19k", "N1k"),
    cpu("N19k", 1.05, "rawfan-send"),
    growing("X19k", "X1k"),
    cpu("X19k", 1.10, "rawfan-coalesce"),
    growing("T19k", "T1", "chorus-topics"),
    cpu("T19k", 1.15, "rawfan-send", "chorus-topics"),
    cpu("A100@2", 1.1, "chorus", "chorus-2loops"),
    cpu("Amax@2", 1.1, "chorus", "chorus-2loops"),
    cpu("E@2", 1.1, "chorus", "chorus-2loops"),
    cpu("A100+", 1.2, "chorus", "chorus-deflate"),
    cpu("Amax+", 1.2, "chorus", "chorus-deflate"),
    cpu("E+", 1.2, "chorus", "chorus-deflate"),
    cpu("F+", 1.2, "chorus", "chorus-deflate"),
    *[cpu(f"{name}c", 1.1, "chorus", f"chorus-{wire}") for name in ("A100", "Amax") for wire in ("json", "protobuf")],
    p99("J", 3, "A20", "p99 while 15,000 join"),
]


def print_bars(results: Results) -> None:
    bars = [bar for bar in BARS if bar.server in results.get(bar.scenario, {})]
    if not bars:
        return
    print("\n### What Chorus holds itself to\n")
    print("| | scenario | at most | measured | |\n|---|---|---|---|---|")
    for bar in bars:
        measured = median_of(results, bar.scenario, bar.server, bar.value)
        unit = bar.unit
        if bar.beyond:
            measured -= median_of(results, bar.beyond, bar.server, bar.value)
        if bar.floor:
            compared = bar.floor_scenario or bar.scenario
            measured /= median_of(results, compared, bar.floor, bar.value)
            unit = f"× {bar.floor_scenario or bar.floor}"
        verdict = "not measured" if math.isnan(measured) else "ok" if measured <= bar.most else "**missed**"
        print(f"| {bar.what} | {bar.scenario} | {bar.most:g} {unit} | {tables.number(measured)} | {verdict} |")
