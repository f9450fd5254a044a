"""YAML that is made to say something else keeps every line that says the same."""

from __future__ import annotations

import difflib
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from definitions import composed, rewritten, same

BLOCKS = ("type", "questions")
TEXT = """\
# whose this is
title: {zh: "旧", en: '16\\u201329'}   # behind it
empty:
note: |
  two
  lines
sections:  # every one
  # of the first
  - title: first
    questions:

      - key: a   # the first
        type: single
        options:
          - {code: "1", text: {zh: 一, en: one}}   # one
          # before two
          - {code: "2", text: {zh: 二, en: two}}
      - {key: b, type: number, minimum: 1.50, show_if: {in: [a, ["1",
          "2"]]}}
  # of the second
  - title: second
    questions: []
# the end
"""


def said(text: str):
    return composed(text, "")[1]


def changed_lines(before: str, after: str) -> list[str]:
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[:1] in "+-"]


def changing(change) -> str:
    data = said(TEXT)
    change(data)
    written = rewritten(TEXT, data, BLOCKS)
    assert same(said(written), data)
    return written


def test_what_is_not_changed_stays_byte_for_byte():
    assert rewritten(TEXT, said(TEXT), BLOCKS) == TEXT


CHANGES = {
    "a text": (
        lambda data: data["title"].update(zh="新\"'"),
        ["- title: {zh: \"旧\", en: '16\\u201329'}   # behind it", "+ title: {zh: \"新\\\"'\", en: '16\\u201329'}   # behind it"],
    ),
    "a number": (lambda data: data["sections"][0]["questions"][1].update(minimum=2), [
        '-       - {key: b, type: number, minimum: 1.50, show_if: {in: [a, ["1",', '+       - {key: b, type: number, minimum: 2, show_if: {in: [a, ["1",',
    ]),
    "a key more": (
        lambda data: data["sections"][0].update(page=True),
        ["+     page: true"],
    ),
    "an empty value": (lambda data: data.update(empty="x"), ["- empty:", "+ empty: x"]),
    "a text of several lines": (lambda data: data.update(note="one\ntwo"), ["- note: |", "-   two", "-   lines", '+ note: "one\\ntwo"']),
    "an option less": (
        lambda data: data["sections"][0]["questions"][0]["options"].pop(0),
        ['-           - {code: "1", text: {zh: 一, en: one}}   # one'],
    ),
    "an option of another code": (
        lambda data: data["sections"][0]["questions"][0]["options"][1].update(code="3", fixed=True),
        ['-           - {code: "2", text: {zh: 二, en: two}}', '+           - {code: "3", text: {zh: 二, en: two}, fixed: true}'],
    ),
    "the first question of a section without one": (
        lambda data: data["sections"][1]["questions"].append({"key": "c", "type": "date", "text": {"zh": "", "en": "On"}}),
        ["-     questions: []", "+     questions:", "+       - key: c", "+         type: date", '+         text: {zh: "", en: "On"}'],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_only_the_lines_of_what_changes_change(name):
    change, lines = CHANGES[name]
    assert sorted(changed_lines(TEXT, changing(change))) == sorted(lines)


def test_what_moves_takes_its_text_and_the_comments_above_it_along():
    swapped = changing(lambda data: data["sections"].reverse())
    assert (
        swapped.index("# of the second\n  - title: second")
        < swapped.index("# of the first")
        < swapped.index("- title: first")
    )
    away = changing(lambda data: data["sections"][1]["questions"].append(data["sections"][0]["questions"].pop(0)))
    assert away.count("# before two") == away.count("# the first") == 1
    assert 'minimum: 1.50, show_if: {in: [a, ["1",\n' in away


def test_a_way_of_writing_that_cannot_be_cut_is_written_anew_with_its_comments():
    text = "# head\n? title\n: old  # said\nother: 1   # kept\n"
    written = rewritten(text, {"title": "new", "other": 1})
    assert said(written) == {"title": "new", "other": 1}
    assert "# kept" in written


FILES = [
    path.read_text(encoding="utf-8")
    for path in (Path("questionnaires/library/citizen-experience.yaml"), Path("tests/questionnaires/every_type.yaml"))
]


def _places(value, path=()):
    yield path, value
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _places(part, (*path, key))


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_whatever_is_changed_is_said_and_every_comment_stays(drawn):
    text = drawn.draw(st.sampled_from([TEXT, *FILES]))
    data = deepcopy(said(text))
    for _ in range(drawn.draw(st.integers(1, 3))):
        path, value = drawn.draw(st.sampled_from([each for each in _places(data) if each[0]]))
        held = data
        for step in path[:-1]:
            held = held[step]
        action = drawn.draw(st.sampled_from(["word", "gone", "turned", "twice"]))
        if action == "word":
            held[path[-1]] = drawn.draw(st.text(max_size=8) | st.booleans() | st.integers() | st.none())
        elif action == "gone":
            del held[path[-1]]
        elif isinstance(value, list):
            held[path[-1]] = value[::-1] if action == "turned" else [*value, *deepcopy(value)]
        elif isinstance(value, dict):
            held[path[-1]] = dict(reversed(value.items()))
    written = rewritten(text, data, BLOCKS)
    assert same(said(written), data)
