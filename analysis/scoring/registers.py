"""Registers of what proves points (incidents, communities, awards and media, standards and plans): a file of the programme.

A kind says what is written down of an item, and which metrics are counted from it and how; where a reading of an unclear
row decides how, the other reading's way stands beside it (`otherwise`). Items are kept by survey_app/values/registers.py.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Literal

from pydantic import ConfigDict

from analysis.scoring.programme_files import REGISTERS, files_with
from analysis.scoring.rulebook import Rulebook
from definitions import DefinitionError, Problem, load_text, problem_at
from definitions.names import key
from wording import Message

_STRICT = ConfigDict(extra="forbid")
Asked = Literal["day", "second_day", "level", "number", "about", "handling"]


@dataclass(frozen=True)
class Item:
    """What counting knows of an item. day, second_day, number, about: as its kind labels them; None and '' not given."""

    id: int
    day: date | None = None
    second_day: date | None = None
    level: str = ""
    number: Decimal | None = None
    about: str = ""


@dataclass(frozen=True)
class Span:
    """A period's first and last day, and the day its values are due, where one is set."""

    first: date
    last: date
    deadline: date | None = None


@dataclass(frozen=True)
class Count:
    """How a metric comes from a register.

    rows: rulebook -> the indicator's number. how: the number of items, the sum of their numbers, whether there is any, or
    the years since the newest item of each level (of the oldest of these; `newest`: of the newest). levels: of which, all
    where none is named. most: of items whose number is at most this. dated: which day counts. years: only so many back from
    the end; period: only from the period's first day. until: the end, the period's last day or its deadline. needs: an item
    without these is not counted. once: an `about` counts once; apart: not where a count of this name before it had its `about`.
    below: also what lies in the areas below. numerator: it is the numerator of the metric's ratio.
    otherwise: reading -> what of this its other text replaces.
    """

    rows: dict[str, int]
    metric: str
    how: Literal["count", "sum", "any", "age"]
    levels: tuple[str, ...] = ()
    most: int | None = None
    dated: Literal["day", "second_day"] = "day"
    years: int | None = None
    period: bool = False
    until: Literal["period", "deadline"] = "period"
    needs: tuple[Asked, ...] = ()
    once: bool = False
    apart: str = ""
    newest: bool = False
    below: bool = False
    numerator: bool = False
    otherwise: dict[str, dict[str, bool | int | str | None]] = field(default_factory=dict)

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        known = {item.name for item in fields(self)} - {"rows", "metric", "otherwise"}
        unknown = {name for changes in self.otherwise.values() for name in changes} - known
        if unknown:
            raise ValueError(f"otherwise: {', '.join(sorted(unknown))}")

    def as_read(self, chosen: Collection[str]) -> Count:
        """With what the chosen alternatives replace."""
        changes = {
            name: new
            for reading in self.otherwise
            if reading in chosen
            for name, new in self.otherwise[reading].items()
        }
        return replace(self, **changes)  # type: ignore[arg-type]  # their names were checked, their kinds by the reader


@dataclass(frozen=True)
class Words:
    zh: str
    en: str

    __pydantic_config__ = _STRICT

    def text(self, language: str) -> str:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True)
class Register:
    """One kind of register. asks: what is written down of an item beside its title, and what that is called here."""

    key: str
    name: Words
    title: Words
    asks: dict[Asked, Words]
    counts: tuple[Count, ...]
    levels: tuple[str, ...] = ()

    __pydantic_config__ = _STRICT

    def counts_in(self, rulebook: str) -> list[Count]:
        return [count for count in self.counts if rulebook in count.rows]


@dataclass(frozen=True)
class _Registers:
    registers: tuple[Register, ...]

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Counted:
    """What a register gives for a metric. value: None where the items do not say. ids: of the items that were counted."""

    count: Count
    value: int | Decimal | bool | None
    ids: tuple[int, ...]


def registers_of(rulebook: str) -> tuple[Register, ...]:
    """Those of its programme that count for a rulebook."""
    held = files_with(rulebook)
    if held is None or REGISTERS not in held:
        return ()
    return tuple(row for row in _read(held[REGISTERS]) if row.counts_in(rulebook))


def register_problems(text: str, books: Mapping[str, Rulebook], readings: Collection[str]) -> list[Problem]:
    """What is wrong with a programme's file of registers: its form, metrics and readings that there are not."""
    try:
        registers = _read(text)
    except DefinitionError as error:
        return error.problems
    found = []
    for place, row in enumerate(registers):
        for number_of_count, count in enumerate(row.counts):
            path = ("registers", place, "counts", number_of_count)
            for name, number in count.rows.items():
                indicator = books[name].indicator(number) if name in books else None
                if indicator is None or indicator.metric(count.metric) is None:
                    said = Message("registers.no_metric", metric=count.metric, number=number, rulebook=name)
                    found.append(problem_at(text, REGISTERS, (*path, "metric"), said))
            unknown = [name for name in count.otherwise if name not in readings]
            for name in unknown:
                said = Message("registers.no_reading", reading=name)
                found.append(problem_at(text, REGISTERS, (*path, "otherwise"), said))
    return found


def counted(
    registers: Sequence[Register], rulebook: str, items: Mapping[str, Sequence[Item]], below: Mapping[str, Sequence[Item]],
    span: Span, chosen: Collection[str] = (),
) -> dict[tuple[str, str], Counted]:  # fmt: skip
    """(indicator, metric) -> what the registers give for a unit in a period.

    items, below: register -> the unit's own, and those of the areas below it. chosen: readings of which the alternative holds.
    """
    found: dict[tuple[str, str], Counted] = {}
    told: dict[str, set[str]] = {}
    pairs = [(register, count.as_read(chosen)) for register in registers for count in register.counts_in(rulebook)]
    for register, count in pairs:
        held = [*items.get(register.key, ()), *(below.get(register.key, ()) if count.below else ())]
        seen = told.setdefault(count.apart, set()) if count.apart else set()
        kept = _kept(count, held, span, seen)
        seen |= {key(item.about) for item in kept if item.about}
        ids = tuple(item.id for item in kept)
        found[str(count.rows[rulebook]), count.metric] = Counted(count, _value(count, kept, span), ids)
    return found


def span_of(code: str, deadline: date | None = None) -> Span:
    """The days of a period by its name: 2023, 2025H1, 2025Q3; what follows the year otherwise leaves the whole year."""
    year, part = int(code[:4]), code[4:].lstrip("-_").upper()
    length = {"H": 6, "Q": 3}.get(part[:1], 12) if part[1:].isdecimal() and len(part) == 2 else 12
    place = int(part[1]) if length < 12 else 1
    month = length * (place - 1) + 1
    if not 1 <= month <= 13 - length:
        month, length = 1, 12
    after = date(year + (month + length > 12), (month + length - 1) % 12 + 1, 1)
    return Span(date(year, month, 1), after - timedelta(days=1), deadline)


def _end(count: Count, span: Span) -> date:
    return span.deadline if count.until == "deadline" and span.deadline is not None else span.last


def _kept(count: Count, items: Sequence[Item], span: Span, before: Collection[str]) -> list[Item]:
    end = _end(count, span)
    since = span.first if count.period else _back(end, count.years) + timedelta(days=1) if count.years else date.min
    kept: list[Item] = []
    for item in sorted(items, key=lambda item: item.id):
        when: date | None = getattr(item, count.dated)
        if when is None or not since <= when <= end or (count.levels and item.level not in count.levels):
            continue
        if count.most is not None and (item.number is None or item.number > count.most):
            continue
        if any(getattr(item, name) in (None, "") for name in count.needs):
            continue
        once = item.about and count.once and any(key(item.about) == key(other.about) for other in kept)
        if not once and not (item.about and key(item.about) in before):
            kept.append(item)
    return kept


def _value(count: Count, kept: Sequence[Item], span: Span) -> int | Decimal | bool | None:
    if count.how == "count":
        return len(kept)
    if count.how == "any":
        return bool(kept)
    if count.how == "sum":
        return (
            None if any(item.number is None for item in kept) else sum((item.number or 0 for item in kept), Decimal(0))
        )
    end, ages = _end(count, span), []
    for level in count.levels:
        days = [item.day for item in kept if item.level == level and item.day is not None]
        if not days:
            return None
        ages.append(_years(max(days), end))
    return min(ages) if count.newest else max(ages)


def _back(day: date, years: int) -> date:
    """The same day so many years before; of 29 February the 28th, where that year has none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _years(since: date, until: date) -> Decimal:
    """Whole years and the part of the one that has begun; exact on the anniversary, to four decimals."""
    whole = until.year - since.year - ((until.month, until.day) < (since.month, since.day))
    return (whole + Decimal((until - _back(since, -whole)).days) / 366).quantize(Decimal("0.0001"))


@cache
def _read(text: str) -> tuple[Register, ...]:
    return load_text(text, _Registers, REGISTERS).value.registers
