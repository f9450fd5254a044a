"""Background jobs: declare a kind, queue one, follow it, stop it. Workers are in worker.py.

    @job("estimate", "满意度估计", "Estimate", refusals=(AnalysisError,))
    def estimate(arguments: Arguments, progress: Progress) -> str:
        progress.tell(1, 3, "正在加权", "weighting")
        db.session.add(run)          # never commits: the worker does, together with the job's own end
        db.session.flush()
        return f"estimate:{run.id}"  # what came of it; the console knows the page

Nothing of a job that fails, is stopped, or was taken over by another worker is stored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from survey_app.archives.places import ArchivedError
from survey_app.ground.crypto import digest
from survey_app.models import Job, db
from survey_app.models.job import OPEN
from wording import Refusal

Thing = TypeVar("Thing")
CLOCK = "clock"  # who has asked for what comes with the hour
INSERT: dict[str, Callable[[Any], Any]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


class JobError(Refusal):
    """What a job's function raises where the input is at fault, in the user's words."""


class Cancelled(Exception):  # noqa: N818  # not an error: somebody asked for it
    """Raised out of `Progress.tell` when the job is to stop; its function lets it pass."""


class Progress(Protocol):
    """How a job's function tells how far it is."""

    def tell(self, done: int, of: int, zh: str, en: str) -> None:
        """`done` of `of` steps (of 0: not known), and the present step in both languages. May raise Cancelled."""


class Silent:
    """A Progress that nobody watches: for commands and tests."""

    def tell(self, done: int, of: int, zh: str, en: str) -> None:
        pass


def counting(
    things: Iterable[Thing], of: int, progress: Progress | None, zh: str, en: str, before: int = 0
) -> Iterator[Thing]:
    """`things` one after another, each told as it goes by; of: how many there are, `before` of them done already."""
    for done, thing in enumerate(things, before):
        if progress is not None:
            progress.tell(done, of, zh, en)
        yield thing


Arguments = dict[str, str | int]  # what a job is given: numbers of rows, mostly
Work = Callable[[Arguments, Progress], str]


@dataclass(frozen=True)
class Kind:
    """A kind of job. `refusals`: exceptions whose words are for the user, JobError and ArchivedError among them."""

    name: str
    zh: str
    en: str
    work: Work
    refusals: tuple[type[Exception], ...]


_KINDS: dict[str, Kind] = {}
# noun of a result -> what a background worker does with it afterwards (drawing charts ahead); its failure is only logged
FOLLOW_UPS: dict[str, list[Callable[[str], None]]] = {}

WITH_THE_CLOCK: list[
    Callable[[], None]
] = []  # what a worker does each time it looks for jobs; cheap where nothing is due


def job(name: str, zh: str, en: str, refusals: Sequence[type[Exception]] = ()) -> Callable[[Work], Work]:
    """Make a function the work of jobs of kind `name`. It stands in its subject's jobs.py, which pages.py imports."""

    def register(work: Work) -> Work:
        _KINDS[name] = Kind(name, zh, en, work, (JobError, ArchivedError, *refusals))
        return work

    return register


def kinds() -> dict[str, Kind]:
    """Every kind there is."""
    return _KINDS


def enqueue(kind: str, arguments: Arguments, by: str) -> Job:
    """Queue a job and commit, together with whatever the caller has pending; the same job still open is given instead.

    With MINYI_JOBS=inline it is done when this returns; with thread, by this process or another; with external,
    by `minyi jobs run`. Look at `state`: a job's failure is never raised here.
    """
    if kind not in kinds():
        raise KeyError(f"no kind of job '{kind}'")
    found = _insert(kind, arguments, by)
    db.session.commit()
    current_app.extensions["minyi_wake"](current_app._get_current_object(), found.id)  # type: ignore[attr-defined]
    db.session.refresh(found)
    return found


def cancel(found: Job) -> None:
    """Stop a job: at once while it waits, at its next step while it runs. The caller commits."""
    ended = {"state": "cancelled", "finished_at": datetime.now(UTC), "once": None}
    waiting = update(Job).where(Job.id == found.id, Job.state == "queued").values(**ended)
    running = update(Job).where(Job.id == found.id, Job.state == "running").values(cancel_requested=True)
    db.session.execute(waiting)
    db.session.execute(running)
    db.session.refresh(found)


def newest(limit: int = 50, by: str = "") -> Sequence[Job]:
    """The newest first; of one account where `by` is given."""
    query = select(Job).order_by(Job.id.desc()).limit(limit)
    return db.session.scalars(query.where(Job.by == by) if by else query).all()


def still_open(by: str) -> Sequence[Job]:
    """What `by` has asked for that is not at its end."""
    return db.session.scalars(select(Job).where(Job.by == by, Job.state.in_(OPEN)).order_by(Job.id)).all()


def _insert(kind: str, arguments: Arguments, by: str) -> Job:
    once = digest(json.dumps([kind, arguments], sort_keys=True))
    insert = INSERT[db.session.get_bind().dialect.name]
    values = {
        "kind": kind, "arguments": arguments, "once": once, "by": by,
        "created_at": datetime.now(UTC), "state": "queued", "step_zh": "", "step_en": "", "result": "", "error": "",
    }  # fmt: skip
    for _ in range(5):  # the one in the way may come to its end in between
        db.session.execute(insert(Job).values(**values).on_conflict_do_nothing(index_elements=["once"]))
        found = db.session.scalar(select(Job).where(Job.once == once))
        if found is not None:
            return found
    raise RuntimeError("a job could not be queued")
