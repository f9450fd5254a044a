"""The front page on a phone and at a desk, without script: nothing for axe-core, nothing too wide, nothing too small to tap."""

from __future__ import annotations

import pytest

from tests.support.browser import PHONE, desk, violations
from tests.support.city import small_city

pytestmark = [pytest.mark.browser, pytest.mark.checks]
SMALL = """least => [...document.querySelectorAll('main a, summary, .bar a')]
.filter(e => e.checkVisibility() && e.getBoundingClientRect().height < least - 0.5).map(e => e.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    def fill() -> None:
        small_city(demo=True, respondents="invitations posters")

    with desk(tmp_path_factory.mktemp("front"), fill) as running:
        yield running


@pytest.mark.parametrize("choice", ["lang=zh", "lang=en&size=large"])
def test_axe_finds_nothing_and_the_front_page_fits_a_small_phone_within_20_kb(served, choice):
    phone = served.page(size=PHONE)
    loaded = []
    phone.on(
        "requestfinished",
        lambda request: loaded.append(sum(request.sizes()[k] for k in ("responseBodySize", "responseHeadersSize"))),
    )
    phone.goto(f"{served.base}/?{choice}")
    phone.wait_for_load_state("networkidle")
    assert violations(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert phone.evaluate(SMALL, 60 if "large" in choice else 44) == []
    assert sum(loaded) <= 20_000
    phone.context.close()


def test_without_script_a_citizen_comes_from_the_front_page_to_a_questionnaire_in_her_language(served):
    context = served.browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served.base}/")
    page.click("#language")
    page.click("details a")
    page.wait_for_url("**/s/ccc4444?lang=en")
    assert page.locator("form").count() > 0
    context.close()
