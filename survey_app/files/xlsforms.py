"""The sheets of an XLSForm as text, for `questionnaires.interchange`, which opens no files."""

from __future__ import annotations

from pathlib import Path

from questionnaires.interchange.xlsform_in import SHEETS
from survey_app.files.cells import Broken, Grid, as_text
from survey_app.files.headed import letter
from survey_app.files.opening import opened
from survey_app.files.said import FileRefusedError
from wording import Message


def form_sheets(name: str, source: bytes | Path) -> dict[str, list[list[str]]]:
    """Name -> rows of text, none of a sheet that no XLSForm knows. Raises FileRefusedError, also for a column that is there twice and a cell without a value."""
    with opened(name, source, SHEETS, (".xlsx",)) as file:
        return {title: [] for title in file.titles} | {grid.title: _texts(grid) for grid in file.sheets}


def _texts(grid: Grid) -> list[list[str]]:
    for row in grid.rows:
        for place, value in enumerate(row.values):
            if isinstance(value, Broken):
                where = f"{grid.title} {letter(place)}{row.number}"
                raise FileRefusedError(Message("files.at", place=where, said=value.words))
    rows = [[as_text(value, row.formats.get(place, "")) for place, value in enumerate(row.values)] for row in grid.rows]
    head = [said for said in (rows[0] if rows else []) if said]
    twice = next((said for said in head if head.count(said) > 1), None)
    if twice:
        raise FileRefusedError("files.column_twice_4", grid_title=grid.title, twice=twice)
    return rows
