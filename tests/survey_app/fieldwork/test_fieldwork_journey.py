"""A manager's day in the browser: draw invitations, print, key a form twice, settle it, see the count rise."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from survey_app.answering import form_counts
from survey_app.models import FormCount, Survey, db
from tests.support.browser import PHONE, desk, violations
from tests.support.city import listed_number, small_city, tablet
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.checks]
FIELDWORK = "/console/surveys/wave1/fieldwork"
PAGES = (
    FIELDWORK, f"{FIELDWORK}/invitations", f"{FIELDWORK}/paper", f"{FIELDWORK}/devices", f"{FIELDWORK}/import",
    f"{FIELDWORK}/answers",
    "/console/sites/aaa2222/work",
)  # fmt: skip
KEYED = {"home": "1", "age": "3", "overall": "4", "sex": "2"}


def prepare() -> None:
    survey = small_city(opens_at=datetime.now(UTC) - timedelta(days=4), double_entry=True)
    assert survey.double_entry
    listed_number("bbb3333")
    tablet()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("desk"), prepare) as running:
        running.account("wang", "manager")
        running.account("li", "manager", "甲县")
        yield running


def key(page, base: str, number: str, **changes: str) -> None:
    page.goto(f"{base}{FIELDWORK}/paper")
    page.fill("input[name=number]", number)
    page.keyboard.press("Enter")
    page.locator("[name=home]").focus()
    for name, value in (KEYED | changes).items():
        page.fill(f"[name={name}]", value)
    page.keyboard.press("Enter")  # leads to the next field and sends nothing
    assert page.url.endswith(number)
    page.click("main form button")


def test_a_manager_draws_prints_keys_twice_settles_and_sees_the_count_rise(served, tmp_path):
    wang, li = served.page("wang"), served.page("li")
    wang.goto(served.base + FIELDWORK)
    assert wang.locator(".big").first.inner_text().startswith("0")
    wang.goto(f"{served.base}/console/sites/aaa2222/work")
    wang.fill("input[name=number]", "9")
    wang.locator("select[name=ending]").first.select_option("pdf")
    with wang.expect_download() as download:
        wang.get_by_role("button", name="生成", exact=True).click()
    cards = tmp_path / "cards.pdf"
    download.value.save_as(cards)
    assert len(re.findall(rb"/Type\s*/Page\b", Path(cards).read_bytes())) == 2  # eight to a page
    wang.reload()
    number = wang.locator("[data-sheet] tbody th").first.inner_text()
    key(wang, served.base, number)
    assert "等另一人录第二遍" in wang.inner_text(".flash")
    key(li, served.base, number, overall="2")
    assert li.locator("h1").inner_text().endswith("核对差异")
    li.get_by_role("radio", name="4 比较满意").check()
    li.click("text=确定并成为应答")
    assert "已成为一份应答" in li.inner_text(".flash")
    wang.goto(served.base + FIELDWORK)
    assert wang.locator(".big").first.inner_text().startswith("1")
    wang.context.close()
    li.context.close()


def test_outcomes_are_typed_down_a_column_with_the_keyboard(served):
    with served.app.app_context():
        listed_number()
    page = served.page("wang")
    page.goto(f"{served.base}/console/sites/bbb3333/work")
    page.locator("[name^=outcome-]").first.focus()
    page.keyboard.type("2.24")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="保存访问结果").click()
    assert "1 人的访问结果" in page.inner_text(".flash")
    assert "2.24 无人在家" in page.inner_text("[data-sheet]")
    page.context.close()


def test_the_page_refreshes_itself_and_leaves_what_is_in_use_alone(served):
    page = served.page("wang")
    page.clock.install()
    page.goto(served.base + FIELDWORK)
    with served.app.app_context():
        db.session.query(Survey).one().state = "paused"
        db.session.commit()
    page.fill("[data-part=counties] [data-filter]", "甲")
    page.locator("h1").click()
    page.clock.run_for(31_000)
    page.locator("[data-part=head]", has_text="已暂停").wait_for()
    assert page.input_value("[data-part=counties] [data-filter]") == "甲"
    with served.app.app_context():
        db.session.query(Survey).one().state = "open"
        db.session.commit()
    page.route("**/fieldwork?part=1", lambda route: route.abort())
    page.clock.run_for(31_000)
    page.wait_for_selector("#late:not([hidden])")
    page.context.close()


def test_a_form_left_unsent_is_counted_at_its_last_question_and_once(served):
    page = served.page()
    page.goto(f"{served.base}/s/ccc4444")
    page.select_option("select[name=home]", index=1)
    page.check("[name=age][value='30-44']")
    page.click("#next")
    page.check("[name=overall][value='4']")
    page.goto(f"{served.base}/healthz")

    def counted() -> dict[tuple[str, str], int]:
        with served.app.app_context():
            form_counts.write()
            found = {(row.event, row.question): row.number for row in db.session.query(FormCount)}
        return found if ("left", "overall") in found else {}

    found = until(counted, "the count of a form left unsent")
    assert found["left", "overall"] == 1
    assert found["opened", ""] == 1
    page.context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_on_the_pages_of_the_fieldwork(served, language):
    page = served.page("wang", language)
    with served.app.app_context():
        number = listed_number("bbb3333")
    for path in (*PAGES, f"{FIELDWORK}/paper/{number}"):
        page.goto(served.base + path)
        assert violations(page) == [], path
    page.context.close()


def test_the_pages_fit_a_phone(served):
    page = served.page("wang", size=PHONE)
    for path in PAGES:
        page.goto(served.base + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    page.context.close()
