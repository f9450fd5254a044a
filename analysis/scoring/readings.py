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
from importlib.resources import files
from typing import Any, Literal

from pydantic import ConfigDict

from analysis.scoring.rulebook import Indicator, Rulebook
from definitions import digest, load_text

FOLDER = files("analysis").joinpath("scoring/rulebooks")
_STRICT = ConfigDict(extra="forbid")
_COMPARED = re.compile(r"^(?P<metric>[a-z][a-z0-9_]*)\s*(?:>=|<=|>|<)\s*(?P<rest>.+)$")


@dataclass(frozen=True)
class Instead:
    """What an alternative makes of a requirement; see the head of the file."""

    compare: dict[str, Literal[">=", "<=", ">", "<"]] = field(default_factory=dict)
    every: bool = False
    without: tuple[str, ...] = ()

    __pydantic_config__ = _STRICT

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
    """rows: rulebook -> numbers of its indicators."""

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


@cache
def readings_of(rulebook: str) -> Readings | None:
    """The shipped readings of a packaged rulebook; None where it has none."""
    return next((found for found in _shipped() if rulebook in found.rulebooks), None)


def as_read(book: Rulebook, named: str = "", chosen: Collection[str] = ()) -> Rulebook:
    """The rulebook with these alternatives, and with the digest that names the readings: `named`, else that of the
    shipped ones with these alternatives. A reading that is not known changes nothing."""
    shipped = readings_of(book.id)
    if shipped is None:
        return book
    held = replace(shipped, chosen=frozenset(chosen))
    indicators = tuple(_row(held, book.id, row) for row in book.indicators) if chosen else book.indicators
    told = (named or digest_of(plain(held)), tuple(sorted(held.chosen)))
    return replace(book, indicators=indicators, readings=told[0], alternatives=told[1])


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
    """An indicator with the alternatives that were chosen for it."""
    mine = held.of_row(rulebook, row.number)
    if not any(one.id in held.chosen for one in mine):
        return row
    tiers = row.tiers
    for one in mine:
        if one.id in held.chosen and one.instead is not None:
            tiers = tuple(type(tier)(tier.stars, tier.points, one.instead.of(tier.require)) for tier in tiers)
    return replace(row, tiers=tiers, note="".join(f"{held.text(one)}。" for one in mine))


@cache
def _shipped() -> tuple[Readings, ...]:
    folder = FOLDER.joinpath("readings")
    found = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
    return tuple(load_text(item.read_text(encoding="utf-8"), Readings, item.name).value for item in found)
