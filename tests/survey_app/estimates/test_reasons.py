"""Why a part of an estimate cannot be told, as its page and its report say it."""

from __future__ import annotations

import re

import pytest
from flask_babel import force_locale

from survey_app.estimates.reasons import said

STORED = [
    "only 0 degrees of freedom: the interval is unreliable",
    "everyone, or nobody, is satisfied: the interval is the exact one on n",
    "ranks need at least two fields",
    "no county has 30 ratings of a field whose points are known",
    "the share of points does not vary within fields and counties, so it cannot be related to satisfaction",
    "12 terms leave no degree of freedom; ask about fewer services, or visit more sites",
    "3 users, fewer than 30",
    "7 answers skip it: too few are left with all services",
    "all users give the same rating",
    "an area model needs at least 5 areas, not 2; publish the direct estimates with their intervals, or merge areas",
    "the areas' variances cannot be smoothed: every area is unanimous or has one site; merge areas, or add sites",
    "a trend needs at least two waves",
    "a test needs two modes with at least 30 answers each",
]
FEW = (
    "importance needs at least two services to compare (health: 3 users, fewer than 30; all users give the same rating)"
)


@pytest.mark.parametrize("stored", [*STORED, "importance needs at least two services to compare (one was given)"])
def test_a_reason_of_the_analysis_is_chinese_on_a_chinese_page_and_as_stored_on_an_english_one(app, stored):
    with app.test_request_context():
        with force_locale("zh_Hans_CN"):
            assert not re.search("[a-z]{2}", said(stored))
        with force_locale("en"):
            assert said(stored) == stored


def test_a_reason_names_services_and_not_their_keys(app):
    with app.test_request_context():
        with force_locale("zh_Hans_CN"):
            words = said(FEW, {"health": "看病"}.get)
            assert words.startswith("可比较的服务不足两项（看病：用过的只有3人，少于30人；")
        with force_locale("en"):
            assert "(Health care: 3 users" in said(FEW, lambda key: "Health care")


def test_a_reason_nobody_foresaw_stays_as_it_is(app):
    with app.test_request_context(), force_locale("zh_Hans_CN"):
        assert said("something else") == "something else"
