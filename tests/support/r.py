"""R, where the machine has it: what a script prints."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from tests.support.application import absent


def in_r(script: str | Path, folder: Path, *packages: str, locale: str = "") -> str:
    """What R prints of a script (its text, or a file of `folder`), run in `folder`; the test is skipped where R or a package is missing."""
    for package in packages:
        if not _there(package):
            absent(f"R with its package {package}")
    if not _there("stats"):
        absent("R")
    how = ["Rscript", "--vanilla", *([str(script)] if isinstance(script, Path) else ["-e", script])]
    surrounding = {**os.environ, **({"LC_ALL": locale} if locale else {})}
    done = subprocess.run(how, cwd=folder, capture_output=True, text=True, check=False, env=surrounding)
    assert done.returncode == 0, done.stderr
    return done.stdout


@lru_cache
def _there(package: str) -> bool:
    if shutil.which("Rscript") is None:
        return False
    asked = f"quit(status = !requireNamespace('{package}', quietly = TRUE))"
    return subprocess.run(["Rscript", "--vanilla", "-e", asked], capture_output=True, check=False).returncode == 0
