"""A survey's responses for other programs: CSV, a workbook, SPSS and Stata, each with its labels.

Neither minute nor site nor receipt: the day, and sites as numbers drawn anew for each file, whose rows stand in an order
that says nothing. Minute and site are in the file for review (review_file.py), which has no answers.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from questionnaires import Definition, Question
from questionnaires.definition import WRITTEN
from survey_app.models import Response, Survey, db
from survey_app.responses.labels import random_sites
from survey_app.surveys.present_weights import present_weights
from survey_app.surveys.shown_questions import shown_questions
from wording import Refusal

BATCH = 5_000
ENDINGS = (".csv", ".xlsx", ".sav", ".dta")
NUMERIC = ("scale", "matrix", "recommend", "number")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
SHEET_ROWS = 1_048_575  # what a worksheet holds below its heading


class ResponseFileError(Refusal):
    """A file that cannot be written, in the user's words."""


@dataclass(frozen=True)
class Variable:
    """One column of a data file. `labels`: code -> words, for programs that show words and count codes.

    `numeric` columns hold numbers. A column of an answer names its question, and its row or option as `part`.
    """

    name: str
    label: str
    numeric: bool
    labels: dict[Any, str] = field(default_factory=dict)
    question: str = ""
    part: str | None = None
    chosen: bool = False  # 1 where the option `part` was chosen, 0 where the question was answered without it
    ranked: bool = False  # the place that was given to the option `part`


def variables(definition: Definition, language: str = "zh", with_text: bool = False) -> list[Variable]:
    """The columns of a data file: what the design needs, then one or more for each question in order.

    Free text is left out unless asked for; it is stored masked.
    """
    yes_no = {0: "否" if language == "zh" else "no", 1: "是" if language == "zh" else "yes"}
    words = _DESIGN_LABELS[language]
    columns = [Variable(name, words[name], name in ("base_weight", "sample")) for name in words]
    for question in definition.questions:
        columns += _of_question(question, language, yes_no, with_text)
    return columns


def _of_question(question: Question, language: str, yes_no: dict[Any, str], with_text: bool) -> Iterator[Variable]:
    title, key = question.text[language], question.key
    if question.type == "multiple":
        for choice in question.options:
            words = f"{title} {choice.text[language]}"
            yield Variable(f"{key}_{choice.code}", words, True, yes_no, key, choice.code, chosen=True)
    elif question.type == "ranking":
        for choice in question.options:
            yield Variable(
                f"{key}_{choice.code}", f"{title} {choice.text[language]}", True, {}, key, choice.code, ranked=True
            )
    elif question.type == "matrix":
        for row in question.rows:
            words = f"{title} {row.text[language]}"
            yield Variable(f"{key}_{row.key}", words, True, _labels(question, language), key, row.key)
    elif question.type not in ("statement", *WRITTEN) or (question.type in WRITTEN and with_text):
        yield Variable(key, title, question.type in NUMERIC, _labels(question, language), key)
    if question.other_field and with_text:
        yield Variable(question.other_field, title, False, {}, question.other_field)


def write_responses(survey: Survey, out: Path, language: str = "zh", with_text: bool = False) -> int:
    """Write every complete response of `survey` to `out`, by its ending, and give their number.

    Of a held official survey the official question is left out.
    CSV and XLSX hold a batch of rows at a time; SPSS and Stata files are written whole. The file appears only when
    it is complete. Raises ResponseFileError.
    """
    columns = variables(shown_questions(survey), language, with_text)
    return write_rows(_rows(survey, columns), columns, out, survey.title)


def write_rows(rows: Iterator[list[Any]], columns: Sequence[Variable], out: Path, title: str) -> int:
    """Write `rows` in the format of `out`'s ending and give their number. Raises ResponseFileError."""
    if out.suffix.lower() not in ENDINGS:
        raise ResponseFileError("responses.data_file_ends", name=out.name, endings=ENDINGS)
    write = {".csv": _csv, ".xlsx": _xlsx, ".sav": _sav, ".dta": _dta}[out.suffix.lower()]
    partial = out.with_name(f".{out.stem}.part{out.suffix.lower()}")
    try:
        number = write(rows, columns, partial, title)
        if not number:
            raise ResponseFileError("responses.none_complete", title=title)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return number


_DESIGN_LABELS = {
    "zh": {
        "day": "完成日期", "sample": "抽样应答", "stratum": "层", "psu": "抽样点(本文件内的编号)", "base_weight": "基础权数", "mode": "方式", "language": "语言", "site_county": "所在单元",
        "rated_county": "计入的县(市、区)", "consent": "同意书版本",
    },
    "en": {
        "day": "Day", "sample": "Sample response", "stratum": "Stratum", "psu": "Sampled site (numbered in this file)",
        "base_weight": "Base weight", "mode": "Mode", "language": "Language", "site_county": "Fieldwork unit", "rated_county": "Counts in the county",
        "consent": "Consent version",
    },
}  # fmt: skip


def _labels(question: Question, language: str) -> dict[Any, str]:
    if question.type in ("scale", "matrix"):
        return {int(choice.code): choice.text[language] for choice in question.options}
    return {choice.code: choice.text[language] for choice in question.options}


def _rows(survey: Survey, columns: Sequence[Variable]) -> Iterator[list[Any]]:
    sites, zone = random_sites(site.code for site in survey.sites), ZoneInfo(survey.time_zone)
    weights = present_weights(survey)
    last, survey_id = "", survey.id
    while True:  # by receipts, which are drawn at random
        query = select(Response).where(Response.survey_id == survey_id, Response.receipt > last)
        batch = db.session.scalars(
            query.where(Response.state == "complete").order_by(Response.receipt).limit(BATCH)
        ).all()
        if not batch:
            return
        last = batch[-1].receipt
        for row in batch:
            design = {
                "day": row.finished_at.astimezone(zone).strftime("%Y-%m-%d"), "sample": int(row.probability),
                "stratum": row.stratum, "psu": sites.get(row.psu), "base_weight": weights.get(row.psu) if row.probability else None, "mode": row.mode,
                "language": row.language, "site_county": row.site_county, "rated_county": row.rated_county,
                "consent": row.answers.get("_consent"),
            }  # fmt: skip
            yield [_answer(row.answers, column) if column.question else design[column.name] for column in columns]
            db.session.expunge(row)


def _answer(answers: dict[str, Any], column: Variable) -> Any:
    value = answers.get(column.question)
    if value is None:
        return None
    if column.chosen:
        return int(column.part in value)
    if column.ranked:
        return value.index(column.part) + 1 if column.part in value else None
    return value.get(column.part) if column.part is not None else value


def _csv(rows: Iterator[list[Any]], columns: Sequence[Variable], out: Path, _title: str) -> int:
    number = 0
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in columns])
        for row in rows:
            writer.writerow([_harmless(value) for value in row])
            number += 1
    return number


def _xlsx(rows: Iterator[list[Any]], columns: Sequence[Variable], out: Path, title: str) -> int:
    """Two sheets: the answers with words under worded headings, and the list of columns with their codes."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("应答")
    sheet.freeze_panes = "A2"
    sheet.append([column.label for column in columns])
    number = 0
    for row in rows:
        number += 1
        if number > SHEET_ROWS:
            raise ResponseFileError("responses.worksheet_holds", title=title, rows=SHEET_ROWS)
        sheet.append([_harmless(column.labels.get(value, value)) for column, value in zip(columns, row, strict=True)])
    labels = book.create_sheet("编码")
    labels.append(["列", "含义", "编码", "文字"])
    for column in columns:
        for code, words in column.labels.items() or [("", "")]:
            labels.append([column.name, column.label, code, words])
    book.save(out)
    return number


def _sav(rows: Iterator[list[Any]], columns: Sequence[Variable], out: Path, title: str) -> int:
    import pyreadstat

    frame, labels, values = _coded(rows, columns, 64, 240)
    if len(frame):
        pyreadstat.write_sav(
            frame, str(out), file_label=_cut(title, 60), column_labels=labels, variable_value_labels=values
        )
    return len(frame)


def _dta(rows: Iterator[list[Any]], columns: Sequence[Variable], out: Path, title: str) -> int:
    import pyreadstat

    frame, labels, values = _coded(rows, columns, 32, 70)
    if len(frame):
        pyreadstat.write_dta(
            frame, str(out), file_label=_cut(title, 70), column_labels=labels, variable_value_labels=values, version=15
        )
    return len(frame)


def _coded(
    rows: Iterator[list[Any]], columns: Sequence[Variable], longest_name: int, longest_label: int
) -> tuple[Any, dict[str, str | None], dict[str, dict[Any, str]]]:
    """Data frame, variable labels and value labels. Worded codes become 1, 2, … in the definition's order."""
    numbered = [_numbered(column) for column in columns]
    places = [{code: place for place, code in enumerate(column.labels, 1)} for column in columns]
    coded = (
        [
            place.get(value) if column.labels and not column.numeric else value
            for column, place, value in zip(columns, places, row, strict=True)
        ]
        for row in rows
    )
    frame, names = _frame(coded, numbered, longest_name)
    labels: dict[str, str | None] = {
        name: _cut(column.label, longest_label) for column, name in zip(numbered, names, strict=True)
    }
    values = {
        name: {code: _cut(words, 100) for code, words in column.labels.items()}
        for column, name in zip(numbered, names, strict=True)
        if column.labels
    }
    return frame, labels, values


def _numbered(column: Variable) -> Variable:
    if column.numeric or not column.labels:
        return column
    labels = dict(enumerate(column.labels.values(), 1))
    return Variable(column.name, column.label, True, labels, column.question, column.part)


def _frame(rows: Iterator[list[Any]], columns: Sequence[Variable], longest: int) -> tuple[Any, list[str]]:
    """A data frame with names that SPSS and Stata take: letters, digits and underscores, none used twice."""
    import pandas as pd

    names: list[str] = []
    for column in columns:
        name = re.sub(r"\W", "_", column.name.replace("+", "_plus"), flags=re.ASCII)[:longest]
        name = name if name[0].isalpha() else f"v_{name}"[:longest]
        while name.lower() in {taken.lower() for taken in names}:
            name = f"{name[: longest - 4]}_{len(names)}"
        names.append(name)
    frame = pd.DataFrame(list(rows), columns=names)
    for column, name in zip(columns, names, strict=True):
        if column.numeric:
            frame[name] = pd.to_numeric(frame[name]).astype("float64")
        else:
            frame[name] = frame[name].fillna("").astype(str)
    return frame, names


def _cut(words: str, octets: int) -> str:
    """At most `octets` of UTF-8, which is what these formats count."""
    return words.encode()[:octets].decode(errors="ignore")


def _harmless(value: Any) -> Any:
    """A spreadsheet program would run text that begins like a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
