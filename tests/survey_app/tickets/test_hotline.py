"""Tickets to and from the 12345 line: taken once, by table or API alike; alike ones suggested; replies from templates."""

from __future__ import annotations

import csv
import io
import re

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from survey_app.models import AuditEntry, HotlineNumber, HotlineWord, Ticket, db
from survey_app.tickets import hotline
from survey_app.tickets.handling import handle, reveal
from survey_app.tickets.nearby import likeness
from survey_app.tickets.numbers import round_trip
from survey_app.tickets.reporting import find_ticket, object_to
from survey_app.tickets.retention import _empty
from tests.support.api import key
from tests.support.city import scored_city
from tests.support.people import client_of
from tests.support.stored import begins_with
from tests.support.tickets import ticket_in, ticket_of

pytestmark = begins_with(scored_city)
CASE = {
    "12345工单编号": "2026070100123", "类别": "噪声扰民", "所属区域": "甲县", "地址": "二号路", "反映内容": "夜里施工太吵，请打13812345678",
    "来电人": "张先生", "联系电话": "13812345678",
}  # fmt: skip


@pytest.fixture
def office(sqlite_app):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    return client_of(sqlite_app, "manager")


def table(*rows: dict[str, str]) -> bytes:
    heads = list(dict.fromkeys(head for row in rows for head in row))
    out = io.StringIO()
    csv.writer(out).writerows([heads, *([row.get(head, "") for head in heads] for row in rows)])
    return out.getvalue().encode()


def send(client, body: bytes, name: str = "a.csv"):
    """The preview of a file, and the answer to its confirmation, None where it cannot be confirmed."""
    shown = client.post("/console/hotline/import", data={"file": (io.BytesIO(body), name)})
    found = re.search('name="token" value="([^"]+)"', shown.text)
    return shown, client.post("/console/hotline/import", data={"token": found[1]}) if found else None


def newest() -> Ticket:
    return db.session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()


def count() -> int:
    return db.session.scalar(select(func.count(Ticket.id)))


def test_a_case_comes_in_once_sealed_and_what_has_no_word_here_is_listed(office):
    body = table(CASE)
    shown, done = send(office, body)
    assert (shown.status_code, done.status_code, count()) == (200, 302, 1)
    assert "噪声扰民" in shown.text
    assert "13812345678" not in shown.text
    case = newest()
    assert (case.field, case.area.name) == ("other", "甲县")
    assert "13812345678" not in case.text
    assert reveal(case, "回访").contact == "张先生 13812345678"
    assert hotline.numbers_of(case) == ["2026070100123"]
    assert "噪声扰民" in case.events[0].text
    page = office.get("/console/hotline").text
    assert "还没有对应" in page
    assert "噪声扰民" in page
    again, confirmed = send(office, body)
    assert (again.status_code, confirmed, count()) == (200, None, 1)


def test_the_office_says_once_what_a_heading_and_a_word_mean(office):
    send(office, table(CASE))
    data = {
        "column-text": "诉求内容", "theirs-field-0": "噪声扰民", "ours-field-0": "traffic", "theirs-state-0": "已回访",
        "ours-state-0": "close",
    }  # fmt: skip
    assert office.post("/console/hotline/words", data=data).status_code == 302
    assert db.session.get(HotlineWord, ("field", "噪声扰民")).ours == "traffic"
    assert (
        db.session.scalar(select(AuditEntry.after).where(AuditEntry.action == "hotline.words"))["column: 诉求内容"]
        == "text"
    )
    row = {**CASE, "12345工单编号": "2", "诉求内容": "公交站牌掉了", "办理状态": "已回访", "答复内容": "已修好"}
    del row["反映内容"]
    send(office, table(row))
    case = newest()
    assert (case.field, case.text, case.state) == ("traffic", "公交站牌掉了", "closed")
    line = re.search('name="(theirs-state-[1-9][0-9]*)"', office.get("/console/hotline").text)[1]
    office.post(
        "/console/hotline/words", data={"column-text": "诉求内容", line: ""}
    )  # what the page did not show stays
    assert hotline.words() == {("column", "诉求内容"): "text", ("field", "噪声扰民"): "traffic"}
    sent = office.post("/console/hotline/export", data={"since": "2020-01-01"})
    sheet = load_workbook(io.BytesIO(sent.data)).active
    heads = [cell.value for cell in sheet[1]]
    assert "诉求内容" in heads
    assert "联系电话" not in heads


def test_an_exported_ticket_takes_its_reply_once_under_a_number_that_leads_to_no_other(office):
    first, _number = ticket_of("甲县", None)
    second, _other = ticket_of("甲县", None)
    sent = office.post("/console/hotline/export", data={"ticket": [f"{first.id}-0"]})
    sheet = load_workbook(io.BytesIO(sent.data)).active
    code = sheet["A2"].value
    assert sheet.max_row == 2
    assert [event.step for event in first.events] == ["hotline_out"]
    reply = {
        "往返编号": code.lower().replace("-", " "),
        "12345工单编号": "77",
        "办理状态": "已办结",
        "答复内容": "已修好",
    }
    send(office, table(reply))
    db.session.refresh(first)
    assert (first.state, hotline.numbers_of(first), first.events[-1].text) == ("closed", ["77"], "已修好")
    number = len(first.events)
    assert send(office, table(reply))[1] is None
    assert len(first.events) == number
    forged = f"{second.id}-{code.partition('-')[2]}"
    shown, done = send(office, table({**reply, "往返编号": forged}))
    assert (shown.status_code, done) == (422, None)
    assert "没有这个往返编号" in shown.text
    assert hotline.of_round_trip(round_trip(second.id, second.number_hash)).id == second.id
    _empty(first)
    assert hotline.of_round_trip(code) is None
    assert (hotline.numbers_of(first), hotline.of_number(first.city_id, "77").id) == ([], first.id)


def test_a_faulty_row_is_named_by_sheet_and_cell_and_nothing_changes(office):
    book = Workbook()
    sheet = book.active
    sheet.title = "七月"
    for row in (list(CASE), list(CASE.values()), ["", "1", "", "甲县", "", "有字"], ["3", "", "甲县", "", "", ""]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    shown, done = send(office, out.getvalue(), "a.xlsx")
    assert (shown.status_code, done, count()) == (422, None, 0)
    assert "七月!A3" in shown.text
    assert "七月!E4" in shown.text


def test_the_api_takes_the_same_once_and_says_what_changed(office, sqlite_app):
    client, headers = sqlite_app.test_client(), key("manager", kind="write")
    case = {"number": "9", "text": "路灯不亮", "area": "甲县", "field": "照明", "phone": "13812345678"}
    made = client.post("/api/v1/hotline/cases", headers=headers, json=case).json
    again = client.post("/api/v1/hotline/cases", headers=headers, json=case).json
    assert (made["changed"], made["unknown"], again["changed"], again["ticket"]) == (
        True,
        ["照明"],
        False,
        made["ticket"],
    )
    reply = {"code": made["code"], "state": "已办结", "reply": "换了灯"}
    assert [client.post("/api/v1/hotline/replies", headers=headers, json=reply).json["changed"] for _ in "ab"] == [
        True,
        False,
    ]
    listed = client.get("/api/v1/hotline/tickets?since=2020-01-01", headers=headers).json["items"]
    assert [(line["number"], line["state"], line["reply"]) for line in listed] == [("9", "已办结", "换了灯")]
    assert "13812345678" not in str(listed)
    wrong = client.post("/api/v1/hotline/replies", headers=headers, json={"code": "1-AAAAAAAAAA", "reply": "x"})
    assert (wrong.status_code, wrong.json["errors"][0]["at"]) == (422, "code")
    missing = client.post("/api/v1/hotline/replies", headers=headers, json={"number": "10", "reply": "x"})
    assert missing.json["errors"][0]["at"] == "number"
    county = key("manager", "甲县", kind="write")
    assert client.post("/api/v1/hotline/cases", headers=county, json=case).status_code == 403
    assert db.session.scalar(select(func.count(HotlineNumber.id))) == 1


def test_what_the_line_wrote_stays_out_of_the_trail_and_in_the_tickets_history(office):
    send(office, table({**CASE, "承办单位": "李四处"}))
    assert "2026070100123 · 噪声扰民 · 甲县 · 李四处" in newest().events[0].text
    rows = db.session.execute(select(AuditEntry.action, AuditEntry.reason)).all()
    assert ("ticket.hotline_in", "") in [tuple(row) for row in rows]
    assert not [row for row in rows if "2026070100123" in (row.reason or "")]


def test_signs_that_no_sheet_can_hold_are_left_out_by_api_and_table(office, sqlite_app):
    client, headers = sqlite_app.test_client(), key("manager", kind="write")
    case = {"number": "Ａ１\x01", "text": "路灯不亮", "place": "二号\x0b路\n口", "area": "甲县"}
    assert client.post("/api/v1/hotline/cases", headers=headers, json=case).status_code == 200
    first = newest()
    assert (hotline.numbers_of(first), first.place) == (["A1"], "二号路 口")
    send(office, table({**CASE, "12345工单编号": "B\x02２", "地址": "三号\x08路"}))
    assert (hotline.numbers_of(newest()), newest().place) == (["B2"], "三号路")
    first.place = "旧\x0b路"  # as an older release stored it
    db.session.commit()
    sent = office.post("/console/hotline/export", data={"since": "2020-01-01"})
    assert "旧路" in [cell.value for row in load_workbook(io.BytesIO(sent.data)).active for cell in row]
    long = client.post("/api/v1/hotline/cases", headers=headers, json={**case, "number": "㍿" * 60})
    assert (long.status_code, long.json["errors"][0]["at"]) == (422, "number")


def test_a_number_is_its_citys_and_one_kept_before_that_is_known_still(office):
    send(office, table(CASE))
    number, case = CASE["12345工单编号"], newest()
    assert hotline.of_number(case.city_id, number).id == case.id
    assert hotline.of_number(case.city_id + 1, number) is None
    kept = db.session.scalars(select(HotlineNumber)).one()
    kept.key = hotline._keys(case.city_id, number)[1]
    db.session.commit()
    assert (send(office, table(CASE))[1], count()) == (None, 1)
    kept.key = hotline._keys(case.city_id, number.translate(hotline.FULL_WIDTH))[0]  # as it came in full width once
    db.session.commit()
    assert (send(office, table(CASE))[1], count()) == (None, 1)


def test_what_leaves_by_the_api_stands_in_the_trail_with_its_number(office, sqlite_app):
    send(office, table(CASE))
    got = sqlite_app.test_client().get("/api/v1/hotline/tickets?since=2020-01-01", headers=key("manager"))
    assert len(got.json["items"]) == 1
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert (entry.action, entry.after) == ("hotline.read", {"since": "2020-01-01", "tickets": 1})
    assert entry.actor.startswith("api:")


def test_alike_tickets_are_suggested_and_joined_ones_keep_both_numbers(office):
    first, one = ticket_in("甲县")
    second, two = ticket_in("甲县", text="一号路口红绿灯坏了两天没人修")
    third, _three = ticket_in("甲县", text="公园里的厕所太脏", field="other", where="")
    db.session.commit()
    page = office.get(f"/console/tickets/{second.id}").text
    assert f"#{first.id}</a> <small>" in page
    assert f"#{third.id}</a> <small>" not in page
    data = {"other": first.id, "text": "同一个路口", "version": second.version}
    assert office.post(f"/console/tickets/{second.id}/join", data=data).status_code == 302
    db.session.refresh(first)
    handle(first, "close", "coordinator", "m", "灯已修好", seen=first.version)
    db.session.commit()
    assert [find_ticket(number).state for number in (one, two)] == ["closed", "closed"]
    assert [find_ticket(number).events[-1].text for number in (one, two)] == ["灯已修好", "灯已修好"]
    object_to(second, "还是不亮")
    db.session.commit()
    assert (second.joined_to_id, second.state, first.state) == (None, "working", "closed")


def test_a_ticket_of_another_county_is_joined_by_nobody_who_does_not_see_it(office, sqlite_app):
    mine, other = ticket_of("甲县", None)[0], ticket_of("乙县", None)[0]
    county = client_of(sqlite_app, "manager", "甲县")
    data = {"other": other.id, "text": "x", "version": mine.version}
    assert county.post(f"/console/tickets/{mine.id}/join", data=data).status_code == 422
    db.session.refresh(mine)
    assert mine.joined_to_id is None


def test_a_template_is_shown_filled_before_it_is_sent(office):
    ticket = ticket_of("甲县", None)[0]
    data = {"name": "已转", "text": "您反映的{地点}问题由{部门}办理", "pressed": "save"}
    assert "没有占位" in office.post("/console/reply-templates", data={**data, "text": "{电话}"}).text
    assert office.post("/console/reply-templates", data=data).status_code == 302
    page = office.get(f"/console/tickets/{ticket.id}?template=已转").text
    assert "您反映的甲县 一号路口问题由甲县办理" in page
    assert ticket.events == []
    office.post("/console/reply-templates", data={**data, "pressed": "remove"})
    saved = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.startswith("reply_template")).order_by(AuditEntry.number)
    )
    assert list(saved) == ["reply_template.save", "reply_template.remove"]


def test_likeness_counts_pairs_of_letters():
    assert likeness("红绿灯", "红绿灯！") == 1
    assert likeness("红绿灯", "公园") == 0
    assert likeness("night", "nacht") == pytest.approx(0.25)  # the worked example of the coefficient
    assert likeness("", "x") == 0
