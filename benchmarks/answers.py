"""What the answers to every question cost beside the official figure alone, on a million stored responses.

The demonstration city on SQLite, its answers copied until there are --rows; weights differ by site as there. 'official' is the
GROUP BY and the estimate with its table of sensitivity, 'questions' the one pass over all answers with the results of every
question, 'by county' all of them again by county with tests and marks, each in a warm process; medians of --rounds.

    python -m benchmarks.answers [--rows 1000000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

from benchmarks.alone import alone


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with alone():
        _fill(asked.rows)
        _measure(asked.rounds)


def _fill(rows: int) -> None:
    """The demonstration's answers, and copies of them until there are `rows`."""
    from benchmarks.copies import copy_answers
    from survey_app import demo

    demo.load(4000, lambda *_told: None)
    copy_answers(rows - 4000)


def _measure(rounds: int) -> None:
    from sqlalchemy import func, select

    from analysis.cells import Cells
    from analysis.documents.kept import DetailDocument
    from analysis.question_figures import banner
    from analysis.question_table import QuestionTable
    from survey_app.answering.definitions import definition_of
    from survey_app.estimates.coded_answers import asked_of
    from survey_app.estimates.detail import question_detail, read_answers
    from survey_app.estimates.runs import result_of
    from survey_app.ground.plans import plan_of
    from survey_app.ground.zones import rules_for
    from survey_app.jobs.queue import Silent
    from survey_app.models import Response, Survey, db
    from survey_app.surveys.columns import COUNTY_VARIABLE, cells_query, stored_plan
    from survey_app.surveys.drawn_sites import with_drawn_sites

    survey = db.session.scalars(select(Survey)).one()
    watermark = db.session.scalar(select(func.max(Response.id))) or 0
    plan = with_drawn_sites(survey, plan_of(survey))
    responses = db.session.scalar(select(func.count()).select_from(Response)) or 0
    larger = max(responses // 1000, 1)  # more answers than the demonstration's sites have people
    sites = (replace(row, eligible=row.eligible and row.eligible * larger) for row in plan.weights.rows)
    plan = plan.with_sites(tuple(sites), plan.weights.column)

    def official() -> None:
        asked = stored_plan(plan)
        rows = db.session.execute(cells_query(asked, survey, watermark)).all()
        result_of(Cells.from_groups([tuple(row) for row in rows], asked), plan, rules_for(plan))

    def every_question() -> DetailDocument:
        return question_detail(survey, plan, read_answers(survey, plan, watermark, Silent()))

    detail = every_question()
    table = QuestionTable.from_json(detail["questions"])
    what = asked_of(definition_of(survey), plan.measure.scale, plan.measure.satisfied)
    alone = _median(official, rounds)
    whole = _median(every_question, rounds)
    counties = _median(lambda: banner(table, what, plan, COUNTY_VARIABLE), rounds)
    print(f"| responses {responses:,} | seconds | times the official figure alone |")
    print("| --- | --- | --- |")
    for name, seconds in (
        ("official", alone), ("questions", whole), ("by county", counties), ("all together", alone + whole + counties),
    ):  # fmt: skip
        print(f"| {name} | {seconds:.1f} | {seconds / alone:.2f} |")


def _median(work: Callable[[], object], rounds: int) -> float:
    seconds = []
    for _round in range(rounds):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
