"""Accounts in the console: made, granted, taken from, locked out, reset and imported, each with its trail."""

from __future__ import annotations

import io
import re

import pytest
from flask_security import hash_password
from openpyxl import Workbook
from sqlalchemy import func, select

from survey_app.console.permissions import ROUTES
from survey_app.files.tables_in import TableRefusedError
from survey_app.models import AuditEntry, Grant, User, db
from survey_app.office import account_files
from survey_app.people import accounts
from survey_app.people.accounts import AccountError, create_account
from tests.support.application import change
from tests.support.city import small_city
from tests.support.people import enter, person

HEAD = ("用户名", "姓名", "角色", "地区", "部门")


@pytest.fixture
def office(sqlite_app):
    """An administrator at work in the small city."""
    small_city()
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    change(sqlite_app, jobs="inline")
    return enter(sqlite_app.test_client(), person("administrator", "", "").user)


def follow(client, reply) -> str:
    assert reply.status_code == 302
    return client.get(reply.location).get_data(as_text=True)


def last() -> AuditEntry:
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).one()


def account(name: str = "wang") -> User:
    found = accounts.find(name)
    assert found is not None
    return found


def test_a_new_account_has_a_one_time_password_that_is_shown_once(office):
    data = {"username": "wang", "full_name": "王芳", "role": "evaluator", "area": "甲县", "department": ""}
    reply = office.post("/console/accounts/new", data=data)
    password = re.search(r'class="once">([^<]+)<', follow(office, reply))[1]
    assert password not in office.get(reply.location).get_data(as_text=True)
    other = office.application.test_client()
    assert other.post("/console/sign-in", data={"username": "WANG", "password": password}).status_code == 302
    assert other.get("/console/").location == "/console/password"
    assert [(grant.role, grant.area.name) for grant in account().grants] == [("evaluator", "甲县")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"username": "w"}, "用户名为2至60个字"),
        ({"username": "wang fang"}, "不含空格"),
        ({"username": ""}, "请填写用户名"),
        ({"username": "OLD"}, "已经有账号"),
        ({"role": "department"}, "要写明部门"),
        ({"role": "administrator", "area": "甲县"}, "不分地区和部门"),
        ({"role": "king"}, "king"),
    ],
)
def test_a_form_with_mistakes_is_shown_again_with_everything_kept(office, changes, said):
    create_account("old", "auditor")
    data = {"username": "wang", "full_name": "王芳", "role": "evaluator", "area": "", "department": "", **changes}
    reply = office.post("/console/accounts/new", data=data)
    page = reply.get_data(as_text=True)
    assert reply.status_code == 422
    assert said in page or changes.get("role") == "king"
    assert "王芳" in page
    assert accounts.find("wang") is None


def test_grants_are_given_and_taken_with_a_reason(office):
    create_account("wang", "evaluator")
    page = f"/console/accounts/{account().id}"
    data = {"role": "department", "area": "甲县", "department": "市公安局", "reason": "新岗位"}
    assert "已授予权限" in follow(office, office.post(f"{page}/grants", data=data))
    assert (last().action, last().reason) == ("grant.give", "新岗位")
    assert "已经有这项权限" in office.post(f"{page}/grants", data=data).get_data(as_text=True)
    assert office.post(f"{page}/grants", data={**data, "reason": ""}).status_code == 422
    first = account().grants[0].id
    assert "请写明理由" in follow(office, office.post(f"{page}/grants/{first}/take", data={"reason": " "}))
    assert "已收回权限" in follow(office, office.post(f"{page}/grants/{first}/take", data={"reason": "调离"}))
    assert [grant.role for grant in account().grants] == ["department"]
    assert (last().before["role"], last().reason) == ("evaluator", "调离")
    assert office.post(f"{page}/grants/{first}/take", data={"reason": "再来"}).status_code == 404


def test_a_deactivated_account_is_out_at_once_and_may_come_back(office):
    password = create_account("wang", "evaluator")
    theirs = enter(office.application.test_client(), account())
    account().must_change_password = False
    db.session.commit()
    assert theirs.get("/console/me").status_code == 200
    page = f"/console/accounts/{account().id}"
    office.post(f"{page}/active", data={"active": "no", "reason": "离职"})
    assert theirs.get("/console/me").status_code == 302
    other = office.application.test_client()
    assert other.post("/console/sign-in", data={"username": "wang", "password": password}).status_code == 200
    office.post(f"{page}/active", data={"active": "yes", "reason": "返聘"})
    assert other.post("/console/sign-in", data={"username": "wang", "password": password}).status_code == 302


def test_the_last_administrator_who_can_sign_in_stays_one(office):
    me = db.session.scalars(select(User)).one()
    create_account("two", "administrator")
    accounts.set_active(account("two"), False, "休假")
    reply = office.post(f"/console/accounts/{me.id}/grants/{me.grants[0].id}/take", data={"reason": "不要了"})
    assert "最后一名系统管理员" in follow(office, reply)
    assert "不能停用自己" in follow(office, office.post(f"/console/accounts/{me.id}/active", data={"reason": "x"}))
    with pytest.raises(AccountError, match="最后一名系统管理员"):
        accounts.set_active(me, False, "x")


def test_a_password_and_a_second_factor_are_reset_with_a_reason(office):
    create_account("wang", "evaluator")
    user = account()
    user.password, user.must_change_password, user.tf_primary_method = hash_password("x"), False, "authenticator"
    user.mf_recovery_codes = ["a"]
    db.session.commit()
    page = f"/console/accounts/{user.id}"
    assert "请写明理由" in follow(office, office.post(f"{page}/password"))
    assert 'class="once"' in follow(office, office.post(f"{page}/password", data={"reason": "忘记"}))
    assert account().must_change_password
    office.post(f"{page}/second-factor", data={"reason": "手机丢失"})
    assert (account().tf_primary_method, account().mf_recovery_codes) == (None, None)
    assert (last().action, last().reason) == ("factor.reset", "手机丢失")
    assert "没有第二重验证" in follow(office, office.post(f"{page}/second-factor", data={"reason": "再来"}))


def test_the_list_shows_every_account_and_leaves_as_a_file(office):
    create_account("wang", "department", "甲县", "某局", "王芳")
    page = office.get("/console/accounts").get_data(as_text=True)
    assert "部门 · 甲县 · 某局" in page
    assert "王芳" in office.get("/console/accounts?table=accounts&format=csv").get_data(as_text=True)


def test_an_auditor_sees_accounts_and_no_form_for_a_change(office):
    create_account("wang", "evaluator")
    auditor = enter(office.application.test_client(), person("auditor", "", "").user)
    page = auditor.get(f"/console/accounts/{account().id}").get_data(as_text=True)
    assert "wang" in page
    assert len(re.findall(r"<form[^>]*post", page)) == 1  # signing out


def test_the_matrix_is_shown_as_it_is_enforced_and_every_route_has_its_words(office):
    page = office.get("/console/matrix?table=matrix&format=csv").get_data(as_text=True)
    row = next(line for line in page.splitlines() if "/console/accounts/new" in line and "更改" in line)
    assert row.endswith("全部,,,,,")
    assert [endpoint for endpoint, route in ROUTES.items() if not str(route.words).strip()] == []


def workbook(*rows) -> bytes:
    book = Workbook()
    for row in (HEAD, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(client, data: bytes, name: str = "a.xlsx"):
    return client.post("/console/accounts/import", data={"file": (io.BytesIO(data), name)})


def test_a_workbook_is_looked_at_confirmed_and_its_passwords_leave_once(office):
    create_account("wang", "evaluator", "甲县")
    rows = (
        ("wang", "王芳", "评估员", "甲县", None),
        ("wang", None, "评分员", "甲县", None),
        ("li", "李娜", "部门", None, "市交通运输局"),
    )
    page = upload(office, workbook(*rows)).get_data(as_text=True)
    assert "新账号 1 个，有变化 1 个，不变 0 个" in page
    assert accounts.find("li") is None
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    done = office.post("/console/accounts/import/confirm", data={"token": token}).location
    assert "建立了 1 个新账号" in office.get(done).get_data(as_text=True)
    lines = office.post(done).get_data(as_text=True).splitlines()
    assert re.fullmatch(r"li,李娜,\w{4}-\w{4}-\w{4}-\w{4}", lines[1])
    assert "已经下载过" in follow(office, office.post(done))
    assert {grant.role for grant in account("wang").grants} == {"evaluator", "scorer"}
    assert account("wang").full_name == "王芳"
    again = upload(office, workbook(*rows)).get_data(as_text=True)
    assert "不变 2 个" in again
    assert "确认导入" not in again
    assert "文件已不在" in follow(office, office.post("/console/accounts/import/confirm", data={"token": token}))


def test_every_mistake_of_a_workbook_is_shown_with_its_place_and_nothing_is_stored(office):
    create_account("gone", "auditor")
    accounts.set_active(account("gone"), False, "离职")
    before = db.session.scalar(select(func.count()).select_from(Grant))
    rows = (
        ("a b", "甲", "评估员", None, None),
        ("good", "乙", "国王", "丙县", None),
        ("dept", "丙", "部门", None, None),
        ("boss", "丁", "系统管理员", "甲县", None),
        ("gone", None, "审计员", None, None),
        ("twice", "戊", "审计员", None, None),
        ("twice", "己", "审计员", None, None),
    )
    reply = upload(office, workbook(*rows))
    page = reply.get_data(as_text=True)
    assert reply.status_code == 422
    for row, column, said in (
        (2, "A 用户名", "不含空格"), (3, "C 角色", "没有角色“国王”"), (3, "D 地区", "没有地区“丙县”"),
        (4, "E 部门", "要写明部门"), (5, "C 角色", "不分地区和部门"), (6, "A 用户名", "已停用"),
        (8, "B 姓名", "与第7行的姓名不同"), (8, "C 角色", "完全相同"),
    ):  # fmt: skip
        assert re.search(rf">{row}</th><td[^>]*>{column}</td><td[^>]*>[^<]*{said}", page), (row, column, said)
    assert db.session.scalar(select(func.count()).select_from(Grant)) == before
    with pytest.raises(TableRefusedError):
        account_files.store("a.xlsx", workbook(*rows))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [("a.xlsx", b"no workbook", "文件"), ("a.doc", b"", ".xlsx"), ("a.csv", "名字\n王".encode(), "缺少“用户名”这一列")],
)
def test_a_file_that_is_no_such_table_is_refused_in_words(office, name, data, said):
    reply = upload(office, data, name)
    assert (reply.status_code, said in reply.get_data(as_text=True)) == (422, True)


def test_the_template_is_itself_a_file_that_can_be_imported(office):
    data = office.get("/console/accounts/import/template.xlsx").data
    assert account_files.preview("accounts.xlsx", data).faults == ()
    assert office.get("/console/accounts/import/template.doc").status_code == 404


def test_a_department_is_chosen_among_those_there_are_and_the_least_role_is_offered_first(office):
    page = office.get("/console/accounts/new").get_data(as_text=True)
    assert '<option selected value="department">部门</option>' in page
    assert '<option value="市交通运输局">' in page
    data = {"username": "roads", "full_name": "", "role": "department", "area": "", "department": "市交通局"}
    typed = office.post("/console/accounts/new", data=data)
    assert (typed.status_code, 'id="department-error"' in typed.get_data(as_text=True)) == (422, True)
    assert accounts.find("roads") is None
    made = follow(office, office.post("/console/accounts/new", data={**data, "department": "市交通运输局"}))
    assert "没有指标由" not in made
