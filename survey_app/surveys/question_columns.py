"""The questions of a survey as columns that the database groups by, under the names of its data files."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, literal

from questionnaires.items import WROTE, Item, items_of
from survey_app.answering.definitions import definition_of
from survey_app.models import Response, Survey


def question_columns(survey: Survey) -> dict[str, ColumnElement[Any]]:
    """Name -> expression over a response: the level that `Item.level` gives, as a text; null where there is no answer."""
    return {name: _expression(item) for name, item in items_of(definition_of(survey)).items()}


def _expression(item: Item) -> ColumnElement[Any]:
    question = item.question
    if item.kind in ("chosen", "place"):
        whole = cast(Response.answers[question.key].as_string(), String)
        nothing = [whole.is_(None), *(_names(whole, code) for code in question.missing_codes)]
        return case(*((condition, None) for condition in nothing), *_listed(item, whole))
    path = (question.key, item.part) if item.part else (question.key,)
    value = cast(Response.answers[path].as_string(), String)
    if item.kind == "written":
        return case((value != "", WROTE), else_=None)
    return case((value.in_(question.missing_codes), None), else_=value) if question.missing_codes else value


def _listed(item: Item, whole: Any) -> list[Any]:
    """Of an option: whether it was chosen, or the place that it was given."""
    if item.kind == "chosen":
        return [(_names(whole, item.part), "1"), (literal(True), "0")]
    key = item.question.key
    places = range(item.question.most_ranked)
    return [(cast(Response.answers[(key, at)].as_string(), String) == item.part, literal(str(at + 1))) for at in places]


def _names(whole: Any, code: str) -> Any:
    """Whether the stored list names the code: as JSON has it, between its quotes."""
    return whole.contains(json.dumps(code), autoescape=True)
