"""An administrator's and an auditor's day in a real browser, from signing in to the end."""

from __future__ import annotations

import re
import time

import pytest
from passlib.totp import TOTP

from survey_app.ground import audit
from survey_app.models import db
from tests.support.application import change
from tests.support.browser import PASSWORD, PHONE, desk, violations
from tests.support.city import small_city

pytestmark = [pytest.mark.browser, pytest.mark.checks]


def prepare() -> None:
    small_city()
    audit.record("survey.state", "survey:wave1", {"state": "draft"}, {"state": "open"}, "按期开始")
    db.session.commit()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("desk"), prepare) as running:
        running.account("anna", "administrator")
        running.account("audi", "auditor")
        yield running


def enter_password(page, name: str, password: str) -> None:
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", password)
    page.click("main form button")


def test_an_administrator_makes_an_account_gives_a_grant_and_the_person_sets_up_a_second_factor(served):
    office = served.page("anna")
    office.click("nav.menu >> text=账号")
    office.click("text=新建账号")
    office.fill("#username", "wang")
    office.fill("#full_name", "王芳")
    office.select_option("#role", "evaluator")
    office.select_option("#area", "甲县")
    office.click("text=建立账号")
    one_time = office.inner_text(".once")
    office.click("summary:has-text('授予权限')")
    office.select_option("#role", "scorer")
    office.fill("#reason", "兼任评分")
    office.click("button:text-is('授予')")
    assert "已授予权限" in office.inner_text("main")
    assert "兼任评分" in office.inner_text("main")

    page = served.page()
    page.goto(f"{served.base}/console/sign-in")
    enter_password(page, "wang", one_time)
    page.fill("input[name=password]", one_time)
    page.fill("input[name=new_password]", PASSWORD)
    page.fill("input[name=new_password_confirm]", PASSWORD)
    page.click("main form button")
    page.goto(f"{served.base}/console/me")
    page.click("main a[href$='/second-factor']")
    page.click("text=开始设置")
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 100
    totp = TOTP(key=page.inner_text("#key").replace("-", ""), format="base32")
    page.fill("input[name=code]", totp.generate(time.time() - 30).token)
    page.click("text=完成设置")
    page.goto(f"{served.base}/console/")
    page.click("text=生成10个新的恢复码")
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    page.context.close()

    for secret in (totp.generate(time.time() + 30).token, codes[3]):
        page = served.page()
        page.goto(f"{served.base}/console/sign-in")
        enter_password(page, "wang", PASSWORD)
        if secret in codes:
            page.click("text=用恢复码登录")
        page.fill("input[name=code]", secret)
        page.click("main form button")
        page.wait_for_url(re.compile("/console/$"))
        page.context.close()

    office.reload()
    office.fill("form[action*='second-factor'] input[name=reason]", "手机丢失")
    office.click("text=重置第二重验证")
    assert "第二重验证已重置" in office.inner_text("main")
    office.context.close()


def test_an_auditor_reads_everything_and_is_refused_every_change(served):
    page = served.page("audi")
    for path in ("/console/", "/console/surveys/wave1", "/console/accounts", "/console/matrix", "/console/audit"):
        assert page.goto(served.base + path).status == 200, path
    page.fill("input[name=subject]", "survey:")
    page.click("button:text-is('筛选')")
    assert "按期开始" in page.inner_text("table.trail")
    page.click("button:text-is('核对新增')")
    assert "没有改动、删除或乱序" in page.inner_text("main")
    refused = page.evaluate(
        """async () => {
          const token = document.querySelector("input[name=csrf_token]").value;
          const body = new URLSearchParams({csrf_token: token, state: "closed", reason: "x", active: "no"});
          const statuses = [];
          for (const path of ["/console/surveys/wave1/state", "/console/accounts/1/active", "/console/accounts/new"])
            statuses.push((await fetch(path, {method: "POST", body})).status);
          return statuses;
        }"""
    )
    assert refused == [403, 403, 403]
    page.goto(f"{served.base}/console/audit?action=denied")
    assert page.locator("table.trail tbody tr").count() == 3
    page.context.close()


def test_a_form_that_meets_an_ended_session_is_sent_after_signing_in_again(served):
    page = served.page("audi")
    page.goto(f"{served.base}/console/me")
    page.fill("#full_name", "审计老王")
    change(served.app, idle_minutes=-1)
    page.click("main form:has(#full_name) button")
    change(served.app, idle_minutes=60)
    assert "您填写的内容已保留" in page.inner_text("main")
    enter_password(page, "audi", PASSWORD)
    assert "审计老王" in page.inner_text("main")
    assert violations(page) == []
    page.click("button:text-is('提交')")
    page.wait_for_url("**/console/me")
    assert page.input_value("#full_name") == "审计老王"
    page.context.close()


PAGES = ("/console/accounts", "/console/accounts/1", "/console/accounts/new", "/console/accounts/import",
         "/console/matrix", "/console/audit", "/console/me", "/console/second-factor", "/console/second-factor/recovery-codes")  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(served, language):
    page = served.page("anna", language)
    for path in PAGES:
        page.set_viewport_size({"width": 1280, "height": 900})
        assert page.goto(served.base + path).status == 200
        assert violations(page) == [], path
        page.set_viewport_size(PHONE)
        wide = page.evaluate(
            "[...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll') && e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML.slice(0, 90))"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], (path, wide)
    page.context.close()
