"""`minyi gap`: what citizens feel beside what the rulebook counts, field by field."""

from __future__ import annotations

from pathlib import Path
from typing import NotRequired, TypedDict, final

import click
import numpy as np

from analysis.complaints import METHOD, FieldProblems, problem_shares
from analysis.documents.services import CityGapDocument, CountyFieldRow, CountyGapsDocument, FieldRankRow
from analysis.errors import AnalysisError
from analysis.perception_gap import across_counties, within_city
from definitions.numbers import figure_of
from survey_app.commands.support import JSON, fail, printed
from survey_app.estimates.as_json import in_language
from survey_app.estimates.reasons import said
from survey_app.files.rows_in import read_named
from survey_app.files.said import FileRefusedError, aloud
from wording import Message

COLUMNS = ("area", "field", "satisfaction", "se", "points_share")
RANKED = ("field", "satisfaction", "se", "satisfaction_rank", "rank_lower", "rank_upper", "points_share", "points_rank")
COMPLAINTS = "complaints"  # a column that may be there: reported problems, as `minyi tickets counts` gives them


class GapRow(TypedDict):
    """One line of the table."""

    area: str
    field: str
    satisfaction: float
    se: float
    points_share: float
    complaints: NotRequired[int]


class Problems(TypedDict, total=False):
    """Area -> its fields with their problems, where the table has them."""

    complaints: dict[str, list[FieldProblems]]
    complaints_method: str


@final
class CityGaps(CityGapDocument, Problems):
    """The document of one area."""


@final
class CountyGaps(CountyGapsDocument, Problems):
    """The document of several."""


@click.command(name="gap")
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--seed", type=int, default=1, show_default=True, help="Of the drawn intervals.")
@JSON
def command(table: Path, seed: int, as_json: bool) -> None:
    """Read TABLE (CSV: area, field, satisfaction, se, points_share) and set the two side by side.

    One area gives ranks with intervals; eight or more give residuals with simultaneous intervals; fewer are
    only described. There is no test that the two are equal: they have no common scale. A further column
    `complaints` (reported problems) adds each field's share of all problems of its area.
    """
    try:
        result = gaps(read(table), seed)
    except AnalysisError as error:
        fail(error)
    printed(in_language(result), as_json, lambda: readable(result))


def read(path: Path) -> list[GapRow]:
    """The rows of the table with their numbers. Raises AnalysisError naming the line."""
    try:
        table = read_named(path, COLUMNS, (COMPLAINTS,))
    except FileRefusedError as error:
        raise AnalysisError(f"{path}: {error}") from error
    aloud(path, table.notes)
    rows: list[GapRow] = []
    for row in table.rows:
        line = row.number
        try:
            satisfaction, se, points_share = (figure_of(row[name]) for name in COLUMNS[2:])
        except ValueError as error:
            raise AnalysisError("commands.line_satisfaction_se_points", path=path, line=line) from error
        if not 0 <= points_share <= 1 or se < 0:
            raise AnalysisError("lines.gap_line_limits", path=path, line=line)
        read: GapRow = {
            "area": row["area"], "field": row["field"], "satisfaction": float(satisfaction), "se": float(se),
            "points_share": float(points_share),
        }  # fmt: skip
        if COMPLAINTS in row.cells:
            if not row[COMPLAINTS].isdecimal():
                raise AnalysisError("commands.line_complaints_must_whole", path=path, line=line)
            read["complaints"] = int(row[COMPLAINTS])
        rows.append(read)
    return rows


def complaints(rows: list[GapRow]) -> Problems:
    if COMPLAINTS not in rows[0]:
        return {}
    areas: dict[str, list[GapRow]] = {}
    for row in rows:
        areas.setdefault(row["area"], []).append(row)
    found = {
        area: list(problem_shares([row["field"] for row in mine], [row["complaints"] for row in mine]))
        for area, mine in areas.items()
    }
    return {"complaints": found, "complaints_method": METHOD}


def gaps(rows: list[GapRow], seed: int) -> CityGaps | CountyGaps:
    areas = list(dict.fromkeys(row["area"] for row in rows))
    fields = list(dict.fromkeys(row["field"] for row in rows))
    satisfaction, se, share = (np.full((len(areas), len(fields)), np.nan) for _ in range(3))
    for row in rows:
        place = (areas.index(row["area"]), fields.index(row["field"]))
        if not np.isnan(se[place]):
            raise AnalysisError("lines.gap_twice", area=row["area"], field=row["field"])
        satisfaction[place], se[place], share[place] = row["satisfaction"], row["se"], row["points_share"]
    if len(areas) == 1:
        return {**within_city(fields, satisfaction[0], se[0], share[0], seed), **complaints(rows)}
    return {**across_counties(areas, fields, satisfaction, np.nan_to_num(se), share, seed), **complaints(rows)}


def readable(result: CityGaps | CountyGaps) -> str:
    lines = list(map(_rank_line, result["fields"])) if "fields" in result else list(map(_county_line, result["rows"]))
    lines.append(said(result["method"]))
    for area, fields in result.get("complaints", {}).items():
        for row in fields:
            limits = "" if row["lower"] is None else f" ({row['lower']:.1%} – {row['upper']:.1%})"
            share = "" if row["share"] is None else f"  {row['share']:.1%}{limits}"
            lines.append(f"{area} {row['field']}\t{Message('lines.gap_problems', n=row['problems'])}{share}")
    return "\n".join([*lines, *map(said, filter(None, [result.get("complaints_method")]))])


def _rank_line(row: FieldRankRow) -> str:
    shown = {name: value for name, value in row.items() if name in RANKED}
    return f"{Message('lines.gap_field', **shown)}{'  *' if row['differs'] else ''}"


def _county_line(row: CountyFieldRow) -> str:
    limits = "" if row["lower"] is None else f"  {row['residual']:+.3f} ({row['lower']:+.3f} – {row['upper']:+.3f})"
    points, mark = Message("lines.gap_points", share=row["points_share"]), "  *" if row["stands_out"] else ""
    return f"{row['county']} {row['field']}\t{row['satisfaction']:.3f}  {points}{limits}{mark}"
