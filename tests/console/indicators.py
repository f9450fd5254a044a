"""Indicator values for tests of the console: a county's lead departments, values and evidence."""

from __future__ import annotations

from sqlalchemy import select

from survey_app.models import Area, Evidence, db
from survey_app.services import evidence, value_entry
from survey_app.services.assignments import Choice, assign, responsible

COUNTY = "jining-2023-county"
PDF = b"%PDF-1.4 a page\n%%EOF"


def led_by(area: str, indicator: str, *leads: str, supporting: tuple[str, ...] = ()) -> None:
    """Let departments of a county lead an indicator."""
    place = db.session.scalars(select(Area).where(Area.name == area)).one()
    version = responsible(place, COUNTY)[indicator].version
    assign(place, COUNTY, [Choice(indicator, leads, supporting, False, version)])
    db.session.commit()


def at(area: str, indicator: str, period: str = "2023") -> value_entry.Place:
    """A place by the area's code."""
    found = value_entry.place_of(period, area, indicator)
    assert found is not None
    return found


def with_evidence(area: str, indicator: str, name: str = "证明.pdf") -> Evidence:
    item = evidence.attach(at(area, indicator), name, PDF, "somebody")
    db.session.commit()
    return item
