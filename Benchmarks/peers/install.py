"""What the peers need: packages of Debian and of PyPI. Which are there, which can be installed, and their versions."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from catalogue import BUILD, PYTHON, VENV, Peer
from yardstick import ROOT

REQUIREMENTS = Path(__file__).resolve().parent / "requirements.txt"

# Debian's packages, and what tells that they are there: a command, or a file.
DEBIAN = {
    "libuv1": "/usr/lib/*/libuv.so.1",
    "nodejs": "node",
    "node-ws": "/usr/share/nodejs/ws/package.json",
    "nginx": "/usr/sbin/nginx",
    "libnginx-mod-nchan": "/usr/lib/nginx/modules/ngx_nchan_module.so",
    "mosquitto": "/usr/sbin/mosquitto",
}
SERVICES = ("nginx", "mosquitto")  # of those packages


def install_missing(peers: Sequence[Peer]) -> None:
    """Debian's packages only as root; otherwise it says which are missing."""
    wanted = {package for peer in peers for package in peer.debian}
    from_pypi = any(peer.pypi for peer in peers)
    if from_pypi:
        wanted.add("python3-venv")
    missing = sorted(package for package in wanted if not is_installed(package))
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        install(missing)
    elif missing:
        print(f"peers: missing, as Debian calls them: {' '.join(missing)}", file=sys.stderr)
    if from_pypi:
        make_environment()


def reasons_against(peers: Sequence[Peer]) -> dict[str, str]:
    """Why a peer cannot be run, by its name."""
    reasons = {}
    for peer in peers:
        lacking = [package for package in peer.debian if not is_installed(package)]
        if lacking:
            reasons[peer.name] = f"{', '.join(lacking)} (as Debian calls it) is not installed"
    return reasons


# --- Debian ----------------------------------------------------------------------------------------------------------


def is_installed(package: str) -> bool:
    if package == "python3-venv":
        return importlib.util.find_spec("ensurepip") is not None
    mark = DEBIAN[package]
    if mark.startswith("/"):
        return any(Path("/").glob(mark.lstrip("/")))
    return shutil.which(mark) is not None


def install(packages: list[str]) -> None:
    apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with services_stay_off():
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            # What they print is no part of the results.
            if subprocess.run([*apt, *arguments], env=environment, stdout=sys.stderr).returncode:
                sys.exit(f"peers: apt-get {' '.join(arguments)} failed")
    # Neither at the next boot, where the machine boots services.
    units = [unit for unit in SERVICES if unit in packages]
    if units and Path("/run/systemd/system").exists():
        subprocess.run(["systemctl", "disable", "--quiet", *units], check=True)


@contextmanager
def services_stay_off() -> Iterator[None]:
    """Debian starts a server as soon as it is installed, unless this file forbids it."""
    policy = Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()


# --- PyPI ------------------------------------------------------------------------------------------------------------


def make_environment() -> None:
    """In .build/peers/venv; does nothing when it is there with these requirements."""
    made_from = VENV / "requirements.txt"
    if made_from.exists() and made_from.read_bytes() == REQUIREMENTS.read_bytes():
        return
    print(f"peers: making the Python environment {VENV}", file=sys.stderr)
    shutil.rmtree(VENV, ignore_errors=True)
    BUILD.mkdir(parents=True, exist_ok=True)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS]
    for command in ([sys.executable, "-m", "venv", VENV], pip):
        if subprocess.run(command, stdout=sys.stderr).returncode:
            sys.exit(f"peers: this failed: {' '.join(map(str, command))}")
    shutil.copy(REQUIREMENTS, made_from)


# --- Versions --------------------------------------------------------------------------------------------------------


def version_of(peer: Peer) -> str:
    pinned = pinned_versions()
    versions = [f"{package} {pinned[package]}" for package in peer.pypi]
    versions += [f"{package} {debian_version(package)}" for package in peer.debian]
    return ", ".join(versions)


def pinned_versions() -> dict[str, str]:
    lines = (line.split("==") for line in REQUIREMENTS.read_text().splitlines() if "==" in line)
    return {name.partition("[")[0]: version for name, version in lines}


def debian_version(package: str) -> str:
    command = ["dpkg-query", "--show", "--showformat", "${Version}", package]
    return output_of(command) if shutil.which("dpkg-query") else "?"


def chorus_version() -> str:
    program = output_of([str(ROOT / ".build" / "release" / "chorus"), "--version"])
    commit = output_of(["git", "-C", str(ROOT), "describe", "--always", "--dirty"])
    return f"{program} ({commit})"


def output_of(command: Sequence[str]) -> str:
    run = subprocess.run(command, capture_output=True, text=True)
    return run.stdout.strip() or "?"
