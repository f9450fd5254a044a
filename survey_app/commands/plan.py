"""`minyi plan`: how large a sample must be, which sites it takes, and the plan file that goes with it."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from math import ceil
from pathlib import Path
from typing import Any, get_args

import click

from analysis.drawing import DrawnSite
from analysis.minimum import Foreseen, Minimum
from analysis.plan_draw import DrawRule, JointProbability, Method
from analysis.planning import Aim, SamplePlan, StratumPlan, joint_probabilities, plan_sample
from analysis.scoring import load_rulebook, rulebook_ids
from definitions import DefinitionError
from survey_app.commands.plan_simulate import simulate
from survey_app.commands.programme_support import PROGRAMME, the_book
from survey_app.commands.support import JSON, NUMBER, SHARE, aligned, fail, fail_on, in_want, tell
from survey_app.ground.zones import NONE
from survey_app.surveys.frame_files import read_frame
from survey_app.surveys.plan_files import load_plan
from wording import Message, Refusal

Beside = tuple[str | None, str | None]
DRAWN: dict[Method, str] = {
    "systematic": "terminal.drawn_systematic",
    "sampford": "terminal.drawn_sampford",
    "pivotal": "terminal.drawn_pivotal",
}
WIDTHS = (16, 7, 12, 9, 7, 11, 8, 9, 9)  # of the table of counties

FOR_THE_TARGET = """\
# with `weights: {{sites: FILE}}`, FILE being the sites drawn, weights follow the answers that came; base_weight is for the target
"""
FOLLOWING = """\
weights: {{sites: {sites}}}   # the sites drawn: weights follow the answers that came
"""
RESERVES = """\
# A reserve takes the place, in its county's order, of a drawn site that does not exist or is shut to any survey: its row goes
# into the file of sites. A site that answers badly is not replaced, nor is one of probability 1; who replaced it says why.
"""
PLAN = """\
# Fix this file before fieldwork: its digest stands in every report.
measure: {{question: {question}, satisfied: [4, 5], scale: [1, 2, 3, 4, 5], points: [0, 25, 50, 75, 100], official: share}}
design: {{strata: {stratum}, psu: {site}, {design}}}
{draw}calibration:
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


command.add_command(simulate)


@command.command()
@click.option(
    "--frame",
    required=True,
    type=click.Path(path_type=Path),
    help="CSV of all sites: site, county, size[, share][, longitude, latitude].",
)
@click.option("--site-column", default="site", show_default=True, help="Column of the site.")
@click.option("--stratum-column", default="county", show_default=True, help="Column of the county.")
@click.option("--size-column", default="size", show_default=True, help="Column of the people at a site.")
@click.option("--assume", "assumed", type=SHARE, required=True, help="Share satisfied that is assumed, 0.74 say.")
@click.option("--margin", type=SHARE, help="Half-width of the city's interval, 0.02 say.")
@click.option("--power", type=SHARE, help="Probability that the interval excludes every line of the rulebook.")
@click.option("--rulebook", help="A rulebook id or file: whose lines decide. Default: the city's of the programme.")
@PROGRAMME
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
@click.option(
    "--method",
    type=click.Choice(get_args(Method)),
    default="systematic",
    show_default=True,
    help="How sites are drawn: in frame order; so that every pair is possible; spread over the land.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the draw.")
@click.option("--wave", type=int, default=1, show_default=True, help="With --rotate: which wave; keep seed and names.")
@click.option("--rotate", type=SHARE, default=0.0, show_default=True, help="Share of the sites replaced each wave.")
@click.option("--reserves", type=int, default=0, show_default=True, help="Reserve sites of each county, in order.")
@click.option("--sites-out", type=click.Path(path_type=Path), help="CSV of the drawn sites with their base weights.")
@click.option("--reserves-out", type=click.Path(path_type=Path), help="CSV of the reserve sites in their order.")
@click.option("--joint-out", type=click.Path(path_type=Path), help="CSV of the joint probabilities (sampford).")
@click.option("--plan-out", type=click.Path(path_type=Path), help="A plan file for this sample.")
@click.option("--question", default="overall", show_default=True, help="Key of the satisfaction question.")
@JSON
@click.option("--csv", "as_csv", is_flag=True, help="The table of counties as CSV.")
def sample(
    frame: Path, site_column: str, stratum_column: str, size_column: str, county_margin: float | None, seed: int,
    method: Method, wave: int, rotate: float, reserves: int, reserves_out: Path | None, joint_out: Path | None,
    sites_out: Path | None, plan_out: Path | None, question: str, rulebook: str | None, programme: str | None, as_json: bool, as_csv: bool, **aims: Any,
) -> None:  # fmt: skip
    """Interviews, sites and base weights from a frame of sites."""
    if joint_out and method != "sampford":
        fail("terminal.joint_needs_sampford")
    if plan_out and method != "systematic" and not sites_out:
        fail("terminal.plan_needs_sites_out")
    book = NONE if rulebook == NONE else the_book(rulebook, programme)
    try:
        sites = read_frame(frame, site_column, stratum_column, size_column)
        zones = None if book == NONE else load_rulebook(book).zones
        rule = DrawRule(method, seed, wave, rotate, reserves)
        aim = Aim(stratum_margin=county_margin, zones=zones, draw=rule, **aims)
        plan = plan_sample(sites, aim, seed)
        columns = (site_column, stratum_column, size_column)
        if sites_out:
            sites_out.write_text(drawn_csv(plan.drawn, *columns), encoding="utf-8")
        if reserves_out:
            reserves_out.write_text(drawn_csv(plan.reserves, *columns), encoding="utf-8")
        if joint_out:
            joint_out.write_text(joint_csv(joint_probabilities(sites, plan)), encoding="utf-8")
        if plan_out:
            names = [os.path.relpath(path, plan_out.parent) if path else None for path in (sites_out, joint_out)]
            said = plan_text(
                plan,
                aim,
                question,
                site_column,
                stratum_column,
                "" if rulebook is None and programme is None else book,
                (names[0], names[1]),
            )
            plan_out.write_text(said, encoding="utf-8")
    except Refusal as error:
        fail(error)
    except OSError as error:
        fail_on(error)
    if as_json:
        click.echo(json.dumps(as_document(plan), ensure_ascii=False, indent=2))
    else:
        click.echo(strata_csv(plan) if as_csv else readable(plan, aim))


def as_document(plan: SamplePlan) -> dict[str, object]:
    return {
        "required": plan.required, "interviews": plan.interviews, "design_effect": plan.deff, "seed": plan.rule.seed,
        "method": plan.rule.method, "city": asdict(plan.city),
        "counties": [asdict(row) | {"minimum": _foreseen(row).standing} for row in plan.strata], "sites": [asdict(site) for site in plan.drawn],
        "reserves": [asdict(site) for site in plan.reserves],
    }  # fmt: skip


def _foreseen(row: StratumPlan) -> Foreseen:
    """Whether a county will meet the minimum that the plan file states."""
    return Foreseen(row.stratum, row.interviews, row.sites, 1, Minimum())


def drawn_csv(sites: Sequence[DrawnSite], site: str, stratum: str, size: str) -> str:
    """A table of drawn sites, or of reserves in the order of their use."""
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
        for row in sites
    ]
    return _csv(rows)


def joint_csv(pairs: Sequence[JointProbability]) -> str:
    rows = [["stratum", "site", "other", "probability"]]
    return _csv(rows + [[pair.stratum, pair.site, pair.other, repr(pair.probability)] for pair in pairs])


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


def plan_text(
    plan: SamplePlan, aim: Aim, question: str, site: str, stratum: str, rulebook: str, beside: Beside = (None, None)
) -> str:
    """The plan file; it names the rulebook whose lines the sample was planned for, '' where that is the default.

    beside: the files of the sites drawn and of joint probabilities; a finite method's weights and variance follow them.
    """
    sites_file, joint_file = beside
    known = rulebook if rulebook in rulebook_ids() else str(Path(rulebook).resolve())
    named = "" if rulebook in (NONE, "") else _quoted(known)
    margin = ", ".join(f"{_quoted(row.stratum)}: {row.population:.15g}" for row in plan.strata)
    finite = plan.rule.finite and sites_file is not None
    follows = FOLLOWING.format(sites=_quoted(sites_file)) if finite else FOR_THE_TARGET.format()
    pps = f"pps: {{joint: {_quoted(joint_file)}}}" if joint_file else "pps: {}"
    return PLAN.format(
        question=question, site=site, stratum=stratum, margin=margin, confidence=aim.confidence,
        design=f"weight: base_weight, {pps}" if finite else "weight: base_weight",
        draw=follows + _draw_written(plan, aim) + (RESERVES if plan.reserves else ""),
        decided=f"rulebook: {{city: {named}}}\n" if named else "",
    )  # fmt: skip


def _draw_written(plan: SamplePlan, aim: Aim) -> str:
    rule = plan.rule
    parts = [f"method: {rule.method}", f"seed: {rule.seed}", f"take: {aim.take}"]
    if aim.response_rate < 1:
        parts.append(f"invited: {ceil(aim.take / aim.response_rate)}")
    if rule.rotate:
        parts += [f"wave: {rule.wave}", f"rotate: {rule.rotate:g}"]
    if rule.reserves:
        parts.append(f"reserves: {rule.reserves}")
    sites = ", ".join(f"{_quoted(row.stratum)}: {row.sites}" for row in plan.strata)
    return f"draw: {{{', '.join(parts)}, sites: {{{sites}}}}}\n"


def _quoted(text: str | None) -> str:
    return json.dumps(text, ensure_ascii=False)


def readable(plan: SamplePlan, aim: Aim) -> str:
    told = Message(
        "terminal.planned", required=plan.required, deff=plan.deff, interviews=plan.interviews, sites=len(plan.drawn),
        invitations=sum(row.invitations for row in plan.strata), seed=plan.rule.seed,
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
    table = [aligned(list(map(str, headings)), WIDTHS), *(aligned(list(map(str, row)), WIDTHS) for row in rows)]
    city = Message("terminal.planned_city", margin=plan.city.margin or 1.0, share=aim.assumed)
    decided = [Message("terminal.planned_power", power=plan.city.power)] if plan.city.power is not None else []
    rule = plan.rule
    how = [Message(DRAWN[rule.method])]
    how += [Message("terminal.rotated", wave=rule.wave, share=rule.rotate)] if rule.rotate else []
    how += [Message("terminal.reserves", n=len(plan.reserves), each=rule.reserves)] if rule.reserves else []
    return "\n".join(
        [str(told), *map(str, how), str(city), *map(str, decided), *table, *in_want(map(_foreseen, plan.strata))]
    )


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.4f}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _csv(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
