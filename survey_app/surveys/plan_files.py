"""Read a plan file and the margin files it names."""

from __future__ import annotations

from pathlib import Path

from analysis.plan import Number, Plan, parse_plan
from definitions import DefinitionError, Problem, composed
from definitions.names import clean, differing, key
from survey_app.files.rows_in import NamedTable, read_named
from survey_app.files.said import FileRefusedError, aloud


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
    return tuple(dict(row.cells) for row in _table(path, (), None).rows)


def _margin(path: Path, name: str) -> dict[str, float]:
    """Level -> population from a table whose columns are the level (named level, or as the margin) and population."""
    table = _table(path, ("population",), ("level", name))
    column = next((column for column in ("level", name) if column in table.columns), None)
    if column is None:
        raise DefinitionError([Problem(str(path), 1, "", "a margin file needs the columns level, population")])
    problems = []
    levels: dict[str, float] = {}
    alike: dict[str, str] = {}
    for row in table.rows:
        level = clean(row[column])
        try:
            count = float(row["population"])
        except ValueError:
            problems.append(Problem(str(path), row.number, "population", f"'{row['population']}' is not a number"))
            continue
        other = alike.setdefault(key(level), row[column])
        if level in levels or other != row[column]:
            said = differing(row[column], other)
            twice = f"'{level}' looks the same as another level ({said})" if said else f"'{level}' stands twice"
            problems.append(Problem(str(path), row.number, "level", twice))
        levels[level] = count
    if problems:
        raise DefinitionError(problems)
    return levels


def _table(path: Path, needed: tuple[str, ...], others: tuple[str, ...] | None) -> NamedTable:
    try:
        table = read_named(path, needed, others)
    except FileRefusedError as error:
        raise DefinitionError([Problem(str(path), 1, "", str(error))]) from error
    aloud(path, table.notes)
    return table
