"""Every case of the YAML files beside this one: figures whose source is R, a reference or a calculation spelled out."""

from __future__ import annotations

from collections import Counter

import pytest

from analysis.errors import AnalysisError
from definitions import DefinitionError, load_text
from tests.support.estimate_cases import File, differences, document, files

ALL = [
    pytest.param(name, file, case, id=f"{name}: {case.name}") for name, file in files().items() for case in file.cases
]


@pytest.mark.parametrize(("name", "file", "case"), ALL)
def test_a_case_comes_out_as_its_source_says(name, file, case):
    said = f"{name}: {case.name}"
    if case.refused:
        with pytest.raises(AnalysisError) as caught:
            document(file, case)
        assert case.refused in str(caught.value), said
        return
    found = list(differences(document(file, case), case.expected, float(case.tolerance)))
    assert not found, said + "\n" + "\n".join(found)


def test_every_case_has_a_name_of_its_own_and_a_source():
    assert len(ALL) >= 15
    for name, file in files().items():
        twice = [case for case, times in Counter(case.name for case in file.cases).items() if times > 1]
        assert not twice, f"{name}: {twice}"
        assert all(len(case.source) > 20 for case in file.cases), name
        unused = set(file.tables) - {case.rows for case in file.cases}
        assert not unused, f"{name}: no case uses the table {unused}"


SMALL = """tables: {ten: "answer,times\\n1,7\\n0,3\\n"}
cases:
  - name: a share
    source: 7 of 10
    rows: ten
    plan: {measure: {question: answer, satisfied: [1], scale: [0, 1]}}
    expected: {n: 10, satisfied: {estimate: 0.7}}
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    rows:", "    row:", "did you mean 'rows'"),
        ("    expected: {n: 10, satisfied: {estimate: 0.7}}\n", "", "either what is expected"),
        ("    rows: ten", "    rows: ten\n    tolerance: 0.01", "proves too little"),
    ],
)
def test_a_slip_of_the_pen_in_a_case_is_refused_with_its_line(old, new, message):
    with pytest.raises(DefinitionError, match=message):
        load_text(SMALL.replace(old, new, 1), File, "small.yaml")


def test_a_wrong_or_misspelt_figure_cannot_pass():
    file = load_text(SMALL.replace("estimate: 0.7", "estimate: 0.71, standard_error: 0.1"), File).value
    found = list(differences(document(file, file.cases[0]), file.cases[0].expected, 1e-9))
    assert len(found) == 2
    assert "satisfied.estimate: expected 0.71, the engine says 0.7" in found[0]
    assert "no 'standard_error'" in found[1]
