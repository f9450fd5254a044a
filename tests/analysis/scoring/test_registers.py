"""What registers give for a metric: cases worked by hand, the days of periods, and files that name what is not there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ConfigDict

from analysis.scoring.programme_checks import checked
from analysis.scoring.programme_files import REGISTERS, files_with
from analysis.scoring.registers import Item, Span, counted, registers_of, span_of
from definitions import DefinitionError, load_text

FILE = Path(__file__).parents[2] / "rulebooks" / "registers" / "jining-2023.yaml"
SPAN = Span(date(2023, 1, 1), date(2023, 12, 31), date(2024, 3, 1))
WORDS = {"是": True, "否": False, "未知": None}
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Case:
    name: str
    rulebook: str
    register: str
    items: tuple[dict[str, Any], ...]
    expected: dict[str, Any]
    below: tuple[dict[str, Any], ...] = ()
    read: tuple[str, ...] = ()

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Cases:
    cases: tuple[Case, ...]

    __pydantic_config__ = _STRICT


CASES = load_text(FILE.read_text(encoding="utf-8"), Cases, str(FILE), kept=True).value.cases


def items(rows) -> list[Item]:
    days = {"day", "second_day"}
    return [
        Item(place, **{key: date.fromisoformat(str(raw)) if key in days else Decimal(str(raw)) if key == "number" else raw for key, raw in row.items()})
        for place, row in enumerate(rows)
    ]  # fmt: skip


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_a_register_gives_what_was_counted_by_hand(case):
    held, below = {case.register: items(case.items)}, {case.register: items(case.below)}
    kind = next(row for row in registers_of(case.rulebook) if row.key == case.register)
    found = counted([kind], case.rulebook, held, below, SPAN, case.read)
    told = {f"{number} {metric}": one.value for (number, metric), one in found.items()}
    assert told == {key: WORDS.get(value, value) for key, value in case.expected.items()}


def test_every_reading_that_a_count_knows_and_every_count_is_tried():
    kinds = {row.key: row for book in ("jining-2023-municipal", "jining-2023-county") for row in registers_of(book)}
    assert {name for row in kinds.values() for count in row.counts for name in count.otherwise} == {
        name for case in CASES for name in case.read
    }
    assert {case.register for case in CASES} == set(kinds)


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2023", (2023, 1, 1), (2023, 12, 31)), ("2025H1", (2025, 1, 1), (2025, 6, 30)), ("2025H2", (2025, 7, 1), (2025, 12, 31)),
        ("2024Q1", (2024, 1, 1), (2024, 3, 31)), ("2024-Q4", (2024, 10, 1), (2024, 12, 31)), ("2024Q9", (2024, 1, 1), (2024, 12, 31)),
        ("2024-1", (2024, 1, 1), (2024, 12, 31)),
    ],
)  # fmt: skip
def test_a_period_has_the_days_of_its_name(code, first, last):
    span = span_of(code)
    assert (span.first, span.last) == (date(*first), date(*last))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("metric: growing", "metric: grown"),
        ("scene-built: {dated: day}", "scene-made: {dated: day}"),
        ("{dated: day}", "{dates: day}"),
    ],
)
def test_a_file_that_names_what_is_not_there_is_refused(before, after):
    held = dict(files_with("jining-2023-county"))
    checked(held)
    with pytest.raises(DefinitionError, match=REGISTERS):
        checked(held | {REGISTERS: held[REGISTERS].replace(before, after)})
