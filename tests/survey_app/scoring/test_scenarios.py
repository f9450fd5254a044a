"""Scenarios: kept with what was asked, the seed and the result, the same when tried again, touching no value."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from survey_app.models import IndicatorValue, ScoringRun, db
from survey_app.scoring.scenarios import ScenarioError, asked_dict, asked_of, save, scenarios_of, verify_scenario
from survey_app.scoring.what_if import read_form
from tests.support.city import small_city
from tests.support.runs import run_scoring
from tests.support.scoring_city import area, estimate, fill
from tests.support.stored import begins_with

FORM = {
    "value:1:online": "50%", "low:2:integrated": "", "target": "五星级", "effort:1": "2", "fixed:3": "1", "seed": "7",
    "draws": "256",
}  # fmt: skip


def city_with_cards() -> None:
    survey = small_city()
    for name in ("某市", "甲县", "乙县"):
        fill(area(name))
    run_scoring(estimate(survey, 0.69))


pytestmark = [begins_with(city_with_cards), pytest.mark.usefixtures("in_chinese")]


@pytest.fixture
def card(sqlite_app) -> ScoringRun:
    return next(run for run in db.session.scalars(select(ScoringRun)) if run.area.name == "甲县")


def test_a_scenario_is_kept_frozen_and_comes_out_the_same(card):
    first = card.scorecard["indicators"][0]
    metric = "online"
    form = {**FORM, f"low:5:{range_metric(card)}": "0.1", f"high:5:{range_metric(card)}": "1"}
    values = [row.value for row in db.session.scalars(select(IndicatorValue).order_by(IndicatorValue.id))]
    asked = read_form(card, form)
    assert asked.wrong == ()
    kept = save(card, "下降一半", "说明", asked)
    db.session.commit()
    db.session.expire_all()
    assert (asked.seed, asked.draws) == (7, 256)
    assert asked_of(asked_dict(asked)) == asked
    assert kept.result["after"]["score_if_not_void"] < kept.result["before"]["score_if_not_void"]
    assert first["number"] in [row[0] for row in kept.result["moved"]], metric
    assert sum(kept.result["outlook"]["star_probability"].values()) == pytest.approx(1)
    assert verify_scenario(kept)["same"]
    assert [row.value for row in db.session.scalars(select(IndicatorValue).order_by(IndicatorValue.id))] == values


def range_metric(card: ScoringRun) -> str:
    from analysis.scoring import load_rulebook

    return load_rulebook(card.rulebook_id).indicator(5).metrics[0].key


def test_a_changed_result_is_found_out(card):
    kept = save(card, "甲", "", read_form(card, {}))
    kept.result = kept.result | {"after": {**kept.result["after"], "total": 1}}
    db.session.commit()
    assert verify_scenario(kept) == {"scenario": kept.id, "same": False, "differs": ["after"]}


def test_names_are_required_and_told_apart_within_an_area(card):
    for name, said in (("  ", "起名"), ("x" * 81, "80")):
        with pytest.raises(ScenarioError, match=said):
            save(card, name, "", read_form(card, {}))
    save(card, "甲", "", read_form(card, {}))
    with pytest.raises(ScenarioError, match="已有"):
        save(card, "甲", "", read_form(card, {}))
    assert [kept.name for kept in scenarios_of(card.area)] == ["甲"]


@pytest.mark.parametrize(("field", "typed"), [("seed", "-1"), ("draws", "1"), ("draws", "99999999"), ("seed", "x")])
def test_a_seed_or_number_of_draws_that_cannot_be_is_said(card, field, typed):
    ((named, words),) = read_form(card, {field: typed}).wrong
    assert named == field
    assert "的整数" in str(words)


def test_a_scenario_keeps_the_correlation_it_was_tried_with_and_one_without_is_as_it_always_was(card):
    metric = range_metric(card)
    form = {**FORM, f"low:5:{metric}": "0.1", f"high:5:{metric}": "1"}
    kept = save(card, "同好同坏", "", read_form(card, {**form, "correlation": "0.6"}))
    apart = save(card, "各管各", "", read_form(card, {**form, "correlation": "0"}))
    db.session.commit()
    assert (kept.result["outlook"]["correlation"], kept.asked["correlation"]) == (0.6, 0.6)
    assert verify_scenario(kept)["same"]
    assert "correlation" not in apart.result["outlook"] | apart.asked
    assert kept.result["outlook"]["points"] != apart.result["outlook"]["points"]


def test_a_correlation_that_is_no_number_is_said_at_its_box(card):
    ((named, _),) = read_form(card, {"correlation": "强"}).wrong
    assert named == "correlation"
