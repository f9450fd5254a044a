"""The complete responses as Parquet files, partitioned by wave and county, in batches of bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import select

from survey_app.archives.at_hand import reads_answers
from survey_app.jobs.queue import Progress, counting
from survey_app.models import Response, Survey, db
from survey_app.responses.data_files import WRITING, write_codes
from survey_app.responses.rows import Cell, file_rows, number_of_complete
from survey_app.responses.variables import DESIGN, Kind, Variable, variables
from survey_app.surveys.shown_questions import shown_questions
from wording import Refusal

BATCH = 20_000
TYPES: dict[Kind, pa.DataType] = {
    "whole": pa.int64(), "number": pa.float64(), "word": pa.string(), "text": pa.string(), "date": pa.string(),
}  # fmt: skip
CODES = "_codes.csv"  # readers of a folder of Parquet files pass over what begins so


class ExportError(Refusal):
    """The folder cannot take an export, or there is nothing to export."""


@reads_answers
def export_parquet(
    survey: Survey, folder: Path, language: str = "zh", with_text: bool = False, progress: Progress | None = None
) -> int:
    """Write the survey's complete responses under folder/wave=…/site_county=…/ and return their number.

    The columns, codes and rows of a CSV, each county's in a file of its own, with the list of codes beside them.
    Raises ExportError where this wave is already there.
    """
    wave = folder / f"wave={quote(survey.code)}"
    if wave.exists():
        raise ExportError("responses.folder_there", folder=wave)
    counties = select(Response.site_county).where(Response.survey_id == survey.id, Response.state == "complete")
    found = sorted(db.session.scalars(counties.distinct()))
    if not found:
        raise ExportError("responses.none_to_export", title=survey.title)
    inside = {name: of for name, of in DESIGN.items() if name != "site_county"}  # it names the folder
    columns = variables(shown_questions(survey), language, with_text, inside)
    number, whole = 0, number_of_complete(survey)
    for county in found:
        part = wave / f"site_county={quote(county)}"
        part.mkdir(parents=True)
        rows = counting(file_rows(survey, columns, county), whole, progress, *WRITING, before=number)
        number += write_table(rows, columns, part / "responses.parquet")
    write_codes(columns, wave / CODES, language)
    return number


def write_table(rows: Iterator[list[Cell]], columns: Sequence[Variable], out: Path) -> int:
    """One Parquet file of these columns; how many rows it has. A day is a date, a date that was answered its text or code."""
    schema = pa.schema([(column.name, _type(column)) for column in columns])
    number = 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        while batch := list(islice(rows, BATCH)):
            arrays = [
                pa.array([_plain(value, field.type) for value in values], field.type)
                for field, values in zip(schema, zip(*batch, strict=True), strict=True)
            ]
            writer.write_table(pa.table(arrays, schema=schema))
            number += len(batch)
    return number


def _type(column: Variable) -> pa.DataType:
    return pa.date32() if column.kind == "date" and not column.question else TYPES[column.kind]


def _plain(value: Cell, kind: pa.DataType) -> Any:
    return str(value) if value is not None and pa.types.is_string(kind) else value
