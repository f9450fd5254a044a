"""One small check per question type: from the texts a form sent to a typed answer, None, or a refusal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from definitions.numbers import NumberRefusedError, folded, number_of
from questionnaires.definition import Question

Form = Mapping[str, Sequence[str]]
Answer: TypeAlias = str | int | float | list[str] | dict[str, int] | dict[str, str]  # as it is stored
Answers: TypeAlias = dict[str, Answer]
Check = Callable[[Question, Form, "date | None"], "Answer | None"]
RECOMMEND = frozenset(str(number) for number in range(11))
OTHER_LENGTH = 200
DECIMALS = 6  # of a number
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)


class RefusedError(Exception):
    """What a form field holds cannot be an answer; `message` is a message key of the page."""

    def __init__(self, field: str, message: str) -> None:
        self.field, self.message = field, message


def own_words(question: Question, answer: Any, form: Form) -> str | None:
    """What was written beside 'other, please say', if that option was chosen. Raises RefusedError."""
    if not question.other_field:
        return None
    chosen = answer if isinstance(answer, list) else [answer]
    if not any(choice.other and choice.code in chosen for choice in question.options):
        return None
    words = cleaned(form.get(question.other_field, ()), lines=False)
    if len(words) > OTHER_LENGTH:
        raise RefusedError(question.other_field, "too_long")
    return words or None


def cleaned(values: Sequence[str], lines: bool = True) -> str:
    """The first value without outer blanks and what nobody can read; without `lines`, in one line.

    Control, surrogate and private characters go, a tab becomes a blank. What this interpreter's tables do not know
    yet stays: a new emoji, a rare character in the name of a place.
    """
    text = unicodedata.normalize("NFC", values[0]).replace("\r\n", "\n").replace("\t", " ") if values else ""
    if not text.isprintable():
        text = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Co"))
    kept = text.strip()
    return kept if lines else " ".join(kept.split())


def _one(form: Form, field: str, codes: frozenset[str]) -> str | None:
    values = [value for value in form.get(field, ()) if value != ""]
    if not values:
        return None
    if len(values) > 1 or values[0] not in codes:
        raise RefusedError(field, "not_an_option")
    return values[0]


def _single(question: Question, form: Form, _today: date | None) -> str | None:
    return _one(form, question.key, question.codes)


def _scale(question: Question, form: Form, _today: date | None) -> int | None:
    code = _one(form, question.key, question.codes)
    return None if code is None else int(code)


def _recommend(question: Question, form: Form, _today: date | None) -> int | None:
    code = _one(form, question.key, RECOMMEND)
    return None if code is None else int(code)


def _multiple(question: Question, form: Form, _today: date | None) -> list[str] | None:
    values = [value for value in form.get(question.key, ()) if value != ""]
    if not values:
        return None
    if len(set(values)) != len(values) or not question.codes.issuperset(values):
        raise RefusedError(question.key, "not_an_option")
    alone = question.exclusive_codes.intersection(values)
    if len(values) > 1 and alone:
        raise RefusedError(question.key, "exclusive")
    if not alone and len(values) < (question.min_choices or 0):
        raise RefusedError(question.key, "too_few")
    if len(values) > (question.max_choices or len(values)):
        raise RefusedError(question.key, "too_many")
    return values


def _matrix(question: Question, form: Form, _today: date | None) -> dict[str, int] | None:
    found = {}
    for row in question.rows:
        field = f"{question.key}__{row.key}"
        code = _one(form, field, question.codes)
        if code is not None:
            found[row.key] = int(code)
        elif question.required:
            raise RefusedError(field, "required")
    return found or None


def _ranking(question: Question, form: Form, _today: date | None) -> list[str] | None:
    """Codes in order: from a rank beside each option, or as a list under the key (files)."""
    whole = [value for value in form.get(question.key, ()) if value != ""]
    if whole:
        if len(set(whole)) != len(whole) or not question.codes.issuperset(whole):
            raise RefusedError(question.key, "not_an_option")
        ranked = whole
    else:
        ranked = _by_rank(question, form)
    if not ranked:
        return None
    if len(ranked) < (question.min_choices or 0):
        raise RefusedError(question.key, "too_few")
    if len(ranked) > question.most_ranked:
        raise RefusedError(question.key, "too_many")
    return ranked


def _by_rank(question: Question, form: Form) -> list[str]:
    ranks: dict[int, str] = {}
    for choice in question.options:
        field = f"{question.key}__{choice.code}"
        rank = _one(form, field, frozenset(str(place) for place in range(1, len(question.options) + 1)))
        if rank is None:
            continue
        if int(rank) in ranks:
            raise RefusedError(field, "rank_twice")
        ranks[int(rank)] = choice.code
    if sorted(ranks) != list(range(1, len(ranks) + 1)):
        raise RefusedError(question.key, "rank_gap")
    return [ranks[place] for place in sorted(ranks)]


def _number(question: Question, form: Form, _today: date | None) -> int | float | None:
    text = next(iter(form.get(question.key, ())), "")
    if not folded(text):
        return None
    try:
        number = number_of(text)
    except NumberRefusedError:
        raise RefusedError(question.key, "not_a_number") from None
    if number != round(number, DECIMALS):
        raise RefusedError(question.key, "not_a_number")
    if question.whole and number != number.to_integral_value():
        raise RefusedError(question.key, "not_whole")
    if (question.minimum is not None and number < question.minimum) or (
        question.maximum is not None and number > question.maximum
    ):
        raise RefusedError(question.key, "out_of_range")
    return int(number) if number == number.to_integral_value() else float(number)


def _date(question: Question, form: Form, today: date | None) -> str | None:
    values = form.get(question.key, ())
    text = unicodedata.normalize("NFKC", values[0]).strip() if values else ""
    if not text:
        return None
    match = _DATE.fullmatch(text)
    try:
        day = date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        day = None
    if day is None:
        raise RefusedError(question.key, "not_a_date")
    earliest, latest = (today if limit == "today" else limit for limit in (question.earliest, question.latest))
    if (isinstance(earliest, date) and day < earliest) or (isinstance(latest, date) and day > latest):
        raise RefusedError(question.key, "out_of_range")
    return day.isoformat()


def _text(question: Question, form: Form, _today: date | None) -> str | None:
    words = cleaned(form.get(question.key, ()), lines=question.type == "long_text")
    if not words:
        return None
    if len(words) > question.max_length:
        raise RefusedError(question.key, "too_long")
    if len(words) < question.min_length:
        raise RefusedError(question.key, "too_short")
    if question.pattern and not re.fullmatch(question.pattern, words):
        raise RefusedError(question.key, "pattern")
    return words


CHECKS: dict[str, Check] = {
    "single": _single,
    "dropdown": _single,
    "scale": _scale,
    "recommend": _recommend,
    "multiple": _multiple,
    "matrix": _matrix,
    "ranking": _ranking,
    "number": _number,
    "date": _date,
    "short_text": _text,
    "long_text": _text,
}
