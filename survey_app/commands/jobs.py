"""`minyi jobs run | list | schedule`: background work outside the web server, and what became of it."""

from __future__ import annotations

import time

import click

from survey_app.commands.support import JSON, application, printed, tabbed, tables, tell, word
from wording import language


@click.group(name="jobs")
def command() -> None:
    """Background jobs: estimates, final runs, imports."""


@command.command()
@click.option("--drain", is_flag=True, help="End when nothing is waiting.")
def run(drain: bool) -> None:
    """Do queued jobs until stopped: the worker for MINYI_JOBS=external, or one more beside the server's own."""
    from survey_app.jobs.worker import POLL, run_next

    with application() as app:
        number = 0
        while True:
            with app.app_context():
                busy = run_next()
            number += busy
            if not busy and drain:
                break
            if not busy:
                time.sleep(POLL)
    tell("commands.done", number=number)


@command.command(name="list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="The newest so many.")
@JSON
def list_(limit: int, as_json: bool) -> None:
    """The newest jobs with their state."""
    from survey_app.jobs.queue import newest
    from wording import of_column

    with tables():
        rows = [
            {
                "id": found.id, "kind": found.kind, "state": found.state, "by": found.by,
                "created_at": found.created_at.isoformat(), "done": found.done, "of": found.of,
                "attempts": found.attempts, "result": found.result, "error": str(of_column(found.error)),
            }
            for found in newest(limit)
        ]  # fmt: skip
    worded = [row | {"state": word(row["state"], "job"), "by": word(row["by"])} for row in rows]
    printed(rows, as_json, lambda: tabbed(worded, "id", "kind", "state", "by", "created_at", "result", "error"))
    if not rows and not as_json:
        tell("commands.no_jobs_yet", True)


@command.command()
@JSON
def schedule(as_json: bool) -> None:
    """What the clock does: when each work ran last, what came of it, and when it is due next."""
    with application() as app:
        from survey_app.ground.clock import local_time
        from survey_app.jobs.schedule import REGULAR
        from survey_app.models import Job, RegularWork, db

        rows = []
        for work in REGULAR.values():
            row = db.session.get(RegularWork, work.name)
            last = db.session.get(Job, row.job_id) if row is not None and row.job_id is not None else None
            due = row.due_at if row is not None and work.wanted(app.config["MINYI"]) else None
            rows.append(
                {
                    "name": work.name,
                    "words": work.zh if language() == "zh" else work.en,
                    "last": local_time(last.finished_at or last.created_at) if last else "-",
                    "state": last.state if last else "-",
                    "next": local_time(due) if due else "-",
                }
            )
    worded = [row | {"state": word(row["state"], "job")} for row in rows]
    printed(rows, as_json, lambda: tabbed(worded))
