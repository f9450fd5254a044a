"""Registers of what proves points, kept by area, and the values that are counted from them.

A value that nobody typed follows its register; one that was typed stays, and what the register gives is told beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from analysis.scoring import Rulebook
from analysis.scoring.registers import Counted, Item, Register, counted, registers_of, span_of
from analysis.scoring.values import NUMERATOR, as_stored, read_value
from analysis.scoring.values import Value as Known
from definitions.names import key as name_key
from survey_app.ground import audit
from survey_app.ground.clock import office
from survey_app.ground.uploads import Handed
from survey_app.models import Area, Period, RegisterItem, RegisterNil, db
from survey_app.models.base import now
from survey_app.values import entry
from survey_app.values.entry import Place
from survey_app.values.periods import OPEN, current_period, periods
from survey_app.values.reading import indicator_of, stored_of
from survey_app.values.readings import readings_in, rulebook_in
from wording import FieldRefusal

Column = str | float | date | None
FOLLOWS = ":register"  # the reason in a value's history, which pages say in words


class RegisterError(FieldRefusal):
    """An item that cannot be stored, in the user's words; nothing was."""


@dataclass(frozen=True)
class Written:
    """What is written down of an item."""

    title: str
    day: date | None = None
    second_day: date | None = None
    level: str = ""
    number: float | None = None
    about: str = ""
    handling: str = ""

    def as_dict(self) -> dict[str, Column]:
        return {item.name: getattr(self, item.name) for item in fields(self)}

    def said(self) -> dict[str, str]:
        """Every column as text."""
        return {key: _text(value) for key, value in self.as_dict().items()}


@dataclass(frozen=True)
class Told:
    """What a register says of a metric, beside its stored value. n: its items; differs: whether the stored value is another."""

    register: Register
    counted: Counted
    n: int
    differs: bool = field(default=False)


def registers_in(period: Period, area: Area) -> tuple[Register, ...]:
    """Those that count for the area in the period."""
    book = period.rulebook_of(area)
    return registers_of(book) if book else ()


def register_in(area: Area, key: str) -> Register | None:
    """The register of this key that any open period, or else the current one, asks of the area."""
    asking = [period for period in periods() if period.state == OPEN] or [current_period()]
    return next((row for period in asking for row in registers_in(period, area) if row.key == key), None)


def items_of(area: Area, register: str, removed: bool = False) -> list[RegisterItem]:
    """The area's items, the newest day first; removed: those that were taken off."""
    query = select(RegisterItem).where(RegisterItem.area_id == area.id, RegisterItem.register == register)
    query = query.where(RegisterItem.removed_at.is_not(None) if removed else RegisterItem.removed_at.is_(None))
    return list(db.session.scalars(query.order_by(RegisterItem.day.desc(), RegisterItem.id.desc())))


def written(item: RegisterItem) -> Written:
    return Written(**{each.name: getattr(item, each.name) for each in fields(Written)})


def save(
    area: Area, register: Register, given: Written, file: Handed | None, by: str,
    item: RegisterItem | None = None, version: int = 0,
) -> RegisterItem:  # fmt: skip
    """Add an item, or change one that was seen at `version`; values that nobody typed follow.

    The caller commits. Raises RegisterError.
    """
    audit.wait_turn()
    _check(area, register, given, item)
    if item is not None:
        db.session.refresh(item)
        if item.removed_at is not None:
            raise RegisterError("registers.removed")
        if item.version != version:
            raise RegisterError("registers.changed_since")
    with _following(area, by):
        before = written(item).said() if item is not None else None
        if item is None:
            _take_back(area, register.key)
            item = RegisterItem(register=register.key, area=area, period=current_period().code, by=by, version=0)
            db.session.add(item)
        for key, value in given.as_dict().items():
            setattr(item, key, value)
        if file is not None:
            item.digest, item.file_name = file.digest, file.name
        item.version += 1
        db.session.flush()
        after = given.said() | ({"evidence": file.name} if file is not None else {})
        audit.record("register.change" if before else "register.add", subject(item), before, after)
    return item


def remove(item: RegisterItem, reason: str, by: str) -> None:
    """Take an item off, with a reason; it stays written down. The caller commits. Raises RegisterError."""
    audit.wait_turn()
    db.session.refresh(item)
    if not reason.strip():
        raise RegisterError("registers.reason_needed", "reason")
    if item.removed_at is not None:
        raise RegisterError("registers.removed")
    with _following(item.area, by):
        item.removed_by, item.removed_at, item.removed_reason = by, now(), reason.strip()
        db.session.flush()
        audit.record("register.remove", subject(item), written(item).said(), None, reason.strip())


def state_none(area: Area, register: Register, by: str) -> None:
    """There is nothing to write down for the present period; values that nobody typed follow. The caller commits. Raises
    RegisterError where something is written down."""
    audit.wait_turn()
    period = current_period()
    span = span_of(period.code)
    held = [one for one in items_of(area, register.key) if one.day is None or span.first <= one.day <= span.last]
    if held:
        raise RegisterError("registers.not_none", n=len(held))
    if nil_of(area, register.key, period) is None:
        with _following(area, by):
            db.session.add(RegisterNil(area_id=area.id, register=register.key, period=period.code, by=by))
            db.session.flush()
            audit.record("register.none", _subject(area, register.key), after={"period": period.code})


def nil_of(area: Area, register: str, period: Period) -> RegisterNil | None:
    """Who said that there is nothing for the period, and when; None where nobody did."""
    found: RegisterNil | None = db.session.get(RegisterNil, (area.id, register, period.code))
    return found


def nils(areas: Sequence[Area], period: Period) -> set[tuple[int, str]]:
    """(area id, register) of those that have nothing for the period."""
    query = select(RegisterNil.area_id, RegisterNil.register).where(RegisterNil.period == period.code)
    rows = db.session.execute(query.where(RegisterNil.area_id.in_([area.id for area in areas])))
    return {(row.area_id, row.register) for row in rows}


def _take_back(area: Area, register: str) -> None:
    nil = nil_of(area, register, current_period())
    if nil is not None:
        db.session.delete(nil)
        audit.record("register.none_back", _subject(area, register), {"period": nil.period})


def numbers(areas: Sequence[Area]) -> dict[tuple[int, str], tuple[int, int]]:
    """(area id, register) -> how many items it has, and how many of them without a file."""
    query = select(RegisterItem.area_id, RegisterItem.register, func.count(), func.count(RegisterItem.digest))
    query = query.where(RegisterItem.area_id.in_([area.id for area in areas]), RegisterItem.removed_at.is_(None))
    rows = db.session.execute(query.group_by(RegisterItem.area_id, RegisterItem.register))
    return {(area, register): (n, n - proved) for area, register, n, proved in rows}


def shown(told: Counted) -> str:
    """What was counted, as a person reads it; '' where the items do not say."""
    value = told.value
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else f"{Decimal(value).normalize():f}"


def subject(item: RegisterItem) -> str:
    """How the audit trail names it."""
    return f"{_subject(item.area, item.register)}/{item.id}"


def _subject(area: Area, register: str) -> str:
    return f"register:{area.code}/{register}"


def counted_for(area: Area, period: Period) -> dict[tuple[str, str], Told]:
    """(indicator, metric) -> what the registers say of it, with what is stored; of registers that the area has used."""
    return counted_each([area], period)[area.id]


def counted_each(areas: Collection[Area], period: Period) -> dict[int, dict[tuple[str, str], Told]]:
    """Area id -> `counted_for`, of all in a few queries."""
    listed = {area.id: area for area in areas}
    children = list(db.session.scalars(select(Area).where(Area.parent_id.in_(listed), Area.kind == "county")))
    held = _held({*listed, *(child.id for child in children)}, period)
    if not held:
        return {number: {} for number in listed}
    books, stored = readings_in(period), stored_of(period, listed.values())
    deadline = period.deadline.astimezone(office()).date() if period.deadline else None
    found = {}
    for number, area in listed.items():
        mine = held.get(number, {})
        below: dict[str, list[Item]] = defaultdict(list)
        for child in children:
            if child.parent_id == number:
                for key, items in held.get(child.id, {}).items():
                    below[key] += items
        used = [row for row in registers_in(period, area) if row.key in mine]
        book = books.rulebook(period.rulebook_of(area))
        told = counted(used, book.id, mine, below, span_of(period.code, deadline), book.alternatives)
        by_metric = {(str(count.rows[book.id]), count.metric): row for row in used for count in row.counts_in(book.id)}
        values = stored.values(area)
        found[number] = {
            key: Told(
                row := by_metric[key],
                one,
                len(mine[row.key]),
                _differs(book, key, values.get(key[0], {}).get(key[1]), one),
            )
            for key, one in told.items()
        }
    return found


@contextmanager
def _following(area: Area, by: str) -> Iterator[None]:
    """Around a change of an area's registers: values that said what the register said say what it says now."""
    open_ = [period for period in periods() if period.state == OPEN]
    both = (area, *([area.parent] if area.parent is not None else []))
    asked = {period.code: [one for one in both if period.rulebook_of(one)] for period in open_}
    before = {period.code: counted_each(asked[period.code], period) for period in open_}
    yield
    for period in open_:
        after = counted_each(asked[period.code], period)
        for one in asked[period.code]:
            was, book = before[period.code][one.id], rulebook_in(period, one)
            for key, told in after[one.id].items():
                old = was[key].counted.value if key in was else None
                _follow(Place(period, one, book, key[0]), key[1], old, told.counted, by)


def _follow(place: Place, metric: str, old: Any, told: Counted, by: str) -> None:
    if told.value is None or (told.value == old and old is not None):
        return
    row = entry.rows_of(place, fresh=True).get(metric)
    stored = row.value if row else None
    new, said = (_as_value(value, stored, told.count.numerator) for value in (told.value, old))
    if new is None or entry.refusals(place, entry.entry_of(place, fresh=True)):
        return
    if stored is None or entry.same(stored, said):
        entry.write(place, {metric: new}, None, by, FOLLOWS)


def _as_value(value: Any, stored: Any, numerator: bool) -> Any:
    """What a register gives, as a value is stored; a numerator needs the denominator that stands there."""
    if numerator:
        whole = isinstance(stored, dict) and NUMERATOR in stored and value is not None
        return {**stored, NUMERATOR: int(value)} if whole else None
    return as_stored(Known(value if isinstance(value, bool) or value is None else Decimal(value)))


def _differs(book: Rulebook, key: tuple[str, str], stored: Any, told: Counted) -> bool:
    if stored is None or told.value is None:
        return False
    metric = indicator_of(book, key[0]).metric(key[1])
    assert metric is not None  # a register's counts were checked
    try:
        value = read_value(metric, stored)
    except ValueError:  # the value itself is told to be unreadable
        return False
    if told.count.numerator:
        return value.parts is not None and value.parts[0] != told.value
    return value.known is not None and value.known != told.value


def _held(areas: Collection[int], period: Period) -> dict[int, dict[str, list[Item]]]:
    """Area id -> register -> its items; also of a register whose items were all removed, or that has none for the period."""
    query = select(RegisterItem).where(RegisterItem.area_id.in_(areas)).order_by(RegisterItem.id)
    found: dict[int, dict[str, list[Item]]] = {}
    for row in db.session.scalars(query):
        items = found.setdefault(row.area_id, {}).setdefault(row.register, [])
        if row.removed_at is None:
            number = None if row.number is None else Decimal(repr(row.number))
            items.append(Item(row.id, row.day, row.second_day, row.level, number, row.about))
    none = select(RegisterNil).where(RegisterNil.area_id.in_(areas), RegisterNil.period == period.code)
    for nil in db.session.scalars(none):
        found.setdefault(nil.area_id, {}).setdefault(nil.register, [])
    return found


def _check(area: Area, register: Register, given: Written, item: RegisterItem | None) -> None:
    if not given.title.strip():
        raise RegisterError("registers.title_needed", "title")
    if given.level and given.level not in register.levels:
        raise RegisterError("registers.no_level", "level", level=given.level, levels=list(register.levels))
    if given.number is not None and given.number < 0:
        raise RegisterError("registers.negative", "number")
    same = (name_key(given.title), given.day, given.level)
    for other in items_of(area, register.key):
        if (name_key(other.title), other.day, other.level) == same and (item is None or other.id != item.id):
            raise RegisterError("registers.already", "title", title=given.title, day=_text(given.day))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else f"{value:g}" if isinstance(value, float) else str(value)
