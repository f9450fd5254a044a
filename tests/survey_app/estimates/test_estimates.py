"""Estimates for review: the page and its files, two runs side by side, the list, sign-off by two people, waves."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from survey_app.estimates.pages import tables
from survey_app.estimates.review import listed, subject
from survey_app.estimates.trend import trend_of
from survey_app.ground.sign_off import APPROVED, PROPOSED, standing, take_step
from survey_app.models import AuditEntry, EstimateRun, Response, Survey, db
from survey_app.people.accounts import create_account
from tests.support.city import PLAN, answered_city, the_survey
from tests.support.people import csrf, signed_in
from tests.support.runs import run_estimate, run_scoring
from tests.support.stored import begins_with


def city_of_two_modes() -> None:
    answered_city(40)
    for number, response in enumerate(db.session.scalars(select(Response).order_by(Response.id))):
        response.mode = "phone" if number % 2 else "web"
    db.session.commit()


def estimated_city() -> None:
    city_of_two_modes()
    run_scoring(run_estimate(the_survey()))


pytestmark = begins_with(estimated_city)


@pytest.fixture
def city(sqlite_app) -> Survey:
    return the_survey()


@pytest.fixture
def run(sqlite_app) -> EstimateRun:
    return db.session.scalars(select(EstimateRun)).one()


def person(app, name: str, role: str, area: str = "", department: str = ""):
    return signed_in(app.test_client(), create_account(name, role, area, department), name)


def post(client, address: str, **data: str):
    page = client.get("/console/password").get_data(as_text=True)
    return client.post(address, data={"csrf_token": csrf(page), **data})


def test_the_page_answers_in_its_order_and_every_table_and_figure_leaves_as_a_file(sqlite_app, run):
    client = person(sqlite_app, "anna", "administrator")
    page = client.get("/console/estimates/1").get_data(as_text=True)
    keys = ["settle", "weights", "counties", "groups", "services", "drivers", "gap", "modes", "method", "sign-off"]
    places = [page.index(f'id="{key}"') for key in ["certain", "side", *keys]]
    assert places == sorted(places)
    assert len(re.findall(r'id="table-([^"]+)"', page)) == len(set(re.findall(r'id="table-([^"]+)"', page)))
    for name in re.findall(r'id="table-([^"]+)"', page):
        sheet = client.get(f"/console/estimates/1?table={name}&format=xlsx")
        assert load_workbook(io.BytesIO(sheet.data)).active.max_row > 1, name
        assert client.get(f"/console/estimates/1?table={name}&format=csv").data.startswith(b"\xef\xbb\xbf")
    for name in ("forest", "services", "mode-forest", "weights"):
        assert client.get(f"/console/estimates/1?figure={name}&format=svg").data.startswith(b"<svg")
    assert client.get("/console/estimates/1?figure=forest&format=png").data.startswith(b"\x89PNG")


def test_wherever_areas_are_listed_by_satisfaction_their_ranges_of_ranks_stand_too(sqlite_app, run):
    areas = [
        {**row, "ranks": {"rank": 1, "lower": 1, "upper": 2, "above": [], "below": []}}
        for row in run.result["domains"]["home_county"]
    ]
    sexes = [{**areas[0], "level": "f", "ranks": None}]
    small = {"domain": "home_county", "reason": None, "areas": [{"name": areas[0]["level"], "n": 9, "direct": 0.5, "direct_cv": 0.1, "model": 0.5, "model_lower": 0.4, "model_upper": 0.6, "model_cv": 0.1, "publication": {"zh": "", "en": ""}}]}  # fmt: skip
    run.result = run.result | {
        "domains": run.result["domains"] | {"home_county": areas, "sex": sexes},
        "small_areas": small,
    }
    db.session.commit()
    client = person(sqlite_app, "anna", "administrator")
    page = client.get("/console/estimates/1").get_data(as_text=True)
    assert "范围相互重叠的" in page[page.index('id="groups"') : page.index('id="table-groups"')]
    for table, number in (("groups", len(areas)), ("small-areas", 1)):
        text = client.get(f"/console/estimates/1?table={table}&format=csv").get_data(as_text=True)
        assert "名次范围" in text
        assert text.count("1–2") == number


def test_what_a_next_survey_would_settle_stands_on_the_page_with_its_chances(sqlite_app, run):
    client, decision = person(sqlite_app, "anna", "administrator"), run.result["decision"]
    assert "再做一次同样的调查" not in client.get("/console/estimates/1").get_data(
        as_text=True
    )  # an exception's answers
    known = {
        "settling": [{"times": 1, "probability": 0.31}, {"times": None, "probability": 0.92}],
        "to_settle": {"sites": 40, "interviews_per_site": 20, "interviews_same_sites": None},
    }
    run.result = run.result | {"decision": decision | known}
    db.session.commit()
    page = client.get("/console/estimates/1").get_data(as_text=True)
    assert "1倍的抽样点31%、全部点都调查92%" in page
    assert "须比本次多40个抽样点" in page


@begins_with(city_of_two_modes)
def test_the_method_is_told_from_the_plan_and_not_from_habit(sqlite_app, city):
    city.plan = PLAN.replace("{strata: stratum, psu: psu, weight: base_weight}", "{weight: base_weight}")
    city.plan += "interval: {method: wilson, confidence: 0.9}\nmodes: [phone]\n"
    run_estimate(city)
    client = person(sqlite_app, "anna", "evaluator")
    page = client.get("/console/estimates/1").get_data(as_text=True)
    for said in (
        "简单随机抽样",
        "权数未作校准",
        "90%的按有效样本量的Wilson区间",
        "只计电话访问所得的应答",
        "40份不计入",
    ):
        assert said in page
    assert "分层" not in page[page.index('id="method"') : page.index('id="sign-off"')].split("<dl>")[0]
    client.get("/console/language/en")
    english = client.get("/console/estimates/1").get_data(as_text=True)
    assert "Simple random sample; base weights (base_weight)" in english
    assert "Answers by telephone count and are weighted together; 40 taken otherwise are left out." in english


@begins_with(city_of_two_modes)
def test_small_groups_stay_hidden_from_all_but_administrators_in_services_modes_and_compare(sqlite_app, city):
    few = db.session.scalars(select(Response).where(Response.psu == "bbb3333")).all()
    for response in few[6:]:
        db.session.delete(response)
    db.session.commit()
    run_scoring(run_estimate(city))
    open_eyes, others = person(sqlite_app, "root", "administrator"), person(sqlite_app, "anna", "evaluator")
    address = "/console/estimates/1?table=service-counties&format=csv"
    whole, part = (client.get(address).get_data(as_text=True) for client in (open_eyes, others))
    row = next(line for line in whole.splitlines() if line.startswith("乙县") and "公交" in line)
    assert ",6," in row
    assert row not in part
    assert next(line for line in part.splitlines() if line.startswith("乙县") and "公交" in line).endswith(",,,,,,")
    compared = others.get("/console/estimates/compare?a=1&b=1&table=figures&format=csv").get_data(as_text=True)
    assert next(line for line in compared.splitlines() if "乙县" in line).count(",,") >= 1


def test_two_runs_side_by_side_show_what_differs_in_plan_cells_and_figures(sqlite_app, city, run):
    city.plan = PLAN + "interval: {method: wald}\n"
    from definitions import digest

    city.plan_digest = digest(city.plan)
    db.session.delete(db.session.scalars(select(Response).where(Response.probability)).first())
    db.session.commit()
    run_scoring(run_estimate(city))
    client = person(sqlite_app, "anna", "administrator")
    page = client.get("/console/estimates/compare?a=1&b=2").get_data(as_text=True)
    assert "+interval: {method: wald}" in page
    cells = client.get("/console/estimates/compare?a=1&b=2&table=cells&format=csv").get_data(as_text=True)
    assert "全市,,80,79,-1" in cells
    assert client.get("/console/estimates/compare?a=1&b=9").status_code == 404
    assert client.get("/console/estimates/compare?a=x").status_code == 404


def test_the_list_filters_by_survey_and_state_without_loading_what_makes_runs_large(sqlite_app, city, run):
    second = run_estimate(city)
    take_step(subject(second.id), PROPOSED, "anna", "")
    db.session.commit()
    assert [row.state for row in listed("wave1")] == ["proposed", ""]
    client = person(sqlite_app, "ben", "scorer")
    address = "/console/estimates?survey=wave1&state=proposed&table=estimates&format=csv"
    rows = client.get(address).get_data(as_text=True).splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == ["2"]
    assert client.get("/console/surveys/wave1/estimates").status_code == 200
    assert "待审批的估计" in client.get("/console/").get_data(as_text=True)


def test_one_proposes_and_only_another_approves_with_a_comment(sqlite_app, run):
    anna, ben = person(sqlite_app, "anna", "evaluator"), person(sqlite_app, "ben", "evaluator")
    assert post(anna, "/console/estimates/1/propose", step="proposed").status_code == 302
    refused = post(anna, "/console/estimates/1/settle", step="approved", comment="好")
    assert refused.status_code == 422
    assert "提出的人不能自己批准" in refused.get_data(as_text=True)
    assert standing(subject(1)).state != APPROVED
    silent = post(ben, "/console/estimates/1/settle", step="approved", comment=" ")
    assert silent.status_code == 422
    kept = post(ben, "/console/estimates/1/settle", step="proposed", comment="x")
    assert kept.status_code == 400  # a step of another route
    assert post(ben, "/console/estimates/1/settle", step="approved", comment="已核对").status_code == 302
    assert standing(subject(1)).state == APPROVED
    assert "已核对" in anna.get("/console/estimates/1").get_data(as_text=True)
    assert post(anna, "/console/estimates/1/withdraw", step="withdrawn", comment="计划有误").status_code == 302
    assert standing(subject(1)).state != APPROVED


def test_severe_weights_are_signed_only_by_who_says_they_were_seen(sqlite_app, run):
    stored = db.session.get(EstimateRun, 1)
    heavy = {"check": "respondent", "value": 0.14, "band": "severe", "look": 0.01, "severe": 0.05, "named": ""}
    stored.result = stored.result | {"weights": stored.result["weights"] | {"checks": [heavy]}}
    db.session.commit()
    anna, ben = person(sqlite_app, "anna", "evaluator"), person(sqlite_app, "ben", "evaluator")
    refused = post(anna, "/console/estimates/1/propose", step="proposed")
    assert (refused.status_code, standing(subject(1)).state) == (422, "")
    assert "一份应答占全部权数的14.0%" in refused.get_data(as_text=True)
    with sqlite_app.test_request_context():
        (row,) = tables.weight_checks(stored.result).rows
    assert (row["value"], row["severe"], row["band"]) == ("14.00%", "5.00%", "严重")
    assert post(anna, "/console/estimates/1/propose", step="proposed", acknowledged="y").status_code == 302
    assert post(ben, "/console/estimates/1/settle", step="approved", comment="好").status_code == 422
    assert (
        post(ben, "/console/estimates/1/settle", step="returned", comment="重算").status_code == 302
    )  # sends it back freely
    post(anna, "/console/estimates/1/propose", step="proposed", acknowledged="y")
    assert post(ben, "/console/estimates/1/settle", step="approved", comment="好", acknowledged="y").status_code == 302
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "sign_off.approved")).one()
    assert entry.after["weights"] == ["respondent"]


def test_a_departments_or_a_countys_account_that_edits_the_address_is_refused(sqlite_app, run):
    for name, role, department in (("dept", "department", "交通局"), ("jia", "evaluator", "")):
        client = person(sqlite_app, name, role, "甲县", department)
        for address in ("/console/estimates/1", "/console/estimates", "/console/estimates/compare?a=1&b=1"):
            assert client.get(address).status_code == 403
        assert post(client, "/console/estimates/1/settle", step="approved", comment="x").status_code == 403
    denied = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "denied")).all()
    assert {entry.actor for entry in denied} == {"dept", "jia"}


def test_the_button_recomputes_and_the_page_keeps_what_came_of_it(sqlite_app, run):
    client = person(sqlite_app, "anna", "evaluator")
    reply = post(client, "/console/estimates/1/verify")
    assert reply.location == "/console/estimates/1"
    assert "逐位相同" in client.get("/console/estimates/1").get_data(as_text=True)
    db.session.get(EstimateRun, 1).result = run.result | {"n": run.result["n"] + 1}
    db.session.commit()
    post(client, "/console/estimates/1/verify")
    page = client.get("/console/estimates/1").get_data(as_text=True)
    assert "✕ 不同：n" in page


def test_the_trend_takes_approved_runs_of_earlier_waves_and_shared_sites_sharpen_the_change(sqlite_app, city, run):
    later = Survey(
        code="wave2", title="第二次", city=city.city, questionnaire=city.questionnaire, plan=city.plan,
        plan_digest=city.plan_digest, opens_at=city.opens_at + timedelta(days=180), state="open",
    )  # fmt: skip
    db.session.add(later)
    second = EstimateRun(
        survey=later, plan=run.plan, plan_digest=run.plan_digest, definition_digest=run.definition_digest, watermark=9,
        code_version="x", cells=run.cells, detail=run.detail, result=run.result,
    )  # fmt: skip
    db.session.add(second)
    db.session.commit()
    assert trend_of(second) is None  # the earlier run is not approved
    take_step(subject(1), PROPOSED, "anna", "")
    take_step(subject(1), APPROVED, "ben", "好")
    db.session.commit()
    assert trend_of(run) is None  # nothing came before it
    sites = {"甲县": [0.0, {f"甲县 {n}": t for n, t in enumerate((0.01, -0.02, 0.01))}]}
    run.detail = run.detail | {"wave": sites}
    second.detail = second.detail | {"wave": sites}
    run.result = second.result = run.result | {"df": 12, "satisfied": run.result["satisfied"] | {"se": 0.03}}
    db.session.commit()
    found = trend_of(second)
    assert found["runs"] == [1, 2]
    change = found["changes"][0]
    shared = 3 / 2 * (0.01**2 + 0.02**2 + 0.01**2)  # sum over shared sites about their mean, c/(c-1)
    assert change["change"]["se"] ** 2 == pytest.approx(2 * 0.03**2 - 2 * shared)
    assert change["change"]["se"] < change["se_if_independent"]
    page = person(sqlite_app, "carl", "auditor").get("/console/estimates/2").get_data(as_text=True)
    assert 'id="trend"' in page
    assert "第二次" in page


def test_charts_are_drawn_once_and_kept(sqlite_app, run, monkeypatch):
    from survey_app.drawing import kept as kept_drawings
    from survey_app.estimates import charts, charts_answers
    from survey_app.estimates.pages.ahead import draw_ahead

    kept_drawings._memory.clear()  # what other tests have left
    draw_ahead("estimate:1")
    kept_drawings._memory.clear()
    for module in (charts, charts_answers):
        monkeypatch.setattr(module, "draw", lambda chart: pytest.fail("drawn again"))
    for client in (person(sqlite_app, "anna", "evaluator"), person(sqlite_app, "root", "administrator")):
        for language in ("zh", "en"):
            client.get(f"/console/language/{language}")
            assert client.get("/console/estimates/1").status_code == 200
            assert "<svg" in client.get("/console/estimates/1/answers").get_data(as_text=True)
