"""What the tests with SDKs have in common. README.md beside this file says how they are run."""

import os
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from peers import Peer, Wire
from proxy import Proxy
from server import Server

pytest_plugins = ["counting"]

FOLDER = Path(__file__).resolve().parent
REPOSITORY = FOLDER.parents[1]


@pytest.fixture(params=["json", "protobuf"])
def wire(request: pytest.FixtureRequest) -> Wire:
    """Which of the protocol's two formats the clients speak."""
    return request.param


@pytest.fixture
def topic() -> str:
    """A topic that no other test knows, which keeps messages and knows who is there."""
    return f"chat:{uuid.uuid4().hex}"


@pytest.fixture
def user() -> str:
    """A user that no other test knows."""
    return f"ann-{uuid.uuid4().hex}"


# Servers


def _serve(*options: str) -> Server:
    program = os.environ.get("CHORUS") or str(REPOSITORY / ".build/release/chorus")
    assert Path(program).exists(), f"there is no {program}: swift build -c release --product chorus"
    return Server(program, "--config", str(FOLDER / "tests.json"), *options, demo=False).start()


@pytest.fixture(scope="session")
def _server() -> Iterator[Server]:
    server = _serve()
    yield server
    server.close()


@pytest.fixture
def server(_server: Server) -> Iterator[Server]:
    """The server of all tests, with the configuration tests.json."""
    before = len(_server.log)
    yield _server
    assert _server.log[before:] == "", "the server has logged that something is wrong"


@pytest.fixture
def another_server() -> Iterator[Callable[..., Server]]:
    """Starts a server of the test's own, with these options."""
    servers: list[Server] = []

    def start(*options: str) -> Server:
        servers.append(_serve(*options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    """The network between some clients and the server."""
    proxy = Proxy(server.port)
    yield proxy
    proxy.close()


# Clients


@pytest.fixture
async def make_peer(wire: Wire) -> AsyncIterator[Callable[..., Peer]]:
    """Makes clients, which end with the test."""
    peers: list[Peer] = []

    def make(port: int, user: str | None = "ann", *, wire: Wire = wire, **options: Any) -> Peer:
        peers.append(Peer(port, wire, user, **options))
        return peers[-1]

    yield make
    for peer in peers:
        await peer.client.disconnect()


@pytest.fixture
def peer(server: Server, make_peer: Callable[..., Peer]) -> Callable[..., Peer]:
    """Makes clients of the server of all tests."""

    def make(user: str | None = "ann", **options: Any) -> Peer:
        return make_peer(server.port, user, **options)

    return make
