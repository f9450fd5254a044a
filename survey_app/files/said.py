"""What is said of a file that came in: what stops it, what is wrong in a cell, what was left out, in both languages."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from wording import Refusal, language


class FileRefusedError(Refusal):
    """A file that cannot be read at all, in the user's words."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en

    def __str__(self) -> str:
        return self.en if language() == "en" else self.zh


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file. row: as the spreadsheet counts; column: its letter and heading, empty for the row."""

    row: int
    column: str
    zh: str
    en: str

    def __str__(self) -> str:
        return self.en if language() == "en" else self.zh


@dataclass(frozen=True)
class Note:
    """What does not stop an import and should be known."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en if language() == "en" else self.zh


def aloud(name: object, notes: Iterable[Note]) -> None:
    """The notes of the file `name` on standard error, where a command reads it."""
    for note in notes:
        print(f"{name}: {note}", file=sys.stderr)
