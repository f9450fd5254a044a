"""Characters that no file and no drawing can hold are taken out before they get there."""

from __future__ import annotations

import pytest
from wtforms import PasswordField, StringField, TextAreaField

from survey_app.console.forms import Form
from survey_app.documents import written
from survey_app.documents.characters import printable
from survey_app.documents.content import Field, Grid, Head, Paragraph, Picture, Report
from survey_app.drawing.charts import trend_chart

BAD = "\x0b\x00\x07\ud800\uffff"
POINT = {"estimate": 0.7, "lower": 0.6, "upper": 0.8, "typed": False}


def test_a_label_that_no_drawing_can_hold_does_not_end_the_server():
    svg = trend_chart([{"wave": f"2022{BAD}<b>", **POINT}, {"wave": "2023", **POINT}], {"axis": f"%{BAD}"}, [0.5])
    assert "2022&lt;b&gt;" in svg


@pytest.mark.parametrize("ending", ["docx", "xlsx", "pdf"])
def test_a_report_is_written_whatever_was_pasted_into_its_texts(ending):
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>{BAD}</text></svg>'
    grid = Grid(f"表{BAD}", f"表{BAD}", (Field(f"列{BAD}"),), ((f"值{BAD}",), (1,)))
    report = Report(
        f"题{BAD}", f"副{BAD}", "zh", "x", ((f"甲{BAD}", f"乙{BAD}"),),
        (Paragraph(f"文{BAD}"), grid, Picture("图", f"述{BAD}", drawn)), head=Head(f"局{BAD}"),
    )  # fmt: skip
    assert len(written(report, ending)) > 1000


def test_what_is_typed_into_the_console_is_kept_without_them_and_a_password_as_it_is(sqlite_app):
    class Typed(Form):
        name, text, secret = StringField(), TextAreaField(), PasswordField()

    sent = {"name": "甲\x0b乙", "text": "一\n\t二\x00🫨", "secret": "a\x0bb"}
    with sqlite_app.test_request_context("/console/", method="POST", data=sent):
        form = Typed()
    assert (form.name.data, form.text.data, form.secret.data) == ("甲乙", "一\n\t二🫨", "a\x0bb")


def test_other_things_stay_as_they_are():
    assert printable({"a": [1, None, ("𮯠\r\n",)], "b": b"\x00"}) == {"a": [1, None, ("𮯠\r\n",)], "b": b"\x00"}
