"""What a run says of every question, made from the table that it keeps: among all, and told apart by a column."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.documents.questions import BannerDocument, QuestionDocument
from analysis.plan import Plan
from analysis.question_figures import Asked, banner, questions
from analysis.question_table import QuestionTable
from survey_app.answering.definitions import definition_of
from survey_app.estimates.coded_answers import asked_of
from survey_app.estimates.detail import question_table, read_answers
from survey_app.ground.plans import plan_of_run
from survey_app.ground.stored import cells_of, detail_of
from survey_app.jobs.queue import Silent
from survey_app.models import EstimateRun
from survey_app.surveys.drawn_sites import with_stored_sites


@dataclass(frozen=True)
class RunAnswers:
    """The table of a run with what it is read by."""

    table: QuestionTable
    asked: dict[str, Asked]
    plan: Plan

    @classmethod
    def of(cls, run: EstimateRun) -> RunAnswers | None:
        """None where an earlier release made the run, or nobody answered. Raises FigureHeldError."""
        kept = detail_of(run)
        if "questions" not in kept:
            return None
        plan = with_stored_sites(plan_of_run(run), cells_of(run))
        asked = asked_of(definition_of(run.survey), plan.measure.scale, plan.measure.satisfied)
        return cls(QuestionTable.from_json(kept["questions"]), asked, plan)

    def all(self) -> list[QuestionDocument]:
        return questions(self.table, self.asked, self.plan)

    def by(self, column: str) -> list[BannerDocument]:
        return banner(self.table, self.asked, self.plan, column)

    def by_answers_to(self, name: str, run: EstimateRun) -> list[BannerDocument]:
        """By a question whose answers the table does not tell apart: read anew from the responses that are stored now."""
        rows = read_answers(run.survey, self.plan, run.watermark, Silent())
        return banner(question_table(rows, name), self.asked, self.plan, name)


def answers_of(run: EstimateRun) -> list[QuestionDocument]:
    """Every question among all, computed from what the run keeps; [] where it keeps nothing of them."""
    found = RunAnswers.of(run)
    return found.all() if found else []
