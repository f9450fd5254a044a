"""A full answer to the library's questionnaire, as a phone sends it; what benchmarks load a server with."""

from __future__ import annotations

import urllib.parse

LIBRARY = "citizen-experience-2023"


def full_answer(county: str = "甲县") -> str:
    """An answer to every question that is shown, as a phone sends it. county: where this person lives."""
    from questionnaires import Choice, check_answers, load_definition
    from questionnaires.definition import Text

    definition = load_definition(LIBRARY).with_areas([Choice(county, Text(county, county))])
    sent: dict[str, list[str]] = {"home": [county]}
    for question in definition.questions:
        codes = [choice.code for choice in question.options]
        if question.key in sent:
            continue
        if question.type == "matrix":
            sent |= {f"{question.key}__{row.key}": [codes[len(codes) // 2]] for row in question.rows}
        elif question.type == "recommend":
            sent[question.key] = ["8"]
        elif question.type in ("short_text", "long_text"):
            sent[question.key] = ["公交车再多一些，路灯再亮一些就好了，谢谢大家"]
        elif codes:
            sent[question.key] = [codes[len(codes) // 2]]
    checked = check_answers(definition, sent)
    if checked.errors:
        raise ValueError(f"the benchmark's answers are refused: {checked.errors}")
    return urllib.parse.urlencode([(name, value) for name, values in sent.items() for value in values])
