"""What is not settled before a final run: a table of it, each row with the page where it is settled."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_security import current_user

from survey_app.console.permissions import may
from survey_app.console.tables import Column, Table
from survey_app.models import Area
from survey_app.scoring.final_checks import Open
from survey_app.scoring.pages.final_words import open_words, weak_words
from survey_app.values.rulebooks import rated_areas


def open_table(points: list[Open], name: str) -> Table:
    """What is not settled, in words."""
    columns = [Column("area", _("地区")), Column("kind", _("事项")), Column("detail", _("说明"), link="address")]
    words = open_words()
    rows = [{"area": point.area or _("全市"), "kind": words[point.kind], "detail": _detail(point)} for point in points]
    return Table(name, _("尚未落实的事项"), columns, rows)


def linked(table: Table, points: list[Open], city: Area, period: str, estimate_id: int | None) -> Table:
    """The same table with the page that settles each point, for those who may open it."""
    areas = {area.name: area for area in rated_areas(city)}
    rows = [
        {**row, "address": _settled_at(point, areas.get(point.area), period, estimate_id)}
        for row, point in zip(table.rows, points, strict=True)
    ]
    return replace(table, rows=rows)


def _detail(point: Open) -> str:
    if point.kind == "satisfaction_undecided":
        return weak_words(point.detail)
    return point.detail or open_words()[point.kind]


def _settled_at(point: Open, area: Area | None, period: str, estimate_id: int | None) -> str:
    """The address of the page where the point is settled; '' where the signed-in person may not open it."""
    endpoint = "console.value_page"
    values: dict[str, Any] = {"period": period, "area": area.code if area else ""}
    if point.kind in (
        "no_estimate",
        "estimate_not_approved",
        "estimate_unofficial",
        "estimate_interim",
        "estimate_not_official",
        "other_rulebook",
    ):
        endpoint = "console.estimate_page" if estimate_id else "console.estimates_page"
        values = {"run_id": estimate_id, "_anchor": "sign-off"} if estimate_id else {}
    elif point.kind == "no_counties":
        endpoint, values = "console.areas_page", {}
    elif point.kind == "unassigned":
        endpoint, values = "console.assignments_page", {"area": values["area"]}
    elif not point.indicator:
        return ""  # a run of an earlier version, which did not keep the number
    if endpoint == "console.value_page":
        values["indicator"] = point.indicator
    return url_for(endpoint, **values) if may(current_user.grants, endpoint, area) else ""


def counted(points: list[Open]) -> list[tuple[str, int]]:
    """How many points there are of each kind, the most first."""
    words = open_words()
    return [(words[kind], number) for kind, number in Counter(point.kind for point in points).most_common()]
