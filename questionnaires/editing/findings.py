"""What the product's own checks say of a draft, each at the piece it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from definitions import DefinitionError
from definitions.plain import Unchecked
from questionnaires.definition import Definition
from questionnaires.editing.places import ABOUT, Place, outline, questions_of, sections_in
from questionnaires.editing.steps import remove, text_of
from questionnaires.loading import parse_definition
from questionnaires.review import review
from wording import Message, Text

MOST_LEFT_OUT = 5  # rounds: what named a piece that was left out is wrong then
_CAN_GO = {
    "screens",
    "quotas",
    "contradictions",
    "minors",
    "legal",
    "pages",
    "columns",
}  # of the whole: not in a preview
_KEY = re.compile(r"sections\[(\d+)\](?:\.questions\[(\d+)\])?\.?")


@dataclass(frozen=True)
class Finding:
    """level: error (it cannot be asked so) | warning. box: the key of the piece it is about, '' for the whole piece."""

    place: Place
    box: str
    level: Literal["error", "warning"]
    said: Text
    where: str | Message = ""


def findings(text: str, data: Any) -> tuple[Definition | None, list[Finding]]:
    """The definition, None where the draft cannot be read as one, and what is found in it."""
    try:
        definition = parse_definition(text, "draft")
    except DefinitionError as error:
        return None, [_located(problem.key, problem.message) for problem in error.problems]
    return definition, list(_reviewed(definition, data))


def readable(text: str, data: Unchecked) -> Definition | None:
    """What of a draft can be read already, for its preview: pieces that cannot are left out; None where nothing is left."""
    for _ in range(MOST_LEFT_OUT):
        asked = [section for section in sections_in(data) if questions_of(section)]
        if not asked:
            return None
        data = {**data, "sections": asked}
        definition, found = findings(text_of(text, data), data)
        if definition is not None:
            return definition
        wrong = {one.place for one in found if one.place != ABOUT}
        whole = {one.box for one in found if one.place == ABOUT}
        if not whole <= _CAN_GO:
            return None
        data = {key: {} if key == "columns" and key in whole else value for key, value in data.items()
                if key not in whole or key == "columns"}  # fmt: skip
        for place in sorted(
            wrong, key=lambda each: (each.section or 0, -1 if each.question is None else each.question), reverse=True
        ):
            data, _next = remove(data, place)
    return None


def _located(key: str, said: Text) -> Finding:
    found = _KEY.match(key)
    if found is None:
        return Finding(ABOUT, key.partition(".")[0].partition("[")[0], "error", said, key)
    question = None if found[2] is None else int(found[2])
    rest = key[found.end() :]
    return Finding(Place(int(found[1]), question), rest.partition(".")[0].partition("[")[0], "error", said, rest)


def _reviewed(definition: Definition, data: Any) -> Iterator[Finding]:
    places = {str((each.inside(data) or {}).get("key")): each for each in outline(data) if each.question is not None}
    for one in review(definition):
        if isinstance(one.place, Message):
            params = one.place.params
            number = params.get("number")
            section = one.place.key == "questionnaires.section" and isinstance(number, int)
            place = Place(int(str(number)) - 1) if section else places.get(str(params.get("question_key")), ABOUT)
            box = {"questionnaires.option": "options", "questionnaires.row": "rows", "questionnaires.help": "help"}.get(
                one.place.key, ""
            )
        else:
            place, box = places.get(one.place, ABOUT), "text" if one.place in places else one.place
        yield Finding(place, box or ("title" if place.record == "section" else ""), one.level, one.message, one.place)
