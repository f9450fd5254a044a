"""`minyi estimate`: satisfaction from a file of responses under a plan."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from analysis.documents.comparisons import ComparisonDocument
from analysis.documents.estimate import EstimateDocument
from analysis.errors import AnalysisError, CellsError
from analysis.estimation import estimate
from analysis.explained import explain
from analysis.open_codes import compare
from analysis.pseudo_weights import open_beside, open_plan
from analysis.robustness import sensitivity
from analysis.sample import weighted_sample
from definitions import DefinitionError
from survey_app.commands.programme_support import PROGRAMME, rules_here
from survey_app.commands.support import JSON, fail, fail_on, printed
from survey_app.estimates.as_json import in_language
from survey_app.estimates.as_text import readable
from survey_app.estimates.engine_error import EngineError
from survey_app.estimates.explained_text import worked
from survey_app.estimates.reduce_files import left_out, opened, reduce_to_cells
from survey_app.estimates.row_weights import write_weights
from survey_app.ground.verdicts import with_verdict
from survey_app.surveys.plan_files import load_plan
from wording import Message


@click.command(name="estimate")
@click.argument("responses", type=click.Path(path_type=Path))
@click.option("--plan", "plan_path", type=click.Path(path_type=Path), required=True, help="The plan (YAML).")
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="What reduces the file to cells.",
)
@click.option(
    "--rulebook", help="A rulebook id or file that decides all, or none. Default: the plan's, else the programme's."
)
@PROGRAMME
@click.option("--weights-out", type=click.Path(path_type=Path), help="CSV of row, weight in the input's order.")
@click.option("--sensitivity", "with_sensitivity", is_flag=True, help="Also what the decision would be otherwise.")
@click.option(
    "--compare-with", type=click.Path(path_type=Path), help="An estimate's JSON to stand beside: sampled and open, say."
)
@click.option(
    "--explain",
    "explained",
    is_flag=True,
    help="The way of the official figure from counts to limits, instead of all results.",
)
@click.option("--area", default="", help="VARIABLE=LEVEL: the domain that --explain explains. Default: the whole.")
@JSON
def command(
    responses: Path, plan_path: Path, engine: str, weights_out: Path | None, with_sensitivity: bool,
    compare_with: Path | None, rulebook: str | None, programme: str | None, explained: bool, area: str, as_json: bool,
) -> None:  # fmt: skip
    """Estimate satisfaction from RESPONSES (.csv, .xlsx, .parquet or a directory of Parquet files)."""
    if explained and as_json:
        fail("explained.not_as_json")
    for option, asked in (("--sensitivity", with_sensitivity), ("--compare-with", compare_with)):
        if explained and asked:
            fail("explained.alone", option=option)
    if area and not explained:
        fail("explained.area_needs_explain")
    say, way = steps(), ""
    try:
        plan = load_plan(plan_path)
        rules = rules_here(plan, rulebook, programme)
        if rules is None and with_sensitivity:
            fail("commands.sensitivity_shows_what_would")
        if weights_out and engine == "spark":
            fail("terminal.weights_out_with_spark")
        say(Message("terminal.reading", file=responses, engine=engine))
        with opened(responses, "spark" if engine == "spark" else "duckdb") as table:
            cells = reduce_to_cells(table, plan)
            say(Message("terminal.estimating", responses=int(cells.count.sum()), cells=len(cells)))
            found = estimate(cells, plan, rules)
            result = found.as_dict()
            if explained:
                domain, _, level = area.partition("=")
                zones = rules.of(domain, level) if rules else None
                way = worked(explain(cells, plan, found, area), plan, zones)
            outside = left_out(table, plan)
            result["notices"] = [*outside, *result["notices"]]
            result["warnings"] = [*(notice["text"] for notice in outside), *result["warnings"]]
            if outside and not result["below_minimum"] and not plan.exception:
                opened_cells = reduce_to_cells(table, open_plan(plan), sampled=False)
                result["open_beside"] = open_beside(weighted_sample(cells, plan), plan, opened_cells)
            if with_sensitivity and rules is not None and result["decision"] is not None:
                say(Message("terminal.leaving_out"))
                result["sensitivity"] = sensitivity(cells, plan, rules.whole)
            if compare_with:
                result["comparison"] = compared(result, compare_with)
            if weights_out:
                say(Message("terminal.writing_weights", file=weights_out))
                write_weights(table, cells, plan, weights_out)
    except (AnalysisError, DefinitionError, EngineError) as error:
        fail(error)
    except OSError as error:
        fail_on(error)
    printed(in_language(with_verdict(result)), as_json, lambda: way or readable(result))


def compared(result: EstimateDocument, path: Path) -> ComparisonDocument:
    """This estimate less the other; the two are never pooled. Raises CellsError for a file that is no estimate."""
    try:
        other = json.loads(path.read_text(encoding="utf-8"))
        share, sampling = other["satisfied"], other.get("sampling", "probability")
        figures = None if share["estimate"] is None else (float(share["estimate"]), float(share["se"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise CellsError("terminal.not_an_estimate", path=path) from error
    own, se = result["satisfied"]["estimate"], result["satisfied"]["se"]
    if figures is None or own is None or se is None:
        raise CellsError("terminal.nothing_to_compare")
    found = compare(figures, (own, se))
    return {
        "this": {"sampling": result["sampling"], "estimate": found.open},
        "other": {"sampling": sampling, "estimate": found.sampled},
        "difference": found.difference,
        "se": found.se,
        "t": found.t,
    }


def steps() -> Callable[[Message], None]:
    """Tells what is being done, with the seconds since the start, where somebody watches the terminal."""
    start = time.monotonic()

    def say(said: Message) -> None:
        if sys.stderr.isatty():
            click.echo(f"{time.monotonic() - start:6.1f} s  {said}", err=True)

    return say
