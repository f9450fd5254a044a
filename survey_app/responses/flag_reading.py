"""All complete responses of a survey as small numbers, read as a stream: what the flags are made from.

A million responses take a few hundred megabytes this way; their answers as they are stored would take gigabytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from analysis.quality_flags import Codes, Flag, Floats
from questionnaires import Definition, Question
from questionnaires.logic import holds
from survey_app.models import Response, Survey, db
from survey_app.responses.process import seconds_taken

CHOSEN = ("single", "scale", "dropdown", "recommend")
CHUNK = 5_000


@dataclass(frozen=True)
class Answers:
    """One entry per response, by id. seconds: NaN where a clerk or a file brought it; codes (n, questions): -1 where
    there is no answer; clocked: the moment it was finished is the server's, on arrival; matrices: per matrix question (n, rows) as rated; signs: flags a single response shows."""

    ids: Codes
    site: Codes
    finished: Floats
    seconds: Floats
    clocked: NDArray[np.bool_]
    codes: Codes
    matrices: tuple[Codes, ...]
    signs: tuple[Flag, ...]


def read_answers(survey: Survey, definition: Definition) -> Answers:
    """Read them in chunks; no more than one chunk of stored answers is in memory at a time."""
    reader = _Reader(definition)
    query = (
        select(Response.id, Response.psu, Response.mode, Response.started_at, Response.finished_at, Response.answers)
        .where(Response.survey_id == survey.id, Response.state == "complete")
        .order_by(Response.id)
        .execution_options(yield_per=CHUNK)
    )
    for rows in db.session.execute(query).partitions():
        reader.take(rows)
    return reader.answers()


@dataclass
class _Reader:
    """What has been read so far, column by column in chunks."""

    definition: Definition
    known: list[dict[str, int]] = field(default_factory=list)  # per column: answer -> its number
    sites: dict[str, int] = field(default_factory=dict)
    chunks: list[tuple[NDArray[Any], ...]] = field(default_factory=list)
    signs: list[Flag] = field(default_factory=list)
    read: int = 0

    def __post_init__(self) -> None:
        questions = self.definition.questions
        self.chosen = [question.key for question in questions if question.type in CHOSEN]
        self.matrices: list[Question] = [question for question in questions if question.type == "matrix"]
        self.known = [{"": -1} for _ in range(len(self.chosen) + sum(len(q.rows) for q in self.matrices))]

    def take(self, rows: Iterable[Any]) -> None:
        """One chunk."""
        rows = list(rows)
        for place, row in enumerate(rows, start=self.read):
            self.signs += _signs(place, row.answers, self.definition)
        self.read += len(rows)
        rated = [
            np.array(
                [[lines.get(item.key, -1) for item in question.rows] for row in rows
                 for lines in (row.answers.get(question.key) or {},)], dtype=np.int16,
            ).reshape(len(rows), len(question.rows))
            for question in self.matrices
        ]  # fmt: skip
        self.chunks.append(
            (
                np.array([row.id for row in rows], dtype=np.int64),
                np.array([self.sites.setdefault(row.psu, len(self.sites)) for row in rows], dtype=np.int32),
                np.array([row.finished_at.timestamp() for row in rows]),
                np.array([np.nan if (taken := seconds_taken(row)) is None else taken for row in rows]),
                np.array([row.mode == "web" and row.finished_at.microsecond > 0 for row in rows], dtype=bool),
                np.array([self._codes(row.answers) for row in rows], dtype=np.int32).reshape(
                    len(rows), len(self.known)
                ),
                *rated,
            )
        )

    def _codes(self, answers: Mapping[str, Any]) -> list[int]:
        """Every chosen answer as a number; -1 where there is none."""
        values = [str(answers.get(key, "")) for key in self.chosen]
        for question in self.matrices:
            lines = answers.get(question.key) or {}
            values += [str(lines.get(item.key, "")) for item in question.rows]
        return [known.setdefault(value, len(known) - 1) for known, value in zip(self.known, values, strict=True)]

    def answers(self) -> Answers:
        if not self.chunks:
            nothing = np.zeros(0)
            none = np.zeros(0, dtype=np.int64)
            return Answers(none, none, nothing, nothing, none.astype(bool), none.reshape(0, 0), (), ())
        ids, site, finished, seconds, clocked, codes, *matrices = (
            np.concatenate(part) for part in zip(*self.chunks, strict=True)
        )
        return Answers(ids, site, finished, seconds, clocked, codes, tuple(matrices), tuple(self.signs))


def _signs(place: int, answers: Mapping[str, Any], definition: Definition) -> Iterator[Flag]:
    """What one response shows by itself."""
    for pair in definition.contradictions:
        if holds(pair.rule, answers):
            yield Flag(place, "contradiction", 1.0, pair.text.zh, pair.text.en)
    if answers.get("_inattentive"):
        yield Flag(place, "inattentive", 1.0, "未按要求回答注意力检查题", "an attention check was not met")
    if answers.get("_again"):
        times = int(answers["_again"])
        yield Flag(
            place, "repeat", times / (times + 1), f"同一浏览器半天内在此已答过{times}份",
            f"this browser had sent {times} complete answers here within half a day",
        )  # fmt: skip
    if answers.get("_unripe"):
        wait = int(answers["_unripe"])
        yield Flag(
            place, "unripe", 1.0, f"该点位当时很忙，问卷发出{wait}秒内就已提交",
            f"sent within {wait} s of being handed out while the site was busy",
        )  # fmt: skip
    if answers.get("_trap"):
        yield Flag(
            place, "trap", 1.0, "填写了看不见的字段，可能是程序", "an invisible field was filled, as programs do"
        )
