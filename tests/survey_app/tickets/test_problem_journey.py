"""The whole way of a problem in real browsers: from a phone to the department, back to the phone, and to everybody."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlalchemy import func, select

from survey_app.models import StoredFile, Ticket, db
from tests.support.browser import PHONE, desk, violations
from tests.support.city import small_city
from tests.survey_app.tickets.test_problems import with_place_and_turn

pytestmark = [pytest.mark.browser, pytest.mark.checks]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("problems"), small_city) as running:
        running.account("lili", "department", "", "市公安局")
        running.account("wang", "manager")
        yield running


def fill(page, text: str, photo: bytes = b"") -> None:
    page.select_option("#field", "traffic")
    page.select_option("#area", index=1)
    page.fill("#text", text)
    if photo:
        page.set_input_files("#photo", [{"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": photo}])


def test_a_problem_goes_from_a_phone_to_the_department_and_back_and_to_everybody(served):
    phone = served.page(size=PHONE)
    phone.goto(f"{served.base}/p/1")
    fill(phone, "路口的红绿灯坏了", with_place_and_turn())
    phone.click("form[data-report] button[type=submit]")
    phone.wait_for_url("**/q/**")
    status = phone.url.split("?")[0]
    with served.app.app_context():
        ticket = db.session.scalars(select(Ticket)).one().id
        body = db.session.scalars(select(StoredFile)).one().body
    assert not Image.open(io.BytesIO(body)).getexif()
    assert b"SecretCamera" not in body

    clerk = served.page("lili")
    assert "待答复 1 件" in clerk.inner_text("main")
    clerk.goto(f"{served.base}/console/tickets")
    clerk.click(f"a[href$='/tickets/{ticket}']")
    clerk.locator(".photos img").scroll_into_view_if_needed()
    photo = clerk.locator(".photos img").first
    photo.wait_for()
    assert photo.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    clerk.select_option("#step", "close")
    clerk.fill("textarea#text", "今天上午已修好")
    with clerk.expect_response(lambda reply: reply.url.endswith("/draft")) as kept:
        pass
    assert kept.value.status == 204
    clerk.reload()
    assert clerk.input_value("textarea#text") == "今天上午已修好"
    clerk.select_option("#step", "close")
    clerk.click("form[data-draft] button:not(.second)")
    clerk.wait_for_selector(".flash.ok, .flash")
    clerk.fill("#problem", "人民路口红绿灯故障")
    clerk.fill("#reply", "已修好")
    clerk.click("form[action$=publication] button")
    clerk.wait_for_selector("text=等待审核")

    phone.goto(status)
    assert "今天上午已修好" in phone.inner_text("main")
    phone.check("input[name=value][value='5']")
    phone.click("#q-rate button")
    phone.wait_for_selector("text=已收到您的评价")
    assert phone.query_selector("#q-rate") is None

    manager = served.page("wang")
    manager.goto(f"{served.base}/console/tickets/{ticket}")
    manager.select_option("form[action$=decision] #step", "approved")
    manager.fill("#comment", "可以公开")
    manager.click("form[action$=decision] button")
    manager.wait_for_selector("text=已公开")
    phone.goto(f"{served.base}/problems")
    assert "人民路口红绿灯故障" in phone.inner_text("main")
    for page in (phone, clerk, manager):
        page.context.close()


def test_two_quick_taps_make_one_ticket_and_a_reload_none(served):
    with served.app.app_context():
        before = db.session.scalar(select(func.count(Ticket.id)))
    phone = served.page(size=PHONE)
    phone.goto(f"{served.base}/p/1")
    fill(phone, "井盖松动，夜里很响")
    phone.dblclick("form[data-report] button[type=submit]")
    phone.wait_for_url("**/q/**")
    phone.reload()
    phone.go_back()
    assert phone.input_value("#text") == ""  # a new form, so that going on would be a new problem
    with served.app.app_context():
        assert db.session.scalar(select(func.count(Ticket.id))) == before + 1
    phone.context.close()


def test_a_report_whose_answer_was_lost_is_sent_again_and_stays_one_ticket(served):
    with served.app.app_context():
        before = db.session.scalar(select(func.count(Ticket.id)))
    phone = served.page(size=PHONE)
    phone.goto(f"{served.base}/p/1")
    fill(phone, "路灯白天也亮着")
    reached = []

    def lose(route):
        """The report arrives; the answer does not."""
        if route.request.method == "POST" and not reached:
            route.fetch(max_redirects=0)
            reached.append(True)
            route.abort()
        else:
            route.continue_()

    phone.route("**/p/1*", lose)
    with phone.expect_event("requestfailed"):
        phone.click("form[data-report] button[type=submit]")
    phone.wait_for_url("chrome-error://**")  # the browser's own page says that nothing came
    phone.goto(f"{served.base}/p/1")
    assert phone.input_value("#text") == "路灯白天也亮着"
    phone.click("form[data-report] button[type=submit]")
    phone.wait_for_url("**/q/**")
    assert reached
    with served.app.app_context():
        assert db.session.scalar(select(func.count(Ticket.id))) == before + 1
    phone.goto(f"{served.base}/p/1")
    assert phone.input_value("#text") == ""
    phone.context.close()


def test_without_script_a_problem_with_a_photo_is_reported_and_a_mistake_keeps_the_words(served):
    context = served.browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served.base}/p/1?lang=en")
    page.fill("#text", "The sign is broken")
    page.click("form[data-report] button[type=submit]")
    assert page.input_value("#text") == "The sign is broken"
    assert page.query_selector("#summary") is not None
    fill(page, "The sign is broken", with_place_and_turn())
    page.click("form[data-report] button[type=submit]")
    page.wait_for_url("**/q/**")
    assert "We have received your problem" in page.content()
    context.close()


@pytest.mark.parametrize("choice", ["lang=zh", "lang=en&size=large"])
def test_axe_finds_nothing_on_a_citizens_pages_and_they_fit_a_small_phone(served, choice):
    phone = served.page(size=PHONE)
    phone.goto(f"{served.base}/p/1?{choice}")
    phone.click("form[data-report] button[type=submit]")
    phone.wait_for_selector("#summary")
    seen = [("wrong", violations(phone))]
    fill(phone, "路口的红绿灯又坏了，请看看")
    phone.click("form[data-report] button[type=submit]")
    phone.wait_for_url("**/q/**")
    for address in (
        phone.url,
        f"{served.base}/p/1?{choice}",
        f"{served.base}/q?{choice}",
        f"{served.base}/problems?{choice}",
    ):
        phone.goto(address)
        seen.append((address, violations(phone)))
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
        small = phone.evaluate(
            """least => [...document.querySelectorAll('main button, main select, main input:not([type=hidden]):not([type=radio]), summary, main a')]
            .filter(e => e.offsetParent && !e.closest('.away') && e.getBoundingClientRect().height < least - 0.5)
            .map(e => e.outerHTML.slice(0, 90))""",
            60 if "large" in choice else 44,
        )
        assert small == [], address
    assert [entry for entry in seen if entry[1]] == []
    phone.context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_on_the_offices_pages_and_they_fit_a_phone(served, language):
    page = served.page("wang", language, PHONE)
    with served.app.app_context():
        ticket = db.session.scalar(select(func.min(Ticket.id)))
    for path in (
        "/console/",
        "/console/tickets?state=all",
        f"/console/tickets/{ticket}",
        "/console/ticket-figures?by=field&by=month",
    ):
        page.goto(served.base + path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    page.context.close()
