"""The kinds of rules: one handler each, in the order in which their points are added up. A new kind is a line here.

Vetoes may stand with any of them, and are judged here for all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from analysis.scoring.conditions import Condition, conditions_of
from analysis.scoring.kinds.base import Figure, Kind, actual, certain, listed, name_of, possible
from analysis.scoring.kinds.cases import Counted
from analysis.scoring.kinds.line import Linear
from analysis.scoring.kinds.satisfaction import Satisfied
from analysis.scoring.kinds.tiers import Tiered
from analysis.scoring.row import IndicatorScore
from analysis.scoring.rulebook import Indicator
from analysis.scoring.sentences import plain, stored
from analysis.scoring.values import AreaValues
from wording import Message


class Forbidding(Kind):
    """Vetoes alone: no points."""

    def score(self, indicator: Indicator, supplied: AreaValues, satisfaction: Figure | None) -> IndicatorScore:
        none = Decimal(0)
        return IndicatorScore(indicator, none, none, none, "", **listed(indicator, supplied))


KINDS: dict[str, Kind] = {
    "tiered": Tiered(),
    "line": Linear(),
    "bonus": Counted(),
    "cases": Counted(),
    "deduction": Counted(),
    "veto": Forbidding(),
    "satisfaction": Satisfied(),
}


def score_indicator(indicator: Indicator, supplied: AreaValues, satisfaction: Figure | None) -> IndicatorScore:
    """One row of the scorecard; indicators do not depend on each other."""
    if indicator.by_class:
        held = [name for name in indicator.by_class if supplied.declared.get(name)]
        if len(held) != 1:
            return _of_no_class(indicator, supplied, satisfaction)
        indicator = indicator.of_class(held[0])
    row = KINDS[indicator.kind].score(indicator, supplied, satisfaction)
    if not indicator.vetoes:
        return row
    veto = row.veto or (indicator.voids and any(certain(indicator, veto, supplied) for veto in indicator.vetoes))
    may = row.may_veto or (indicator.voids and any(possible(indicator, veto, supplied) for veto in indicator.vetoes))
    said = {key for _, key in indicator.rule.asks()}
    asked = dict.fromkeys(one.metric for veto in indicator.vetoes for one in conditions_of(veto))
    words = [
        name_of(indicator, key).removeprefix("出现") + actual(indicator, key, supplied)
        for key in asked
        if key not in said
    ]
    why = ";".join(filter(None, [row.why, *words])) + (stored("why.void") if veto else "")
    return replace(row, why=why, veto=veto, may_veto=may and not veto)


def _of_no_class(indicator: Indicator, supplied: AreaValues, satisfaction: Figure | None) -> IndicatorScore:
    """Where it is not declared which class holds: from the least that one would give to the most of another."""
    rows = [score_indicator(one, supplied, satisfaction) for _, one in indicator.variants()]
    least = min(row.worst for row in rows)
    why, given = stored("why.class_open", classes=list(indicator.by_class)), listed(indicator, supplied)
    given["unknown"] = (*given["unknown"], stored("why.class"))
    return IndicatorScore(
        indicator, points=least, worst=least, best=max(row.best for row in rows), why=why,
        veto=all(row.veto for row in rows), may_veto=any(row.may_veto or row.veto for row in rows), **given,
    )  # fmt: skip


def sentences(indicator: Indicator) -> list[Message]:
    """The rules of an indicator in a sentence each; tiers are worded by `Indicator.words`."""
    made = [
        Message("why.derived", name=one.name, rule=one.rule.sentence(lambda key: name_of(indicator, key)))
        for one in indicator.derived
    ]
    rules = [*KINDS[indicator.kind].sentences(indicator)] if not indicator.by_class else [*_by_class(indicator)]
    return [*made, *rules, *_vetoes(indicator)]


def _by_class(indicator: Indicator) -> Iterator[Message]:
    for name in indicator.by_class:
        one = indicator.of_class(name)
        for tier in one.tiers:
            rule = Message("why.tier", name=tier.said, points=plain(Decimal(tier.points)), words=one.words(tier))
            yield Message("why.of_class", name=name, rule=rule)
        yield from (Message("why.of_class", name=name, rule=said) for said in KINDS[one.kind].sentences(one))


def _vetoes(indicator: Indicator) -> Iterator[Message]:
    for veto in indicator.vetoes if indicator.voids else ():
        if isinstance(veto, Condition) and veto.operator == ">":
            metric = indicator.metric(veto.metric)
            unit = metric.unit if metric and not veto.written.endswith("%") else ""
            yield Message("why.voids_above", metric=name_of(indicator, veto.metric), line=veto.written + unit)
        else:
            yield Message("why.voids", criterion=indicator.requires(veto))
