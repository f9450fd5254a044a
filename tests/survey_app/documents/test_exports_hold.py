"""Whatever characters older releases took in, every workbook and document with people's text is written, without them."""

from __future__ import annotations

import io
from datetime import date

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select

from survey_app.ground import audit
from survey_app.models import Area, IndicatorEntry, RectificationItem, RectificationNote, db
from survey_app.responses.data_files import Style, _xlsx
from survey_app.responses.variables import Variable
from survey_app.values.periods import current_period
from tests.support.city import small_city, the_survey
from tests.support.people import client_of
from tests.support.stored import begins_with
from tests.support.tickets import ticket_of

pytestmark = begins_with(small_city)
BAD = "旧\x0b字\x01\x1f\ufffe"


@pytest.fixture
def office(sqlite_app):
    """An administrator's client, where a site, a department, a ticket, a rectification, a value and the trail have such a text."""
    survey, city = the_survey(), db.session.scalars(select(Area).where(Area.kind == "city")).one()
    survey.sites[0].name = BAD
    ticket_of("某市", "市公安局", place=BAD, text=BAD)
    item = RectificationItem(
        area=city, rulebook_id="x", indicator=1, name=BAD, department=BAD, to_stars=5, requirement=BAD, gap=BAD, gain=1.0,
        due=date(2030, 1, 1), created_by="x",
    )  # fmt: skip
    item.notes.append(RectificationNote(step="progress", by="x", text=BAD))
    db.session.add(item)
    period = current_period()
    entry = IndicatorEntry(period=period.code, area=city, rulebook_id=period.rulebook_of(city), indicator="1", note=BAD)
    db.session.add(entry)
    audit.record("rectification.change", "rectification:1", after={"gap": BAD}, reason=BAD)
    db.session.commit()
    return client_of(sqlite_app, "administrator")


@pytest.mark.parametrize(
    "address",
    [
        "/console/audit.xlsx",
        "/console/rectification/list.xlsx",
        "/console/rectification/list.docx",
        "/console/tickets?table=tickets&format=xlsx",
        "/console/surveys/{survey}/fieldwork?table=sites&format=xlsx",
        "/console/surveys/{survey}/fieldwork/import/template.xlsx",
        "/console/values/workbook.xlsx?area={city}",
    ],
)
def test_every_export_is_written_without_what_no_file_can_hold(office, address):
    city = db.session.scalars(select(Area.code).where(Area.kind == "city")).one()
    body = office.get(address.format(survey=the_survey().code, city=city)).data
    if ".docx" in address:
        text = "\n".join(
            cell.text for table in Document(io.BytesIO(body)).tables for row in table.rows for cell in row.cells
        )
    else:
        book = load_workbook(io.BytesIO(body))
        text = "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    assert "旧字" in text


@pytest.mark.parametrize("guarded", [True, False])
def test_answers_are_written_too(tmp_path, guarded):
    column = Variable("q", BAD, "text")
    out = tmp_path / "x.xlsx"
    _xlsx(iter([[BAD], [f"={BAD}"]]), [column], out, Style("应答", "zh", guarded))
    sheet = load_workbook(out).worksheets[0]
    assert [cell.value for cell in sheet["A"]] == ["旧字", "旧字", "'=旧字" if guarded else "=旧字"]
