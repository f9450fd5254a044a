"""The outbox in the console: channels with secrets that are never shown, a test message, choices, addresses, sending again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from survey_app.ground.sealing import unseal
from survey_app.models import AuditEntry, Channel, DepartmentAddress, NoticeAddress, NoticeHours, Outgoing, db
from survey_app.outbox.channels import known
from survey_app.outbox.receivers import of_roles
from tests.support.city import scored_city
from tests.support.mail import HOST, PASSWORD, USER, mail_server
from tests.support.outbox import mail_channel
from tests.support.people import client_of, csrf, enter, person, post
from tests.support.stored import begins_with
from wording import Message, to_column

NEW = "/console/channels/new/mail"
FORM = {
    "name": "单位邮箱", "host": HOST, "port": "465", "security": "none", "sender": "评估办公室 <notice@example.org>",
    "user": USER, "password": PASSWORD, "active": "y",
}  # fmt: skip


def test_a_channel_is_made_tested_and_its_password_never_leaves_again(desk):
    with mail_server("none", asks=True) as box:
        assert post(desk, NEW, **FORM | {"port": str(box.port)}).status_code == 302
        channel = db.session.scalars(select(Channel)).one()
        address = f"/console/channels/{channel.id}"
        page = desk.get(address).get_data(as_text=True)
        assert PASSWORD not in page
        assert PASSWORD not in repr(db.session.scalars(select(AuditEntry.after)).all())
        assert PASSWORD not in channel.sealed
        assert post(desk, address, **FORM | {"port": str(box.port), "password": ""}).status_code == 302
        assert known(channel)["password"] == PASSWORD, "an empty box keeps it"
        sent = post(desk, f"{address}/test", page=address, to="anna@example.org")
        assert sent.status_code == 302
        assert "已发出" in desk.get(sent.location).get_data(as_text=True)
        assert "测试消息" in str(box.mails[0]["Subject"])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"port": "0"}, "端口是1到65535的整数"),
        ({"port": "465½"}, "端口是1到65535的整数"),
        ({"sender": "nobody"}, "不是有效的电子邮箱"),
        ({"host": ""}, "请填写"),
        ({"security": "ssl3"}, 'role="alert"'),
        ({"authority": "-----BEGIN"}, "不是PEM格式的证书"),
    ],
)
def test_what_is_wrong_with_a_channel_is_said_at_its_box_and_nothing_is_kept(desk, wrong, said):
    answer = post(desk, NEW, **FORM | wrong)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert db.session.scalars(select(Channel)).all() == []


def test_there_is_one_mail_server_and_names_are_their_own(desk):
    post(desk, NEW, **FORM)
    answer = post(desk, NEW, **FORM | {"name": "另一个"})
    assert answer.status_code == 422
    assert "这种渠道只能有一个" in answer.get_data(as_text=True)


def test_a_test_needs_an_address(desk):
    channel = mail_channel()
    address = f"/console/channels/{channel.id}"
    for to in ("", "nobody", "a@b.cn, c@d.cn"):
        assert post(desk, f"{address}/test", page=address, to=to).status_code == 422
    assert db.session.scalars(select(Outgoing)).all() == []


def test_what_failed_is_sent_again_and_a_removed_channel_takes_its_messages_along(desk):
    channel = mail_channel()
    address = f"/console/channels/{channel.id}"
    post(desk, f"{address}/test", page=address, to="anna@example.org")
    message = db.session.scalars(select(Outgoing)).one()
    message.state = "failed"
    db.session.commit()
    page = desk.get("/console/outbox?state=failed").get_data(as_text=True)
    assert "连不上邮件服务器" in page
    assert "anna@example.org" not in page + desk.get(f"/console/outbox/{message.id}").get_data(as_text=True)
    for kept in (
        "refused <anna@example.org>",
        to_column(Message("outbox.mail_refused", code=550, said="5.1.1 <anna@example.org>")),
    ):  # as an older release kept it
        message.reason = kept
        db.session.commit()
        shown = (
            desk.get("/console/outbox").get_data(as_text=True),
            desk.get(f"/console/outbox/{message.id}").get_data(as_text=True),
        )
        assert ["anna@example.org" in each for each in shown] == [False, False]
        assert ["…" in each for each in shown] == [True, True]
    assert post(desk, "/console/outbox/again", page="/console/outbox", message=str(message.id)).status_code == 302
    db.session.refresh(message)
    assert (message.state, message.attempts) == ("queued", 0)
    assert post(desk, f"{address}/remove", page=address).status_code == 302
    db.session.expire_all()
    assert db.session.scalars(select(Outgoing)).all() == []


@begins_with(scored_city)
def test_a_person_says_where_and_of_what_and_nobody_else_sees_it(sqlite_app):
    grant = person("department", "甲县", "某局")
    client = enter(sqlite_app.test_client(), grant.user)
    page = client.get("/console/me/notices").get_data(as_text=True)
    assert "有工单要办理" in page
    assert "估计等待审批" not in page, "nothing that the role is not told"
    ways = {"ticket_given": "digest", "ticket_back": "off", "ticket_due": "now", "ticket_overdue": "now"}
    ways |= {"value_returned": "now"}
    answer = client.post("/console/me/notices", data={"csrf_token": csrf(page), "address": "nobody", **ways})
    assert (answer.status_code, db.session.scalars(select(NoticeAddress)).all()) == (422, [])
    client.post("/console/me/notices", data={"csrf_token": csrf(page), "address": "a@b.cn", **ways})
    assert unseal(db.session.scalars(select(NoticeAddress)).one().sealed) == "a@b.cn"
    again = client.get("/console/me/notices").get_data(as_text=True)
    assert 'value="a@b.cn"' in again
    assert again.count("selected") == again.count("<select") == 10
    client.post("/console/me/notices", data={"csrf_token": csrf(page), "address": "", **ways})
    assert db.session.scalars(select(NoticeAddress)).all() == []


def test_the_office_sets_rules_and_hours(desk):
    page = desk.get("/console/notices").get_data(as_text=True)
    ways = {f"{event}-{role}": way for (event, role), way in of_roles().items()} | {"ticket_given-manager": "off"}
    times = {"quiet_from": "22:00", "quiet_until": "07:00", "digest_at": "09:15"}
    answer = desk.post("/console/notices", data={"csrf_token": csrf(page), **ways, **times})
    assert answer.status_code == 302
    assert of_roles()[("ticket_given", "manager")] == "off"
    assert str(db.session.get(NoticeHours, 1).digest_at) == "09:15:00"
    told = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "notices.rules")).one()
    assert told.after["ticket_given manager"] == "off"
    wrong = desk.post("/console/notices", data={"csrf_token": csrf(page), **ways, **times, "digest_at": "25:00"})
    assert wrong.status_code == 422


@begins_with(scored_city)
def test_the_list_of_departments_says_who_is_out_of_reach_and_takes_addresses(sqlite_app):
    manager = client_of(sqlite_app, "manager")
    page = manager.get("/console/departments").get_data(as_text=True)
    assert "通知不到" in page
    line = {"csrf_token": csrf(page), "area": "3799", "department": "市公安局"}
    areas = page.partition('name="area" value="')[2].partition('"')[0]
    line["area"], line["department"] = areas, page.partition('name="department" value="')[2].partition('"')[0]
    assert manager.post("/console/departments", data={**line, "address": "nobody"}).status_code == 422
    assert manager.post("/console/departments", data={**line, "address": "a@b.cn"}).status_code == 302
    assert unseal(db.session.scalars(select(DepartmentAddress)).one().sealed) == "a@b.cn"
    assert (
        manager.post("/console/departments", data={**line, "department": "无此局", "address": "a@b.cn"}).status_code
        == 404
    )
    manager.post("/console/departments", data={**line, "address": ""})
    assert db.session.scalars(select(DepartmentAddress)).all() == []
