"""Charts of a new run, drawn by the worker that made it: its first reader waits for none."""

from __future__ import annotations

from flask_babel import force_locale

from survey_app.estimates.answers_shown import shown_answers
from survey_app.estimates.pages.answer_parts import parts_of
from survey_app.estimates.pages.named import Named
from survey_app.estimates.pages.sections import sections
from survey_app.estimates.suppression import shown_result
from survey_app.estimates.trend import trend_of
from survey_app.ground.held import held
from survey_app.ground.language import LOCALES
from survey_app.ground.roles import ADMINISTRATOR
from survey_app.jobs.queue import FOLLOW_UPS
from survey_app.models import EstimateRun, Grant, db

READERS = ((Grant(role=ADMINISTRATOR),), ())  # who sees small cells, and who does not


def draw_ahead(result: str) -> None:
    """Draw the figures of the estimate's page and of its answers, in both languages, for all who read them.
    result: of the job."""
    run = db.session.get_one(EstimateRun, int(result.partition(":")[2]))
    if held(run.survey):
        return
    trend = trend_of(run)
    for grants in READERS:
        shown, answers = shown_result(run, grants), shown_answers(run, grants, "")
        for locale in LOCALES.values():
            with force_locale(locale):
                sections(run, shown, trend)
                if answers:
                    parts_of(answers, Named.of(run))


FOLLOW_UPS.setdefault("estimate", []).append(draw_ahead)
