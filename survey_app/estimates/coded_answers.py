"""Answers of many responses as small codes, question by question: read column by column, so that Python looks at distinct
values alone. A million responses take some hundred megabytes."""

from __future__ import annotations

import io
import json
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as arrow_json
from numpy.typing import NDArray

from analysis.question_figures import UNRANKED, Asked
from analysis.question_table import WHY_MISSING
from questionnaires.definition import Definition, Question
from questionnaires.items import Item, items_of
from questionnaires.logic import questions_in
from questionnaires.missing import missing_kind

Codes = NDArray[np.int32]
MEASURED = "measure"  # the definition's column of the official question
LISTS = ("multiple", "ranking")
BETWEEN = "\x1f"  # the options of a list, joined; no code has it
NO_ANSWER = -len(WHY_MISSING) - 1  # until it is known why
WHY = {kind: place - len(WHY_MISSING) for place, kind in enumerate(WHY_MISSING)}


class CodedAnswers:
    """items: the questions' columns. Responses are added in batches; of each column `coded` gives the levels, in the
    questionnaire's order, then as they were met, and the place of each response's level, or below 0 why there is none."""

    def __init__(self, definition: Definition, more_missing: Mapping[str, str]) -> None:
        """more_missing: codes of the official question that the plan calls no answer, and why."""
        self.definition, self.items = definition, items_of(definition)
        self._columns = {name: _Coded(item, definition) for name, item in self.items.items()}
        measured = self._columns.get(definition.columns.get(MEASURED, ""))
        if measured is not None:
            measured.place |= {code: WHY[why] for code, why in more_missing.items()}
        self._questions: dict[str, list[_Coded]] = {}
        for name, item in self.items.items():
            self._questions.setdefault(item.question.key, []).append(self._columns[name])
        self._schema = pa.schema([(key, _type(own[0].item.question)) for key, own in self._questions.items()])
        self._known: dict[tuple[Any, ...], int] = {}

    def add(self, texts: Sequence[str]) -> None:
        """The answers of some responses, each as its JSON is stored."""
        table = self._read(texts)
        fresh: dict[str, Codes] = {}
        for key, columns in self._questions.items():
            fresh |= (
                _lists(columns, table[key]) if columns[0].item.question.type in LISTS else _each(columns, table[key])
            )
        for columns in self._questions.values():
            looked_at = self._looked_at(columns[0].item.question)
            for column in columns:
                name = column.item.name
                blank = np.flatnonzero(fresh[name] == NO_ANSWER)
                if len(blank):
                    keys = [fresh[other][blank] for other in looked_at]
                    fresh[name][blank] = self._why(column.item, keys, blank, texts)
        for name, codes in fresh.items():
            self._columns[name].codes.frombytes(codes.tobytes())

    def coded(self, name: str) -> tuple[list[str], Codes]:
        """The levels of a column, and the code of each response."""
        column = self._columns[name]
        return column.levels, np.frombuffer(column.codes, dtype=np.int32)

    def _read(self, texts: Sequence[str]) -> pa.Table:
        """One column a question, of the type that its answers have; an answer of another type is none."""
        reading = arrow_json.ParseOptions(explicit_schema=self._schema, unexpected_field_behavior="ignore")
        try:
            return arrow_json.read_json(io.BytesIO("\n".join(texts).encode()), parse_options=reading)
        except pa.ArrowInvalid:
            rows = [json.loads(text) for text in texts]
            columns = [_typed([row.get(field.name) for row in rows], field.type) for field in self._schema]
            return pa.table(columns, schema=self._schema)

    def _looked_at(self, question: Question) -> list[str]:
        """The columns that decide whether the question, or a part of it, was shown."""
        rules = [rule for rule in (self.definition.rules[question.key], *question.parts.values()) if rule is not None]
        keys = dict.fromkeys(key for rule in rules for key in questions_in(rule))
        return [column.item.name for key in keys for column in self._questions.get(key, ())]

    def _why(self, item: Item, keys: list[Codes], blank: NDArray[np.int64], texts: Sequence[str]) -> Codes:
        """Why there is no answer; found once for all responses that agree in what the rules look at."""
        seen = np.column_stack(keys) if keys else np.zeros((len(blank), 1), dtype=np.int32)
        different, first, place = np.unique(seen, axis=0, return_index=True, return_inverse=True)
        found = []
        for row, at in zip(different.tolist(), first, strict=True):
            key = (item.name, *row)
            if key not in self._known:
                answers = json.loads(texts[blank[at]])
                why = missing_kind(
                    self.definition, item.question.key, answers, "" if item.question.type in LISTS else item.part
                )
                self._known[key] = WHY[why or "skipped"]
            found.append(self._known[key])
        return np.array(found, dtype=np.int32)[place.ravel()]


class _Coded:
    """One column while it is read. place: the text of an answer -> its code."""

    def __init__(self, item: Item, definition: Definition) -> None:
        self.item, self.codes = item, array("i")
        ending = definition.ending_codes(item.question)  # nobody who chose one is in the sample
        self.levels = [UNRANKED] if item.kind == "place" else [one for one in item.levels if one not in ending]
        self.place = {level: code for code, level in enumerate(self.levels)}
        if item.kind == "code":
            self.place |= {code: WHY[why] for code, why in item.question.missing_codes.items()}

    def code(self, level: str) -> int:
        if level not in self.place:
            self.place[level] = len(self.levels)
            self.levels.append(level)
        return self.place[level]

    def listed(self, chosen: str) -> int:
        """Of an option, in a list of those that were chosen or ranked."""
        codes = chosen.split(BETWEEN)
        level = self.item.level({self.item.question.key: codes})
        missing = [why for code in codes if (why := self.item.question.missing_codes.get(code))]
        return WHY[missing[0]] if missing else self.code(UNRANKED if level is None else level)


def _each(columns: Sequence[_Coded], answers: pa.ChunkedArray) -> dict[str, Codes]:
    """Of a question with one answer, or of each row of a matrix."""
    found = {}
    for column in columns:
        own = pc.struct_field(answers, column.item.part) if column.item.part else answers
        if column.item.kind == "written":
            found[column.item.name] = np.where(_written(own), 0, NO_ANSWER).astype(np.int32)
        else:
            found[column.item.name] = _coded(own, lambda value, column=column: column.code(_text(value)))
    return found


def _lists(columns: Sequence[_Coded], answers: pa.ChunkedArray) -> dict[str, Codes]:
    joined = pc.binary_join(answers, BETWEEN)
    return {column.item.name: _coded(joined, column.listed) for column in columns}


def _coded(values: pa.ChunkedArray, code: Any) -> Codes:
    """The code of each value, NO_ANSWER where there is none; `code` is asked once for each distinct value."""
    encoded = pc.dictionary_encode(values.combine_chunks())
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    codes = [NO_ANSWER if value in (None, "") else code(value) for value in encoded.dictionary.to_pylist()]
    places = encoded.indices.fill_null(len(codes)).to_numpy(zero_copy_only=False)
    return np.asarray(np.array([*codes, NO_ANSWER], dtype=np.int32)[places])


def _written(values: pa.ChunkedArray) -> NDArray[np.bool_]:
    return np.asarray(pc.fill_null(pc.greater(pc.utf8_length(values), 0), False).to_numpy())


def _text(value: str | int | float) -> str:
    """A level's text: 4 and 4.0 are one."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _type(question: Question) -> pa.DataType:
    if question.type in LISTS:
        return pa.list_(pa.string())
    if question.type == "matrix":
        return pa.struct([(row.key, pa.int64()) for row in question.rows])
    return {"scale": pa.int64(), "recommend": pa.int64(), "number": pa.float64()}.get(question.type, pa.string())


def _typed(values: list[Any], kind: pa.DataType) -> pa.Array:
    """The values that are of this type; None for the others."""
    try:
        return pa.array(values, type=kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.concat_arrays([_one(value, kind) for value in values])


def _one(value: Any, kind: pa.DataType) -> pa.Array:
    try:
        return pa.array([value], type=kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None], type=kind)


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
