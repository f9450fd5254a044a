"""Files of other tools, for `questionnaires.interchange`, which opens no files: an XLSForm's sheets as text, SurveyJS's JSON."""

from __future__ import annotations

import json
from pathlib import Path

from questionnaires.interchange import Carried, InterchangeError, from_surveyjs, from_xlsform
from questionnaires.interchange.xlsform_in import SHEETS
from survey_app.files.cells import Broken, Grid, as_text
from survey_app.files.headed import letter
from survey_app.files.opening import opened
from survey_app.files.said import FileRefusedError
from wording import Message, Refusal

FORMS = (".xlsx", ".xls", ".csv")


def from_form(name: str, source: bytes | Path) -> Carried:
    """The questionnaire of an XLSForm, or of SurveyJS where the name ends in .json. Raises InterchangeError,
    FileRefusedError, OSError."""
    if not name.lower().endswith(".json"):
        return from_xlsform(form_sheets(name, source))
    body = source if isinstance(source, bytes) else source.read_bytes()
    try:
        return from_surveyjs(json.loads(body))
    except Refusal:
        raise
    except UnicodeDecodeError as error:
        raise InterchangeError("lines.not_utf8") from error
    except json.JSONDecodeError as error:
        raise InterchangeError("questionnaires.not_json", line=error.lineno) from error
    except (
        ValueError,
        RecursionError,
    ) as error:  # a number of thousands of digits, and what Python's stack cannot hold
        raise InterchangeError("questionnaires.json_deep") from error


def form_sheets(name: str, source: bytes | Path) -> dict[str, list[list[str]]]:
    """Name -> rows of text, none of a sheet that no XLSForm knows. Raises FileRefusedError, also for a column that is there twice and a cell without a value."""
    with opened(name, source, SHEETS, FORMS) as file:
        sheets: dict[str, list[list[str]]] = {title: [] for title in file.titles} | {
            grid.title: _texts(grid) for grid in file.sheets
        }
    return _in_one_text(*sheets.values()) if name.lower().endswith(".csv") else sheets


def _in_one_text(rows: list[list[str]]) -> dict[str, list[list[str]]]:
    """Sheets written below one another: a sheet's name in the first column, its rows from the second on."""
    sheets: dict[str, list[list[str]]] = {}
    if "type" in (said.strip().lower() for said in next(filter(any, rows), [])):
        return {"survey": rows}  # the one sheet that every form has, saved alone
    title = ""
    for number, row in enumerate(rows):
        if row and row[0]:
            title = row[0]
        if title and any(row[1:]):
            below = sheets.setdefault(title, [])
            below += [[] for _ in range(number - len(below))]  # each row at its number
            below.append(row[1:])
    return sheets


def _texts(grid: Grid) -> list[list[str]]:
    for row in grid.rows:
        for place, value in enumerate(row.values):
            if isinstance(value, Broken):
                where = f"{grid.title} {letter(place)}{row.number}"
                raise FileRefusedError(Message("files.at", place=where, said=value.words))
    rows: list[list[str]] = [[] for _ in range(grid.rows[-1].number if grid.rows else 0)]
    for row in grid.rows:
        rows[row.number - 1] = [as_text(value, row.formats.get(place, "")) for place, value in enumerate(row.values)]
    head = [said for said in next(filter(any, rows), []) if said]
    twice = next((said for said in head if head.count(said) > 1), None)
    if twice:
        raise FileRefusedError("files.column_twice_4", grid_title=grid.title, twice=twice)
    return rows
