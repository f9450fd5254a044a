"""An area as it stands today: its present values scored, what each indicator lacks, and who answers for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from analysis.scoring import Rulebook, ValuesError, score
from analysis.scoring.gaps import Gap, gaps
from analysis.scoring.scorecard import Scorecard
from analysis.scoring.upgrades import UpgradePlan, cheapest_upgrades
from analysis.scoring.values import AreaValues, read_values
from survey_app.estimates.area_satisfaction import scored_satisfaction
from survey_app.ground import sign_off
from survey_app.models import Area, EstimateRun, Period, Survey, db
from survey_app.values.periods import current_period
from survey_app.values.reading import ACCEPTED, entries, stored_of, verified_values, with_peers, with_peers_each
from survey_app.values.readings import readings_in

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
    """Score the area's present values, whoever has accepted them, with the newest approved estimate or else the newest.

    Raises ValuesError.
    """
    found = next(assess_each([area]))
    if isinstance(found, ValuesError):
        raise found
    return found


def assess_each(areas: Collection[Area]) -> Iterator[Assessment | ValuesError]:
    """`assess` of each in turn, or what cannot be read of its values; what they share is read once."""
    period = current_period()
    held, stored = readings_in(period), stored_of(period, areas)
    newest = {city: newest_estimate(city) for city in {_city_of(area) for area in areas}}
    given = {area: (held.rulebook(period.rulebook_of(area)), stored.values(area)) for area in areas}
    compared = with_peers_each(given, period)
    for area, (rulebook, values) in given.items():
        who, (run, approved) = stored.who[area.id], newest[_city_of(area)]
        try:
            supplied = read_values(rulebook, compared[area])
            card = score(rulebook, compared[area], scored_satisfaction(area, run) if run else None)
        except ValuesError as error:
            yield error
            continue
        leads = {indicator.number: who[str(indicator.number)].leads for indicator in rulebook.indicators}
        shared = frozenset(int(key) for key, found in who.items() if key.isdigit() and found.shared)
        accepted = frozenset(int(key) for key in stored.accepted(area) if key.isdigit())
        yield Assessment(
            area, period, rulebook, values, supplied, card, tuple(gaps(card, supplied)), leads, shared, accepted, run,
            approved,
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
    return cheapest_upgrades(found.card, target, effort, fixed, found.supplied)


def tiers_reached(area: Area, rulebook_id: str, numbers: frozenset[int]) -> dict[int, int | None]:
    """Stars that these indicators reach by the values a verifier has accepted; those not accepted are left out."""
    period = current_period()
    rulebook = readings_in(period).rulebook(rulebook_id)
    accepted = accepted_indicators(area, rulebook_id, period)
    values = verified_values(area, rulebook_id, period)
    card = score(rulebook, with_peers(values, area, rulebook, period, verified_values), None)
    return {row.indicator.number: row.stars for row in card.indicators if row.indicator.number in numbers & accepted}


def accepted_indicators(area: Area, rulebook_id: str, period: Period) -> frozenset[int]:
    stored = entries(area, rulebook_id, period)
    return frozenset(int(key) for key, entry in stored.items() if key.isdigit() and entry.state == ACCEPTED)


def _city_of(area: Area) -> int | None:
    return area.id if area.kind == "city" else area.parent_id


def newest_estimate(city: int | None) -> tuple[EstimateRun | None, bool]:
    """The newest approved estimate of the city with this id, else the newest of all, and whether it is approved."""
    query = select(EstimateRun.id).join(Survey).where(Survey.city_id == city).order_by(EstimateRun.id.desc()).limit(50)
    ids = list(db.session.scalars(query))
    states = sign_off.states([f"estimate:{number}" for number in ids])
    approved = [number for number in ids if states.get(f"estimate:{number}") == sign_off.APPROVED]
    chosen = next(iter(approved or ids), None)
    return (db.session.get(EstimateRun, chosen) if chosen else None), bool(approved)
