#!/usr/bin/env python3
"""Draws the charts of docs/performance.md from results of perf.py: SVG, by hand, so that nothing has to be installed.

  charts.py results.jsonl … [--to docs/images]

  performance-cpu.svg       CPU per delivery as a ratio to the floor of the same rounds, by scenario
  performance-latency.svg   latencies beside those of the raw server
  performance-growth.svg    CPU per delivery from 1,000 subscribers to 19,000

What is not in the results is left out. The colours are legible on white and on black; the text follows the reader's
scheme.
"""

import argparse
import math
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape

import tables
from scenarios import SCENARIOS, SIZES
from tables import Results, cpu_per_delivery, latency, median_of

CHORUS, FLOOR = "#e4572e", "#8a94a6"
WIDTH, LEFT, RIGHT = 760, 235, 130  # of a chart; of what stands beside its bars
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .small { font-size: 11.5px; fill: #57606a }
  .title { font-size: 15px; font-weight: 600 }
  .line { stroke: #8a94a6; stroke-opacity: .35 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .small { fill: #9da7b3 } }
"""


SHORT = {
    "A20": "1,000 subscribers, 20 msg/s",
    "A100": "1,000 subscribers, 100 msg/s",
    "Amax": "1,000 subscribers, flat out",
    "B10": "10,000 subscribers, 10 msg/s",
    "Bmax": "10,000 subscribers, flat out",
    "C": "1,000 topics of 10",
    "E": "bursts of 100 messages",
    "F": "4 KiB, flat out",
    "M": "50 topics a client",
    "Mburst": "50 topics a client, bursts",
}


class Drawing:
    """Collects the elements of an SVG from top to bottom."""

    def __init__(self, title: str, explanation: str) -> None:
        self.elements: list[str] = []
        self.title = title
        self.text(0, 18, title, "title")
        self.text(0, 38, explanation, "small")
        self.y = 62.0

    def text(self, x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> None:
        self.elements.append(
            f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'
        )

    def bar(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self.elements.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height}" rx="2" fill="{colour}"/>'
        )

    def dot(self, x: float, y: float, colour: str) -> None:
        self.elements.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{colour}"/>')

    def line(self, points: list[tuple[float, float]], colour: str = "", dashed: bool = False) -> None:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        look = f'stroke="{colour}" stroke-width="2.5"' if colour else 'class="line"'
        dash = ' stroke-dasharray="6 5"' if dashed else ""
        self.elements.append(f'<polyline points="{path}" fill="none" {look}{dash}/>')

    def legend(self, entries: Iterable[tuple[str, str]], x: float) -> None:
        for name, colour in entries:
            self.bar(x, self.y - 10, 12, 12, colour)
            self.text(x + 18, self.y, name, "small")
            x += 40 + 7 * len(name)
        self.y += 20

    def write(self, file: Path) -> None:
        height = math.ceil(self.y + 6)
        body = "\n".join(self.elements)
        file.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'role="img" aria-label="{escape(self.title)}">\n<style>{STYLE}</style>\n{body}\n</svg>\n'
        )
        print(file)


def ends(scenario: str) -> tuple[str, str]:
    """The scenario's floor, and Chorus."""
    servers = SCENARIOS[scenario].servers
    return servers[0], servers[-1]


def draw_cpu(results: Results) -> Drawing:
    drawing = Drawing(
        "CPU per delivery, of the floor's",
        "1.0 is a C program that does nothing but the same system calls; beside the bars µs of Chorus and of the floor",
    )
    values = {
        name: (
            median_of(results, name, ends(name)[1], cpu_per_delivery),
            median_of(results, name, ends(name)[0], cpu_per_delivery),
        )
        for name in SHORT
    }
    values = {name: both for name, both in values.items() if not any(map(math.isnan, both))}
    most = max([1.5] + [ours / floor for ours, floor in values.values()])
    scale = (WIDTH - LEFT - RIGHT) / most
    top = drawing.y
    for name, (ours, floor) in values.items():
        drawing.text(0, drawing.y + 13, name)
        drawing.text(58, drawing.y + 13, SHORT[name], "small")
        drawing.bar(LEFT, drawing.y + 2, ours / floor * scale, 14, CHORUS)
        drawing.text(LEFT + ours / floor * scale + 6, drawing.y + 13, f"{ours / floor:.2f}")
        drawing.text(WIDTH, drawing.y + 13, f"{tables.number(ours)} / {tables.number(floor)}", "small", "end")
        drawing.y += 24
    drawing.line([(LEFT + scale, top - 4), (LEFT + scale, drawing.y)], FLOOR, dashed=True)
    return drawing


def draw_latency(results: Results) -> Drawing:
    drawing = Drawing("Latency, from publishing to receiving", "ms, logarithmic; the dots are p50, p99 and p99.9")
    drawing.legend([("Chorus", CHORUS), ("the raw server", FLOOR)], 0)
    left, right = LEFT, WIDTH - RIGHT - 50
    low, high = math.log10(0.3), math.log10(1000)

    def place(value: float) -> float:
        return left + (math.log10(min(max(value, 0.3), 1000)) - low) / (high - low) * (right - left)

    top = drawing.y
    for name in (name for name in SHORT if name in results):
        drawing.text(0, drawing.y + 21, name)
        drawing.text(58, drawing.y + 21, SHORT[name], "small")
        for server, colour in zip(reversed(ends(name)), (CHORUS, FLOOR), strict=True):
            drawing.y += 14
            values = [median_of(results, name, server, latency(key)) for key in ("p50", "p99", "p999")]
            if any(map(math.isnan, values)):
                continue
            drawing.line([(place(value), drawing.y) for value in values], colour)
            for value in values:
                drawing.dot(place(value), drawing.y, colour)
            drawing.text(WIDTH, drawing.y + 4, " / ".join(map(tables.number, values)), "small", "end")
        drawing.y += 12
    for tick in (1, 10, 100, 1000):
        drawing.line([(place(tick), top), (place(tick), drawing.y)])
        drawing.text(place(tick), drawing.y + 16, f"{tick:,} ms", "small", "middle")
    drawing.y += 22
    return drawing


def draw_growth(results: Results) -> Drawing:
    drawing = Drawing(
        "CPU per delivery as subscribers grow",
        "µs; at 50,000 deliveries a second (above) and flat out with 4 messages in flight (below)",
    )
    drawing.legend([("Chorus", CHORUS), ("the raw server", FLOOR)], 0)
    kinds = [kind for kind in "NX" if f"{kind}1k" in results]
    values = {
        (kind, server, size): median_of(results, f"{kind}{size}", server, cpu_per_delivery)
        for kind in kinds
        for server in ends(f"{kind}1k")
        for size in SIZES
    }
    most = max((value for value in values.values() if not math.isnan(value)), default=1) * 1.15
    top, bottom, left, right = drawing.y, drawing.y + 280, 40, WIDTH - 20
    low, high = math.log10(min(SIZES.values())), math.log10(max(SIZES.values()))

    def place(size: str, value: float) -> tuple[float, float]:
        x = left + (math.log10(SIZES[size]) - low) / (high - low) * (right - left - 40)
        return x + 20, bottom - value / most * (bottom - top)

    for tick in range(0, math.ceil(most), 2):
        y = place("1k", tick)[1]
        drawing.line([(left, y), (right, y)])
        drawing.text(left - 8, y + 4, str(tick), "small", "end")
    for size, count in SIZES.items():
        drawing.text(place(size, 0)[0], bottom + 18, f"{count:,}", "small", "middle")
    for kind in kinds:
        floor, ours = ends(f"{kind}1k")
        for server, other, colour in ((floor, ours, FLOOR), (ours, floor, CHORUS)):
            points = [
                (size, values[kind, server, size]) for size in SIZES if not math.isnan(values[kind, server, size])
            ]
            drawing.line([place(*point) for point in points], colour, dashed=server == floor)
            for size, value in points:
                x, y = place(size, value)
                above = value >= values[kind, other, size]
                drawing.text(x, y - 8 if above else y + 17, f"{value:.1f}", "small", "middle")
    drawing.y = bottom + 26
    return drawing


CHARTS = {"cpu": draw_cpu, "latency": draw_latency, "growth": draw_growth}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", nargs="+", type=Path)
    parser.add_argument("--to", type=Path, default=Path(__file__).resolve().parent.parent.parent / "docs" / "images")
    arguments = parser.parse_args()
    results = tables.read_results(arguments.results)
    for name, draw in CHARTS.items():
        draw(results).write(arguments.to / f"performance-{name}.svg")


if __name__ == "__main__":
    main()
