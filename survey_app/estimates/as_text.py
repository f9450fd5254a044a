"""An estimate as lines for a terminal, in the language of the command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analysis.bias_told import fieldwork_told, open_told, response_told, tipping_told
from analysis.documents.estimate import EstimateDocument
from analysis.documents.further import DriversDocument, NoDrivers
from analysis.documents.rows import DomainRow, FurtherRow
from analysis.driver_table import based_on_told
from analysis.next_survey import told as settling_told
from analysis.notices import NoticeDocument
from analysis.pseudo_weights import beside_told
from analysis.verdict import cost_of
from analysis.zones import Zone, Zones
from survey_app.estimates.names import change_names, definition_names, missing_names, quadrant_name
from survey_app.estimates.reasons import said as reason
from survey_app.ground.percent import percent
from survey_app.ground.verdicts import exception_of, rank_range, rows_told, verdict_of
from survey_app.ground.zones import programme_told, zones_of
from wording import Message, again, joined

OFFICIAL = {"share": "terminal.share", "index": "terminal.as_index"}
SAMPLING = {"probability": "terminal.probability_sample", "open": "terminal.open_sample"}
KINDS = {
    "mean": "terminal.mean",
    "total": "terminal.total",
    "ratio": "terminal.ratio",
    "quantile": "terminal.quantile",
    "difference": "terminal.difference",
    "table": "terminal.table",
}


def readable(result: EstimateDocument) -> str:
    """The estimate for a terminal."""
    share, decision = result["satisfied"], result["decision"]
    interval = share["interval"] or Message("terminal.no_interval")
    lines: list[Message | str] = [
        Message(
            "terminal.figures", n=result["n"], df=result["df"], deff=_number(result["design_effect"]),
            effective=_number(result["effective_n"]),
        ),
        _answered(result),
        Message(
            "terminal.satisfied", share=percent(share["estimate"], 4),
            interval=Message("terminal.as_if", interval=interval) if exception_of(result) else interval,
            lower=_share(share["lower"]), upper=_share(share["upper"]),
        ),
        Message("terminal.index", index=_fine(result["index"]["estimate"]), se=_fine(result["index"]["se"])),
        Message("terminal.method", version=result["method"]["version"]),
        *programme_told(result["rules"].get("programme") if result["rules"] else None),
    ]  # fmt: skip
    said = verdict_of(result)
    if decision and said:
        zones = zones_of(result)
        outcome = Message(
            "terminal.outcome", cost=cost_of(zones[decision["outcome"]]), rulebook=decision["rulebook"],
            official=_of(OFFICIAL, result["measure"]["official"]), figure=percent(decision["figure"], 4),
        )  # fmt: skip
        lines += [said, outcome, *tipping_told(result, zones)]
        if decision["predictive"]:
            lines.append(_chances("terminal.chance_official", decision["predictive"], zones))
        lines += settling_told(decision)
    told = list(map(str, lines))
    for name, rows in result["domains"].items():
        told += [f"\n{name}", *map(_level, rows)]
        if result["rules"] and name in result["rules"]["county_domains"]:
            told += [f"  {said}" for said in (*_pooled(result, name), *rows_told(result, name))]
    told += further(result)
    told += map(str, response_told(result)[1:])  # the rate stands with the tipping point
    silent = result["site_weights"] and result["site_weights"]["bounds"]
    if silent:
        told.append(str(Message("terminal.silent", lower=_share(silent["lower"]), upper=_share(silent["upper"]))))
    told += [str(Message("terminal.note", said=_noticed(notice))) for notice in result["notices"]]
    return "\n".join(told)


def _level(row: DomainRow) -> str:
    blank, bounds = (row["responses"] or 0) - (row["n"] or 0), row["bounds"]
    asked = str(Message("terminal.asked", responses=row["responses"])) if blank else ""
    limits = ""
    if blank and bounds:
        limits = str(Message("terminal.limits", lower=_share(bounds["lower"]), upper=_share(bounds["upper"])))
    warnings = "  ! " + "; ".join(map(_noticed, row["notices"])) if row["notices"] else ""
    ranks = rank_range(row)
    if ranks:
        limits += str(Message("terminal.ranks", ranks=ranks))
    return (
        f"  {row['level']:<14} n {row['n']:>6}{asked}  {percent(row['estimate'], 2):>7}  "
        f"{_share(row['lower'])} – {_share(row['upper'])}{limits}{warnings}"
    )


def _pooled(result: EstimateDocument, domain: str) -> list[Message]:
    """What is likely of each county with all counties considered."""
    told = []
    for row in result["domains"][domain]:
        found, zones = (
            row["decision"] and row["decision"].get("probability_pooled"),
            zones_of(result, domain, row["level"]),
        )
        if found:
            chances = [_chance(zones[key], found[key]) for key in zones.keys]
            told.append(Message("terminal.pooled", level=row["level"], chances=chances))
    return told


def _chance(zone: Zone, chance: float) -> Message:
    return Message("verdicts.chance", cost=cost_of(zone), chance=percent(chance, 1))


def _answered(result: EstimateDocument) -> Message:
    """How many responses answered, why the others did not, and what the figure is with all of these at either end."""
    blank, bounds = (result["responses"] or 0) - (result["n"] or 0), result["bounds"]
    if not blank or not bounds:
        return Message("terminal.all_answered", responses=result["responses"])
    named = missing_names()
    kinds = [f"{named[kind]} {number}" for kind, number in (result["missing"] or {}).items()]
    return Message(
        "terminal.answered", responses=result["responses"], blank=blank, kinds=kinds,
        lower=_share(bounds["lower"]), upper=_share(bounds["upper"]),
    )  # fmt: skip


def further(result: EstimateDocument) -> list[str]:
    """Other definitions, the plan's own figures, replication and sensitivity, where there are any."""
    names = definition_names()
    lines = [f"\n{Message('terminal.definition')}"] if result["definitions"] else []
    for other in result["definitions"]:
        mark = Message("terminal.of_the_plan") if other["used"] else ""
        outcome = cost_of(zones_of(result)[other["outcome"]]) if other["outcome"] else ""
        name = names.get(other["definition"], other["definition"])
        lines.append(f"  {percent(other['figure'], 2):>7}  {name}  {outcome}{mark}")
    if result["figures"]:
        lines.append(f"\n{Message('terminal.further')}")
    lines += map(_further_figure, result["figures"])
    if result["replication"]:
        again_ = result["replication"]
        told = Message(
            "terminal.replication", method=again_["method"], replicates=again_["replicates"], se=again_["satisfied_se"]
        )
        lines.append(f"\n{told}")
    if "comparison" in result:
        beside = result["comparison"]
        told = Message(
            "terminal.comparison", this=_of(SAMPLING, beside["this"]["sampling"]), other=_of(SAMPLING, beside["other"]["sampling"]),
            this_estimate=beside["this"]["estimate"], other_estimate=beside["other"]["estimate"],
            difference=beside["difference"], se=beside["se"],
        )  # fmt: skip
        lines.append(f"\n{told}")
    lines += map(str, (*open_told(result.get("open")), *beside_told(result.get("open_beside"))))
    for bias in result["open"]["by_bias"] if "open" in result else ():
        if round(bias["bias_sd"] * 100) in (2, 5, 10):
            chances = _chances("terminal.chance", bias["probability"], zones_of(result))
            lines.append(str(Message("terminal.bias", sd=bias["bias_sd"], chances=chances)))
    lines += map(str, fieldwork_told(result.get("fieldwork")))
    if "drivers" in result:
        lines += _drivers(result["drivers"])
    if "sensitivity" in result:
        lines += _otherwise(result)
    return lines


def _otherwise(result: EstimateDocument) -> list[str]:
    table, zones, names = result["sensitivity"], zones_of(result), change_names()
    lines = [f"\n{Message('terminal.otherwise')}"]
    others = [*table.get("hours", []), *table.get("networks", [])]
    for row in [*table["choices"], *table["strata"][:5], *table["sites"][:5], *others]:
        decided = row["figure"] is not None and row["outcome"] is not None
        shown = f"{percent(row['figure'], 2)}  {cost_of(zones[row['outcome']])}" if decided else reason(row["note"])  # type: ignore[index]
        size = "" if row["n"] is None else f" (n {row['n']})"
        change = f"{names.get(row['change'], row['change']).strip()} {row['level']}".strip() + size
        lines.append(f"  {change:<40} {shown}{_noted(row['notices'])}")
    decisive = table["decisive_sites"]
    told = Message("terminal.decisive", sites=decisive) if decisive else Message("terminal.not_decisive")
    return [*lines, str(told)]


def _drivers(found: DriversDocument | NoDrivers) -> list[str]:
    if "why" in found:
        return [f"\n{Message('terminal.no_drivers', why=reason(found['why']))}"]
    rows = [
        Message(
            "terminal.driver", key=row["key"], importance=row["importance"], se=row["importance_se"],
            performance=row["performance"], quadrant=quadrant_name(row["quadrant"]),
        )
        for row in found["services"]
    ]  # fmt: skip
    return [f"\n{Message('terminal.drivers')}", *map(str, rows), *map(str, based_on_told(found))]


def _further_figure(row: FurtherRow) -> str:
    """A figure of the plan's own on one line, with what a reader must know of it."""
    said: str | Message = "–"
    if row["kind"] == "table":
        if row["F"] is not None:
            said = f"F({row['ndf']:.2f}, {row['ddf']:.1f}) = {row['F']:.4f}, p = {row['p']:.4g}"
    elif row["estimate"] is not None:
        limits = "" if row["lower"] is None else Message("terminal.own_limits", lower=row["lower"], upper=row["upper"])
        error = "–" if row["se"] is None else f"{row['se']:.4g}"
        said = Message("terminal.with_error", estimate=row["estimate"], se=error, limits=limits)
    return str(
        Message(
            "terminal.figure", kind=_of(KINDS, row["kind"]), name=row["name"], said=said, notes=_noted(row["notices"]),
            at=Message("terminal.at_quantile", at=row["at"]) if row["kind"] == "quantile" else "",
            level=f" [{row['level']}]" if row["kind"] != "table" and row["level"] else "",
        )
    )  # fmt: skip


def _chances(key: str, chances: Mapping[str, float], zones: Zones) -> str:
    return joined((Message(key, cost=cost_of(zones[name]), chance=chance) for name, chance in chances.items()), "   ")


def _of(keys: Mapping[str, str], name: str) -> Message | str:
    return Message(keys[name]) if name in keys else name


def _noted(notices: Iterable[NoticeDocument]) -> str:
    return "".join(f"  ! {_noticed(notice)}" for notice in notices)


def _noticed(notice: NoticeDocument) -> str:
    return str(again(notice | {"key": f"notices.{notice['key']}"})) if notice["key"] else reason(notice["text"])


def _share(value: float | None) -> str:
    return percent(value, 2)


def _fine(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
