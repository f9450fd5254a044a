"""Pieces of the form that are kept stand on a page as if they were drawn for it alone."""

from __future__ import annotations

import random

import pytest

from questionnaires import Definition, load_definition
from questionnaires.definition import Choice, Text
from questionnaires.loading import parse_definition
from survey_app.answering.pages import kept_fields
from survey_app.answering.pages.rendering import render
from survey_app.app import create_app
from tests.questionnaires.test_answers import TEXT
from tests.support.city import small_city
from tests.support.stored import this_run

AREAS = [Choice("甲县", Text("甲县", "Jia")), Choice("乙县", Text("乙县", "Yi"))]


@pytest.fixture
def answering(tmp_path):
    """The respondents' application, which alone has what their pages are drawn with."""
    url = this_run().on_sqlite(small_city, tmp_path / "minyi.sqlite3")
    return create_app({"COLLECT_ONLY": True, "SQLALCHEMY_DATABASE_URI": url, "SECRET_KEY": "only-for-tests"})


def as_sent(definition: Definition, seed: int) -> dict[str, list[str]]:
    """What a phone might send, and a program."""
    chance, sent = random.Random(seed), {}
    for question in definition.questions:
        codes = [*question.codes, "no such code", "", "7", "<b>"]
        for name in question.fields():
            if chance.random() < 0.6:
                sent[name] = chance.choices(codes, k=chance.choice([1, 1, 1, 2, 9]))
    return sent


def pages(definition: Definition) -> list[str]:
    made = []
    for seed in range(30):
        sent = as_sent(definition, seed // 2)
        errors = {random.Random(seed).choice(list(sent)): "unheard_of"} if seed % 3 == 0 else {}
        made += [render(definition, "某地", True, "code", lang, sent, errors) for lang in ("zh", "en")]
    return made


@pytest.mark.parametrize("name", ["citizen-experience", "every type"])
def test_a_page_with_kept_pieces_is_the_page_drawn_anew(answering, monkeypatch, name):
    definition = parse_definition(TEXT) if name == "every type" else load_definition(name).with_areas(AREAS)
    kept_fields._kept.clear()
    with answering.test_request_context("/s/code"):
        first, again = pages(definition), pages(definition)
        monkeypatch.setattr(kept_fields.KeptFields, "_chosen", lambda *_given: None)
        assert first == again == pages(definition)


def test_what_a_program_sends_fills_no_memory(answering):
    definition = load_definition("citizen-experience").with_areas(AREAS)
    kept_fields._kept.clear()
    with answering.test_request_context("/s/code"):
        for number in range(20):
            sent = {name: [f"{number}"] * 30 for question in definition.questions for name in question.fields()}
            render(definition, "某地", True, "code", "zh", sent, {})
            render(definition, "某地", True, "code", "zh", {name: [f"x{number}"] for name in sent}, {})
        assert len(kept_fields._kept) <= 2 * len(definition.questions) * 12
