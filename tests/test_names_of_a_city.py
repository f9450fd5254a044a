"""No city's names stand in the product outside its programme's folder and the demonstration. Ids keep theirs."""

from __future__ import annotations

import csv
import re
import subprocess
from pathlib import Path

from analysis.scoring import load_rulebook
from analysis.scoring.programme import load_programme

ROOT = Path(__file__).parents[1]
SEARCHED = ("survey_app", "analysis", "questionnaires", "wording", "definitions")
OWN = ("analysis/scoring/programmes/", "survey_app/demo/")
ID = re.compile(r"\bjining-2023(-municipal|-county)?\b")


def names() -> set[str]:
    """Of the city, its counties, its departments, goals and documents."""
    programme = load_programme("jining-2023")
    rows = [row for book in programme.units.values() for row in load_rulebook(book).indicators]
    with (ROOT / "survey_app/demo/jining.csv").open(encoding="utf-8") as file:
        places = [name for row in csv.DictReader(file) for name in (row["name"], row["name_en"])]
    said = {name for row in rows for name in row.lead} | {goal.text for goal in programme.goals} | set(places)
    province = {"山东", "Ai Shandong", "aishandong"}  # an app, an office or a rule of the whole province is as foreign
    own = {"济宁", "Jining", "jining", "23号", "济政办", "大数据局"}
    return said | {programme.source.title, programme.source.number} | own | province


def test_no_name_of_jining_stands_outside_its_programme_and_the_demonstration():
    listed = subprocess.run(["git", "ls-files", *SEARCHED], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [path for path in listed.stdout.splitlines() if not path.startswith(OWN)]
    assert len(paths) > 700
    wanted, found = re.compile("|".join(map(re.escape, sorted(names(), key=len, reverse=True)))), []
    for path in paths:
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:  # an image
            continue
        found += [f"{path}: {said[0]}" for said in wanted.finditer(ID.sub("", text))]
    assert not found, "\n" + "\n".join(found)
