"""What is said of a file that came in: what stops it, what is wrong in a cell, what was left out."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from wording import Message, Refusal, Text
from wording.message import texts_of


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


def of_system(error: OSError) -> Text:
    """Why the system did not open or write a file: in words where we have them, else in its own."""
    name = errno.errorcode.get(error.errno or 0, "").lower()
    return Message(f"system.{name}") if name in texts_of("system") else error.strerror or str(error)


def aloud(name: object, notes: Iterable[Note]) -> None:
    """The notes of the file `name` on standard error, where a command reads it."""
    for note in notes:
        print(f"{name}: {note}", file=sys.stderr)
