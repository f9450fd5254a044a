"""An estimate as lines for a terminal."""

from __future__ import annotations

from analysis.documents import DriversDocument, EstimateDocument, FurtherRow, NoDrivers
from survey_app.ground.percent import percent
from survey_app.ground.verdicts import rows_told, verdict_of


def readable(result: EstimateDocument) -> str:
    """The estimate for a terminal."""
    share, decision = result["satisfied"], result["decision"]
    lines = [
        f"n {result['n']}   df {result['df']}   deff {_number(result['design_effect'])}   effective n "
        f"{_number(result['effective_n'])}",
        _answered(result),
        f"satisfied {percent(share['estimate'], 4)}   {share['interval']} {_share(share['lower'])} – {_share(share['upper'])}",
        f"index {result['index']['estimate']:.3f} (se {result['index']['se']:.3f})",
    ]
    lines.append(f"method {result['method']['version']}")
    said = verdict_of(result)
    if decision and said:
        lines.append(said.text())
        lines.append(
            f"outcome {decision['outcome']} ({result['measure']['official']} {percent(decision['figure'], 4)}) by "
            f"{decision['rulebook']}"
        )
    foreseen = decision and decision["predictive"]
    if foreseen:
        lines.append("   ".join(f"P(official survey: {name}) {chance:.1%}" for name, chance in foreseen.items()))
    for name, rows in result["domains"].items():
        lines.append(f"\n{name}")
        for row in rows:
            estimate_text = percent(row["estimate"], 2)
            blank, bounds = (row["responses"] or 0) - (row["n"] or 0), row["bounds"]
            asked = f" of {row['responses']}" if blank else ""
            limits = f"  bounds {_share(bounds['lower'])} – {_share(bounds['upper'])}" if blank and bounds else ""
            warnings = "  ! " + "; ".join(row["warnings"]) if row["warnings"] else ""
            lines.append(
                f"  {row['level']:<14} n {row['n']:>6}{asked}  {estimate_text:>7}  "
                f"{_share(row['lower'])} – {_share(row['upper'])}{limits}{warnings}"
            )
        if result["rules"] and name in result["rules"]["county_domains"]:
            lines += [f"  {said}" for said in rows_told(result, name)]
    lines += further(result)
    silent = result["site_weights"] and result["site_weights"]["bounds"]
    if silent:
        lines.append(
            f"nobody, or everybody, satisfied at the silent sites: {_share(silent['lower'])} – {_share(silent['upper'])}"
        )
    lines += [f"note: {warning}" for warning in result["warnings"]]
    return "\n".join(lines)


def _answered(result: EstimateDocument) -> str:
    """How many responses answered, why the others did not, and what the figure is with all of these at either end."""
    blank, bounds = (result["responses"] or 0) - (result["n"] or 0), result["bounds"]
    if not blank or not bounds:
        return f"responses {result['responses']}, all of them answered"
    named = {"dont_know": "don't know", "not_shown": "not shown"}
    kinds = ", ".join(f"{named.get(kind, kind)} {number}" for kind, number in (result["missing"] or {}).items())
    return (
        f"responses {result['responses']}, no answer {blank} ({kinds})   all of them dissatisfied "
        f"{_share(bounds['lower'])}, satisfied {_share(bounds['upper'])}"
    )


def further(result: EstimateDocument) -> list[str]:
    """Other definitions, the plan's own figures, replication and sensitivity, where there are any."""
    lines = ["\ndefinition"]
    for other in result["definitions"]:
        mark = "  ← the plan's" if other["used"] else ""
        lines.append(f"  {other['definition']:<16} {percent(other['figure'], 2)}  {other['outcome'] or ''}{mark}")
    if result["figures"]:
        lines.append("\nfigures")
    lines += [_further_figure(row) for row in result["figures"]]
    if result["replication"]:
        again = result["replication"]
        lines.append(
            f"\n{again['method']}, {again['replicates']} replicates: se {again['satisfied_se']:.4%} of the share"
        )
    if "comparison" in result:
        beside = result["comparison"]
        lines.append(
            f"\n{beside['this']['sampling']} {beside['this']['estimate']:.2%}, {beside['other']['sampling']} "
            f"{beside['other']['estimate']:.2%}: difference {beside['difference']:+.2%} (se {beside['se']:.2%})"
        )
    for bias in result["open"]["by_bias"] if "open" in result else ():
        if round(bias["bias_sd"] * 100) in (0, 2, 5, 10):
            chances = "   ".join(f"P({name}) {chance:.1%}" for name, chance in bias["probability"].items())
            lines.append(f"allowing for a bias of sd {bias['bias_sd']:.0%}: {chances}")
    if "drivers" in result:
        lines += _drivers(result["drivers"])
    if "sensitivity" in result:
        lines.append("\nwhat the outcome would be otherwise")
        table = result["sensitivity"]
        for row in [*table["choices"], *table["strata"][:5], *table["sites"][:5]]:
            shown = f"{percent(row['figure'], 2)}  {row['outcome']}" if row["figure"] is not None else row["note"]
            notes = "".join(f"  ! {notice['text']}" for notice in row["notices"])
            size = "" if row["n"] is None else f" (n {row['n']})"
            lines.append(f"  {(row['change'] + ' ' + row['level']).strip() + size:<40} {shown}{notes}")
        decisive = table["decisive_sites"]
        lines.append(
            f"  without {', '.join(decisive)} together the outcome changes"
            if decisive
            else "  no half of the sites decides the outcome"
        )
    return lines


def _drivers(found: DriversDocument | NoDrivers) -> list[str]:
    if "why" in found:
        return [f"\ndrivers: {found['why']}"]
    return [
        "\nservice            importance   performance",
        *(
            f"  {row['key']:<16} {row['importance']:>8.3f} (se {row['importance_se']:.3f})  {row['performance']:>6.1f}"
            f"  {row['quadrant_name']}"
            for row in found["services"]
        ),
    ]


def _further_figure(row: FurtherRow) -> str:
    """A figure of the plan's own on one line, with what a reader must know of it."""
    at = f" at {row['at']:g}" if row["kind"] == "quantile" else ""
    level = f" [{row['level']}]" if row["kind"] != "table" and row["level"] else ""
    if row["kind"] == "table":
        said = "–" if row["F"] is None else (
            f"F({row['ndf']:.2f}, {row['ddf']:.1f}) = {row['F']:.4f}, p = {row['p']:.4g}"
        )  # fmt: skip
    elif row["estimate"] is None:
        said = "–"
    else:
        limits = "" if row["lower"] is None else f", {row['lower']:.6g} – {row['upper']:.6g}"
        said = f"{row['estimate']:.6g} (se {row['se']:.4g}{limits})"
    notes = "".join(f"  ! {notice['text']}" for notice in row["notices"])
    return f"  {row['kind']} {row['name']}{at}{level}: {said}{notes}"


def _share(value: float | None) -> str:
    return percent(value, 2)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
