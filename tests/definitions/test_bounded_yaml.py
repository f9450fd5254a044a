"""YAML of strangers stays small: what a few bytes could make gigabytes of is refused with its line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis import parse_plan
from definitions import DefinitionError, composed, load_text, round_trip
from survey_app.cli import cli

LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)


@dataclass(frozen=True)
class Any:
    a: object = None


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (LAUGHS, 2, "aliases are not read"),
        ("a: &x 1\nb: 2\nc: *x\n", 3, "aliases are not read"),
        ("base: &b {x: 1}\na:\n  <<: *b\n", 3, "aliases are not read"),
        ("a: " + "[" * 5000 + "]" * 5000, 1, "more than 40 levels"),
        ("a:\n" + "".join("  " * n + "b:\n" for n in range(1, 60)), 40, "more than 40 levels"),
        ("a: [" + "1, " * 60_000 + "1]", 1, "more than 50000 values"),
        ("# " + "x" * 1_000_000, 1, "longer than 1000000 characters"),
    ],
)
@pytest.mark.parametrize("read", [lambda text: load_text(text, Any, "f.yaml"), lambda text: round_trip(text, "f.yaml")])
def test_what_is_out_of_bounds_is_refused_with_its_line(read, text, line, said):
    with pytest.raises(DefinitionError, match=said) as refused:
        read(text)
    assert refused.value.problems[0].line in (line, line + 1)


def test_aliases_stored_before_are_read_but_not_multiplied():
    plan = "x: &m [4, 5]\n"
    text = "measure: {question: overall, satisfied: &two [4, 5], scale: [1, 2, 3, 4, 5]}\ndomains: []\n"
    assert parse_plan(text).measure.satisfied == (4, 5)
    assert parse_plan(
        "interval: {method: &w wald}\nsingleton: fail\n" + text.replace("domains: []", "domains: [*w]")
    ).domains == ("wald",)
    assert composed(plan + "y: *m\n", "f", kept=True)[1] == {"x": [4, 5], "y": [4, 5]}
    for bomb in (LAUGHS, "a: &a [*a]\n"):
        with pytest.raises(DefinitionError, match=r"more than 50000 values|inside what it names"):
            composed(bomb, "f", kept=True)


def test_every_command_that_reads_yaml_refuses_aliases(tmp_path: Path):
    bad, values, rows = tmp_path / "bad.yaml", tmp_path / "v.json", tmp_path / "r.csv"
    bad.write_text(LAUGHS, encoding="utf-8")
    values.write_text("{}", encoding="utf-8")
    rows.write_text("overall\n4\n", encoding="utf-8")
    figures = ["--rulebook", "jining-2023-county", "--satisfaction", "0.7", "--se", "0.01", "--df", "90"]
    for command in (
        ["questionnaire", "check", bad], ["rulebook", "check", bad], ["estimate", rows, "--plan", bad],
        ["score", values, "--rulebook", bad], ["outlook", values, *figures, "--ranges", bad],
    ):  # fmt: skip
        done = CliRunner().invoke(cli, [str(part) for part in command])
        assert done.exit_code == 2, (command, done.output)
        assert "bad.yaml:2: not valid YAML: aliases are not read: write out here what '*a0' stands for" in done.stderr


def test_json_of_any_depth_is_refused_in_words(tmp_path: Path):
    deep = tmp_path / "deep.json"
    deep.write_text("[" * 100_000, encoding="utf-8")
    values = tmp_path / "v.json"
    values.write_text("{}", encoding="utf-8")
    for command in (
        ["questionnaire", "check", deep], ["score", deep, "--rulebook", "jining-2023-county"],
        ["score", values, "--rulebook", "jining-2023-municipal", "--estimate", deep], ["score-all", deep.parent, "--estimate", deep],
    ):  # fmt: skip
        done = CliRunner().invoke(cli, [str(part) for part in command])
        assert done.exit_code == 2, (command, done.output)
