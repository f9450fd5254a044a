"""A question's coding frame, who put which answer under which codes, and how far two coders agree.

Each coder sees his own codes alone. Of an answer that several coded the first coding counts; the others tell how far they agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import func, select

from analysis.coder_agreement import Agreement, cohen_kappa
from survey_app.ground import audit
from survey_app.models import Code, Coding, Response, Survey, db
from survey_app.models.base import now
from wording import Refusal

MOST_CODES, LONGEST_NAME, LONGEST_NOTE = 60, 40, 300


class CodingError(Refusal):
    """A code or a coding that cannot be stored; nothing was changed."""


@dataclass(frozen=True)
class Agreed:
    """How far two coders agree on one code."""

    first: str
    second: str
    code: Code
    agreement: Agreement


def frame_of(survey: Survey, question: str) -> list[Code]:
    """The codes of a question in the order they were made."""
    query = select(Code).where(Code.survey_id == survey.id, Code.question == question).order_by(Code.id)
    return list(db.session.scalars(query))


def add_code(survey: Survey, question: str, name: str, note: str) -> Code:
    """A new code. The caller commits. Raises CodingError."""
    name, note = _checked(survey, question, name, note)
    if len(frame_of(survey, question)) >= MOST_CODES:
        raise CodingError("voices.too_many_codes", most=MOST_CODES)
    code = Code(survey_id=survey.id, question=question, name=name, note=note, retired=False)
    db.session.add(code)
    audit.record("code.create", f"survey:{survey.code}", after={"question": question, "name": name})
    db.session.flush()
    return code


def change_code(survey: Survey, code: Code, name: str, note: str, retired: bool) -> None:
    """Other words for a code, or no further use of it. The caller commits. Raises CodingError."""
    name, note = _checked(survey, code.question, name, note, code)
    before = {"name": code.name, "note": code.note, "retired": code.retired}
    code.name, code.note, code.retired = name, note, retired
    after = {"name": name, "note": note, "retired": retired}
    if after != before:
        audit.record("code.change", f"survey:{survey.code}", before, after)


def give_codes(survey: Survey, response: Response, question: str, codes: Collection[int], coder: str) -> Coding:
    """Put an answer under these codes, or under none, in place of what the coder said before. The caller commits.

    Raises CodingError where a code is not of this question's frame.
    """
    known = {code.id for code in frame_of(survey, question)}
    if not set(codes) <= known:
        raise CodingError("voices.no_such_code")
    mine = (Coding.response_id == response.id, Coding.question == question, Coding.coder == coder)
    coding = db.session.scalar(select(Coding).where(*mine))
    if coding is None:
        coding = Coding(survey_id=survey.id, response_id=response.id, question=question, coder=coder)
        db.session.add(coding)
    coding.codes, coding.at = sorted(set(codes)), now()
    db.session.flush()
    return coding


def own_codings(survey: Survey, question: str, coder: str, responses: Sequence[int]) -> dict[int, frozenset[int]]:
    """Response -> what this coder put it under."""
    query = select(Coding).where(
        Coding.survey_id == survey.id,
        Coding.question == question,
        Coding.coder == coder,
        Coding.response_id.in_(responses),
    )
    return {one.response_id: frozenset(one.codes) for one in db.session.scalars(query)}


def first_codings(survey: Survey, question: str) -> list[Coding]:
    """The codings that count: of each answer the first."""
    mine = (Coding.survey_id == survey.id, Coding.question == question)
    first = select(func.min(Coding.id)).where(*mine).group_by(Coding.response_id)
    return list(db.session.scalars(select(Coding).where(Coding.id.in_(first)).order_by(Coding.id)))


def agreements(survey: Survey, question: str) -> list[Agreed]:
    """Of every pair of coders with answers in common, by code."""
    by_coder: defaultdict[str, dict[int, frozenset[int]]] = defaultdict(dict)
    query = select(Coding).where(Coding.survey_id == survey.id, Coding.question == question).order_by(Coding.id)
    for one in db.session.scalars(query):
        by_coder[one.coder][one.response_id] = frozenset(one.codes)
    codes, found = frame_of(survey, question), []
    for (first, own), (second, other) in combinations(by_coder.items(), 2):
        common = own.keys() & other.keys()
        if common:
            found += [
                Agreed(
                    first, second, code, cohen_kappa([(code.id in own[one], code.id in other[one]) for one in common])
                )
                for code in codes
            ]
    return found


def _checked(survey: Survey, question: str, name: str, note: str, own: Code | None = None) -> tuple[str, str]:
    name, note = name.strip(), note.strip()
    if not name or len(name) > LONGEST_NAME or len(note) > LONGEST_NOTE:
        raise CodingError("voices.code_needs_name", most=LONGEST_NAME, note=LONGEST_NOTE)
    if any(code.name == name and code is not own for code in frame_of(survey, question)):
        raise CodingError("voices.code_there", name=name)
    return name, note
