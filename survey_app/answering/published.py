"""What of a survey is published, or will be and when: read by the public's pages and by the office's; no figure is made here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypedDict, cast

from sqlalchemy import select

from survey_app.answering.definitions import titles_of
from survey_app.ground.clock import local, today
from survey_app.ground.crypto import digest
from survey_app.ground.sign_off import APPROVED, states
from survey_app.models import PublishedResults, ResultsDay, Survey, db

Withheld = Literal[
    "", "minimum", "small", "none"
]  # why there is no figure: below the plan's minimum, few persons, no answer
LICENCES = {  # by SPDX
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "ODC-By-1.0": "https://opendatacommons.org/licenses/by/1-0/",
}
PAGES = {"zh": "", "en": "en.html"}  # the end of a page's address, by language; nginx has index.html for none
DOCUMENT = "results.json"


class AreaRow(TypedDict):
    """The city or a county. estimate, lower, upper: the satisfied share of one; index: 0 to 100; None as withheld says."""

    code: str
    name: dict[str, str]
    estimate: float | None
    lower: float | None
    upper: float | None
    index: float | None
    n: int | None
    withheld: Withheld


class Changed(TypedDict):
    name: dict[str, str]
    before: float | None
    after: float | None


class Correction(TypedDict):
    """number: of the release that was replaced, of which file_digest is the CSV's."""

    number: int
    run: int
    reason: str
    file_digest: str
    changed: list[Changed]


class Licence(TypedDict):
    spdx: str
    address: str


class ResultsDocument(TypedDict):
    survey: str
    title: dict[str, str]
    period: str
    number: int
    released: str  # the day, ISO 8601
    run: int
    plan_digest: str
    licence: Licence
    official: Literal["share", "index"]
    satisfied: list[int]
    confidence: float
    least: int  # responses that a shown cell has
    answers: dict[str, int | None]  # responses, and those without an answer to the question
    whole: AreaRow
    counties: list[AreaRow]
    method: dict[str, list[str]]
    corrections: list[Correction]
    demo: bool


@dataclass(frozen=True)
class Day:
    """A day that was set. agreed: by two persons after the close, for this reason."""

    day: date
    set_on: date
    reason: str
    agreed: bool


@dataclass(frozen=True)
class Standing:
    """A survey as the public sees it. days: all that were set, the newest last. document: None before the day and the release.

    doubted: the approval of its run was withdrawn.
    """

    code: str
    titles: Mapping[str, str]
    demo: bool
    days: tuple[Day, ...]
    document: ResultsDocument | None
    files: dict[str, str]
    doubted: bool

    @property
    def day(self) -> date:
        return self.days[-1].day

    @property
    def state(self) -> Literal["out", "due", "late"]:
        """late: the day has passed without a release."""
        return "out" if self.document else "late" if self.day < today() else "due"

    @property
    def on(self) -> str:
        """The day on which it came out, else on which it shall."""
        return max(self.day.isoformat(), self.document["released"] if self.document else "")

    def digests(self) -> dict[str, str]:
        """SHA-256 of each file of open data."""
        return {name: digest(text) for name, text in self.files.items() if name.endswith((".csv", ".json"))}


def days_of(survey: Survey) -> list[ResultsDay]:
    query = select(ResultsDay).where(ResultsDay.survey_id == survey.id)
    return list(db.session.scalars(query.order_by(ResultsDay.id)))


def released(survey: Survey) -> list[PublishedResults]:
    """All that was released, the newest last, whether its day has come or not."""
    query = select(PublishedResults).where(PublishedResults.survey_id == survey.id)
    return list(db.session.scalars(query.order_by(PublishedResults.number)))


def document_of(one: PublishedResults) -> ResultsDocument:
    return cast(ResultsDocument, json.loads(one.files[DOCUMENT]))


def announced() -> list[Survey]:
    """Surveys for which a day is set, the newest first."""
    query = select(Survey).where(Survey.id.in_(select(ResultsDay.survey_id))).order_by(Survey.id.desc())
    return list(db.session.scalars(query))


def standing(survey: Survey) -> Standing | None:
    """None where no day is set. A correction shows at once; the first release on its day."""
    days = [Day(one.day, local(one.at).date(), one.reason, one.statement_id is not None) for one in days_of(survey)]
    if not days:
        return None
    newest = next(reversed(released(survey)), None) if days[-1].day <= today() else None
    document = document_of(newest) if newest else None
    run = f"estimate:{newest.run_id}" if newest else ""
    return Standing(
        code=survey.code,
        titles=document["title"] if document else titles_of(survey),
        demo=survey.demo,
        days=tuple(days),
        document=document,
        files=dict(newest.files) if newest else {},
        doubted=newest is not None and states([run]).get(run) != APPROVED,
    )
