"""`minyi gap`: what citizens feel beside what the rulebook counts, field by field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np

from analysis.complaints import METHOD, problem_shares
from analysis.errors import AnalysisError
from analysis.perception_gap import across_counties, within_city
from definitions.numbers import figure_of
from survey_app.commands.support import JSON, fail, printed
from survey_app.estimates.as_json import in_language
from survey_app.estimates.reasons import said
from survey_app.files.rows_in import NamedRow, read_named
from survey_app.files.said import FileRefusedError, aloud
from wording import Message

COLUMNS = ("area", "field", "satisfaction", "se", "points_share")
RANKED = ("field", "satisfaction", "se", "satisfaction_rank", "rank_lower", "rank_upper", "points_share", "points_rank")
COMPLAINTS = "complaints"  # a column that may be there: reported problems, as `minyi tickets counts` gives them


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


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of the table with their numbers. Raises AnalysisError naming the line."""
    try:
        table = read_named(path, COLUMNS, (COMPLAINTS,))
    except FileRefusedError as error:
        raise AnalysisError(f"{path}: {error}") from error
    aloud(path, table.notes)
    rows = []
    for row in table.rows:
        line = row.number
        try:
            numbers = {name: figure_of(row[name]) for name in COLUMNS[2:]}
        except ValueError as error:
            raise AnalysisError("commands.line_satisfaction_se_points", path=path, line=line) from error
        if not 0 <= numbers["points_share"] <= 1 or numbers["se"] < 0:
            raise AnalysisError("lines.gap_line_limits", path=path, line=line)
        rows.append({"area": row["area"], "field": row["field"], **numbers, **_complaints(row, path, line)})
    return rows


def _complaints(row: NamedRow, path: Path, line: int) -> dict[str, int]:
    if COMPLAINTS not in row.cells:
        return {}
    if not row[COMPLAINTS].isdecimal():
        raise AnalysisError("commands.line_complaints_must_whole", path=path, line=line)
    return {COMPLAINTS: int(row[COMPLAINTS])}


def complaints(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Area -> its fields with their problems, where the table has them."""
    if COMPLAINTS not in rows[0]:
        return {}
    areas: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        areas.setdefault(row["area"], []).append(row)
    found = {
        area: [
            share.as_dict()
            for share in problem_shares([row["field"] for row in mine], [row[COMPLAINTS] for row in mine])
        ]
        for area, mine in areas.items()
    }
    return {COMPLAINTS: found, "complaints_method": METHOD}


def gaps(rows: list[dict[str, Any]], seed: int) -> dict[str, Any]:
    areas = list(dict.fromkeys(row["area"] for row in rows))
    fields = list(dict.fromkeys(row["field"] for row in rows))
    tables = {name: np.full((len(areas), len(fields)), np.nan) for name in COLUMNS[2:]}
    for row in rows:
        place = (areas.index(row["area"]), fields.index(row["field"]))
        if not np.isnan(tables["se"][place]):
            raise AnalysisError("lines.gap_twice", area=row["area"], field=row["field"])
        for name, table in tables.items():
            table[place] = row[name]
    satisfaction, se, share = tables["satisfaction"], tables["se"], tables["points_share"]
    if len(areas) == 1:
        return {**within_city(fields, satisfaction[0], se[0], share[0], seed), **complaints(rows)}
    return {
        **across_counties(areas, fields, satisfaction, np.nan_to_num(se), share, seed), **complaints(rows),
    }  # fmt: skip


def readable(result: dict[str, Any]) -> str:
    lines = []
    for row in result.get("fields", []):
        mark = "  *" if row["differs"] else ""
        lines.append(f"{Message('lines.gap_field', **{name: row[name] for name in RANKED})}{mark}")
    for row in result.get("rows", []):
        limits = "" if row["lower"] is None else f"  {row['residual']:+.3f} ({row['lower']:+.3f} – {row['upper']:+.3f})"
        mark = "  *" if row["stands_out"] else ""
        lines.append(
            f"{row['county']} {row['field']}\t{row['satisfaction']:.3f}  "
            f"{Message('lines.gap_points', share=row['points_share'])}{limits}{mark}"
        )
    lines.append(said(result["method"]))
    for area, fields in result.get(COMPLAINTS, {}).items():
        for row in fields:
            limits = "" if row["lower"] is None else f" ({row['lower']:.1%} – {row['upper']:.1%})"
            share = "" if row["share"] is None else f"  {row['share']:.1%}{limits}"
            lines.append(f"{area} {row['field']}\t{Message('lines.gap_problems', n=row['problems'])}{share}")
    return "\n".join([*lines, *map(said, filter(None, [result.get("complaints_method")]))])
