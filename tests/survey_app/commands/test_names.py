"""Another package of one of our plain names stops the start with a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def start(decoys: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(decoys), str(ROOT)])
    return subprocess.run(
        [sys.executable, "-c", "from survey_app.cli import main; main()", "rulebook", "list"],
        cwd=cwd, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.parametrize(("name", "inside"), [("analysis", "__init__.py"), ("definitions", "notes.txt")])
def test_a_package_of_our_name_elsewhere_stops_the_start_and_is_named(tmp_path, name, inside):
    (tmp_path / "decoys" / name).mkdir(parents=True)
    (tmp_path / "decoys" / name / inside).write_text("raise SystemExit('imported')\n", encoding="utf-8")
    done = start(tmp_path / "decoys", tmp_path)
    if inside == "__init__.py":
        assert done.returncode == 2
        assert f"'{name}' is found at {tmp_path / 'decoys' / name / inside}, not at {ROOT / name}" in done.stderr
        assert done.stdout == ""
    else:  # a folder without code gives way to a package, to Python as to us
        assert (done.returncode, done.stderr) == (0, "")


def test_a_file_of_our_name_in_the_working_folder_stops_the_start_too(tmp_path):
    (tmp_path / "migrations.py").touch()
    done = start(tmp_path / "nothing", tmp_path)  # python -c looks into the working folder first
    assert done.returncode == 2
    assert f"'migrations' is found at {tmp_path / 'migrations.py'}" in done.stderr
