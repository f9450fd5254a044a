"""Readings of unclear rules: how a row of the document is read, how else it could be, and what that makes of the rule.

They belong to the version of their rulebooks, and those of one document are one file, so that a ruling holds for city and counties alike.
A choice among them is the office's, for a period (survey_app/values/readings.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from pydantic import ConfigDict

from analysis.scoring.programme_files import READINGS, files_with
from analysis.scoring.rulebook import Indicator, Rulebook, Star
from analysis.scoring.rules import SatisfactionRule, Tier
from definitions import digest, load_text

_STRICT = ConfigDict(extra="forbid")
_COMPARED = re.compile(r"^(?P<metric>[a-z][a-z0-9_]*)\s*(?:>=|<=|>|<)\s*(?P<rest>.+)$")


@dataclass(frozen=True)
class Instead:
    """What an alternative makes of a row or of a star; see the head of the file."""

    compare: dict[str, Literal[">=", "<=", ">", "<"]] = field(default_factory=dict)
    every: bool = False
    without: tuple[str, ...] = ()
    lower: bool = False
    absent: tuple[str, ...] = ()
    item_only: bool = False
    unconditional: tuple[str, ...] = ()

    __pydantic_config__ = _STRICT

    def row(self, row: Indicator) -> Indicator:
        """The indicator as it then counts."""
        found = replace(
            row, tiers=self._tiers(row.tiers), veto=tuple(map(self.of, row.veto)), absent_meets=(*row.absent_meets, *self.absent),
            by_class={name: replace(rule, tiers=self._tiers(rule.tiers)) for name, rule in row.by_class.items()},
        )  # fmt: skip
        if self.item_only and found.deduction is not None:
            found = replace(found, deduction=replace(found.deduction, voids=False))
        if self.item_only and found.satisfaction is not None:
            kept = tuple(zone for zone in found.satisfaction.written() if not zone.void)
            found = replace(found, satisfaction=SatisfactionRule(zones=kept))
        return found

    def _tiers(self, tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
        asked = [self.of(tier.require) for tier in tiers]
        if self.lower:
            asked = [asked[: place + 1] for place in range(len(asked))]
        return tuple(replace(tier, require=require) for tier, require in zip(tiers, asked, strict=True))

    def star(self, star: Star) -> Star:
        return replace(star, requires=None) if star.name in self.unconditional else star

    def of(self, source: Any) -> Any:
        """The requirement as it then is written."""
        if isinstance(source, str):
            found = _COMPARED.match(source)
            if found is None or found["metric"] not in self.compare:
                return source
            return f"{found['metric']} {self.compare[found['metric']]} {found['rest']}"
        if isinstance(source, list):
            return [self.of(part) for part in source]
        parts = [self.of(part) for part in source["any"]]
        kept = [part for part in parts if not (isinstance(part, str) and part.split()[0] in self.without)]
        if len(kept) == 1:
            return kept[0]
        return kept if self.every else {"any": kept or parts}


@dataclass(frozen=True)
class Reading:
    """rows: rulebook -> numbers of its indicators; none where it is about the stars, as the document's last notes."""

    id: str
    rows: dict[str, tuple[int, ...]]
    reads: str
    alternative: str
    instead: Instead | None = None
    entered: bool = False

    __pydantic_config__ = _STRICT

    @property
    def may_change(self) -> bool:
        """Whether the alternative can be chosen; else it needs another rulebook."""
        return self.entered or self.instead is not None


@dataclass(frozen=True)
class Readings:
    """Those of one document. chosen: of which the alternative holds."""

    id: str
    rulebooks: tuple[str, ...]
    readings: tuple[Reading, ...]
    chosen: frozenset[str] = frozenset()

    __pydantic_config__ = _STRICT

    def one(self, reading: str) -> Reading | None:
        return next((row for row in self.readings if row.id == reading), None)

    def text(self, row: Reading) -> str:
        """What holds."""
        return row.alternative if row.id in self.chosen else row.reads

    def of_row(self, rulebook: str, number: int) -> list[Reading]:
        return [row for row in self.readings if number in row.rows.get(rulebook, ())]

    def of_book(self, rulebook: str) -> list[Reading]:
        """Those of its rows and of its stars, in the order of the file."""
        return [row for row in self.readings if rulebook in row.rows]


def readings_of(rulebook: str) -> Readings | None:
    """The readings that a rulebook's programme states; None where it has none."""
    held = files_with(rulebook)
    return _read(held[READINGS]) if held is not None and READINGS in held else None


def as_read(book: Rulebook, named: str = "", chosen: Collection[str] = ()) -> Rulebook:
    """The rulebook with these alternatives, each row's note telling how it is read, and with the digest that names the
    readings: `named`, else that of the shipped ones with these alternatives. A reading that is not known changes nothing."""
    shipped = readings_of(book.id)
    if shipped is None:
        return book
    held = replace(shipped, chosen=frozenset(chosen))
    read = [one.instead for one in held.of_book(book.id) if one.id in held.chosen and one.instead is not None]
    stars = book.stars
    for instead in read:
        stars = tuple(map(instead.star, stars))
    return replace(
        book, indicators=tuple(_row(held, book.id, row) for row in book.indicators), stars=stars,
        readings=named or digest_of(plain(held)), alternatives=tuple(sorted(held.chosen)),
    )  # fmt: skip


def as_stated(book: Rulebook, stated: Mapping[str, Any] | None) -> Rulebook:
    """The rulebook as a stored scorecard says that it was read; of earlier releases as it is shipped."""
    return as_read(book, stated["digest"], stated["alternatives"]) if stated else book


def plain(held: Readings) -> list[dict[str, Any]]:
    """What the readings' digest is of: each with both texts and which of them holds."""
    return [
        {"id": row.id, "rows": {book: list(rows) for book, rows in row.rows.items()}, "reads": row.reads,
         "alternative": row.alternative, "chosen": row.id in held.chosen}
        for row in held.readings
    ]  # fmt: skip


def digest_of(document: Iterable[Mapping[str, Any]]) -> str:
    return digest(json.dumps(list(document), ensure_ascii=False, sort_keys=True))


def _row(held: Readings, rulebook: str, row: Indicator) -> Indicator:
    """An indicator with the alternatives that were chosen for it, and in its note how it is read."""
    mine = held.of_row(rulebook, row.number)
    for one in mine:
        if one.id in held.chosen and one.instead is not None:
            row = one.instead.row(row)
    return replace(row, note="".join(f"{held.text(one)}。" for one in mine)) if mine else row


@cache
def _read(text: str) -> Readings:
    return load_text(text, Readings, READINGS).value
