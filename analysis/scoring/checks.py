"""What a rulebook's form cannot say: undefined metrics, double numbers, rules of two kinds, and what each kind finds."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches

from analysis.scoring.conditions import conditions_of
from analysis.scoring.kinds import KINDS
from analysis.scoring.kinds.tiers import impossible
from analysis.scoring.rulebook import RULES, Indicator, Rulebook
from definitions import KeyPath, Located, Problem
from definitions.names import key as same_name
from wording import Message


def problems_of(located: Located[Rulebook]) -> list[Problem]:
    """Everything wrong in the sense of a well-formed rulebook, each with its line."""
    book = located.value
    problems = _doubles(located)
    for position, indicator in enumerate(book.indicators):
        path: KeyPath = ("indicators", position)
        if not indicator.path or not all(map(str.strip, indicator.path)):
            problems.append(located.problem((*path, "path"), Message("rulebooks.path_empty")))
        problems += _references(located, path, indicator)
        for inside, one in indicator.variants():
            shape = _shape(located, (*path, *inside), one)
            problems += shape
            found = KINDS[one.kind].problems(one) if not shape else ()
            problems += [located.problem((*path, *inside, *at), said) for at, said in found]
        problems += _classes(located, path, indicator)
    scores = [star.min_score for star in book.stars]
    if scores != sorted(set(scores)):
        problems.append(located.problem(("stars",), Message("rulebooks.min_score_must_rise")))
    return problems + _whole(located)


def _whole(located: Located[Rulebook]) -> list[Problem]:
    """What concerns more than one indicator, and what only the product may write."""
    book, found = located.value, []
    names = Counter([book.no_star, *(star.name for star in book.stars)])
    for place, star in enumerate(book.stars):
        if names[star.name] > 1:
            found.append(
                located.problem(("stars", place, "name"), Message("rulebooks.star_named_twice", name=star.name))
            )
        if star.requires is not None and star.requires not in book.declared:
            said = Message("rulebooks.star_requires", name=star.requires)
            found.append(located.problem(("stars", place, "requires"), said))
    surveyed = [place for place, row in enumerate(book.indicators) if row.satisfaction is not None]
    for place in surveyed[1:]:
        found.append(located.problem(("indicators", place, "satisfaction"), Message("rulebooks.satisfaction_once")))
    if not book.indicators:
        found.append(located.problem(("indicators",), Message("rulebooks.no_indicators")))
    for key in ("digest", "readings", "alternatives"):
        if getattr(book, key):
            found.append(located.problem((key,), Message("definitions.unknown_key")))
    return found


def _doubles(located: Located[Rulebook]) -> list[Problem]:
    found = []
    seen: Counter[int] = Counter()
    for position, indicator in enumerate(located.value.indicators):
        seen[indicator.number] += 1
        if seen[indicator.number] > 1:
            found.append(
                located.problem(
                    ("indicators", position, "number"),
                    Message("rulebooks.number_used_twice", indicator_number=indicator.number),
                )
            )
        keys = Counter(
            name for metric in (*indicator.metrics, *indicator.derived) for name in {metric.key, same_name(metric.name)}
        )
        for key, times in keys.items():
            if times > 1:
                found.append(
                    located.problem(
                        ("indicators", position, "metrics"), Message("rulebooks.metric_defined_twice", key=key)
                    )
                )
    return found


def _references(located: Located[Rulebook], path: KeyPath, indicator: Indicator) -> list[Problem]:
    keys = [metric.key for metric in (*indicator.metrics, *indicator.derived)]
    asked = [((*inside, *at), key) for inside, one in indicator.variants() for at, key in one.rule.asks()]
    for place, veto in enumerate(indicator.vetoes):
        asked += [(("veto", place), one.metric) for one in conditions_of(veto)]
    problems = []
    for place, one in enumerate(indicator.derived):
        numbers = {m.key for m in (*indicator.metrics, *indicator.derived[:place]) if m.kind != "yes_no"}
        for inside, key in one.rule.asks():
            at = ("derived", place, next(k for k in ("change", "index", "rank") if getattr(one, k)), *inside)
            asked.append((at, key))
            if key in keys and key not in numbers:
                problems.append(located.problem((*path, *at), Message("rulebooks.derived_of_earlier", key=key)))
    used = {key for _, key in asked}
    asked += [(("absent_meets", place), key) for place, key in enumerate(indicator.absent_meets)]
    for at, key in asked:
        if key not in keys:
            near = get_close_matches(key, keys, 1, 0.4)
            number = indicator.number
            said = (
                Message("rulebooks.metric_near", key=key, number=number, near=near[0])
                if near
                else Message("rulebooks.metric_not_defined", key=key, number=number, known=keys or "-")
            )
            problems.append(located.problem((*path, *at), said))
    problems += _compared(located, path, indicator)
    for metric in (*indicator.metrics, *indicator.derived):
        if metric.key not in used:
            problems.append(
                located.problem(
                    _defined(path, indicator, metric.key), Message("rulebooks.metric_never_used", metric_key=metric.key)
                )
            )
    return problems


def _compared(located: Located[Rulebook], path: KeyPath, indicator: Indicator) -> list[Problem]:
    """Criteria that are numbers and comparisons of yes or no; vetoes that never hold."""
    rows = [((*inside, "tiers", n, "require"), tier.requirement) for inside, one in indicator.variants()
            for n, tier in enumerate(one.tiers)]  # fmt: skip
    rows += [(("veto", place), veto) for place, veto in enumerate(indicator.vetoes)]
    problems = []
    for at, requirement in rows:
        for one in conditions_of(requirement):
            metric = indicator.metric(one.metric)
            if metric is not None and (metric.kind == "yes_no") is not (one.operator == "yes"):
                said = Message("rulebooks.criterion_or_number", key=one.metric)
                problems.append(located.problem((*path, *at), said))
        if at[0] == "veto" and impossible(requirement, indicator):
            problems.append(located.problem((*path, *at), Message("rulebooks.veto_never")))
    return problems


def _defined(path: KeyPath, indicator: Indicator, key: str) -> KeyPath:
    """Where a metric is written."""
    rows = {"metrics": indicator.metrics, "derived": indicator.derived}
    return next((*path, at, place) for at, every in rows.items() for place, one in enumerate(every) if one.key == key)


def _classes(located: Located[Rulebook], path: KeyPath, indicator: Indicator) -> list[Problem]:
    problems = []
    for name in indicator.by_class:
        if name not in located.value.declared:
            said = Message("rulebooks.class_declared", name=name)
            problems.append(located.problem((*path, "by_class", name), said))
    if indicator.by_class and (indicator.tiers or indicator.line or indicator.cases):
        problems.append(located.problem(path, Message("rulebooks.class_alone")))
    return problems


def _shape(located: Located[Rulebook], path: KeyPath, indicator: Indicator) -> list[Problem]:
    problems = []
    written = [kind for field, kind in RULES.items() if getattr(indicator, field)]
    for kind in written:
        if kind != indicator.kind:
            said = Message("rulebooks.rules_kind_stand_indicator", kind=kind, indicator_kind=indicator.kind)
            problems.append(located.problem(path, said))
    if indicator.kind not in written and not indicator.veto:
        said = Message("rulebooks.indicator_kind_needs_its", indicator_kind=indicator.kind)
        problems.append(located.problem(path, said))
    for place, metric in enumerate(indicator.metrics):
        if metric.ratio_of and metric.kind != "share" and metric.kind != "number":
            problems.append(located.problem((*path, "metrics", place), Message("rulebooks.only_share_or_number")))
    return problems
