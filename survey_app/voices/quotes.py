"""Quotes: words of a written answer that leave the office. One person picks them with a reason, another confirms.

A statement holds which piece of which answer, never the words: once the answer is taken back the quote is gone too. Told with
a quote are its question and a code that enough answers stand under, never a person, a place or a day.
"""

from __future__ import annotations

from dataclasses import dataclass

from survey_app.archives.at_hand import read_only
from survey_app.ground import two_persons
from survey_app.ground.sign_off import APPROVED, PROPOSED
from survey_app.ground.two_persons import Kind
from survey_app.models import Code, Response, Statement, Survey, db
from survey_app.responses.labels import label_of, number_of
from survey_app.surveys.small_cells import least_cell
from survey_app.voices.coding import first_codings
from survey_app.voices.reading import written
from wording import Refusal

KIND = "quote"
SHORTEST, LONGEST = 4, 200  # characters


class QuoteError(Refusal):
    """A quote that may not leave; nothing was stored."""


@dataclass(frozen=True)
class Quote:
    """text: None once the answer is gone. code: None where it stands under none."""

    statement: Statement
    question: str
    text: str | None
    code: Code | None


def state_quote(
    survey: Survey, response: Response, question: str, words: str, code: int | None, reason: str, by: str
) -> Statement:
    """Ask for a piece of an answer to be quoted. The caller commits. Raises QuoteError, SignOffError."""
    text, words = str(response.answers.get(question) or ""), words.strip()
    start = text.find(words)
    if not SHORTEST <= len(words) <= LONGEST:
        raise QuoteError("voices.quote_length", least=SHORTEST, most=LONGEST)
    if start < 0:
        raise QuoteError("voices.quote_not_there")
    content = {
        "response": label_of(response.id),
        "question": question,
        "start": start,
        "end": start + len(words),
        "code": code,
    }
    _check(survey, question, code)
    if any(one.statement.content == content for one in quotes(survey, question)):
        raise QuoteError("voices.quote_there")
    return two_persons.state(KIND, _about(survey), content, reason, None, by)


def quotes(survey: Survey, question: str = "", only: str = "") -> list[Quote]:
    """Of one question where it is named: those that wait or are confirmed, or only in one state."""
    found = []
    for state in [only] if only else [PROPOSED, APPROVED]:
        found += [quote_of(one) for one in two_persons.of(_about(survey), KIND, state)]
    return [one for one in found if question in ("", one.question)]


def quote_of(statement: Statement) -> Quote:
    """The words as they stand in the answer now."""
    content = statement.content
    response, question = read_only(number_of(str(content["response"])) or 0), str(content["question"])
    start, end = (int(str(content[name])) for name in ("start", "end"))
    text = str(response.answers.get(question) or "")[start:end] if response else ""
    code = db.session.get(Code, int(str(content["code"]))) if content["code"] else None
    return Quote(statement, question, text or None, code)


def _check(survey: Survey, question: str, code: int | None) -> None:
    """Whether enough answers stand where the quote would be placed. Raises QuoteError."""
    codings, least = first_codings(survey, question), least_cell(survey)
    if code is not None and sum(code in one.codes for one in codings) < least:
        raise QuoteError("voices.quote_code_small", least=least)
    if written(survey, [site.id for site in survey.sites], question, least) < least:
        raise QuoteError("voices.quote_code_small", least=least)


def _carry_out(statement: Statement) -> None:
    """Nothing follows but that it may be shown; checked anew."""
    quote = quote_of(statement)
    if quote.text is None:
        raise QuoteError("voices.no_such_answer")
    survey = survey_of(statement)
    _check(survey, quote.question, quote.code.id if quote.code else None)


def survey_of(statement: Statement) -> Survey:
    """The survey that a quote is of."""
    return db.session.query(Survey).filter_by(code=statement.about.removeprefix("survey:")).one()


def _about(survey: Survey) -> str:
    return f"survey:{survey.code}"


two_persons.add(Kind(KIND, _carry_out, needs_source=False))
