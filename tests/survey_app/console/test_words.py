"""Words that pages of several subjects share."""

from __future__ import annotations

from flask_babel import force_locale
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import NumberRange

from survey_app.console.forms import Whole
from survey_app.console.words import doer


def test_what_the_command_line_did_is_said_in_words_and_an_account_by_its_name(app):
    with app.test_request_context(), force_locale("zh_Hans_CN"):
        assert (doer("command line"), doer("anna")) == ("命令行", "anna")


def test_a_box_that_cannot_be_read_says_so_once(app):
    class Days(Form):
        days = Whole("days", "1 to 90", [NumberRange(1, 90, "1 to 90")])

    for sent in ("x", "", "91"):
        form = Days(MultiDict({"days": sent}))
        assert not form.validate()
        assert form.days.errors == ["1 to 90"]
