"""What a scorecard may become: changed values tried out, the chance of each star, and the least upgrades.

Nothing here is stored: the run stays as it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.documents.estimate import EstimateDocument
from analysis.methods import method_of
from analysis.scoring import ValuesError, score
from analysis.scoring.entering import Written, understood
from analysis.scoring.outlook import Outlook, OutlookError, Range, SatisfactionLaw, outlook
from analysis.scoring.rulebook import Metric, Rulebook
from analysis.scoring.scorecard import Scorecard
from analysis.scoring.upgrades import UpgradePlan, UpgradesError, cheapest_upgrades
from analysis.scoring.values import Values, as_stored, read_values
from definitions.numbers import NumberRefusedError, number_of, share_of, whole_of
from survey_app.estimates.area_satisfaction import row_of, scored_satisfaction
from survey_app.ground.held import scores
from survey_app.ground.stored import estimate_of, rulebook_of
from survey_app.ground.verdicts import exception_of
from survey_app.models import ScoringRun
from survey_app.values.forms import said
from wording import Message, Refusal, Text

DRAWS, MOST_DRAWS = 1024, 16384
SEED = 1


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
    wrong: tuple[tuple[str, Text], ...]  # (field of the form, what cannot be read in it)
    draws: int = DRAWS
    seed: int = SEED
    correlation: float = 0.0


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
    book = rulebook_of(run)
    return [
        Line(indicator.number, indicator.name, metric, said(metric, _stored(run.values, indicator.number, metric)))
        for indicator in book.indicators
        for metric in indicator.metrics
    ]


def read_form(run: ScoringRun, form: Mapping[str, str]) -> Asked:
    """Read what was typed: 96% or 0.96, 是 or 否. Everything wrong is listed; nothing is guessed."""
    book = rulebook_of(run)
    changes: Values = {}
    ranges: list[Range] = []
    wrong: list[tuple[str, Text]] = []
    for line in form_lines(run):
        metric, place, field = line.metric, f"{line.number} {line.metric.name}", f"value:{line.field}"
        try:
            typed = form.get(field, "").strip()
            if typed:
                changes.setdefault(str(line.number), {})[metric.key] = _value(line, typed, book)
            field = f"low:{line.field}"
            ranges += _range(line, form.get(field, "").strip(), form.get(f"high:{line.field}", "").strip(), book)
        except ValueError as error:
            wrong.append((field, f"{place}：{error}"))
    effort, fixed = {}, set()
    for number in {line.number for line in form_lines(run)}:
        field = f"effort:{number}"
        typed = form.get(field, "").strip()
        try:
            if typed:
                effort[number] = effort_of(typed)
        except ValueError as error:
            wrong.append((field, f"{number}：{error}"))
        if form.get(f"fixed:{number}"):
            fixed.add(number)
    draws = _whole(form, "draws", DRAWS, 2, MOST_DRAWS, "次数(draws)", wrong)
    seed = _whole(form, "seed", SEED, 0, 2**31 - 1, "种子(seed)", wrong)
    together = 0.0
    try:
        together = float(share_of(form.get("correlation", "") or "0"))
    except ValueError as error:
        wrong.append(("correlation", str(error)))
    return Asked(
        changes, tuple(ranges), form.get("target", ""), effort or None, frozenset(fixed), tuple(wrong), draws, seed,
        together,
    )  # fmt: skip


def look_ahead(run: ScoringRun, asked: Asked) -> Ahead:
    """Try out what was asked. Raises ValuesError, OutlookError or UpgradesError in the user's words."""
    book = rulebook_of(run)
    figure = scored_satisfaction(run.area, run.estimate_run)
    values = _changed(book, run.values, asked.changes)
    method = method_of(run.scorecard)
    before, after = score(book, run.values, figure, method), score(book, values, figure, method)
    moved = tuple(
        (old.indicator.number, old.indicator.name, float(old.points), float(new.points))
        for old, new in zip(before.indicators, after.indicators, strict=True)
        if old.points != new.points
    )
    law = _law(run, estimate_of(run.estimate_run)) if scores(run.estimate_run) else None
    seen: Outlook | None = None
    if law:
        seen = outlook(book, values, law, asked.ranges, asked.draws, asked.seed, method, asked.correlation)
    supplied = read_values(book, values)
    plan = cheapest_upgrades(after, asked.target, asked.effort, asked.fixed, supplied) if asked.target else None
    return Ahead(before, after, moved, seen, plan)


def refusals(error: ValuesError | OutlookError | UpgradesError) -> list[str]:
    """What was wrong, a line each."""
    return str(error).splitlines()


def _law(run: ScoringRun, estimate: EstimateDocument) -> SatisfactionLaw | None:
    """The share with se and df that belongs to the run's area; None where they are not known."""
    whole, city = estimate["satisfied"], run.area.kind == "city"
    row = None if city else row_of(run.area, estimate)
    decision = estimate["decision"] if city else row and row["decision"]
    if exception_of(estimate) or (decision and decision["probability"] is None):  # no probability may be stated
        return None
    share, se, df = (row["estimate"], row["se"], row["df"]) if row else (None, None, None)
    if city:
        share, se, df = whole["estimate"], whole["se"], estimate["df"]
    error = decision.get("probability_error") if decision else None
    if share is not None and error:
        return SatisfactionLaw(share, error["se"], error["df"])
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


def _value(line: Line, typed: str, book: Rulebook) -> Any:
    """A value to try out, as it would be stored; an unusual one needs no confirmation here."""
    return as_stored(understood(line.metric, Written(typed), book.indicator(line.number)))


def _end(line: Line, typed: str, book: Rulebook) -> float:
    """One end of a range."""
    if line.metric.kind == "share":
        known = understood(line.metric, Written(typed), book.indicator(line.number)).known
        return float(known or 0)
    return float(number_of(typed))


def _range(line: Line, low: str, high: str, book: Rulebook) -> list[Range]:
    """Two ends; for a yes-or-no value the first one is the chance of yes."""
    if not low and not high:
        return []
    if line.metric.kind == "yes_no":
        return [Range(line.number, line.metric.name, chance=float(share_of(low or high)))]
    if not low or not high:
        raise Refusal("numbers.both_ends")
    return [Range(line.number, line.metric.name, _end(line, low, book), _end(line, high, book))]


def _whole(
    form: Mapping[str, str], field: str, default: int, least: int, most: int, name: str, wrong: list[tuple[str, Text]]
) -> int:
    typed = form.get(field, "").strip()
    if not typed:
        return default
    try:
        found = whole_of(typed)
    except NumberRefusedError:
        found = least - 1
    if least <= found <= most:
        return found
    wrong.append((field, Message("scoring.whole_number_from", name=name, least=least, most=most)))
    return default


def effort_of(typed: str) -> float:
    """How hard one star is, at least 0. Raises ValueError in the user's words."""
    found = number_of(typed)
    if not 0 <= found < 10**9:
        raise Refusal("numbers.at_least_0", raw=typed)
    return float(found)
