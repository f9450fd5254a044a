"""Values and satisfaction in, scorecard out: tiers, bonuses, deductions, then penalty and veto, then the star."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypedDict

from analysis.methods import CURRENT, Method
from analysis.scoring.conditions import Condition, Requirement, evaluate, render
from analysis.scoring.rulebook import Indicator, Rulebook, Tier
from analysis.scoring.satisfaction import Satisfaction
from analysis.scoring.scorecard import IndicatorScore, Missing, NextTier, Scorecard, Step, TierState
from analysis.scoring.sentences import SATISFACTION, figure, incident, plain, stored, zone_words
from analysis.scoring.values import AreaValues, Value, read_values
from analysis.zones import Zone


def score(
    rulebook: Rulebook, values: Mapping[str, Mapping[str, object]], satisfaction: Satisfaction | None,
    method: Method = CURRENT,
) -> Scorecard:  # fmt: skip
    """Score one area. Points are exact decimals; nothing is rounded before it is compared.

    method: the version of the method, for a card that is made again from what it stored.

    Raises ValuesError listing every value that cannot be read; nothing is scored then.

    >>> from analysis import Satisfaction, load_rulebook
    >>> book = load_rulebook("jining-2023-municipal")
    >>> card = score(book, {"1": {"政务服务事项在线率": 0.9}}, Satisfaction(0.65))
    >>> card.total, card.star_level, card.indicators[0].why
    (Decimal('-9.0'), '未达星级', '政务服务事项在线率 ≥ 90%【90%】')
    """
    supplied = read_values(rulebook, values)
    cards = tuple(score_indicator(indicator, supplied, satisfaction) for indicator in rulebook.indicators)
    gains = sum((card.points for card in cards), Decimal(0))
    steps = _steps(cards)
    vetoed_by = tuple(card.indicator.name for card in cards if card.veto)
    worst = sum((card.worst for card in cards), Decimal(0))
    best = sum((card.best for card in cards), Decimal(0))
    total = None if vetoed_by else gains
    by_zone = _by_zone(rulebook, cards, supplied)
    may_be_void = bool(vetoed_by) or any(card.may_veto for card in cards)
    return Scorecard(
        rulebook=rulebook,
        total=total,
        if_not_void=gains,
        star_level=star_of(rulebook, total, supplied.declared),
        star_range=(
            star_of(rulebook, None if may_be_void else worst, supplied.declared),
            star_of(rulebook, None if vetoed_by else best, supplied.declared),
        ),
        vetoed_by=vetoed_by,
        indicators=cards,
        worst=worst,
        best=best,
        may_be_void=may_be_void,
        star_probability=_star_probability(rulebook, by_zone, satisfaction),
        declared=supplied.declared,
        steps=steps,
        satisfaction=satisfaction,
        method=method,
        star_by_zone=by_zone,
    )


def star_of(rulebook: Rulebook, total: Decimal | None, declared: Mapping[str, bool]) -> str:
    """The highest star whose line is reached and whose declared condition holds; void earns none."""
    name = rulebook.no_star
    if total is None:
        return name
    for star in rulebook.stars:
        if total >= Decimal(star.min_score) and (star.requires is None or declared.get(star.requires, False)):
            name = star.name
    return name


def score_indicator(indicator: Indicator, supplied: AreaValues, satisfaction: Satisfaction | None) -> IndicatorScore:
    """One row of the scorecard; indicators do not depend on each other."""
    if indicator.kind == "satisfaction":
        return _satisfaction(indicator, satisfaction)
    return _SCORERS[indicator.kind](indicator, supplied)


def tiers_of(indicator: Indicator, supplied: AreaValues) -> tuple[TierState, ...]:
    """Every tier with its requirement, the present values filled in, and whether it is met (None: hangs on unknowns)."""

    def truth(condition: Condition) -> bool | None:
        exact = supplied.of(indicator.number, condition.metric).exact
        return None if exact is None else condition.holds(exact)

    return tuple(
        TierState(
            tier.stars, Decimal(tier.points), evaluate(tier.requirement, truth),
            render(tier.requirement, lambda condition: _filled(indicator, condition, supplied)),
        )
        for tier in indicator.tiers
    )  # fmt: skip


def _tiered(indicator: Indicator, supplied: AreaValues) -> IndicatorScore:
    def value(condition: Condition) -> Value:
        return supplied.of(indicator.number, condition.metric)

    def truth(condition: Condition) -> bool | None:
        exact = value(condition).exact
        return None if exact is None else condition.holds(exact)

    def hopeful(condition: Condition) -> bool | None:
        return True if value(condition).unknown else truth(condition)

    results = [evaluate(tier.requirement, truth) for tier in indicator.tiers]
    held = [tier for tier, result in zip(indicator.tiers, results, strict=True) if result]
    reached = held[-1] if held else None
    hoped = [tier for tier in indicator.tiers if evaluate(tier.requirement, hopeful)]
    points = Decimal(reached.points) if reached else Decimal(0)
    above = [tier for tier in indicator.tiers if reached is None or tier.stars > reached.stars]
    below = [
        tier
        for tier, result in zip(indicator.tiers, results, strict=True)
        if reached and tier.stars < reached.stars and not result
    ]
    shown = reached or (indicator.tiers[0] if indicator.tiers else None)
    return IndicatorScore(
        indicator,
        stars=reached.stars if reached else None,
        points=points,
        worst=points,
        best=max(points, Decimal(hoped[-1].points)) if hoped else points,
        why=_why(indicator, shown, supplied, reached is not None),
        next=_next(indicator, above[0], supplied) if above else None,
        flags=tuple(stored("why.tiers_apart", reached=reached.stars, below=tier.stars) for tier in below if reached),
        **_listed(indicator, supplied),
    )


def _why(indicator: Indicator, tier: Tier | None, supplied: AreaValues, reached: bool) -> str:
    if tier is None:
        return ""
    text = render(tier.requirement, lambda condition: _filled(indicator, condition, supplied))
    return text if reached else stored("why.not_reached", stars=tier.stars) + text


def _filled(indicator: Indicator, condition: Condition, supplied: AreaValues) -> str:
    value = supplied.of(indicator.number, condition.metric)
    shown = _shown(indicator, condition.metric, value)
    actual = stored("why.not_applicable", reason=value.reason) if value.reason else shown
    return indicator.say(condition) + stored("why.actual", value=actual)


def _shown(indicator: Indicator, key: str, value: Value) -> str:
    metric, known = indicator.metric(key), value.known
    if known is None or metric is None:
        return stored("why.unknown")
    if isinstance(known, bool):
        return stored("why.yes") if known else stored("why.no")
    told = figure(metric, known)
    return stored("why.confirmed", value=told, reason=value.confirmed) if value.confirmed else told


def _next(indicator: Indicator, tier: Tier, supplied: AreaValues) -> NextTier:
    def lacking(requirement: Requirement) -> list[Missing]:
        if isinstance(requirement, Condition):
            value = supplied.of(indicator.number, requirement.metric).known
            if value is not None and requirement.holds(value):
                return []
            metric = indicator.metric(requirement.metric)
            needed = True if requirement.operator == "yes" else requirement.threshold
            return [
                Missing(metric.name if metric else "", needed, value, requirement.operator, indicator.say(requirement))
            ]
        parts = [lacking(part) for part in requirement.parts]
        if requirement.any_of and not all(parts):
            return []
        return [item for part in parts for item in part]

    missing = lacking(tier.requirement)
    return NextTier(tier.stars, Decimal(tier.points), tuple(missing), indicator.words(tier))


class Listed(TypedDict):
    """Metrics by name: those not known, those that do not apply and why, and why an unusual value is right."""

    unknown: tuple[str, ...]
    not_applicable: dict[str, str]
    confirmed: dict[str, str]


def _listed(indicator: Indicator, supplied: AreaValues) -> Listed:
    values = [(metric.name, supplied.of(indicator.number, metric.key)) for metric in indicator.metrics]
    return {
        "unknown": tuple(name for name, value in values if value.unknown),
        "not_applicable": {name: value.reason for name, value in values if value.reason},
        "confirmed": {name: value.confirmed for name, value in values if value.confirmed},
    }


def _bonus(indicator: Indicator, supplied: AreaValues) -> IndicatorScore:
    cap = Decimal(indicator.bonus_cap or 0)
    points, words, open_ended = Decimal(0), [], False
    for bonus in indicator.bonuses:
        value = supplied.of(indicator.number, bonus.metric)
        known = value.known
        open_ended |= value.unknown
        earned = Decimal(bonus.points_each) * Decimal(known or 0)
        earned = min(earned, Decimal(bonus.cap)) if bonus.cap is not None else earned
        points += earned
        name = indicator.say(Condition(bonus.metric, "yes", Decimal(1), ""))
        shown = stored("why.actual", value=_shown(indicator, bonus.metric, value))
        words.append(name + shown + stored("why.earned", points=plain(earned)))
    capped = min(points, cap)
    why = ";".join(words) + (stored("why.at_most", points=plain(cap)) if points > cap else "")
    listed = _listed(indicator, supplied)
    return IndicatorScore(indicator, points=capped, worst=capped, best=cap if open_ended else capped, why=why, **listed)


def _deduction(indicator: Indicator, supplied: AreaValues) -> IndicatorScore:
    rule = indicator.deduction
    assert rule is not None
    deducted = supplied.of(indicator.number, rule.metric)
    happened = supplied.of(indicator.number, rule.void_if)
    points = Decimal(deducted.known or 0)
    veto = points > Decimal(rule.void_above) or happened.known is True
    unsure = deducted.unknown or happened.unknown
    metric = indicator.metric(rule.metric)
    off, incidents = (
        stored("why.actual", value=_shown(indicator, key, value))
        for key, value in ((rule.metric, deducted), (rule.void_if, happened))
    )
    why = f"{metric.name if metric else rule.metric}{off};{incident(indicator)}{incidents}"
    return IndicatorScore(
        indicator,
        points=-points,
        worst=-max(points, Decimal(rule.void_above)) if deducted.unknown else -points,
        best=-points,
        why=why + (stored("why.void") if veto else ""),
        veto=veto,
        may_veto=unsure and not veto,
        **_listed(indicator, supplied),
    )


def _satisfaction(indicator: Indicator, satisfaction: Satisfaction | None) -> IndicatorScore:
    rule = indicator.satisfaction
    assert rule is not None
    zones = rule.as_zones()
    costs = [zone.points for zone in zones.zones if zone.points is not None]
    if satisfaction is None:
        return IndicatorScore(
            indicator, points=Decimal(0), worst=min(costs), best=Decimal(0), why=stored("why.satisfaction_unknown"),
            may_veto=any(zone.void for zone in zones.zones), unknown=(SATISFACTION,),
        )  # fmt: skip
    zone = zones.of(satisfaction.figure)
    points = min(costs) if zone.points is None else zone.points  # void: what else it would have cost
    shown = stored("why.actual", value=f"{plain(Decimal(repr(satisfaction.figure)) * 100)}%")
    why = f"{SATISFACTION}{shown}{zone_words(zone).text('zh')}"
    return IndicatorScore(indicator, points=points, worst=points, best=points, why=why, veto=zone.void)


def _steps(cards: tuple[IndicatorScore, ...]) -> tuple[Step, ...]:
    """The sum, replayable: tiers and bonuses first, then deductions, satisfaction last."""
    order = [*_SCORERS, "satisfaction"]
    running, steps = Decimal(0), []
    for card in sorted(cards, key=lambda card: (order.index(card.indicator.kind), card.indicator.number)):
        running += card.points
        steps.append(Step(card.indicator.number, card.indicator.name, card.points, running, card.veto))
    return tuple(steps)


def _star_probability(
    rulebook: Rulebook, by_zone: tuple[tuple[Zone, Decimal | None, str], ...], satisfaction: Satisfaction | None
) -> dict[str, float] | None:
    """How likely each star is by the uncertainty of satisfaction alone, all other values as given."""
    stated = satisfaction.probability(rulebook.zones) if satisfaction else None
    if stated is None:
        return None
    chances = {star.name: 0.0 for star in rulebook.stars} | {rulebook.no_star: 0.0}
    for zone, _, star in by_zone:
        chances[star] += stated[zone.key]
    return chances


def _by_zone(
    rulebook: Rulebook, cards: tuple[IndicatorScore, ...], supplied: AreaValues
) -> tuple[tuple[Zone, Decimal | None, str], ...]:
    """Total and star if satisfaction lay in each zone, all other values as given."""
    others = [card for card in cards if card.indicator.kind != "satisfaction"]
    rest = sum((card.points for card in others), Decimal(0))
    void = any(card.veto for card in others)
    totals = [(zone, None if void or zone.points is None else rest + zone.points) for zone in rulebook.zones.zones]
    return tuple((zone, total, star_of(rulebook, total, supplied.declared)) for zone, total in totals)


_SCORERS: dict[str, Callable[[Indicator, AreaValues], IndicatorScore]] = {  # in the order of the sum
    "tiered": _tiered,
    "bonus": _bonus,
    "deduction": _deduction,
}
