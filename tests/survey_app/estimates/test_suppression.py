"""Small groups stay hidden from all but administrators, in every part of a stored estimate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.estimates.suppression import shown_result
from survey_app.models import EstimateRun, Grant, Site, db
from survey_app.surveys.small_cells import shown_counts, shown_nested
from tests.support.application import change
from tests.support.city import FORM, PLAN, small_city
from tests.support.runs import run_estimate
from tests.support.stored import begins_with

ADMINISTRATOR, EVALUATOR = [Grant(role="administrator")], [Grant(role="evaluator")]
CROSSED = PLAN.replace("[rated_county, home_county]", "[rated_county, sex, [rated_county, sex]]")


def crossed_city() -> None:
    """Forty answers from 甲县, twelve of them men's; four men and twenty women from 乙县."""
    survey = small_city(plan=CROSSED)
    moment, number = datetime.now(UTC), 0
    sites = {site.code: open_site(site) for site in db.session.scalars(select(Site))}
    for code, home, sex, count in (
        ("aaa2222", "甲县", "female", 28), ("aaa2222", "甲县", "male", 12),
        ("bbb3333", "乙县", "female", 20), ("bbb3333", "乙县", "male", 4),
    ):  # fmt: skip
        for _ in range(count):
            number += 1
            form = {**FORM, "home": [home], "sex": [sex], "overall": [str(1 + number % 5)]}
            submit(sites[code], form, f"key-{number}", "zh", moment - timedelta(minutes=3), finished_at=moment)
    run_estimate(survey)


pytestmark = begins_with(crossed_city)


@pytest.fixture
def run(sqlite_app):
    return db.session.scalars(select(EstimateRun)).one()


def levels(result, name):
    return {row["level"]: row["n"] for row in result["domains"][name]}


def test_a_small_crossed_group_is_hidden_with_what_would_give_it_away(run):
    result = shown_result(run, EVALUATOR)
    assert levels(result, "rated_county") == {"甲县": 40, "乙县": 24}
    assert levels(result, "sex") == {"female": 48, "male": 16}
    crossed = levels(result, "rated_county × sex")
    assert set(crossed.values()) == {None}, "with both margins shown, one open cell would give all four"
    row = result["domains"]["rated_county × sex"][0]
    assert row["suppressed"] is True
    assert {row[name] for name in ("estimate", "se", "lower", "upper", "index", "df", "decision")} == {None}
    assert result["suppressed"] == {"least": 10, "cells": 4}
    assert run.result["domains"]["rated_county × sex"][0]["n"], "the stored run stays whole"


def test_an_administrator_sees_every_cell(run):
    assert shown_result(run, ADMINISTRATOR) == run.result
    assert "suppressed" not in shown_result(run, ADMINISTRATOR)


def test_the_sites_and_strata_that_the_sensitivity_table_leaves_out_are_cells_too(run, sqlite_app):
    change(sqlite_app, least_cell=25)
    table = shown_result(run, EVALUATOR)["sensitivity"]
    for rows in (table["strata"], table["sites"]):
        assert {(row["n"], row["figure"]) for row in rows} == {(None, None)}
    assert {row["level"] for row in table["sites"]} == {"aaa2222", "bbb3333"}


def test_the_size_can_be_set_and_one_hides_nothing(run, sqlite_app):
    change(sqlite_app, least_cell=1)
    assert shown_result(run, EVALUATOR) == run.result


def test_modes_are_counted_and_hidden_as_any_other_table(run):
    run.result = run.result | {
        "modes": [{"mode": "web", "n": 60, "sum_weights": 1.0}, {"mode": "paper", "n": 4, "sum_weights": 2.0}]
    }
    run.plan_digest = "other"
    shown = shown_result(run, EVALUATOR)["modes"]
    assert [(row["mode"], row["n"], row["sum_weights"]) for row in shown] == [
        ("web", None, None),
        ("paper", None, None),
    ]


def test_counts_and_nests_of_counts_for_pages_that_need_no_estimate(sqlite_app):
    assert shown_counts({"甲": 4, "乙": 30, "丙": 50}, EVALUATOR) == {"甲": None, "乙": None, "丙": 50}
    assert shown_counts({"甲": 4, "乙": 30, "丙": 50}, ADMINISTRATOR) == {"甲": 4, "乙": 30, "丙": 50}
    sites = {"a1": 4, "a2": 40, "a3": 30, "b1": 50, "b2": 0}
    leaves, groups, total = shown_nested(sites, {site: site[0] for site in sites}, EVALUATOR)
    assert leaves == {"a1": None, "a2": 40, "a3": None, "b1": 50, "b2": 0}
    assert (groups, total) == ({"a": 74, "b": 50}, 124)
