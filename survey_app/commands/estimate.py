"""`minyi estimate`: satisfaction from a file of responses under a plan."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from analysis.errors import AnalysisError, CellsError
from analysis.estimate import estimate
from analysis.open_codes import compare
from analysis.sensitivity import sensitivity
from definitions import DefinitionError
from survey_app.commands.support import fail
from survey_app.percent import percent
from survey_app.services.plan_files import load_plan
from survey_app.services.reduce_files import EngineError, opened, reduce_to_cells
from survey_app.services.row_weights import write_weights


@click.command(name="estimate")
@click.argument("responses", type=click.Path(path_type=Path))
@click.option("--plan", "plan_path", type=click.Path(path_type=Path), required=True, help="The plan (YAML).")
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True)
@click.option("--weights-out", type=click.Path(path_type=Path), help="CSV of row, weight in the input's order.")
@click.option("--sensitivity", "with_sensitivity", is_flag=True, help="Also what the decision would be otherwise.")
@click.option(
    "--compare-with", type=click.Path(path_type=Path), help="An estimate's JSON to stand beside: sampled and open, say."
)
@click.option("--json", "as_json", is_flag=True)
def command(
    responses: Path, plan_path: Path, engine: str, weights_out: Path | None, with_sensitivity: bool,
    compare_with: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Estimate satisfaction from RESPONSES (.csv, .parquet or a directory of Parquet files)."""
    say = steps()
    try:
        plan = load_plan(plan_path)
        if weights_out and engine == "spark":
            fail("--weights-out keeps the order of the file, which Spark does not know; use --engine duckdb")
        say(f"reading {responses} with {engine}")
        with opened(responses, "spark" if engine == "spark" else "duckdb") as table:
            cells = reduce_to_cells(table, plan)
            say(f"{int(cells.count.sum()):,} responses in {len(cells):,} cells; estimating")
            result = estimate(cells, plan).as_dict()
            if with_sensitivity:
                say("leaving out weights, margins, counties and sites in turn")
                result["sensitivity"] = sensitivity(cells, plan).as_dict()
            if compare_with:
                result["comparison"] = compared(result, compare_with)
            if weights_out:
                say(f"writing the weight of every row to {weights_out}")
                write_weights(table, cells, plan, weights_out)
    except (AnalysisError, DefinitionError, EngineError) as error:
        fail(str(error))
        return
    except OSError as error:
        fail(f"{error.filename}: cannot be written: {error.strerror}")
        return
    click.echo(json.dumps(result, ensure_ascii=False, indent=2) if as_json else readable(result))


def compared(result: dict[str, Any], path: Path) -> dict[str, Any]:
    """This estimate less the other; the two are never pooled. Raises CellsError for a file that is no estimate."""
    try:
        other = json.loads(path.read_text(encoding="utf-8"))
        share, sampling = other["satisfied"], other.get("sampling", "probability")
        figures = (float(share["estimate"]), float(share["se"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CellsError(f"{path}: not the document of `minyi estimate --json`") from error
    own = (result["satisfied"]["estimate"], result["satisfied"]["se"])
    found = compare(figures, own)
    return {
        "this": {"sampling": result["sampling"], "estimate": found.open},
        "other": {"sampling": sampling, "estimate": found.sampled},
        "difference": found.difference, "se": found.se, "t": found.t,
    }  # fmt: skip


def steps() -> Callable[[str], None]:
    """Tells what is being done, with the seconds since the start, where somebody watches the terminal."""
    start = time.monotonic()

    def say(text: str) -> None:
        if sys.stderr.isatty():
            click.echo(f"{time.monotonic() - start:6.1f} s  {text}", err=True)

    return say


def readable(result: dict[str, Any]) -> str:
    """The estimate for a terminal."""
    share, decision = result["satisfied"], result["decision"]
    lines = [
        f"n {result['n']}   df {result['df']}   deff {_number(result['design_effect'])}   effective n "
        f"{_number(result['effective_n'])}",
        f"satisfied {percent(share['estimate'], 4)}   {share['interval']} {_share(share['lower'])} – {_share(share['upper'])}",
        f"index {result['index']['estimate']:.3f} (se {result['index']['se']:.3f})",
        f"outcome {decision['outcome']} ({result['measure']['official']} {percent(decision['figure'], 4)})",
    ]
    for title, chances in (("P", decision["probability"]), ("P(official survey: ", decision["predictive"])):
        if chances:
            left = title if title.endswith(" ") else title + "("
            lines.append("   ".join(f"{left}{name}) {chance:.1%}" for name, chance in chances.items()))
    for name, rows in result["domains"].items():
        lines.append(f"\n{name}")
        for row in rows:
            estimate_text = percent(row["estimate"], 2)
            warnings = "  ! " + "; ".join(row["warnings"]) if row["warnings"] else ""
            lines.append(
                f"  {row['level']:<14} n {row['n']:>6}  {estimate_text:>7}  "
                f"{_share(row['lower'])} – {_share(row['upper'])}{warnings}"
            )
    lines += further(result)
    lines += [f"note: {warning}" for warning in result["warnings"]]
    return "\n".join(lines)


def further(result: dict[str, Any]) -> list[str]:
    """Other definitions, the plan's own figures, replication and sensitivity, where there are any."""
    lines = ["\ndefinition"]
    for row in result["definitions"]:
        mark = "  ← the plan's" if row["used"] else ""
        lines.append(f"  {row['definition']:<16} {percent(row['figure'], 2)}  {row['outcome']}{mark}")
    if result["figures"]:
        lines.append("\nfigures")
    for row in result["figures"]:
        if row["kind"] == "table":
            lines.append(f"  {row['name']}: F({row['ndf']:.2f}, {row['ddf']:.1f}) = {row['F']:.4f}, p = {row['p']:.4g}")
            continue
        at = f" at {row['at']:g}" if "at" in row else ""
        level = f" [{row['level']}]" if row["level"] else ""
        limits = "" if row["lower"] is None else f", {row['lower']:.6g} – {row['upper']:.6g}"
        lines.append(f"  {row['kind']} {row['name']}{at}{level}: {row['estimate']:.6g} (se {row['se']:.4g}{limits})")
    if result["replication"]:
        row = result["replication"]
        lines.append(f"\n{row['method']}, {row['replicates']} replicates: se {row['satisfied_se']:.4%} of the share")
    if "comparison" in result:
        row = result["comparison"]
        lines.append(
            f"\n{row['this']['sampling']} {row['this']['estimate']:.2%}, {row['other']['sampling']} "
            f"{row['other']['estimate']:.2%}: difference {row['difference']:+.2%} (se {row['se']:.2%})"
        )
    for row in result.get("open", {}).get("by_bias", []):
        if round(row["bias_sd"] * 100) in (0, 2, 5, 10):
            chances = "   ".join(f"P({name}) {chance:.1%}" for name, chance in row["probability"].items())
            lines.append(f"allowing for a bias of sd {row['bias_sd']:.0%}: {chances}")
    if result.get("drivers"):
        lines.append("\nservice            importance   performance")
        for row in result["drivers"]["services"]:
            lines.append(
                f"  {row['key']:<16} {row['importance']:>8.3f} (se {row['importance_se']:.3f})  {row['performance']:>6.1f}"
                f"  {row['quadrant_name']}"
            )
    if "sensitivity" in result:
        lines.append("\nwhat the outcome would be otherwise")
        table = result["sensitivity"]
        for row in [*table["choices"], *table["strata"][:5], *table["sites"][:5]]:
            shown = f"{percent(row['figure'], 2)}  {row['outcome']}" if row["figure"] is not None else row["note"]
            lines.append(f"  {(row['change'] + ' ' + row['level']).strip():<32} {shown}")
        decisive = table["decisive_sites"]
        lines.append(
            f"  without {', '.join(decisive)} together the outcome changes" if decisive
            else "  no half of the sites decides the outcome"
        )  # fmt: skip
    return lines


def _share(value: float | None) -> str:
    return percent(value, 2)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
