"""The wheel built from this tree holds all that running needs, and the lock names all the libraries it needs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
OWN = ("survey_app", "questionnaires", "analysis", "definitions", "wording", "migrations")
POSTER_AND_ENGLISH = """
from sqlalchemy import select
from survey_app.app import create_app
from survey_app.fieldwork.posters import poster
from survey_app.models import Site, db
from survey_app.people.accounts import create_administrator
app = create_app()
with app.app_context():
    assert poster(db.session.scalar(select(Site)), "http://127.0.0.1:8000", "pdf").startswith(b"%PDF")
    password = create_administrator("boss")
    db.session.commit()
client = app.test_client()
page = client.get("/console/sign-in?lang=en").get_data(as_text=True)
assert "<h1>Sign in</h1>" in page, page
token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
sent = {"csrf_token": token, "username": "boss", "password": password}
reply = client.post("/console/sign-in", data=sent)
assert reply.status_code == 302, reply.get_data(as_text=True)
assert client.get("/console/static/console.css").status_code == 200
"""

pytestmark = pytest.mark.checks


class Installed:
    """An environment that sees the wheel's copy and the locked libraries, and a folder to work in."""

    def __init__(self, environment: Path, folder: Path) -> None:
        self.bin, self.folder = environment / "bin", folder

    def run(self, *command: str) -> str:
        """What the command says; it is one of this environment's own, run from the other folder."""
        clean = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "MINYI_DEBUG": "1"}
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]], cwd=self.folder, env=clean, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An empty environment, filled by links to what requirements.txt names; ours comes out of the wheel."""
    folder = tmp_path_factory.mktemp("elsewhere")
    environment = folder / "environment"
    venv.create(environment, symlinks=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    for name in locked():
        for top in {file.parts[0] for file in distribution(name).files or () if file.parts[0] not in ("..", "bin")}:
            link = packages / top
            if top != "__pycache__" and not link.exists():
                link.symlink_to(Path(str(distribution(name).locate_file(top))))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    minyi = environment / "bin" / "minyi"
    minyi.write_text(f"#!{environment / 'bin' / 'python'}\nfrom survey_app.cli import main\nmain()\n", encoding="utf-8")
    minyi.chmod(0o755)
    return Installed(environment, folder)


@pytest.fixture(scope="session")
def city(installed: Installed) -> Installed:
    """With a database and the demonstration city in it."""
    installed.run("minyi", "db", "upgrade")
    said = json.loads(installed.run("minyi", "demo", "--no-serve", "--json", "--responses", "400"))
    assert set(said) >= {"estimate", "scorecards"}
    return installed


def locked() -> list[str]:
    """What requirements.txt pins for this machine's Python."""
    text = re.sub(r"\s*\\\n\s*--hash=\S+", "", (ROOT / "requirements.txt").read_text(encoding="utf-8"))
    wanted = [Requirement(line) for line in text.splitlines() if line and not line.startswith("#")]
    return [each.name for each in wanted if each.marker is None or each.marker.evaluate()]


def test_the_wheels_own_copy_runs_without_what_only_builds_and_tests_need(installed):
    absent = ("hatchling", "editables", "pyxform", "flask_mail", "bcrypt", "pytest")
    said = installed.run(
        "python",
        "-c",
        "import importlib, importlib.util as util\n"
        f"print(*[importlib.import_module(name).__file__ for name in {OWN!r}], sep='\\n')\n"
        f"print([name for name in {absent!r} if util.find_spec(name)])",
    )
    *places, present = said.splitlines()
    assert all(place.startswith(str(installed.folder)) for place in places)
    assert present == "[]"


def test_the_wheel_holds_every_file_of_the_tree_but_the_sources_of_translations(wheel):
    files = (path for name in OWN for path in (ROOT / name).rglob("*") if path.is_file())
    wanted = {path.relative_to(ROOT).as_posix() for path in files if path.suffix not in (".po", ".pyc", ".toml")}
    assert {path for path in wanted if path.endswith("messages.mo")}
    with zipfile.ZipFile(wheel) as archive:
        assert wanted <= set(archive.namelist())


def test_rulebooks_and_a_report_come_out_of_the_wheel(city, tmp_path):
    assert "jining-2023-municipal" in city.run("minyi", "rulebook", "list")
    report = tmp_path / "report.pdf"
    city.run("minyi", "report", "estimate", "1", "--to", str(report))
    assert report.read_bytes().startswith(b"%PDF")


def test_a_poster_is_drawn_and_a_person_signs_in_in_english_out_of_the_wheel(city):
    city.run("python", "-c", POSTER_AND_ENGLISH)
