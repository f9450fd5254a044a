"""`minyi follow-up` as a stranger would type it, with wrong input too."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from survey_app.cli import cli

PLAN = "measure: {question: y, satisfied: [1], scale: [0, 1]}\n"


def call(*arguments: object):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture
def files(tmp_path):
    """Answers of 10, 7 satisfied; of 4 followed up among 20 silent, 1 satisfied; a county for each."""
    for name, text in {
        "first.csv": "y,county\n" + "1,甲县\n" * 7 + "0,甲县\n" * 3, "second.csv": "y,county\n1,甲县\n" + "0,甲县\n" * 3,
        "plan.yaml": PLAN, "strata.yaml": PLAN + "design: {strata: county}\n", "silent.csv": "county,silent\n甲县,20\n",
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("plan", "silent"), [("plan.yaml", "20"), ("strata.yaml", "silent.csv")])
def test_both_phases_together_give_hansens_and_hurwitzs_figure(files, plan, silent):
    silent = files / silent if silent.endswith("csv") else silent
    result = call(
        "follow-up", "estimate", files / "first.csv", files / "second.csv", "--plan", files / plan, "--silent", silent, "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["estimate"] == pytest.approx((7 + 20 * 0.25) / 30)
    assert found["kappa"] == pytest.approx((0.4 / 0.6) * (0.3 / 0.7))


@pytest.mark.parametrize("silent", ["many", "3"])
def test_a_number_of_silent_persons_that_cannot_be_is_refused(files, silent):
    result = call(
        "follow-up", "estimate", files / "first.csv", files / "second.csv", "--plan", files / "plan.yaml", "--silent", silent,
    )  # fmt: skip
    assert result.exit_code == 2
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("silent", "said"),
    [
        (None, "silent.csv"), ("county,silent\n甲县,many\n", "silent.csv: "),
        ("county,silent\n甲县,20\n甲县,30\n", "stratum '甲县' has two numbers"),
    ],
)  # fmt: skip
def test_a_file_of_silent_persons_that_cannot_be_used_is_named(files, silent, said):
    if silent is None:
        (files / "silent.csv").unlink()
    else:
        (files / "silent.csv").write_text(silent, encoding="utf-8")
    result = call(
        "follow-up", "estimate", files / "first.csv", files / "second.csv", "--plan", files / "strata.yaml", "--silent",
        files / "silent.csv",
    )  # fmt: skip
    assert result.exit_code == 2
    assert said in result.output


def test_the_number_to_follow_up_is_said_with_its_error_and_cost():
    aim = (
        "--drawn",
        1000,
        "--rate",
        0.4,
        "--share",
        0.75,
        "--silent-share",
        0.6,
        "--cost-answer",
        5,
        "--cost-followed",
        40,
    )
    result = call("follow-up", "plan", *aim, "--json")
    assert json.loads(result.stdout)["followed"] == 284
    assert call("follow-up", "plan", *aim).exit_code == 0
    assert call("follow-up", "plan", *aim, "--rate", 1.2).exit_code == 2
    assert call("follow-up", "plan", *aim, "--cost-followed", 0).exit_code == 2
    assert call("follow-up", "plan", *aim, "--cost-answer", 0, "--cost-asking", 0).exit_code == 2
