"""Five rulebooks of other shapes, invented: cases worked by hand, by the engine and through `minyi score`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.scoring import load_rulebook
from definitions import load_text
from survey_app.commands.score import command
from tests.support.rulebook_cases import FOLDER, NOT_APPLICABLE, File, differences

FILES = {
    path.name: load_text(path.read_text("utf-8"), File, path.name).value
    for path in sorted((FOLDER / "invented").glob("*-cases.yaml"))
}
CASES = [pytest.param(file, case, id=f"{name}: {case.name}") for name, file in FILES.items() for case in file.cases]


@pytest.mark.parametrize(("file", "case"), CASES)
def test_a_case_of_an_invented_rulebook_comes_out_as_worked_by_hand(file, case):
    book = load_rulebook(FOLDER / file.rulebook)
    assert book.source == "虚构，仅供测试"
    assert differences(case, book) == []


@pytest.mark.parametrize(("file", "case"), CASES)
def test_the_command_line_says_the_same(tmp_path, file, case):
    written = _json(tmp_path / "own.json", case.values)
    words = [str(written), "--rulebook", str(FOLDER / file.rulebook), "--json"]
    if case.peers:
        (tmp_path / "others").mkdir()
        for place, peer in enumerate(case.peers):
            _json(tmp_path / "others" / f"{place}.json", peer)
        words += ["--peers", str(tmp_path / "others")]
    if case.satisfaction != "未知":
        words += ["--satisfaction", case.satisfaction, "--se", "0.01", "--df", "60"]
    result = CliRunner().invoke(command, words)
    assert result.exit_code == 0, result.output
    card = json.loads(result.stdout)
    rows = {row["number"]: row for row in card["indicators"]}
    for number, outcome in case.expected.items():
        assert rows[number]["points"] == float(outcome.points)
        assert outcome.tier in (None, rows[number].get("tier"))
    if case.total is not None:
        assert card["total"] == (None if case.total == "整体不得分" else float(case.total))
    if case.star:
        assert card["star_level"] == case.star
        assert card["star_probability"] is None or sum(card["star_probability"].values()) == pytest.approx(1)


def test_the_interval_of_an_average_comes_from_both_surveys(tmp_path):
    file = FILES["business-environment-cases.yaml"]
    written = _json(tmp_path / "own.json", {4: file.cases[0].values[4]})
    words = [
        str(written),
        "--rulebook",
        str(FOLDER / file.rulebook),
        "--satisfaction",
        "81%",
        "--se",
        "0.02",
        "--df",
        "60",
        "--json",
    ]
    card = json.loads(CliRunner().invoke(command, words).stdout)
    # se √(0.01² + 0.005²) = 0.01118, df 0.01118⁴ / (0.01⁴/60 + 0.005⁴/40) = 85.7, t 1.988; on the logit scale
    assert card["satisfaction"] == 0.8
    assert card["satisfaction_interval"]["lower"] == pytest.approx(0.7768, abs=2e-4)
    assert card["satisfaction_interval"]["upper"] == pytest.approx(0.8213, abs=2e-4)


def _json(path: Path, values: object) -> Path:
    assert isinstance(values, dict)
    plain = {str(number): {name: _raw(value) for name, value in row.items()} for number, row in values.items()}
    path.write_text(json.dumps(plain, ensure_ascii=False), "utf-8")
    return path


def _raw(value: object) -> object:
    first = value[0] if isinstance(value, list) else value
    if isinstance(first, dict):
        return {key: _raw(part) for key, part in first.items()}
    if isinstance(first, str) and first.startswith(NOT_APPLICABLE):
        return {"not_applicable": first.removeprefix(NOT_APPLICABLE)}
    return None if first == "未知" else first if isinstance(first, int | str) else str(first)
