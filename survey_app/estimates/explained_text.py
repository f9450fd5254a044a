"""The way of one figure as a worked calculation for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.documents.rows import DecisionDocument
from analysis.explained import Explained
from analysis.plan import CROSS, Plan
from analysis.verdict import cost_of
from analysis.zones import Zones
from survey_app.estimates.method_words import CALIBRATION, INTERVALS, SINGLETON
from wording import Message, language

SITES_SHOWN = 60
OFFICIAL = {"share": "terminal.share", "index": "terminal.as_index"}
VALUE = {"share": "explained.share_y", "index": "explained.index_y"}


def worked(found: Explained, plan: Plan, zones: Zones | None) -> str:
    """All steps, one under another. zones: of the rulebook that decides this figure; None where none does."""
    official = Message(OFFICIAL[plan.measure.official])
    steps = [
        Message("explained.head", official=official, area=_area(found)),
        *_weights(found, plan),
        *_point(found, plan, official),
        *_variance(found, plan),
        *_limits(found, plan),
        _outcome(found.row.decision, zones),
    ]
    return "\n".join(map(str, steps))


def _area(found: Explained) -> Message | str:
    return found.area or Message("explained.whole")


def _weights(found: Explained, plan: Plan) -> Iterator[Message]:
    row, sample = found.row, found.sample
    out: Message | str = ""
    if sample.excluded or sample.other_modes:
        out = Message("explained.left_out", flagged=sample.excluded, modes=sample.other_modes)
    yield Message("explained.counts", responses=row.missing.responses, blank=row.missing.number, n=row.n, left_out=out)
    yield Message("explained.base", base=found.base)
    yield Message("explained.classes" if sample.classes or sample.sites else "explained.no_classes")
    for one in sample.classes:
        name, numbers = (CROSS.join(one.levels), {"eligible": one.eligible, "respondents": one.respondents})
        yield Message("explained.class", name=name, factor=one.factor, **numbers)
    for site in sample.sites.classes if sample.sites else ():
        name = CROSS.join((site.stratum, *site.sites))
        if site.capped:
            yield Message("explained.capped", name=name, factor=site.factor)
        else:
            numbers = {"eligible": site.factor * site.respondents, "respondents": site.respondents}
            yield Message("explained.class", name=name, factor=site.factor, **numbers)
    if plan.calibration is None:
        yield Message("explained.no_calibration")
        return
    least, most = found.factors
    yield Message(
        "explained.calibration", method=_worded(CALIBRATION[plan.calibration.method]), least=least, most=most,
        margins=[*plan.margin_names, *plan.total_names],
    )  # fmt: skip


def _point(found: Explained, plan: Plan, official: Message) -> Iterator[Message]:
    numbers = {"estimate": found.figure.estimate, "weight": found.weight}
    yield Message("explained.point", official=official, value=found.value, **numbers)
    yield Message(VALUE[plan.measure.official])
    yield Message("explained.linear" if plan.calibration is None else "explained.residual", **numbers)


def _variance(found: Explained, plan: Plan) -> Iterator[Message]:
    design = found.sample.design
    if len(found.sites) > SITES_SHOWN:
        yield Message("explained.many_sites", sites=len(found.sites), shown=SITES_SHOWN)
    elif found.sites:
        yield Message("explained.sites_head")
        yield from (Message("explained.site", **vars(site)) for site in found.sites)
    yield Message("explained.formula_direct" if design.direct else "explained.formula")
    if design.unequal is not None:
        joint = plan.design.pps is not None and plan.design.pps.joint
        yield Message("explained.unequal", rule=Message("explained.sen" if joint else "explained.brewer"))
    if design.by_stage and not design.direct:
        yield Message("explained.by_stage")
    if design.lonely.any():
        yield Message("explained.lonely", rule=_worded(SINGLETON[design.singleton]))
    yield Message("explained.stratum_head")
    yield from (Message("explained.stratum", **vars(stratum)) for stratum in found.strata)
    if found.averaged != 1:
        yield Message("explained.averaged", factor=found.averaged)
    if found.figure.se is None:
        yield Message("explained.no_error", area=_area(found))
    else:
        yield Message("explained.error", variance=found.figure.parts.total, se=found.figure.se)


def _limits(found: Explained, plan: Plan) -> Iterator[Message]:
    df, interval = found.row.df, found.figure.interval
    yield Message("explained.df", units=df + found.strata_held, strata=found.strata_held, df=df)
    if interval is None:
        yield Message("explained.no_limits")
        return
    if found.size is None:
        yield Message("explained.quantile", t_df=found.t_df)
    else:
        yield Message("explained.size", size=found.size, t_n=found.t_n, t_df=found.t_df)
    yield Message(
        "explained.limits", confidence=float(plan.interval.confidence), interval=_worded(INTERVALS[interval.method]),
        lower=interval.lower, upper=interval.upper,
    )  # fmt: skip


def _outcome(decision: DecisionDocument | None, zones: Zones | None) -> Message:
    if decision is None or zones is None:
        return Message("explained.no_outcome")
    return Message("explained.outcome", figure=decision["figure"], cost=cost_of(zones[decision["outcome"]]))


def _worded(pair: tuple[str, str]) -> str:
    return pair[language() == "en"]
