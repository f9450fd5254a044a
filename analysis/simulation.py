"""Whole surveys of a plan before any money is spent: sites drawn, people answering or not, estimated by the plan itself.

Each survey has a population of its own: at every site of the frame the satisfied are beta-binomial with the scenario's
share and correlation. What the survey estimates is compared with that population's share, which its sites made up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.cells import Cells
from analysis.drawing import DrawnSite, FrameSite, draw, pairs_of
from analysis.errors import AnalysisError
from analysis.estimation import estimate
from analysis.plan import Plan
from analysis.plan_draw import PlannedDraw
from analysis.results import DomainEstimate
from analysis.sampled_sites import SampledSite
from analysis.sampling import FrameError
from analysis.scenarios import OTHERS, Cost, Scenario, Scenarios
from wording import Refusal, Text, said_of

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
LEFT_OUT = ("nonresponse", "flagged", "figures", "replication", "small_areas", "drivers", "modes")


@dataclass(frozen=True)
class AreaFigure:
    """What one survey says of an area: the true share, and the estimate with its interval, None where there is none."""

    truth: float
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class OneSurvey:
    """figures: of the whole first, then of the frame's counties in their order. refused: why nothing was estimated."""

    figures: tuple[AreaFigure, ...]
    answers: int
    cost: float
    refused: Text | None = None


@dataclass(frozen=True)
class Prepared:
    """A plan as its surveys use it. members: the frame by county. left_out: keys of the plan that have no part in it;
    at_random: margins that are given to respondents whatever they answer."""

    plan: Plan
    rule: PlannedDraw
    members: dict[str, list[FrameSite]]
    left_out: tuple[str, ...]
    at_random: tuple[str, ...]


def prepared(plan: Plan, frame: Sequence[FrameSite], scenarios: Scenarios) -> Prepared:
    """Plan and frame, if they and the scenarios go together. Raises Refusal in the user's words."""
    rule = drawable(plan)
    members: dict[str, list[FrameSite]] = {}
    seen: set[tuple[str, str]] = set()
    for site in frame:
        if (site.stratum, site.name) in seen:
            raise FrameError("plans.site_stands_twice", site_name=site.name, site_stratum=site.stratum)
        seen.add((site.stratum, site.name))
        members.setdefault(site.stratum, []).append(site)
        if site.size < rule.asked:
            raise FrameError(
                "scenarios.asked_more_than_people", site=site.name, people=f"{site.size:g}", asked=rule.asked
            )
    for stratum in dict.fromkeys((*members, *rule.sites)):
        wanted, there = rule.sites.get(stratum, 0), len(members.get(stratum, ()))
        if not 0 < wanted <= there:
            raise FrameError("scenarios.frame_not_of_plan", stratum=stratum, there=there, wanted=wanted)
    for name, scenario in scenarios.scenarios.items():
        named = scenario.satisfied if isinstance(scenario.satisfied, dict) else {}
        for county in named:
            if county != OTHERS and county not in members:
                raise FrameError("scenarios.county_unknown", scenario=name, county=county)
        for county in members:
            scenario.share_of(county)
    strata = plan.design.strata or ""
    known = (strata, *plan.margin_names)
    left_out = [key for key in LEFT_OUT if getattr(plan, key) not in (None, ())]
    left_out += [f"design.{key}" for key in ("fpc", "sample") if getattr(plan.design, key)]
    left_out += ["calibration.totals"] if plan.total_names else []
    left_out += ["weights.adults"] if plan.weights.adults else []
    left_out += [f"domains.{name}" for name, parts in plan.crossings.items() if not set(parts) <= set(known)]
    calibration = plan.calibration
    if calibration is not None:
        calibration = replace(calibration, totals={}) if calibration.margins else None
    own = replace(
        plan,
        design=replace(plan.design, fpc=(), sample=None),
        calibration=calibration,
        domains=(strata,),
        nonresponse=None, flagged=None, figures=(), replication=None, small_areas=None, drivers=None, modes=(),
        weights=replace(plan.weights, adults=None, column=None), respondents=None,
    )  # fmt: skip
    at_random = tuple(name for name in plan.margin_names if name != strata)
    return Prepared(own, rule, members, tuple(left_out), at_random)


def drawable(plan: Plan) -> PlannedDraw:
    """How the plan's sites are drawn, if surveys of it can be simulated. Raises Refusal in the user's words."""
    if plan.draw is None:
        raise Refusal("scenarios.plan_without_draw")
    if plan.design.psu is None or plan.design.strata is None:
        raise Refusal("scenarios.plan_needs_psu")
    if plan.measure.official != "share":
        raise Refusal("scenarios.plan_of_index")
    return plan.draw


def surveys(
    of: Prepared, scenario: Scenario, cost: Cost, number: int, seeds: np.random.SeedSequence
) -> Iterator[OneSurvey]:
    """`number` surveys under the scenario, each by a seed of its own."""
    for each in seeds.spawn(number):
        yield _survey(of, scenario, cost, np.random.default_rng(each))


def _survey(of: Prepared, scenario: Scenario, cost: Cost, generator: np.random.Generator) -> OneSurvey:
    rule = replace(of.rule, seed=int(generator.integers(2**31)))
    truths, drawn, satisfied, dissatisfied = [], [], [], []
    for stratum, members in of.members.items():
        people = np.array([round(site.size) for site in members])
        content = _content(people, scenario.share_of(stratum), float(scenario.icc), generator)
        truths.append((float(content.sum()), float(people.sum())))
        sites = draw(members, rule.sites[stratum], rule.take, rule, generator)
        place = {site.name: at for at, site in enumerate(members)}
        at = np.array([place[site.name] for site in sites])
        asked = generator.hypergeometric(content[at], people[at] - content[at], rule.asked)
        drawn += sites
        satisfied.append(generator.binomial(asked, scenario.chances[0]))
        dissatisfied.append(generator.binomial(rule.asked - asked, scenario.chances[1]))
    good, bad = np.concatenate(satisfied), np.concatenate(dissatisfied)
    answers = int(good.sum() + bad.sum())
    spent = (
        float(cost.site) * len(drawn) + float(cost.invitation) * rule.asked * len(drawn) + float(cost.answer) * answers
    )
    whole = (sum(share for share, _ in truths), sum(size for _, size in truths))
    shares = [share / size for share, size in (whole, *truths)]
    try:
        plan = _with_sites(of, drawn, rule)
        found = estimate(_cells(of, plan, drawn, good, bad, generator), plan)
    except AnalysisError as error:
        return OneSurvey(tuple(AreaFigure(share) for share in shares), answers, spent, said_of(error))
    strata = of.plan.design.strata
    by_county = {row.level: row for row in found.domains[strata or ""]}
    rows = [found.overall, *(by_county.get(county) for county in of.members)]
    return OneSurvey(tuple(_figure(share, row) for share, row in zip(shares, rows, strict=True)), answers, spent)


def _content(people: Counts, share: float, icc: float, generator: np.random.Generator) -> Counts:
    """How many are satisfied at each site: beta-binomial, the correlation of two persons of a site being `icc`."""
    if icc == 0:
        return generator.binomial(people, share)
    odds = 1 / icc - 1
    return generator.binomial(people, generator.beta(share * odds, (1 - share) * odds, len(people)))


def _with_sites(of: Prepared, drawn: Sequence[DrawnSite], rule: PlannedDraw) -> Plan:
    """The plan with what this survey drew, where weights or variance follow it."""
    plan = of.plan
    if plan.follows_sites or plan.design.pps is not None:
        plan = plan.with_sites(tuple(
            SampledSite(site.name, site.stratum, site.inclusion_probability, site.size, rule.asked) for site in drawn
        ))  # fmt: skip
    if plan.design.pps is not None:
        pps = replace(plan.design.pps, probability=None, joint=())
        if plan.design.pps.joint and rule.method == "sampford":
            own = {county: [site for site in drawn if site.stratum == county] for county in of.members}
            pairs = (pairs_of(members, rule.sites[county], own[county]) for county, members in of.members.items())
            pps = replace(pps, joint=tuple(pair for each in pairs for pair in each))
        plan = replace(plan, design=replace(plan.design, pps=pps))
    return plan


def _cells(
    of: Prepared, plan: Plan, drawn: Sequence[DrawnSite], good: Counts, bad: Counts, generator: np.random.Generator
) -> Cells:
    """The answers of one survey, a row each: code, county, site, and levels of further margins at random."""
    measure, design = plan.measure, plan.design
    total = good + bad
    site = np.repeat(np.arange(len(drawn)), total)
    number = len(site)
    if not number:
        raise AnalysisError("analysis.no_responses_estimate_from")
    code = np.repeat(np.tile([0, 1], len(drawn)), np.column_stack([good, bad]).ravel())
    worst = next(answer for answer in measure.scale if answer not in measure.satisfied)
    counties = list(of.members)
    county_of = np.array([counties.index(each.stratum) for each in drawn])
    names = list(dict.fromkeys(each.name for each in drawn))
    label = np.array([names.index(each.name) for each in drawn])
    keys: dict[str, tuple[Sequence[str | int], Counts]] = {measure.question: ([measure.satisfied[0], worst], code)}
    keys |= {design.strata or "": (counties, county_of[site]), design.psu or "": (names, label[site])}
    for name in of.at_random:
        levels = plan.margins()[name]
        sizes = np.array(list(levels.values()))
        keys[name] = (list(levels), generator.choice(len(levels), number, p=sizes / sizes.sum()))
    weight = np.array([each.size / (each.inclusion_probability * of.rule.take) for each in drawn])[site]
    weight = np.ones(number) if plan.weight_column is None else weight
    if plan.trims and plan.weight_column is not None:
        keys[plan.weight_column] = ([repr(value) for value in weight.tolist()], np.arange(number))
    return Cells.from_coded(keys, np.ones(number), weight, weight**2, plan)


def _figure(truth: float, row: DomainEstimate | None) -> AreaFigure:
    if row is None or row.satisfied is None:
        return AreaFigure(truth)
    interval = row.satisfied.interval
    if interval is None:
        return AreaFigure(truth, row.satisfied.estimate)
    return AreaFigure(truth, row.satisfied.estimate, interval.lower, interval.upper)
