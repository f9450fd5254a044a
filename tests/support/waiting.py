"""Waiting for what another thread, process or browser does: until it is so, and not for a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(found: Callable[[], T], what: str, seconds: float = 60) -> T:
    """The first true value that `found` gives; a broken test, not a slow machine, is why there may be none."""
    pause, rounds = threading.Event(), int(seconds / 0.02)
    for _ in range(rounds):
        value = found()
        if value:
            return value
        pause.wait(0.02)
    raise AssertionError(f"in {seconds:.0f} s there was not: {what}")
