"""A citizen's phone, in a real browser: finished by everyone, on any network, stored once."""

from __future__ import annotations

import os
import sqlite3
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.browser import fill, send, shared_chromium, violations
from tests.support.killing import _free_port, _start, stored_city

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}
BUDGET = 20_000  # bytes, compressed, of everything the first load needs


@dataclass(frozen=True)
class Served:
    """A small city behind a real server."""

    base: str
    code: str
    database: Path

    @property
    def address(self) -> str:
        return f"{self.base}/s/{self.code}"

    def stored(self) -> int:
        with sqlite3.connect(self.database) as connection:
            return int(connection.execute("SELECT count(*) FROM response").fetchone()[0])


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("phone")
    environment = {**os.environ, "MINYI_INSTANCE": str(folder)}
    environment.pop("DATABASE_URL", None)
    code = stored_city(f"sqlite:///{folder / 'minyi.sqlite3'}")[0]
    port = _free_port()
    server = _start(environment, port)
    yield Served(f"http://127.0.0.1:{port}", code, folder / "minyi.sqlite3")
    os.killpg(server.pid, 15)
    server.wait(30)


@pytest.fixture(scope="module")
def chromium():
    return shared_chromium()


@pytest.fixture
def phone(chromium):
    context = chromium.new_context(viewport=PHONE, has_touch=True)
    yield context.new_page()
    context.close()


MODES = [("zh", "normal", "light"), ("en", "normal", "light"), ("zh", "large", "light"), ("zh", "normal", "dark"), ("en", "large", "dark")]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "size", "scheme"), [MODES[0], *(pytest.param(*mode, marks=pytest.mark.checks) for mode in MODES[1:])]
)
def test_axe_finds_nothing_on_any_page_in_any_mode(served, phone, language, size, scheme):
    phone.emulate_media(color_scheme=scheme)
    chosen = f"?lang={language}&size={size}"
    phone.goto(served.address + chosen)
    assert violations(phone) == []
    phone.click("#next")
    phone.wait_for_selector("#summary")
    assert violations(phone) == []
    fill(phone)
    assert violations(phone) == []
    phone.click("#send")
    phone.wait_for_url("**/receipt/**")
    assert violations(phone) == []
    for path in (f"/s/{served.code}", "/s/nosuch", "/i", f"/s/{served.code}/receipt/x"):
        phone.goto(f"{served.base}{path}{chosen}")
        assert violations(phone) == [], path


def test_a_text_that_is_too_long_is_counted_and_not_cut(served, phone):
    phone.goto(served.address)
    fill(phone)
    phone.click("#back")
    longest = int(phone.get_attribute("#comment", "data-longest"))
    phone.fill("#comment", "好" * (longest - 1))
    assert phone.inner_text("#comment + .count") == f"{longest - 1} / {longest}"
    phone.fill("#comment", "好" * (longest + 7))
    assert phone.inner_text("#comment + .count") == f"{longest + 7} / {longest}"
    phone.click("#next")
    phone.wait_for_selector("#summary")
    assert len(phone.input_value("#comment")) == longest + 7


def test_an_answer_that_ends_the_questionnaire_ends_the_page_and_can_be_changed(served, phone):
    before = served.stored()
    phone.goto(served.address)
    fill(phone)
    while phone.locator("#back").is_visible():
        phone.click("#back")
    pages = phone.inner_text("#pages")
    phone.check("input[name=age][value=under16]")
    note = phone.locator("[data-ends]:visible")
    assert "请年满16周岁的居民作答" in note.inner_text()
    assert phone.inner_text("#pages") == "第 1 页，共 1 页"
    assert phone.locator("#next").is_hidden()
    assert phone.locator("main").bounding_box()["height"] < 1_500
    phone.check("input[name=age][value='30-44']")
    assert phone.inner_text("#pages") == pages
    assert phone.is_checked("input[name=overall][value='4']"), "what was filled in is still there"
    phone.check("input[name=age][value=under16]")
    send(phone)
    phone.wait_for_url("**/receipt/**")
    said = phone.inner_text("main")
    assert "没有保存" in said
    assert phone.locator("[data-receipt]").count() == 0, "nothing is kept, so nothing can be taken back"
    assert served.stored() == before + 1  # that somebody was turned away, and no answer


@pytest.mark.parametrize(("size", "least"), [("normal", 44), ("large", 60)])
def test_every_target_is_large_enough(served, phone, size, least):
    phone.goto(f"{served.address}?size={size}")
    small = phone.evaluate(
        """least => [...document.querySelectorAll('form label:has(input), form select, form textarea, button, #bar a')]
        .filter(e => e.offsetParent && (e.getBoundingClientRect().height < least - 0.5))
        .map(e => e.outerHTML.slice(0, 90))""",
        least,
    )
    assert small == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("status", [503, 429])
def test_answers_that_a_full_server_turns_away_stay_on_the_phone_and_are_sent_again(served, phone, status):
    before, tries = served.stored(), []

    def full(route) -> None:
        if route.request.method != "POST" or len(tries) == 2:
            route.continue_()
            return
        tries.append(phone.evaluate("Object.values(localStorage).map(kept => JSON.parse(kept).queued)"))
        route.fulfill(status=status, headers={"Retry-After": "5"}, body="")

    phone.goto(served.address)
    fill(phone)
    phone.route("**/s/**", full)
    send(phone)
    phone.wait_for_url("**/receipt/**")
    assert tries == [[True], [True]]
    assert served.stored() == before + 1


def test_answers_given_without_network_are_sent_when_it_is_back(served, phone):
    before = served.stored()
    phone.goto(served.address)
    fill(phone)
    phone.context.set_offline(True)
    send(phone)
    phone.locator("#status", has_text="网络不通").wait_for()
    assert served.stored() == before
    phone.context.set_offline(False)
    phone.wait_for_url("**/receipt/**")
    assert served.stored() == before + 1


def test_a_submission_waiting_on_the_phone_is_sent_when_the_page_is_opened_again(served, phone):
    before = served.stored()
    phone.goto(served.address)
    fill(phone)
    phone.route("**/s/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    send(phone)
    phone.locator("#status", has_text="网络不通").wait_for()
    again = phone.context.new_page()
    phone.close()
    again.goto(served.address)
    again.wait_for_url("**/receipt/**")
    assert served.stored() == before + 1


def test_double_tap_reload_and_back_make_one_response(served, phone):
    before = served.stored()
    phone.goto(served.address)
    fill(phone)
    phone.dblclick("#send")
    phone.wait_for_url("**/receipt/**")
    number = phone.inner_text("[data-receipt]")
    phone.reload()
    assert phone.inner_text("[data-receipt]") == number
    phone.go_back()
    phone.goto(served.address)
    assert number in phone.inner_text("main")  # you have answered already
    assert served.stored() == before + 1
    phone.click("#another")
    fill(phone)
    send(phone)
    phone.wait_for_url("**/receipt/**")
    assert served.stored() == before + 2


def test_a_reload_another_language_and_a_new_tab_keep_what_was_filled_in_and_the_page(served, phone):
    phone.goto(served.address)
    fill(phone)
    phone.reload()
    assert phone.inner_text("#pages") == "第 5 页，共 5 页"
    phone.click("#language")
    assert phone.inner_text("#pages") == "Page 5 of 5"
    phone = phone.context.new_page()
    phone.goto(served.address)
    assert phone.inner_text("#pages") == "第 5 页，共 5 页"
    assert phone.is_checked("input[name=overall][value='4']")


def test_it_works_without_script(served, chromium):
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    page, before = context.new_page(), served.stored()
    page.goto(served.address + "?lang=en&size=large")
    fill(page)
    page.click("#send")
    assert "/receipt/" in page.url
    assert "lang=en" in page.url
    assert served.stored() == before + 1
    context.close()


def test_the_first_load_keeps_its_budget(served, phone):
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(served.address)
    fetched = [url for url in asked if not url.startswith("data:")]
    assert all(url.startswith(served.base) for url in fetched)
    total = 0
    for url in fetched:
        request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
        total += len(urllib.request.urlopen(request).read())
    assert len(fetched) <= 3
    assert total <= BUDGET, f"{total} bytes"
    print(f"first load: {total} bytes in {len(fetched)} requests", file=sys.stderr)
