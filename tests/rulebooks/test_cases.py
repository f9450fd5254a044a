"""Every case of the YAML files beside this one, and that they leave no line of a rulebook out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from analysis.scoring import load_rulebook, parse_rulebook
from analysis.scoring.conditions import Condition, conditions_of
from analysis.scoring.kinds import KINDS
from analysis.scoring.rulebook import Indicator, Metric, Rulebook
from analysis.scoring.rules import Tier
from definitions import DefinitionError, load_text
from tests.support.rulebook_cases import Case, File, Values, book_of, differences, files

BOOKS = ("jining-2023-municipal", "jining-2023-county")
DOCS = Path(__file__).parents[2] / "docs"
STEPS = {"share": Decimal("0.00000001"), "count": Decimal(1), "number": Decimal("0.000001")}
ALL = [
    pytest.param(name, file, case, id=f"{name}: {case.name}") for name, file in files().items() for case in file.cases
]


@pytest.mark.parametrize(("name", "file", "case"), ALL)
def test_a_case_comes_out_as_the_document_says(name, file, case):
    found = differences(case, book_of(file))
    assert not found, f"{name}: {case.name} ({case.row})\n" + "\n".join(found)


def test_every_case_names_metrics_as_the_document_does_and_cites_the_row_of_its_indicator():
    wrong = [
        f"{name}: {case.name}: {said}"
        for name, file in files().items()
        for case in file.cases
        for said in slips(case, book_of(file))
    ]
    assert not wrong, "\n".join(wrong)


def test_there_are_many_cases_and_no_file_has_two_of_one_name():
    assert len(ALL) >= 160
    for name, file in files().items():
        twice = [case for case, times in Counter(case.name for case in file.cases).items() if times > 1]
        assert not twice, f"{name}: {twice}"


@pytest.mark.parametrize("rulebook", BOOKS)
def test_every_threshold_is_met_exactly_missed_by_the_smallest_step_unknown_and_not_applicable(rulebook):
    book = load_rulebook(rulebook)
    tried = list(worlds(rulebook))
    missing = []
    for indicator in book.indicators:
        for tier in indicator.tiers:
            for condition in conditions_of(tier.requirement):
                metric = indicator.metric(condition.metric)
                at = [
                    (values[metric.name], stars >= tier.stars)
                    for number, values, stars in tried
                    if number == indicator.number and metric.name in values
                ]
                for what, value, reached in wanted(condition, metric):
                    if not any(same(given, value) and held is reached for given, held in at):
                        missing.append(f"{where(indicator, tier)} {indicator.say(condition)}: {what}")
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("rulebook", BOOKS)
def test_every_other_line_is_tried_on_both_its_sides(rulebook):
    book = load_rulebook(rulebook)
    cases = [case for file in files().values() if file.rulebook == rulebook for case in file.cases]
    satisfactions = {str(case.satisfaction) for case in cases}
    for zone in book.zones.zones[1:]:
        line = Decimal(str(zone.below)) * 100
        assert {f"{line.normalize():f}%", f"{line - Decimal('0.000001'):f}%", "未知"} <= satisfactions
    totals = {case.total for case in cases}
    for star in book.stars:
        reached = [case for case in cases if case.total == star.min_score]
        assert any(case.star == star.name for case in reached), f"{star.name}: no case at {star.min_score}"
        assert Decimal(star.min_score) - Decimal("0.5") in totals, f"{star.name}: no case just below"
        assert star.requires is None or any(case.star != star.name for case in reached), f"{star.name}: undeclared"
    for number, metric, values in numbers_tried(book, cases):
        assert len(values) >= 2, f"indicator {number}: {metric} is tried with one value only"


def slips(case: Case, book: Rulebook) -> Iterator[str]:
    """Names and rows of a case that are not those of the rulebook."""
    known = {str(indicator.number): indicator for indicator in book.indicators}
    for number, metric, _ in case.written():
        names = [metric.name for metric in known[number].metrics] if number in known else []
        if number != "rating" and metric not in names:
            yield f"indicator {number} has no metric '{metric}' but {names}"
    for number in map(str, case.expected):
        citation = known[number].citation if number in known else "no row"
        if len(case.expected) == 1 and case.row != citation:
            yield f"cites {case.row}, its indicator stands in {citation}"


def worlds(rulebook: str) -> Iterator[tuple[int, dict[str, Any], int]]:
    """Every set of values of one indicator that some case tries, with the stars it expects."""
    for file in files().values():
        for case in file.cases if file.rulebook == rulebook else ():
            if len(case.expected) != 1 or case.all_at:
                continue
            number, outcome = next(iter(case.expected.items()))
            values: Values = case.main()
            yield number, values.get(str(number), {}), outcome.stars
            for place, metric, other in case.others():
                assert case.otherwise is not None
                yield number, values[place] | {metric: other}, case.otherwise.stars


def wanted(condition: Condition, metric: Metric) -> Iterator[tuple[str, Any, bool]]:
    """What must be tried of one condition: the value, and whether its tier is reached."""
    if condition.operator == "yes":
        yield "met", "是", True
        yield "missed", "否", False
    else:
        line, step = condition.threshold, STEPS[metric.kind]
        on_the_line = condition.operator in (">=", "<=")
        beyond = line - step if condition.operator in (">=", "<") else line + step
        yield "met exactly", line if on_the_line else beyond, True
        yield "missed by the smallest step", beyond if on_the_line else line, False
    yield "unknown", None, False
    yield "not applicable", {"not_applicable": ...}, False


def same(given: Any, value: Any) -> bool:
    return isinstance(given, dict) if isinstance(value, dict) else given == value


def where(indicator: Indicator, tier: Tier) -> str:
    return f"{indicator.citation} {tier.stars}星"


def numbers_tried(book: Rulebook, cases: list[Case]) -> Iterator[tuple[int, str, set[str]]]:
    """Values that cases give to the metrics of bonuses and deductions."""
    for indicator in book.indicators:
        for metric in indicator.metrics if indicator.kind in ("bonus", "deduction") else ():
            values = {str(case.main().get(str(indicator.number), {}).get(metric.name)) for case in cases}
            yield indicator.number, metric.name, values - {"None"}


SMALL = """rulebook: jining-2023-county
cases:
  - name: a case
    row: 附件(县级)第1行
    values: {1: {政务服务事项在线率: [85%, 84%]}}
    expected: {1: {stars: 3, points: 0.5}}
    otherwise: {stars: 0, points: 0}
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    row:", "    rows:", "did you mean 'row'"),
        ("points: 0.5", "point: 0.5", "did you mean 'points'"),
        ("stars: 3", "stars: 2", "0, 3, 4, 5"),
        ("    otherwise: {stars: 0, points: 0}\n", "", "belong together"),
        ("rulebook:", "rule_book:", "did you mean 'rulebook'"),
    ],
)
def test_a_slip_of_the_pen_in_a_case_is_refused_with_its_line(old, new, message):
    assert load_text(SMALL, File).value.cases[0].name == "a case"
    with pytest.raises(DefinitionError, match=message):
        load_text(SMALL.replace(old, new, 1), File, "small.yaml")


def test_the_case_in_the_docs_holds():
    text = (DOCS / "extend" / "rulebook-authors.md").read_text(encoding="utf-8")
    block = next(block for block in text.split("```") if "\ncases:" in block)
    file = load_text(block.removeprefix("yaml\n"), File).value
    assert [differences(case, book_of(file)) + list(slips(case, book_of(file))) for case in file.cases] == [[]]


EXAMPLES = re.findall(r"^## (.+?)$.*?```yaml\n(.*?)```", (DOCS / "extend" / "rules.md").read_text("utf-8"), re.M | re.S)
HEAD = "id: example\ntitle: Example\nsource: docs\nlevel: county\nstars: [{name: 达标, min_score: 1}]\n"


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=[kind for kind, _ in EXAMPLES])
def test_the_example_of_each_kind_in_the_docs_holds(kind, example):
    rules, cases = example.split("cases:\n  - {name")
    book = parse_rulebook(HEAD + rules, f"{kind}.yaml")
    file = load_text("rulebook: example\ncases:\n  - {name" + cases, File).value
    assert [said for case in file.cases for said in differences(case, book)] == []


def test_every_kind_has_an_example():
    assert set(KINDS) - {"bonus", "deduction"} <= {
        row.kind
        for _, example in EXAMPLES
        for row in parse_rulebook(HEAD + example.split("cases:\n  - {name")[0], "").indicators
    }


def test_a_case_that_the_engine_does_not_meet_says_what_it_expected():
    wrong = load_text(SMALL.replace("points: 0.5", "points: 0.6"), File).value
    (sentence,) = differences(wrong.cases[0], book_of(wrong))
    assert "expected 3 stars and 0.6 points, the engine says 3 and 0.5" in sentence
