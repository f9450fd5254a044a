"""What counts and what does not for each row, in both languages: a file of the programme, beside its rulebooks.

It stands apart from them because it decides no point: a better word for who fills in a value leaves a rulebook's digest as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import ConfigDict

from analysis.scoring.programme_files import SCOPES
from analysis.scoring.rulebook import Rulebook
from definitions import load_text

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Scope:
    """rows: rulebook -> numbers of its indicators."""

    rows: dict[str, tuple[int, ...]]
    zh: str
    en: str

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Scopes:
    """Those of one document."""

    scopes: tuple[Scope, ...]

    __pydantic_config__ = _STRICT


def with_scopes(book: Rulebook, text: str) -> Rulebook:
    """The rulebook with the texts of its programme's file, in the place of its own short ones. Raises DefinitionError."""
    stated = load_text(text, Scopes, SCOPES).value.scopes
    said = {number: scope for scope in stated for number in scope.rows.get(book.id, ())}
    rows = tuple(
        replace(row, scope=said[row.number].zh, scope_en=said[row.number].en) if row.number in said else row
        for row in book.indicators
    )
    return replace(book, indicators=rows)
