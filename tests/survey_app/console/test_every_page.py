"""Every page of the console in a real browser, in both languages: axe-core finds nothing, nothing is wider than a
phone, nothing is asked of the network outside. A new route joins by its line in the permission tests."""

from __future__ import annotations

import os

import pytest

from survey_app.jobs.queue import enqueue
from tests.support.browser import PHONE, axe_script, desk, violations
from tests.support.city import scored_city, the_survey
from tests.survey_app.console.test_permissions import NOTHING_THERE, routes

pytestmark = [pytest.mark.browser, pytest.mark.longer]
EVERYTHING = os.environ.get("TEST_MINYI_EVERY_PAGE") == "1"  # as .ci/run does; else every fourth in each language
PASSED_OVER = NOTHING_THERE | {
    "console.switch_language",  # only sets a cookie
    "console.kept_form",  # there is none to open
    "console.draft_preview",
    "console.questionnaire_preview",  # the respondent's page, tested with it, in a frame without script
}


def checked_city() -> None:
    """One of everything, so that no page is empty."""
    scored_city()
    enqueue("flags", {"survey": the_survey().id}, "anna")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("every"), checked_city) as running:
        running.account("anna", "administrator")
        yield running


@pytest.fixture(scope="module")
def addresses(served) -> list[str]:
    with served.app.app_context():
        found = [
            address() if callable(address) else address
            for endpoint, (method, address, *_owner) in routes().items()
            if method == "GET" and endpoint not in PASSED_OVER
        ]
    return [address for address in found if "." not in address.rpartition("/")[2]]  # the others are files


@pytest.mark.checks
@pytest.mark.parametrize(("language", "first"), [("zh", 0), ("en", 2)])
def test_axe_finds_nothing_on_any_page_and_all_fit_a_phone(served, addresses, language, first):
    from playwright.sync_api import Error

    page, found = served.page("anna", language, PHONE), {}
    page.add_init_script(axe_script())
    for address in addresses if EVERYTHING else addresses[first::4]:
        try:
            answer = page.goto(served.base + address)
        except Error as error:
            if "Download is starting" in str(error):
                continue
            raise
        assert answer.status < 400, address
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        wide = page.evaluate("document.documentElement.scrollWidth")
        wrong = violations(page, words=first > 0) + ([f"{wide} px wide"] if wide > PHONE["width"] else [])
        if wrong:
            found[address] = wrong
    page.context.close()
    assert found == {}
