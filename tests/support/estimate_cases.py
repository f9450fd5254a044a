"""Cases of an estimate as a statistician writes them in tests/estimates/*.yaml: rows, a plan, figures and their source."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import ConfigDict

from analysis.cells import Cells
from analysis.estimation import estimate
from analysis.plan import parse_plan
from definitions import load_text
from tests.support.zones import RULES

FOLDER = Path(__file__).parents[1] / "estimates"
TIMES = "times"
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Case:
    """One case. rows: a table of the file by name, or a CSV file beside it. source: where the figures come from.

    expected: a part of the document of `minyi estimate --json`, domains by level. refused: a piece of the sentence
    where nothing is estimated. tolerance: relative, and absolute near 0.
    """

    name: str
    source: str
    rows: str
    plan: dict[str, Any]
    expected: dict[str, Any] = field(default_factory=dict)
    refused: str = ""
    tolerance: Decimal = Decimal("1e-9")

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if bool(self.expected) is bool(self.refused):
            raise ValueError("a case states either what is expected or why it is refused")
        if self.tolerance > Decimal("1e-6"):
            raise ValueError("a tolerance above 1e-6 proves too little")


@dataclass(frozen=True)
class File:
    """Cases, and the small tables they share. A column `times` repeats its row."""

    cases: tuple[Case, ...]
    tables: dict[str, str] = field(default_factory=dict)

    __pydantic_config__ = _STRICT


@cache
def files() -> dict[str, File]:
    """Every file of cases by its name. Raises DefinitionError with file, line and key."""
    return {
        path.name: load_text(path.read_text(encoding="utf-8"), File, str(path), kept=True).value
        for path in sorted(FOLDER.glob("*.yaml"))
    }


def table(file: File, name: str) -> dict[str, list[str]]:
    """The columns of a named table or of a CSV file."""
    text = (FOLDER / name).read_text(encoding="utf-8") if name.endswith(".csv") else file.tables[name]
    rows = [row for row in csv.DictReader(io.StringIO(text)) for _ in range(int(row.get(TIMES) or 1))]
    return {column: [row[column] for row in rows] for column in rows[0] if column != TIMES}


def document(file: File, case: Case) -> dict[str, Any]:
    """What the engine says of the case. Raises AnalysisError."""
    plan = parse_plan(json.dumps(case.plan, default=float), case.name)
    return estimate(Cells.from_rows(table(file, case.rows), plan), plan, RULES).as_dict()


def differences(found: Any, expected: Any, tolerance: float, place: str = "") -> Iterator[str]:
    """Everything in which `found` departs from `expected`, as sentences; what is not expected is not compared."""
    if isinstance(expected, dict):
        by_level = {row["level"]: row for row in found} if isinstance(found, list) else found or {}
        for key, value in expected.items():
            if str(key) in by_level:
                yield from differences(by_level[str(key)], value, tolerance, f"{place}.{key}".lstrip("."))
            else:
                yield f"{place}: the document has no '{key}', only {', '.join(by_level)}"
    elif isinstance(expected, list):
        if len(found) != len(expected):
            yield f"{place}: expected {len(expected)} entries, the engine says {len(found)}"
        for number, (one, other) in enumerate(zip(found, expected, strict=False)):
            yield from differences(one, other, tolerance, f"{place}[{number}]")
    elif isinstance(expected, int | Decimal) and not isinstance(expected, bool) and found is not None:
        if found != pytest.approx(float(expected), rel=tolerance, abs=tolerance):
            yield f"{place}: expected {expected}, the engine says {found!r}"
    elif found != expected:
        yield f"{place}: expected {expected}, the engine says {found!r}"
