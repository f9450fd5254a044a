"""'Save and continue later' on a phone: its address is shown, and leads by its button to the page where one stopped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from survey_app.answering.definitions import store_version
from tests.support.browser import PHONE, Desk, desk, violations
from tests.support.city import small_city

PLAN = "measure: {question: measure, satisfied: [5], scale: [1, 5]}\ndesign: {strata: stratum, psu: psu}\n"
HEAD = """
id: long-form
version: "1"
title: {zh: "长问卷", en: "A long form"}
organiser: {zh: "测试", en: "Test"}
consent: {version: "1", text: {zh: "自愿参加。", en: "Voluntary."}}
columns: {measure: q1}
screened_out: {zh: "谢谢！", en: "Thank you!"}
thanks: {zh: "感谢参与！", en: "Thanks for taking part!"}
sections:
"""
PAGES, EACH = 3, 9  # 27 questions: more than 25 are kept on the server


def long_form() -> str:
    lines = [HEAD]
    for page in range(PAGES):
        lines.append(f'  - title: {{zh: "第{page + 1}部分", en: "Part {page + 1}"}}\n    page: true\n    questions:\n')
        for number in range(page * EACH + 1, (page + 1) * EACH + 1):
            options = '[{code: "5", text: {zh: "好", en: "Good"}}, {code: "1", text: {zh: "差", en: "Bad"}}]'
            asked = f'{{zh: "第{number}问", en: "Question {number}"}}'
            lines.append(f"      - {{key: q{number}, type: scale, text: {asked}, options: {options}}}\n")
    return "".join(lines)


def long_city() -> None:
    small_city(questionnaire=store_version(long_form(), "long-form"), plan=PLAN)


@pytest.fixture(scope="module")
def open_desk(tmp_path_factory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("later"), long_city) as made:
        yield made


@pytest.mark.browser
def test_the_address_of_continue_later_is_shown_and_leads_to_the_page_where_one_stopped(open_desk):
    page = open_desk.page(size=PHONE)
    page.goto(f"{open_desk.base}/s/aaa2222")
    page.check("input[name=q1][value='5']")
    page.click("text=下一页")
    page.check("input[name=q10][value='1']")
    page.click("text=下一页")  # nothing is answered on the third page
    page.click("#later")
    page.wait_for_selector("#resume-link")
    address = page.inner_text("#resume-link")
    assert address.startswith(f"{open_desk.base}/s/aaa2222/r/")
    assert address == page.get_attribute("#copy", "data-copy") == page.get_attribute("#resume-link", "href")
    assert page.locator(".qr svg").is_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    another = open_desk.page(size=PHONE)  # a phone that knows nothing of the first
    another.goto(address)
    assert another.locator("input[name=q1]").count() == 0  # opening it shows no answer
    assert violations(another) == []
    another.click("button[type=submit]")
    another.wait_for_selector("#q-q19")
    assert another.locator("#q-q19").is_visible()
    assert another.locator("#q-q10").is_hidden()
    another.click("text=上一页")
    assert another.locator("input[name=q10][value='1']").is_visible()
    assert another.is_checked("input[name=q10][value='1']")
    assert another.locator("#q-q1").is_hidden()
    another.click("text=上一页")
    assert another.is_checked("input[name=q1][value='5']")
    another.click("text=下一页")
    another.click("text=下一页")
    another.check("input[name=q27][value='5']")
    another.click("#send")
    another.wait_for_url("**/receipt/**")

    page.goto(address)  # and ends with the submission
    assert "这份回答已经提交" in page.inner_text("main")
    page.context.close()
    another.context.close()
