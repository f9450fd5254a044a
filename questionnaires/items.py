"""Every question as columns of single values: what tables, domains and figures of a survey may name.

The names are those of the data files: the question's key; key_row for a row of a matrix; key_option for an option of a
multiple choice (1 where it was chosen, 0 where others were) or of a ranking (its place).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from questionnaires.definition import Definition, Question

Kind = Literal["code", "number", "date", "chosen", "place", "written"]
KINDS: dict[str, Kind] = {"number": "number", "date": "date", "short_text": "written", "long_text": "written"}
YES_NO = {"zh": ("否", "是"), "en": ("no", "yes")}
WROTE = "1"  # the one level of an open question: whoever wrote something


@dataclass(frozen=True)
class Item:
    """One column. part: the row or option it is of, '' for a whole question."""

    name: str
    question: Question
    part: str
    kind: Kind

    def level(self, answers: Mapping[str, object]) -> str | None:
        """What `answers`, as stored, hold here, as a text; None where there is no answer, whatever the reason."""
        answer = answers.get(self.question.key)
        if self.part and isinstance(answer, dict):
            answer = answer.get(self.part)
        if answer is None or answer in ("", [], {}):
            return None
        if isinstance(answer, list | tuple):
            if any(str(code) in self.question.missing_codes for code in answer):
                return None
            return _listed(self, [str(code) for code in answer])
        if self.kind == "written":
            return WROTE
        return None if str(answer) in self.question.missing_codes else str(answer)

    @property
    def levels(self) -> tuple[str, ...]:
        """The values an answer may have, in the questionnaire's order; () where they are what people write."""
        if self.kind == "chosen":
            return ("1", "0")
        if self.kind == "written":
            return (WROTE,)
        if self.question.type == "recommend":
            return tuple(str(number) for number in range(11))
        missing = self.question.missing_codes
        return tuple(choice.code for choice in self.question.options if choice.code not in missing) * (
            self.kind == "code"
        )

    def words(self, language: str) -> str:
        """The question, and what of it the column is of."""
        part = self.part_words(language)
        return f"{self.question.text[language]} {part}" if part else self.question.text[language]

    def part_words(self, language: str) -> str:
        """The row or option that the column is of; '' for a whole question."""
        rows = {row.key: row.text for row in self.question.rows} or {c.code: c.text for c in self.question.options}
        return rows[self.part][language] if self.part else ""

    def level_words(self, level: str, language: str) -> str:
        """The words of a level; the level itself where the questionnaire has none."""
        if self.kind in ("chosen", "written"):
            return YES_NO[language][level == "1"]
        found = next((choice.text for choice in self.question.options if choice.code == level), None)
        return found[language] if found is not None and self.kind == "code" else level


@lru_cache(maxsize=64)
def items_of(definition: Definition) -> dict[str, Item]:
    """Name -> column, in the questionnaire's order; an option that says why there is no answer is none."""
    return {item.name: item for question in definition.questions for item in _of(question)}


def _of(question: Question) -> list[Item]:
    key = question.key
    if question.type == "matrix":
        return [Item(f"{key}_{row.key}", question, row.key, "code") for row in question.rows]
    if question.type in ("multiple", "ranking"):
        kind: Kind = "chosen" if question.type == "multiple" else "place"
        codes = [choice.code for choice in question.options if choice.code not in question.missing_codes]
        return [Item(f"{key}_{code}", question, code, kind) for code in codes]
    return [] if question.type == "statement" else [Item(key, question, "", KINDS.get(question.type, "code"))]


def _listed(item: Item, chosen: list[str]) -> str | None:
    if item.kind == "chosen":
        return str(int(item.part in chosen))
    return str(chosen.index(item.part) + 1) if item.part in chosen else None
