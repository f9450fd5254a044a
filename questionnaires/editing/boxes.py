"""The boxes of a form for a piece of a questionnaire, made from the definition's own types: a new key of the format has its
box at once. What a form shows and gets back unchanged is left as it was written.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal

from definitions import same
from definitions.numbers import NumberRefusedError, number_of
from definitions.plain import Unchecked
from questionnaires.definition import WRITTEN, Definition, Question, Section, Text
from questionnaires.editing.rules import Line, lines_of, rule_of
from questionnaires.editing.steps import free
from questionnaires.loading import ONLY_FOR

Kind = Literal[
    "text", "rule", "flag", "one_of", "words", "number", "day", "codes", "numbers", "list", "record", "columns", "under"
]
RECORDS: Mapping[str, type[Any]] = {"about": Definition, "section": Section, "question": Question}
COLUMNS = ("measure", "home_county", "sex", "age_band")  # typed columns of a response
BLANK = 2  # lines for what is added, where no script makes more
MOST = 80  # lines of a list that are boxes; a longer one is shown, and changed in the YAML
_ELSEWHERE = {"sections", "questions", "rule", "digest"}  # pieces of their own, and what loading makes
_MORE_ONLY = {"options_from": ("single", "multiple", "dropdown"), "max_length": WRITTEN}
_SPLIT = re.compile(r"[\s,，、;；]+")
Sent = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Box:
    """One key of a piece. choices: of one_of. parts: of a record, or of a list's items. needed: it has no default."""

    name: str
    kind: Kind
    needed: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    parts: tuple[Box, ...] = ()

    def knows(self, kind: str) -> bool:
        """Whether a question of the type `kind` has this box."""
        known = ONLY_FOR.get(self.name) or _MORE_ONLY.get(self.name)
        return kind in known if known else self.name not in ("required", "soft_required") or kind != "statement"


@cache
def boxes_of(record: str) -> tuple[Box, ...]:
    """Every key of a piece (about, section, question) in the definition's order."""
    return _boxes(RECORDS[record])


def _boxes(kind: type[Any]) -> tuple[Box, ...]:
    hints = typing.get_type_hints(kind, include_extras=True)
    found = []
    for part in fields(kind):
        if part.name in _ELSEWHERE:
            continue
        bare = part.default is MISSING and part.default_factory is MISSING
        default = part.default if part.default is not MISSING else None
        found.append(_box(part.name, hints[part.name], bare, default))
    return tuple(found)


def _box(name: str, hint: Any, needed: bool, default: Any) -> Box:
    members = [each for each in _members(hint) if each is not type(None)]
    first = members[0]
    arguments = typing.get_args(first)
    if name == "columns":
        return Box(name, "columns", needed, default, COLUMNS)
    if name == "under":
        return Box(name, "under", needed, default)
    if typing.get_origin(first) is typing.Annotated:
        return Box(name, "rule", needed, default)
    if typing.get_origin(first) is tuple:
        inside = arguments[0]
        kind: Kind = "list" if is_dataclass(inside) else "numbers" if inside is int else "codes"
        return Box(
            name, kind, needed, default, (), _boxes(inside) if isinstance(inside, type) and kind == "list" else ()
        )
    if first is date:
        return Box(name, "day", needed, default)
    if typing.get_origin(first) is Literal:
        return Box(name, "one_of", needed, default, arguments)
    if first is Text:
        return Box(name, "text", needed, default)
    if isinstance(first, type) and is_dataclass(first):
        return Box(name, "record", needed, default, (), _boxes(first))
    simple: dict[Any, Kind] = {bool: "flag", int: "number", Decimal: "number", str: "words"}
    return Box(name, simple[first], needed, default)


def _members(hint: Any) -> list[Any]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return [each for argument in typing.get_args(hint) for each in _members(argument)]
    return [hint]


def shown(boxes: Sequence[Box], data: Unchecked, prefix: str = "") -> dict[str, list[str]]:
    """What the form's controls hold for `data`: name of a control -> its values. A rule that is only shown has none."""
    found: dict[str, list[str]] = {}
    for box in boxes:
        found |= _shown(box, data.get(box.name, box.default), f"{prefix}{box.name}")
    return found


def _shown(box: Box, value: Any, name: str) -> dict[str, list[str]]:
    if box.kind == "text":
        words = value if isinstance(value, dict) else {}
        return {f"{name}.{language}": [_said(words.get(language))] for language in ("zh", "en")}
    if box.kind == "flag":
        return {name: ["1"] if value is True else []}
    if box.kind == "rule":
        return _rule_shown(value, name)
    if box.kind == "record":
        return shown(box.parts, value if isinstance(value, dict) else {}, f"{name}.")
    if box.kind == "columns":
        held = value if isinstance(value, dict) else {}
        return {f"{name}.{each}": [_said(held.get(each))] for each in box.choices}
    if box.kind == "list":
        found: dict[str, list[str]] = {}
        if too_long(value):
            return found
        for place, item in enumerate(_items(value)):
            found[f"{name}.{place}.was"] = [str(place)]
            found |= shown(box.parts, item, f"{name}.{place}.")
        return found
    if box.kind in ("codes", "numbers", "under"):
        return {
            name: [_said(each) for each in value]
            if isinstance(value, list | tuple)
            else [_said(value)]
            if value not in (None, "")
            else []
        }
    return {name: [_said(value)]}


def _rule_shown(value: Any, name: str) -> dict[str, list[str]]:
    found = lines_of(value)
    if found is None:
        return {}
    sent = {f"{name}.join": [found[0]]}
    for place, line in enumerate(found[1]):
        sent |= {f"{name}.{place}.question": [line.question], f"{name}.{place}.operator": [line.operator],
                 f"{name}.{place}.value": list(line.values)}  # fmt: skip
    return sent


def entered(boxes: Sequence[Box], data: Unchecked, sent: Sent, prefix: str = "") -> Unchecked:
    """`data` with what the form sent: only what differs from what was shown is read, the rest stays as it was written."""
    found = dict(data)
    for box in boxes:
        before, name = data.get(box.name, box.default), f"{prefix}{box.name}"
        after = _entered(box, before, sent, name)
        if same(after, before):
            continue
        if not box.needed and (after in (None, "", [], {}) or same(after, box.default)):
            found.pop(box.name, None)
        else:
            found[box.name] = after
    return found


def _entered(box: Box, before: Any, sent: Sent, name: str) -> Any:
    if box.kind == "list":
        return _list_entered(box, before, sent, name)
    if box.kind == "record":
        held = before if isinstance(before, dict) else {}
        after = entered(box.parts, held, sent, f"{name}.")
        if not box.needed and not _filled(after):
            return before if not _filled(held) else None
        return after
    if box.kind == "rule":
        return _rule_entered(before, sent, name)
    now = {each: list(sent.get(each, ())) for each in _shown(box, before, name)}
    if _bare(now) == _bare(_shown(box, before, name)):
        return before
    if box.kind == "text":
        words = {language: _line(now[f"{name}.{language}"]) for language in ("zh", "en")}
        held = before if isinstance(before, dict) else {}
        return {**held, **words} if box.needed or any(words.values()) else None
    if box.kind == "columns":
        held = before if isinstance(before, dict) else {}
        return {
            **{each: held[each] for each in held if each not in box.choices},
            **{each: said for each in box.choices if (said := _line(now[f"{name}.{each}"]))},
        }
    if box.kind == "flag":
        return bool(now[name])
    if box.kind in ("codes", "numbers", "under"):
        several = _several(box.kind, now[name])
        return _in_order(before, several) if box.kind == "codes" else several
    return _single(box.kind, _line(now[name]))


def _several(kind: Kind, said: Sequence[str]) -> Any:
    if kind == "codes":
        return [value for value in said if value]
    each = [part for value in said for part in _SPLIT.split(value.strip()) if part]
    if kind == "under" and not (len(each) == 1 and each[0].isdecimal()):
        return each
    numbers = [_single("number", part) for part in each]
    return numbers[0] if kind == "under" else numbers


def _in_order(before: Any, after: Sequence[str]) -> list[str]:
    """What is ticked, in the order it was written in: boxes stand in the options' order."""
    old = [str(each) for each in before] if isinstance(before, list | tuple) else []
    return [each for each in old if each in after] + [each for each in after if each not in old]


def _single(kind: Kind, said: str) -> Any:
    """What a box says; what cannot be read stays as it was written, and the checks name it."""
    if said == "":
        return None
    if kind == "number":
        try:
            number = number_of(said)
        except NumberRefusedError:
            return said
        return int(number) if number == number.to_integral_value() else number
    if kind == "day":
        try:
            return date.fromisoformat(said)
        except ValueError:
            return said
    return said


def _rule_entered(before: Any, sent: Sent, name: str) -> Any:
    was = _rule_shown(before, name)
    if not was or f"{name}.join" not in sent:
        return before
    lines = []
    for place in numbers_sent(sent, name):
        question, operator = (_line(sent.get(f"{name}.{place}.{part}", ())) for part in ("question", "operator"))
        given = [value.strip() for value in sent.get(f"{name}.{place}.value", ()) if value.strip()]
        if len(given) == 1 and operator.endswith("in"):
            given = [part.strip() for part in re.split("[,，、]", given[0]) if part.strip()]
        old = was.get(f"{name}.{place}.value", ()) if was.get(f"{name}.{place}.question") == [question] else ()
        if question:
            lines.append(Line(question, operator or "answered", tuple(_in_order(old, given))))
    after = rule_of(_line(sent.get(f"{name}.join", ())), lines)
    written = lines_of(before)
    return before if written is not None and same(rule_of(*written), after) else after


def _list_entered(box: Box, before: Any, sent: Sent, name: str) -> Any:
    """The lines that were sent, in the order of their numbers; one that says nothing is none."""
    held = _items(before)
    if too_long(before):
        return before
    found: list[Unchecked] = []
    for place in numbers_sent(sent, name):
        was = _line(sent.get(f"{name}.{place}.was", ()))
        old = _line_was(held, was)
        item = entered(box.parts, old, sent, f"{name}.{place}.")
        if old or _filled(item):
            found.append(item)
    for line in "".join(sent.get(f"{name}.more", ())).splitlines():
        zh, _bar, en = (part.strip() for part in line.replace("\t", "|").partition("|"))
        if zh or en:
            found.append({"text": {"zh": zh, "en": en}})
    label = next((each.name for each in box.parts if each.name in ("code", "key")), "")
    taken = {str(item.get(label)) for item in found}
    for place, item in enumerate(found):
        if label and not item.get(label):
            fresh = free("" if label == "code" else "r" if name == "rows" else name[:-1], taken)
            taken.add(fresh)
            found[place] = {label: fresh, **{key: value for key, value in item.items() if key != label}}
    return before if same(found, held) else found


def _line_was(held: Sequence[Unchecked], was: str) -> Unchecked:
    """The line that a form says it was made for."""
    return held[int(was)] if was.isdecimal() and len(was) < 5 and int(was) < len(held) else {}


def too_long(value: Any) -> bool:
    """Whether a list has more lines than a form of boxes carries."""
    return isinstance(value, list) and len(value) > MOST


def numbers_sent(sent: Sent, name: str) -> list[int]:
    """Of lines name.3.…, the numbers."""
    found = {key.removeprefix(f"{name}.").partition(".")[0] for key in sent if key.startswith(f"{name}.")}
    return sorted(int(each) for each in found if each.isdecimal() and len(each) < 5)


def _filled(value: Any) -> bool:
    """Whether anything stands in it."""
    if isinstance(value, dict):
        return any(map(_filled, value.values()))
    return value not in (None, "", [], False)


def _items(value: Any) -> list[Unchecked]:
    return [each if isinstance(each, dict) else {} for each in value] if isinstance(value, list) else []


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _line(values: Sequence[str]) -> str:
    return values[0].replace("\r\n", "\n").strip() if values else ""


def _bare(controls: Sent) -> dict[str, list[str]]:
    return {
        name: [value.replace("\r\n", "\n").strip() for value in values if value.strip()]
        for name, values in controls.items()
    }


def renamed_parts(data: Unchecked, sent: Sent) -> dict[str, str]:
    """Codes of options and keys of rows that the form changes: old -> new."""
    found = {}
    for name, label in (("options", "code"), ("rows", "key")):
        held = _items(data.get(name))
        for place in numbers_sent(sent, name):
            was, now = _line(sent.get(f"{name}.{place}.was", ())), _line(sent.get(f"{name}.{place}.{label}", ()))
            old = str(_line_was(held, was).get(label, ""))
            if old and now and old != now:
                found[old] = now
    return found
