"""Two forms of other tools that write every kind of condition, and answers to them drawn from a fixed seed.

What is shown for these answers stands in tests/reference/interchange, as the tools' own engines say it; how that was made
stands there too. `python -m tests.questionnaires.interchange_forms FOLDER` writes what they are given.
"""

from __future__ import annotations

import io
import json
import random
import sys
from pathlib import Path
from typing import Any

from openpyxl import Workbook

REFERENCE = Path(__file__).parents[1] / "reference" / "interchange"
ANSWERS = 2000
YES = ("yes", "no", "maybe")
CHOICES = {"yn": YES, "xyz": ("x", "y", "z"), "num": ("1", "2", "3")}
QUESTIONS = (  # type, name, relevant
    ("select_one yn", "a", ""), ("integer", "age", ""), ("decimal", "d", ""), ("select_multiple xyz", "m", ""), ("text", "t", ""),
    ("date", "dt", ""), ("select_one num", "s", ""), ("select_one yn", "own-car", ""), ("select_one yn", "x__y", ""),
    ("select_one yn", "chain", "${a} = 'yes'"), ("begin_group", "outer", "${a} = 'yes'"), ("text", "first", ""),
    ("begin_group", "inner", "${age} > 17"), ("text", "within", "${s} = 2"), ("end_group", "", ""), ("text", "after", ""),
    ("end_group", "", ""),
)  # fmt: skip
IN_GROUPS = ("first", "within", "after")


def conditions(tool: str) -> list[str]:
    """What the reference was made for, in its order."""
    return [line.partition("\t")[0] for line in (REFERENCE / f"{tool}.tsv").read_text(encoding="utf-8").splitlines()]


def shown(tool: str) -> dict[str, list[bool]]:
    """Condition, or name of a question in groups -> whether it is shown for each of the answers."""
    found = {}
    for line in (REFERENCE / f"{tool}.tsv").read_text(encoding="utf-8").splitlines():
        said, _, bits = line.partition("\t")
        found[said] = [bit == "1" for bit in f"{int(bits, 16):0{ANSWERS}b}"]
    return found


def xlsform(relevant: list[str]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "survey"
    sheet.append(["type", "name", "label", "relevant"])
    for kind, name, rule in (*QUESTIONS, *(("note", f"q{place}", rule) for place, rule in enumerate(relevant))):
        sheet.append([kind, name or None, name or None, rule or None])
    choices = book.create_sheet("choices")
    choices.append(["list_name", "name", "label"])
    for name, codes in CHOICES.items():
        for code in codes:
            choices.append([name, code, code])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def surveyjs(visible_if: list[str]) -> dict[str, Any]:
    elements: list[dict[str, Any]] = [
        {"type": "radiogroup", "name": "a", "choices": [*YES]}, {"type": "dropdown", "name": "dd", "choices": [*YES]},
        {"type": "boolean", "name": "b"}, {"type": "rating", "name": "r7", "rateCount": 7},
        {"type": "text", "name": "n", "inputType": "number"}, {"type": "text", "name": "t"},
        {"type": "text", "name": "dt", "inputType": "date"}, {"type": "checkbox", "name": "m", "choices": ["x", "y", "z"]},
        {"type": "tagbox", "name": "tb", "choices": ["x", "y"]},
        {"type": "matrix", "name": "mx", "columns": [1, 2, 3], "rows": ["r1", "r2"]},
        {"type": "ranking", "name": "rk", "choices": ["x", "y", "z"], "selectToRankEnabled": True},
        {"type": "radiogroup", "name": "s", "choices": [1, 2, 3]}, {"type": "radiogroup", "name": "own-car", "choices": [*YES]},
        {"type": "radiogroup", "name": "x__y", "choices": [*YES]},
        {"type": "radiogroup", "name": "chain", "choices": [*YES], "visibleIf": "{a} = 'yes'"},
        *({"type": "text", "name": f"q{place}", "visibleIf": rule, "maxLength": 50} for place, rule in enumerate(visible_if)),
    ]  # fmt: skip
    inner = {
        "type": "panel",
        "name": "inner",
        "visibleIf": "{n} > 3",
        "elements": [{"type": "text", "name": "within", "visibleIf": "{s} = 2"}],
    }
    outer = {"type": "panel", "name": "outer", "visibleIf": "{r7} >= 3", "elements": [{"type": "text", "name": "first"}, inner, {"type": "text", "name": "after"}]}  # fmt: skip
    return {
        "pages": [{"name": "p1", "elements": elements}, {"name": "p2", "visibleIf": "{a} = 'yes'", "elements": [outer]}]
    }


def answers(tool: str) -> list[dict[str, Any]]:
    """Answers as each tool's engine takes them; a quarter of the questions stays open."""
    drawn = random.Random(2023)

    def one(of: Any) -> Any:
        return of[int(drawn.random() * len(of))]

    def some(of: str) -> list[str]:
        return [each for each in of if drawn.random() < 0.5] or [of[0]]

    def ranked() -> list[str]:
        order = sorted("xyz", key=lambda _: drawn.random())
        return order[: 1 + int(drawn.random() * 3)]

    days = ("2019-12-31", "2020-01-01", "2020-01-02")
    common = {
        "a": lambda: one(YES),
        "m": lambda: some("xyz"),
        "dt": lambda: one(days),
        "own-car": lambda: one(YES),
        "x__y": lambda: one(YES),
    }
    own = {
        "xlsform": {"age": lambda: one((3, 17, 18, 19, 30, 31, 60, 61)), "d": lambda: one((-2, -1, 1, 1.5, 1.75, 2)),
                    "t": lambda: one(("abc", "ABC", "18", "x")), "s": lambda: one("123")},
        "surveyjs": {"dd": lambda: one(YES), "b": lambda: one((True, False)), "r7": lambda: one(range(1, 8)), "n": lambda: one((0, 2, 3, 4, 5, 6)),
                     "t": lambda: one(("abc", "ABC", "x", "cab")), "tb": lambda: some("xy"), "rk": ranked, "s": lambda: one((1, 2, 3)),
                     "mx": lambda: {row: one((1, 2, 3)) for row in some("12")}},
    }[tool]  # fmt: skip
    found = []
    for _ in range(ANSWERS):
        given = {name: draw() for name, draw in (common | own).items() if drawn.random() < 0.75}
        if "mx" in given:
            given["mx"] = {f"r{row}": code for row, code in given["mx"].items()}
        if given.get("a") == "yes" and drawn.random() < 0.75:
            given["chain"] = one(YES)
        found.append(given)
    return found


if __name__ == "__main__":
    from pyxform.xls2xform import convert

    folder = Path(sys.argv[1])
    said = {tool: [each for each in conditions(tool) if each not in IN_GROUPS] for tool in ("xlsform", "surveyjs")}
    form = convert(io.BytesIO(xlsform(said["xlsform"])), file_type=".xlsx", validate=False).xform
    for tool, survey in (("xlsform", form), ("surveyjs", surveyjs(said["surveyjs"]))):
        document = {"form": survey, "conditions": said[tool], "answers": answers(tool)}
        (folder / f"{tool}.json").write_text(json.dumps(document), encoding="utf-8")
