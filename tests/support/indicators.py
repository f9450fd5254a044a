"""Indicator values for tests of the console: a county's lead departments, values and evidence."""

from __future__ import annotations

import io

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select

from survey_app.models import Area, Evidence, Period, db
from survey_app.values import assignment_workbook, entry, evidence, form_sheet, workbook_in, worklist
from survey_app.values.assignments import Choice, assign, responsible
from survey_app.values.workbook_out import value_workbook

COUNTY = "jining-2023-county"
PDF = b"%PDF-1.4 a page\n%%EOF"


def led_by(area: str, indicator: str, *leads: str, supporting: tuple[str, ...] = ()) -> None:
    """Let departments of a county lead an indicator."""
    place = db.session.scalars(select(Area).where(Area.name == area)).one()
    version = responsible(place, COUNTY)[indicator].version
    assign(place, COUNTY, [Choice(indicator, leads, supporting, False, version)])
    db.session.commit()


def at(area: str, indicator: str, period: str = "2023") -> entry.Place:
    """A place by the area's code."""
    found = entry.place_of(period, area, indicator)
    assert found is not None
    return found


def with_evidence(area: str, indicator: str, name: str = "证明.pdf") -> Evidence:
    item = evidence.attach(at(area, indicator), name, PDF, "somebody")
    db.session.commit()
    return item


def filled(body: bytes, **cells: object) -> bytes:
    """A workbook that a person has filled. cells: address on its second sheet, or metric__heading of a form of values
    (value, top, bottom, reason, note, confirmed) -> what is written there."""
    book = load_workbook(io.BytesIO(body))
    for name, value in cells.items():
        book.worksheets[1][cell_of(book.worksheets[1], name)] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cell_of(sheet: Worksheet, name: str) -> str:
    """An address as it is, or that of metric__part."""
    metric, _bar, part = name.partition("__")
    if not part:
        return name
    column = getattr(
        form_sheet, {"reason": "REASON", "note": "NOTE", "confirmed": "CONFIRMATION"}.get(part, part.upper())
    )
    row = next(cell.row for cell in sheet[get_column_letter(form_sheet.METRIC)] if cell.value == metric)
    return f"{get_column_letter(column)}{row}"


def exported(area: str, indicators: tuple[str, ...] = ("1",), period: str = "2023") -> bytes:
    """The workbook of some indicators of an area."""
    found = db.session.get(Period, period)
    place = db.session.scalars(select(Area).where(Area.code == area)).one()
    assert found is not None
    chosen = [task for task in worklist.tasks(found, [place]) if task.indicator in indicators]
    return value_workbook(found, chosen)


def with_imports(area: str, by: str = "admin") -> None:
    """One workbook of values and one of departments that somebody has looked at."""
    place = db.session.scalars(select(Area).where(Area.code == area)).one()
    workbook_in.preview("v.xlsx", filled(exported(area), online__value=0.9), by, lambda *_: True)
    body = assignment_workbook.assignment_workbook(place, COUNTY)
    assignment_workbook.preview("d.xlsx", filled(body, C3="某局"), place, COUNTY, by)
    db.session.commit()
