"""What perf.py can measure."""

import resource
from dataclasses import dataclass


@dataclass
class Scenario:
    title: str
    options: str  # of wsfan; a closed loop where there is neither --rate nor --burst
    servers: tuple[str, ...] = ("rawfan-send", "chorus")  # those that it is run against, the floor first
    counts_sends: bool = False


def idle_connections() -> int:
    """19,000, or what the hard limit of open files allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 19_000 if hard == resource.RLIM_INFINITY else min(19_000, hard - 1_000)


COALESCE = ("rawfan-coalesce", "chorus")
MANY = idle_connections()
PACED = "--rate 100 --max-outstanding 40"

SCENARIOS = {
    "A1": Scenario("1,000 subscribers, 128 B, closed loop, 1 in flight", "-n 1000 --window 1"),
    "A20": Scenario("1,000 subscribers, 128 B, 20 msg/s", "-n 1000 --rate 20 --max-outstanding 40"),
    "A100": Scenario("1,000 subscribers, 128 B, 100 msg/s", f"-n 1000 {PACED}"),
    "Amax": Scenario("1,000 subscribers, 128 B, closed loop, 16 in flight", "-n 1000 --window 16", COALESCE),
    "B10": Scenario("10,000 subscribers, 128 B, 10 msg/s", "-n 10000 --rate 10 --max-outstanding 6 --settle 2"),
    "Bmax": Scenario("10,000 subscribers, 128 B, closed loop, 4 in flight", "-n 10000 --window 4 --settle 2", COALESCE),
    "C": Scenario(
        "1,000 topics of 10 subscribers, 128 B, random, 200 in flight",
        "-n 10000 --topics 1000 --window 200 --settle 2",
        ("rawfan-send", "chorus-topics"),
    ),
    "D": Scenario(f"{MANY:,} idle connections", f"-n {MANY} --mode idle --hold 2 --settle 3"),
    "E": Scenario("bursts of 100 messages to 1,000 subscribers", "-n 1000 --burst 100 --gap-ms 200", COALESCE),
    "F": Scenario("1,000 subscribers, 4 KiB, closed loop, 16 in flight", "-n 1000 --size 4096 --window 16", COALESCE),
    "G": Scenario("10,000 connections at once, until all are up", "-n 10000 --mode storm --rounds 2"),
    "J": Scenario(
        "A20 while 15,000 others join at once, of whom nothing is heard",
        "-n 1000 --rate 20 --max-outstanding 40 --joiners 15000",
    ),
    "M": Scenario(
        "1,000 clients on 50 of 1,000 topics each, 500 msg/s of 128 B",
        "-n 1000 --topics 1000 --follows 50 --path /many/%i/50/1000 --rate 500 --max-outstanding 500",
        ("rawfan-send", "chorus-topics"),
        counts_sends=True,
    ),
    "Mburst": Scenario(
        "as M, in bursts of 100 messages to 100 topics",
        "-n 1000 --topics 1000 --follows 50 --path /many/%i/50/1000 --burst 100 --gap-ms 100",
        ("rawfan-gather", "rawfan-send", "chorus-topics"),
        counts_sends=True,
    ),
    "S0": Scenario(
        "as S with the 180 that read, and nobody who does not",
        "-n 180 --size 65536 --window 4 --rcvbuf 65536",
    ),
    "S": Scenario(
        "10 % of 200 subscribers stop reading, 64 KiB, closed loop over the others",
        "-n 200 --size 65536 --mode slow --slow-pct 10 --window 4 --rcvbuf 65536",
    ),
}

# Slow readers at the usual load. Small receive buffers, so that they are full after a second.
for percent in (10, 30):
    readers = 1000 - 10 * percent
    SCENARIOS[f"L{percent}-0"] = Scenario(
        f"A100 with the {readers} that read in L{percent}, and nobody who does not, 60 s",
        f"-n {readers} {PACED} --secs 60",
        ("chorus",),
    )
    SCENARIOS[f"L{percent}"] = Scenario(
        f"A100, {percent} % of the 1,000 stop reading for 60 s",
        f"-n 1000 {PACED} --mode slow --slow-pct {percent} --stalled-rcvbuf 4096 --secs 60",
        ("chorus",),
    )

# How cost grows, at the same 50,000 deliveries/s, and flat out.
SIZES = {f"{count // 1000}k": count for count in (1_000, 2_000, 5_000, 10_000, MANY)}
for name, count in SIZES.items():
    SCENARIOS[f"N{name}"] = Scenario(
        f"{count:,} subscribers, 50,000 deliveries/s",
        f"-n {count} --rate {50_000 / count} --max-outstanding 4 --settle 2",
    )
    SCENARIOS[f"X{name}"] = Scenario(
        f"{count:,} subscribers, closed loop, 4 in flight", f"-n {count} --window 4 --settle 2", COALESCE
    )
for name, count in {"1": 1, "19": MANY // 1000, "190": MANY // 100, "1900": MANY // 10, "19k": MANY}.items():
    SCENARIOS[f"T{name}"] = Scenario(
        f"{MANY:,} subscribers of {count:,} topics, {MANY // count:,} each, 50,000 deliveries/s",
        f"-n {MANY} --topics {count} --rate {50_000 * count / MANY} --settle 2",
        ("rawfan-send", "chorus-topics"),
    )

# What encrypting and compressing cost, and a second event loop. The messages are such that deflate halves them.
for name in ("A100", "Amax", "E", "F"):
    plain = SCENARIOS[name]
    SCENARIOS[f"{name}+"] = Scenario(
        f"{plain.title}: plain, with TLS, compressed",
        f"{plain.options} --fill hex",
        ("chorus", "chorus-tls", "chorus-deflate"),
        counts_sends=True,
    )
for name in ("A100", "Amax", "E"):
    plain = SCENARIOS[name]
    SCENARIOS[f"{name}@2"] = Scenario(
        f"{plain.title}: one event loop, and two beside the generator",
        plain.options,
        ("chorus", "chorus-2loops"),
        counts_sends=True,
    )

# What the Centrifuge protocol costs. The generator does not sleep where it might: how often a `send` has to wake it hangs
# on how long it takes for a message, and that differs between the formats.
for name in ("A100", "Amax", "E"):
    plain = SCENARIOS[name]
    SCENARIOS[f"{name}c"] = Scenario(
        f"{plain.title}: plain, and as the Centrifuge protocol's JSON and Protobuf",
        f"{plain.options} --spin",
        ("chorus", "chorus-json", "chorus-protobuf"),
        counts_sends=True,
    )

SETS = {
    "default": ["A20", "A100", "Amax", "B10", "Bmax", "C", "D", "E", "F", "G"],
    "slow": ["L10-0", "L10", "L30-0", "L30", "S0", "S"],
    "topics": ["C", "M", "Mburst"],
    "growth": [name for name in SCENARIOS if name[0] in "NXT"],
    "storm": ["A20", "J"],
    "encodings": ["A100+", "Amax+", "E+", "F+"],
    "loops": ["A100@2", "Amax@2", "E@2"],
    "centrifuge": ["A100c", "Amaxc", "Ec"],
}
SETS["all"] = list(dict.fromkeys(name for names in SETS.values() for name in names))
