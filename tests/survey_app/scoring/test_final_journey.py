"""A scorer's way in a real browser: from sign-in over gaps and their mending to a final run that two people settle."""

from __future__ import annotations

import pytest

from survey_app.ground import sign_off
from survey_app.models import db
from tests.support.browser import PHONE, desk, violations
from tests.support.city import small_city
from tests.support.scoring_city import area, estimate, fill, put

pytestmark = [pytest.mark.browser, pytest.mark.checks]


def city_ready_but_for_one_gap() -> None:
    survey = small_city()
    for name in ("某市", "甲县", "乙县"):
        fill(area(name), low=frozenset({1}) if name == "甲县" else frozenset())
    run = estimate(survey)
    sign_off.take_step(f"estimate:{run.id}", "proposed", "eva", "")
    sign_off.take_step(f"estimate:{run.id}", "approved", "erik", "核对无误")
    db.session.commit()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("desk"), city_ready_but_for_one_gap) as running:
        running.account("sana", "scorer")
        running.account("sven", "scorer")
        running.account("dora", "department", "甲县", "甲局")
        yield running


def raise_the_value(served) -> None:
    with served.app.app_context():
        from analysis.scoring import load_rulebook

        metric = load_rulebook("jining-2023-county").indicator(1).metrics[0].key
        put(area("甲县"), 1, metric, 1)
        db.session.remove()


def test_a_scorer_goes_from_a_gap_to_an_approved_final_run(served):
    sana, sven, dora = (served.page(name) for name in ("sana", "sven", "dora"))
    # the gap is taken on
    sana.click("nav.menu a:has-text('自评')")
    sana.click("main a:has-text('甲县')")
    for target in ("四星级(成长型)", ""):
        sana.select_option("select[name=target]", value=target)
        sana.click("#target button")
        assert ("提升后" in sana.inner_text("#target")) is bool(target)
        assert violations(sana) == []
    row = sana.locator("table.offers tr", has_text="政务服务事项在线运行情况")
    row.locator("input[name=take]").check()
    assert row.locator("[name^=department]").input_value() == "甲局"
    sana.click("button:has-text('列入整改')")
    assert "已列入整改" in sana.inner_text("main")
    assert violations(sana) == []
    # the department mends it and submits
    dora.click("nav.menu a:has-text('整改')")
    dora.click("main tbody a >> nth=1")
    dora.fill("textarea[name=text]", "已全部上线")
    dora.set_input_files("input[name=file]", {"name": "证明.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    dora.click("button:has-text('提交核验')")
    assert "待核验" in dora.inner_text("main")
    # the scorer sees it waiting at home, and closes it once the value has reached the tier
    sana.goto(served.base + "/console/")
    sana.click("section:has-text('等待您核验') li a")
    sana.click("button:has-text('销号')")
    assert "还没有达到" in sana.inner_text("[role=alert]")
    raise_the_value(served)
    sana.click("button:has-text('销号')")
    assert "已销号" in sana.inner_text("dl")
    with sana.expect_download() as file:
        sana.click("a:has-text('证明.pdf')")
    assert file.value.suggested_filename == "证明.pdf"
    # the final run, settled by two people
    sana.click("nav.menu a:has-text('最终评分')")
    assert "全部落实" in sana.inner_text("main")
    sana.click("button:has-text('作最终评分')")
    sana.click("button:has-text('提交审批')")
    assert sana.locator("button[value=approved]").count() == 0
    assert violations(sana) == []
    sven.goto(served.base + "/console/")
    sven.click("section:has-text('等待您审批') li a")
    sven.fill("textarea[name=comment]", "同意")
    sven.click("button[value=approved]")
    assert "现行结果，已由两人批准" in sven.inner_text("main")
    for page in (sana, sven, dora):
        page.context.close()


def test_the_pages_fit_a_phone_and_are_clean_in_english(served):
    page = served.page("sana", "en", PHONE)
    for path in (
        "/console/assessment",
        "/console/assessment/11",
        "/console/rectification",
        "/console/final",
        "/console/scores",
    ):
        page.goto(served.base + path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    page.context.close()
