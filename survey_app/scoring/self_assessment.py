"""An area as it stands today: its present values scored, what each indicator lacks, and who answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from analysis.scoring import Rulebook, score
from analysis.scoring.gaps import Gap, gaps
from analysis.scoring.scorecard import Scorecard
from analysis.scoring.upgrades import UpgradePlan, cheapest_upgrades
from analysis.scoring.values import AreaValues, read_values
from survey_app.estimates.area_satisfaction import scored_satisfaction
from survey_app.ground import sign_off
from survey_app.models import Area, EstimateRun, Period, Survey, db
from survey_app.values.assignments import responsible
from survey_app.values.periods import current_period
from survey_app.values.reading import ACCEPTED, entries, present_values, verified_values
from survey_app.values.readings import readings_in, rulebook_in

NO_DEPARTMENT = ""


@dataclass(frozen=True)
class Assessment:
    """`leads`: indicator -> departments that answer for it; `shared`: indicators without a single lead. `accepted`: indicators whose values a verifier has
    accepted. `approved`: whether two people settled the estimate."""

    area: Area
    period: Period
    rulebook: Rulebook
    values: Mapping[str, Mapping[str, object]]
    supplied: AreaValues
    card: Scorecard
    gaps: tuple[Gap, ...]
    leads: dict[int, tuple[str, ...]]
    shared: frozenset[int]
    accepted: frozenset[int]
    estimate: EstimateRun | None
    approved: bool


@dataclass(frozen=True)
class DepartmentLoss:
    """Points one department's indicators lose, and what their next steps would gain. Joint ones count for each."""

    department: str
    indicators: int
    lost: Decimal
    gain: Decimal


def assess(area: Area) -> Assessment:
    """Score the area's present values, whoever has accepted them, with the newest approved estimate or else the newest."""
    period = current_period()
    rulebook = rulebook_in(period, area)
    values = present_values(area, rulebook.id, period)
    supplied = read_values(rulebook, values)
    run, approved = newest_estimate(area)
    card = score(rulebook, values, scored_satisfaction(area, run) if run else None)
    who = responsible(area, rulebook.id)
    leads = {indicator.number: who[str(indicator.number)].leads for indicator in rulebook.indicators}
    shared = frozenset(int(key) for key, found in who.items() if key.isdigit() and found.shared)
    return Assessment(
        area, period, rulebook, values, supplied, card, tuple(gaps(card, supplied)), leads, shared,
        accepted_indicators(area, rulebook.id, period), run, approved,
    )  # fmt: skip


def by_department(found: Assessment) -> list[DepartmentLoss]:
    """What each lead department's gaps cost, the largest loss first."""
    rows: dict[str, list[Gap]] = {}
    for gap in found.gaps:
        for department in found.leads.get(gap.indicator.number) or (NO_DEPARTMENT,):
            rows.setdefault(department, []).append(gap)
    losses = [
        DepartmentLoss(
            name, len(own), sum((gap.lost for gap in own), Decimal(0)), sum((gap.gain for gap in own), Decimal(0))
        )
        for name, own in rows.items()
    ]
    return sorted(losses, key=lambda row: (-row.lost, row.department))


def plan_for(found: Assessment, target: str, effort: Mapping[int, float] | None, fixed: frozenset[int]) -> UpgradePlan:
    """The fewest, or with efforts the cheapest, upgrades to `target`. Raises UpgradesError."""
    return cheapest_upgrades(found.card, target, effort, fixed)


def tiers_reached(area: Area, rulebook_id: str, numbers: frozenset[int]) -> dict[int, int | None]:
    """Stars that these indicators reach by the values a verifier has accepted; those not accepted are left out."""
    period = current_period()
    rulebook = readings_in(period).rulebook(rulebook_id)
    accepted = accepted_indicators(area, rulebook_id, period)
    card = score(rulebook, verified_values(area, rulebook_id, period), None)
    return {row.indicator.number: row.stars for row in card.indicators if row.indicator.number in numbers & accepted}


def accepted_indicators(area: Area, rulebook_id: str, period: Period) -> frozenset[int]:
    stored = entries(area, rulebook_id, period)
    return frozenset(int(key) for key, entry in stored.items() if key.isdigit() and entry.state == ACCEPTED)


def newest_estimate(area: Area) -> tuple[EstimateRun | None, bool]:
    """The newest approved estimate of the area's city, else the newest of all, and whether it is approved."""
    city = area.id if area.kind == "city" else area.parent_id
    query = select(EstimateRun.id).join(Survey).where(Survey.city_id == city).order_by(EstimateRun.id.desc()).limit(50)
    ids = list(db.session.scalars(query))
    states = sign_off.states([f"estimate:{number}" for number in ids])
    approved = [number for number in ids if states.get(f"estimate:{number}") == sign_off.APPROVED]
    chosen = next(iter(approved or ids), None)
    return (db.session.get(EstimateRun, chosen) if chosen else None), bool(approved)
