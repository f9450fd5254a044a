"""A department's whole way in a real browser: from signing in to accepted, with a return on the way."""

from __future__ import annotations

import pytest

from tests.support.browser import PHONE, desk, violations
from tests.support.city import small_city
from tests.support.indicators import PDF, led_by, with_evidence, with_imports

pytestmark = [pytest.mark.browser, pytest.mark.checks]


def prepare() -> None:
    small_city()
    led_by("甲县", "1", "行政审批局")
    led_by("甲县", "3", "行政审批局", "大数据局")
    led_by("甲县", "4", "行政审批局")
    led_by("甲县", "36", "行政审批局")
    with_evidence("11", "3")
    with_imports("11", by="anna")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("values"), prepare) as running:
        running.account("anna", "administrator")
        running.account("dept", "department", "甲县", "行政审批局")
        running.account("vera", "scorer", "甲县")
        yield running


def test_a_department_submits_is_sent_back_corrects_and_is_accepted(served, tmp_path):
    (tmp_path / "证明.pdf").write_bytes(PDF)
    dept, vera = served.page("dept"), served.page("vera")
    dept.click("text=指标填报")
    dept.click("text=政务服务事项在线运行情况")
    dept.fill("input[name='online:numerator']", "900")
    dept.fill("input[name='online:denominator']", "800")
    dept.click("text=保存并提交核验")
    assert "分子900大于分母800" in dept.inner_text("[role=alert]")
    assert dept.input_value("input[name='online:numerator']") == "900"
    dept.fill("input[name='online:denominator']", "1000")
    dept.click("text=保存草稿")
    assert "★★★★" in dept.inner_text("main")
    dept.set_input_files("input[name=files]", tmp_path / "证明.pdf")
    dept.click("text=上传")
    assert "证明.pdf" in dept.inner_text("#evidence")
    dept.click("text=保存并提交核验")
    assert "等待核验" in dept.inner_text(".flash")

    vera.goto(served.base + "/console/verification")
    vera.click("text=政务服务事项在线运行情况")
    vera.fill("#comment", "请附计算过程")
    vera.click("button[value=return]")

    dept.goto(served.base + "/console/")
    dept.click("text=被退回")
    dept.click("text=政务服务事项在线运行情况")
    assert "请附计算过程" in dept.inner_text("main")
    dept.fill("input[name='online:numerator']", "960")
    dept.fill("#note", "见附件第2页")
    dept.click("text=保存并提交核验")

    vera.goto(served.base + "/console/verification")
    vera.check("input[name=chosen]")
    vera.click("text=通过所选")
    assert "已处理1项" in vera.inner_text(".flash")
    dept.reload()
    assert "已核验" in dept.inner_text("main")
    assert "960/1000 = 96%" in dept.inner_text("main")
    dept.context.close()
    vera.context.close()


def test_the_page_says_how_it_reads_a_number_and_asks_where_it_can_be_read_in_two_ways(served):
    page = served.page("dept", size=PHONE)
    page.goto(served.base + "/console/values/2023/11/4")
    page.fill("input[name='difference:value']", "95")
    page.locator("#m-difference [data-says]", has_text="95%写成95%或0.95").wait_for()
    page.fill("input[name='difference:value']", "3 5％")
    page.locator("#m-difference [data-says]", has_text="请填数字").wait_for()
    page.fill("input[name='difference:value']", "３５％")
    page.locator("#m-difference [data-says]", has_text="读作：35%").wait_for()
    page.fill("input[name='difference:value']", "0.35")
    page.click("text=保存草稿")
    assert violations(page) == []
    page.check("input[name='difference:reading'][value='35%']")
    page.click("text=保存草稿")
    assert "35%" in page.inner_text("#m-difference .stored")
    page.goto(served.base + "/console/values/2023/11/36")
    page.fill("input[name='deducted_points:value']", "350")
    page.click("text=保存草稿")
    page.fill("input[name='deducted_points:confirmed']", "通报原文如此")
    page.click("text=保存草稿")
    assert "350分 (已确认:通报原文如此)" in page.inner_text("#m-deducted_points .stored")
    page.context.close()


PAGES = (
    "/console/values", "/console/values/2023/11/3", "/console/values/2023/11/3/history", "/console/values/overdue",
    "/console/values/import", "/console/values/imports/1", "/console/verification", "/console/periods",
    "/console/scorecards/11", "/console/assignments", "/console/assignments/11", "/console/assignments/11/imports/2",
)  # fmt: skip


@pytest.mark.parametrize(("language", "pages"), [("zh", PAGES), ("en", PAGES[1:12:5])])
def test_axe_finds_nothing_on_the_workbench_in_either_language(served, language, pages):
    page = served.page("anna", language)
    for path in pages:
        assert page.goto(served.base + path).status == 200, path
        assert violations(page) == [], path
    page.context.close()


def test_the_workbench_fits_a_phone(served):
    page = served.page("anna", size=PHONE)
    for path in PAGES:
        page.goto(served.base + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    page.context.close()
