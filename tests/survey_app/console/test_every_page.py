"""Every page of the console in a real browser, in both languages: axe-core finds nothing, nothing is wider than a
phone, nothing is asked of the network outside. A new route joins by its line in the permission tests."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from flask import current_app

from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.estimates.runs import run_estimate
from survey_app.jobs.queue import enqueue
from survey_app.scoring.runs import run_scoring
from tests.support.browser import PHONE, desk, violations
from tests.support.city import FORM, small_city
from tests.support.settings import change
from tests.survey_app.console.test_permissions import led_by, routes, with_evidence, with_imports

pytestmark = pytest.mark.browser
ADDRESSES: list[str] = []
EVERYTHING = os.environ.get("TEST_MINYI_EVERY_PAGE") == "1"  # as .ci/run does; else every fourth in each language
PASSED_OVER = {
    "console.switch_language",  # only sets a cookie
    "console.kept_form",  # there is none to open
    "console.questionnaire_preview",  # the respondent's page, tested with it, in a frame without script
}


def filled_city() -> None:
    """One of everything, so that no page is empty; its addresses in ADDRESSES."""
    survey = small_city(demo=True)
    for site in survey.sites:
        view = open_site(site)
        for number in range(14):
            form = {**FORM, "home": [site.area.name.removesuffix("新区")], "overall": [str(2 + number % 4)]}
            submit(view, form, secrets.token_hex(8), "zh", datetime.now(UTC) - timedelta(minutes=2))
    run_scoring(run_estimate(survey))
    change(current_app, jobs="inline")
    enqueue("flags", {"survey": survey.id}, "anna")
    change(current_app, jobs="external")
    led_by("甲县", "1", "某局")
    with_evidence("11", "1")
    with_imports("11")
    ADDRESSES[:] = [
        address() if callable(address) else address
        for endpoint, (method, address, *_owner) in routes().items()
        if method == "GET" and endpoint not in PASSED_OVER
    ]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("every"), filled_city) as running:
        running.account("anna", "administrator")
        yield running


@pytest.mark.parametrize(("language", "first"), [("zh", 0), ("en", 2)])
def test_axe_finds_nothing_on_any_page_and_all_fit_a_phone(served, language, first):
    page, found = served.page("anna", language, PHONE), {}
    for address in ADDRESSES if EVERYTHING else ADDRESSES[first::4]:
        kind = page.request.head(served.base + address).headers.get("content-type", "")
        if not kind.startswith("text/html"):
            continue
        assert page.goto(served.base + address).status < 400, address
        wide = page.evaluate("document.documentElement.scrollWidth")
        wrong = violations(page) + ([f"{wide} px wide"] if wide > PHONE["width"] else [])
        if wrong:
            found[address] = wrong
    page.context.close()
    assert found == {}
