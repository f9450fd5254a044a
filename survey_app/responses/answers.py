"""What single people answered: by day, in an order that says nothing, without minute and site, and with a coarse age.

When and where stand on the pages of process (process.py) under other numbers. A unit and a way of answering are told only
where enough answers of the day share them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select

from questionnaires import Choice, Definition, Question
from questionnaires.piping import in_words
from survey_app.answering.definitions import compiled
from survey_app.models import Area, Response, ResponseCount, Site, Survey, db
from survey_app.responses.labels import label_of, number_of
from survey_app.surveys.shown_questions import shown_questions
from survey_app.surveys.small_cells import least_cell

PAGE = 50
COMPLETE = "complete"
Cell = tuple[str, str]  # unit and way of answering


@dataclass(frozen=True)
class WantedAnswers:
    """Which of a day: empty means all."""

    county: str = ""
    mode: str = ""


@dataclass(frozen=True)
class AnswerLine:
    """One response in the list. county, mode: None where too few of its day share them."""

    label: str
    county: str | None
    mode: str | None


@dataclass(frozen=True)
class AnswerPage:
    """A page of a day's responses; more: the label after which the next begins, '' at the end."""

    lines: tuple[AnswerLine, ...]
    more: str


@dataclass(frozen=True)
class Said:
    """A question with what was answered, in one language; `answer` empty where there is none."""

    key: str
    question: str
    answer: str
    rows: tuple[tuple[str, str], ...] = ()


def days(survey: Survey) -> list[date]:
    """The days from the first to the last answer, the newest first; read from the counts by hour."""
    zone = ZoneInfo(survey.time_zone)
    ends = select(func.min(ResponseCount.hour), func.max(ResponseCount.hour)).where(
        ResponseCount.survey_id == survey.id
    )
    first, last = db.session.execute(ends).one()
    if first is None:
        return []
    start, end = (datetime.fromtimestamp(hour * 3600, zone).date() for hour in (first, last))
    return [end - timedelta(days=back) for back in range((end - start).days + 1)]


def told(survey: Survey, sites: Collection[int], day: date) -> set[Cell]:
    """Unit and way of answering that may be named: those that enough answers of the day share."""
    start, end = _bounds(survey, day)
    query = (
        select(Area.name, ResponseCount.mode, func.sum(ResponseCount.number))
        .select_from(Site)
        .join(Area, Area.id == Site.area_id)
        .join(ResponseCount, (ResponseCount.survey_id == survey.id) & (ResponseCount.site_id == Site.id))
        .where(Site.id.in_(sites), ResponseCount.state == COMPLETE)
        .where(ResponseCount.hour >= int(start.timestamp() // 3600), ResponseCount.hour < int(end.timestamp() // 3600))
        .group_by(Area.name, ResponseCount.mode)
        .having(func.sum(ResponseCount.number) >= least_cell(survey))
    )
    return {(county, mode) for county, mode, _number in db.session.execute(query)}


def of_day(survey: Survey, sites: Collection[int], day: date, wanted: WantedAnswers, after: str = "") -> AnswerPage:
    """A page of the day's complete answers, in the order of receipts, which are drawn at random; `after` the response with this label."""
    known = told(survey, sites, day)
    start, end = _bounds(survey, day)
    query = select(Response.id, Response.site_county, Response.mode).where(
        Response.survey_id == survey.id, Response.site_id.in_(sites), Response.state == COMPLETE,
        Response.finished_at >= start, Response.finished_at < end,
    )  # fmt: skip
    if wanted.county or wanted.mode:
        query = query.where(or_(*(_is(cell) for cell in known if _fits(cell, wanted)), Response.id < 0))
    last = db.session.get(Response, number_of(after) or 0) if after else None
    if last is not None:
        query = query.where(Response.receipt > last.receipt)
    rows = db.session.execute(query.order_by(Response.receipt).limit(PAGE + 1)).all()
    lines = tuple(AnswerLine(label_of(row.id), *_named(row, known)) for row in rows[:PAGE])
    return AnswerPage(lines, lines[-1].label if len(rows) > PAGE else "")


def shown_where(response: Response, survey: Survey) -> tuple[str | None, str | None]:
    """Unit and way of answering of one response, each None where too few of its day share them."""
    day = response.finished_at.astimezone(ZoneInfo(survey.time_zone)).date()
    return _named(response, told(survey, [site.id for site in survey.sites], day))


def read_out(response: Response, survey: Survey, language: str) -> list[Said]:
    """Every question that was put, in its own version's words, with the answer as it is stored: free text masked, age coarse."""
    definition = compiled(response.questionnaire_id, survey.city_id)
    age = definition.columns.get("age_band", "")
    return [
        Said(
            question.key,
            question.text[language],
            coarse_age(definition.leading(question), response.answers.get(age), language),
        )
        if question.key == age
        else _said(definition, question, response.answers, language)
        for question in shown_questions(survey, definition).questions
        if question.type != "statement"
    ]


def coarse_age(groups: Sequence[Choice], answer: object, language: str) -> str:
    """Two neighbouring age groups as one, three at the end of an odd number; '' where there is no such answer."""
    place = next((at for at, choice in enumerate(groups) if choice.code == answer), None)
    if place is None:
        return ""
    last = max(len(groups) // 2 - 1, 0)  # the last pair also takes what is left over
    pair = min(place // 2, last)
    ends = groups[2 * pair], groups[-1] if pair == last else groups[2 * pair + 1]
    first, second = (re.findall(r"\d+", choice.text[language]) for choice in ends)
    if not first or not second:
        return " / ".join(dict.fromkeys(choice.text[language] for choice in ends))
    if len(second) > 1:
        return f"{first[0]}–{second[1]}"
    return f"{first[0]}+"


def _said(definition: Definition, question: Question, answers: Mapping[str, object], language: str) -> Said:
    answer = answers.get(question.key)
    text = question.text[language]
    if question.type == "matrix" and isinstance(answer, dict):
        words = {choice.code: choice.text[language] for choice in question.options}
        rows = [
            (row.text[language], words.get(str(answer[row.key]), str(answer[row.key])))
            for row in question.rows
            if row.key in answer
        ]
        return Said(question.key, text, "", tuple(rows))
    return Said(question.key, text, in_words(definition, question.key, answers, language))


def _bounds(survey: Survey, day: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(survey.time_zone)
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def _named(row: Any, known: set[Cell]) -> tuple[str | None, str | None]:
    return (row.site_county, row.mode) if (row.site_county, row.mode) in known else (None, None)


def _fits(cell: Cell, wanted: WantedAnswers) -> bool:
    return wanted.county in ("", cell[0]) and wanted.mode in ("", cell[1])


def _is(cell: Cell) -> Any:
    return and_(Response.site_county == cell[0], Response.mode == cell[1])
