"""The workbench of indicator values over HTTP: who sees what, what is refused, what comes back after an error."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select

from survey_app.files.evidence_types import SIZE_LIMIT
from survey_app.models import Area, AuditEntry, Evidence, Extension, Kept, User, db
from survey_app.people.accounts import create_account
from survey_app.values import entry as value_entry
from survey_app.values.assignments import leads
from tests.support.city import small_city
from tests.support.indicators import COUNTY, PDF, at, exported, filled, led_by, with_evidence
from tests.support.people import enter

HERE = "/console/values/2023/11/1"


@pytest.fixture
def county(sqlite_app) -> Area:
    small_city()
    for indicator in ("1", "3"):
        led_by("甲县", indicator, "行政审批局", supporting=("大数据局",))
    led_by("甲县", "2", "教育局")
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    return db.session.scalars(select(Area).where(Area.name == "甲县")).one()


@pytest.fixture
def visit(sqlite_app, county):
    """A client signed in with one grant."""

    def signed(name: str, role: str, area: str = "甲县", department: str = ""):
        create_account(name, role, area, department)
        user = db.session.scalars(select(User).where(User.username == name)).one()
        user.must_change_password = False
        db.session.commit()
        return enter(sqlite_app.test_client(), user)

    return signed


def text(client, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def save(client, version: int = 0, then: str = "", **cells: str):
    return client.post(f"{HERE}{then}", data={"version": version, **{f"online:{k}": v for k, v in cells.items()}})


def test_a_department_sees_its_own_indicators_and_an_edited_address_is_refused_and_written_down(visit):
    client = visit("dept", "department", department="教育局")
    page = text(client, "/console/values")
    assert "政务服务事项贯通运行情况" in page
    assert "政务服务事项在线运行情况" not in page
    with_evidence("11", "1")
    item = db.session.scalars(select(Evidence.id)).one()
    refused = (HERE, "/console/values/2023/12/2", "/console/values/2023/1/2", f"/console/values/evidence/{item}")
    for address in refused:
        assert client.get(address).status_code == 403, address
    assert save(client, value="0.9").status_code == 403
    denied = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "denied", AuditEntry.actor == "dept"))
    assert [entry.subject for entry in denied] == [*refused, HERE]
    assert value_entry.rows_of(at("11", "1")) == {}


def test_several_at_once_are_each_asked_for(visit):
    client = visit("dept", "department", department="教育局")
    assert client.post("/console/values/2023/submit", data={"ready": "11|1|0"}).status_code == 403
    scorer = visit("elsewhere", "scorer", area="乙县")
    data = {"chosen": "11|1|0", "decision": "accept"}
    assert scorer.post("/console/verification/2023", data=data).status_code == 403
    denied = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "denied")).all()
    assert [entry.after["value"] for entry in denied] == ["value:2023/11/1"] * 2


def test_a_supporting_department_enters_and_the_lead_hands_in(visit):
    helper = visit("helper", "department", department="大数据局")
    assert save(helper, numerator="480", denominator="500").status_code == 302
    assert save(helper, 1, "/submit", numerator="480", denominator="500").status_code == 403
    lead = visit("lead", "department", department="行政审批局")
    assert "480/500 = 96%" in text(lead, HERE)
    assert save(lead, 1, "/submit", numerator="480", denominator="500").status_code == 302
    assert value_entry.state(at("11", "1")) == "submitted"


def test_the_page_shows_each_requirement_with_the_value_and_the_tier_it_reaches(visit):
    client = visit("lead", "department", department="行政审批局")
    save(client, numerator="92", denominator="100")
    page = text(client, HERE)
    assert "政务服务事项在线率 ≥ 90%【92%】" in page
    assert "★★★★" in page
    assert "★★★★★" not in page


def test_wrong_input_keeps_everything_typed_and_says_so_beside_the_field(visit):
    client = visit("lead", "department", department="行政审批局")
    reply = save(client, numerator="9", denominator="8")
    page = reply.get_data(as_text=True)
    assert reply.status_code == 422
    assert "分子9大于分母8" in page
    assert 'value="9"' in page
    assert value_entry.rows_of(at("11", "1")) == {}


def test_a_number_with_two_readings_comes_back_as_a_choice_and_the_chosen_one_is_stored(visit):
    led_by("甲县", "4", "行政审批局")
    client = visit("lead", "department", department="行政审批局")
    address = "/console/values/2023/11/4"
    asked = client.post(address, data={"version": 0, "difference:value": "0.3"})
    page = asked.get_data(as_text=True)
    assert asked.status_code == 422
    assert 'name="difference:reading" value="30%"' in page
    assert 'name="difference:reading" value="0.3%"' in page
    assert value_entry.rows_of(at("11", "4")) == {}
    again = {"version": 0, "difference:value": "0.35", "difference:reading": "0.3%"}
    assert client.post(address, data=again).status_code == 422, "the choice was made for another number"
    chosen = {"version": 0, "difference:value": "0.3", "difference:reading": "30%"}
    assert client.post(address, data=chosen).status_code == 302
    assert value_entry.rows_of(at("11", "4"))["difference"].value == 0.3
    page = text(client, address)
    assert 'value="30%"' in page, "as it is shown, it is saved again without a question"


def test_while_one_types_the_page_can_ask_how_it_is_read(visit):
    led_by("甲县", "4", "行政审批局")
    client = visit("lead", "department", department="行政审批局")

    def said(indicator: str, metric: str, **boxes: str) -> dict:
        query = {f"{metric}:{part}": written for part, written in boxes.items()}
        return client.get(f"/console/values/2023/11/{indicator}/{metric}/understood", query_string=query).get_json()

    assert said("1", "online", value="９５％") == {"says": "读作：95%", "wrong": False}
    assert said("1", "online", numerator="480", denominator="500")["says"] == "读作：480/500 = 96%"
    assert said("1", "online", value="") == {"says": "", "wrong": False}
    for value, words in (("95", "95%写成95%或0.95"), ("0,95", "逗号")):
        answer = said("1", "online", value=value)
        assert words in answer["says"]
        assert answer["wrong"]
    assert "30%还是0.3%" in said("4", "difference", value="0.3")["says"]
    assert client.get("/console/values/2023/11/1/nothing/understood").status_code == 404
    assert value_entry.rows_of(at("11", "1")) == {}


def test_an_unusual_value_is_stored_with_the_reason_that_confirms_it(visit):
    led_by("甲县", "36", "网信办")
    client = visit("lead", "department", department="网信办")
    address = "/console/values/2023/11/36"
    sent = {"version": 0, "deducted_points:value": "350", "major_incident:value": "否"}
    assert 'name="deducted_points:confirmed"' not in text(client, address)
    asked = client.post(address, data=sent)
    assert asked.status_code == 422
    assert 'name="deducted_points:confirmed"' in asked.get_data(as_text=True)
    assert client.post(address, data={**sent, "deducted_points:confirmed": "通报原文如此"}).status_code == 302
    assert value_entry.rows_of(at("11", "36"))["deducted_points"].value == {"value": 350, "confirmed": "通报原文如此"}
    page = text(client, address)
    assert "350分 (已确认:通报原文如此)" in page
    assert 'value="通报原文如此"' in page


def test_two_tabs_do_not_overwrite_each_other_and_the_second_keeps_what_it_typed(visit):
    client = visit("lead", "department", department="行政审批局")
    save(client, value="0.8")
    reply = save(client, 0, value="0.7")
    assert reply.status_code == 409
    assert 'value="0.7"' in reply.get_data(as_text=True)
    assert "80%" in reply.get_data(as_text=True)
    assert value_entry.rows_of(at("11", "1"))["online"].value == 0.8


def test_everything_that_is_ready_is_handed_in_at_once_and_the_rest_is_named(visit):
    client = visit("lead", "department", department="行政审批局")
    save(client, value="0.8")
    client.post("/console/values/2023/11/3", data={"version": 0, "exempt_count:value": "300"})
    page = text(client, "/console/values")
    assert 'value="11|1|1"' in page
    reply = client.post(
        "/console/values/2023/submit", data={"ready": ["11|1|1", "11|3|1"]}, follow_redirects=True
    ).get_data(as_text=True)
    assert "已提交1项" in reply
    assert "免提交证明事项占比" in reply
    assert [value_entry.state(at("11", n)) for n in ("1", "3")] == ["submitted", "draft"]


def test_the_queue_accepts_several_and_leaves_the_verifiers_own(visit):
    for indicator, metric in (("1", "online"), ("2", "through")):
        place = at("11", indicator)
        entry = value_entry.save(place, {metric: 0.9}, "", 0, "vera" if indicator == "2" else "dept")
        value_entry.submit(place, entry.version, "dept")
    db.session.commit()
    vera = visit("vera", "scorer")
    page = text(vera, "/console/verification")
    assert "您填报过" in page
    data = {"chosen": ["11|1|2", "11|2|2"], "decision": "return", "comment": ""}
    assert "退回要写明意见" in vera.post("/console/verification/2023", data=data, follow_redirects=True).get_data(
        as_text=True
    )
    vera.post("/console/verification/2023", data={**data, "decision": "accept"})
    assert [value_entry.state(at("11", n)) for n in ("1", "2")] == ["accepted", "submitted"]


def test_evidence_goes_up_and_comes_down_as_a_file_and_nothing_else_is_taken(visit):
    client = visit("lead", "department", department="行政审批局")
    address = f"{HERE}/evidence"
    client.post(address, data={"files": [(io.BytesIO(PDF), "证明.pdf"), (io.BytesIO(PDF + b"2"), "b.pdf")]})
    item = db.session.scalars(select(Evidence)).first()
    reply = client.get(f"/console/values/evidence/{item.id}")
    assert reply.data == PDF
    assert reply.headers["Content-Disposition"].startswith("attachment")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    for files in ([(io.BytesIO(b"<svg>"), "a.pdf")], [(io.BytesIO(PDF + b"3"), "c.pdf"), (io.BytesIO(b"MZ"), "d.pdf")]):
        reply = client.post(address, data={"files": files}, follow_redirects=True)
        assert "只收" in reply.get_data(as_text=True)
    assert len(db.session.scalars(select(Evidence)).all()) == 2
    huge = {"files": [(io.BytesIO(b"0" * (5 * SIZE_LIMIT)), "e.pdf")]}
    assert client.post(address, data=huge).status_code == 413


def test_evidence_beside_values_that_are_not_saved_keeps_them_in_their_boxes(visit):
    client = visit("lead", "department", department="行政审批局")
    given = {"version": 0, "online:numerator": "480", "online:denominator": "500", "note": "来自年报"}
    reply = client.post(f"{HERE}/evidence", data={**given, "files": [(io.BytesIO(PDF), "年报.pdf")]})
    page = reply.get_data(as_text=True)
    assert reply.status_code == 200
    assert "已保存1个文件。 数值还没有保存。" in page
    assert 'value="480"' in page
    assert "来自年报</textarea>" in page
    assert value_entry.rows_of(at("11", "1")) == {}
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    assert client.post(HERE, data={**given, "version": version}).status_code == 302
    assert value_entry.rows_of(at("11", "1"), fresh=True)["online"].value == {"numerator": 480, "denominator": 500}
    late = client.post(
        f"{HERE}/evidence", data={**given, "online:numerator": "490", "files": [(io.BytesIO(PDF + b"2"), "b.pdf")]}
    )
    assert 'name="version" value="0"' in late.get_data(as_text=True)  # what others saved meanwhile is not overwritten
    refused = {**given, "online:numerator": "470", "files": [(io.BytesIO(b"MZ"), "c.pdf")]}
    assert 'value="470"' in client.post(f"{HERE}/evidence", data=refused).get_data(as_text=True)


def test_a_file_chosen_beside_values_is_kept_when_they_are_saved_and_both_or_neither(visit):
    client = visit("lead", "department", department="行政审批局")
    given = {"version": 0, "online:numerator": "480", "online:denominator": "500"}
    assert client.post(HERE, data={**given, "files": [(io.BytesIO(b"MZ"), "a.pdf")]}).status_code == 422
    assert value_entry.rows_of(at("11", "1"), fresh=True) == {}
    assert client.post(HERE, data={**given, "files": [(io.BytesIO(PDF), "a.pdf")]}).status_code == 302
    assert db.session.scalars(select(Evidence)).one().name == "a.pdf"
    assert value_entry.rows_of(at("11", "1"), fresh=True)["online"].value == {"numerator": 480, "denominator": 500}


def test_a_workbook_is_previewed_confirmed_and_shown_to_nobody_else(visit):
    client = visit("lead", "department", department="行政审批局")
    body = client.get("/console/values/workbook.xlsx").data
    posted = {"file": (io.BytesIO(filled(body, online__top=480, online__bottom=500)), "表.xlsx")}
    address = client.post("/console/values/import", data=posted).location
    page = text(client, address)
    assert "480/500 = 96%" in page
    assert value_entry.rows_of(at("11", "1")) == {}
    other = visit("other", "department", department="教育局")
    assert other.get(address).status_code == 404
    assert other.post(address).status_code == 404
    assert client.post(address).status_code == 302
    assert value_entry.rows_of(at("11", "1"))["online"].value == {"numerator": 480, "denominator": 500}


def test_a_workbook_cannot_carry_values_of_other_departments(visit):
    client = visit("dept", "department", department="教育局")
    posted = {"file": (io.BytesIO(filled(exported("11"), online__value=0.9)), "表.xlsx")}
    address = client.post("/console/values/import", data=posted).location
    assert "您没有这项指标的填报权限" in text(client, address)
    client.post(address)
    assert value_entry.rows_of(at("11", "1")) == {}


def test_a_wrong_workbook_is_told_by_row_and_column(visit):
    client = visit("lead", "department", department="行政审批局")
    posted = {"file": (io.BytesIO(filled(exported("11"), online__top=9, online__bottom=8)), "表.xlsx")}
    reply = client.post("/console/values/import", data=posted)
    assert reply.status_code == 422
    assert "指标数值 第5行 H列(分子)" in reply.get_data(as_text=True)
    assert db.session.scalars(select(Kept)).all() == []


def test_a_coordinator_names_departments_in_the_grid_and_an_error_keeps_it(visit, county):
    client = visit("jia", "manager")
    data = {"version:5": 0, "leads:5": ["公安局", "大数据局", ""], "supporting:5": ["公安局"]}
    reply = client.post("/console/assignments/11", data=data)
    assert reply.status_code == 422
    assert "既牵头又配合" in reply.get_data(as_text=True)
    boxes = re.findall('name="(leads:5|supporting:5)".*?</select>', reply.get_data(as_text=True), re.S)
    assert boxes == ["leads:5"] * 3 + ["supporting:5"] * 2, "each that was chosen, and room for one more"
    assert client.post("/console/assignments/11", data={**data, "supporting:5": [""]}).status_code == 302
    assert leads(county, COUNTY, 5) == ("公安局", "大数据局")
    typed = client.post("/console/assignments/11", data={"version:6": 0, "leads:6": ["公安据"]})
    assert typed.status_code == 422, "a name that is on no list"
    assert "公安据" in typed.get_data(as_text=True)
    assert leads(county, COUNTY, 6) == ()
    assert client.get("/console/assignments/12").status_code == 403


def test_44_and_45_are_shown_as_no_single_departments_and_the_coordinator_enters_44(visit):
    client = visit("coordinator", "manager", area="")
    page = text(client, "/console/values/2023/1/44")
    assert "共同负责，统筹人员填报" in page
    data = {"version": 0, "provincial_awards:value": "2", "provincial_media:value": "0", "central_media:value": "0"}
    assert client.post("/console/values/2023/1/44/submit", data=data).status_code == 302
    assert client.get("/console/values/2023/1/45").status_code == 404
    assert visit("dept", "department", "某市", "市教育局").get("/console/values/2023/1/44").status_code == 403


def test_the_live_scorecard_gives_the_range_that_unknown_values_leave(visit):
    value_entry.save(at("11", "1"), {"online": 0.96}, "", 0, "dept")
    value_entry.save(at("11", "3"), {"exempt_count": 120}, "", 0, "dept")
    db.session.commit()
    client = visit("jia", "scorer")
    page = text(client, "/console/scorecards/11")
    assert "政务服务事项在线率 ≥ 95%【96%】" in page
    assert "1 – 2" in page
    table = client.get("/console/scorecards/11?table=paths&format=csv").get_data(as_text=True)
    assert table.splitlines()[1].startswith("优政,")


def test_the_home_page_says_what_waits(visit):
    value_entry.submit(at("11", "1"), value_entry.save(at("11", "1"), {"online": 0.9}, "", 0, "dept").version, "dept")
    db.session.commit()
    assert "state=missing" in text(visit("lead", "department", department="行政审批局"), "/console/")
    assert "/console/verification" in text(visit("vera", "scorer"), "/console/")


def test_deadlines_are_set_with_a_reason_and_the_overdue_list_names_the_department(visit):
    client = visit("coordinator", "manager", area="")
    refused = client.post("/console/periods/2023", data={"deadline": "2024-01-31", "state": "open"})
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert 'id="reason-2023-error">请写明理由' in page
    assert 'id="deadline-2023" name="deadline" type="date" value="2024-01-31"' in page, "what was typed stays"
    assert "没有逾期的指标" in text(client, "/console/values/overdue")
    client.post("/console/periods/2023", data={"deadline": "2024-01-31", "state": "open", "reason": "按方案"})
    page = text(client, "/console/values/overdue?table=departments&format=csv")
    assert "甲县,行政审批局,2,2024-01-31T23:59+08:00,1、3" in page


def test_a_deadline_put_off_needs_a_day_that_is_one_and_nothing_is_stored_before(visit):
    client = visit("coordinator", "manager", area="")
    sent = {"area": "11", "department": "行政审批局", "deadline": "2024-02-30", "reason": "系统迁移"}
    refused = client.post("/console/periods/2023/extensions", data=sent)
    assert refused.status_code == 422
    assert 'id="deadline-later-2023-error"' in refused.get_data(as_text=True)
    assert client.post("/console/periods/2023/extensions", data={**sent, "area": "nowhere"}).status_code == 422
    assert db.session.scalars(select(Extension)).all() == []
    assert client.post("/console/periods/2023/extensions", data={**sent, "deadline": "2024-02-29"}).status_code == 302
    assert db.session.scalars(select(Extension)).one().department == "行政审批局"


def test_a_button_that_is_none_of_the_page_decides_nothing(visit):
    value_entry.submit(at("11", "1"), value_entry.save(at("11", "1"), {"online": 0.9}, "", 0, "dept").version, "dept")
    db.session.commit()
    vera = visit("vera", "scorer")
    for address, data in ((f"{HERE}/verify", {"version": 2}), ("/console/verification/2023", {"chosen": "11|1|2"})):
        for decision in ({}, {"decision": "forget"}):
            reply = vera.post(address, data={**data, **decision}, follow_redirects=True)
            assert 'class="flash error"' in reply.get_data(as_text=True)
    assert value_entry.state(at("11", "1")) == "submitted"
