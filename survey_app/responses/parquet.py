"""The database's responses as Parquet files, partitioned by wave and county, in batches of bounded memory."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import select

from questionnaires import Definition, kept_definition
from questionnaires.definition import WRITTEN
from survey_app.models import Response, Survey, db
from survey_app.responses.labels import random_sites
from survey_app.surveys.present_weights import present_weights
from survey_app.surveys.shown_questions import shown_questions
from wording import Refusal

BATCH = 20_000
TYPED: dict[str, pa.DataType] = {
    "measure": pa.int64(), "stratum": pa.string(), "psu": pa.string(), "base_weight": pa.float64(),
    "home_county": pa.string(), "rated_county": pa.string(), "sex": pa.string(), "age_band": pa.string(),
    "mode": pa.string(), "language": pa.string(),
}  # fmt: skip
FIXED: dict[str, pa.DataType] = {
    "day": pa.date32(), "state": pa.string(), "probability": pa.bool_(), "flagged": pa.bool_(),
}  # fmt: skip


class ExportError(Refusal):
    """The folder cannot take an export, or there is nothing to export."""


def export_parquet(survey: Survey, folder: Path) -> int:
    """Write the survey's responses under folder/wave=…/site_county=…/ and return their number.

    Answers become columns typed from the definition: whole numbers for scales, text for choices, one true/false
    column per option of a multiple choice, one column per row of a matrix. Free text stays in the database, and so do
    minute, site and, of a held official survey, the official question: sites are numbers drawn anew for each export, and rows stand in an order that says nothing.
    Raises ExportError where this wave is already there.
    """
    wave = folder / f"wave={quote(survey.code)}"
    if wave.exists():
        raise ExportError("responses.folder_there", folder=wave)
    definition = kept_definition(survey.questionnaire.body, survey.questionnaire.name)
    shown = shown_questions(survey, definition)
    answers = answer_columns(shown)
    schema = pa.schema([*FIXED.items(), *TYPED.items(), *((name, kind) for name, (kind, _) in answers.items())])
    number, weights = 0, present_weights(survey)
    sites, zone = random_sites(site.code for site in survey.sites), ZoneInfo(survey.time_zone)
    for county in _counties(survey):
        part = wave / f"site_county={quote(county)}"
        part.mkdir(parents=True)
        with pq.ParquetWriter(part / "responses.parquet", schema, compression="zstd") as writer:
            for rows in _batches(survey, county):
                table = _columns(rows, weights, answers)
                if shown is not definition:
                    table["measure"] = [None] * len(rows)
                table["psu"] = [sites.get(row.psu) for row in rows]
                table["day"] = [row.finished_at.astimezone(zone).date() for row in rows]
                arrays = {field.name: pa.array(table[field.name], field.type) for field in schema}
                writer.write_table(pa.table(arrays, schema=schema))
                number += len(rows)
    if not number:
        raise ExportError("responses.none_to_export", title=survey.title)
    return number


def answer_columns(definition: Definition) -> dict[str, tuple[pa.DataType, tuple[str, str | None]]]:
    """Column -> its type and where it stands in the answers: the question's key, and a row or option or None."""
    columns: dict[str, tuple[pa.DataType, tuple[str, str | None]]] = {}
    for question in definition.questions:
        name = f"q_{question.key}"
        kind = question.type
        if kind in (*WRITTEN, "statement"):
            continue
        if kind == "multiple":
            for option in question.options:
                columns[f"{name}_{option.code}"] = (pa.bool_(), (question.key, str(option.code)))
        elif kind == "matrix":
            for row in question.rows:
                columns[f"{name}_{row.key}"] = (pa.int64(), (question.key, row.key))
        elif kind == "ranking":  # the place of each option
            for option in question.options:
                columns[f"{name}_{option.code}"] = (pa.int64(), (question.key, option.code))
        elif kind == "number":
            columns[name] = (pa.float64(), (question.key, None))
        elif kind in ("scale", "recommend"):
            columns[name] = (pa.int64(), (question.key, None))
        else:
            columns[name] = (pa.string(), (question.key, None))
    return columns


def _counties(survey: Survey) -> list[str]:
    query = select(Response.site_county).where(Response.survey_id == survey.id).distinct()
    return sorted(db.session.scalars(query))


def _batches(survey: Survey, county: str) -> Iterator[list[Response]]:
    """Rows by ascending id, a batch at a time and shuffled in it: no cursor is held and nothing is read twice."""
    last = 0
    while True:
        query = (
            select(Response)
            .where(Response.survey_id == survey.id, Response.site_county == county, Response.id > last)
            .order_by(Response.id)
            .limit(BATCH)
        )
        rows = list(db.session.scalars(query))
        if not rows:
            return
        last = rows[-1].id
        random.SystemRandom().shuffle(rows)
        yield rows
        db.session.expunge_all()


def _columns(
    rows: list[Response], weights: dict[str, float], answers: Mapping[str, tuple[Any, tuple[str, str | None]]]
) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for name in ("state", "probability", "flagged", *TYPED):
        columns[name] = [getattr(row, name) for row in rows]
    columns["base_weight"] = [weights.get(row.psu) if row.probability else None for row in rows]
    for name, (kind, (question, part)) in answers.items():
        columns[name] = [_answer(row.answers.get(question), part, kind) for row in rows]
    return columns


def _answer(value: Any, part: str | None, kind: pa.DataType) -> Any:
    if value is None:
        return None
    if part is not None and pa.types.is_boolean(kind):
        return part in [str(chosen) for chosen in value]
    if part is not None and isinstance(value, list):
        return value.index(part) + 1 if part in value else None
    if part is not None:
        value = value.get(part)
    if value is None or pa.types.is_string(kind):
        return None if value is None else str(value)
    try:
        return float(value) if pa.types.is_floating(kind) else int(value)
    except (TypeError, ValueError):  # 'not used' and the like have no place on the scale
        return None
