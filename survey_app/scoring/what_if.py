"""What a scorecard may become: changed values tried out, the chance of each star, and the least upgrades.

Nothing here is stored: the run stays as it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.documents import EstimateDocument
from analysis.methods import method_of
from analysis.scoring import ValuesError, load_rulebook, score
from analysis.scoring.outlook import Outlook, OutlookError, Range, SatisfactionLaw, outlook
from analysis.scoring.rulebook import Metric, Rulebook
from analysis.scoring.scorecard import Scorecard
from analysis.scoring.upgrades import UpgradePlan, UpgradesError, cheapest_upgrades
from survey_app.estimates.area_satisfaction import satisfaction_of
from survey_app.ground.stored import estimate_of
from survey_app.models import ScoringRun
from survey_app.surveys.columns import COUNTY_VARIABLE

DRAWS, MOST_DRAWS = 1024, 16384
SEED = 1
YES, NO = {"是", "yes", "y", "1", "true"}, {"否", "no", "n", "0", "false"}
Values = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Line:
    """One metric of the form: what is stored, and the names its three inputs have."""

    number: int
    indicator: str
    metric: Metric
    stored: str

    @property
    def field(self) -> str:
        return f"{self.number}:{self.metric.key}"


@dataclass(frozen=True)
class Asked:
    """What the form asks: changed values, ranges, a target star, efforts and indicators that cannot move."""

    changes: Values
    ranges: tuple[Range, ...]
    target: str
    effort: dict[int, float] | None
    fixed: frozenset[int]
    wrong: tuple[tuple[str, str], ...]  # (field of the form, what cannot be read in it)
    draws: int = DRAWS
    seed: int = SEED


@dataclass(frozen=True)
class Ahead:
    """The stored card, the tried one, their differing indicators, the outlook and the upgrades of the tried one."""

    before: Scorecard
    after: Scorecard
    moved: tuple[tuple[int, str, float, float], ...]
    outlook: Outlook | None
    upgrades: UpgradePlan | None


def form_lines(run: ScoringRun) -> list[Line]:
    """Every metric of the run's rulebook, with its stored value in words."""
    book = load_rulebook(run.rulebook_id)
    return [
        Line(indicator.number, indicator.name, metric, _words(_stored(run.values, indicator.number, metric), metric))
        for indicator in book.indicators
        for metric in indicator.metrics
    ]


def read_form(run: ScoringRun, form: Mapping[str, str]) -> Asked:
    """Read what was typed: 96% or 0.96, 是 or 否. Everything wrong is listed; nothing is guessed."""
    changes: Values = {}
    ranges: list[Range] = []
    wrong: list[tuple[str, str]] = []
    for line in form_lines(run):
        metric, place, field = line.metric, f"{line.number} {line.metric.name}", f"value:{line.field}"
        try:
            typed = form.get(field, "").strip()
            if typed:
                changes.setdefault(str(line.number), {})[metric.key] = _value(metric, typed)
            field = f"low:{line.field}"
            ranges += _range(line, form.get(field, "").strip(), form.get(f"high:{line.field}", "").strip())
        except ValueError as error:
            wrong.append((field, f"{place}：{error}"))
    effort, fixed = {}, set()
    for number in {line.number for line in form_lines(run)}:
        field = f"effort:{number}"
        typed = form.get(field, "").strip()
        try:
            if typed:
                effort[number] = _number(typed)
        except ValueError as error:
            wrong.append((field, f"{number}：{error}"))
        if form.get(f"fixed:{number}"):
            fixed.add(number)
    draws = _whole(form, "draws", DRAWS, 2, MOST_DRAWS, "次数(draws)", wrong)
    seed = _whole(form, "seed", SEED, 0, 2**31 - 1, "种子(seed)", wrong)
    return Asked(
        changes, tuple(ranges), form.get("target", ""), effort or None, frozenset(fixed), tuple(wrong), draws, seed
    )


def look_ahead(run: ScoringRun, asked: Asked) -> Ahead:
    """Try out what was asked. Raises ValuesError, OutlookError or UpgradesError in the user's words."""
    book = load_rulebook(run.rulebook_id)
    estimate = estimate_of(run.estimate_run)
    figure = satisfaction_of(run.area, estimate)
    values = _changed(book, run.values, asked.changes)
    method = method_of(run.scorecard)
    before, after = score(book, run.values, figure, method), score(book, values, figure, method)
    moved = tuple(
        (old.indicator.number, old.indicator.name, float(old.points), float(new.points))
        for old, new in zip(before.indicators, after.indicators, strict=True)
        if old.points != new.points
    )
    law = _law(run, estimate)
    seen = outlook(book, values, law, asked.ranges, asked.draws, asked.seed, method) if law else None
    plan = cheapest_upgrades(after, asked.target, asked.effort, asked.fixed) if asked.target else None
    return Ahead(before, after, moved, seen, plan)


def refusals(error: ValuesError | OutlookError | UpgradesError) -> list[str]:
    """What was wrong, a line each."""
    return str(error).splitlines()


def _law(run: ScoringRun, estimate: EstimateDocument) -> SatisfactionLaw | None:
    """The share with se and df that belongs to the run's area; None where they are not known."""
    whole, rows = estimate["satisfied"], estimate["domains"].get(COUNTY_VARIABLE, [])
    row = next((row for row in rows if row["level"] == run.area.name), None)
    share, se, df = (row["estimate"], row["se"], row["df"]) if row else (None, None, None)
    if run.area.kind == "city":
        share, se, df = whole["estimate"], whole["se"], estimate["df"]
    return SatisfactionLaw(share, se, float(df)) if share is not None and se is not None and df and df >= 1 else None


def _changed(book: Rulebook, values: Values, changes: Values) -> Values:
    """The stored values with the changed ones in their place, whether stored by key or by name."""
    merged = {number: dict(metrics) for number, metrics in values.items()}
    for number, metrics in changes.items():
        indicator = book.indicator(int(number))
        for key, value in metrics.items():
            metric = indicator.metric(key) if indicator else None
            held = merged.setdefault(number, {})
            if metric is not None:
                held.pop(metric.name, None)
            held[key] = value
    return merged


def _stored(values: Values, number: int, metric: Metric) -> Any:
    held = values.get(str(number), {})
    return held.get(metric.key, held.get(metric.name))


def _words(value: Any, metric: Metric) -> str:
    if value is None:
        return ""
    if metric.kind == "share" and isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value * 100:.6g}%"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return str(value.get("not_applicable") or f"{value.get('numerator')} / {value.get('denominator')}")
    return str(value)


def _value(metric: Metric, typed: str) -> Any:
    if metric.kind == "yes_no":
        if typed.lower() in YES | NO:
            return typed.lower() in YES
        raise ValueError("请填“是”或“否”(yes or no)")
    return _number(typed)


def _range(line: Line, low: str, high: str) -> list[Range]:
    """Two ends; for a yes-or-no value the first one is the chance of yes."""
    if not low and not high:
        return []
    if line.metric.kind == "yes_no":
        return [Range(line.number, line.metric.name, chance=_number(low or high))]
    if not low or not high:
        raise ValueError("范围要填两端(both ends of the range)")
    return [Range(line.number, line.metric.name, _number(low), _number(high))]


def _whole(
    form: Mapping[str, str], field: str, default: int, least: int, most: int, name: str, wrong: list[tuple[str, str]]
) -> int:
    typed = form.get(field, "").strip()
    if not typed:
        return default
    if typed.isdigit() and least <= int(typed) <= most:
        return int(typed)
    wrong.append((field, f"{name}：请填{least}到{most}的整数 (a whole number from {least} to {most})"))
    return default


def _number(typed: str) -> float:
    text = typed.replace("％", "%").replace(",", "")
    try:
        number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError as error:
        raise ValueError(f"“{typed}”不是数(not a number)") from error
    if not abs(number) < 1e15:
        raise ValueError(f"“{typed}”不是数(not a number)")
    return number
