"""An area as it stands today: its present values scored, what each indicator lacks, and who answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from analysis.scoring import Rulebook, load_rulebook, score
from analysis.scoring.gaps import Gap, gaps
from analysis.scoring.scorecard import Scorecard
from analysis.scoring.upgrades import UpgradePlan, cheapest_upgrades
from analysis.scoring.values import AreaValues, read_values
from survey_app.models import Area, EstimateRun, Survey, db
from survey_app.services import sign_off
from survey_app.services.scoring_runs import RULEBOOKS, satisfaction_of, stored_values

NO_DEPARTMENT = ""


@dataclass(frozen=True)
class Assessment:
    """`leads`: indicator -> departments that answer for it. `approved`: whether two people settled the estimate."""

    area: Area
    rulebook: Rulebook
    values: Mapping[str, Mapping[str, Any]]
    supplied: AreaValues
    card: Scorecard
    gaps: tuple[Gap, ...]
    leads: dict[int, tuple[str, ...]]
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
    rulebook = load_rulebook(RULEBOOKS[area.kind])
    values = stored_values(area, rulebook.id)
    supplied = read_values(rulebook, values)
    run, approved = newest_estimate(area)
    card = score(rulebook, values, satisfaction_of(area, run.result) if run else None)
    leads = leads_of(area, rulebook)
    return Assessment(area, rulebook, values, supplied, card, tuple(gaps(card, supplied)), leads, run, approved)


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
    """Stars that each of these indicators reaches by the area's present values."""
    rulebook = load_rulebook(rulebook_id)
    card = score(rulebook, stored_values(area, rulebook_id), None)
    return {row.indicator.number: row.stars for row in card.indicators if row.indicator.number in numbers}


def newest_estimate(area: Area) -> tuple[EstimateRun | None, bool]:
    """The newest approved estimate of the area's city, else the newest of all, and whether it is approved."""
    city = area.id if area.kind == "city" else area.parent_id
    query = select(EstimateRun.id).join(Survey).where(Survey.city_id == city).order_by(EstimateRun.id.desc()).limit(50)
    ids = list(db.session.scalars(query))
    states = sign_off.states([f"estimate:{number}" for number in ids])
    approved = [number for number in ids if states.get(f"estimate:{number}") == sign_off.APPROVED]
    chosen = next(iter(approved or ids), None)
    return (db.session.get(EstimateRun, chosen) if chosen else None), bool(approved)


def leads_of(area: Area, rulebook: Rulebook) -> dict[int, tuple[str, ...]]:
    """Indicator -> its lead departments; none for a county that has assigned nobody."""
    return {indicator.number: indicator.lead for indicator in rulebook.indicators}
