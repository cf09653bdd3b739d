"""What the tests of the HTTP API have in common. README.md beside this file says how they are run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from addresses import KEY
from server import Server

pytest_plugins = ["counting"]

REPOSITORY = Path(__file__).resolve().parents[2]


@contextmanager
def _serve(folder: Path, *options: str) -> Iterator[Server]:
    program = os.environ.get("CHORUS") or str(REPOSITORY / ".build/release/chorus")
    assert Path(program).exists(), f"there is no {program}: swift build -c release --product chorus"
    key = folder / "key"
    key.touch(mode=0o600)
    key.write_text(f"{KEY}\n")
    server = Server(program, "--api-key-file", str(key), *options, demo=False).start()
    try:
        yield server
        assert server.stop() == 0
    finally:
        server.close()


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with _serve(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def server(_server: Server) -> Iterator[Server]:
    """The server of all tests. Every test has topics and users of its own."""
    yield _server
    assert _server.log == "", "the server has logged that something is wrong"


@pytest.fixture
def token_server(tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, which takes the tokens of tokens.py."""
    with _serve(tmp_path, "--config", str(REPOSITORY / "Tests/Centrifuge/tests.json")) as server:
        yield server
        assert server.log == "", "the server has logged that something is wrong"
