#!/usr/bin/env python3
"""Chorus and the floors beside others of its kind: runs scenarios of ../fanout and prints one Markdown table.

  peers.py [-s A100,Amax,…] [-p fastapi,nchan,…] [--rounds 3] [--seconds 3] [-o results.jsonl]
  peers.py --table results.jsonl …      only the table, of earlier results

Installs the peers first: those of PyPI into .build/peers/venv, those of Debian when it may (root). README.md beside
this file says what they are, and what the figures do not say.
"""

import argparse
import fcntl
import json
import os
import platform
import resource
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent / "fanout"))

import tables  # noqa: E402
from catalogue import BUILD, PEERS, Peer  # noqa: E402
from install import chorus_version, install_missing, reasons_against, version_of  # noqa: E402
from scenarios import SCENARIOS  # noqa: E402
from summary import option, print_summary  # noqa: E402
from yardstick import ENTRIES, Server, ServerFailed, build_tools  # noqa: E402

BY_NAME = {peer.name: peer for peer in PEERS}

# The scenarios of one topic in plain text. Those of many topics are run against a program of Chorus's own.
COMPARABLE = [
    name
    for name, scenario in SCENARIOS.items()
    if set(scenario.servers) <= {"rawfan-send", "rawfan-coalesce", "chorus"}
]


def main() -> None:
    arguments = parse_arguments()
    if arguments.table:
        print_summary(tables.read_results(arguments.table))
        return
    peers = [BY_NAME[name] for name in arguments.peers]
    if OWN_NETWORK not in os.environ:
        build_tools()
        install_missing(peers)
        go_on_in_own_network()
    reasons = reasons_against(peers)
    if OWN_NETWORK in os.environ:
        set_loopback_up()
    else:
        reasons |= {peer.name: "it would listen on all addresses" for peer in peers if peer.listens_everywhere}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server under test is ended, too
    allow_many_files()
    versions = {"chorus": chorus_version()} | {peer.name: version_of(peer) for peer in peers}
    results = arguments.output or BUILD / time.strftime("results-%Y%m%d-%H%M%S.jsonl")
    results.parent.mkdir(parents=True, exist_ok=True)
    print(f"results: {results}", file=sys.stderr)
    with results.open("a") as file:
        for round_number in range(arguments.rounds):
            for scenario in arguments.scenarios:
                for server in [*SCENARIOS[scenario].servers, *arguments.peers]:
                    result = not_run(reasons[server]) if server in reasons else run(server, scenario, arguments)
                    result |= {"server": server, "scenario": scenario, "round": round_number}
                    result["version"] = versions.get(server, "")
                    file.write(json.dumps(result) + "\n")
                    file.flush()
                    print(time.strftime("%H:%M:%S"), tables.brief(result), file=sys.stderr, flush=True)
    print(f"{time.strftime('%Y-%m-%d')}, {platform.platform()}, Python {platform.python_version()}, ", end="")
    print(f"medians of {arguments.rounds} interleaved rounds:\n")
    print_summary(tables.read_results([results]))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-s", "--scenarios", default="A100,Amax,E,F,D,G", help=", ".join(COMPARABLE))
    parser.add_argument("-p", "--peers", default=",".join(BY_NAME), help="default all; beside Chorus and the floors")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3, help="measured time of a run, where the scenario has none")
    parser.add_argument("--priority", action="store_true", help="run above everything else (root); for a busy machine")
    parser.add_argument("-o", "--output", type=Path, help="results, one JSON object a line; is appended to")
    parser.add_argument("--table", nargs="+", type=Path, metavar="RESULTS")
    arguments = parser.parse_args()
    arguments.scenarios = list(dict.fromkeys(arguments.scenarios.split(",")))
    arguments.peers = list(dict.fromkeys(arguments.peers.split(",")))
    for kind, names, known in (("scenario", arguments.scenarios, COMPARABLE), ("peer", arguments.peers, BY_NAME)):
        for name in names:
            if name not in known:
                sys.exit(f"unknown {kind} {name}; there are {', '.join(known)}")
    return arguments


# --- One run ---------------------------------------------------------------------------------------------------------


class PeerServer(Server):
    def __init__(self, peer: Peer, scenario: str, priority: bool) -> None:
        super().__init__(peer.entry_for(int(option(scenario, "--size", default=128))), priority=priority)
        self.peer = peer

    def __enter__(self) -> "PeerServer":
        self.peer.configure(self.port)
        super().__enter__()
        return self


def run(name: str, scenario: str, arguments: argparse.Namespace) -> dict[str, Any]:
    peer, priority = BY_NAME.get(name), arguments.priority
    server = PeerServer(peer, scenario, priority) if peer else Server(ENTRIES[name], priority=priority)
    options = ["--secs", str(arguments.seconds), "--warmup", "1", "--label", name]
    try:
        with server as running:
            return running.load(*options, *shlex.split(SCENARIOS[scenario].options))
    except (ServerFailed, OSError) as failure:  # the latter: its program cannot be started
        return {"error": str(failure)}


def not_run(reason: str) -> dict[str, Any]:
    return {"error": f"not run: {reason}", "not_run": True}


# --- The machine -----------------------------------------------------------------------------------------------------

OWN_NETWORK = "PEERS_OWN_NETWORK"  # is set for the program that runs in it


def go_on_in_own_network() -> None:
    """Starts this program anew in a network of loopback only: whatever a peer listens on, nobody else reaches it.

    Returns where the system does not allow that.
    """
    unshare = ["unshare", "--net"]
    if os.geteuid() != 0:
        unshare += ["--user", "--map-current-user", "--keep-caps"]
    if not shutil.which("unshare") or subprocess.run([*unshare, "true"], capture_output=True).returncode:
        return
    os.environ[OWN_NETWORK] = "1"
    os.execvp(unshare[0], [*unshare, sys.executable, *sys.argv])


def set_loopback_up() -> None:
    set_flags, up = 0x8914, 0x1  # SIOCSIFFLAGS, IFF_UP
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", b"lo", up))


def allow_many_files() -> None:
    """The servers inherit it; not all of them raise it themselves."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    main()
