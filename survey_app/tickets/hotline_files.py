"""Tickets as the table that leaves for the 12345 line, under the headings that the office gave its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from survey_app.console.tables import Column, Table, as_xlsx
from survey_app.tickets import hotline


def sheet(rows: Sequence[Mapping[str, str]]) -> bytes:
    """A workbook of what `hotline.leaving` gives; columns of persons are not in it."""
    leaving = [one for one in hotline.columns() if one.key not in hotline.PERSONAL]
    columns = [Column(one.key, (one.also or (one.zh,))[0]) for one in leaving]
    return as_xlsx(Table("hotline", "12345", columns, [dict(row) for row in rows]))
