"""What the tests of the HTTP API have in common. README.md beside this file says how they are run."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from addresses import KEY
from server import Server

pytest_plugins = ["counting"]

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    program = os.environ.get("CHORUS") or str(REPOSITORY / ".build/release/chorus")
    assert Path(program).exists(), f"there is no {program}: swift build -c release --product chorus"
    key = tmp_path_factory.mktemp("server") / "key"
    key.touch(mode=0o600)
    key.write_text(f"{KEY}\n")
    server = Server(program, "--api-key-file", str(key), demo=False).start()
    yield server
    status = server.stop()
    server.close()
    assert status == 0


@pytest.fixture
def server(_server: Server) -> Iterator[Server]:
    """The server of all tests. Every test has topics and users of its own."""
    yield _server
    assert _server.log == "", "the server has logged that something is wrong"
