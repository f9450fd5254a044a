"""Small cells in the tables of the fieldwork page: hidden in the rows, with what would give them away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask_security import current_user

from survey_app.console.tables import Row, Table
from survey_app.models import Survey
from survey_app.surveys.small_cells import sees_all, shown_apart, shown_nested

COUNTED = ("sampled", "others", "screened_out", "voided", "flagged")
FOLLOWS = {
    "sampled": ("share", "minutes", "expected", "lower", "upper", "flagged_share"),
    "others": ("flagged_share",),
    "flagged": ("flagged_share",),
}


def hidden_progress(counties: Table, sites: Table, survey: Survey) -> tuple[Table, Table]:
    """Both tables with the small cells of every count hidden, sites and counties together; and what follows from them."""
    if sees_all(current_user.grants):
        return counties, sites
    above, below = [dict(row) for row in counties.rows], [dict(row) for row in sites.rows]
    for column in COUNTED:
        leaves: dict[Any, int] = {row["code"]: row[column] for row in below}
        parents = {row["code"]: row["county"] for row in below}
        shown, groups, _total = shown_nested(leaves, parents, current_user.grants, survey)
        for row in below:
            _set(row, column, shown[row["code"]])
        for row in above:
            _set(row, column, groups.get(row["name"]))
    return replace(counties, rows=above), replace(sites, rows=below)


def hidden_rates(counties: Table, sites: Table, places: dict[str, str], survey: Survey) -> tuple[Table, Table]:
    """Response rates without those that rest on few answers; `places`: county of each site by its name in the table."""
    if sees_all(current_user.grants) or not sites.rows:
        return counties, sites
    above, below = [dict(row) for row in counties.rows], [dict(row) for row in sites.rows]
    leaves: dict[Any, int] = {place: row["complete"] for place, row in enumerate(below)}
    parents = {place: places.get(row["name"], "") for place, row in enumerate(below)}
    shown, groups, _total = shown_nested(leaves, parents, current_user.grants, survey)
    for place, row in enumerate(below):
        if shown[place] is None:
            _clear(row)
    for row in above:
        if row["name"] in groups and groups[row["name"]] is None:
            _clear(row)
    return replace(counties, rows=above), replace(sites, rows=below)


def hidden_counts(table: Table, columns: tuple[str, ...], survey: Survey) -> Table:
    """A table of counts that overlap and have no total."""
    rows = [dict(row) for row in table.rows]
    for column in columns:
        shown = shown_apart({place: row[column] for place, row in enumerate(rows)}, current_user.grants, survey)
        for place, row in enumerate(rows):
            row[column] = shown[place]
    return replace(table, rows=rows)


def _set(row: Row, column: str, number: int | None) -> None:
    row[column] = number
    if number is None:
        row.update(dict.fromkeys(set(FOLLOWS.get(column, ())) & set(row)))


def _clear(row: Row) -> None:
    row.update(dict.fromkeys(set(row) - {"name"}))
