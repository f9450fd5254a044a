"""Two runs side by side: what differs in their inputs, and what that made of the figures."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from analysis.documents.estimate import EstimateDocument
from analysis.documents.rows import DecisionDocument, DomainRow, FigureDocument
from survey_app.models import EstimateRun


@dataclass(frozen=True)
class Input:
    """One input of a run, of both: its key, the two values, whether they are the same."""

    key: str
    first: str
    second: str

    @property
    def same(self) -> bool:
        return self.first == self.second


def inputs(first: EstimateRun, second: EstimateRun) -> list[Input]:
    """Everything that decides a result besides the cells themselves."""
    pairs = [
        ("survey", first.survey.title, second.survey.title),
        ("plan", first.plan_digest, second.plan_digest),
        ("questionnaire", first.definition_digest, second.definition_digest),
        ("watermark", str(first.watermark), str(second.watermark)),
        ("flags", _said(first.flags_version), _said(second.flags_version)),
        ("code", first.code_version, second.code_version),
    ]
    return [Input(*pair) for pair in pairs]


def plan_changes(first: EstimateRun, second: EstimateRun) -> list[str]:
    """The lines of the plans that differ, as a unified diff with two lines around; [] for the same plan."""
    if first.plan_digest == second.plan_digest:
        return []
    before, after = first.plan.splitlines(), second.plan.splitlines()
    lines = difflib.unified_diff(before, after, f"#{first.id}", f"#{second.id}", lineterm="", n=2)
    return list(lines)


@dataclass(frozen=True)
class Counted:
    """Responses of one level in both results, None where it may not be shown; '' for the whole city."""

    domain: str
    level: str
    first: int | None
    second: int | None

    @property
    def difference(self) -> int | None:
        return None if self.first is None or self.second is None else self.second - self.first


@dataclass(frozen=True)
class Compared:
    """The figure of one level in both results; '' for the whole city."""

    domain: str
    level: str
    first: FigureDocument | DomainRow | None
    second: FigureDocument | DomainRow | None
    first_decision: DecisionDocument | None
    second_decision: DecisionDocument | None

    @property
    def difference(self) -> float | None:
        before, after = (side and side["estimate"] for side in (self.first, self.second))
        return None if before is None or after is None else after - before


def margins(first: EstimateDocument, second: EstimateDocument) -> list[Counted]:
    """Responses by each level of what the plans group by, in both results: where the cells differ.

    From the results as they may be shown: a suppressed number is None, and then so is the difference.
    """
    rows = [Counted("", "", first["n"], second["n"])]
    for name in _domains(first, second):
        one, two = ({row["level"]: row["n"] for row in result["domains"].get(name, [])} for result in (first, second))
        rows += [Counted(name, level, one.get(level, 0), two.get(level, 0)) for level in dict.fromkeys([*one, *two])]
    one, two = ({row["mode"]: row["n"] for row in result.get("modes", [])} for result in (first, second))
    return rows + [Counted("mode", mode, one.get(mode, 0), two.get(mode, 0)) for mode in dict.fromkeys([*one, *two])]


def figures(first: EstimateDocument, second: EstimateDocument) -> list[Compared]:
    """The figures of both: whole city, then every level of every domain."""
    rows = [Compared("", "", first["satisfied"], second["satisfied"], first["decision"], second["decision"])]
    for name in _domains(first, second):
        one, two = ({row["level"]: row for row in result["domains"].get(name, [])} for result in (first, second))
        for level in dict.fromkeys([*one, *two]):
            a, b = one.get(level), two.get(level)
            rows.append(Compared(name, level, a, b, a and a["decision"], b and b["decision"]))
    return rows


def _domains(first: EstimateDocument, second: EstimateDocument) -> list[str]:
    return [*first["domains"], *(name for name in second["domains"] if name not in first["domains"])]


def _said(value: int | None) -> str:
    return "" if value is None else str(value)
