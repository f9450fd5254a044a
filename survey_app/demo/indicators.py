"""Simulated indicator values, their departments and how far each has come; an area falls short here and there."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

from analysis.scoring import load_rulebook
from analysis.scoring.conditions import Condition, Group, Requirement
from analysis.scoring.rulebook import Indicator
from analysis.scoring.rules import Tier
from analysis.scoring.values import StoredValue
from survey_app.ground.rulebooks import rulebook_for
from survey_app.models import Area, Assignment, IndicatorEntry, IndicatorValue, ValueChange, db
from survey_app.models.base import now
from survey_app.models.period import FIRST_PERIOD
from survey_app.values.assignments import suggestions
from survey_app.values.reading import asked

SIMULATED = "演示"
SATISFACTION = "38"  # the county's row that an estimate fills
UNFINISHED = 8  # the county that has not named all its departments
STATES = {3: "submitted", 8: "returned", 13: "draft"}
AMBITION = (0.93, 0.55, 0.80, 0.35, 0.25, 0.45, 0.60, 0.30, 0.15, 0.40, 0.88, 0.95)


def store_values(areas: list[Area], generator: np.random.Generator) -> None:
    """Values of the city and its counties for every indicator, in the rulebook's own terms."""
    for place, area in enumerate(areas):
        rulebook = load_rulebook(rulebook_for(area))
        ambition = AMBITION[place % len(AMBITION)]
        unfinished = area.kind == "county" and place % len(AMBITION) == UNFINISHED
        for indicator in rulebook.indicators:
            for metric, value in _values(indicator, ambition, generator).items():
                _add(area, rulebook.id, str(indicator.number), metric, value)
        for condition in rulebook.declared:
            _add(area, rulebook.id, "rating", condition, False)
        if area.kind == "county":
            _assign(area, rulebook.id, unfinished)
        for number, _name in asked(rulebook):
            if not (unfinished and _left_open(number)):
                _enter(area, rulebook.id, number, place)


def _assign(area: Area, rulebook_id: str, unfinished: bool) -> None:
    """Departments after the city's; one county has not named all of its own yet."""
    for indicator, names in suggestions(rulebook_id).items():
        if indicator == SATISFACTION or (unfinished and _left_open(indicator)):
            continue
        db.session.add(
            Assignment(
                area=area, rulebook_id=rulebook_id, indicator=indicator, leads=list(names), supporting=[],
                shared=not names, changed_by=SIMULATED, demo=True,
            )
        )  # fmt: skip


def _left_open(indicator: str) -> bool:
    return indicator.isdigit() and int(indicator) % 5 == 0


def _enter(area: Area, rulebook_id: str, indicator: str, place: int) -> None:
    """Most are accepted; some of every area wait, were returned, or are still drafts."""
    state = STATES.get((int(indicator) + place) % 16, "accepted") if indicator.isdigit() else "accepted"
    moment = now()
    entry = IndicatorEntry(
        period=FIRST_PERIOD, area=area, rulebook_id=rulebook_id, indicator=indicator, state=state, demo=True,
        submitted_by="" if state == "draft" else SIMULATED, submitted_at=None if state == "draft" else moment,
        verified_by=SIMULATED if state in ("accepted", "returned") else "",
        verified_at=moment if state in ("accepted", "returned") else None,
        note="模拟数据" if state != "draft" else "", comment="请附统计口径和计算过程" if state == "returned" else "",
    )  # fmt: skip
    db.session.add(entry)
    db.session.add(ValueChange(entry=entry, what=":state", old="draft", new=state, by=SIMULATED, reason=entry.comment))


def _add(area: Area, rulebook_id: str, indicator: str, metric: str, value: Any) -> None:
    db.session.add(
        IndicatorValue(area=area, rulebook_id=rulebook_id, indicator=indicator, metric=metric, value=value, demo=True)
    )


def _values(indicator: Indicator, ambition: float, generator: np.random.Generator) -> dict[str, StoredValue]:
    if indicator.kind == "deduction":
        return {"deducted_points": int(generator.integers(0, 3)), "major_incident": False}
    if indicator.kind == "bonus":
        return {bonus.metric: int(generator.poisson(3 * ambition)) for bonus in indicator.bonuses}
    if indicator.kind != "tiered" or generator.uniform() < 0.02:
        return {metric.key: None for metric in indicator.metrics}
    level = sum(generator.uniform() < ambition**power for power in (0.25, 0.6, 1.3))
    reached = [tier for tier in indicator.tiers if tier.level - 2 <= level]
    below = not reached
    tier = reached[-1] if reached else indicator.tiers[0]
    values: dict[str, StoredValue] = {
        metric.key: False if metric.kind == "yes_no" else None for metric in indicator.metrics
    }
    for earlier in (*reached, tier):
        values.update(_meeting(indicator, earlier, below, generator))
    return values


def _meeting(indicator: Indicator, tier: Tier, below: bool, generator: np.random.Generator) -> dict[str, StoredValue]:
    found: dict[str, StoredValue] = {}
    for condition in _first(tier.requirement):
        metric = indicator.metric(condition.metric)
        if condition.operator == "yes":
            found[condition.metric] = not below
            continue
        slack = float(generator.uniform(0.0, 0.06))
        better = condition.operator in (">=", ">")
        factor = (1 + slack if better else 1 - 0.01 - slack) if not below else (0.9 - slack if better else 1.2)
        value = float(condition.threshold) * factor
        if metric is not None and metric.kind == "count":
            value = int(np.ceil(value)) if not below else int(value)
        elif metric is not None and metric.kind == "share":
            value = float(round(Decimal(min(value, 1.0)), 4)) if not below else round(value, 4)
        else:
            value = round(value, 4)
        found[condition.metric] = value
    return found


def _first(requirement: Requirement) -> list[Condition]:
    """Conditions to meet, the first alternative wherever one is enough."""
    if not isinstance(requirement, Group):
        return [requirement]
    parts = requirement.parts[:1] if requirement.any_of else requirement.parts
    return [condition for part in parts for condition in _first(part)]
