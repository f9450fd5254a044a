"""The console in a real browser: signing in, the frame, nothing for axe-core to find."""

from __future__ import annotations

import pytest

from tests.support.browser import PHONE, desk, violations
from tests.support.city import small_city

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("desk"), small_city) as running:
        running.account("anna", "administrator")
        yield running


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.checks)])
def test_axe_finds_nothing_on_the_frame_in_either_language(served, language):
    page = served.page("anna", language)
    for path in ("/console/", "/console/audit", "/console/surveys/wave1", "/console/password"):
        page.goto(served.base + path)
        assert violations(page) == [], path
    page.context.close()


def test_the_frame_fits_a_phone(served):
    page = served.page("anna", size=PHONE)
    page.goto(served.base + "/console/")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.context.close()
