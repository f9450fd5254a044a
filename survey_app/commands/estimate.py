"""`minyi estimate`: satisfaction from a file of responses under a plan."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import click

from analysis.calibration import calibrate
from analysis.cells import Cells
from analysis.errors import AnalysisError
from analysis.estimate import estimate
from analysis.plan import Plan
from definitions import DefinitionError
from survey_app.commands.support import fail
from survey_app.services.plan_files import load_plan
from survey_app.services.reduce_files import open_responses, reduce_to_cells

ROW = "_minyi_row"


@click.command(name="estimate")
@click.argument("responses", type=click.Path(path_type=Path))
@click.option("--plan", "plan_path", type=click.Path(path_type=Path), required=True, help="The plan (YAML).")
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True)
@click.option("--weights-out", type=click.Path(path_type=Path), help="CSV of row, weight in the input's order.")
@click.option("--json", "as_json", is_flag=True)
def command(responses: Path, plan_path: Path, engine: str, weights_out: Path | None, as_json: bool) -> None:
    """Estimate satisfaction from RESPONSES (.csv, .parquet or a directory of Parquet files)."""
    if engine == "spark":
        fail("The Spark engine is not part of this release; use --engine duckdb.")
    try:
        plan = load_plan(plan_path)
        table = open_responses(responses)
        result = estimate(reduce_to_cells(table, plan), plan).as_dict()
        if weights_out:
            write_weights(table, plan, weights_out)
    except (AnalysisError, DefinitionError) as error:
        fail(str(error))
        return
    except OSError as error:
        fail(f"{error.filename}: cannot be written: {error.strerror}")
        return
    click.echo(json.dumps(result, ensure_ascii=False, indent=2) if as_json else readable(result))


def write_weights(table: Any, plan: Plan, out: Path) -> None:
    """The calibrated weight of every row: its base weight times the g-weight of its cell."""
    rows = table.select(*plan.columns).to_pyarrow().to_pydict()
    number = len(next(iter(rows.values())))
    apart = {**rows, ROW: list(range(number))}
    from dataclasses import replace

    single = replace(plan, domains=(*plan.domains, ROW))
    cells = Cells.from_rows(apart, single)
    weight = calibrate(cells, single).weight
    order = [int(cells.columns[ROW].levels[code]) for code in cells.columns[ROW].codes]
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "weight"])
        writer.writerows((row + 1, repr(float(value))) for row, value in sorted(zip(order, weight, strict=True)))


def readable(result: dict[str, Any]) -> str:
    """The estimate for a terminal."""
    share, decision = result["satisfied"], result["decision"]
    lines = [
        f"n {result['n']}   df {result['df']}   deff {_number(result['design_effect'])}   effective n "
        f"{_number(result['effective_n'])}",
        f"satisfied {share['estimate']:.4%}   {share['interval']} {_share(share['lower'])} – {_share(share['upper'])}",
        f"index {result['index']['estimate']:.3f} (se {result['index']['se']:.3f})",
        f"outcome {decision['outcome']} ({result['measure']['official']} {decision['figure']:.4%})",
    ]
    if decision["probability"]:
        lines.append("   ".join(f"P({name}) {chance:.1%}" for name, chance in decision["probability"].items()))
    for name, rows in result["domains"].items():
        lines.append(f"\n{name}")
        for row in rows:
            estimate_text = "–" if row["estimate"] is None else f"{row['estimate']:.2%}"
            warnings = "  ! " + "; ".join(row["warnings"]) if row["warnings"] else ""
            lines.append(
                f"  {row['level']:<14} n {row['n']:>6}  {estimate_text:>7}  "
                f"{_share(row['lower'])} – {_share(row['upper'])}{warnings}"
            )
    lines += [f"note: {warning}" for warning in result["warnings"]]
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2%}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
