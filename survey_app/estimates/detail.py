"""What a run reads of single responses once, and keeps as tables and moments: answers to every question, ratings of
services, their drivers.

Nothing here can be led back to a person's answers, and a figure made from it comes out again after they are erased.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Text, cast, literal, select

from analysis.cells import Column, column_of
from analysis.definitions_compared import measure_values
from analysis.documents.kept import DetailDocument, MomentsDocument
from analysis.driver_moments import moments
from analysis.errors import AnalysisError
from analysis.estimators import mean
from analysis.plan import MODE, Plan
from analysis.question_figures import questions
from analysis.question_table import WHY_MISSING, Counted, QuestionTable
from analysis.sample import Sample, weighted_sample
from analysis.service_table import ServiceTable, group_cells, service_plan
from analysis.wave_covariance import psu_totals
from survey_app.answering.definitions import definition_of
from survey_app.estimates.coded_answers import WHY, CodedAnswers, asked_of
from survey_app.jobs.queue import Progress
from survey_app.models import Area, Response, Site, Survey, db
from survey_app.surveys.columns import COUNTY_VARIABLE, columns_of, sample_of
from survey_app.surveys.rated_services import NOT_USED, services_of
from wording import english

AT_ONCE = 20_000  # rows read from the database at a time


def answers_detail(survey: Survey, plan: Plan, watermark: int, progress: Progress) -> DetailDocument:
    """{"questions": table, "answers": what it says; where services are rated "services", "names", "moments", or a "why" where
    drivers cannot be told}; {} where nobody answered."""
    rows = read_answers(survey, plan, watermark, progress)
    if not rows.number:
        return {}
    names = list(dict.fromkeys([*service_plan(plan).required_columns, *_areas(plan)]))
    keys = {name: rows.columns[name].column() for name in names}
    return question_detail(survey, plan, rows) | _services(survey, plan, rows, keys)


def question_detail(survey: Survey, plan: Plan, rows: Rows) -> DetailDocument:
    """{"questions", "answers"}; {} where all who answered cannot be weighed, though those of the official question can."""
    table = question_table(rows)
    what = asked_of(definition_of(survey), plan.measure.scale, plan.measure.satisfied)
    try:
        return {"answers": questions(table, what, plan), "questions": table.to_json()}
    except AnalysisError:
        return {}


def question_table(rows: Rows, by: str = "") -> QuestionTable:
    """Answers to every question as counts. by: a question by which they are told apart besides."""
    keys = {name: column.column() for name, column in rows.columns.items()}
    if by:
        levels, codes = rows.answers.coded(by)
        keys[by] = Column(tuple(levels), np.maximum(codes, -1).astype(np.int64))
    cells, place = group_cells(keys, np.frombuffer(rows.weight, dtype=float))
    return QuestionTable(cells, {name: Counted.of(*rows.answers.coded(name), place) for name in rows.answers.items})


def group_columns(plan: Plan) -> list[str]:
    """By what the results of questions can be told apart: counties, sex, age, the way of answering, and the plan's domains."""
    single = [names[0] for names in plan.crossings.values() if len(names) == 1]
    return list(dict.fromkeys([*_areas(plan), "sex", "age_band", MODE, *single]))


def _services(survey: Survey, plan: Plan, rows: Rows, keys: Mapping[str, Column]) -> DetailDocument:
    services = services_of(definition_of(survey), plan)
    if not services:
        return {}
    cells, place = group_cells(keys, np.frombuffer(rows.weight, dtype=float))
    codes = (*plan.measure.scale, NOT_USED)
    ratings = np.column_stack([_ratings(rows.answers, f"{question}_{one['key']}", codes) for question, one in services])
    table = ServiceTable.of([service["key"] for _, service in services], codes, ratings, place, cells)
    detail: DetailDocument = {"services": table.to_json(), "names": [service for _, service in services]}
    overall = np.frombuffer(rows.overall, dtype=float)
    try:
        detail["moments"] = _moments(plan, table, overall, ratings, place)
    except AnalysisError as error:
        detail["why"] = english(error)
    return detail


def _ratings(answers: CodedAnswers, name: str, codes: tuple[int, ...]) -> NDArray[np.int8]:
    """The place in `codes` of each response's rating (rows,), -1 for none."""
    levels, code = answers.coded(name)
    places = {str(one): place for place, one in enumerate(codes)}
    table = np.full(len(levels) + len(WHY_MISSING), -1, dtype=np.int8)
    table[: len(levels)] = [places.get(level, -1) for level in levels]
    table[WHY["not_used"]] = places[str(NOT_USED)]
    return np.asarray(table[code])


def wave_detail(survey: Survey, sample: Sample, plan: Plan) -> dict[str, tuple[float, dict[str, float]]]:
    """The official figure's total in each site, by county and the site's name, which stay the same over waves."""
    points, satisfied, answered = measure_values(sample.cells, plan)
    official = satisfied if plan.measure.official == "share" else points / 100
    totals = psu_totals(sample, plan, mean(sample, official, answered & (sample.weight > 0)))
    query = select(Site.code, Area.name, Site.name).join(Area, Area.id == Site.area_id)
    labels = {
        code: f"{area} {name}" for code, area, name in db.session.execute(query.where(Site.survey_id == survey.id))
    }
    return {
        stratum: (fraction, {labels.get(psu, psu): total for psu, total in psus.items()})
        for stratum, (fraction, psus) in totals.items()
    }


def _areas(plan: Plan) -> list[str]:
    return [COUNTY_VARIABLE] if COUNTY_VARIABLE in plan.crossings else []


def _moments(
    plan: Plan, table: ServiceTable, overall: NDArray[np.float64], ratings: NDArray[np.int8], place: NDArray[np.int64]
) -> MomentsDocument:
    index = plan.measure.index_points()
    points = np.array([*(index.get(code, np.nan) for code in table.codes), np.nan])  # the last one for 'none'
    sample = weighted_sample(table.cells, service_plan(plan))
    given, unused = points[ratings], ratings == table.codes.index(NOT_USED)
    return moments(table.services, overall, given, unused, place, sample).to_json()


@dataclass
class _Coded:
    """A column while it is read: distinct values and the code of each row."""

    place: dict[Any, int] = field(default_factory=dict)
    codes: array[int] = field(default_factory=lambda: array("q"))

    def add(self, values: Sequence[Any]) -> None:
        place = self.place
        self.codes.extend([place.setdefault(value, len(place)) for value in values])

    def column(self) -> Column:
        return column_of(list(self.place), np.frombuffer(self.codes, dtype=np.int64))


@dataclass
class Rows:
    columns: dict[str, _Coded]
    answers: CodedAnswers
    weight: array[float] = field(default_factory=lambda: array("d"))
    overall: array[float] = field(default_factory=lambda: array("d"))
    number: int = 0


def read_answers(survey: Survey, plan: Plan, watermark: int, progress: Progress) -> Rows:
    """Every response that counts, once, as small codes."""
    names = list(dict.fromkeys([*service_plan(plan).required_columns, *group_columns(plan)]))
    answers = CodedAnswers(definition_of(survey), plan.measure.missing_codes)
    rows = Rows({name: _Coded() for name in names}, answers)
    points, nothing = plan.measure.index_points(), float("nan")
    for batch in _responses(survey, watermark, plan, names):
        weight, measure, answered, *values = ([row[place] for row in batch] for place in range(3 + len(names)))
        rows.weight.extend([1.0 if one is None else float(one) for one in weight])
        rows.overall.extend([points.get(one, nothing) for one in measure])
        for name, own in zip(names, values, strict=True):
            rows.columns[name].add(own)
        answers.add(answered)
        rows.number += len(batch)
        told = f"{rows.number:,}"
        progress.tell(5, 10, f"正在汇总各题的回答({told}份)", f"adding up answers to every question ({told})")
    return rows


def _responses(survey: Survey, watermark: int, plan: Plan, names: list[str]) -> Iterator[Sequence[Any]]:
    """Batches of rows: weight, measure, the answers as their JSON is stored, then the columns `names`."""
    known = columns_of(plan, survey)
    weight = literal(1.0) if plan.follows_sites else known[plan.design.weight or "base_weight"]
    columns = [known[name] for name in names]
    query = (
        select(weight, Response.measure, cast(Response.answers, Text), *columns)
        .where(*sample_of(survey.id, watermark))
        .order_by(Response.id)
    )
    if plan.flagged is not None and plan.flagged.exclude:
        query = query.where(known[plan.flagged.column] == "no")
    if plan.modes:
        query = query.where(Response.mode.in_(plan.modes))
    found = db.session.connection().execute(query.execution_options(yield_per=AT_ONCE))  # plain rows, no objects
    yield from found.partitions()
