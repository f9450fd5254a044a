"""The columns of a data file: what the design needs under the names that plans use, then those of every question.

The same columns, names and codes in every format: data_files.py, statistics_files.py and parquet.py only write them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from questionnaires import MISSING_KINDS, Choice, Definition, Question, missing_kind
from questionnaires.definition import WRITTEN
from questionnaires.missing import MISSING_CODES
from wording import Message

Kind = Literal["whole", "number", "word", "text", "date"]
Codes = Mapping[str, int]
# Of a number that may be negative.
FAR_CODES: Codes = {kind: code - 999_999_900 for kind, code in MISSING_CODES.items()}


@dataclass(frozen=True)
class Variable:
    """One column of a data file. `labels`: code -> words; `missing`: why there is no answer -> the code that says so.

    kind: a whole number, a number, a worded code, free text, or a date. A column of an answer names its question, and
    its row or option as `part`.
    """

    name: str
    label: str
    kind: Kind
    labels: dict[Any, str] = field(default_factory=dict)
    question: str = ""
    part: str = ""
    chosen: bool = False  # 1 where the option `part` was chosen, 0 where the question was answered without it
    ranked: bool = False  # the place that was given to the option `part`
    missing: Codes = field(default_factory=dict)

    @property
    def numeric(self) -> bool:
        return self.kind in ("whole", "number")


DESIGN: dict[str, tuple[str, str, Kind]] = {
    "day": ("完成日期", "Day", "date"),
    "sample": ("抽样应答", "Sample response", "whole"),
    "stratum": ("层", "Stratum", "word"),
    "psu": ("抽样点(本文件内的编号)", "Sampled site (numbered in this file)", "word"),
    "base_weight": ("基础权数", "Base weight", "number"),
    "measure": ("总体评价", "The measured question", "whole"),
    "site_county": ("所在单元", "Fieldwork unit", "word"),
    "rated_county": ("计入的县(市、区)", "Counts in the county", "word"),
    "home_county": ("居住的县(市、区)", "County of residence", "word"),
    "sex": ("性别", "Sex", "word"),
    "age_band": ("年龄段", "Age band", "word"),
    "flagged": ("按计划计为有疑问", "Flagged by the plan's rule", "word"),
    "mode": ("作答方式", "Mode", "word"),
    "language": ("语言", "Language", "word"),
    "consent": ("同意书版本", "Consent version", "word"),
}
WORDS = {
    "not_shown": "responses.missing_not_shown",
    "skipped": "responses.missing_skipped",
    "dont_know": "responses.missing_dont_know",
    "refused": "responses.missing_refused",
    "not_used": "responses.missing_not_used",
}
NO_ANSWERS_OF = {"measure": ("not_shown", "skipped", "dont_know", "refused")}  # kinds a typed column tells apart


def variables(
    definition: Definition,
    language: str = "zh",
    with_text: bool = False,
    design: Mapping[str, tuple[str, str, Kind]] = DESIGN,
) -> list[Variable]:
    """The columns of a data file: `design`, then one or more for each question in order.

    Free text is left out unless asked for; it is stored masked. A question that is called as a column of the design
    is begins with q_.
    """
    columns = [_of_design(definition, name, language, *of) for name, of in design.items()]
    for question in definition.questions:
        for column in _of_question(question, language, with_text):
            columns.append(replace(column, name=f"q_{column.name}") if column.name in design else column)
    return columns


def value_of(column: Variable, definition: Definition, answers: Mapping[str, object]) -> Any:
    """What `column` holds of one response; definition: the version that was answered. A code of `column.missing` where
    there is no answer, None for free text that was not written and a rank that was not given."""
    if column.missing:
        why = missing_kind(definition, column.question, answers, column.part)
        if why is not None:
            return column.missing[why]
    value: Any = answers.get(column.question)
    if value is None:
        return None
    if column.chosen:
        return int(column.part in value)
    if column.ranked:
        return value.index(column.part) + 1 if column.part in value else None
    return value.get(column.part) if column.part else value


def missing_words(column: Variable, language: str) -> dict[int, str]:
    """The codes of a column's missing answers with their words."""
    return {code: Message(WORDS[why]).text(language) for why, code in column.missing.items()}


def day_of(value: Any) -> date | None:
    """A cell of a column of dates as a date; None for a code."""
    return date.fromisoformat(value) if isinstance(value, str) else value if isinstance(value, date) else None


def _of_design(definition: Definition, name: str, language: str, zh: str, en: str, kind: Kind) -> Variable:
    """A typed column has the labels of the question that fills it."""
    question = definition.question(definition.columns.get(name, ""))
    codes: Codes = {why: MISSING_CODES[why] for why in MISSING_KINDS if why in NO_ANSWERS_OF.get(name, ())}
    labels = _labels(question, language) if question is not None else {}
    if name in ("sample", "counted"):
        labels = _yes_no(language)
    return Variable(name, en if language == "en" else zh, kind, labels, missing=codes)


def _of_question(question: Question, language: str, with_text: bool) -> Iterator[Variable]:
    title, key = question.text[language], question.key
    if question.type in ("multiple", "ranking"):
        chosen = question.type == "multiple"
        for choice in question.options:
            yield Variable(
                f"{key}_{choice.code}", f"{title} {choice.text[language]}", "whole",
                _yes_no(language) if chosen else {}, key, choice.code,
                chosen=chosen, ranked=not chosen, missing=MISSING_CODES,
            )  # fmt: skip
    elif question.type == "matrix":
        for row in question.rows:
            yield Variable(
                f"{key}_{row.key}", f"{row.text[language]} — {title}", "whole", _labels(question, language), key,
                row.key, missing=MISSING_CODES,
            )  # fmt: skip
    elif question.type in WRITTEN and with_text:
        yield Variable(key, title, "text", {}, key)
    elif question.type not in ("statement", *WRITTEN):
        yield Variable(key, title, _kind(question), _labels(question, language), key, missing=_codes_beside(question))
    if question.other_field and with_text:
        yield Variable(question.other_field, title, "text", {}, question.other_field)


def _kind(question: Question) -> Kind:
    kinds: dict[str, Kind] = {"scale": "whole", "recommend": "whole", "number": "number", "date": "date"}
    return kinds.get(question.type, "word")


def _codes_beside(question: Question) -> Codes:
    """Codes that no answer to the question can be."""
    low = question.minimum
    negative = question.type == "number" and (low is None or low <= min(MISSING_CODES.values()))
    return FAR_CODES if negative else MISSING_CODES


def _labels(question: Question, language: str) -> dict[Any, str]:
    """Code -> words of every option that is an answer."""
    answers: list[Choice] = [choice for choice in question.options if choice.code not in question.missing_codes]
    whole = question.type in ("scale", "matrix")
    return {int(choice.code) if whole else choice.code: choice.text[language] for choice in answers}


def _yes_no(language: str) -> dict[Any, str]:
    return {0: "no", 1: "yes"} if language == "en" else {0: "否", 1: "是"}
