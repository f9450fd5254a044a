"""How far a command is and how long it will take, on the terminal of who waits; never in a pipe, a log or with --json."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from survey_app.ground.failures import json_asked
from survey_app.jobs.queue import Progress, Silent
from wording import language

QUIET = 2.0  # seconds in which nothing is shown
BETWEEN = 0.2  # seconds between two looks


@contextmanager
def progress() -> Iterator[Progress]:
    """What a long work tells its steps to; a line on standard error where that is a terminal."""
    if json_asked() or not sys.stderr.isatty():
        yield Silent()
        return
    shown = _Line()
    try:
        yield shown
    finally:
        shown.end()


class _Line:
    """One line for each step: how many of how many, and the time it will still take."""

    def __init__(self) -> None:
        self.begun, self.looked, self.step = time.monotonic(), 0.0, ""
        self.bar: Any = None

    def tell(self, done: int, of: int, zh: str, en: str) -> None:
        moment = time.monotonic()
        if zh != self.step:
            self.end()
            self.step = zh
            words = zh if language() == "zh" else en
            self.bar = click.progressbar(length=max(of, 1), label=words, file=sys.stderr, show_pos=True)
        elif moment - self.looked < BETWEEN and done < of:
            return
        self.looked = moment
        if moment - self.begun >= QUIET:
            self.bar.update(done - self.bar.pos)

    def end(self) -> None:
        if self.bar is not None and self.bar.pos:
            self.bar.render_finish()
        self.bar = None
