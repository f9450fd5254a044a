"""Read a plan file and the margin files it names."""

from __future__ import annotations

import csv
from pathlib import Path

from analysis.plan import Number, Plan, parse_plan
from definitions import DefinitionError, Problem, composed


def load_plan(path: Path) -> Plan:
    """The plan with its margins read; their file names are relative to the plan. Raises DefinitionError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DefinitionError([Problem(str(path), 1, "", f"the plan cannot be opened: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise DefinitionError([Problem(str(path), 1, "", "the plan cannot be read as UTF-8 text")]) from error
    composed(text, str(path))  # a file may hold no aliases; a stored plan may
    plan = parse_plan(text, str(path))
    if plan.nonresponse is not None and isinstance(plan.nonresponse.dispositions, str):
        plan = plan.with_dispositions(_dispositions(path.parent / plan.nonresponse.dispositions))
    if plan.calibration is None:
        return plan
    read = {
        name: _margin(path.parent / file, name)
        for name, file in plan.calibration.margins.items()
        if isinstance(file, str)
    }
    return plan.with_margins(read)


def _dispositions(path: Path) -> tuple[dict[str, str | Number], ...]:
    """The rows of a dispositions CSV; the analysis checks its columns and numbers."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = tuple({key: value.strip() for key, value in row.items() if key} for row in csv.DictReader(file))
    except (OSError, UnicodeDecodeError, AttributeError) as error:
        raise DefinitionError([Problem(str(path), 1, "", "the dispositions file cannot be read")]) from error
    if not rows:
        raise DefinitionError([Problem(str(path), 1, "", "the dispositions file is empty")])
    return rows


def _margin(path: Path, name: str) -> dict[str, float]:
    """Level -> population from a CSV whose columns are the level (named level, or as the margin) and population."""
    problems = []
    levels: dict[str, float] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            headings = table.fieldnames or []
            key = "level" if "level" in headings else name
            if key not in headings or "population" not in headings:
                raise DefinitionError([Problem(str(path), 1, "", "a margin file needs the columns level, population")])
            for line, row in enumerate(table, start=2):
                try:
                    level, count = row[key].strip(), float(row["population"])
                except (TypeError, ValueError, AttributeError):
                    problems.append(Problem(str(path), line, "population", f"'{row['population']}' is not a number"))
                    continue
                if level in levels:
                    problems.append(Problem(str(path), line, "level", f"'{level}' stands twice"))
                levels[level] = count
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError([Problem(str(path), 1, "", f"the margin file of '{name}' cannot be read")]) from error
    if problems or not levels:
        raise DefinitionError(problems or [Problem(str(path), 1, "", "the margin file is empty")])
    return levels
