"""Words that pages of several subjects share."""

from __future__ import annotations

import pytest
from flask_babel import force_locale
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import NumberRange

from survey_app.console.forms import Whole
from survey_app.console.words import doer, own_half


@pytest.mark.parametrize(
    ("sentence", "zh", "en"),
    [
        ("请先选择文件 (choose a file first)", "请先选择文件", "choose a file first"),
        (
            "没有角色“x” (there is no role 'x'; there are: a (b))",
            "没有角色“x”",
            "there is no role 'x'; there are: a (b)",
        ),
        ("城市家庭(千兆)覆盖率 (x)", "城市家庭(千兆)覆盖率 (x)", "城市家庭(千兆)覆盖率 (x)"),
        ("调查名称：请填写", "调查名称：请填写", "调查名称：请填写"),
    ],
)
def test_of_a_sentence_in_both_languages_a_page_shows_the_readers_half(app, sentence, zh, en):
    with app.test_request_context():
        with force_locale("zh_Hans_CN"):
            assert own_half(sentence) == zh
        with force_locale("en"):
            assert own_half(sentence) == en
            assert own_half(Markup(sentence)) == Markup(sentence)


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
