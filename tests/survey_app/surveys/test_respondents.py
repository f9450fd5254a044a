"""Who may speak for the people: a plan says how those who answer are chosen, or declares in every output that nobody was."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from sqlalchemy import select

from analysis.plan import parse_plan
from definitions import DefinitionError
from survey_app.answering.definitions import definition_of
from survey_app.answering.form_token import issue
from survey_app.answering.invitation_codes import written
from survey_app.answering.open_sites import OpenSite, find_site, forget_sites
from survey_app.estimates.as_text import readable
from survey_app.estimates.runs import verify_run
from survey_app.fieldwork.invitations import make
from survey_app.models import Response, Site, Survey, db
from survey_app.surveys.life import StateError, change_state
from survey_app.surveys.plan_versions import PlanChangeError, change_plan, lock_plan
from survey_app.surveys.readiness import lacks, stops
from survey_app.surveys.respondents import with_chosen, with_ways
from tests.support.city import FORM, PLAN, POSTERS, answered_city, small_city, the_survey
from tests.support.people import enter, person
from tests.support.runs import run_estimate, run_scoring
from wording import in_words

SENTENCE = "本次只张贴海报。"


def opened(plan: str) -> Survey:
    survey = small_city(state="draft", plan=plan)
    change_state(survey, "locked")
    change_state(survey, "open", accept_warnings=True)
    db.session.commit()
    return survey


def site(code: str = "aaa2222") -> OpenSite:
    found = find_site(code)
    assert found is not None
    return found


def scan(app, address: str = "/s/aaa2222") -> bool:
    """Whether an answer through this address is stored, with a receipt, as one of the sample."""
    token = issue("aaa2222", definition_of(the_survey()).digest)
    phone = app.test_client()
    reply = phone.post(address, data={**FORM, "token": [token]})
    assert "data-receipt" in phone.get(reply.location).get_data(as_text=True)
    return db.session.scalars(select(Response.probability).order_by(Response.id.desc()).limit(1)).one()


def test_a_plan_that_says_nothing_of_respondents_cannot_be_locked_and_the_sentence_names_the_key(sqlite_app):
    survey = small_city(state="draft", plan=PLAN)
    with pytest.raises(StateError, match=r"respondents: \{by") as refused:
        change_state(survey, "locked")
    assert "不能锁定：请写 respondents: {by" in in_words(refused.value.lacks[0].said, "zh")
    assert survey.state == "draft"


@pytest.mark.parametrize(
    ("key", "said"),
    [("{by: posters}", "exception"), ("{by: invitations, exception: 只有海报}", "by: posters"),
     ("{by: [posters, invitations]}", "stand alone"), ("{by: []}", "each way once"),
     ("{by: [invitations, invitations]}", "each way once"), ("{by: [posters], exception: ' '}", "exception"),
     (f"{{by: posters, exception: {'长' * 301}}}", "300")],
)  # fmt: skip
def test_the_key_is_whole_or_refused(key, said):
    with pytest.raises(DefinitionError, match=said):
        parse_plan(PLAN + f"respondents: {key}\n")


def test_where_persons_are_chosen_a_poster_answer_is_stored_and_never_of_the_sample_invited_or_not(sqlite_app):
    survey = opened(with_ways(PLAN, ["invitations"]))
    survey.open_codes_admit = True  # a setting of before, which opens nothing any more
    db.session.commit()
    forget_sites()
    assert not scan(sqlite_app)
    code = make(db.session.scalars(select(Site).where(Site.code == "aaa2222")).one(), 1)[0].code
    db.session.commit()
    assert not scan(sqlite_app)
    assert scan(sqlite_app, f"/i/{written(code)}")
    assert [site().samples(mode, False) for mode in ("paper", "phone", "tablet")] == [True, True, False]


def test_interviewers_count_by_their_tablets_and_posters_beside_them_do_not(sqlite_app):
    opened(with_ways(PLAN, ["household_sheets", "interviewers"]))
    assert not scan(sqlite_app)
    assert site().samples("tablet", False)
    assert not site("ccc4444").samples("tablet", False)  # an open place is no sample


def test_a_survey_that_was_locked_before_plans_had_the_key_means_what_it_meant(sqlite_app):
    survey = small_city()
    lock_plan(survey)
    db.session.commit()
    assert scan(sqlite_app)
    run = run_estimate(answered(survey))
    assert run.result["decision"]["probability_withheld"]["key"] == "few_df_no_probability"  # two sites, as ever
    assert not [notice for notice in run.result["notices"] if notice["key"] == "declared_exception"]
    survey.state = "locked"
    assert not [lack for lack in stops(survey, lock=False) if "respondents" in str(lack.said)]


def answered(survey: Survey) -> Survey:
    for number in range(6):
        for code in ("aaa2222", "bbb3333"):
            token = issue(code, definition_of(survey).digest)
            form = {**FORM, "overall": [str(2 + number % 4)], "token": [token]}
            assert the_app().test_client().post(f"/s/{code}", data=form).status_code == 303
    return survey


def the_app():
    from flask import current_app

    return current_app._get_current_object()


def test_a_declared_exception_stands_in_every_output_and_withholds_the_probability_but_not_the_points(sqlite_app):
    survey = answered_city(40, state="open", plan=POSTERS.replace("strata: stratum, ", ""))  # one df
    lock_plan(survey)
    db.session.commit()
    run = run_estimate(survey)
    decision = run.result["decision"]
    assert decision["probability"] is None
    assert decision["predictive"] is None
    assert decision["outcome"] in ("none", "deduct", "veto")
    assert decision["probability_withheld"]["key"] == "declared_exception"
    assert SENTENCE in decision["probability_withheld"]["text"]
    assert decision["to_settle"] == dict.fromkeys(("sites", "interviews_per_site", "interviews_same_sites"))
    assert decision["settling"] == []
    for row in run.result["domains"]["rated_county"]:
        assert row["decision"] is None or row["decision"]["probability"] is None
    assert SENTENCE in run.result["warnings"][0]
    assert SENTENCE in readable(run.result)
    assert "as if drawn at random" in readable(run.result)
    assert verify_run(run)["same"]
    cards = run_scoring(run)
    for card in cards:
        assert card.scorecard["star_probability"] is None
        assert SENTENCE in json.dumps(card.scorecard["verdict"], ensure_ascii=False)
    client = enter(the_app().test_client(), person("administrator", "", "").user)
    for address in ("", "surveys", f"estimates/{run.id}", "estimates", f"scores/{cards[0].id}"):
        page = client.get(f"/console/{address}", follow_redirects=True).get_data(as_text=True)
        assert SENTENCE in page, address
    for address in (f"estimates/{run.id}", f"scores/{cards[0].id}", f"scores/{cards[-1].id}"):
        word = client.get(f"/console/{address}/report.docx").data
        assert SENTENCE in zipfile.ZipFile(io.BytesIO(word)).read("word/document.xml").decode(), address
    page = client.get(f"/console/estimates/{run.id}").get_data(as_text=True)
    assert "视同随机抽取的95%区间" in page
    assert "的概率</th>" not in page.split('id="counties"')[0]


def test_the_exception_cannot_leave_the_plan_after_the_lock(sqlite_app):
    survey = opened(POSTERS)
    with pytest.raises(PlanChangeError, match="respondents"):
        change_plan(survey, PLAN, "不再声明")
    change_plan(survey, with_ways(survey.plan, ["invitations"]), "改为邀请")  # before the first answer
    assert survey.respondents == "invitations"
    scan(sqlite_app)
    change_plan(survey, with_ways(survey.plan, ["posters"], SENTENCE), "首份应答之后")
    db.session.commit()
    assert survey.respondents == "invitations"  # what is collected follows the plan that counts
    assert not scan(sqlite_app)


def test_sites_without_cards_are_warned_of_before_the_opening_where_cards_are_the_only_way(sqlite_app):
    survey = small_city(state="draft", plan=with_ways(PLAN, ["invitations"]))
    (told,) = [lack for lack in lacks(survey) if lack.said.key == "surveys.sampled_sites_no_invitations"]
    assert (told.level, told.said.params["n"]) == ("warn", 2)
    survey.plan = POSTERS
    assert not [lack for lack in lacks(survey) if lack.said.key == "surveys.sampled_sites_no_invitations"]


def test_the_form_changes_the_way_and_leaves_what_it_does_not_know(sqlite_app):
    mixed = parse_plan(with_ways(PLAN, ["invitations", "interviewers"]))
    assert with_chosen("text", mixed, "other", "") == "text"
    posters = with_chosen(PLAN + "# kept\n", parse_plan(PLAN), "posters", SENTENCE)
    assert "# kept" in posters
    assert parse_plan(posters).exception == SENTENCE
    assert with_chosen(posters, parse_plan(posters), "posters", SENTENCE) == posters
    assert parse_plan(with_chosen(posters, parse_plan(posters), "cards", SENTENCE)).exception == ""
