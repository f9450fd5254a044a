"""What a run reads of single responses once, and keeps as tables and moments: ratings of services, their drivers.

Nothing here can be led back to a person's answers, and a figure made from it comes out again after they are erased.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import literal, select

from analysis.cells import Column, column_of
from analysis.definitions_compared import measure_values
from analysis.documents.kept import DetailDocument, MomentsDocument
from analysis.documents.services import ServiceName
from analysis.driver_moments import moments
from analysis.errors import AnalysisError
from analysis.estimators import mean
from analysis.plan import Plan
from analysis.sample import Sample, weighted_sample
from analysis.service_table import ServiceTable, group_cells, service_plan
from analysis.wave_covariance import psu_totals
from survey_app.answering.definitions import definition_of
from survey_app.jobs.queue import Progress
from survey_app.models import Area, Response, Site, Survey, db
from survey_app.surveys.columns import COUNTY_VARIABLE, columns_of, sample_of
from survey_app.surveys.rated_services import NOT_USED, services_of
from wording import english

AT_ONCE = 2000  # rows read from the database at a time


def service_detail(survey: Survey, plan: Plan, watermark: int, progress: Progress) -> DetailDocument:
    """{"services": table, "names", "moments"}; {} where no service is rated, a "why" where drivers cannot be told."""
    services = services_of(definition_of(survey), plan)
    if not services:
        return {}
    asked = service_plan(plan)
    names = list(dict.fromkeys([*asked.required_columns, *_areas(plan)]))
    rows = _read(survey, watermark, plan, names, services, progress)
    if not rows.number:
        return {}
    keys = {name: rows.columns[name].column() for name in names}
    cells, place = group_cells(keys, np.frombuffer(rows.weight, dtype=float))
    codes = (*plan.measure.scale, NOT_USED)
    ratings = np.frombuffer(rows.ratings, dtype=np.int8).reshape(rows.number, len(services))
    table = ServiceTable.of([service["key"] for _, service in services], codes, ratings, place, cells)
    detail: DetailDocument = {"services": table.to_json(), "names": [service for _, service in services]}
    overall = np.frombuffer(rows.overall, dtype=float)
    try:
        detail["moments"] = _moments(plan, table, overall, ratings, place)
    except AnalysisError as error:
        detail["why"] = english(error)
    return detail


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

    def add(self, value: Any) -> None:
        self.codes.append(self.place.setdefault(value, len(self.place)))

    def column(self) -> Column:
        return column_of(list(self.place), np.frombuffer(self.codes, dtype=np.int64))


@dataclass
class _Rows:
    columns: dict[str, _Coded]
    weight: array[float] = field(default_factory=lambda: array("d"))
    overall: array[float] = field(default_factory=lambda: array("d"))
    ratings: array[int] = field(default_factory=lambda: array("b"))
    number: int = 0


def _read(
    survey: Survey,
    watermark: int,
    plan: Plan,
    names: list[str],
    services: list[tuple[str, ServiceName]],
    progress: Progress,
) -> _Rows:
    """Every response that counts, once, as small codes: a million of them take some thirty megabytes."""
    rows = _Rows({name: _Coded() for name in names})
    points, nothing = plan.measure.index_points(), float("nan")
    place = {str(code): at for at, code in enumerate((*plan.measure.scale, NOT_USED))}
    asked = [(question, service["key"]) for question, service in services]
    for weight, measure, answers, *values in _responses(survey, watermark, plan, names):
        rows.weight.append(1.0 if weight is None else float(weight))
        rows.overall.append(points.get(measure, nothing))
        for name, value in zip(names, values, strict=True):
            rows.columns[name].add(value)
        for question, key in asked:
            rows.ratings.append(place.get(str((answers.get(question) or {}).get(key, "")), -1))
        rows.number += 1
        if rows.number % (10 * AT_ONCE) == 0:
            told = f"{rows.number:,}"
            progress.tell(5, 10, f"正在汇总各项服务的评价({told}份)", f"adding up ratings of services ({told})")
    return rows


def _responses(survey: Survey, watermark: int, plan: Plan, names: list[str]) -> Iterator[Any]:
    known = columns_of(plan, survey)
    weight = literal(1.0) if plan.follows_sites else known[plan.design.weight or "base_weight"]
    columns = [known[name] for name in names]
    query = (
        select(weight, Response.measure, Response.answers, *columns)
        .where(*sample_of(survey.id, watermark))
        .order_by(Response.id)
    )
    if plan.flagged is not None and plan.flagged.exclude:
        query = query.where(known[plan.flagged.column] == "no")
    if plan.modes:
        query = query.where(Response.mode.in_(plan.modes))
    yield from db.session.execute(query.execution_options(yield_per=AT_ONCE))
