"""Single responses, flags and codes in a real browser: an evaluator's and a manager's way, and nothing for axe-core."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.models import Response, Site, db
from survey_app.responses.flags import flag_responses
from tests.support.browser import PHONE, desk, violations
from tests.support.city import FORM, small_city

pytestmark = pytest.mark.browser


def prepared() -> None:
    survey = small_city()
    view = open_site(db.session.scalars(select(Site).where(Site.code == "aaa2222")).one())
    moment = datetime.now(UTC)
    for place in range(8):
        begun = moment - timedelta(seconds=3 if place == 0 else 150)
        submit(view, FORM, secrets.token_hex(8), "zh", begun, finished_at=moment)
    flag_responses(survey)
    db.session.commit()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("desk"), prepared) as running:
        running.account("mia", "manager")
        running.account("eva", "evaluator")
        yield running


def test_an_evaluator_reads_a_hurried_answer_and_lifts_its_flag_with_a_reason(served):
    page = served.page("eva")
    page.goto(f"{served.base}/console/surveys/wave1/flags/process?flag=too_fast")
    page.click("tbody th a")
    assert "作答过快" in page.inner_text("main")
    page.fill("#reason", "电话核实，确为本人")
    page.click("text=解除标记")
    page.wait_for_selector(".flash.ok")
    assert "电话核实，确为本人" in page.inner_text("main")
    page.fill("#reason", "仍有疑问")
    page.click("text=标记这份应答")
    page.wait_for_selector(".flash.ok")
    page.goto(f"{served.base}/console/surveys/wave1/flags?kind=person&standing=yes")
    page.check("input[name=response]")
    page.fill("#reason", "复核后解除")
    page.click("text=解除勾选的标记")
    page.wait_for_selector("text=已解除1份应答的标记")
    with served.app.app_context():
        assert not db.session.scalars(select(Response).order_by(Response.id)).first().flagged
    page.context.close()


def test_a_manager_gives_a_site_a_new_code_and_the_old_poster_tells_a_phone_where_to_go(served):
    page = served.page("mia")
    page.goto(f"{served.base}/console/surveys/wave1/access")
    page.click("text=乙县一号点")
    page.fill("#reason", "旧码被转发")
    page.click("text=换一个新二维码")
    page.wait_for_selector(".flash.ok")
    code = page.inner_text("dd code >> nth=0")
    phone = served.browser.new_context(viewport=PHONE).new_page()
    phone.goto(f"{served.base}/s/bbb3333")
    assert "请扫描现场新张贴的二维码" in phone.inner_text("main")
    assert violations(phone) == []
    phone.goto(f"{served.base}/s/{code}")
    assert phone.query_selector("input[name=token]") is not None
    phone.context.close()
    page.context.close()


@pytest.mark.checks
@pytest.mark.parametrize(("language", "size"), [("zh", None), ("en", PHONE)])
def test_axe_finds_nothing_and_the_pages_fit(served, language, size):
    page = served.page("mia", language, size)
    for path in (
        "surveys/wave1/responses", "process/2", "nowhere", "surveys/wave1/flags/process", "surveys/wave1/flags", "surveys/wave1/access", "sites/aaa2222/access"
    ):  # fmt: skip
        page.goto(f"{served.base}/console/{path}")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], path
    page.context.close()
