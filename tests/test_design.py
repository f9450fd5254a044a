"""docs/design.md names every room that is there, and its picture has the floors that the import contracts hold."""

from __future__ import annotations

import re
from pathlib import Path

from tools import house

ROOT = Path(__file__).parents[1]


def test_the_picture_is_drawn_from_the_contracts():
    assert house.FILE.read_text(encoding="utf-8") == house.drawing(), "docs/images/house.svg is behind: run `make docs`"


def test_every_room_has_its_line_in_the_design():
    told = (ROOT / "docs" / "design.md").read_text(encoding="utf-8").partition("Inside `survey_app`")[2]
    lines = [line.split("|")[1] for line in told.partition("## ")[0].splitlines() if line.startswith("| `")]
    named = [name.removesuffix("/").removesuffix(".py") for line in lines for name in re.findall(r"`([^`]+)`", line)]
    assert named == [room for floor in house.floors() for room in floor]
