"""Values and satisfaction in, scorecard out: tiers, bonuses, deductions, then penalty and veto, then the star."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from analysis.methods import CURRENT, Method
from analysis.scoring.kinds import KINDS, score_indicator
from analysis.scoring.row import IndicatorScore
from analysis.scoring.rulebook import Rulebook
from analysis.scoring.satisfaction import Satisfaction
from analysis.scoring.scorecard import Scorecard, Step
from analysis.scoring.surveys import averaged
from analysis.scoring.values import AreaValues, read_values
from analysis.zones import Zone, Zones


def score(
    rulebook: Rulebook,
    values: Mapping[str, Mapping[str, object]],
    satisfaction: Satisfaction | None,
    method: Method = CURRENT,
) -> Scorecard:
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
    satisfaction = averaged(rulebook, supplied, satisfaction)
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


def _steps(cards: tuple[IndicatorScore, ...]) -> tuple[Step, ...]:
    """The sum, replayable, in the order of the kinds: what is earned first, satisfaction last."""
    order = list(KINDS)
    running, steps = Decimal(0), []
    for card in sorted(cards, key=lambda card: (order.index(card.indicator.kind), card.indicator.number)):
        running += card.points
        steps.append(Step(card.indicator.number, card.indicator.name, card.points, running, card.veto))
    return tuple(steps)


def _star_probability(
    rulebook: Rulebook, by_zone: tuple[tuple[Zone, Decimal | None, str], ...], satisfaction: Satisfaction | None
) -> dict[str, float] | None:
    """How likely each star is by the uncertainty of satisfaction alone, all other values as given."""
    stated = satisfaction.probability(Zones(tuple(zone for zone, _, _ in by_zone))) if satisfaction else None
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
    rule = rulebook.satisfaction.satisfaction if rulebook.satisfaction else None
    zones = rule.cut(Decimal(star.min_score) - rest for star in rulebook.stars) if rule else rulebook.zones
    totals = [(zone, None if void or zone.points is None else rest + zone.points) for zone in zones.zones]
    return tuple((zone, total, star_of(rulebook, total, supplied.declared)) for zone, total in totals)
