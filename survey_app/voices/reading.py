"""Written answers one after another, in an order drawn at random, with what may be told of whoever wrote them.

Shown is the text as it is stored, masked. A county, or satisfied and not, narrows the list only where enough answers share it,
and of a held survey what tells the official answer is neither shown nor asked (surveys/shown_questions.py).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, not_, select

from questionnaires import Definition
from questionnaires.definition import WRITTEN, Text
from survey_app.answering.submission import RECEIPT_ALPHABET
from survey_app.ground.held import seen
from survey_app.ground.plans import plan_of
from survey_app.models import Coding, Response, ResponseCount, Survey, db
from survey_app.responses.labels import label_of
from survey_app.surveys.shown_questions import shown_questions
from survey_app.voices.coding import first_codings, own_codings
from wording import Refusal

PAGE = 20
COUNTED_TO = 1_000  # answers of a list; of more it says so, and does not go through all to count them
LOOKED = 100_000  # responses that a list or a search goes through; of more, the first in the random order
COUNTED = 2_000  # texts that words are counted in; being the first in a random order they stand for all
SIDES = ("satisfied", "others")
UNCODED, CODED = "todo", "done"


class TooFewError(Refusal):
    """So few answers share what was asked for that a reader could tell who wrote them."""


@dataclass(frozen=True)
class OpenQuestion:
    """A question with written answers: its key among the answers, and its words in the reader's language."""

    key: str
    text: str


@dataclass(frozen=True)
class Wanted:
    """Which answers; empty means all. side: of SIDES. under: a code's number. mine: UNCODED | CODED, of the reader's own coding."""

    question: str
    search: str = ""
    county: str = ""
    side: str = ""
    under: int | None = None
    mine: str = ""


@dataclass(frozen=True)
class Voice:
    """A written answer. codes: what the reader himself gave it, None where he has not coded it."""

    label: str
    text: str
    codes: frozenset[int] | None


@dataclass(frozen=True)
class VoicePage:
    """number: how many there are in all, counted to COUNTED_TO; page: from 1; more: whether another follows."""

    voices: tuple[Voice, ...]
    number: int
    page: int
    more: bool


def open_questions(survey: Survey, language: str) -> list[OpenQuestion]:
    """Those that may be shown now, and what was written beside an option of others."""
    definition = shown_questions(survey)
    return [OpenQuestion(key, text[language]) for key, text in _written(definition)]


def may_ask_side(survey: Survey) -> bool:
    """Whether the list may be narrowed by the official answer."""
    return seen(survey)


def voices(survey: Survey, sites: Collection[int], wanted: Wanted, reader: str, least: int, page: int = 1) -> VoicePage:
    """A page of answers at these sites. least: answers that must share what narrows the list. Raises TooFewError."""
    narrowed = _group(survey, sites, wanted)
    if narrowed and 0 < _number(_all(survey, sites).where(*narrowed), least) < least:
        raise TooFewError("voices.too_few", least=least)
    query = _all(survey, sites).where(*narrowed, *said(wanted)).where(*_sorted(survey, wanted, reader))
    number = _number(query, COUNTED_TO)
    texts = query.add_columns(_text(wanted.question)).order_by(Response.receipt).limit(PAGE + 1)
    page, last = max(page, 1), max(1, -(-number // PAGE))
    rows = db.session.execute(texts.offset((page - 1) * PAGE)).all()
    if not rows and page > last:  # past the end: the last page that was counted
        page = last
        rows = db.session.execute(texts.offset((page - 1) * PAGE)).all()
    rows, more = rows[:PAGE], len(rows) > PAGE
    own = own_codings(survey, wanted.question, reader, [row[0] for row in rows])
    found = tuple(Voice(label_of(number), str(text), own.get(number)) for number, text in rows)
    return VoicePage(found, number, page, more)


def texts_to_count(survey: Survey, sites: Collection[int], question: str) -> list[str]:
    """The texts that words are counted in."""
    query = _all(survey, sites).where(*said(Wanted(question))).with_only_columns(_text(question))
    return [str(text) for text in db.session.scalars(query.order_by(Response.receipt).limit(COUNTED))]


def written(survey: Survey, sites: Collection[int], question: str, most: int) -> int:
    """How many wrote an answer, counted to `most`."""
    return _number(_all(survey, sites).where(*said(Wanted(question))), most)


def text_of(response: Response, question: str) -> str:
    """What one response says to the question, as it is stored."""
    return str(response.answers.get(question) or "")


def _written(definition: Definition) -> list[tuple[str, Text]]:
    found = []
    for question in definition.questions:
        if question.type in WRITTEN:
            found.append((question.key, question.text))
        if question.other_field:
            other = next(choice for choice in question.options if choice.other)
            zh, en = (f"{question.text[one]} · {other.text[one]}" for one in ("zh", "en"))
            found.append((question.other_field, Text(zh, en)))
    return found


def _all(survey: Survey, sites: Collection[int]) -> Select[Any]:
    """With the receipts as the only index to go by: SQLite otherwise reads all responses of a survey and sorts them for one page."""
    own = select(Response.id).where(Response.survey_id + 0 == survey.id, Response.state == "complete")
    end = _end(survey)
    return own.where((Response.site_id + 0).in_(sites), *([Response.receipt < end] if end else ()))


def looked_through(survey: Survey) -> int | None:
    """About how many responses are looked through where the survey has more; None where all are."""
    return LOOKED if _end(survey) else None


def _end(survey: Survey) -> str | None:
    """Receipts are drawn evenly: those of about LOOKED responses lie below it. None where the survey has no more."""
    mine = ResponseCount.survey_id == survey.id, ResponseCount.state == "complete"
    number = db.session.scalar(select(func.sum(ResponseCount.number)).where(*mine)) or 0
    share, digits = LOOKED / max(int(number), LOOKED), ""
    while share < 1 and len(digits) < 6:
        share *= len(RECEIPT_ALPHABET)
        digits += RECEIPT_ALPHABET[int(share)]
        share %= 1
    return digits or None


def _group(survey: Survey, sites: Collection[int], wanted: Wanted) -> list[ColumnElement[bool]]:
    """What tells of the person, and not of the text."""
    found: list[ColumnElement[bool]] = [Response.site_county == wanted.county] if wanted.county else []
    if wanted.side and may_ask_side(survey):
        satisfied = Response.measure.in_(plan_of(survey).measure.satisfied)
        found.append(satisfied if wanted.side == SIDES[0] else not_(satisfied) & Response.measure.is_not(None))
    return found


def _text(question: str) -> ColumnElement[str]:
    return cast(Response.answers[question].as_string(), String)


def said(wanted: Wanted) -> list[ColumnElement[bool]]:
    """That a response says anything to the question, and what is searched for."""
    text = _text(wanted.question)
    found: list[ColumnElement[bool]] = [func.coalesce(text, "") != ""]
    return [*found, text.icontains(wanted.search, autoescape=True)] if wanted.search else found


def _sorted(survey: Survey, wanted: Wanted, reader: str) -> list[ColumnElement[bool]]:
    """By codes that count, and by whether the reader has coded it."""
    found: list[ColumnElement[bool]] = []
    if wanted.under is not None:
        under = [one.response_id for one in first_codings(survey, wanted.question) if wanted.under in one.codes]
        found.append(Response.id.in_(under))
    if wanted.mine:
        mine = select(Coding.response_id).where(
            Coding.survey_id == survey.id, Coding.question == wanted.question, Coding.coder == reader
        )
        found.append(Response.id.in_(mine) if wanted.mine == CODED else Response.id.not_in(mine))
    return found


def _number(query: Select[Any], most: int) -> int:
    """Rows in the order of receipts, which ends at the last one counted."""
    counted = query.order_by(Response.receipt).limit(most).subquery()
    return db.session.scalar(select(func.count()).select_from(counted)) or 0
