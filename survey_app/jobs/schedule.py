"""Work that is done by the clock: declared by its subject, queued once by whichever server's worker looks first.

    @regular("routing", "分派市民问题", "Route citizens' problems", timedelta(minutes=5))
    def route(progress: Progress) -> int:
        return route_waiting()       # how many things it did; the worker commits

A work that was missed while no server ran is done once when one runs again. Two never run beside each other: while its
job is open the same job is meant (queue.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import delete, select, update

from survey_app.ground.settings import Settings, in_force
from survey_app.jobs.queue import CLOCK, INSERT, WITH_THE_CLOCK, Progress, enqueue
from survey_app.models import Job, RegularWork, db

KIND = "regular"
KEPT = timedelta(days=30)  # the row of a job that the clock queued
Doing = Callable[[Progress], int]


@dataclass(frozen=True)
class Regular:
    """every: so long after it was due, or each day at this hour of the office's clock. needs: the settings, all of
    which switch it on; none: it is always on. by_hand: a person may have it done beside its hours; what deletes for
    good keeps to them."""

    name: str
    zh: str
    en: str
    every: timedelta | time
    work: Doing
    needs: tuple[str, ...] = ()
    by_hand: bool = True

    def wanted(self, settings: Settings) -> bool:
        return all(getattr(settings, name) for name in self.needs)

    def next_after(self, moment: datetime) -> datetime:
        """When it is due after `moment`."""
        if isinstance(self.every, timedelta):
            return moment + self.every
        here = moment.astimezone(in_force().time_zone)
        found = here.replace(hour=self.every.hour, minute=self.every.minute, second=0, microsecond=0)
        return (found if found > here else found + timedelta(days=1)).astimezone(UTC)


REGULAR: dict[str, Regular] = {}


def regular(
    name: str, zh: str, en: str, every: timedelta | time, *needs: str, by_hand: bool = True
) -> Callable[[Doing], Doing]:
    """Make a function a work by the clock. It stands in its subject's jobs.py."""

    def register(work: Doing) -> Doing:
        REGULAR[name] = Regular(name, zh, en, every, work, needs, by_hand)
        return work

    return register


def queue_due(moment: datetime | None = None) -> None:
    """Queue what is due. One query where nothing is. Commits."""
    moment, settings = moment or datetime.now(UTC), in_force()
    stored = {row.name: row.due_at for row in db.session.execute(select(RegularWork.name, RegularWork.due_at))}
    for work in REGULAR.values():
        if not work.wanted(settings):
            continue
        if work.name not in stored:
            _begin(work, moment)
        elif stored[work.name] <= moment and _taken(work, stored[work.name], moment):
            queue_now(work)


def queue_now(work: Regular) -> Job:
    """Queue its job, beside its hours too; the same where it is still open. Commits."""
    found = enqueue("regular", {"work": work.name}, CLOCK)
    db.session.execute(update(RegularWork).where(RegularWork.name == work.name).values(job_id=found.id))
    db.session.commit()
    return found


def forget_old_jobs(moment: datetime) -> int:
    """Rows of jobs that the clock queued and that ended long ago; the last of each work stays. The caller commits."""
    last = select(RegularWork.job_id).where(RegularWork.job_id.is_not(None))
    old = (Job.kind == KIND, Job.by == CLOCK, Job.finished_at < moment - KEPT, Job.id.not_in(last))
    return db.session.execute(delete(Job).where(*old)).rowcount  # type: ignore[attr-defined,no-any-return]


def _begin(work: Regular, moment: datetime) -> None:
    """Its first hour; another server may have set it at this moment."""
    insert = INSERT[db.session.get_bind().dialect.name]
    values = {"name": work.name, "due_at": work.next_after(moment)}
    db.session.execute(insert(RegularWork).values(**values).on_conflict_do_nothing(index_elements=["name"]))
    db.session.commit()


def _taken(work: Regular, due: datetime, moment: datetime) -> bool:
    """Move the hour on, in the transaction that queues the job; False where another server has done it."""
    mine = (RegularWork.name == work.name, RegularWork.due_at == due)
    moved = update(RegularWork).where(*mine).values(due_at=work.next_after(moment))
    if db.session.execute(moved.execution_options(synchronize_session=False)).rowcount == 1:  # type: ignore[attr-defined]
        return True
    db.session.rollback()
    return False


WITH_THE_CLOCK.append(queue_due)
