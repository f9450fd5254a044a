"""What a reader must know of an estimate stands in the language of the page, whichever kind it is."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from flask_babel import force_locale

from analysis.notices import Notice
from survey_app.estimates.pages.notices import notices_in_words
from survey_app.ground.language import LOCALES
from wording.texts.notices import TEXTS

PARAMS = {"margin": "sex", "factor": 0.999, "first": "age_band", "named": "county 甲县", "respondents": 3, "df": 2,
          "missing": 394, "responses": 2000, "lower": 0.5086, "upper": 0.7056, "column": "sex", "other": "age_band",
          "level": "9", "levels": "1, 2", "cells": "1 × 2", "n": 4, "elsewhere": 5, "others": 6, "margins": "sex, age_band"}  # fmt: skip
PARAMS |= {
    "sites": 3,
    "classes": 1,
    "fewest": 10,
    "limit": 5.5,
    "people": 1200,
    "number": 2,
    "share": 4.5,
    "take": "20",
}
PARAMS |= {"psu": "7", "stratum": "甲县", "of_stratum": 66.7, "of_all": 16.7}
PARAMS |= {"version": 2, "official": 1, "run": 7, "reason": "与公报不符", "before": 0.7108, "after": 0.6999}


@pytest.mark.parametrize("key", TEXTS)
def test_every_notice_is_worded_in_both_languages(sqlite_app, key):
    counts = {name: 7 for _text, name, _format, _more in Formatter().parse(TEXTS[key][0]) if name}
    result = {"notices": [Notice(key, counts | PARAMS).as_dict()]}
    with sqlite_app.test_request_context(), force_locale(LOCALES["zh"]):
        (chinese,) = notices_in_words(result)
    with sqlite_app.test_request_context(), force_locale(LOCALES["en"]):
        (english,) = notices_in_words(result)
    assert re.search("[一-龥]", chinese)
    assert not re.search("[a-z]{4}", re.sub("county|trim|bounds", "", chinese))  # a variable and keys of a plan
    assert not re.search("[一-龥]", english.replace("甲县", "").replace("与公报不符", ""))


def test_a_result_of_an_earlier_release_shows_the_texts_it_kept():
    kept = {"key": "", "params": {}, "text": "margin 'sex' was scaled"}  # as the reader of the first format makes it
    assert notices_in_words({"notices": [kept]}) == ["margin 'sex' was scaled"]
