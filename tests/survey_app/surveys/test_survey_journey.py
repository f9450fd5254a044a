"""A manager's way, in a real browser, from an empty installation to an open survey whose code admits an answer."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
import zxingcpp
from PIL import Image, ImageFilter

from survey_app.models import db
from tests.support.browser import PHONE, desk, fill, violations
from tests.support.stored import empty

pytestmark = [pytest.mark.browser, pytest.mark.checks]
AREAS = "编码,名称,英文名,上级,常住人口\n1,某市,Mou,,300000\n11,甲县,Jia,1,200000\n11-Z,甲县新区,Zone,11,50000\n12,乙县,Yi,1,100000\n"
SITES = "site,county,size,inclusion_probability,base_weight,target\n" + "".join(
    f"{area}{number}社区,{area},2000,0.05,2000,20\n" for area in ("甲县", "甲县新区", "乙县") for number in (1, 2)
)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("desk"), empty) as running:
        running.account("mia", "manager")
        yield running


def upload(page, button: str, name: str, text: str) -> None:
    """Choose a file made of `text` in the form of `button`, and send it."""
    form = page.locator("form", has=page.get_by_role("button", name=button))
    form.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    form.get_by_role("button", name=button).click()


def test_a_manager_goes_from_an_empty_installation_to_an_answer(served):
    page = served.page("mia")
    page.goto(served.base + "/console/")
    page.get_by_role("link", name="新建调查").click()
    page.fill("#title", "某市2027年市民体验调查")
    page.fill("#code", "mou-2027")
    page.select_option("#city", "new")
    page.fill("#city_name", "某市")
    page.fill("#city_code", "1")
    page.fill("#opens_at", "2020-01-01T09:00")
    page.fill("#closes_at", "2099-01-01T18:00")
    assert page.locator("fieldset", has_text="答题人怎样请到").get_by_role("radio").count() == 3
    page.get_by_label("只张贴海报").check()  # the one tick; its sentence stands there
    page.get_by_role("button", name="建立草稿").click()
    page.wait_for_url("**/surveys/mou-2027")
    assert page.locator(".steps .todo").count() == 2  # areas, sites

    page.locator(".steps").get_by_role("link", name="地区").click()
    upload(page, "查看将有的变化", "areas.csv", AREAS.replace("200000", "many"))
    assert "请填数字" in page.locator("main").inner_text()
    assert "F 常住人口" not in page.locator("main").inner_text()  # the column stands where it does in this file
    assert "E 常住人口" in page.locator("main").inner_text()
    upload(page, "重新上传", "areas.csv", AREAS)
    page.get_by_role("button", name="确认导入").click()
    assert "甲县新区" in page.locator("#table-areas").inner_text()

    page.goto(served.base + "/console/surveys/mou-2027/sites")
    upload(page, "查看将有的变化", "drawn.csv", SITES)
    page.get_by_role("button", name="确认导入").click()
    assert "行数 6" in page.locator("main").inner_text()

    page.goto(served.base + "/console/surveys/mou-2027/plan")
    with page.expect_download() as template:
        page.locator("section", has_text="人口结构").get_by_role("link", name="CSV").first.click()
    blank = list(csv.reader(io.StringIO(template.value.path().read_text(encoding="utf-8-sig"))))
    parts = {"居住地": 3, "性别": 2, "年龄": 4}
    filled = "\n".join(
        [",".join(blank[0]), *(f"{name},{level},{240000 // parts[name]}" for name, level, _ in blank[1:])]
    )
    upload(page, "查看将有的变化", "margins.csv", filled)
    page.get_by_role("button", name="确认导入").click()
    page.locator("fieldset", has_text="校准方法").get_by_label("raking").check()
    page.get_by_role("button", name="保存为计划").click()
    assert "计划已保存" in page.locator("main").inner_text()

    page.goto(served.base + "/console/surveys/mou-2027")
    page.get_by_role("link", name="检查并锁定").click()
    page.get_by_role("button", name="锁定计划").click()
    page.get_by_role("link", name="检查并开放").click()
    assert violations(page) == []
    page.get_by_role("button", name="开放").click()
    assert "请先处理下列各项" in page.locator("main").inner_text()  # the warnings were not accepted
    page.get_by_label("我已知悉以上各项").check()
    page.get_by_role("button", name="开放").click()
    assert "进行中" in page.locator("main").inner_text()

    with served.app.app_context():
        from sqlalchemy import select

        from survey_app.models import Site

        code = db.session.scalars(select(Site.code).order_by(Site.id)).first()
        db.session.remove()
    phone = served.browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
    phone.goto(f"{served.base}/s/{code}")
    fill(phone)
    phone.get_by_role("button", name="提交").click()
    phone.wait_for_selector("[data-receipt]")
    phone.context.close()
    page.goto(served.base + "/console/surveys/mou-2027")
    assert "1 / 120" in page.locator("main").inner_text()
    page.context.close()


def test_the_printed_page_is_read_at_print_resolution_and_from_a_poor_photograph(served):
    context = served.browser.new_context(viewport={"width": 794, "height": 1123}, device_scale_factor=200 / 96)  # A4
    context.add_cookies(served.page("mia").context.cookies())
    page = context.new_page()
    page.goto(served.base + "/console/surveys/mou-2027/posters/print")
    page.emulate_media(media="print")
    sheets = page.locator("article")
    assert sheets.count() == 6
    picture = Image.open(io.BytesIO(sheets.first.screenshot())).convert("RGB")
    address = sheets.first.locator(".url").inner_text()
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [address]
    small = picture.resize((picture.width * 3 // 8, picture.height * 3 // 8))
    photograph = small.rotate(9, expand=True, fillcolor="#8a8a80").filter(ImageFilter.GaussianBlur(1.2))
    assert [found.text for found in zxingcpp.read_barcodes(photograph)] == [address]
    for words in ("某市2027年市民体验调查", "甲县1社区", "2020-01-01", "2099-01-01"):
        assert words in sheets.first.inner_text()
    context.close()


def test_all_posters_are_drawn_in_the_background_and_taken_as_one_file(served):
    page = served.page("mia")
    page.goto(served.base + "/console/surveys/mou-2027/posters")
    page.get_by_role("button", name="制作全部海报").click()
    page.wait_for_url("**/surveys/mou-2027/posters", timeout=20_000)
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载").click()
    with zipfile.ZipFile(taken.value.path()) as archive:
        assert len(archive.namelist()) == 6
        assert all(archive.read(name).startswith(b"%PDF") for name in archive.namelist())
    page.context.close()


PAGES = (
    "/surveys", "/surveys/new", "/surveys/mou-2027", "/surveys/mou-2027/plan", "/surveys/mou-2027/sites",
    "/surveys/mou-2027/check", "/surveys/mou-2027/posters", "/questionnaires", "/questionnaires/1",
)  # fmt: skip


def test_axe_finds_nothing_on_the_pages_of_a_survey_and_they_fit_a_phone(served):
    for language, pages in (("zh", PAGES), ("en", ("/surveys/new", "/surveys/mou-2027/plan"))):
        page = served.page("mia", language, PHONE)
        for path in pages:
            page.goto(served.base + "/console" + path)
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        page.context.close()
