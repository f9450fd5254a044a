"""Answers read column by column are those that each questionnaire's own functions find one by one."""

from __future__ import annotations

import json
import random
from pathlib import Path

from questionnaires import parse_definition
from questionnaires.definition import Question
from questionnaires.items import Item
from questionnaires.missing import missing_kind
from survey_app.estimates.coded_answers import WHY, CodedAnswers

EVERY = Path(__file__).parents[2] / "questionnaires" / "every_type.yaml"


def some_answer(question: Question, draw: random.Random) -> object:
    """An answer that the question may have, or a wrong type now and then."""
    codes = [choice.code for choice in question.options]
    if question.type == "matrix":
        return {row.key: int(draw.choice(codes)) for row in question.rows if draw.random() < 0.8}
    if question.type in ("multiple", "ranking"):
        return draw.sample(codes, draw.randint(1, len(codes)))
    if question.type == "scale":
        return int(draw.choice(codes))
    if question.type == "recommend":
        return draw.randint(0, 10)
    if question.type == "number":
        return draw.choice([3, 4.0, 4.5])
    return draw.choice(codes) if codes else draw.choice(["2026-03-05", "很好", "“a”\n\\u001f"])


def one_by_one(coded: CodedAnswers, item: Item, answers: dict[str, object]) -> str | int:
    """The level, or the code of why there is none."""
    level = item.level(answers)
    if level is not None:
        return str(int(float(level))) if level.endswith(".0") else level
    listed = item.question.type in ("multiple", "ranking")
    why = missing_kind(coded.definition, item.question.key, answers, "" if listed else item.part)
    return "0" if listed and why is None else WHY[why]


def read(answers: list[dict[str, object]], at_once: int) -> CodedAnswers:
    coded = CodedAnswers(parse_definition(EVERY.read_text(encoding="utf-8"), "every"), {})
    for start in range(0, len(answers), at_once):
        coded.add([json.dumps(one) for one in answers[start : start + at_once]])
    return coded


def made(number: int, seed: int) -> list[dict[str, object]]:
    draw = random.Random(seed)
    questions = parse_definition(EVERY.read_text(encoding="utf-8"), "every").questions
    asked = [question for question in questions if question.type != "statement"]
    found = []
    for _ in range(number):
        answers: dict[str, object] = {q.key: some_answer(q, draw) for q in asked if draw.random() < 0.8}
        found.append({key: value for key, value in answers.items() if value} | {"_consent": "1"})
    return found


def test_every_type_and_every_reason_is_read_as_one_by_one():
    answers = made(300, 1)
    coded = read(answers, 70)
    for name, item in coded.items.items():
        levels, codes = coded.coded(name)
        own = [levels[code] if code >= 0 else int(code) for code in codes]
        assert own == [one_by_one(coded, item, one) for one in answers], name


def test_an_answer_of_another_type_is_none_and_spoils_no_other():
    answers = made(40, 2)
    spoiled = [dict(one) for one in answers]
    whole = read(answers, 40)
    key = next(item.question.key for item in whole.items.values() if item.question.type == "scale")
    spoiled[7][key] = "long ago"
    other = read(spoiled, 40)
    for name, item in whole.items.items():
        if item.question.key != key and key not in json.dumps(item.question.show_if or ""):
            assert other.coded(name)[1].tolist() == whole.coded(name)[1].tolist()
    assert other.coded(key)[1][7] < 0
