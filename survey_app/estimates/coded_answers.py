"""Answers of many responses as small codes, question by question: a million responses take some hundred megabytes."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Container, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.question_figures import UNRANKED, Asked
from analysis.question_table import WHY_MISSING
from questionnaires.definition import Definition, Question
from questionnaires.items import Item, items_of
from questionnaires.logic import Rule, questions_in
from questionnaires.missing import missing_kind

Answers = Mapping[str, object]
Kinds = Callable[
    [Answers, str], int
]  # answers and a row or option -> the code of why there is no answer; 0: not ranked
MEASURED = "measure"  # the definition's column of the official question
LISTS = ("multiple", "ranking")
WHY = {kind: place - len(WHY_MISSING) for place, kind in enumerate(WHY_MISSING)}


class CodedAnswers:
    """items: the questions' columns; levels: of each, in the questionnaire's order, then as they were met; codes: of each
    response, the place of the level or below 0 why there is none."""

    def __init__(self, definition: Definition, more_missing: Mapping[str, str]) -> None:
        """more_missing: codes of the official question that the plan calls no answer, and why."""
        self.definition = definition
        self.items = items_of(definition)
        self._columns = {
            name: _Coded(item, definition.ending_codes(item.question)) for name, item in self.items.items()
        }
        by_question: dict[str, list[_Coded]] = {}
        for name, item in self.items.items():
            by_question.setdefault(item.question.key, []).append(self._columns[name])
        self._lists: list[tuple[str, list[_Coded], Kinds, dict[tuple[Any, ...], tuple[int, ...]]]] = []
        self._single: list[tuple[str, list[_Coded], Kinds]] = []
        for key, columns in by_question.items():
            question = columns[0].item.question
            if definition.columns.get(MEASURED) == key:
                columns[0].place |= {code: WHY[why] for code, why in more_missing.items()}
            kinds = _why(definition, question)
            if question.type in LISTS:
                self._lists.append((key, columns, kinds, {}))
            else:
                self._single.append((key, columns, kinds))

    def add(self, answers: Answers) -> None:
        """The answers of one response, as stored."""
        for key, columns, kinds in self._single:
            answer = answers.get(key)
            for column in columns:
                column.add(answer, answers, kinds)
        for key, columns, kinds, known in self._lists:
            given: Any = answers.get(key)
            if not given:
                for column in columns:
                    column.codes.append(kinds(answers, ""))
                continue
            chosen = tuple(given)
            if chosen not in known:
                known[chosen] = tuple(column.listed(answers) for column in columns)
            for column, code in zip(columns, known[chosen], strict=True):
                column.codes.append(code)

    def coded(self, name: str) -> tuple[list[str], NDArray[np.int32]]:
        """The levels of a column, and the code of each response."""
        column = self._columns[name]
        return column.levels, np.frombuffer(column.codes, dtype=np.int32)


class _Coded:
    """One column while it is read. place: what an answer holds -> its code."""

    def __init__(self, item: Item, ending: Container[str]) -> None:
        self.item = item
        self.levels = [UNRANKED] if item.kind == "place" else [one for one in item.levels if one not in ending]
        self.codes: array[int] = array("i")
        self.place: dict[Any, int] = {level: code for code, level in enumerate(self.levels)}
        if item.kind not in ("chosen", "place", "written"):
            self.place |= {code: WHY[why] for code, why in item.question.missing_codes.items()}

    def add(self, answer: Any, answers: Answers, kinds: Kinds) -> None:
        item = self.item
        if item.part and answer is not None:
            answer = answer.get(item.part)
        if answer is None or answer == "":
            self.codes.append(kinds(answers, item.part))
            return
        if item.kind == "written":
            self.codes.append(0)
            return
        code = self.place.get(answer)
        if code is None:  # a number meets its text once
            code = self.place[answer] = self._code(str(answer))
        self.codes.append(code)

    def listed(self, answers: Answers) -> int:
        """Of an option among those that were chosen or ranked."""
        level = self.item.level(answers)
        if level is not None:
            return self._code(level)
        given: Any = answers[self.item.question.key]
        missing = {self.item.question.missing_codes.get(code) for code in given} - {None}
        return WHY[min(str(why) for why in missing)] if missing else self._code(UNRANKED)

    def _code(self, level: str) -> int:
        if level not in self.place:
            self.place[level] = len(self.levels)
            self.levels.append(level)
        return self.place[level]


def _why(definition: Definition, question: Question) -> Kinds:
    """Why a question has no answer; found once for all responses that agree in what its rules look at."""
    rules = [definition.rules[question.key], *question.parts.values()]
    looked_at = tuple(dict.fromkeys(key for rule in rules if rule is not None for key in _keys(rule)))
    known: dict[tuple[Any, ...], int] = {}

    def kinds(answers: Answers, part: str) -> int:
        seen = (part, *(str(answers.get(key)) for key in looked_at))
        if seen not in known:
            known[seen] = WHY[missing_kind(definition, question.key, answers, part) or "skipped"]
        return known[seen]

    return kinds


def _keys(rule: Rule) -> tuple[str, ...]:
    return tuple(questions_in(rule))


def asked_of(definition: Definition, scale: tuple[int, ...], satisfied: tuple[int, ...]) -> dict[str, Asked]:
    """What decides the numbers of each column. scale, satisfied: codes of the official question."""
    codes = {str(code) for code in scale}
    counted = tuple(str(code) for code in satisfied)
    return {
        name: Asked(
            item.kind,
            recommends=item.question.type == "recommend",
            scaled=item.question.type in ("scale", "matrix"),
            satisfied=counted if item.question.type in ("scale", "matrix") and set(item.levels) == codes else (),
            measured=definition.columns.get(MEASURED) == name,
        )
        for name, item in items_of(definition).items()
    }
