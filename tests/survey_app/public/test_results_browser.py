"""Published results on a phone and at a desk, without script: nothing for axe-core, nothing too wide, within 20 kB."""

from __future__ import annotations

import pytest

from tests.support.browser import PHONE, desk, violations
from tests.support.city import the_survey
from tests.survey_app.briefs.test_publishing import closed_city, release

pytestmark = [pytest.mark.browser, pytest.mark.checks]
WIDE = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    def fill() -> None:
        closed_city()
        release(the_survey())

    with desk(tmp_path_factory.mktemp("results"), fill) as running:
        yield running


@pytest.mark.parametrize(("size", "end"), [(PHONE, ""), (PHONE, "en.html"), (WIDE, "")])
def test_axe_finds_nothing_and_the_results_fit_within_20_kb(served, size, end):
    page = served.page(size=size)
    loaded = []
    page.on(
        "requestfinished",
        lambda request: loaded.append(sum(request.sizes()[k] for k in ("responseBodySize", "responseHeadersSize"))),
    )
    page.goto(f"{served.base}/results/wave1/{end}")
    page.wait_for_load_state("networkidle")
    page.click("summary")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert sum(loaded) <= 20_000
    page.context.close()
