"""Answers as files for a data platform, under the rules of the analysis export and by its own functions.

Day and unit, never minute, site or receipt; what is measured is left out while it is held. Only days that are over are told,
so that nobody learns by asking again and again whose answer has just come.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import Field
from werkzeug.wrappers import Response as BaseResponse
from werkzeug.wsgi import FileWrapper

from survey_app.api.frame import operation, survey_of
from survey_app.api.paging import Query
from survey_app.api.words import marked
from survey_app.ground import audit
from survey_app.ground.transaction import transaction
from survey_app.models import Survey
from survey_app.responses.parquet import write_table
from survey_app.responses.rows import Cell, file_rows
from survey_app.responses.variables import Variable, variables
from survey_app.surveys.shown_questions import shown_questions

PIECE = 65_536  # bytes read at a time
NDJSON, PARQUET = "application/x-ndjson", "application/vnd.apache.parquet"


class FileQuery(Query):
    """What for: it stands in the audit trail."""

    reason: str = Field(min_length=1, max_length=100, pattern=r"\S", description=marked("用途，写入审计记录"))
    language: Literal["zh", "en"] = Field("zh", description=marked("标签的语言"))


@operation("/surveys/<code>/responses.ndjson", "导出应答为NDJSON", "console.run_package", media=NDJSON, tag="responses")
def responses_ndjson(code: str, query: FileQuery) -> BaseResponse:
    """A line for each complete answer of days that are over: columns and codes of the analysis export."""
    survey = survey_of(code)
    columns = variables(shown_questions(survey), query.language)
    file, number = tempfile.TemporaryFile(), 0  # noqa: SIM115  # what is sent closes it
    for row in _rows(survey, columns):
        file.write(f"{json.dumps(_object(columns, row), ensure_ascii=False)}\n".encode())
        number += 1
    return _sent(survey, number, query.reason, file, NDJSON, "ndjson")


@operation(
    "/surveys/<code>/responses.parquet", "导出应答为Parquet", "console.run_package", media=PARQUET, tag="responses"
)
def responses_parquet(code: str, query: FileQuery) -> BaseResponse:
    """The same as one Parquet file."""
    survey = survey_of(code)
    columns = variables(shown_questions(survey), query.language)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "responses.parquet"
        number = write_table(_rows(survey, columns), columns, path)
        file = path.open("rb")  # outlives its name
    return _sent(survey, number, query.reason, file, PARQUET, "parquet")


def _rows(survey: Survey, columns: list[Variable]) -> Iterator[list[Cell]]:
    today = datetime.now(ZoneInfo(survey.time_zone)).date()
    day = next(place for place, column in enumerate(columns) if column.name == "day")
    return (row for row in file_rows(survey, columns) if str(row[day]) < str(today))


def _object(columns: list[Variable], row: list[Cell]) -> dict[str, Cell]:
    return {column.name: str(cell) if column.kind == "date" and cell is not None else cell for column, cell in zip(columns, row, strict=True)}  # fmt: skip


def _sent(survey: Survey, number: int, reason: str, file: IO[bytes], media: str, ending: str) -> BaseResponse:
    """Read from the disk as it leaves. No entity tag: sites are numbered anew in each file."""
    with transaction():
        audit.record("response.file", f"survey:{survey.code}", after={"responses": number}, reason=reason)
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    headers = {
        "Content-Disposition": f"attachment; filename={quote(survey.code)}.{ending}",
        "Cache-Control": "no-store",
    }
    sent = BaseResponse(FileWrapper(file, PIECE), content_type=media, headers=headers)
    sent.content_length = size
    return sent
