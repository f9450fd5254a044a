"""What is said of a file that came in: what stops it, what is wrong in a cell, what was left out."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from wording import Message, Refusal, Text


class FileRefusedError(Refusal):
    """A file that cannot be read at all, in the user's words."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file. row: as the spreadsheet counts; column: its letter and heading, empty for the row."""

    row: int
    column: str
    said: Text

    def __str__(self) -> str:
        return str(self.said)

    @property
    def placed(self) -> Message:
        """With its row and column."""
        return Message("files.row", row=self.row or "-", column=self.column, said=self.said)


@dataclass(frozen=True)
class Note:
    """What does not stop an import and should be known."""

    said: Text

    def __str__(self) -> str:
        return str(self.said)


def aloud(name: object, notes: Iterable[Note]) -> None:
    """The notes of the file `name` on standard error, where a command reads it."""
    for note in notes:
        print(f"{name}: {note}", file=sys.stderr)
