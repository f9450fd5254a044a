"""`minyi serve`, of which a process dies in the middle of a batch when the file named in the environment says so.

`python -m tests.support.mortal serve …`. The file holds who dies: the worker that writes, or the whole server. The first batch
of several answers takes it away, says beside it how many it was writing, and is killed at any moment of its writing.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from survey_app.answering import together

ARMED = "TEST_MINYI_ARMED"
WORKER, SERVER = "worker", "server"


class Trigger:
    """The file, as the tests hold it."""

    def __init__(self, file: Path) -> None:
        self.file, self.said = file, file.with_suffix(".said")

    def arm(self, who: str) -> None:
        self.said.unlink(missing_ok=True)
        whole = self.file.with_suffix(".whole")
        whole.write_text(who)
        whole.rename(self.file)

    def fired(self) -> tuple[int, int] | None:
        """The process that dies, and how many answers it was writing."""
        found = self.said.read_text().split() if self.said.exists() else []
        return (int(found[0]), int(found[1])) if found else None

    def pull(self, answers: int) -> str:
        """Who is to die, for the one process that gets hold of the file; '' for all others."""
        mine = self.file.with_suffix(f".{os.getpid()}")
        try:
            self.file.rename(mine)
        except FileNotFoundError:
            return ""
        who = mine.read_text()
        mine.write_text(f"{os.getpid()} {answers}")
        mine.rename(self.said)
        return who


def be_mortal() -> None:
    """Make the writer of this process, and of those that fork from it, die where it is told to."""
    if ARMED not in os.environ:
        return
    trigger, write, generator = Trigger(Path(os.environ[ARMED])), together.Writer._write, random.SystemRandom()
    took = 0.005  # seconds that writing a batch took the last time

    def writing(writer: together.Writer, batch: Sequence[Any]) -> None:
        nonlocal took
        who = trigger.pull(len(batch)) if len(batch) > 1 else ""
        if who:
            threading.Thread(target=_die, args=(who, generator.uniform(0, took))).start()
        began = time.perf_counter()
        write(writer, batch)
        took = time.perf_counter() - began

    together.Writer._write = writing  # type: ignore[method-assign]


def _die(who: str, seconds: float) -> None:
    time.sleep(seconds)
    if who == SERVER:
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    from survey_app.cli import cli
    from survey_app.commands import serve

    as_shipped = serve.options
    serve.options = lambda settings: (
        as_shipped(settings) | {"preload_app": True}
    )  # a worker for a dead one is there at once
    be_mortal()
    cli()
