"""A piece of a questionnaire as the editor's template shows it: its boxes with their words, choices and what the checks say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from definitions.plain import Unchecked
from questionnaires.editing.boxes import BLANK, Box, numbers_sent, shown, too_long
from questionnaires.editing.findings import Finding
from questionnaires.editing.places import Place, mappings_in, outline, questions_in
from questionnaires.editing.rules import OPERATORS, Asked, asked_before, lines_of
from questionnaires.plain import as_yaml
from survey_app.surveys.pages import editor_words as words
from survey_app.surveys.questionnaire_editing import Sent, boxes_at

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Control:
    """One box. values: what it holds. said: what the checks find at it. only: its YAML, where it can but be shown.

    lines: of a list or a rule, each with its number; the last ones are blank. choices: of what is chosen.
    """

    name: str
    kind: str
    label: str
    values: Sequence[str] = ()
    needed: bool = False
    choices: Choices = field(default_factory=list)
    lines: Sequence[Line] = ()
    parts: Sequence[Control] = ()
    said: Sequence[Finding] = ()
    only: str = ""

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""


@dataclass(frozen=True)
class Line:
    """A line of a list (parts), or of a rule (question, operator, values)."""

    number: int
    was: str = ""
    parts: Sequence[Control] = ()
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    operators: Choices = field(default_factory=list)
    answers: Choices = field(default_factory=list)
    listed: bool = False


@dataclass(frozen=True)
class Entry:
    """A line of the outline. errors, warnings: how many findings."""

    at: Place
    words: str
    kind: str
    number: str
    errors: int
    warnings: int


@dataclass(frozen=True)
class _Shown:
    data: Unchecked
    place: Place
    language: str
    sent: Sent
    findings: Sequence[Finding]
    asked: Sequence[Asked]

    def control(self, box: Box, value: Any, name: str) -> Control:
        said = [one for one in self.findings if one.box == name]
        if box.kind == "rule":
            return self._rule(box, value, name, said)
        if box.kind == "list" and too_long(value):
            return Control(name, "list", words.label(name), only=as_yaml({box.name: value}))
        if box.kind == "list":
            return Control(
                name, "list", words.label(name), needed=box.needed, lines=self._list(box, value, name), said=said
            )
        if box.kind == "record":
            held = value if isinstance(value, Mapping) else {}
            return Control(name, "record", words.label(name), said=said,
                           parts=[self.control(part, held.get(part.name, part.default), f"{name}.{part.name}") for part in box.parts])  # fmt: skip
        if box.kind in ("text", "columns"):
            inner = ("zh", "en") if box.kind == "text" else box.choices
            parts = [Control(f"{name}.{each}", "words", words.label(f"{name}.{each}"), self.sent.get(f"{name}.{each}", ()),
                             choices=self._questions() if box.kind == "columns" else []) for each in inner]  # fmt: skip
            return Control(name, box.kind, words.label(name), parts=parts, needed=box.needed, said=said)
        return Control(
            name, box.kind, words.label(name), self.sent.get(name, ()), box.needed, self._choices(box, name), said=said
        )

    def _choices(self, box: Box, name: str) -> Choices:
        if box.kind == "one_of":
            return [(each, str(words.CHOICES.get(each, each))) for each in box.choices]
        if box.name == "question":
            return self._questions()
        if box.kind != "codes":
            return []
        part = self.place.inside(self.data) or {}
        if part.get("type") == "recommend":
            return [(str(number), str(number)) for number in range(11)]
        held = mappings_in(part.get("options"))
        known = [(str(each.get("code")), self._words(each.get("text")) or str(each.get("code"))) for each in held]
        return known + [(code, code) for code in self.sent.get(name, ()) if code not in dict(known)]

    def _questions(self) -> Choices:
        return [(str(each.get("key")), f"{each.get('key')} · {self._words(each.get('text'))[:30]}")
                for each in questions_in(self.data) if each.get("type") != "statement"]  # fmt: skip

    def _list(self, box: Box, value: Any, name: str) -> list[Line]:
        held = [each if isinstance(each, Mapping) else {} for each in value] if isinstance(value, list) else []
        numbers = numbers_sent(self.sent, name)
        numbers += range(max(numbers, default=-1) + 1, max(numbers, default=-1) + 1 + BLANK)
        lines = []
        for number in numbers:
            was = "".join(self.sent.get(f"{name}.{number}.was", ()))
            old = held[int(was)] if was.isdecimal() and len(was) < 5 and int(was) < len(held) else {}
            parts = [
                self.control(part, old.get(part.name, part.default), f"{name}.{number}.{part.name}")
                for part in box.parts
            ]
            lines.append(Line(number, was, parts))
        return lines

    def _rule(self, box: Box, value: Any, name: str, said: list[Finding]) -> Control:
        if lines_of(value) is None:
            return Control(name, "rule", words.label(name), said=said, only=as_yaml({box.name: value}))
        numbers = numbers_sent(self.sent, name)
        lines = [self._comparison(f"{name}.{number}", number) for number in [*numbers, max(numbers, default=-1) + 1]]
        return Control(
            name,
            "rule",
            words.label(name),
            self.sent.get(f"{name}.join", ()),
            box.needed,
            self._asked(),
            lines,
            said=said,
        )

    def _comparison(self, name: str, number: int) -> Line:
        chosen = {part: self.sent.get(f"{name}.{part}", ()) for part in ("question", "operator", "value")}
        key, operator = ("".join(chosen[part]) for part in ("question", "operator"))
        asked = next((each for each in self.asked if each.key == key), None)
        usual = asked.operators if asked else ()
        offered = [*usual, *([operator] if operator and operator not in usual else [])] or ["answered"]
        answers = [(code, self._words(text) or code) for code, text in asked.codes] if asked else []
        counted = "count" in operator or operator.endswith(("at_least", "at_most"))
        listed = bool(asked and asked.listed and answers and not counted)
        answers += [(code, code) for code in chosen["value"] if listed and code and code not in dict(answers)]
        return Line(number, chosen=chosen, answers=answers, listed=listed,
                    operators=[(each, str(words.OPERATORS[each])) for each in OPERATORS if each in offered])  # fmt: skip

    def _asked(self) -> Choices:
        return [(each.key, f"{each.key} · {self._words(each.text)[:30]}") for each in self.asked]

    def _words(self, text: Any) -> str:
        held = text if isinstance(text, Mapping) else {}
        return str(held.get(self.language) or held.get("zh") or held.get("en") or "")


def controls(
    data: Unchecked, place: Place, language: str, findings: Sequence[Finding], sent: Sent | None = None
) -> list[Control]:
    """The boxes of a piece, with what it holds, or what was `sent` and could not be kept."""
    part = place.inside(data) or {}
    boxes = boxes_at(dict(part), place)
    here = [one for one in findings if one.place == place]
    held = shown(boxes, part) if sent is None else sent
    show = _Shown(data, place, language, held, here, asked_before(data, place))
    return [show.control(box, part.get(box.name, box.default), box.name) for box in boxes]


def only_shown(data: Unchecked, place: Place) -> str:
    """YAML of what the piece holds besides its boxes: kept as it is, and changed in the YAML."""
    part = place.inside(data) or {}
    known = {box.name for box in boxes_at(dict(part), place)} | {"sections", "questions"}
    rest = {key: value for key, value in part.items() if key not in known}
    return as_yaml(rest) if rest else ""


def entries(data: Unchecked, language: str, findings: Sequence[Finding]) -> list[Entry]:
    """The outline: sections, each with its questions."""
    show = _Shown(data, Place(), language, {}, (), ())
    found, number = [], 0
    for place in outline(data):
        part = place.inside(data) or {}
        kind = str(part.get("type", "")) if place.question is not None else ""
        number += place.question is not None and kind != "statement"
        here = [one.level for one in findings if one.place == place]
        said = show._words(part.get("text") if place.question is not None else part.get("title"))
        found.append(Entry(place, said or str(part.get("key", "")), str(words.TYPES.get(kind, kind)),
                           str(number) if kind not in ("", "statement") else "", here.count("error"), here.count("warning")))  # fmt: skip
    return found
