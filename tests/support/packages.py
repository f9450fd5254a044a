"""What the scripts of a run's package print, beside the official figure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from survey_app.models import EstimateRun


def official(run: EstimateRun) -> list[float]:
    own = run.result["satisfied" if run.result["measure"]["official"] == "share" else "index"]
    whole = [own["estimate"], own["se"], own["lower"], own["upper"], run.result["df"], run.result["n"]]
    return [float("nan") if value is None else value for value in whole]


def printed(said: str) -> list[float]:
    return [float(line.split()[1]) for line in said.splitlines()]


def by_python(folder: Path) -> list[float]:
    done = subprocess.run([sys.executable, "figure.py"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return printed(done.stdout)
