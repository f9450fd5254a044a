"""The demonstration city, loaded once a run by the command that a person would give; tests get copies."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from survey_app.demo.load import load
from survey_app.models import db
from tests.support.stored import this_run

MINYI = [sys.executable, "-m", "survey_app"]
RESPONSES = 400


def instance(copy: Path) -> tuple[dict[str, str], str]:
    """A copy of a folder in which `minyi demo` has run once: the environment of a command in it, and what was printed."""
    made = this_run().folder / "demonstration"
    with this_run().alone("demonstration"):
        if not (made / "printed.json").exists():
            made.mkdir(exist_ok=True)
            command = [*MINYI, "demo", "--no-serve", "--json", "--responses", str(RESPONSES)]
            done = subprocess.run(command, env=_environment(made), capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            (made / "printed.json").write_text(done.stdout, encoding="utf-8")
    shutil.copytree(made, copy, dirs_exist_ok=True)
    return _environment(copy), (copy / "printed.json").read_text(encoding="utf-8")


def demonstration_city() -> None:
    """The same city in the database of the application: by the loader itself on PostgreSQL."""
    if db.engine.dialect.name == "postgresql":
        load(RESPONSES, lambda *_: None)
        return
    path = Path(str(db.engine.url.database))
    folder = path.with_suffix(".demonstration")
    instance(folder)
    db.session.remove()
    db.engine.dispose()  # so that no journal of the empty database is left
    (folder / "minyi.sqlite3").replace(path)


def _environment(folder: Path) -> dict[str, str]:
    environment = {**os.environ, "MINYI_INSTANCE": str(folder)}
    environment.pop("DATABASE_URL", None)
    return environment
