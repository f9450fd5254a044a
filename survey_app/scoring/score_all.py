"""Score a city and its counties from a folder of value files or a workbook with one sheet for each area."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.scoring import Satisfaction, SatisfactionError, load_rulebook, score
from definitions.numbers import share_of
from survey_app.files.headed import headed
from survey_app.files.opening import opened
from survey_app.files.rows_in import NamedRow, read_named
from survey_app.files.said import FileRefusedError, Note, aloud
from survey_app.values.files import KNOWN, ValueFileError, Wrong, read_table, read_value_file, rows_of
from wording import Message

CITY_RULEBOOK, COUNTY_RULEBOOK = "jining-2023-municipal", "jining-2023-county"
ENDINGS = (".xlsx", ".csv", ".json")
RESERVED = "satisfaction.csv"
LOCK = Note(Message("scoring.lock_file_excel_passed"))


@dataclass(frozen=True)
class Scored:
    """Scorecards by area, the city apart, and what was wrong with the areas that could not be scored."""

    city: str
    cards: dict[str, dict[str, Any]]
    failures: dict[str, str]


def score_all(source: Path, city: str, estimate: Path | None, variable: str) -> Scored:
    """Score every area found in `source`. A bad file stops nothing; it is listed in `failures`.

    Raises ValueFileError where the source itself cannot be used.
    """
    figures = _figures(source, estimate, variable, city)
    cards, failures = {}, {}
    for area, read in _areas(source, city).items():
        rulebook = load_rulebook(CITY_RULEBOOK if area == city else COUNTY_RULEBOOK)
        try:
            figure = figures(area)
            cards[area] = score(rulebook, read(rulebook), figure).as_dict()
        except (ValueFileError, SatisfactionError) as error:
            failures[area] = str(error)
    if not cards and not failures:
        raise ValueFileError([Wrong(str(source), "no value file of an area was found")])
    return Scored(city, cards, failures)


def read_ratings(path: Path) -> dict[str, str]:
    """Earlier stars from a CSV with the columns area, star. Raises ValueFileError."""
    known = {star.name for star in load_rulebook(COUNTY_RULEBOOK).stars} | {load_rulebook(COUNTY_RULEBOOK).no_star}
    wrong, ratings = [], {}
    for row in _rows(path, ("area", "star")):
        if row["star"] not in known:
            wrong.append(Wrong(f"{path.name} row {row.number} column star", f"'{row['star']}' is no rating"))
        ratings[row["area"]] = row["star"]
    if wrong:
        raise ValueFileError(wrong)
    return ratings


def _areas(source: Path, city: str) -> dict[str, Any]:
    """Area name -> a function that reads its values under a rulebook."""
    if source.is_dir():
        found = sorted(item for item in source.iterdir() if item.suffix.lower() in ENDINGS and item.name != RESERVED)
        locks = [item for item in found if item.name.startswith("~$")]
        for lock in locks:
            aloud(lock.name, [LOCK])
        found = [item for item in found if item not in locks]
        return {item.stem: (lambda book, item=item: read_value_file(item, book)) for item in found}
    if source.suffix.lower() == ".xlsx" and source.is_file():
        try:
            with opened(source.name, source) as book:
                tables = {grid.title: headed(grid, KNOWN) for grid in book.sheets if grid.rows}
        except FileRefusedError as error:
            raise ValueFileError([Wrong(source.name, str(error))]) from error
        tables.pop("satisfaction", None)
        for name, table in tables.items():
            aloud(f"{source.name} {name}", table.notes)
        return {
            name: (lambda rulebook, name=name, table=table: read_table(name, rows_of(table), rulebook))
            for name, table in tables.items()
        }
    raise ValueFileError(
        [Wrong(str(source), "expected a folder of value files, or a workbook with a sheet for each area")]
    )


def _figures(source: Path, estimate: Path | None, variable: str, city: str) -> Any:
    """Area name -> its satisfaction: from an estimate, else from satisfaction.csv in the folder, else unknown."""
    if estimate is not None:
        try:
            document = json.loads(estimate.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ValueFileError([Wrong(str(estimate), "not a readable JSON document")]) from error
        return lambda area: Satisfaction.from_estimate(document, None if area == city else (variable, area))
    listed = source / RESERVED if source.is_dir() else None
    if listed is None or not listed.is_file():
        return lambda area: None
    figures, wrong = {}, []
    for row in _rows(listed, ("area", "satisfaction")):
        try:
            figures[row["area"]] = Satisfaction.from_figure(float(share_of(row["satisfaction"])))
        except (ValueError, SatisfactionError) as error:
            wrong.append(Wrong(f"{listed.name} row {row.number} column satisfaction", str(error)))
    if wrong:
        raise ValueFileError(wrong)
    return lambda area: figures.get(area)


def _rows(path: Path, columns: tuple[str, ...]) -> tuple[NamedRow, ...]:
    try:
        table = read_named(path, columns)
    except FileRefusedError as error:
        raise ValueFileError([Wrong(str(path), str(error))]) from error
    aloud(path.name, table.notes)
    return table.rows
