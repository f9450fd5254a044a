"""What can be done to a questionnaire as plain data: each step takes the data and gives a new one, with where to look next.

A draft need not be whole: what is wrong in it is found by `findings`, not refused here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any, get_args

from definitions import DefinitionError, Problem, composed, rewritten
from definitions.plain import Unchecked
from questionnaires.definition import Type
from questionnaires.editing.places import Place, mappings_in, outline, questions_in, questions_of, sections_in
from questionnaires.loading import ONLY_FOR
from questionnaires.logic import LEAVES
from wording import Message

Data = Unchecked
BLOCKS = ("type", "questions")
TYPES: tuple[Type, ...] = get_args(Type)
AGREED = (("5", "很满意", "Very satisfied"), ("4", "比较满意", "Fairly satisfied"), ("3", "一般", "Neither"),
          ("2", "不太满意", "Fairly dissatisfied"), ("1", "很不满意", "Very dissatisfied"))  # fmt: skip
_LATER = ("options", "rows", "questions")  # long lists, after which a key would not be seen


def _text(zh: str = "", en: str = "") -> Data:
    return {"zh": zh, "en": en}


def _empty() -> list[Data]:
    return [{"code": code, "text": _text()} for code in ("1", "2")]


def _scale() -> list[Data]:
    return [{"code": code, "text": _text(zh, en)} for code, zh, en in AGREED]


STARTS: Mapping[str, Callable[[], Data]] = {  # what a new question of a type begins with, so that it is whole at once
    **dict.fromkeys(("single", "multiple", "dropdown", "ranking"), lambda: {"options": _empty()}),
    "scale": lambda: {"options": _scale()},
    "matrix": lambda: {
        "options": [*_scale(), {"code": "0", "text": _text("没用过", "Not used")}],
        "rows": [{"key": "r1", "text": _text()}],
    },
}


def document(text: str) -> Data:
    """The data of a draft. Raises DefinitionError where it is no mapping of YAML."""
    data = composed(text, "draft")[1]
    if not isinstance(data, dict):
        raise DefinitionError([Problem("draft", 1, "", Message("definitions.expected_mapping_keys_values"))])
    return data


def text_of(text: str, data: Data) -> str:
    """`text` made to say `data`, with everything else as it was written."""
    return rewritten(text, data, BLOCKS)


def begin(title_zh: str, title_en: str, identifier: str) -> str:
    """The YAML of a new questionnaire: all that one needs, and no question yet."""
    start = {
        "id": identifier, "version": "1", "title": _text(title_zh, title_en), "organiser": _text(),
        "consent": {"version": "1", "text": _text(
            "本调查匿名，自愿参加，可随时退出。答案只用于统计，不会单独公开。提交即表示同意。",
            "This survey is anonymous and voluntary; you may stop at any time. Answers are used for statistics only. Submitting means you agree.",
        )},
        "columns": {}, "screened_out": _text("谢谢您！", "Thank you!"),
        "thanks": _text("谢谢您的参与！", "Thank you for taking part!"),
        "sections": [{"title": _text("问题", "Questions"), "questions": []}],
    }  # fmt: skip
    return text_of(f"id: {identifier}\n", start)


def part_of(data: Data, place: Place) -> Data:
    """A copy of what stands at `place`."""
    return deepcopy(place.inside(data) or {})


def put(data: Data, place: Place, part: Data) -> Data:
    """`part` in the place of what stood there; new keys before long lists, where they are seen."""
    data = deepcopy(data)
    held = place.inside(data)
    if held is None:
        return data
    late = {key: part[key] for key in part if key in _LATER and key not in held}
    fresh = {key: part[key] for key in part if key not in held and key not in late}
    found: Data = {}
    for key in held:
        if key in _LATER and fresh:
            found |= fresh
            fresh = {}
        if key in part:
            found[key] = part[key]
    found |= fresh | late
    held.clear()
    held.update(found)
    return data


def add(data: Data, after: Place, kind: str) -> tuple[Data, Place]:
    """A new section, or a question of the type `kind`, after `after`."""
    if kind == "section":
        return _in_sections(data, after, {"title": _text(), "questions": []})
    start = STARTS.get(kind, dict)()
    return insert(data, after, [{"key": free("q", _keys(data)), "type": kind, "text": _text(), **start}])


def insert(data: Data, after: Place, questions: Iterable[Data]) -> tuple[Data, Place]:
    """Questions after `after`, each with a key that is free here: their rules follow."""
    data = deepcopy(data)
    sections = _list_in(data, "sections")
    section = len(sections) - 1 if after.section is None else after.section
    if not sections or not isinstance(sections[section], dict):
        sections.append({"title": _text(), "questions": []})
        section = len(sections) - 1
    fresh, taken, others = deepcopy(list(questions)), _keys(data), {}
    for question in fresh:
        key = str(question.get("key") or "q")
        others[key] = free(f"{key}_", taken) if key in taken else key
        taken.add(others[key])
    fresh = [{**renamed(each, others), "key": others[str(each.get("key") or "q")]} for each in fresh]
    held = _list_in(sections[section], "questions")
    place = len(held) if after.question is None else after.question + 1
    held[place:place] = fresh
    return data, Place(section, place)


def duplicate(data: Data, place: Place) -> tuple[Data, Place]:
    """The same question or section once more, right after it."""
    part = part_of(data, place)
    if place.record == "question":
        return insert(data, place, [part])
    if place.record == "about":
        return data, place
    inside, part["questions"] = [each for each in questions_of(part) if isinstance(each, dict)], []
    data, there = _in_sections(data, place, part)
    return insert(data, there, inside)[0], there


def remove(data: Data, place: Place) -> tuple[Data, Place]:
    data = deepcopy(data)
    if place.section is None:
        return data, place
    held = sections_in(data) if place.question is None else sections_in(data)[place.section]["questions"]
    del held[place.section if place.question is None else place.question]
    before = [
        each
        for each in outline(data)
        if (each.section or 0, each.question or -1) <= (place.section, place.question or -1)
    ]
    return data, before[-1] if before else Place()


def move(data: Data, place: Place, to: Place | int) -> tuple[Data, Place]:
    """Up (-1) or down (1), over the border of a section too; or to the place `to`, whose piece makes room."""
    if place.section is None:
        return data, place
    data = deepcopy(data)
    sections = sections_in(data)
    if place.question is None:
        there = place.section + to if isinstance(to, int) else to.section or 0
        there = max(0, min(there, len(sections) - 1))
        sections.insert(there, sections.pop(place.section))
        return data, Place(there)
    section, question = place.section, place.question
    moved = sections[section]["questions"].pop(question)
    if isinstance(to, int):
        question += to
        if question < 0 and section > 0:
            section -= 1
            question = len(questions_of(sections[section]))
        elif question > len(sections[section]["questions"]) and section + 1 < len(sections):
            section, question = section + 1, 0
    else:
        section = section if to.section is None else to.section
        question = len(questions_of(sections[section])) if to.question is None else to.question
    if not isinstance(sections[section], dict):
        return data, place
    held = _list_in(sections[section], "questions")
    question = max(0, min(question, len(held)))
    held.insert(question, moved)
    return data, Place(section, question)


def renamed(value: Any, keys: Mapping[str, str], codes: Mapping[tuple[str, str], str] = MappingProxyType({})) -> Any:
    """`value` (of any depth) with questions called otherwise wherever rules, columns, the age gate and words name them.

    codes: (question as it is called before, code) -> its code from now on, in rules over it.
    """
    return _named(value, keys, codes, "")


def _named(value: Any, keys: Mapping[str, str], codes: Mapping[tuple[str, str], str], within: str) -> Any:
    if isinstance(value, Mapping):
        inner = "columns" if within == "columns" else ""
        found = {key: _named(part, keys, codes, inner or str(key)) for key, part in value.items()}
        if within == "minors" and isinstance(found.get("under"), list):
            found["under"] = [codes.get((str(value.get("question")), str(code)), code) for code in found["under"]]
        return found
    if isinstance(value, list) and within in LEAVES and len(value) == 2 and isinstance(value[0], str):
        key, dot, row = value[0].partition(".")
        said = value[1]
        if isinstance(said, list):
            said = [codes.get((key, str(code)), code) for code in said]
        return [
            keys.get(key, key) + dot + codes.get((key, row), row),
            said if isinstance(said, list) else codes.get((key, str(said)), said),
        ]
    if isinstance(value, list):
        return [_named(part, keys, codes, within) for part in value]
    if isinstance(value, str) and within in ("zh", "en"):
        for old, new in keys.items():
            value = value.replace(f"{{{old}}}", f"{{{new}}}")
    return keys.get(value, value) if isinstance(value, str) and within in ("columns", "answered", "question") else value


def retyped(part: Data, kind: str) -> Data:
    """A question as one of another type: what that type does not know goes, what it needs begins."""
    kept = {key: value for key, value in part.items() if key not in ONLY_FOR or kind in ONLY_FOR[key]}
    kept = {
        key: value for key, value in kept.items() if kind != "statement" or key not in ("required", "soft_required")
    }
    start = {key: value for key, value in STARTS.get(kind, dict)().items() if key not in kept}
    codes = [str(each.get("code", "")) for each in mappings_in(kept.get("options"))]
    if kind in ("scale", "matrix") and codes and not all(code.isdecimal() for code in codes):
        kept["options"] = [
            {**each, "code": str(len(codes) - place)} for place, each in enumerate(mappings_in(kept["options"]))
        ]
    return {**kept, "type": kind, **start}


def free(stem: str, taken: set[str]) -> str:
    """The first of stem1, stem2 … that is not taken."""
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def _list_in(held: Data, key: str) -> list[Any]:
    """The list under `key`, begun where there is none or something else."""
    if not isinstance(held.get(key), list):
        held[key] = []
    found: list[Any] = held[key]
    return found


def _keys(data: Data) -> set[str]:
    return {str(question.get("key")) for question in questions_in(data)}


def _in_sections(data: Data, after: Place, section: Data) -> tuple[Data, Place]:
    data = deepcopy(data)
    held = _list_in(data, "sections")
    place = len(held) if after.section is None else after.section + 1
    held.insert(place, section)
    return data, Place(place)
