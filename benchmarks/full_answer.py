"""A full answer to the demonstration's questionnaire, as a phone sends it; what benchmarks load a server with."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

SCALE = [str(number) for number in range(11)]


def _middle(codes: Sequence[str]) -> str:
    return codes[len(codes) // 2]


def full_answer(county: str = "甲县", choose: Callable[[Sequence[str]], str] = _middle) -> str:
    """An answer to every question that is shown, as a phone sends it. county: where this person lives; choose: one of the codes."""
    from questionnaires import check_answers

    definition = _definition(county)
    sent: dict[str, list[str]] = {"home": [county]}
    for question in definition.questions:
        codes = [choice.code for choice in question.options if choice.code not in question.screen_out]
        if question.key in sent:
            continue
        if question.type == "matrix":
            sent |= {f"{question.key}__{row.key}": [choose(codes)] for row in question.rows}
        elif question.type == "recommend":
            sent[question.key] = [choose(SCALE)]
        elif question.type in ("short_text", "long_text"):
            sent[question.key] = ["公交车再多一些，路灯再亮一些就好了，谢谢大家"]
        elif codes:
            sent[question.key] = [choose(codes)]
    checked = check_answers(definition, sent)
    if checked.errors:
        raise ValueError(f"the benchmark's answers are refused: {checked.errors}")
    return urllib.parse.urlencode([(name, value) for name, values in sent.items() for value in values])


@cache
def asked() -> Any:
    """The demonstration's questionnaire."""
    from analysis.scoring.programme_files import questionnaire_named
    from questionnaires import parse_definition

    return parse_definition(questionnaire_named("jining-2023") or "")


@cache
def _definition(county: str) -> Any:
    from questionnaires import Choice
    from questionnaires.definition import Text

    return asked().with_areas([Choice(county, Text(county, county))])
