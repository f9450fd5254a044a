"""Where a piece of a questionnaire stands: 'about' (the whole), 's2' its third section, 's2q0' that one's first question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from definitions.plain import Unchecked

_WRITTEN = re.compile(r"s(\d{1,3})(?:q(\d{1,3}))?")


@dataclass(frozen=True)
class Place:
    """section, question: places in their lists, None for what the piece is not in."""

    section: int | None = None
    question: int | None = None

    def __str__(self) -> str:
        if self.section is None:
            return "about"
        return f"s{self.section}" + ("" if self.question is None else f"q{self.question}")

    @property
    def record(self) -> str:
        """The kind of piece: about, section or question."""
        return "about" if self.section is None else "section" if self.question is None else "question"

    @property
    def path(self) -> tuple[str | int, ...]:
        section = () if self.section is None else ("sections", self.section)
        return section if self.question is None else (*section, "questions", self.question)

    def inside(self, data: Any) -> Any:
        """The mapping that stands here; None where there is none."""
        for step in self.path:
            held = data.get(step) if isinstance(data, dict) and isinstance(step, str) else data
            data = (
                held if isinstance(step, str) else held[step] if isinstance(held, list) and step < len(held) else None
            )
        return data if isinstance(data, dict) else None


ABOUT = Place()


def place_of(written: str, data: Any) -> Place:
    """The place that `written` names, or 'about' where nothing stands there."""
    found = _WRITTEN.fullmatch(written)
    if found is None:
        return ABOUT
    place = Place(int(found[1]), None if found[2] is None else int(found[2]))
    return place if place.inside(data) is not None else ABOUT


def outline(data: Any) -> Iterator[Place]:
    """Every section, each followed by its questions."""
    for number, section in enumerate(sections_in(data)):
        yield Place(number)
        yield from (Place(number, place) for place in range(len(questions_of(section))))


def sections_in(data: Any) -> list[Any]:
    found = data.get("sections") if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


def questions_of(section: Any) -> list[Any]:
    found = section.get("questions") if isinstance(section, dict) else None
    return found if isinstance(found, list) else []


def mappings_in(value: Any) -> list[Unchecked]:
    """The items of a list that are mappings; [] where it is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def questions_in(data: Any) -> list[Unchecked]:
    """Every question that is a mapping, in order."""
    return [each for section in sections_in(data) for each in questions_of(section) if isinstance(each, dict)]
