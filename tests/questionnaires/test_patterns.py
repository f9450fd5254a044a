"""Patterns of short answers: what is taken is quick whatever is typed, and what could stop a form is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from definitions import DefinitionError
from questionnaires import kept_definition, parse_definition
from questionnaires.patterns import PatternError, check_pattern

EVERY_TYPE = Path(__file__).with_name("every_type.yaml").read_text(encoding="utf-8")
TAKEN = [
    "", r"\d{6}", r"[A-Z]{2}\d{3}", r"1[3-9]\d{9}", r"\d{17}[\dXx]", r"(0\d{2,3}-)?\d{7,8}", r"(red|green|blue)+", r"(ab|ac)*d",
    r"鲁[A-Z][A-Z0-9]{5,6}", r"^[一-龥]{2,20}$", r".*路.*号", r"[\w.+-]+@[\w-]+\.[a-z]{2,}", r"a{0,1000}", r"\d+(\.\d{1,2})?",
    r"(?:a|b)c", r"[^\s]+", r"\d+?-\d+", r"[\u4e00-\u9fa5]+", r"a\$", "（[0-9]{3,4}）[0-9]{7}",
]  # fmt: skip
REFUSED = [
    ("(a+)+b", "repeat on|repeat stands on"), ("(a*)*", "repeat stands on"), ("([a-z]+)*!", "repeat stands on"),
    ("((ab)*c)+", "repeat stands on"), ("(a|a)*b", "too many ways"), ("(a|ab)*(c|bc)d", "too many ways"), (r"(\w|\d)+x", "too many ways"),
    ("(.|中)*x", "too many ways"), ("([一-龥]|中)+x", "too many ways"), ("(a|)*b", "may be empty"), ("a*a*a*a*b", "too many ways"),
    ("a?" * 30 + "a" * 30, "too many ways"), ("(a|a)" * 39, "too many ways"), (".*.*.*=.*", "too many ways"),
    ("(?=a)a", "lookaround"), ("(?!a)b", "lookaround"), ("(?<=a)b", "lookaround"), (r"(a)\1", "back-reference"),
    ("(?P<n>a)(?P=n)", "named group"), ("(?i)a", "flag"), ("(?>a)", "atomic"), ("a++", "repeats nothing"), ("a" * 201, "200 characters"),
    ("a{1001}", "at most 1000"), ("a{1,1001}", "at most 1000"), (r"\bx", "not taken"), (r"\Ax", "not taken"), ("a{,3}", "number of repeats"),
    ("[a", "not closed"), ("(a", "not closed"), ("a)", "no '\\('"), ("a^b", "only at the end"), ("[]a]", "write"), ("{", "repeats nothing"),
    ("(" * 99 + "a" + ")" * 99, None),
]  # fmt: skip


@pytest.mark.parametrize("pattern", TAKEN)
def test_a_plain_pattern_is_taken_and_means_what_python_reads(pattern):
    check_pattern(pattern, 500)
    re.compile(pattern)


@pytest.mark.parametrize(("pattern", "said"), REFUSED)
def test_a_pattern_that_could_stop_a_form_is_refused_with_the_reason(pattern, said):
    if said is None:  # deep but harmless: either way, no crash
        check_pattern(pattern, 500)
        return
    with pytest.raises(PatternError, match=said):
        check_pattern(pattern, 500)


PIECES = st.sampled_from(
    ["a", "b", "ab", "[ab]", ".", r"\w", r"\d", "a+", "b*", "[ab]?", ".{0,9}", r"\w{2,30}", "a|b", "ab|a"]
)


def grouped(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    mark = st.sampled_from(["", "*", "+", "?", "{2,9}"])
    return st.one_of(st.builds(lambda a, b: a + b, parts, parts), st.builds("({}){}".format, parts, mark))


@settings(max_examples=300, deadline=None)
@given(st.recursive(PIECES, grouped, max_leaves=8))
def test_what_is_taken_comes_to_an_end_whatever_is_typed(pattern):
    try:
        check_pattern(pattern, 200)
    except PatternError:
        return
    for typed in ("a" * 199 + "!", "ab" * 99 + "!", "b" * 200, "ab1" * 66 + "\n"):
        re.fullmatch(pattern, typed)  # an exponential one would not return


def test_a_questionnaire_with_such_a_pattern_is_refused_with_its_line_and_one_stored_before_still_opens():
    text = EVERY_TYPE.replace('"[A-Z]{2}\\\\d{3}"', '"(a+)+b"')
    line = text[: text.index("(a+)+b")].count("\n") + 1
    with pytest.raises(DefinitionError, match=rf"q.yaml:{line}: .*\.pattern: a repeat stands on"):
        parse_definition(text, "q.yaml")
    assert kept_definition(text, "q.yaml").question("plate").pattern == "(a+)+b"
