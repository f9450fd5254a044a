"""Filling the demonstration city as background work of the server that shows it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from sqlalchemy import select

from survey_app.demo.load import fill
from survey_app.jobs.queue import Arguments, Progress, cancel, enqueue, job
from survey_app.models import Job, Survey, db
from survey_app.models.job import OPEN
from wording import Message

KIND = "demo"


def ask(survey: Survey, generator: np.random.Generator, responses: int, by: str) -> None:
    """Queue it, unless it waits or runs already: one that a killed server left is taken up again."""
    if not _open():
        state = json.dumps(generator.bit_generator.state)
        enqueue("demo", {"survey": survey.id, "responses": responses, "state": state}, by)


def stop() -> None:
    """Whoever fills the city now, leaves it to the caller, who commits."""
    for found in _open():
        cancel(found)


def _open() -> Sequence[Job]:
    return db.session.scalars(select(Job).where(Job.kind == KIND, Job.state.in_(OPEN))).all()


@job(KIND, "载入演示城市", "Load the demonstration city")
def load_city(arguments: Arguments, progress: Progress) -> str:
    """arguments: survey, responses, and where its random numbers stand. What is there stays, also where the job is stopped: taken up again, it goes on."""
    survey, generator = db.session.get_one(Survey, arguments["survey"]), np.random.default_rng()
    generator.bit_generator.state = json.loads(str(arguments["state"]))

    def told(step: Message, done: int, of: int) -> None:
        progress.tell(done, of, step.text("zh"), step.text("en"))

    return f"estimate:{fill(survey, generator, int(arguments['responses']), told).estimate_run.id}"
