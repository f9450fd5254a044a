"""The city that the console's pages are measured on: the demonstration with more answers, and one of everything else."""

from __future__ import annotations

import random
import time
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, text

PDF = b"%PDF-1.7"
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # of receipts, which are drawn at random
RECEIPT = {
    "sqlite": " || ".join([f"substr('{ALPHABET}', 1 + abs(random()) % 32, 1)"] * 10),
    "postgresql": " || ".join([f"substr('{ALPHABET}', 1 + floor(random() * 32)::int, 1)"] * 10),
}


def bring_up(app: Flask) -> None:
    from survey_app.database import upgrade
    from survey_app.models import db

    with app.app_context():
        upgrade(db.engine)


def fill(app: Flask, wanted: int) -> None:
    """The city, `wanted` responses, invitations with outcomes, flags, one estimate with its scorecards."""
    from survey_app import demo, rollup
    from survey_app.database import upgrade
    from survey_app.estimates.pages.ahead import draw_ahead
    from survey_app.fieldwork import invitations
    from survey_app.models import EstimateRun, Survey, db

    with app.app_context():
        upgrade(db.engine)
        began = time.perf_counter()
        seeds = min(2000, wanted)
        demo.load(seeds, lambda *_: None)
        survey = db.session.query(Survey).one()
        invitations.make_all(survey, 2)
        db.session.commit()
        multiply(db, seeds, wanted)
        outcomes(db)
        one_of_each(survey)
        draw_ahead(f"estimate:{db.session.scalars(select(EstimateRun.id)).first()}")  # as the worker that made it
        rollup.rebuild(db.engine)
        with db.engine.begin() as connection:
            connection.execute(text("ANALYZE"))
        seconds = time.perf_counter() - began
        number = db.session.execute(text("SELECT COUNT(*) FROM response")).scalar()
        counts = db.session.execute(text("SELECT COUNT(*) FROM response_count")).scalar()
        print(f"{db.engine.dialect.name}: {number:,} responses, {counts:,} counts, made in {seconds:.0f} s\n")


def multiply(db: Any, seeds: int, wanted: int) -> None:
    """Copy the seeds until `wanted` stand: each copy shifted in time, with keys and receipts of its own."""
    from survey_app import rollup
    from survey_app.models import Response

    columns = [c.name for c in Response.__table__.columns if c.name != "id"]
    postgres = db.engine.dialect.name == "postgresql"
    shift = "make_interval(mins => :minutes)" if postgres else None
    with db.engine.begin() as connection:
        rollup.remove(connection)
        first = connection.execute(text("SELECT MIN(id) FROM response")).scalar()
        for copy in range(1, wanted // seeds):
            values = {
                "submission_key": "'c' || :copy || '-' || id",
                "receipt": RECEIPT["postgresql" if postgres else "sqlite"],
                "state": "CASE WHEN (id + :copy) % 50 = 0 THEN 'screened_out' WHEN (id + :copy) % 99 = 0 THEN 'voided' "
                "ELSE 'complete' END",
                "flagged": "(id + :copy) % 20 = 0",
            }
            for name in ("started_at", "finished_at"):
                values[name] = f"{name} - {shift}" if postgres else (
                    f"strftime('%Y-%m-%d %H:%M:%f000', {name}, '-' || :minutes || ' minutes')"
                )  # fmt: skip
            chosen = ", ".join(values.get(name, name) for name in columns)
            connection.execute(
                text(
                    f"INSERT INTO response ({', '.join(columns)}) SELECT {chosen} FROM response "
                    "WHERE id >= :first AND id < :last"
                ),
                {"copy": copy, "minutes": random.randrange(0, 20_000), "first": first, "last": first + seeds},
            )
        connection.execute(
            text(
                "INSERT INTO response_flag (response_id, kind, score, zh, en, made_at, made_by) "
                "SELECT id, CASE WHEN id % 3 = 0 THEN 'too_fast' ELSE 'straight_lining' END, 1, '例', 'example', "
                "finished_at, 'batch' FROM response WHERE flagged"
            )
        )
    rollup.install(db.engine)


def outcomes(db: Any) -> None:
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE invitation SET attempts = 1 + id % 3, disposition = CASE id % 5 WHEN 0 THEN '1.1' WHEN 1 THEN "
                "'2.11' WHEN 2 THEN '2.24' WHEN 3 THEN '4.10' ELSE '' END, "
                "state = CASE WHEN id % 5 = 0 THEN 'spent' ELSE 'open' END"
            )
        )


def one_of_each(survey: Any) -> None:
    """A thing for every page that shows one thing, where the demonstration has none."""
    from survey_app.files import stored
    from survey_app.jobs.queue import enqueue
    from survey_app.models import Area, EstimateRun, Objection, ObjectionFile, ObjectionRound, ScoringRun, db
    from survey_app.models.base import now
    from survey_app.models.rectification import RectificationItem, RectificationNote
    from survey_app.scoring import final_runs, scenarios
    from survey_app.scoring.what_if import read_form
    from survey_app.values import assignment_workbook, entry, evidence, workbook_in, worklist
    from survey_app.values.periods import current_period
    from survey_app.values.workbook_out import value_workbook

    period, run = current_period(), db.session.scalars(select(EstimateRun)).first()
    county = db.session.scalars(select(Area).where(Area.kind == "county")).first()
    card = db.session.scalars(select(ScoringRun).where(ScoringRun.area_id == county.id)).first()
    digest = stored.put(PDF, "application/pdf")
    final = final_runs.make_run("trial", survey.city, run, period)
    shown = ObjectionRound(run=final, days=5, opened_by="x", until=now() + timedelta(days=5))
    objection = Objection(round=shown, area=county, indicator=1, text="x", received=date(2030, 1, 1), by="x")
    objection.files = [ObjectionFile(digest=digest, name="x.pdf")]
    item = RectificationItem(
        area=county, rulebook_id=period.rulebook_of(county), indicator=1, name="x", department="x", to_stars=5,
        requirement="x", gap="x", gain=1.0, due=date(2030, 1, 1), created_by="x",
    )  # fmt: skip
    item.notes = [RectificationNote(step="progress", by="x", file_digest=digest, file_name="x.pdf")]
    db.session.add_all([shown, objection, item])
    scenarios.save(card, "x", "", read_form(card, {}))
    place = next(
        entry.place_of(period.code, task.area.code, task.indicator)
        for task in worklist.tasks(period, [county])
        if task.state not in ("submitted", "accepted")
    )
    evidence.attach(place, "x.pdf", PDF, "x")
    body = value_workbook(period, worklist.tasks(period, worklist.rated_places()))
    workbook_in.preview("values.xlsx", body, "administrator", lambda *_place: True)
    book = assignment_workbook.assignment_workbook(county, period.rulebook_of(county))
    assignment_workbook.preview("departments.xlsx", book, county, period.rulebook_of(county), "administrator")
    db.session.commit()
    enqueue("flags", {"survey": survey.id}, "administrator")
