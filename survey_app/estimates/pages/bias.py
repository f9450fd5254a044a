"""Bias beside the figure, for the page of an estimate: what unequal answering would do, and who answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask_babel import gettext as _

from analysis.bias_told import fieldwork_told, nearest, open_told, response_told, tipping_told
from analysis.documents.estimate import EstimateDocument
from analysis.documents.open_beside import OpenBesideDocument
from analysis.documents.rows import DomainRow
from analysis.pseudo_weights import beside_told
from analysis.tipping import Mixture
from survey_app.console.figures import Figure
from survey_app.console.tables import Column, Table
from survey_app.drawing.charts import Row
from survey_app.estimates import charts
from survey_app.estimates.pages.words import domain_name, place_name
from survey_app.ground.zones import zones_of
from survey_app.surveys.columns import COUNTY_VARIABLE

LEAST, MOST = (0.2, 0.5), (1.5, 4.0)  # where the picture of kappa may begin and end
POINTS = 41


def told(result: EstimateDocument) -> tuple[str, ...]:
    return tuple(map(str, tipping_told(result, zones_of(result))))


def response_notes(result: EstimateDocument) -> tuple[str, ...]:
    """For the annex: who answered, when and to whom."""
    return tuple(map(str, (*response_told(result), *fieldwork_told(result.get("fieldwork")))))


def beside(result: EstimateDocument) -> tuple[str, ...]:
    """Of open answers: those that are the figure, or stand beside it; the measured gap first."""
    return tuple(map(str, (*beside_told(_named(result)), *open_told(result.get("open")))))


def _named(result: EstimateDocument) -> OpenBesideDocument | None:
    """With its variables in words."""
    found = result.get("open_beside")
    return {**found, "variables": [*map(domain_name, found["variables"])]} if found else None


def tipping_figure(result: EstimateDocument) -> Figure | None:
    """The truth by kappa, with the band that the figure's interval gives where it is a share."""
    found, decided = result.get("tipping"), result["decision"]
    if not found or not decided:
        return None
    tips = [row["kappa"] or 1.0 for row in nearest(found, decided["figure"])]
    low = min(LEAST[1], max(LEAST[0], 0.9 * min(tips, default=1.0)))
    high = max(MOST[0], min(MOST[1], 1.1 * max(tips, default=1.0)))
    own = Mixture(found["share"], found["satisfied"], found["others"])
    limits = (result["satisfied"]["lower"], result["satisfied"]["upper"])
    ends = limits if result["measure"]["official"] == "share" else (None, None)
    rows: list[Row] = []
    for place in range(POINTS):
        kappa = low + (high - low) * place / (POINTS - 1)
        lower, upper = (None if end is None else round(Mixture(end).truth(kappa), 6) for end in ends)
        rows.append({"kappa": round(kappa, 6), "truth": round(own.truth(kappa), 6), "lower": lower, "upper": upper})
    words = {"kappa": _("不满意者作答的机会是满意者的几倍(κ)"), "truth": _("真实满意度")}
    svg = charts.tipping_chart(rows, list(zones_of(result).lines), round(decided["figure"], 6), words)
    return Figure("tipping", _("两类人作答机会不同时的真实满意度"), svg, tipping(result))


def tipping(result: EstimateDocument) -> Table:
    """The kappa of each line, of the whole and of each county."""
    rows = [*_lines(_("全部"), result)]
    for county in result["domains"].get(COUNTY_VARIABLE, []):
        rows += _lines(county["level"], county)
    columns = [
        Column("name", _("范围")), Column("quarter", _("不满意者少答四分之一时"), "share"), Column("line", _("线"), "share"),
        Column("kappa", "κ", "fine"), Column("lower", _("下限"), "fine"), Column("upper", _("上限"), "fine"),
    ]  # fmt: skip
    return Table("tipping", _("κ为多少时结论改变"), columns, rows)


def _lines(name: str, place: EstimateDocument | DomainRow) -> Iterator[dict[str, object]]:
    found = place.get("tipping")
    for row in found["lines"] if found else ():
        yield {"name": name, "quarter": found and found["quarter"], **row}


def response_tables(result: EstimateDocument, sites: Mapping[str, str]) -> tuple[Table, ...]:
    """By site or class; none without a known sample. By margin it stands with the margins."""
    known = result.get("response")
    if not known:
        return ()
    groups = [{**row, "level": place_name(row["level"], sites)} for row in known["groups"]]
    columns = [
        Column("level", _("调查点") if known["basis"] == "sites" else _("类")),
        Column("stratum", _("层")),
        Column("cases", _("抽中的人"), "number"),
        Column("respondents", _("作答的人"), "number"),
        Column("rate", _("作答率"), "share"),
    ]
    return (Table("response", _("各处的作答率"), columns, groups),)


def arrivals(result: EstimateDocument) -> tuple[Table, ...]:
    """The figure by attempt, and by when answers came; a table each."""
    found = result.get("fieldwork") or {}
    titles = {"attempt": _("按联系次数"), "arrived": _("按作答先后")}
    columns = [
        Column("level", _("组")), Column("n", "n", "number"), Column("estimate", _("满意度"), "share"),
        Column("lower", _("下限"), "share"), Column("upper", _("上限"), "share"), Column("so_far", _("到此为止的满意度"), "share"),
    ]  # fmt: skip
    made = ((name, found[name]) for name in ("attempt", "arrived") if name in found)
    return tuple(Table(name, titles[name], columns, [*map(dict, one["levels"])]) for name, one in made)
