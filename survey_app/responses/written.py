"""How a data file is written, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from wording import Message


@dataclass(frozen=True)
class Style:
    """guarded: text that a spreadsheet program would run as a formula gets a quote before it."""

    title: str
    language: str = "zh"
    guarded: bool = True


@dataclass(frozen=True)
class Written:
    """rows: how many. told: what a reader of the file must know, as labels that its format could not hold whole."""

    rows: int
    told: tuple[Message, ...] = ()
