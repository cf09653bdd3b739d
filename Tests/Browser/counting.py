"""A plugin of pytest that tells a script how many tests have passed and failed: `--counts FILE`.

It leaves a test's reports at the test (`report_call` and others), for fixtures that do something when it has failed.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

_outcomes: pytest.StashKey[dict[str, bool]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--counts", type=Path, help="writes how many tests have passed and failed to this file")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_outcomes] = {}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A test that fails while it is set up or torn down has failed."""
    report = (yield).get_result()
    outcomes = item.config.stash[_outcomes]
    if report.failed or report.when == "call":
        outcomes[item.nodeid] = outcomes.get(item.nodeid, True) and report.passed
    setattr(item, f"report_{report.when}", report)


def pytest_sessionfinish(session: pytest.Session) -> None:
    counts = session.config.getoption("--counts")
    if counts:
        outcomes = session.config.stash[_outcomes].values()
        counts.write_text(f"{sum(outcomes)} {len(outcomes) - sum(outcomes)}\n")
