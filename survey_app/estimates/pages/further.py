"""The further figures that a plan asks for, as tables: numbers in one, each pair of crossed columns in one of its own."""

from __future__ import annotations

from flask_babel import gettext as _

from analysis.documents.estimate import EstimateDocument
from analysis.documents.rows import NumberRow, TableRow
from survey_app.console.tables import Column, Table
from survey_app.estimates.pages.named import Named
from survey_app.estimates.pages.notices import worded


def asked(result: EstimateDocument, named: Named) -> tuple[Table, ...]:
    """None where the plan asks for nothing."""
    numbers = [row for row in result["figures"] if row["kind"] != "table"]
    crossed = [row for row in result["figures"] if row["kind"] == "table"]
    tables = [_crossed(row, f"crossed-{place}", named) for place, row in enumerate(crossed, 1)]
    return (*([_numbers(numbers, named)] if numbers else []), *tables)


def _numbers(figures: list[NumberRow], named: Named) -> Table:
    kinds = {
        "mean": _("均值"), "total": _("总量"), "ratio": _("比"), "quantile": _("分位数"), "difference": _("满意比例之差"),
    }  # fmt: skip
    rows = [
        {
            **row, "name": named.column(row["name"]), "kind": kinds[row["kind"]],
            "at": row["at"] if row["kind"] == "quantile" else None, "p": row["p"] if row["kind"] == "difference" else None,
            "note": "".join(worded(row["notices"])),
        }
        for row in figures
    ]  # fmt: skip
    columns = [
        Column("name", _("内容")), Column("level", _("组")), Column("kind", _("算法")), Column("at", _("分位"), "share"),
        Column("n", "n", "number"), Column("estimate", _("估计"), "fine"), Column("se", _("标准误"), "fine"),
        Column("lower", _("下限"), "fine"), Column("upper", _("上限"), "fine"), Column("df", _("自由度"), "number"),
        Column("p", "p", "p"), Column("note", _("说明")),
    ]  # fmt: skip
    return Table("further", _("其他数字"), columns, rows)


def _crossed(row: TableRow, name: str, named: Named) -> Table:
    """Shares of everybody who answered both; the test of independence in the caption."""
    first, second = row.get("table") or ("", "")
    rows = [
        {"row": named.level(first, level), **{f"c{place}": share for place, share in enumerate(shares)}}
        for level, shares in zip(row["rows"], row["shares"], strict=True)
    ]
    columns = [Column(f"c{place}", named.level(second, level), "share") for place, level in enumerate(row["columns"])]
    title = f"{named.column(first)} × {named.column(second)}" if first else row["name"]
    return Table(name, f"{title}; n = {row['n']:,}{_tested(row)}", [Column("row", named.column(first)), *columns], rows)


def _tested(row: TableRow) -> str:
    if row["p"] is None or row["F"] is None:
        said = "".join(worded(row["notices"]))
        return f"; {said}" if said else ""
    return (
        f"; Rao–Scott F = {row['F']:.2f}, p = {row['p']:.3f}"
        if row["p"] >= 0.001
        else f"; Rao–Scott F = {row['F']:.2f}, p < 0.001"
    )
