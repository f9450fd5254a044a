"""Two runs side by side: what differs in their inputs, and what that made of the figures."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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


def margins(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Responses by each level of what the plans group by, in both results: where the cells differ.

    From the results as they may be shown: a suppressed number is None, and then so is the difference.
    """
    rows = [_pair("", "", first["n"], second["n"])]
    names = [*first["domains"], *(name for name in second["domains"] if name not in first["domains"])]
    for name in names:
        one, two = (_by_level(result["domains"].get(name, [])) for result in (first, second))
        rows += [_pair(name, level, one.get(level, 0), two.get(level, 0)) for level in dict.fromkeys([*one, *two])]
    modes = [{row["mode"]: row["n"] for row in result.get("modes", [])} for result in (first, second)]
    rows += [
        _pair("mode", mode, modes[0].get(mode, 0), modes[1].get(mode, 0))
        for mode in dict.fromkeys([*modes[0], *modes[1]])
    ]
    return rows


def figures(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The figures of both: whole city, then every level of every domain."""
    rows = [_figures("", "", first["satisfied"], second["satisfied"], first["decision"], second["decision"])]
    names = [*first["domains"], *(name for name in second["domains"] if name not in first["domains"])]
    for name in names:
        one = {row["level"]: row for row in first["domains"].get(name, [])}
        two = {row["level"]: row for row in second["domains"].get(name, [])}
        for level in dict.fromkeys([*one, *two]):
            a, b = one.get(level, {}), two.get(level, {})
            rows.append(_figures(name, level, a, b, a.get("decision"), b.get("decision")))
    return rows


def _figures(
    domain: str, level: str, a: Mapping[str, Any], b: Mapping[str, Any], decided: Any, decided_b: Any
) -> dict[str, Any]:
    before, after = a.get("estimate"), b.get("estimate")
    return {
        "domain": domain, "level": level, "first": before, "second": after,
        "difference": None if before is None or after is None else after - before,
        "first_se": a.get("se"), "second_se": b.get("se"),
        "first_outcome": decided, "second_outcome": decided_b,
    }  # fmt: skip


def _pair(domain: str, level: str, first: int | None, second: int | None) -> dict[str, Any]:
    known = first is not None and second is not None
    change = second - first if known else None  # type: ignore[operator]
    return {"domain": domain, "level": level, "first": first, "second": second, "difference": change}


def _by_level(rows: list[dict[str, Any]]) -> dict[str, int | None]:
    return {row["level"]: row["n"] for row in rows}


def _said(value: int | None) -> str:
    return "" if value is None else str(value)
