"""The page for authors lists every type, key and operator that a questionnaire may have, and no other."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from questionnaires.definition import (
    Choice,
    Consent,
    Contradiction,
    Definition,
    Legal,
    Minors,
    Question,
    Quota,
    Row,
    Screen,
    Section,
    Type,
)
from questionnaires.loading import ONLY_FOR
from questionnaires.logic import BRANCHES, LEAVES

PAGE = (Path(__file__).parents[2] / "docs/use/questionnaires.md").read_text(encoding="utf-8")
TYPES = set(get_args(Type))
MADE = {"rule", "digest"}  # computed, never written


def table(heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    part = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return lines[2:]


def codes(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", cell))


def keys_of(kind: type) -> set[str]:
    return {field.name for field in fields(kind)} - MADE


@pytest.mark.parametrize(
    ("heading", "wanted"),
    [
        ("Question types", TYPES),
        ("Keys of a question", keys_of(Question)),
        ("Options", keys_of(Choice)),
        ("Rows of a matrix", keys_of(Row)),
        ("Sections", keys_of(Section)),
        ("The questionnaire", keys_of(Definition)),
        ("Rules", {*LEAVES, *BRANCHES}),
    ],
)
def test_a_table_names_all_there_is_and_nothing_else(heading, wanted):
    listed = [name for row in table(heading) for name in codes(row[0])]
    assert sorted(listed) == sorted(wanted)


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("consent", Consent), ("screens", Screen), ("quotas", Quota), ("minors", Minors),
        ("contradictions", Contradiction), ("legal", Legal),
    ],
)  # fmt: skip
def test_what_a_key_of_the_questionnaire_holds_is_said(key, kind):
    said = next(row[1] for row in table("The questionnaire") if key in codes(row[0]))
    assert set(re.search(r"`\[?\{([\w, ]+)\}\]?`", said)[1].split(", ")) == keys_of(kind)


def test_each_key_stands_beside_the_types_that_know_it():
    said = {name: row[1] for row in table("Keys of a question") for name in codes(row[0])}
    for key, types in ONLY_FOR.items():
        assert codes(said[key]) == set(types), key
