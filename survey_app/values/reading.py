"""Indicator values read: what is there, what a verifier has accepted, and what is still open, with its department."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from analysis.scoring import Rulebook
from analysis.scoring.rulebook import Indicator, Metric
from analysis.scoring.values import RATING, StoredValue, Values, among_peers
from survey_app.models import Area, IndicatorEntry, IndicatorValue, Period, db
from survey_app.values.assignments import Responsible, responsible_each
from survey_app.values.periods import current_period
from survey_app.values.rulebooks import rated_areas

Read = Callable[[Area, str, str | Period | None], Values]

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


@dataclass(frozen=True)
class Stored:
    """What some areas have stored in a period, each under the rulebook that rates it there, read in three queries.

    rows and entries: by area id, then by indicator; who: by area id, then by indicator.
    """

    rows: Mapping[int, Mapping[str, list[IndicatorValue]]]
    entries: Mapping[int, Mapping[str, IndicatorEntry]]
    who: Mapping[int, Mapping[str, Responsible]]

    def values(self, area: Area) -> Values:
        """Its present values in any state, keyed as `minyi score` takes them."""
        return _by_indicator([row for rows in self.rows.get(area.id, {}).values() for row in rows])

    def accepted(self, area: Area) -> frozenset[str]:
        """The indicators that a verifier has accepted."""
        entries = self.entries.get(area.id, {})
        return frozenset(key for key, entry in entries.items() if entry.state == ACCEPTED)


def stored_of(period: Period, areas: Iterable[Area], fresh: bool = False) -> Stored:
    """What `areas` have stored in `period`; fresh: as it is now, past what this session remembers."""
    books = {area.id: (area, period.rulebook_of(area)) for area in areas}
    rows: defaultdict[int, defaultdict[str, list[IndicatorValue]]] = defaultdict(lambda: defaultdict(list))
    query = select(IndicatorValue).where(IndicatorValue.period == period.code, IndicatorValue.area_id.in_(books))
    for row in db.session.scalars(query.order_by(IndicatorValue.id).execution_options(populate_existing=fresh)):
        if row.rulebook_id == books[row.area_id][1]:
            rows[row.area_id][row.indicator].append(row)
    entries: defaultdict[int, dict[str, IndicatorEntry]] = defaultdict(dict)
    kept = select(IndicatorEntry).where(IndicatorEntry.period == period.code, IndicatorEntry.area_id.in_(books))
    for entry in db.session.scalars(kept.execution_options(populate_existing=fresh)):
        if entry.rulebook_id == books[entry.area_id][1]:
            entries[entry.area_id][entry.indicator] = entry
    return Stored(rows, entries, responsible_each(books.values()))


def present_values(area: Area, rulebook_id: str, period: str | Period | None = None) -> Values:
    """The area's present values in any state, keyed as `minyi score` takes them. No period: the current one."""
    return _by_indicator(value_rows(area, rulebook_id, period))


def verified_values(area: Area, rulebook_id: str, period: str | Period | None) -> Values:
    """Only the values of indicators that a verifier has accepted."""
    accepted = {key for key, entry in entries(area, rulebook_id, period).items() if entry.state == ACCEPTED}
    return _by_indicator([row for row in value_rows(area, rulebook_id, period) if row.indicator in accepted])


def with_peers(
    values: Values, area: Area, rulebook: Rulebook, period: str | Period | None = None, read: Read = present_values
) -> Values:
    """`with_peers_each` of one area."""
    return with_peers_each({area: (rulebook, values)}, period, read)[area]


def with_peers_each(
    found: Mapping[Area, tuple[Rulebook, Values]], period: str | Period | None = None, read: Read = present_values
) -> dict[Area, Values]:
    """The values of areas with what their rulebook compares of the others that are rated by it; most rulebooks compare
    nothing. Those that `found` does not hold are read, each once."""
    compared = {area: values for area, (_, values) in found.items()}
    kinds: defaultdict[tuple[int, str, str], list[Area]] = defaultdict(list)
    for area, (rulebook, _) in found.items():
        if rulebook.compared:
            kinds[area.top.id, area.kind, rulebook.id].append(area)
    for (_city, kind, book), held in kinds.items():
        rated = rated_areas(held[0].top, period if isinstance(period, Period) else None)
        every = {one.code: read(one, book, period) for one in rated if one.kind == kind and one not in compared}
        every = among_peers(found[held[0]][0], every | {area.code: compared[area] for area in held})
        compared |= {area: every[area.code] for area in held}
    return compared


def unverified(area: Area, rulebook: Rulebook, stored: Stored) -> list[Outstanding]:
    """What stands between the area and a final run, in the order of the annex; empty where all is accepted.

    The satisfaction row takes its figure from an approved estimate and is not asked here. A condition of the rating
    that nobody has declared counts as not declared; one that is declared must be accepted.
    """
    who, values, kept = stored.who[area.id], stored.values(area), stored.entries.get(area.id, {})
    found = []
    for key, name in asked(rulebook):
        given = values.get(key, {})
        state = state_of(kept.get(key), given, who[key])
        if state == ACCEPTED or left_undeclared(key, state):
            continue
        missing = tuple(metric.name for metric in metrics_of(rulebook, key) if given.get(metric.key) is None)
        found.append(Outstanding(key, name, state, who[key].leads, missing))
    return found


def left_undeclared(indicator: str, state: str) -> bool:
    """Whether it is a condition of the rating that nobody has declared, which nobody must."""
    return (indicator, state) == (RATING, MISSING)


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
