"""Departments enter the values of an indicator, submit them and may take them back until a verifier has looked.

Every change is written down with who and when. Whoever saves names the version he saw; a newer one is never
overwritten silently.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager

from analysis.scoring import Rulebook
from analysis.scoring.rulebook import Indicator, Metric
from analysis.scoring.values import RATING, read_value
from survey_app.ground import audit
from survey_app.models import Area, IndicatorEntry, IndicatorValue, Period, ValueChange, db
from survey_app.models.base import now
from survey_app.values.assignments import Responsible, responsible
from survey_app.values.periods import CLOSED
from survey_app.values.reading import (
    ACCEPTED,
    DRAFT,
    RETURNED,
    SUBMITTED,
    UNASSIGNED,
    asked,
    indicator_of,
    metrics_of,
    state_of,
)
from survey_app.values.readings import readings_each, readings_in
from wording import Message, Refusal, Text, said_of

STATE, NOTE = ":state", ":note"
NOTE_LENGTH = 4000


class EntryError(Refusal):
    """Values that cannot be stored or submitted, in the user's words; `problems`: (metric key or '', message).

    asked: metric key -> the question that its value raised (AskBackError, ImplausibleError).
    """

    def __init__(self, problems: Sequence[tuple[str, Text]], asked: Mapping[str, ValueError] | None = None) -> None:
        self.problems = list(problems)
        self.asked = dict(asked or {})
        super().__init__(message for _key, message in problems)


class ConflictError(EntryError):
    """Somebody has changed the indicator since the person looked at it; nothing was stored."""

    def __init__(self) -> None:
        super().__init__([("", Message("values.somebody_changed_indicator_since"))])


@dataclass(frozen=True)
class Place:
    """One indicator of one area in one period; `indicator` is its number as text, or 'rating'."""

    period: Period
    area: Area
    rulebook: Rulebook
    indicator: str

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return metrics_of(self.rulebook, self.indicator)

    @property
    def scored(self) -> Indicator | None:
        """The rulebook's indicator; None for the conditions of the rating."""
        return None if self.indicator == RATING else indicator_of(self.rulebook, self.indicator)

    @property
    def name(self) -> str:
        return dict(asked(self.rulebook))[self.indicator]

    @property
    def subject(self) -> str:
        """How the audit trail names it."""
        return f"value:{self.period.code}/{self.area.code}/{self.indicator}"

    @property
    def who(self) -> Responsible:
        return responsible(self.area, self.rulebook.id)[self.indicator]


def place_of(period: str, area: str, indicator: str) -> Place | None:
    """The place with these codes; None where there is none."""
    return places_of(period, [(area, indicator)]).get((area, indicator))


def places_of(period: str, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Place]:
    """(an area's code, indicator) -> its place, for those that there are: all are read at once."""
    found = db.session.get(Period, period)
    if found is None:
        return {}
    held, books = readings_in(found), {}
    for area in db.session.scalars(select(Area).where(Area.code.in_({code for code, _indicator in wanted}))):
        if book := found.rulebook_of(area):
            rulebook = held.rulebook(book)
            books[area.code] = area, rulebook, {indicator for indicator, _name in asked(rulebook)}
    return {
        (code, indicator): Place(found, *books[code][:2], indicator)
        for code, indicator in wanted
        if code in books and indicator in books[code][2]
    }


def in_periods(place: Place, periods: Sequence[Period]) -> list[Place]:
    """The same indicator in those of the periods that rate its area by the same rulebook."""
    same_book = [period for period in periods if period.rulebook_of(place.area) == place.rulebook.id]
    held = readings_each(same_book)
    return [
        Place(period, place.area, held[period.code].rulebook(place.rulebook.id), place.indicator)
        for period in same_book
    ]


def entry_of(place: Place, fresh: bool = False) -> IndicatorEntry | None:
    """The stored entry; `fresh`: as it is now, past what this session remembers."""
    query = select(IndicatorEntry).filter_by(**_key(place)).execution_options(populate_existing=fresh)
    return db.session.scalar(query)


def rows_of(place: Place, fresh: bool = False) -> dict[str, IndicatorValue]:
    """Metric -> its stored row."""
    query = select(IndicatorValue).filter_by(**_key(place)).execution_options(populate_existing=fresh)
    return {row.metric: row for row in db.session.scalars(query)}


def state(place: Place) -> str:
    return in_each([place])[0][0]


def in_each(places: Sequence[Place]) -> list[tuple[str, dict[str, IndicatorValue]]]:
    """The state and the rows (metric -> its stored row) of one indicator in several periods, all read at once."""
    entries = {
        one.period: one for one in db.session.scalars(select(IndicatorEntry).where(*_any(IndicatorEntry, places)))
    }
    rows: dict[str, dict[str, IndicatorValue]] = {place.period.code: {} for place in places}
    for row in db.session.scalars(select(IndicatorValue).where(*_any(IndicatorValue, places))):
        rows[row.period][row.metric] = row
    who = places[0].who
    return [
        (state_of(entries.get(code), {metric: row.value for metric, row in given.items()}, who), given)
        for code, given in rows.items()
    ]


def save(place: Place, given: Mapping[str, object], note: str, version: int, by: str) -> IndicatorEntry:
    """Store `given` (metric key -> value as stored; None is unknown) and the note. The caller commits.

    `version`: of the entry as it was seen, 0 for none. Raises EntryError with everything that is wrong, ConflictError.
    """
    audit.wait_turn()
    entry = entry_of(place, fresh=True)
    if (entry.version if entry else 0) != version:
        raise ConflictError
    problems = [*refusals(place, entry), *_wrong(place, given)]
    if len(note) > NOTE_LENGTH:
        problems.append(("", Message("values.note_most_characters", note_length=NOTE_LENGTH)))
    if problems:
        raise EntryError(problems)
    return write(place, given, note.strip(), by)


def write(place: Place, given: Mapping[str, object], note: str | None, by: str, reason: str = "") -> IndicatorEntry:
    """Store checked values and their history; None leaves the note. reason: a person's words, or a key that begins with ':'.

    The caller holds the turn, and commits.
    """
    return write_over(place, entry_of(place), rows_of(place, fresh=True), given, note, by, reason)


def write_over(
    place: Place, entry: IndicatorEntry | None, rows: Mapping[str, IndicatorValue], given: Mapping[str, object],
    note: str | None, by: str, reason: str,
) -> IndicatorEntry:  # fmt: skip
    """`write` where the entry and the rows by metric have been read since the caller holds the turn."""
    entry = entry or _added(place)
    before, after = {}, {}
    for metric, value in given.items():
        row = rows.get(metric)
        old = row.value if row else None
        if same(old, value):
            continue
        if row is None:
            db.session.add(IndicatorValue(metric=metric, value=value, area=place.area, **_columns(place)))
        else:
            row.value, row.version, row.changed_at = value, row.version + 1, now()
        before[metric], after[metric] = old, value
    if note is not None and note != entry.note:
        before[NOTE], after[NOTE] = entry.note, note
        entry.note = note
    if not after:
        return entry
    for what in after:
        add_change(entry, what, before[what], after[what], by, reason)
    touch(entry)
    audit.record("value.change", place.subject, before, after, "" if reason.startswith(":") else reason)
    return entry


def submit(place: Place, version: int, by: str) -> IndicatorEntry:
    """Hand the indicator to the verifier. The caller commits. Raises EntryError, ConflictError.

    Every metric has a value or says why it does not apply; one that is unknown needs a note that says why.
    """
    audit.wait_turn()
    entry = entry_of(place, fresh=True)
    if (entry.version if entry else 0) != version:
        raise ConflictError
    problems = refusals(place, entry)
    if not place.who.assigned:
        problems.append(("", Message("values.no_lead_department_assigned")))
    values = {metric: row.value for metric, row in rows_of(place, fresh=True).items()}
    unknown = [metric for metric in place.metrics if values.get(metric.key) is None]
    if len(unknown) == len(place.metrics):
        problems.append(("", Message("values.no_value_been_entered")))
    elif unknown and not (entry and entry.note):
        problems += [(metric.key, Message("values.give_value_or_say", metric_name=metric.name)) for metric in unknown]
    if problems:
        raise EntryError(problems)
    entry = entry or _new_entry(place)
    entry.submitted_by, entry.submitted_at, entry.comment = by, now(), ""
    move(entry, place, SUBMITTED, by)
    return entry


def withdraw(place: Place, version: int, by: str) -> None:
    """Take a submitted indicator back to correct it. The caller commits. Raises EntryError, ConflictError."""
    audit.wait_turn()
    entry = entry_of(place, fresh=True)
    if entry is None or entry.version != version:
        raise ConflictError
    if place.period.state == CLOSED:
        raise EntryError(refusals(place, None))
    if entry.state != SUBMITTED:
        raise EntryError([("", Message("values.indicator_does_not_wait"))])
    move(entry, place, DRAFT, by)


def move(entry: IndicatorEntry, place: Place, to: str, by: str, comment: str = "") -> None:
    """Change the state, with its line of history and of the audit trail."""
    before = entry.state
    entry.state = to
    add_change(entry, STATE, before, to, by, comment)
    touch(entry)
    audit.record(f"value.{to}", place.subject, {"state": before}, {"state": to}, comment)


def touch(entry: IndicatorEntry) -> None:
    entry.version, entry.changed_at = entry.version + 1, now()


def add_change(entry: IndicatorEntry, what: str, old: Any, new: Any, by: str, reason: str = "") -> None:
    """One line of the indicator's history."""
    db.session.add(ValueChange(entry=entry, what=what, old=old, new=new, by=by, reason=reason))


def refusals(place: Place, entry: IndicatorEntry | None) -> list[tuple[str, Text]]:
    """Why nothing may be changed here now; empty where it may."""
    if place.period.state == CLOSED:
        return [("", Message("values.period_closed", place_period_code=place.period.code))]
    if entry is not None and entry.state == SUBMITTED:
        return [("", Message("values.submitted_take_back_change"))]
    if entry is not None and entry.state == ACCEPTED:
        return [("", Message("values.accepted_verifier_must_return"))]
    return []


def history(*places: Place) -> list[ValueChange]:
    """Everything that happened to one indicator in these periods, period by period as they are given, the newest first."""
    query = select(ValueChange).join(ValueChange.entry).options(contains_eager(ValueChange.entry))
    found = db.session.scalars(query.where(*_any(IndicatorEntry, places)).order_by(ValueChange.id.desc()))
    order = [place.period.code for place in places]
    return sorted(found, key=lambda change: order.index(change.entry.period))


def ensure_entry(place: Place) -> IndicatorEntry:
    """The entry, made where there is none yet. The caller holds the turn."""
    return entry_of(place, fresh=True) or _new_entry(place)


def _new_entry(place: Place) -> IndicatorEntry:
    entry = _added(place)
    db.session.flush()
    return entry


def _added(place: Place) -> IndicatorEntry:
    """Stored with the next flush: that of many at once."""
    entry = IndicatorEntry(area=place.area, state=DRAFT, note="", version=0, **_columns(place))
    db.session.add(entry)
    return entry


def _wrong(place: Place, given: Mapping[str, object]) -> list[tuple[str, Text]]:
    known = {metric.key: metric for metric in place.metrics}
    problems: list[tuple[str, Text]] = []
    for key, value in given.items():
        if key not in known:
            problems.append((key, Message("values.no_such_metric", key=key)))
            continue
        try:
            read_value(known[key], value)
        except ValueError as error:
            problems.append((key, Message("values.of_metric", name=known[key].name, said=said_of(error))))
    return problems


def same(old: Any, new: Any) -> bool:
    """Whether two stored values are the same; yes and 1 are not."""
    return type(old) is type(new) and old == new if isinstance(old, bool) or isinstance(new, bool) else old == new


def _columns(place: Place) -> dict[str, object]:
    return {"period": place.period.code, "rulebook_id": place.rulebook.id, "indicator": place.indicator}


def _key(place: Place) -> dict[str, object]:
    return {**_columns(place), "area_id": place.area.id}


def _any(table: type[IndicatorEntry | IndicatorValue], places: Sequence[Place]) -> list[ColumnElement[bool]]:
    """That a row belongs to the indicator of these places, in any of their periods."""
    one = places[0]
    return [
        table.period.in_([place.period.code for place in places]),
        table.rulebook_id == one.rulebook.id,
        table.indicator == one.indicator,
        table.area_id == one.area.id,
    ]


__all__ = [
    "ACCEPTED", "DRAFT", "RETURNED", "SUBMITTED", "UNASSIGNED", "ConflictError", "EntryError", "Place", "add_change",
    "ensure_entry", "entry_of", "history", "in_each", "in_periods", "move", "place_of", "places_of", "refusals", "rows_of", "same", "save", "state", "submit", "touch",
    "withdraw", "write", "write_over",
]  # fmt: skip
