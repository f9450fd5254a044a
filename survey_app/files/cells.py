"""A sheet as it came in: typed values, their number formats and places, whatever kind of file it was."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from definitions.numbers import fifteen, percents, plain
from wording import Message


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell without a usable value. said: an error as the cell shows it (#DIV/0!), '' for a formula without result."""

    said: str = ""

    @property
    def words(self) -> Message:
        return Message("files.broken_error", shown=self.said) if self.said else Message("files.broken_formula")


_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')  # what a number format shows as it stands
Value = None | str | bool | int | float | date | datetime | time | timedelta | Broken


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. value: text is stripped and never '', which is None; in a CSV always text.

    number_format: as the workbook has it, '' where there is none. merged: 'A3:A5' where the value stands in the
    first cell of that merged range and not in this one.
    """

    value: Value
    number_format: str = ""
    address: str = ""
    merged: str = ""

    @property
    def percent(self) -> bool:
        """Whether it is shown in percent: 0.95 that a person sees as 95%."""
        return is_percent(self.number_format)

    @property
    def text(self) -> str:
        """As a person sees it: 95%, 63.4, 2026-03-05, 007; '' where there is nothing."""
        return as_text(self.value, self.number_format)


@dataclass(slots=True)
class Row:
    """A row that holds something. number: as the spreadsheet counts, in a CSV the line it begins in."""

    number: int
    values: Sequence[Value]
    formats: dict[int, str] = field(default_factory=dict)  # place from 0 -> number format, 'General' left out
    hidden: bool = False


@dataclass(slots=True)
class Grid:
    """A sheet: its rows that hold something in their order, its merged ranges (first row, first column, last row, last column), all from 1."""

    title: str
    rows: list[Row] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    plain: bool = False  # whether it is text without cells: a CSV


def is_percent(number_format: str) -> bool:
    return "%" in _LITERAL.sub("", number_format.split(";")[0])


def as_text(value: Value, number_format: str = "") -> str:
    """A value as its cell shows it, but for thousands and colours."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Broken):
        return value.said or "="
    return str(value)


def _number(value: int | float, number_format: str) -> str:
    if is_percent(number_format):
        return percents(fifteen(value))
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int):
        width = len(number_format) if number_format.strip("0") == "" else 0
        return f"{value:0{width}d}" if width else str(value)
    return plain(fifteen(value))
