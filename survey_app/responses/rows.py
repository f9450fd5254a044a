"""The rows of a data file: every complete response, in an order that says nothing, under the columns of variables.py.

Neither minute nor site nor receipt: the day, and sites as numbers drawn anew for each file. Minute and site are in the file
for review (review_file.py), which has no answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy import Row as Read

from analysis.plan import Plan
from definitions import DefinitionError
from questionnaires import Definition
from questionnaires.missing import MISSING_CODES
from survey_app.answering.definitions import compiled
from survey_app.ground.held import seen
from survey_app.ground.plans import plan_of
from survey_app.models import Response, Survey, db
from survey_app.responses.labels import random_sites
from survey_app.responses.variables import Variable, value_of
from survey_app.surveys.columns import COLUMNS, columns_of
from survey_app.surveys.present_weights import present_weights

BATCH = 5_000
Cell = str | int | float | date | None  # what a column of a file holds of one response
TYPED = ("stratum", "site_county", "rated_county", "home_county", "sex", "age_band", "mode", "language")


def file_rows(survey: Survey, columns: Sequence[Variable], county: str | None = None) -> Iterator[list[Cell]]:
    """A row for each complete response of the survey, or of one fieldwork unit, with its weight as a run would make it now.

    While the official figure is held, the measured question and what is said of it are empty.
    """
    told = Told.of(survey)
    flagged = columns_of(told.plan, survey)["flagged"] if told.plan else COLUMNS["flagged"]
    for row in complete(survey, {"flagged": flagged}, county):
        design = told.design(row)
        yield row_of(columns, design, told.definitions[row.questionnaire_id], row.answers)


def number_of_complete(survey: Survey) -> int:
    """How many rows a file of all has."""
    wanted = (Response.survey_id == survey.id, Response.state == "complete")
    return db.session.scalar(select(func.count()).select_from(Response).where(*wanted)) or 0


def row_of(columns: Sequence[Variable], design: dict[str, Cell], version: Definition, answers: Any) -> list[Cell]:
    """The cells of one response, in the order of the columns."""
    return [value_of(c, version, answers) if c.question else design[c.name] for c in columns]


def complete(
    survey: Survey, more: Mapping[str, ColumnElement[str]], county: str | None = None, watermark: int | None = None
) -> Iterator[Read[Any]]:
    """The complete responses up to `watermark`, a batch at a time by their receipts, which are drawn at random.

    more: further columns, by the names that the rows have them under.
    """
    wanted = [Response.survey_id == survey.id, Response.state == "complete"]
    wanted += [Response.site_county == county] if county is not None else []
    wanted += [Response.id <= watermark] if watermark is not None else []
    read = [getattr(Response, name) for name in TYPED]
    query = select(
        Response.id, Response.receipt, Response.questionnaire_id, Response.answers, Response.finished_at, Response.psu,
        Response.probability, Response.measure, Response.measure_missing, *read,
        *(expression.label(name) for name, expression in more.items()),
    ).where(*wanted)  # fmt: skip
    last = ""
    while batch := db.session.execute(
        query.where(Response.receipt > last).order_by(Response.receipt).limit(BATCH)
    ).all():
        last = batch[-1].receipt
        yield from batch


class Versions(dict[int, Definition]):
    """The questionnaire that a response answered, by the number of its version."""

    def __init__(self, survey: Survey) -> None:
        super().__init__()
        self.city_id = survey.city_id

    def __missing__(self, number: int) -> Definition:
        self[number] = compiled(number, self.city_id)
        return self[number]


@dataclass(frozen=True)
class Told:
    """What a file may tell of a response beside its answers. plan: None where it is a draft that cannot be read."""

    plan: Plan | None
    seen: bool
    sites: dict[str, str]
    weights: dict[str, float]
    zone: ZoneInfo
    definitions: Versions

    @classmethod
    def of(cls, survey: Survey) -> Told:
        try:
            plan = plan_of(survey)
        except DefinitionError:
            plan = None
        return cls(
            plan, seen(survey), random_sites(site.code for site in survey.sites), present_weights(survey),
            ZoneInfo(survey.time_zone), Versions(survey),
        )  # fmt: skip

    def design(self, row: Read[Any]) -> dict[str, Cell]:
        measure = measure_cell(row, self.plan) if self.seen else None
        weight = self.weights.get(row.psu) if row.probability else None
        if weight is not None and isinstance(measure, int) and measure < 0 and blanks_weigh_nothing(self.plan):
            weight = 0.0
        return typed(row, self.zone) | {
            "psu": self.sites.get(row.psu),
            "base_weight": weight,
            "measure": measure,
            "flagged": row.flagged if self.seen else None,
        }


def typed(row: Read[Any], zone: ZoneInfo) -> dict[str, Cell]:
    """The columns of the design that stand in the row as they are."""
    return {
        "day": row.finished_at.astimezone(zone).date(),
        "sample": int(row.probability),
        "consent": row.answers.get("_consent"),
        **{name: getattr(row, name) for name in TYPED},
    }


def measure_cell(row: Read[Any], plan: Plan | None) -> int:
    """The code that was answered, or the one that says why there is none."""
    if row.measure is None:
        return MISSING_CODES[row.measure_missing or "skipped"]
    why = plan.measure.missing_codes.get(str(row.measure)) if plan else None
    return MISSING_CODES[why] if why else int(row.measure)


def blanks_weigh_nothing(plan: Plan | None) -> bool:
    """Whether who left the measured question blank carries no weight: where weights follow those who answered."""
    if plan is None or plan.sampling == "open" or plan.nonresponse is not None:
        return False
    return plan.method.weights_follow_sites and plan.weights.respondents == "answered"
