"""How far a command is and how long it will take, on the terminal of who waits; never in a pipe, a log or with --json."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from time import monotonic

import click

from survey_app.ground.failures import json_asked
from survey_app.jobs.queue import Silent
from wording import Message, language

QUIET = 2.0  # seconds in which nothing is shown
BETWEEN = 0.5  # seconds from one look to the next
CLEAR = "\r\x1b[K"  # to the line's beginning, and nothing on it


class Unwatched(Silent):
    """What a work tells its steps to: in words of its own by `tell`, or by `step`."""

    def step(self, done: int, of: int) -> None:
        """`done` of `of` steps; the words stay."""


@contextmanager
def progress(key: str) -> Iterator[Unwatched]:
    """While it lasts the terminal shows the work. key: of what is done, until the work says more."""
    if json_asked() or not sys.stderr.isatty():
        yield Unwatched()
        return
    line, over = _Line(str(Message(key))), Event()
    showing = Thread(target=line.show_until, args=(over,), daemon=True)
    showing.start()
    try:
        yield line
    finally:
        over.set()
        showing.join()
        click.echo(CLEAR, nl=False, err=True)


class _Line(Unwatched):
    """The present step: how many of how many, the time it has taken and the time that it will still take."""

    def __init__(self, what: str) -> None:
        self.begun = monotonic()
        self.what, self.done, self.of = what, 0, 0
        self.since = self.told = self.begun

    def tell(self, done: int, of: int, zh: str, en: str) -> None:
        self.what = en if language() == "en" else zh
        self.step(done, of)

    def step(self, done: int, of: int) -> None:
        self.told = monotonic()
        if of != self.of or done < self.done:
            self.since = self.told  # another count, with a speed of its own
        self.done, self.of = done, of

    def show_until(self, over: Event) -> None:
        """Write the line anew again and again; the first time after the quiet seconds."""
        pause = QUIET
        while not over.wait(pause):
            pause = BETWEEN
            click.echo(f"{CLEAR}{self.said(monotonic())}", nl=False, err=True)

    def said(self, moment: float) -> Message:
        """The line in words. The end is expected at the speed that was measured when the work last told of itself."""
        if not self.done or self.told == self.since:
            return Message("lines.under_way", what=self.what, gone=_clock(moment - self.begun))
        end = self.told + (self.told - self.since) / self.done * (self.of - self.done)
        return Message(
            "lines.so_far", what=self.what, done=self.done, of=self.of, gone=_clock(moment - self.begun),
            left=_clock(max(end - moment, 0)),
        )  # fmt: skip


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
