"""Small tables with known columns that a command reads beside its main file: populations, frames, figures of areas."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from survey_app.files.headed import plain, read_headed
from survey_app.files.said import FileRefusedError, Note


@dataclass(frozen=True)
class NamedRow:
    """A row as text by column. number: as the spreadsheet counts, or the line of a CSV."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def get(self, column: str) -> str:
        """Its text, '' where the table has no such column."""
        return self.cells.get(column, "")


@dataclass(frozen=True)
class NamedTable:
    columns: tuple[str, ...]
    rows: tuple[NamedRow, ...]
    notes: tuple[Note, ...]


def read_named(source: Path, needed: Collection[str], others: Collection[str] | None = ()) -> NamedTable:
    """The table of a CSV or a workbook. others: columns that may be there; None for all that are there.

    Raises FileRefusedError where a needed column is missing, a column stands twice, a cell has no value, or no row is there.
    """
    known = {plain(name): name for name in (*needed, *(others or ()))}
    table = read_headed(source.name, source, known, read_all=others is None)
    places: dict[str, int] = {}
    for place, heading in enumerate(table.headings):
        name = known.get(plain(heading), heading if others is None else "")
        if name and places.setdefault(name, place) != place:
            raise FileRefusedError("files.column_twice_3", heading=heading)
    absent = [name for name in needed if name not in places]
    if absent:
        there = ", ".join(filter(None, table.headings))
        raise FileRefusedError("files.column_missing", absent=absent, there=there)
    if table.faults:
        raise FileRefusedError(table.faults[0].placed)
    if not table.rows:
        raise FileRefusedError("files.table_empty")
    rows = (NamedRow(row.number, {name: row.text(place) for name, place in places.items()}) for row in table.rows)
    return NamedTable(tuple(places), tuple(rows), tuple(table.notes))
