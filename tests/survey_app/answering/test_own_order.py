"""Pages whose sections, options or rows stand in a random order: put together from pieces, byte for byte what is drawn for a citizen."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from questionnaires import arranged
from survey_app.answering import form_token
from survey_app.answering.open_sites import find_site
from survey_app.answering.pages import at_once, questionnaire, rendering
from survey_app.answering.submission import AnswersRefusedError, finish
from tests.questionnaires.test_answers import EVERY, WHOLE
from tests.support.people import token_of
from tests.survey_app.answering.test_at_once import PHONE, front  # noqa: F401  # the fixture
from tests.survey_app.answering.test_kept_fields import answering  # noqa: F401  # the fixture

BEGAN = datetime(2023, 8, 1, 8, tzinfo=UTC)
ROWS = ("services__bus", "services__health", "services__school")
IN_PLACE = replace(EVERY, sections=tuple(replace(section, random="") for section in EVERY.sections))


def all_moving(definition):
    """The same with every question's options and rows in random order."""

    def moving(question):
        options = question.type in ("single", "multiple", "ranking", "dropdown")
        return replace(question, random_options=options, random_rows=question.type == "matrix")

    sections = (replace(part, questions=tuple(map(moving, part.questions))) for part in definition.sections)
    return replace(definition, sections=tuple(sections))


@pytest.mark.parametrize(
    "definition", [EVERY, all_moving(EVERY), all_moving(IN_PLACE)], ids=["some", "all", "in place"]
)
@pytest.mark.parametrize("query", ["", "?lang=en"])
def test_it_is_the_page_that_is_drawn_for_this_citizen(answering, definition, query):  # noqa: F811
    with answering.test_request_context(f"/s/aaa2222{query}"):
        site, pages = replace(find_site("aaa2222"), definition=definition), set()
        for _ in range(12):
            token = form_token.issue(site.psu, definition.digest)
            key = form_token.read(token, site.psu).submission_key
            page = rendering.ready_page(site, key).in_order(key)
            drawn = rendering.render(
                arranged(definition, key), site.name, site.demo, site.code, query[-2:] or "zh", {}, {}
            ).replace(rendering.MARKER, token)
            assert gzip.decompress(page.gzipped(token)).decode() == page.plain(token).decode() == drawn
            pages.add(drawn.replace(token, ""))
    assert len(pages) > 6


def test_who_has_the_same_order_of_sections_shares_what_is_drawn(answering, monkeypatch):  # noqa: F811
    drawn = []
    real = rendering.render
    monkeypatch.setattr(rendering, "render", lambda *given, **more: drawn.append(1) or real(*given, **more))
    with answering.test_request_context("/s/aaa2222"):
        site = replace(find_site("aaa2222"), definition=all_moving(EVERY))
        for number in range(40):
            rendering.ready_page(site, f"key {number}")
    assert len(drawn) == 2  # of two sections that change places


def test_of_a_matrix_the_first_wrong_row_is_named_as_it_was_shown(answering):  # noqa: F811
    definition = all_moving(IN_PLACE)
    with answering.test_request_context("/s/aaa2222"):
        site = replace(find_site("aaa2222"), definition=definition)
        for number in range(6):
            with pytest.raises(AnswersRefusedError) as refused:
                finish(site, {**WHOLE, **{key: ["9"] for key in ROWS}}, f"key {number}", "zh", BEGAN)
            shown = arranged(definition, f"key {number}").question("services").rows[0].key
            assert list(refused.value.errors) == [f"services__{shown}"]


def test_a_phone_that_is_not_known_gets_its_own_order_at_once(front, monkeypatch):  # noqa: F811
    site = replace(find_site("aaa2222"), definition=all_moving(IN_PLACE))
    for module in (at_once, questionnaire):
        monkeypatch.setattr(module, "find_address", lambda _code: site)
    phone, orders = front.test_client(), set()
    for _ in range(12):
        page = gzip.decompress(phone.get("/s/aaa2222", headers=PHONE).get_data()).decode()
        own = arranged(site.definition, form_token.read(token_of(page), site.psu).submission_key)
        orders.add(shown := tuple(re.findall(r'name="travel" value="(\w+)"', page)))
        assert shown == tuple(choice.code for choice in own.question("travel").options)
    assert len(front.seen) == 1
    assert len(orders) > 3
