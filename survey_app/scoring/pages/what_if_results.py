"""Tables and figures of a possible future, from what a scenario keeps; the same while it is only tried out."""

from __future__ import annotations

from flask_babel import gettext as _

from analysis.scoring.documents import FutureDocument, OutlookDocument
from survey_app.console.figures import Figure
from survey_app.console.tables import Column, Table
from survey_app.scoring.charts import bars_chart, influence_chart

MOST_SHOWN = 12  # inputs in the figure; the table has all


def tables_of(result: FutureDocument) -> list[Table]:
    """Indicators that moved, and the upgrades."""
    tables = []
    if result["moved"]:
        columns = [
            Column("number", _("序号"), "number"),
            Column("name", _("三级指标")),
            Column("before", _("现在"), "number"),
            Column("after", _("改变后"), "number"),
        ]
        rows = [dict(zip(("number", "name", "before", "after"), row, strict=True)) for row in result["moved"]]
        tables.append(Table("moved", _("得分改变的指标"), columns, rows))
    upgrades = result["upgrades"]
    if upgrades and upgrades["upgrades"]:
        columns = [
            Column("number", _("序号"), "number"),
            Column("name", _("三级指标")),
            Column("lead", _("牵头部门")),
            Column("step", _("提升")),
            Column("gain", _("增加分数"), "number"),
            Column("words", _("要达到")),
        ]
        rows = [
            {
                "number": row["number"],
                "name": row["name"],
                "lead": "、".join(row["lead"]),
                "step": f"{row.get('from_name') or row['from_stars'] or '–'} → {row.get('to_name') or row['to_stars']}",
                "gain": row["gain"],
                "words": row["requirement"],
            }
            for row in upgrades["upgrades"]
        ]
        tables.append(Table("upgrades", _("需要的提升"), columns, rows))
    return tables


def figures_of(result: FutureDocument) -> list[Figure]:
    """The chance of each star, and what the total hangs on."""
    outlook = result["outlook"]
    if outlook is None:
        return []
    return [_stars(outlook["star_probability"]), *([_influences(outlook)] if outlook["influences"] else [])]


def _stars(chances: dict[str, float]) -> Figure:
    caption = _("各评级的概率")
    columns = [Column("star", _("评级")), Column("chance", _("概率"), "share")]
    rows = [{"star": name, "chance": chance} for name, chance in chances.items()]
    drawn = [{"name": name, "value": chances[name], "text": f"{chances[name]:.1%}"} for name in best_first(chances)]
    return Figure("stars", caption, bars_chart(drawn, _("概率")), Table("stars", caption, columns, rows))


def best_first(chances: dict[str, float]) -> list[str]:
    """The stars from the highest down, none at all last; stored the other way round."""
    *stars, none = chances
    return [*reversed(stars), none]


def _share(estimated: float) -> float:
    """An index lies in [0, 1]; its estimate from finitely many draws may miss that by a little."""
    return min(max(estimated, 0.0), 1.0)


def _influences(outlook: OutlookDocument) -> Figure:
    caption = _("哪些数值最要紧")
    columns = [
        Column("label", _("不确定的数值")),
        Column("first", _("单独的影响"), "share"),
        Column("total", _("连同交互的影响"), "share"),
    ]
    rows = [
        {"label": row["label"], "first": _share(row["first_order"]), "total": _share(row["total"])}
        for row in outlook["influences"]
    ]
    words = {"first": _("单独的影响"), "total": _("连同交互的影响"), "axis": _("占总分方差的份额")}
    drawn = [{"name": row["label"], "first": row["first"], "total": row["total"]} for row in rows[:MOST_SHOWN]]
    return Figure("influences", caption, influence_chart(drawn, words), Table("influences", caption, columns, rows))
