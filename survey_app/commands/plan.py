"""`minyi plan`: how large a sample must be, which sites it takes, and the plan file that goes with it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from analysis.errors import AnalysisError
from analysis.minimum import Foreseen, Minimum
from analysis.planning import Aim, FrameSite, SamplePlan, StratumPlan, plan_sample
from analysis.sampling import FrameError
from analysis.scoring import load_rulebook, rulebook_ids
from definitions import DefinitionError
from definitions.numbers import figure_of
from survey_app.commands.support import JSON, NUMBER, SHARE, fail, fail_on, in_want, tell
from survey_app.files.rows_in import read_named
from survey_app.files.said import FileRefusedError, aloud
from survey_app.ground.rulebooks import RULEBOOKS
from survey_app.ground.zones import NONE
from survey_app.surveys.plan_files import load_plan
from wording import Message

WIDTHS = (16, 7, 12, 9, 7, 11, 8, 9, 9)  # of the table of counties

PLAN = """\
# Fix this file before fieldwork: its digest stands in every report.
measure: {{question: {question}, satisfied: [4, 5], scale: [1, 2, 3, 4, 5], points: [0, 25, 50, 75, 100], official: share}}
design: {{strata: {stratum}, psu: {site}, weight: base_weight}}
# with `weights: {{sites: FILE}}`, FILE being the sites drawn, weights follow the answers that came; base_weight is for the target
calibration:
  method: raking
  margins:
    {stratum}: {{{margin}}}   # residents of the frame; add sex and age from the census
interval: {{method: korn_graubard, confidence: {confidence:g}}}
domains: [{stratum}]
singleton: adjust
minimum: {{answers: 30, sites: 3, df: 3, supplement: extension}}   # below it a county has no figure: unknown, its star a range
{decided}"""


@click.group(name="plan")
def command() -> None:
    """Plan a sample before fieldwork, and check plan files."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Check the plan FILE and the margin files it names."""
    try:
        plan = load_plan(file)
        plan.margins()
    except (DefinitionError, ValueError) as error:
        fail(error)
    tell("terminal.plan_in_order", file=file, version=plan.method.version, digest=plan.digest)


@command.command()
@click.option(
    "--frame", required=True, type=click.Path(path_type=Path), help="CSV of all sites: site, county, size[, share]."
)
@click.option("--site-column", default="site", show_default=True, help="Column of the site.")
@click.option("--stratum-column", default="county", show_default=True, help="Column of the county.")
@click.option("--size-column", default="size", show_default=True, help="Column of the people at a site.")
@click.option("--assume", "assumed", type=SHARE, required=True, help="Share satisfied that is assumed, 0.74 say.")
@click.option("--margin", type=SHARE, help="Half-width of the city's interval, 0.02 say.")
@click.option("--power", type=SHARE, help="Probability that the interval excludes every line of the rulebook.")
@click.option(
    "--rulebook", default=RULEBOOKS["city"], show_default=True, help="A rulebook id or file: whose lines decide."
)
@click.option("--county-margin", type=SHARE, help="Half-width of every county's own interval.")
@click.option("--take", type=int, default=20, show_default=True, help="Interviews at each site.")
@click.option("--icc", type=SHARE, default=0.05, show_default=True, help="Correlation of answers inside a site.")
@click.option("--weight-cv", type=NUMBER, default=0.0, show_default=True, help="Variation of weights, adds to deff.")
@click.option("--deff", type=NUMBER, help="Design effect, instead of take and icc.")
@click.option("--response-rate", type=SHARE, default=1.0, show_default=True, help="Share of the asked who answer.")
@click.option("--confidence", type=SHARE, default=0.95, show_default=True, help="Of every interval.")
@click.option(
    "--allocation",
    type=click.Choice(["proportional", "neyman", "power"]),
    default="power",
    show_default=True,
    help="How interviews are shared out among counties.",
)
@click.option("--least-sites", type=int, default=2, show_default=True, help="Sites every county gets at least.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the systematic draw.")
@click.option("--sites-out", type=click.Path(path_type=Path), help="CSV of the drawn sites with their base weights.")
@click.option("--plan-out", type=click.Path(path_type=Path), help="A plan file for this sample.")
@click.option("--question", default="overall", show_default=True, help="Key of the satisfaction question.")
@JSON
@click.option("--csv", "as_csv", is_flag=True, help="The table of counties as CSV.")
def sample(
    frame: Path, site_column: str, stratum_column: str, size_column: str, county_margin: float | None, seed: int,
    sites_out: Path | None, plan_out: Path | None, question: str, rulebook: str, as_json: bool, as_csv: bool, **aims: Any,
) -> None:  # fmt: skip
    """Interviews, sites and base weights from a frame of sites."""
    try:
        sites = read_frame(frame, site_column, stratum_column, size_column)
        zones = None if rulebook == NONE else load_rulebook(rulebook).zones
        aim = Aim(stratum_margin=county_margin, zones=zones, **aims)
        plan = plan_sample(sites, aim, seed)
        if sites_out:
            sites_out.write_text(drawn_csv(plan, site_column, stratum_column, size_column), encoding="utf-8")
        if plan_out:
            plan_out.write_text(plan_text(plan, aim, question, site_column, stratum_column, rulebook), encoding="utf-8")
    except (AnalysisError, FrameError, DefinitionError) as error:
        fail(error)
    except OSError as error:
        fail_on(error)
    if as_json:
        click.echo(json.dumps(as_document(plan, seed), ensure_ascii=False, indent=2))
    else:
        click.echo(strata_csv(plan) if as_csv else readable(plan, aim, seed))


def read_frame(path: Path, site: str, stratum: str, size: str) -> list[FrameSite]:
    """The sites of a frame file. Raises FrameError naming every line that cannot be used."""
    try:
        table = read_named(path, (site, stratum, size), ("share",))
    except FileRefusedError as error:
        raise FrameError("terminal.of_file", path=path, said=error) from error
    aloud(path, table.notes)
    sites, faults = [], []
    for row in table.rows:
        try:
            share = figure_of(row["share"]) if row.get("share") else None
            sites.append(FrameSite(row[site], row[stratum], figure_of(row[size]), share))
        except ValueError:
            faults.append(Message("terminal.frame_line", line=row.number, size=row[size]))
    if faults:
        more = [Message("terminal.and_more", n=len(faults) - 5)] if len(faults) > 5 else []
        raise FrameError("terminal.of_file", path=path, said=[*faults[:5], *more])
    return sites


def as_document(plan: SamplePlan, seed: int) -> dict[str, object]:
    return {
        "required": plan.required, "interviews": plan.interviews, "design_effect": plan.deff, "seed": seed,
        "city": asdict(plan.city),
        "counties": [asdict(row) | {"minimum": _foreseen(row).standing} for row in plan.strata], "sites": [asdict(site) for site in plan.drawn],
    }  # fmt: skip


def _foreseen(row: StratumPlan) -> Foreseen:
    """Whether a county will meet the minimum that the plan file states."""
    return Foreseen(row.stratum, row.interviews, row.sites, 1, Minimum())


def drawn_csv(plan: SamplePlan, site: str, stratum: str, size: str) -> str:
    rows = [[site, stratum, size, "inclusion_probability", "base_weight", "target"]]
    rows += [
        [
            row.name,
            row.stratum,
            f"{row.size:g}",
            repr(row.inclusion_probability),
            repr(row.base_weight),
            str(row.target),
        ]
        for row in plan.drawn
    ]
    return _csv(rows)


def strata_csv(plan: SamplePlan) -> str:
    rows = [
        ["county", "sites_in_frame", "population", "required", "sites", "interviews", "invitations", "margin", "power"]
    ]
    rows += [
        [
            row.stratum, str(row.sites_in_frame), f"{row.population:.15g}", str(row.required or ""), str(row.sites),
            str(row.interviews), str(row.invitations), _share(row.margin), _share(row.power),
        ]
        for row in plan.strata
    ]  # fmt: skip
    return _csv(rows).rstrip("\n")


def plan_text(plan: SamplePlan, aim: Aim, question: str, site: str, stratum: str, rulebook: str) -> str:
    """The plan file; it names the rulebook whose lines the sample was planned for, where that is not the default."""
    known = rulebook if rulebook in rulebook_ids() else str(Path(rulebook).resolve())
    named = "" if rulebook in (NONE, RULEBOOKS["city"]) else json.dumps(known, ensure_ascii=False)
    margin = ", ".join(f"{json.dumps(row.stratum, ensure_ascii=False)}: {row.population:.15g}" for row in plan.strata)
    return PLAN.format(
        question=question, site=site, stratum=stratum, margin=margin, confidence=aim.confidence,
        decided=f"rulebook: {{city: {named}}}\n" if named else "",
    )  # fmt: skip


def readable(plan: SamplePlan, aim: Aim, seed: int) -> str:
    told = Message(
        "terminal.planned", required=plan.required, deff=plan.deff, interviews=plan.interviews, sites=len(plan.drawn),
        invitations=sum(row.invitations for row in plan.strata), seed=seed,
    )  # fmt: skip
    headings = [
        Message("terminal.column_county"), Message("terminal.column_frame"), Message("terminal.column_population"),
        Message("terminal.column_required"), Message("terminal.column_sites"), Message("terminal.column_interviews"),
        Message("terminal.column_invite"), Message("terminal.column_margin"), Message("terminal.column_power"),
    ]  # fmt: skip
    rows: list[list[object]] = [
        [
            row.stratum, row.sites_in_frame, f"{row.population:.0f}", row.required or "–", row.sites, row.interviews,
            row.invitations, _percent(row.margin), _percent(row.power),
        ]
        for row in plan.strata
    ]  # fmt: skip
    table = [_aligned(list(map(str, headings))), *(_aligned(list(map(str, row))) for row in rows)]
    city = Message("terminal.planned_city", margin=plan.city.margin or 1.0, share=aim.assumed)
    decided = [Message("terminal.planned_power", power=plan.city.power)] if plan.city.power is not None else []
    return "\n".join([str(told), str(city), *map(str, decided), *table, *in_want(map(_foreseen, plan.strata))])


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.4f}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _aligned(cells: list[str]) -> str:
    """One line of the table: the first cell to the left, figures to the right; a wide letter fills two places."""
    gaps = [
        " " * max(width - sum(2 if ord(c) > 0x2E80 else 1 for c in cell), 1)
        for cell, width in zip(cells, WIDTHS, strict=True)
    ]
    return cells[0] + gaps[0] + "".join(gap + cell for cell, gap in zip(cells[1:], gaps[1:], strict=True))


def _csv(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
