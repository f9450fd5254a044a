"""Weights of a stored survey follow the answers that its drawn sites gave, and are made with the run."""

from __future__ import annotations

import csv
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from analysis.errors import AnalysisError
from analysis.plan_parts import FLAG_KINDS, Flagged
from survey_app.answering.open_sites import forget_sites, open_site
from survey_app.answering.submission import submit
from survey_app.estimates.method_words import method_words
from survey_app.estimates.runs import recompute, verify_run
from survey_app.estimates.suppression import shown_result
from survey_app.fieldwork.invitations import make
from survey_app.fieldwork.site_access import retire_site, set_stops_when_full
from survey_app.ground.plans import plan_of_run
from survey_app.models import Response, Site, Survey, db
from survey_app.responses.data_files import write_responses
from survey_app.surveys import import_sites
from survey_app.surveys.plan_versions import change_plan
from tests.support.city import FORM, PLAN, small_city
from tests.support.runs import run_estimate
from wording import in_words


def sampled_city(sites: dict[str, tuple[str, float, int]], plan: str = PLAN, **changes: object) -> Survey:
    """The small city with these sites alone: name -> county, probability, eligible people; planned for 20 each."""
    survey = small_city(plan=plan, **changes)
    places = {site.area.name: site.area_id for site in survey.sites}
    survey.sites.clear()
    for name, (county, probability, eligible) in sites.items():
        survey.sites.append(
            Site(
                code=f"site-{name}", name=name, kind="village", area_id=places[county], probability=True,
                stratum=county, eligible=eligible, inclusion_probability=probability, target=20,
                base_weight=eligible / (probability * 20),
            )
        )  # fmt: skip
    db.session.commit()
    forget_sites()
    return survey


def site(name: str) -> Site:
    return db.session.scalars(select(Site).where(Site.name == name)).one()


def answers(name: str, satisfied: int, others: int, blank: int = 0) -> None:
    """Answers at a site: so many satisfied, so many not, so many that leave the question open."""
    view, began = open_site(site(name)), datetime.now(UTC) - timedelta(minutes=3)
    for code, number in (("4", satisfied), ("2", others), ("", blank)):
        for _ in range(number):
            form = {**FORM, "home": [site(name).area.name], "overall": [code] if code else []}
            submit(view, form, secrets.token_hex(8), "zh", began, mode="paper" if blank else "web")
    db.session.commit()


FOUR = {"a": ("甲县", 0.1, 800), "b": ("甲县", 0.05, 400), "c": ("乙县", 0.1, 900), "d": ("乙县", 0.1, 1000)}


def test_a_site_with_three_times_its_target_speaks_for_its_own_people_only(app):
    """8000 people at each of a and b, 9000 at c, 10000 at d: 6000 + 4000 + 4500 + 8000 = 22500 satisfied of 35000."""
    survey = sampled_city(FOUR)
    for name, satisfied, others in (("a", 45, 15), ("b", 10, 10), ("c", 10, 10), ("d", 16, 4)):
        answers(name, satisfied, others)
    run = run_estimate(survey)
    assert run.result["satisfied"]["estimate"] == pytest.approx(22500 / 35000)
    assert run.result["sum_weights"] == pytest.approx(35000)
    assert run.result["notices"] == [notice for notice in run.result["notices"] if notice["key"] == "few_df"]
    assert run.result["modes"] == [
        {"mode": "web", "n": 120, "responses": 120, "sum_weights": pytest.approx(51000)}
    ]  # design weights
    assert db.session.scalars(select(Response.base_weight).distinct()).all() == [None]
    plan = plan_of_run(run)
    flagged = replace(plan, flagged=Flagged("flagged", True, FLAG_KINDS))  # every kind has its words, never its code
    assert "(只看作答过快、" in "".join(method_words(flagged, run.result, "zh"))
    assert not [code for code in FLAG_KINDS if "_" in code and code in "".join(method_words(flagged, run.result, "en"))]
    assert "应答少于10份的点在层内合并" in " ".join(method_words(plan, run.result, "zh"))
    assert "the target plays no part" in " ".join(method_words(plan_of_run(run), run.result, "en"))


def test_a_plan_without_replacement_uses_the_probabilities_of_the_surveys_sites_and_is_verified(sqlite_app):
    """Sum of (1-pi) 2 (t - mean)^2 over each county's two sites, and of pi m/(m-1) times what differs inside."""
    survey = sampled_city(FOUR, plan=PLAN.replace("weight: base_weight", "weight: base_weight, pps: {}"))
    came = {"a": (45, 60), "b": (10, 20), "c": (10, 20), "d": (16, 20)}
    for name, (satisfied, number) in came.items():
        answers(name, satisfied, number - satisfied)
    run = run_estimate(survey)
    share, expected = 22500 / 35000, 0.0
    for county in ("甲县", "乙县"):
        inside = [(name, p, eligible / p) for name, (of, p, eligible) in FOUR.items() if of == county]
        totals = [people * (came[name][0] / came[name][1] - share) / 35000 for name, _, people in inside]
        mean = sum(totals) / 2
        for (name, p, people), total in zip(inside, totals, strict=True):
            number, own = came[name][1], came[name][0] / came[name][1]
            within = (people / number / 35000) ** 2 * number * own * (1 - own) * number / (number - 1)
            expected += (1 - p) * 2 * (total - mean) ** 2 + p * within
    assert run.result["satisfied"]["estimate"] == pytest.approx(share)
    assert run.result["satisfied"]["se"] == pytest.approx(expected**0.5)
    assert verify_run(run)["same"]
    assert "方差按Brewer近似" in " ".join(method_words(plan_of_run(run), run.result, "zh"))


def test_a_plan_locked_before_keeps_the_weights_for_the_target(sqlite_app):
    """By the target each answer at a weighs 400, at b 400, at c 450, at d 500."""
    survey = sampled_city(FOUR, locked_at=datetime(2026, 1, 1, tzinfo=UTC))
    for name, satisfied, others in (("a", 45, 15), ("b", 10, 10), ("c", 10, 10), ("d", 16, 4)):
        answers(name, satisfied, others)
    run = run_estimate(survey)
    expected = (45 * 400 + 10 * 400 + 10 * 450 + 16 * 500) / (60 * 400 + 20 * 400 + 20 * 450 + 20 * 500)
    assert run.result["satisfied"]["estimate"] == pytest.approx(expected)
    assert run.result["site_weights"] is None
    assert verify_run(run)["same"]


def test_a_drawn_site_without_answers_is_a_case_also_when_it_was_retired(sqlite_app):
    """b has 8000 people: with a's share they are satisfied; half of the county is unknown."""
    survey = sampled_city(FOUR)
    for name, satisfied, others in (("a", 15, 5), ("c", 10, 10), ("d", 16, 4)):
        answers(name, satisfied, others)
    retire_site(site("b"), "没有人")
    run = run_estimate(survey)
    made = run.result["site_weights"]
    assert [row["site"] for row in made["silent"]] == ["site-b"]
    assert run.result["satisfied"]["estimate"] == pytest.approx((12000 + 4500 + 8000) / 35000)
    assert made["bounds"] == pytest.approx({"lower": 18500 / 35000, "upper": 26500 / 35000})
    county = next(row for row in run.result["domains"]["rated_county"] if row["level"] == "甲县")
    assert county["silent_bounds"] == pytest.approx({"lower": 0.375, "upper": 0.875})
    assert run.result["df"] == 1
    said = " ".join(method_words(plan_of_run(run), run.result, "zh"))
    assert "若那里人人不满意为52.8%，人人满意为75.7%" in said


def test_a_run_keeps_the_sites_it_was_made_from(sqlite_app):
    survey = sampled_city(FOUR)
    for name in FOUR:
        answers(name, 12, 8)
    run = run_estimate(survey)
    site("a").inclusion_probability, site("b").eligible = 0.9, 4000
    db.session.commit()
    assert verify_run(run)["same"]
    assert recompute(run)["sum_weights"] == run.result["sum_weights"]


def test_invited_persons_share_a_factor_only_with_thin_sites(sqlite_app):
    """a invites 40, b 50 and both are thin: d = 800/(0.1 40) = 200 and 400/(0.05 50) = 160; with 6 and 4 answers the factor
    is 16000/(1200 + 640). Nobody invited at c and d, where the weight is that of the people over the answers."""
    survey = sampled_city(FOUR, PLAN + "weights: {largest_factor: 20}\n", open_codes_admit=True)
    make(site("a"), 40)
    make(site("b"), 50)
    for name, satisfied, others in (("a", 6, 0), ("b", 0, 4), ("c", 10, 10), ("d", 16, 4)):
        answers(name, satisfied, others)
    found = run_estimate(survey).result
    (joined,) = [row for row in found["site_weights"]["classes"] if len(row["sites"]) == 2]
    assert (joined["cases"], joined["respondents"], joined["people"]) == (90, 10, 16000)
    assert joined["factor"] == pytest.approx(16000 / 1840)
    satisfied = 16000 * 1200 / 1840 + 4500 + 8000
    assert found["satisfied"]["estimate"] == pytest.approx(satisfied / 35000)


def test_residents_stand_in_for_eligible_people_by_the_margins_or_the_plans_assumption(sqlite_app):
    """甲县 has 200,000 residents, of whom its zone 50,000: 120,000 aged 16 and over of 150,000 are 0.8."""
    margins = "calibration: {method: raking, margins: {home_county: {甲县: 120000, 甲县新区: 40000, 乙县: 90000}}}\n"
    survey = sampled_city(FOUR, plan=PLAN + margins)
    for one in survey.sites:
        one.residents, one.eligible = one.eligible, None
    for name in FOUR:
        answers(name, 12, 8)
    survey.plan = PLAN + margins.replace("甲县新区: 40000, ", "")
    found = run_estimate(survey).result["site_weights"]
    assert found["eligible_from"] == {"margin": 4}
    survey.plan = PLAN
    assert run_estimate(survey).result["site_weights"]["eligible_from"] == {"residents": 4}
    survey.plan = PLAN + "weights: {eligible_share: 0.5}\n"
    run = run_estimate(survey).result
    assert run["site_weights"]["eligible_from"] == {"assumed": 4}
    assert run["sum_weights"] == pytest.approx(17500)
    assert "eligible_by_assumed" in [notice["key"] for notice in run["notices"]]


def test_more_answers_than_people_are_refused_by_name_and_nothing_is_stored(sqlite_app):
    survey = sampled_city(FOUR | {"b": ("甲县", 0.05, 15)})
    for name in FOUR:
        answers(name, 12, 8)
    with pytest.raises(AnalysisError, match="'site-b': 20 persons answered, but it has only 15 eligible ones"):
        run_estimate(survey)
    site("b").inclusion_probability = 0.0
    site("b").base_weight = None
    with pytest.raises(AnalysisError, match="b: site 'site-b': its probability must lie above 0"):
        run_estimate(survey)


def test_files_of_responses_carry_the_weight_that_a_run_would_make(sqlite_app, tmp_path):
    survey = sampled_city(FOUR)
    for name, satisfied, others in (("a", 45, 15), ("b", 10, 10), ("c", 10, 10), ("d", 16, 4)):
        answers(name, satisfied, others)
    write_responses(survey, tmp_path / "a.csv")
    rows = list(csv.DictReader((tmp_path / "a.csv").open(encoding="utf-8-sig")))
    weights = {row["psu"]: float(row["base_weight"]) for row in rows}  # by numbers of this file, which name no site
    assert sorted(weights.values()) == pytest.approx([8000 / 60, 400, 450, 500])
    satisfied = sum(float(row["base_weight"]) for row in rows if row["overall"] == "4")
    assert satisfied / sum(float(row["base_weight"]) for row in rows) == pytest.approx(22500 / 35000)


def test_no_site_stops_at_its_target_unless_the_plan_says_so(sqlite_app):
    survey = sampled_city(FOUR, state="draft", stops_when_full=True)
    change_plan(survey, PLAN + "interval: {confidence: 0.9}\n")
    assert not survey.stops_when_full
    set_stops_when_full(survey, True, "样本已满")
    assert survey.stops_when_full
    assert "stops_when_full: true" in survey.plan
    set_stops_when_full(survey, False, "不停")
    assert not survey.stops_when_full
    assert "stops_when_full" not in survey.plan


HEAD = "编码,名称,所在地区,符合条件人数,居民数,入样概率,基础权数,权数所按份数,目标\n"


def told(survey: Survey, *lines: str) -> tuple[list[str], list[str]]:
    found = import_sites.preview(survey, "s.csv", (HEAD + "\n".join(lines) + "\n").encode())
    return [f"{fault.row} {fault.column}" for fault in found.faults], [in_words(note, "zh") for note in found.notes]


def test_what_weights_are_made_of_is_fixed_by_the_surveys_first_answer_at_silent_sites_too(sqlite_app):
    survey = sampled_city(FOUR)
    answers("a", 12, 8)
    keep = ("site-a,a,甲县,800,,0.1,,,20", "site-b,b,甲县,400,,0.05,,,20")
    assert told(survey, *keep)[0] == []
    changed = ("site-a,a,甲县,700,,0.1,,,20", "site-b,b,甲县,400,,0.04,,,20")
    faults = told(survey, *changed)[0]
    assert "2 D 符合条件人数" in faults
    assert "3 F 入样概率" in faults
    assert "2 D 符合条件人数" in told(survey, "site-a,a,甲县,15,,0.1,,,20")[0]


def test_a_typed_weight_says_its_take_and_residents_alone_are_noted(sqlite_app):
    survey = sampled_city(FOUR, state="draft")
    faults, notes = told(
        survey, ",e,甲县,,,,120,,", ",f,甲县,,,,120,25,", ",g,甲县,,500,0.1,,,20", ",h,甲县,500,,0,,,20"
    )
    assert faults == ["2 H 权数所按份数", "5 F 入样概率"]
    assert any("1行的基础权数是手工填写的，按每点25份应答计" in note for note in notes)
    assert any("1行只有居民数" in note for note in notes)


def test_a_class_with_few_answers_hides_their_number_from_those_who_may_not_see_small_cells(sqlite_app):
    survey = sampled_city(FOUR)
    for name, satisfied, others in (("a", 12, 8), ("b", 2, 1), ("c", 1, 1), ("d", 1, 0)):
        answers(name, satisfied, others)
    survey.least_cell = 5
    run = run_estimate(survey)
    seen = shown_result(run, [])["site_weights"]["classes"]
    assert [(row["sites"], row["respondents"], row["factor"]) for row in seen][-1] == (["site-c", "site-d"], None, None)
    assert run.result["site_weights"]["classes"][-1]["respondents"] == 3
