"""Rules and numbers: the server's evaluator and the page's answer one table of cases alike."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from definitions.numbers import NumberRefusedError, number_of
from questionnaires import check_answers, parse_definition
from questionnaires.logic import as_tree, holds, parse_rule
from questionnaires.plain import as_yaml
from survey_app.answering.pages.frame import HERE
from tests.support.application import absent

TABLE = YAML(typ="safe").load((Path(__file__).parent / "logic_cases.yaml").read_text(encoding="utf-8"))
DEFINITION = parse_definition(as_yaml(TABLE["definition"]))
CASES = [
    pytest.param(
        case["rule"],
        sent,
        word == "holds",
        id=f"{json.dumps(case['rule'])} {word} {json.dumps(sent, ensure_ascii=False)}",
    )
    for case in TABLE["cases"]
    for word in ("holds", "fails")
    for sent in case[word]
]
SCRIPT = """
global.window = {};
require(process.argv[1]);
var logic = window.minyiLogic, asked = JSON.parse(require("fs").readFileSync(0, "utf-8"));
console.log(JSON.stringify({
  rules: asked.rules.map(function (one) {
    Object.keys(one.typed).forEach(function (name) {
      var number = logic.number(one.typed[name]);
      if (number !== null) { one.found[name] = number; }
    });
    return logic.holds(one.rule, one.found);
  }),
  numbers: asked.numbers.map(logic.number)
}));
"""


@pytest.mark.parametrize(("rule", "sent", "expected"), CASES)
def test_the_server_says_whether_a_rule_holds(rule, sent, expected):
    assert holds(parse_rule(rule), check_answers(DEFINITION, sent).answers) is expected


@pytest.mark.parametrize(("text", "number"), TABLE["numbers"].items())
def test_the_server_reads_a_number(text, number):
    try:
        found = float(number_of(text))
    except NumberRefusedError:
        found = None
    assert found == number


def test_the_page_says_the_same_of_every_rule_and_number():
    asked = [as_filled(*case.values[:2]) for case in CASES]
    said = in_node({"rules": asked, "numbers": list(TABLE["numbers"])})
    wrong = [case.id for case, there in zip(CASES, said["rules"], strict=True) if there is not case.values[2]]
    assert wrong == []
    assert dict(zip(TABLE["numbers"], said["numbers"], strict=True)) == TABLE["numbers"]


def as_filled(rule: Any, sent: dict[str, list[str]]) -> dict[str, Any]:
    """A rule and what page.js collects for it: numbers as they are typed, boxes as lists, nothing that is blank."""
    found: dict[str, Any] = {}
    typed: dict[str, str] = {}
    for name, values in sent.items():
        question = DEFINITION.question(name)
        if question is not None and question.type == "number":
            typed[name] = values[0]
        elif values[0]:
            found[name] = values if question is not None and question.type == "multiple" else values[0]
    return {"rule": as_tree(parse_rule(rule)), "found": found, "typed": typed}


def in_node(asked: dict[str, Any]) -> Any:
    """What logic.js answers, run by node."""
    node = shutil.which("node") or absent("node")
    assert node
    command = [node, "-e", SCRIPT, str(HERE / "static" / "logic.js")]
    ran = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)
