"""A survey's responses for other programs: CSV, a workbook, SPSS and Stata, each with its labels and its list of codes.

What the columns are stands in variables.py, what the rows hold in rows.py, SPSS and Stata in statistics_files.py.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from survey_app.archives.at_hand import reads_answers
from survey_app.documents.spreadsheets import add, harmless
from survey_app.jobs.queue import Progress, counting
from survey_app.models import Survey
from survey_app.responses.rows import Cell, file_rows, number_of_complete
from survey_app.responses.statistics_files import write_dta, write_sav
from survey_app.responses.variables import Variable, day_of, missing_words, variables
from survey_app.responses.written import Style, Written
from survey_app.surveys.shown_questions import shown_questions
from wording import Refusal

ENDINGS = (".csv", ".xlsx", ".sav", ".dta")
WRITING = ("正在写应答", "writing responses")
SHEET_ROWS = 1_048_575  # what a worksheet holds below its heading


class ResponseFileError(Refusal):
    """A file that cannot be written, in the user's words."""


@reads_answers
def write_responses(
    survey: Survey, out: Path, language: str = "zh", with_text: bool = False, guarded: bool = True,
    progress: Progress | None = None,
) -> Written:  # fmt: skip
    """Write every complete response of `survey` to `out`, by its ending; beside a CSV, the list of its codes.

    Of a held official survey the official question is left out.
    CSV and XLSX hold a batch of rows at a time; SPSS and Stata files are written whole. The file appears only when
    it is complete. Raises ResponseFileError.
    """
    columns = variables(shown_questions(survey), language, with_text)
    style = Style(survey.title, language, guarded)
    rows = counting(file_rows(survey, columns), number_of_complete(survey), progress, *WRITING)
    found = write_rows(rows, columns, out, style)
    if out.suffix.lower() == ".csv":
        write_codes(columns, out.with_name(f"{out.stem}-codes.csv"), language)
    return found


def write_rows(rows: Iterator[list[Cell]], columns: Sequence[Variable], out: Path, style: Style) -> Written:
    """Write `rows` in the format of `out`'s ending. Raises ResponseFileError."""
    if out.suffix.lower() not in ENDINGS:
        raise ResponseFileError("responses.data_file_ends", name=out.name, endings=ENDINGS)
    write = {".csv": _csv, ".xlsx": _xlsx, ".sav": write_sav, ".dta": write_dta}[out.suffix.lower()]
    partial = out.with_name(f".{out.stem}.part{out.suffix.lower()}")
    try:
        found = write(rows, columns, partial, style)
        if not found.rows:
            raise ResponseFileError("responses.none_complete", title=style.title)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return found


def write_codes(columns: Sequence[Variable], out: Path, language: str) -> None:
    """The code list of a CSV or Parquet file: column, code, words, and why it is no answer where it is none."""
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["column", "label", "code", "words", "missing"])
        for column in columns:
            writer.writerows(_codes_of(column, language))


def _codes_of(column: Variable, language: str) -> Iterable[list[Any]]:
    for code, words in column.labels.items():
        yield [column.name, column.label, code, words, ""]
    for (why, code), words in zip(column.missing.items(), missing_words(column, language).values(), strict=True):
        yield [column.name, column.label, code, words, why]


def _csv(rows: Iterator[list[Cell]], columns: Sequence[Variable], out: Path, style: Style) -> Written:
    number = 0
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in columns])
        for row in rows:
            writer.writerow([harmless(value) for value in row] if style.guarded else row)
            number += 1
    return Written(number)


def _xlsx(rows: Iterator[list[Cell]], columns: Sequence[Variable], out: Path, style: Style) -> Written:
    """Two sheets: the answers with words under worded headings, and the list of columns with their codes."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("应答")
    sheet.freeze_panes = "A2"
    add(sheet, [column.label for column in columns], guarded=False)
    words = [{**missing_words(column, style.language), **column.labels} for column in columns]
    number = 0
    for row in rows:
        number += 1
        if number > SHEET_ROWS:
            raise ResponseFileError("responses.worksheet_holds", title=style.title, rows=SHEET_ROWS)
        shown = [
            (day_of(value) if column.kind == "date" else None) or own.get(value, value)
            for column, own, value in zip(columns, words, row, strict=True)
        ]
        add(sheet, shown, style.guarded)
    labels = book.create_sheet("编码")
    labels.append(["列", "含义", "编码", "文字"])
    for column in columns:
        for line in [*_codes_of(column, style.language)] or [[column.name, column.label, "", ""]]:
            add(labels, line[:4])
    book.save(out)
    return Written(number)
