"""How unclear rows are read in a period, and by whose authority: set before the first accepted value, locked by it.

Afterwards a change holds from the next period, which begins with what held last; or, by a written ruling that two
people confirm, for all units of the period alike.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict

from sqlalchemy import exists, select

from analysis.scoring import Rulebook, load_rulebook
from analysis.scoring.readings import as_read, digest_of, plain, readings_of
from survey_app.ground import audit, two_persons
from survey_app.ground.two_persons import Kind
from survey_app.ground.uploads import Handed
from survey_app.models import Area, IndicatorEntry, Period, PeriodReadings, Statement, db
from survey_app.values.reading import ACCEPTED
from wording import Refusal

KIND = "reading_ruling"
AUTHORITY = ("letter", "letter_date", "interpreter")


class ReadingRow(TypedDict):
    """A reading as it holds in a period. rows: rulebook -> its indicators; chosen: whether the alternative holds."""

    id: str
    rows: dict[str, list[int]]
    reads: str
    alternative: str
    chosen: bool
    letter: str
    letter_date: str
    interpreter: str


@dataclass(frozen=True)
class Held:
    """Those of a period. locked: whether only a ruling changes them. later: readings that came to the rulebooks after the
    lock; they hold as shipped, and a ruling may take one in."""

    rows: tuple[ReadingRow, ...]
    digest: str
    locked: bool
    later: tuple[ReadingRow, ...] = ()

    @property
    def unwritten(self) -> int:
        """How many have no letter."""
        return sum(not row["letter"] for row in self.rows)

    def rulebook(self, name: str) -> Rulebook:
        """A rulebook of the period, as its rows are read."""
        return as_read(load_rulebook(name), self.digest, [row["id"] for row in self.rows if row["chosen"]])


@dataclass(frozen=True)
class Change:
    """What is recorded of one reading. chosen: the alternative instead of the shipped text."""

    reading: str
    chosen: bool = False
    letter: str = ""
    letter_date: date | None = None
    interpreter: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "reading": self.reading,
            "chosen": self.chosen,
            "letter": self.letter.strip(),
            "letter_date": self.letter_date.isoformat() if self.letter_date else "",
            "interpreter": self.interpreter.strip(),
        }


class ReadingError(Refusal):
    """What may not be recorded, in the user's words; nothing was stored."""


def readings_in(period: Period) -> Held:
    """What holds in the period: its own newest state, else that of the period before it, else what is shipped."""
    return readings_each([period])[period.code]


def readings_each(periods: Collection[Period]) -> dict[str, Held]:
    """A period's code -> `readings_in`, of all in two queries."""
    stored = sorted(db.session.scalars(select(PeriodReadings)), key=lambda one: (one.period, one.id), reverse=True)
    found = {}
    accepted = _accepted([period.code for period in periods])
    for period in periods:
        newest = next((one for one in stored if one.period <= period.code), None)
        if newest is not None and newest.locked and newest.period == period.code:
            rows: Any = newest.document
            known = {row["id"] for row in rows}
            later = (row for row in _with([], period) if row["id"] not in known)
            found[period.code] = Held(tuple(rows), newest.digest, True, tuple(later))
        else:
            document = _with(newest.document if newest else [], period)
            found[period.code] = Held(tuple(document), digest_of_rows(document), period.code in accepted)
    return found


def rulebook_in(period: Period, area: Area) -> Rulebook:
    """The rulebook that rates `area` in the period, as its rows are read there."""
    return readings_in(period).rulebook(period.rulebook_of(area))


def lock(period: Period, reason: str) -> None:
    """From now on only a ruling changes them; nothing where they are locked. The caller holds the turn, and commits."""
    newest = _newest(period.code)
    if newest is None or not newest.locked:
        _store(period, list(readings_in(period).rows), True, reason)


def record(period: Period, change: Change, reason: str) -> None:
    """Record an authority or the alternative, before the first accepted value. The caller commits. Raises ReadingError."""
    audit.wait_turn()
    held = readings_in(period)
    if held.locked:
        raise ReadingError("readings.locked", period=period.code)
    _store(period, _changed(held, change), False, reason)


def propose_ruling(period: Period, change: Change, reason: str, source: Handed | None, by: str) -> Statement:
    """The first of two people: a written ruling for all units of a locked period. Raises ReadingError, SignOffError."""
    audit.wait_turn()
    held = readings_in(period)
    _changed(held, change)
    if not change.letter.strip():
        raise ReadingError("readings.ruling_needs_letter")
    content = {"period": period.code, "digest": held.digest, **change.as_dict()}
    return two_persons.state(KIND, f"period:{period.code}", content, reason, source, by)


def _carry_out(statement: Statement) -> None:
    content: Any = statement.content
    period = db.session.get_one(Period, content["period"])
    held = readings_in(period)
    if held.digest != content["digest"]:
        raise ReadingError("readings.changed_since")
    day = content["letter_date"]
    change = Change(
        content["reading"],
        content["chosen"],
        content["letter"],
        date.fromisoformat(day) if day else None,
        content["interpreter"],
    )
    _store(period, _changed(held, change), True, f"{statement.reason} ({statement.subject})")


two_persons.add(Kind(KIND, _carry_out))


def authority_of(row: ReadingRow) -> str:
    """Letter, day and interpreter; '' where nothing is written."""
    return "，".join((row["letter"], row["letter_date"], row["interpreter"])) if row["letter"] else ""


def _changed(held: Held, change: Change) -> list[ReadingRow]:
    """The rows after it. Raises ReadingError."""
    row = next((row for row in (*held.rows, *held.later) if row["id"] == change.reading), None)
    if row is None:
        raise ReadingError("readings.no_such", reading=change.reading)
    shipped = next(one for book in row["rows"] for one in _shipped(book) if one.id == change.reading)
    if change.chosen and not shipped.may_change:
        raise ReadingError("readings.needs_rulebook", text=shipped.alternative)
    said = {key: value for key, value in change.as_dict().items() if key != "reading"}
    if said["letter"] and not (said["letter_date"] and said["interpreter"]):
        raise ReadingError("readings.letter_whole")
    after: Any = {**row, **said}
    if after == row:
        raise ReadingError("readings.nothing_changed")
    kept = [after if one["id"] == change.reading else one for one in held.rows]
    return kept if row in held.rows else [*kept, after]


def _store(period: Period, document: list[ReadingRow], locked: bool, reason: str) -> None:
    before, stored = readings_in(period).digest, [dict(row) for row in document]
    made = PeriodReadings(
        period=period.code, document=stored, digest=digest_of_rows(document), locked=locked, reason=reason.strip(), by=audit.actor()
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    action = "readings.lock" if locked and before == made.digest else "readings.change"
    audit.record(action, f"period:{period.code}", {"digest": before}, {"digest": made.digest}, reason.strip())


def _with(stored: list[Any], period: Period) -> list[ReadingRow]:
    """The shipped readings of the period's rulebooks, with what was recorded of them."""
    known = {row["id"]: row for row in stored}
    found: dict[str, Any] = {}
    for book in period.rulebooks:
        shipped = readings_of(book)
        for row in plain(shipped) if shipped else ():
            recorded = known.get(row["id"], {})
            authority = {key: recorded.get(key, "") for key in AUTHORITY}
            before = found[row["id"]]["rows"] if row["id"] in found else {}
            found[row["id"]] = {
                **row,
                "rows": {**before, **row["rows"]},
                "chosen": bool(recorded.get("chosen")),
                **authority,
            }
    rows: Any = list(found.values())
    return list(rows)


def digest_of_rows(document: Sequence[ReadingRow]) -> str:
    """Where nothing is recorded, that of the shipped readings, as `minyi score` names it."""
    bare = all(not row["letter"] and not row["chosen"] for row in document)
    return digest_of([{k: v for k, v in row.items() if not (bare and k in AUTHORITY)} for row in document])


def _shipped(book: str) -> tuple[Any, ...]:
    found = readings_of(book)
    return found.readings if found else ()


def _newest(period: str) -> PeriodReadings | None:
    query = select(PeriodReadings).where(PeriodReadings.period == period).order_by(PeriodReadings.id.desc())
    return db.session.scalars(query).first()


def _accepted(codes: Collection[str]) -> set[str]:
    """Where a value was accepted already: of periods from before readings were locked."""
    accepted = exists().where(IndicatorEntry.period == Period.code, IndicatorEntry.state == ACCEPTED)
    return set(db.session.scalars(select(Period.code).where(Period.code.in_(codes), accepted)))
