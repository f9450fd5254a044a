"""An interviewer's tablet in a real browser: without a network, killed, full, wrong in its clock; nothing lost or doubled."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from survey_app.answering.open_sites import forget_sites
from survey_app.fieldwork.tablets.contacts import add_contacts
from survey_app.models import DeviceLink, db
from tests.support.browser import desk, violations
from tests.support.city import listed_number, small_city, the_survey
from tests.support.tablet import FILL_UP, SERVICE_NAME, tablet_of
from tests.support.waiting import until

pytestmark = pytest.mark.browser
AGES = ("16-29", "30-44", "45-59", "60+")


@pytest.fixture
def tablet(tmp_path):
    with desk(tmp_path, small_city) as running, tablet_of(running, tmp_path / "tablet") as made:
        yield made


def test_without_a_network_interviews_are_held_encrypted_and_each_is_sent_once_and_then_wiped(tablet):
    page = tablet.start()
    assert "全部已发出" in page.inner_text("#tablet-lock")
    page.fill("#tablet-pin", "000000" if tablet.pin != "000000" else "111111")
    page.click("#tablet-lock button")
    page.wait_for_selector("#tablet-wrong:not(:empty)")
    tablet.unlock()
    assert "200" in page.inner_text("#tablet-room")
    tablet.context.set_offline(True)
    page.reload()
    tablet.unlock()
    for age in AGES[:2]:
        tablet.fill(age)
        tablet.hand_over()
    assert "还有 2 份没有发出" in page.inner_text("#tablet-list .unsent")
    assert tablet.states() == ["waiting", "waiting"]
    assert not any("意见" in one["plain"] or "30-44" in one["plain"] for one in tablet.held())
    assert tablet.stored() == []
    tablet.context.set_offline(False)
    tablet.until_sent(2)
    assert not any(one["sealed"] for one in tablet.held()), "nothing of what was said stays"
    assert sorted(one.answers["age"] for one in tablet.stored()) == sorted(AGES[:2])
    assert all(one.started_at <= one.finished_at for one in tablet.stored())
    assert violations(page) == []
    with tablet.desk.app.app_context():
        until(lambda: _fresh(tablet.number).unsent == 0, "the report that nothing is left")


def _fresh(number: int) -> DeviceLink:
    db.session.rollback()
    return db.session.get_one(DeviceLink, number)


@pytest.mark.checks
def test_with_a_network_the_person_sees_the_receipt_and_what_is_open_is_said_before(tablet):
    page = tablet.start()
    tablet.unlock()
    page.click("#tablet-begin button")
    form = page.frame_locator("#tablet-frame")
    form.locator("#next").click()
    assert form.locator("#summary li").count() == 2
    form.locator("#leave").click()
    page.click("#tablet-rows button:has-text('继续')")
    form.locator("#leave").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("#tablet-rows button:has-text('删除')")
    until(lambda: tablet.states() == [], "the unfinished one gone")
    tablet.fill()
    number = form.locator("[data-receipt]").get_attribute("data-receipt")
    assert [one.receipt for one in tablet.stored()] == [number]


@pytest.mark.checks
def test_a_browser_killed_in_mid_interview_goes_on_where_it_was(tablet):
    tablet.start()
    tablet.unlock()
    tablet.context.set_offline(True)
    tablet.fill("45-59")
    tablet.hand_over()
    tablet.fill("60+", send=False)
    until(lambda: tablet.states() == ["open", "waiting"], "both on the tablet")
    tablet.page.evaluate("() => window.minyiShell.written()")
    tablet.kill()
    page = tablet.start()
    assert "还有 1 份没有发出" in page.inner_text("#tablet-lock")
    tablet.unlock()
    tablet.until_sent(1)
    page.click("#tablet-rows button:has-text('继续')")
    form = page.frame_locator("#tablet-frame")
    assert form.locator("[name=age][value='60+']").is_checked()
    assert form.locator("[name=comment]").input_value() == "意见 60+"
    tablet.turn_to("#send").click()
    tablet.until_sent(2)
    assert sorted(one.answers["age"] for one in tablet.stored()) == ["45-59", "60+"]


@pytest.mark.parametrize("switches", [8, pytest.param(200, marks=pytest.mark.release)])
def test_a_network_that_comes_and_goes_and_loses_replies_loses_and_doubles_nothing(tablet, switches):
    page, choice, lost = tablet.start(), random.Random(7), []
    tablet.unlock()

    def answer(route):  # now and then the server has stored it and the reply is lost
        if route.request.method == "POST" and "/-" in route.request.url and choice.random() < 0.4:
            try:
                route.fetch()
                lost.append(route.request.url)
            finally:
                with suppress(Exception):  # the network went, and the browser had given it up already
                    route.abort()
        else:
            route.continue_()

    page.route("**/t/**", answer)
    expected = []
    for turn in range(switches):
        tablet.context.set_offline(turn % 2 == 0)
        if turn % 4 == 0:
            expected.append(AGES[turn // 4 % 4])
            tablet.fill(expected[-1])
            tablet.hand_over()
    tablet.context.set_offline(False)
    page.unroute_all(behavior="ignoreErrors")
    page.evaluate("() => dispatchEvent(new Event('online'))")
    tablet.until_sent(len(expected))
    assert sorted(one.answers["age"] for one in tablet.stored()) == sorted(expected)


@pytest.mark.checks
def test_one_that_the_server_fails_at_holds_up_no_other(tablet):
    page, first = tablet.start(), []

    def answer(route):
        sent = route.request.post_data or ""
        if "/-" in route.request.url and (first or not first.append(sent[:200])) and sent[:200] == first[0]:
            route.fulfill(status=500, body="failed")
        else:
            route.continue_()

    tablet.unlock()
    tablet.context.set_offline(True)
    for age in AGES[:3]:
        tablet.fill(age)
        tablet.hand_over()
    page.route("**/t/**", answer)
    tablet.context.set_offline(False)
    tablet.until_sent(2)
    assert tablet.states() == ["sent", "sent", "waiting"]
    page.locator("#tablet-said:has-text('服务器出错')").wait_for()
    page.unroute("**/t/**")
    page.evaluate("() => dispatchEvent(new Event('online'))")
    tablet.until_sent(3)
    assert len(tablet.stored()) == 3


@pytest.mark.checks
def test_where_the_storage_is_full_the_interview_stays_on_the_screen_and_is_sent_from_there(tablet):
    page = tablet.start()
    tablet.storage(8_000_000)
    tablet.unlock()
    tablet.fill(send=False)
    page.evaluate("() => window.minyiShell.written()")
    tablet.context.set_offline(True)
    page.evaluate(FILL_UP, tablet.at)
    form = page.frame_locator("#tablet-frame")
    tablet.turn_to("#send").click()
    form.locator("#status:has-text('不要离开')").wait_for()
    tablet.context.set_offline(False)
    until(lambda: len(tablet.stored()) == 1, "the interview at the server")
    assert tablet.stored()[0].answers["comment"] == "意见 30-44"


@pytest.mark.checks
def test_after_its_link_was_revoked_a_tablet_sends_into_quarantine_and_begins_nothing(tablet):
    page = tablet.start()
    tablet.unlock()
    tablet.context.set_offline(True)
    tablet.fill()
    tablet.hand_over()
    with tablet.desk.app.app_context():
        db.session.get_one(DeviceLink, tablet.number).revoked_at = datetime.now(UTC)
        db.session.commit()
    tablet.context.set_offline(False)
    tablet.until_sent(1)
    assert [one.state for one in tablet.stored()] == ["quarantined"]
    page.reload()
    tablet.unlock()
    until(lambda: "已经失效" in page.inner_text("#tablet-said"), "that its link has ended")
    assert not page.locator("#tablet-begin").is_visible()


@pytest.mark.checks
def test_what_the_server_refuses_stays_with_its_reason_and_is_sent_when_it_was_mended(tablet):
    with tablet.desk.app.app_context():
        number = listed_number()
        db.session.commit()
    page = tablet.start()
    tablet.unlock()
    tablet.fill(who=number)
    tablet.until_sent(1)
    page.frame_locator("#tablet-frame").locator(".done a.button").click()
    tablet.fill(who=number)
    tablet.hand_over()
    page.wait_for_selector("#tablet-rows .refused")
    assert "已经用过了" in page.inner_text("#tablet-rows")
    assert (tablet.states(), len(tablet.stored())) == (["refused", "sent"], 1)


@pytest.mark.checks
@pytest.mark.parametrize("wrong", [timedelta(days=-3650), timedelta(days=200)])
def test_a_wrong_clock_is_corrected_by_the_servers_when_it_is_set_between_and_three_days_are_warned_of(tablet, wrong):
    page = tablet.start()
    tablet.unlock()
    tablet.context.set_offline(True)
    page.clock.set_system_time(datetime.now(UTC) + wrong)
    before = datetime.now(UTC)
    tablet.fill()
    tablet.hand_over()
    if wrong < timedelta():
        page.clock.set_system_time(datetime.now(UTC) + timedelta(days=3.5))
        page.click("#tablet-begin button")
        page.frame_locator("#tablet-frame").locator("#leave").click()
        page.wait_for_selector("#tablet-list .old:not([hidden])")
    page.clock.set_system_time(datetime.now(UTC))
    tablet.context.set_offline(False)
    page.evaluate("() => dispatchEvent(new Event('online'))")
    tablet.until_sent(1)
    (stored,) = tablet.stored()
    assert abs(stored.finished_at - before) < timedelta(minutes=2)
    assert stored.started_at <= stored.finished_at


@pytest.mark.checks
def test_a_list_of_persons_works_without_a_network_and_says_whom_to_ask_in_a_household(tablet):
    with tablet.desk.app.app_context():
        survey = the_survey()
        survey.within, survey.adults_question, survey.replace_after = "kish", "recommend", 1
        add_contacts(survey.sites[0], "解放路1号，13800000001\n解放路2号\n解放路3号", 1, None)
        db.session.commit()
        forget_sites()
    page = tablet.start()
    tablet.unlock()
    assert page.locator("#tablet-cases a[href='tel:13800000001']").count() == 1
    assert not any("解放路" in one["plain"] for one in tablet.held())
    tablet.context.set_offline(True)
    first, second = (page.locator("#tablet-cases li").nth(place) for place in (0, 1))
    first.locator("button:has-text('记录结果')").click()
    first.locator("select").select_option("2.11")
    first.locator("input").fill("2026-12-01T18:30")
    page.evaluate("for (const box of document.querySelectorAll('#tablet-cases li')) { box.dataset.old = '1'; }")
    page.evaluate("dispatchEvent(new Event('online'))")  # a try to send draws the list anew
    page.wait_for_selector("#tablet-cases li:not([data-old]) select")
    assert (first.locator("select").input_value(), first.locator("input").input_value()) == ("2.11", "2026-12-01T18:30")
    first.locator("button:has-text('保存')").click()
    page.wait_for_selector("#tablet-rows :text('联系记录')")
    second.locator("button:has-text('开始访问')").click()
    page.fill("#tablet-adults", "1")
    page.locator("#tablet-chosen:has-text('第 1 位')").wait_for()
    page.click("#tablet-household button")
    tablet.answer("60+", send=True)
    tablet.hand_over()
    second.wait_for(state="detached")  # the list is drawn anew
    assert page.locator("#tablet-cases li").count() == 1
    assert violations(page) == []
    tablet.context.set_offline(False)
    tablet.until_sent(2)
    page.wait_for_selector("#tablet-cases :text('解放路3号')")
    assert "解放路1号" not in page.inner_text("#tablet-cases"), "replaced by the reserve"
    (stored,) = tablet.stored()
    assert (stored.answers["recommend"], stored.device_id) == (1, tablet.number)


@pytest.mark.checks
def test_an_address_that_is_not_https_is_told_so_and_begins_nothing(tablet):
    port = tablet.desk.base.rpartition(":")[2]
    page = tablet.start(f"http://{SERVICE_NAME}:{port}")
    page.wait_for_selector("#tablet-stop:not([hidden])")
    assert "不是 https" in page.inner_text("#tablet-stop h1")
    assert not page.locator("#tablet-plain").is_visible()
