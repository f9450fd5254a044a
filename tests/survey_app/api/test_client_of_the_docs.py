"""The client that docs/extend/api.md prints runs as it stands there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.support.api import key, served
from tests.support.city import scored_city
from tests.support.stored import begins_with
from tests.survey_app.api.test_operations import yesterday

pytestmark = begins_with(scored_city)
ROOT = Path(__file__).parents[3]


def test_the_printed_client_copies_answers_and_estimate(sqlite_app, tmp_path):
    text = (ROOT / "docs" / "extend" / "api.md").read_text(encoding="utf-8")
    program = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    assert len([line for line in program.splitlines() if line.strip()]) <= 32
    yesterday()
    sent = key("evaluator")["Authorization"].removeprefix("Bearer ")
    (tmp_path / "copy.py").write_text(program, encoding="utf-8")
    with served(sqlite_app.config["SQLALCHEMY_DATABASE_URI"], tmp_path) as base:
        command = [sys.executable, str(tmp_path / "copy.py"), base, sent, "wave1", str(tmp_path)]
        subprocess.run(command, check=True, timeout=60)
        wrong = subprocess.run([*command[:3], "minyi_x", *command[4:]], capture_output=True, text=True, check=False)
    assert wrong.returncode == 1
    assert "密钥不存在" in wrong.stderr
    assert len((tmp_path / "responses.ndjson").read_text(encoding="utf-8").splitlines()) == 42
    assert json.loads((tmp_path / "estimate.json").read_text(encoding="utf-8"))["survey"] == "wave1"
