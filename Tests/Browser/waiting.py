"""Waiting for what is to happen, in place of sleeping until it has."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 20.0  # seconds; a machine may have a lot to do


def wait_until(what: str, condition: Callable[[], T], patience: float = PATIENCE, every: float = 0.05) -> T:
    """Waits until the condition gives something true, and gives that. A failure says `what` has not happened."""
    deadline = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"after {patience:g} s still not: {what} (last seen: {value!r})")
        time.sleep(every)


def stays(what: str, condition: Callable[[], object], seconds: float, every: float = 0.1) -> None:
    """Fails when the condition does not hold all that time: for what must not happen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        assert value, f"no longer: {what}"
        time.sleep(every)
