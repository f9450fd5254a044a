"""From the button to the approval, in a real browser: two evaluators, neither alone."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from survey_app.models import Response, db
from tests.support.browser import PHONE, desk, violations
from tests.support.city import answered_city
from tests.support.runs import run_estimate

pytestmark = [pytest.mark.browser, pytest.mark.checks]


def prepare():
    survey = answered_city(40)
    for number, response in enumerate(db.session.scalars(select(Response).order_by(Response.id))):
        response.mode = "phone" if number % 2 else "web"
    db.session.commit()
    for _ in range(2):
        run_estimate(survey)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("estimates"), prepare) as running:
        running.account("anna", "evaluator")
        running.account("ben", "evaluator")
        yield running
        worker = running.app.extensions.get("minyi_worker")
        if worker is not None:
            worker.stop()


def test_an_evaluator_estimates_reads_compares_and_proposes_and_another_approves(served):
    page = served.page("anna")
    for number in (3, 4):
        page.goto(f"{served.base}/console/surveys/wave1/estimates")
        page.get_by_role("button", name="重新估计并评分").click()
        page.wait_for_url("**/console/estimates/*", timeout=60_000)  # by way of the job's own page
        assert f"#{number}" in page.locator("h1").inner_text()
    assert page.locator("main > section, main section.part").first.get_attribute("id") == "certain"
    page.locator(".contents a", has_text="各项服务").click()
    page.get_by_text("图中的数值").nth(1).click()
    page.get_by_role("button", name="并排比较").click()
    assert "并排比较 #3 · #4" in page.locator("h1").inner_text()
    page.locator(".cards a", has_text="#4").click()
    page.fill("#sign-off textarea", "请审批")
    page.get_by_role("button", name="提出审批").click()
    assert page.locator("#sign-off").get_by_text("您是提出人").count() == 1
    assert page.get_by_role("button", name="批准", exact=True).count() == 0
    other = served.page("ben")
    other.goto(f"{served.base}/console/")
    other.locator("section", has_text="待审批的估计").get_by_role("link").first.click()
    other.get_by_role("button", name="批准", exact=True).click()  # without a word
    assert "请写明意见" in other.locator("[role=alert]").inner_text()
    other.locator("#sign-off textarea").first.fill("已逐表核对")
    other.get_by_role("button", name="批准", exact=True).click()
    assert other.locator(".tag.state-approved").inner_text() == "已批准"
    other.get_by_role("button", name="复算").click()
    other.wait_for_url("**/console/estimates/4", timeout=60_000)
    assert other.get_by_text("逐位相同").count() == 1
    page.context.close()
    other.context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_and_the_pages_fit_a_phone(served, language):
    page = served.page("anna", language, PHONE)
    for path in ("/console/estimates/1", "/console/estimates", "/console/estimates/compare?a=1&b=2"):
        page.goto(served.base + path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.context.close()


def test_the_jobs_page_works_without_script_and_is_clean(served):
    from survey_app.models import Job

    with served.app.app_context():
        waiting = Job(kind="estimate", arguments={"survey": 0}, by="anna", state="running", claim="x", done=3, of=10)
        waiting.step_zh, waiting.step_en = "正在汇总应答", "adding up"
        from datetime import UTC, datetime, timedelta

        waiting.lease_until = datetime.now(UTC) + timedelta(hours=1)
        db.session.add(waiting)
        db.session.commit()
        address = f"{served.base}/console/jobs/{waiting.id}"
    page = served.page("anna")
    page.goto(address)
    assert page.locator("progress").get_attribute("value") == "3"
    assert violations(page) == []
    assert 'http-equiv="refresh"' in page.content()
    page.get_by_role("button", name="停止").click()
    assert page.locator("[role=status]", has_text="已要求停止").count() == 1
    page.context.close()
