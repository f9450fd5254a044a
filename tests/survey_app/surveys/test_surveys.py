"""The pages by which a survey is made and run: files looked at first, plans refused with their lines, the next wave."""

from __future__ import annotations

import io
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from analysis.minimum import Least, Minimum
from analysis.plan import parse_plan
from analysis.scoring import load_rulebook
from survey_app.ground import keeping
from survey_app.ground.rulebooks import default_books
from survey_app.models import Area, AuditEntry, QuestionnaireVersion, Site, StoredFile, Survey, User, db
from survey_app.people.accounts import create_account
from survey_app.surveys.life import change_state
from tests.support.city import POSTERS, small_city
from tests.support.people import csrf, enter, person, signed_in, token_of

AREAS = "编码,名称,上级,常住人口\n13,丙县,1,5000\n"


@pytest.fixture
def manager(sqlite_app):
    """A signed-in manager of the whole city, beside a draft."""
    small_city(state="draft")
    return enter(sqlite_app.test_client(), person("manager", "", "").user)


def post(client, address: str, page: str = "", **data):
    token = csrf(client.get(page or address).get_data(as_text=True))
    reply = client.post(address, data={"csrf_token": token, **data}, content_type="multipart/form-data")
    return reply, reply.get_data(as_text=True)


def a_file(text: str, name: str = "file.csv"):
    return io.BytesIO(text.encode()), name


def test_nothing_of_a_file_is_stored_before_it_is_confirmed_and_it_is_checked_again_then(manager):
    reply, page = post(manager, "/console/areas", file=a_file(AREAS))
    assert (reply.status_code, "丙县" in page) == (200, True)
    assert db.session.scalar(select(func.count(Area.id))) == 4
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 1
    db.session.add(Area(code="99", name="丙县", kind="city"))  # somebody was faster
    db.session.commit()
    reply, refused = post(manager, "/console/areas", token=token_of(page))
    assert (reply.status_code, "已用于编码 99" in refused) == (422, True)
    db.session.delete(db.session.scalars(select(Area).where(Area.code == "99")).one())
    db.session.commit()
    assert post(manager, "/console/areas", token=token_of(page))[0].status_code == 302
    assert db.session.scalars(select(Area).where(Area.name == "丙县")).one().kind == "county"


def test_a_confirmation_is_good_for_its_own_file_place_and_person_only(manager, sqlite_app):
    _reply, page = post(manager, "/console/areas", file=a_file(AREAS))
    token = token_of(page)
    for address, forged in (("/console/areas", token[:-3] + "abc"), ("/console/surveys/wave1/sites", token)):
        post(manager, address, token=forged)
    other = enter(sqlite_app.test_client(), person("manager", "", "").user)
    post(other, "/console/areas", token=token)
    assert db.session.scalar(select(func.count(Area.id))) == 4


def test_after_the_lock_sites_change_with_a_reason_that_is_asked_for_on_the_preview(manager):
    survey = db.session.scalars(select(Survey)).one()
    change_state(survey, "locked")
    text = "名称,所在地区,基础权数,目标\n新点,乙县,50,20\n"
    _reply, page = post(manager, "/console/surveys/wave1/sites", file=a_file(text))
    reply, refused = post(manager, "/console/surveys/wave1/sites", token=token_of(page))
    assert (reply.status_code, "须说明理由" in refused) == (422, True)
    reply, _page = post(manager, "/console/surveys/wave1/sites", token=token_of(refused), reason="漏了一个点")
    assert (reply.status_code, db.session.scalar(select(func.count(Site.id)))) == (302, 4)


def test_a_wrong_plan_is_shown_again_with_its_lines_and_nothing_is_kept(manager):
    reply, page = post(manager, "/console/surveys/wave1/plan", by="text", plan=POSTERS.replace("psu: psu", "psu: spu"))
    assert reply.status_code == 422
    assert "第3行" in page
    assert "是不是“psu”" in page
    assert "psu: spu" in page  # as it was written
    assert db.session.scalars(select(Survey)).one().plan == POSTERS
    reply, page = post(manager, "/console/surveys/wave1/plan", by="form", satisfied="5", margins="sex", method="raking")
    assert (reply.status_code, "请先导入" in page) == (422, True)


@pytest.mark.parametrize(
    ("typed", "says", "wrong"),
    [
        ("95", "95%", False),
        ("0.95", "0.95%", False),
        ("0.95 %", "0.95%", False),
        ("９５％", "95%", False),
        ("7,4", "逗号", True),
    ],
)
def test_a_box_with_a_percent_sign_beside_it_says_how_it_reads_what_is_typed(manager, typed, says, wrong):
    answer = manager.get("/console/surveys/wave1/plan/understood", query_string={"assumed": typed}).get_json()
    assert answer["wrong"] is wrong
    assert answer["says"] == f"读作：{says}" if not wrong else says in answer["says"]


def test_the_assumed_share_is_counted_in_percents_and_a_comma_in_it_is_refused(manager):
    assert "设满意度80%" in manager.get("/console/surveys/wave1/plan?assumed=80&icc=0.05").get_data(as_text=True)
    refused = manager.get("/console/surveys/wave1/plan?assumed=8,0").get_data(as_text=True)
    assert "假定满意度应在0和100之间" in refused


def test_a_questionnaire_version_that_there_is_not_is_no_page(manager):
    for number in ("7", str(10**30), "x"):
        page = "/console/surveys/wave1/questionnaire"
        assert post(manager, page, version=number)[0].status_code == 404


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("rulebook: no-such-book", "没有评分细则"),
        ("rulebook: /etc/hostname", "没有评分细则"),
        ("rulebook: {city: {id: jining-2023-municipal, digest: 0123456789abcdef}}", "不写摘要"),
    ],
)
def test_a_plan_names_rulebooks_of_the_installation_as_they_are(manager, named, said):
    reply, page = post(manager, "/console/surveys/wave1/plan", by="text", plan=POSTERS + named + "\n")
    assert reply.status_code == 422
    assert said in page
    assert db.session.scalars(select(Survey)).one().plan == POSTERS


def test_a_rulebook_that_has_changed_since_the_lock_is_told_on_the_plans_page_and_can_be_taken_as_it_is(manager):
    survey = db.session.scalars(select(Survey)).one()
    survey.plan = POSTERS + "rulebook: {city: {id: jining-2023-municipal, digest: 0123456789abcdef}}\n"
    survey.state = "open"
    db.session.commit()
    page = manager.get("/console/surveys/wave1/plan")
    assert page.status_code == 200
    assert "不写摘要" in page.get_data(as_text=True)
    form = {"by": "text", "plan": POSTERS, "reason": "as published"}
    assert post(manager, "/console/surveys/wave1/plan", **form)[0].status_code == 302


def test_a_version_after_the_lock_is_locked_with_its_rulebooks_too(manager):
    survey = db.session.scalars(select(Survey)).one()
    survey.state = "open"
    db.session.commit()
    form = {"by": "text", "plan": POSTERS + "# why\n", "reason": "an explanation"}
    assert post(manager, "/console/surveys/wave1/plan", **form)[0].status_code == 302
    plan = parse_plan(db.session.scalars(select(Survey)).one().plan)
    for kind, rulebook in default_books().items():
        assert plan.rulebook_of(kind) == rulebook
        assert plan.rulebook_digest_of(kind) == load_rulebook(rulebook).digest


def test_the_form_makes_the_plan_and_a_plan_file_is_taken_with_its_columns_renamed(manager):
    form = {"satisfied": ["5"], "official": "index", "method": "none", "interval": "wilson", "confidence": "0.9",
            "singleton": "adjust", "flagged": "none", "domains": ["sex"]}  # fmt: skip
    assert post(manager, "/console/surveys/wave1/plan", by="form", **form)[0].status_code == 302
    survey = db.session.scalars(select(Survey)).one()
    assert "official: index" in survey.plan
    text = "measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}\ndesign: {strata: county, psu: site, weight: w}\ndomains: [county]\n"
    assert post(manager, "/console/surveys/wave1/plan", by="file", file=a_file(text, "plan.yaml"))[0].status_code == 302
    db.session.refresh(survey)
    assert "psu: psu" in survey.plan
    assert "domains: [rated_county]" in survey.plan


def test_a_questionnaire_with_errors_shows_every_line_and_a_good_one_its_changes_before_it_is_stored(manager):
    reply, page = post(manager, "/console/questionnaires", file=a_file("id: x\nversin: 1\n", "q.yaml"))
    assert (reply.status_code, "是不是" in page) == (422, True)
    body = db.session.scalars(select(QuestionnaireVersion)).one().body.replace("很满意", "非常满意", 1)
    reply, page = post(manager, "/console/questionnaires", file=a_file(body, "second.yaml"))
    assert (reply.status_code, "不能比较" in page) == (200, True)
    assert db.session.scalar(select(func.count(QuestionnaireVersion.id))) == 1
    assert post(manager, "/console/questionnaires", token=token_of(page))[0].status_code == 302
    second = db.session.scalars(select(QuestionnaireVersion).order_by(QuestionnaireVersion.id.desc())).first()
    preview = manager.get(f"/console/questionnaires/{second.id}/preview")
    assert "非常满意" in preview.get_data(as_text=True)
    assert preview.headers["Content-Security-Policy"].startswith("sandbox")
    survey = db.session.scalars(select(Survey)).one()
    change_state(survey, "locked")
    form = {"title": "二", "code": "wave2", "questionnaire": f"version:{second.id}", "time_zone": "Asia/Shanghai"}
    reply, page = post(manager, "/console/surveys/wave1/clone", **form)
    assert (reply.status_code, "不能直接比较" in page) == (422, True)
    assert post(manager, "/console/surveys/wave1/clone", **form, accept="1")[0].status_code == 302
    assert db.session.scalars(select(Survey).where(Survey.code == "wave2")).one().wave_of_id == survey.id


def test_the_list_shows_waves_hides_archived_surveys_and_leaves_as_a_file(manager):
    survey = db.session.scalars(select(Survey)).one()
    assert "某市市民体验调查" in manager.get("/console/surveys").get_data(as_text=True)
    assert manager.get("/console/surveys?table=surveys&format=csv").data.startswith(b"\xef\xbb\xbf")
    for state in ("locked", "open", "closed", "archived"):
        change_state(survey, state, accept_warnings=True)
    locked = survey.plan
    assert "某市市民体验调查" not in manager.get("/console/surveys").get_data(as_text=True)
    assert "某市市民体验调查" in manager.get("/console/surveys?archived=1").get_data(as_text=True)
    reply, _page = post(
        manager, "/console/surveys/wave1/plan", page="/console/surveys/wave1", by="text", plan=POSTERS + "#"
    )
    assert reply.location == "/console/surveys/wave1"
    assert "只能查看" in manager.get("/console/surveys/wave1").get_data(as_text=True)
    assert survey.plan == locked


def test_a_county_account_is_led_to_its_posters_alone(sqlite_app):
    small_city()
    client = enter(sqlite_app.test_client(), person("manager", "甲县", "").user)
    assert "/surveys/wave1/posters" in client.get("/console/surveys").get_data(as_text=True)
    page = client.get("/console/surveys/wave1/posters").get_data(as_text=True)
    assert ("aaa2222" in page, "bbb3333" in page) == (True, False)
    assert client.get("/console/surveys/wave1").status_code == 403


def test_an_empty_installation_offers_the_first_survey(sqlite_app):
    client = signed_in(sqlite_app.test_client(), create_account("admin", "administrator"), "admin")
    assert "/console/surveys/new" in client.get("/console/").get_data(as_text=True)
    reply, page = post(
        client,
        "/console/surveys/new",
        title="一",
        code="one-1",
        city="new",
        questionnaire="library:citizen-experience",
        time_zone="Asia/Shanghai",
    )
    assert (reply.status_code, "请填写城市的名称和编码" in page) == (422, True)
    assert 'value="one-1"' in page


def test_interviews_sealed_with_another_key_are_no_longer_there(manager):
    """After a restore without the key the file is chosen again; it is no failure."""
    survey = db.session.scalars(select(Survey)).one()
    user = db.session.scalars(select(User)).one()
    note = {"name": "cati.csv", "mode": "phone"}
    key = keeping.keep(keeping.INTERVIEWS, b"x", survey_id=survey.id, by=user.username, note=note)
    kept = keeping.find(keeping.INTERVIEWS, key)
    kept.body = b"sealed otherwise"
    db.session.commit()
    page = "/console/surveys/wave1/fieldwork/import"
    reply, said = post(manager, f"{page}/confirm", page=page, key=key)
    assert (reply.status_code, "文件已不在" in said) == (422, True)


def test_the_last_day_counts_to_its_end_and_saving_it_again_changes_nothing(manager):
    address = "/console/surveys/wave1/settings"
    filled = {"title": "小城", "time_zone": "Asia/Shanghai", "opens_at": "2026-01-01T09:00"}
    post(manager, address, **filled, closes_at="2099-12-31")
    survey = db.session.scalars(select(Survey)).one()
    assert survey.closes_at.astimezone(ZoneInfo("Asia/Shanghai")).isoformat() == "2099-12-31T23:59:59+08:00"
    page = manager.get(address).get_data(as_text=True)
    assert 'value="2099-12-31T23:59"' in page
    assert "2099-12-31 23:59 (UTC+08:00)" in manager.get("/console/surveys/wave1").get_data(as_text=True)
    entries = db.session.scalar(select(func.count()).select_from(AuditEntry))
    post(manager, address, **filled, closes_at="2099-12-31T23:59")
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == entries


def test_the_form_states_the_minimum_and_the_pages_show_who_will_miss_it_before_the_lock(manager):
    survey = db.session.scalars(select(Survey)).one()
    address = "/console/surveys/wave1/plan"
    page = manager.get(address).get_data(as_text=True)
    assert 'name="least_answers" value="30"' in page  # what the form proposes
    assert "计划没有写可发布样本量的下限" in manager.get("/console/surveys/wave1/check").get_data(as_text=True)
    sent = {"by": "form", "satisfied": ["4", "5"], "method": "none", "domains": ["rated_county"], "supplement": "sites"}
    reply, page = post(manager, address, **sent, least_answers="-3")
    assert (reply.status_code, "请填写0或以上的整数" in page, survey.plan) == (422, True, POSTERS)
    kept = {**sent, "least_answers": "２５", "least_sites": "1", "least_df": "0", "whole_answers": "60"}
    assert post(manager, address, **kept)[0].status_code == 302
    assert parse_plan(survey.plan).minimum == Minimum(25, 1, 0, Least(60, 1, 0), "sites")
    assert post(manager, address, **(sent | {"satisfied": ["5"]}))[0].status_code == 302  # nothing typed: it stays
    assert parse_plan(survey.plan).minimum == Minimum(25, 1, 0, Least(60, 1, 0), "sites")
    for shown in (address, "/console/surveys/wave1/check?to=locked"):
        page = manager.get(shown).get_data(as_text=True)
        assert (
            page.count("达不到：没有本县的数字") == 4
        )  # each county aims at twenty; its word and what it is sorted by
        assert "绝不以全市或模型的数字代替" in page


def test_the_list_of_surveys_is_that_of_ones_own_cities(sqlite_app):
    small_city()
    db.session.add(Area(code="2", name="邻市", kind="city"))
    db.session.commit()
    for area, listed in (("", True), ("某市", True), ("甲县", True), ("邻市", False)):
        client = enter(sqlite_app.test_client(), person("evaluator", area).user)
        page = client.get("/console/surveys")
        assert page.status_code == 200
        assert ("某市市民体验调查" in page.get_data(as_text=True)) is listed, area
