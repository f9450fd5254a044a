"""Tables of what the figure is under other choices: other definitions, and without each group that moves it most."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from analysis.documents.comparisons import VariantDocument
from analysis.documents.estimate import EstimateDocument
from survey_app.console.tables import Column, Table
from survey_app.estimates.names import change_names, definition_names
from survey_app.estimates.pages.notices import worded
from survey_app.estimates.pages.words import domain_name, outcome_name, place_name
from survey_app.estimates.reasons import said


def definitions(result: EstimateDocument) -> Table:
    names = definition_names()
    rows = [
        {
            "name": names.get(row["definition"], row["definition"]),
            "figure": row["figure"],
            "outcome": outcome_name(row),
            "used": _("本计划") if row["used"] else "",
        }
        for row in result["definitions"]
    ]
    columns = [
        Column("name", _("口径")),
        Column("figure", _("数值"), "share"),
        Column("outcome", _("结论")),
        Column("used", _("采用")),
    ]
    return Table("definitions", _("换一种满意度口径(文件未定义公众满意度，本计划在调查前选定)"), columns, rows)


def sensitivity(result: EstimateDocument, sites: Mapping[str, str]) -> list[Table]:
    """Choices, strata, sites and days of one network, as far as the run has them."""
    found = result.get("sensitivity")
    if not found:
        return []
    parts = [
        ("choices", _("换权数、校准、作答方式与剔除"), found["choices"]),
        ("strata", _("逐一去掉调查单元"), found["strata"]),
        ("sites", _("逐一去掉抽样点(影响最大的)"), found["sites"]),
        ("networks", _("逐一去掉过半来自同一网络的日子(共用无线网络也会如此)"), found.get("networks", [])),
    ]
    return [
        Table(name, caption, _variant_columns(rows), _variants(rows, sites)) for name, caption, rows in parts if rows
    ]


def _variant_columns(rows: list[VariantDocument]) -> list[Column]:
    """Responses stand beside n where they differ. Runs of earlier releases counted them, with or without an answer, alone."""
    counted = any(row.get("responses") is not None for row in rows)
    sizes = [Column("n", _("涉及的n"), "number")] if counted else []
    if any(row["n"] is not None and row.get("responses") != row["n"] for row in rows):
        sizes.append(Column("responses", _("涉及的应答(份)"), "number"))
    return [
        Column("change", _("做法")), *sizes, Column("figure", _("满意度"), "share"),
        Column("difference", _("差"), "share"), Column("outcome", _("结论")), Column("turned", _("结论改变")),
        Column("note", _("说明")),
    ]  # fmt: skip


def _variants(rows: list[VariantDocument], sites: Mapping[str, str]) -> list[dict[str, object]]:
    names = change_names()
    return [
        {
            "change": f"{names.get(row['change'], row['change'])} {_place(row, sites)}".strip(), "n": row["n"],
            "responses": row.get("responses", row["n"]), "figure": row["figure"], "difference": row["difference"],
            "outcome": outcome_name(row), "turned": _("改变") if row["changes_outcome"] else "",
            "note": "".join([said(row["note"]), *worded(row.get("notices", ()))]),
        }
        for row in rows
    ]  # fmt: skip


def _place(row: VariantDocument, sites: Mapping[str, str]) -> str:
    if row["change"] in ("without_margin",):
        return domain_name(row["level"])
    return place_name(row["level"], sites)
