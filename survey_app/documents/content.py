"""What a report says, before it becomes a file: headings, paragraphs, tables with typed columns, figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from definitions.numbers import percent_text
from wording import Refusal

Kind = Literal["text", "count", "number", "fine", "p", "share", "points"]  # as the console's columns
MISSING = "–"


class ReportError(Refusal):
    """A report that cannot be written on this machine, in the user's words."""


@dataclass(frozen=True)
class Say:
    """Chooses between the two languages of every text."""

    language: str

    def __call__(self, chinese: str, english: str) -> str:
        return english if self.language == "en" else chinese


@dataclass(frozen=True)
class Heading:
    level: int  # 1 | 2
    text: str


@dataclass(frozen=True)
class Paragraph:
    """`look`: body, lead (the answer a reader came for), or note (small print)."""

    text: str
    look: Literal["body", "lead", "note"] = "body"


@dataclass(frozen=True)
class Items:
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """A column; the writers give it the room that its cells need."""

    heading: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Grid:
    """A table. Columns named in `totals` (place -> sum) end in a sum, which a workbook computes by a formula.

    `sheet`: its short name in a workbook. A row whose first value alone is given, and `groups` says so by its
    place, is a heading of the rows under it. `long`: too long to be read on paper; only the workbook has it.
    """

    caption: str
    sheet: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Any, ...], ...]
    totals: Mapping[int, Any] = field(default_factory=dict)
    groups: frozenset[int] = frozenset()
    long: bool = False

    def captioned(self, say: Say) -> str:
        """The caption with how many lines there are, headings among them left out."""
        return f"{self.caption} ({say('行数', 'rows')} {len(self.rows) - len(self.groups)})"


@dataclass(frozen=True)
class Picture:
    caption: str
    alternative: str  # what the picture shows, for who cannot see it
    svg: str


Block = Heading | Paragraph | Items | Grid | Picture


@dataclass(frozen=True)
class Head:
    """A letterhead: the office's name, the line under it, its picture as JPEG."""

    office: str
    line: str = ""
    logo: bytes | None = None


@dataclass(frozen=True)
class Report:
    """`facts`: the lines under the title; `name`: the file's name without its ending; `draft`: what it is not yet;
    `head`: of a letter; `one_page`: set closely, so that it is one."""

    title: str
    subtitle: str
    language: str
    name: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    demo: bool = False
    draft: str = ""
    head: Head | None = None
    one_page: bool = False

    @property
    def mark(self) -> str:
        """What stands at the head of every page: that nobody approved it, that its data are made up."""
        demo = self.say("演示数据", "Demo data") if self.demo else ""
        return " · ".join(part for part in (self.draft, demo) if part)

    @property
    def say(self) -> Say:
        return Say(self.language)


def shown(value: Any, kind: Kind) -> str:
    """A value as it is read. Shares are cut, not rounded: 69.96 % never shows as 70 %."""
    if value is None or value == "":
        return "" if kind == "text" else MISSING
    if kind == "share":
        return share_text(value)
    if kind == "count":
        return f"{value:,.0f}"
    if kind == "p":
        return "< 0.001" if value < 0.001 else f"{value:.3f}"
    if kind == "fine":
        return f"{value:.3f}"
    if kind in ("number", "points") and isinstance(value, int | float):
        return f"{value:,.2f}".rstrip("0").rstrip(".") if kind == "points" else f"{value:,.2f}"
    return str(value)


def share_text(value: float | None, digits: int = 2) -> str:
    """A share as per cent with `digits` decimals, cut."""
    return MISSING if value is None else percent_text(value, digits)


def grid(
    caption: str, sheet: str, fields: Sequence[Field], rows: Sequence[Sequence[Any]],
    totals: Mapping[int, Any] | None = None, groups: Sequence[int] = (), long: bool = False,
) -> Grid:  # fmt: skip
    """A Grid from lists."""
    return Grid(caption, sheet, tuple(fields), tuple(tuple(row) for row in rows), totals or {}, frozenset(groups), long)


def elsewhere(block: Grid, say: Say) -> str:
    """What a document says where a table is left to the workbook."""
    caption = block.captioned(say)
    return say(f"{caption}：见本报告的Excel版。", f"{caption}: in the Excel version of this report.")
