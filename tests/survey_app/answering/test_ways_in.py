"""Ways in and out in a real browser: an invitation used twice, a survey that closes meanwhile, an answer taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from survey_app.answering.open_sites import forget_sites
from survey_app.fieldwork.invitations import make
from survey_app.models import Response, Site, Survey, db
from tests.support.browser import PHONE, desk, fill, send, turn_to, violations
from tests.support.city import small_city, the_survey

pytestmark = pytest.mark.browser


def invitations() -> list[str]:
    """The codes of three, at a site whose own code admits too."""
    the_survey().open_codes_admit = True
    cards = make(db.session.scalars(select(Site).where(Site.code == "aaa2222")).one(), 3)
    db.session.commit()
    return [card.code for card in cards]


CARDS: list[str] = []


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("ways"), small_city) as running:
        with running.app.app_context():
            CARDS[:] = invitations()
        yield running


@pytest.fixture
def phone(served):
    page = served.page(size=PHONE)
    yield page
    page.context.close()


def stored(served, **where) -> int:
    with served.app.app_context():
        return db.session.scalar(select(func.count()).select_from(Response).filter_by(**where)) or 0


def test_a_second_person_with_the_same_invitation_is_told_kindly_and_stores_nothing(served, phone):
    phone.goto(f"{served.base}/i")
    phone.fill("input[name=code]", CARDS[0].lower())
    phone.click("main button[type=submit]")
    fill(phone)
    send(phone)
    phone.wait_for_url("**/receipt/**")
    before = stored(served)
    other = served.page(size=PHONE)
    other.goto(f"{served.base}/i/{CARDS[0]}")
    assert "已经用过" in other.inner_text("main")
    assert violations(other) == []
    assert stored(served) == before
    other.context.close()


def test_of_two_phones_that_opened_one_invitation_the_later_keeps_its_answers_and_is_told(served, phone):
    late = served.page(size=PHONE)
    for page in (phone, late):
        page.goto(f"{served.base}/i/{CARDS[1]}")
        fill(page)
    before = stored(served)
    send(phone)
    phone.wait_for_url("**/receipt/**")
    send(late)
    late.get_by_text("已经用过").first.wait_for()
    assert stored(served) == before + 1
    late.context.close()


def test_a_survey_that_closes_while_somebody_fills_it_in_says_so_and_is_a_page_of_its_own(served, phone):
    phone.goto(f"{served.base}/s/bbb3333")
    fill(phone)
    before = stored(served)
    set_state(served, "paused")
    send(phone)
    phone.locator("form[data-code]").wait_for(state="detached")
    assert violations(phone) == []
    assert stored(served) == before
    set_state(served, "open")
    phone.goto(f"{served.base}/s/bbb3333")
    turn_to(phone, "#send")
    assert phone.is_checked("input[name=overall][value='4']")  # the answers are still on the phone
    send(phone)
    phone.wait_for_url("**/receipt/**")
    assert stored(served) == before + 1


def test_a_citizen_takes_the_answer_back_from_the_receipt(served, phone):
    phone.goto(f"{served.base}/s/ccc4444?lang=en&size=large")
    fill(phone)
    send(phone)
    phone.wait_for_url("**/receipt/**")
    number, before = phone.inner_text("[data-receipt]"), stored(served)
    phone.click("form[action*='/erase'] button")
    assert number in phone.inner_text("main")
    assert stored(served) == before  # asked once before
    assert violations(phone) == []
    phone.goto(f"{served.base}/erase?lang=en")
    phone.fill("#number", "AAAA222233")
    phone.click("main button[type=submit]")
    assert phone.locator("[role=alert]").count() == 1
    phone.fill("#number", f"{number[:5].lower()} {number[5:]}")
    phone.click("main button[type=submit]")
    phone.click("main button[type=submit]")
    assert "deleted" in phone.inner_text("main")
    assert violations(phone) == []
    assert stored(served) == before - 1
    assert stored(served, receipt=number) == 0
    phone.goto(f"{served.base}/s/ccc4444?lang=en")
    assert "deleted" in phone.inner_text("main")  # the phone knows, and may answer once more
    assert violations(phone) == []
    phone.click("#anew")
    phone.click("#language")
    assert "again=1" in phone.url  # another language stays with it
    fill(phone)
    send(phone)
    phone.wait_for_url("**/receipt/**")
    assert stored(served) == before


def test_no_address_that_a_citizen_hands_on_shows_or_changes_the_answer(served, phone):
    phone.goto(f"{served.base}/s/bbb3333")
    fill(phone)
    while_answering, before = phone.url, stored(served)
    send(phone)
    phone.wait_for_url("**/receipt/**")
    number, receipt = phone.inner_text("[data-receipt]"), phone.url
    phone.goto(f"{served.base}/s/bbb3333")
    assert number in phone.inner_text("main")
    phone.click("#another")
    for address in (while_answering, receipt, phone.url):
        friend = served.page(size=PHONE)
        friend.goto(address)
        assert number not in friend.content()
        if address == receipt:
            friend.click("main a")
        assert friend.locator("form[data-code]").count() == 1
        assert friend.locator("input:checked").count() == 0
        friend.context.close()
    assert stored(served) == before + 1


def test_a_second_tab_with_other_answers_is_told_that_the_first_are_kept(served, phone):
    phone.goto(f"{served.base}/s/bbb3333?new=1")
    fill(phone)
    second = phone.context.new_page()
    second.goto(f"{served.base}/s/bbb3333?new=1")  # the same unfinished form, from the phone's storage
    send(phone)
    phone.wait_for_url("**/receipt/**")
    number, before = phone.inner_text("[data-receipt]"), stored(served)
    turn_to(second, "input[name=overall]")
    second.check("input[name=overall][value='1']")
    send(second)
    second.get_by_text("这次没有保存").first.wait_for()
    assert violations(second) == []
    assert stored(served) == before
    with served.app.app_context():
        assert db.session.scalars(select(Response).where(Response.receipt == number)).one().measure == 4


def set_state(served, state: str) -> None:
    with served.app.app_context():
        db.session.scalars(select(Survey)).one().state = state
        db.session.commit()
        forget_sites()
