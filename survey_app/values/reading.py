"""Indicator values read: what is there, what a verifier has accepted, and what is still open, with its department."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from analysis.scoring import Rulebook, load_rulebook
from analysis.scoring.rulebook import Indicator, Metric
from analysis.scoring.values import RATING, StoredValue, Values
from survey_app.models import Area, IndicatorEntry, IndicatorValue, Period, db
from survey_app.values.assignments import Responsible, responsible
from survey_app.values.periods import current_period

DRAFT, SUBMITTED, ACCEPTED, RETURNED = "draft", "submitted", "accepted", "returned"
MISSING, UNASSIGNED = "missing", "unassigned"


@dataclass(frozen=True)
class Outstanding:
    """An indicator that is not accepted yet. state: unassigned | missing | draft | submitted | returned.

    leads: () where the area's coordinator answers for it. missing: names of metrics without a value.
    """

    indicator: str
    name: str
    state: str
    leads: tuple[str, ...]
    missing: tuple[str, ...]


def present_values(area: Area, rulebook_id: str, period: str | Period | None = None) -> Values:
    """The area's present values in any state, keyed as `minyi score` takes them. No period: the current one."""
    return _by_indicator(value_rows(area, rulebook_id, period))


def verified_values(area: Area, rulebook_id: str, period: str | Period | None) -> Values:
    """Only the values of indicators that a verifier has accepted."""
    accepted = {key for key, entry in entries(area, rulebook_id, period).items() if entry.state == ACCEPTED}
    return _by_indicator([row for row in value_rows(area, rulebook_id, period) if row.indicator in accepted])


def unverified(area: Area, rulebook_id: str, period: str | Period | None) -> list[Outstanding]:
    """What stands between the area and a final run, in the order of the annex; empty where all is accepted.

    The satisfaction row takes its figure from an approved estimate and is not asked here. A condition of the rating
    that nobody has declared counts as not declared; one that is declared must be accepted.
    """
    rulebook = load_rulebook(rulebook_id)
    who, values = responsible(area, rulebook_id), present_values(area, rulebook_id, period)
    stored = entries(area, rulebook_id, period)
    found = []
    for key, name in asked(rulebook):
        given = values.get(key, {})
        state = state_of(stored.get(key), given, who[key])
        if state == ACCEPTED or (key == RATING and state == MISSING):
            continue
        missing = tuple(metric.name for metric in metrics_of(rulebook, key) if given.get(metric.key) is None)
        found.append(Outstanding(key, name, state, who[key].leads, missing))
    return found


def state_of(entry: IndicatorEntry | None, given: Mapping[str, StoredValue], who: Responsible) -> str:
    """How far an indicator has come: accepted, or one of the states of `Outstanding`."""
    if entry is not None and entry.state in (ACCEPTED, SUBMITTED):
        return entry.state
    if not who.assigned:
        return UNASSIGNED
    if entry is not None and (entry.state == RETURNED or entry.note):
        return entry.state
    return DRAFT if any(value is not None for value in given.values()) else MISSING


def asked(rulebook: Rulebook) -> list[tuple[str, str]]:
    """(indicator, name) of everything departments or coordinators enter; the conditions of the rating come last."""
    listed = [(str(item.number), item.name) for item in rulebook.indicators if item.metrics]
    return [*listed, (RATING, "评级条件")] if rulebook.declared else listed


def metrics_of(rulebook: Rulebook, indicator: str) -> tuple[Metric, ...]:
    """The indicator's metrics; for 'rating' the declared conditions, as yes or no."""
    if indicator == RATING:
        return tuple(Metric(key, words, "yes_no") for key, words in rulebook.declared.items())
    return indicator_of(rulebook, indicator).metrics


def indicator_of(rulebook: Rulebook, indicator: str) -> Indicator:
    """The indicator of this number. Raises KeyError."""
    found = rulebook.indicator(int(indicator)) if indicator.isdecimal() else None
    if found is None:
        raise KeyError(indicator)
    return found


def value_rows(area: Area, rulebook_id: str, period: str | Period | None = None) -> list[IndicatorValue]:
    """The stored rows behind `present_values`."""
    query = select(IndicatorValue).where(
        IndicatorValue.area_id == area.id,
        IndicatorValue.rulebook_id == rulebook_id,
        IndicatorValue.period == _code(period),
    )
    return list(db.session.scalars(query.order_by(IndicatorValue.id)))


def entries(area: Area, rulebook_id: str, period: str | Period | None = None) -> dict[str, IndicatorEntry]:
    """Indicator -> how far it has come, where anybody has worked on it."""
    query = select(IndicatorEntry).where(
        IndicatorEntry.area_id == area.id,
        IndicatorEntry.rulebook_id == rulebook_id,
        IndicatorEntry.period == _code(period),
    )
    return {entry.indicator: entry for entry in db.session.scalars(query)}


def _code(period: str | Period | None) -> str:
    if period is None:
        return current_period().code
    return period.code if isinstance(period, Period) else period


def _by_indicator(rows: list[IndicatorValue]) -> Values:
    values: Values = defaultdict(dict)
    for row in rows:
        values[row.indicator][row.metric] = row.value
    return dict(values)


def stored_values(area: Area, rulebook_id: str) -> Values:
    """The area's present values, keyed as the input of `minyi score`."""
    return present_values(area, rulebook_id)
