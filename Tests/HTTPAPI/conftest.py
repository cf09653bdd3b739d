"""What the tests of the HTTP API have in common. README.md beside this file says how they are run."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from server import Server

REPOSITORY = Path(__file__).resolve().parents[2]

_outcomes: dict[str, bool] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--counts", type=Path, help="writes how many tests have passed and failed to this file")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    # a test that fails while it is set up or torn down has failed
    report = (yield).get_result()
    if report.failed or report.when == "call":
        _outcomes[item.nodeid] = _outcomes.get(item.nodeid, True) and report.passed


def pytest_sessionfinish(session: pytest.Session) -> None:
    if counts := session.config.getoption("--counts"):
        passed = sum(_outcomes.values())
        counts.write_text(f"{passed} {len(_outcomes) - passed}\n")


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    program = os.environ.get("CHORUS") or str(REPOSITORY / ".build/release/chorus")
    assert Path(program).exists(), f"there is no {program}: swift build -c release --product chorus"
    server = Server(program, tmp_path_factory.mktemp("server"))
    yield server
    assert server.stop() == 0


@pytest.fixture
def server(_server: Server) -> Iterator[Server]:
    """The server of all tests. Every test has topics and users of its own."""
    yield _server
    assert _server.log == "", "the server has logged that something is wrong"
