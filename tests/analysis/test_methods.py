"""A method has versions: what names none is the first, a rule applies from its version on, and documents say which."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from analysis import Cells, estimate, parse_plan
from analysis.methods import CURRENT, FIRST, METHODS, Method, Since, method_of
from definitions import DefinitionError

PLAN = "measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}\n"


def test_a_plan_has_the_method_it_names_and_else_the_present_one_or_that_of_its_time():
    assert parse_plan(PLAN).method == CURRENT
    assert parse_plan(PLAN, unnamed=FIRST).method == FIRST
    assert parse_plan(PLAN + "method: 1").method == FIRST
    assert parse_plan(PLAN + f"method: {CURRENT.version}", unnamed=FIRST).method == CURRENT


@pytest.mark.parametrize("wrong", ["0", "99", "2.0", "true", "newest"])
def test_a_method_that_there_is_not_is_refused_with_its_line(wrong):
    with pytest.raises(DefinitionError, match=r"plan:2: method: there is no method .*; methods: 1, 2, 3"):
        parse_plan(PLAN + f"method: {wrong}")


def test_a_rule_applies_from_its_version_on():
    @dataclass(frozen=True)
    class Odd:
        version: int
        rounding = Since(2, "四舍五入", "rounded")

    assert [Odd(version).rounding for version in (1, 2, 3)] == [False, True, True]
    assert Odd.rounding.en == "rounded"


@pytest.mark.parametrize("version", [FIRST, CURRENT])
def test_an_estimate_names_its_method_and_so_is_it_read_again(version):
    plan = parse_plan(PLAN, unnamed=version)
    document = estimate(Cells.from_rows({"overall": [5, 4, 2, 5, 3]}, plan), plan).as_dict()
    assert document["method"]["version"] == version.version
    assert document["method"]["text"].startswith(f"Method {version.version}")
    assert method_of(json.loads(json.dumps(document))) == version


def test_a_document_without_a_method_is_of_the_first():
    assert method_of({"n": 5}) == FIRST


def test_the_reader_is_told_when_it_is_not_the_present_method():
    assert FIRST.sentence("zh").startswith(f"方法第1版；现行第{CURRENT.version}版")
    assert FIRST.sentence("en").startswith(f"Method 1, not the present one ({CURRENT.version})")
    assert CURRENT.sentence("zh").startswith(f"方法第{CURRENT.version}版")
    assert "现行" not in CURRENT.sentence("zh")


def test_the_document_of_versions_says_what_each_method_does():
    told = " ".join((Path(__file__).parents[2] / "docs/method/versions.md").read_text(encoding="utf-8").split())
    assert all(f"## Method {version}" in told for version in METHODS)
    for rule in vars(Method).values():
        if isinstance(rule, Since):
            assert rule.en in told
