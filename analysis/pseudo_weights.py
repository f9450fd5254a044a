"""Open answers beside a sampled figure that asked the same variables: the measured gap, and pseudo-weights.

Pseudo-weights make up for volunteering by those variables alone; what hangs on satisfaction itself stays.  Neither ever
enters the official figure.  Elliott and Valliant (2017); Chen, Li and Wu (2020).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from analysis.cells import Cells, total_by
from analysis.definitions_compared import measure_values
from analysis.documents.open_beside import EffectiveDocument, GapDocument, OpenBesideDocument
from analysis.errors import CellsError
from analysis.estimators import Statistic, mean, standard_errors
from analysis.missing import told_apart
from analysis.plan import MODE, Plan
from analysis.plan_parts import Design
from analysis.sample import Mask, Sample, counted
from analysis.sampled_sites import SiteWeights
from definitions.numbers import percent_text
from wording import Message, english, recognised

Floats = NDArray[np.float64]
LEAST_OPEN = 30  # open answers from which something is said of them
MOST_STEPS, CLOSE = 60, 1e-10


def same_variables(plan: Plan) -> tuple[str, ...]:
    """The variables by which the plan tells people apart, its margins and single domains, without design and mode."""
    single = [names[0] for names in plan.crossings.values() if len(names) == 1]
    out = {plan.design.strata, plan.design.psu, plan.site_column, MODE, plan.measure.question}
    return tuple(name for name in dict.fromkeys((*plan.margin_names, *single)) if name not in out)


def open_plan(plan: Plan) -> Plan:
    """Under which open answers become cells: the same measure and variables, no weights, and the site where it is known."""
    names = (*same_variables(plan), *([plan.design.psu] if plan.design.psu else []))
    return replace(
        plan, design=Design(sample=plan.design.sample), calibration=None, domains=names, singleton="adjust", figures=(),
        nonresponse=None, replication=None, small_areas=None, drivers=None, modes=(), weights=SiteWeights(), minimum=None,
    )  # fmt: skip


@dataclass(frozen=True)
class _Open:
    """Cells of open answers to the official question. values in [0, 1]; x (cells, k) as that of the sample."""

    count: Floats
    values: Floats
    x: Floats
    site: NDArray[np.int64]


def open_beside(sample: Sample, plan: Plan, opened: Cells) -> OpenBesideDocument | None:
    """The open answers `opened`, cells of `open_plan(plan)`, beside the official figure of `sample`; None with few of them.

    raw: their plain mean.  Its gap to the sampled figure is measured, and of it alone comes Meng's (2018) effective size
    s^2 / gap^2, s^2 the variance of an answer.  weighted: pi(x) of the score equations sum_open x = sum_sample w pi(x) x
    (Chen, Li and Wu 2020, eq. 8), logit in the variables as main effects, then the mean by 1/pi.  Errors by open site,
    and the sample's own design, whose part in both figures is taken together.
    """
    points, satisfied, answered = measure_values(sample.cells, plan)
    share = plan.measure.official == "share"
    own, inside = satisfied if share else points / 100, answered & (sample.weight > 0)
    official = mean(sample, own, inside)
    cells, _ = told_apart(counted(opened, open_plan(plan)).cells, plan)
    points, satisfied, answered = measure_values(cells, plan)
    cells, values = cells.where(answered), (satisfied if share else points / 100)[answered]
    names = same_variables(plan)
    x, theirs, matched, spoken_for = _shared(sample, cells, names)
    number = int(cells.count.sum())
    if number < LEAST_OPEN or not matched.any():
        return None
    psu = plan.design.psu
    site = cells.columns[psu].codes + 1 if psu else np.arange(len(cells))
    confidence = float(plan.interval.confidence)
    whole = _Open(cells.count.astype(float), values, theirs, site)
    df = min(official.df(sample), len(np.unique(site)) - 1)
    raw = _gap(whole, np.ones(len(values)), np.zeros(x.shape), official, sample, df, confidence)
    found: OpenBesideDocument = {
        "n": number, "sites": len(np.unique(site)), "sampled": official.value, "raw": raw,
        "effective": _effective(raw, _variance(sample, own, inside, official.value)), "variables": list(names),
        "weighted": None, "unmatched": int(cells.count[~matched].sum()),
    }  # fmt: skip
    try:
        if not spoken_for:
            raise CellsError("bias.open_lack_a_level")
        kept = _Open(whole.count[matched], values[matched], theirs[matched], site[matched])
        found["weighted"] = _weighted(kept, x, official, sample, df, confidence)
    except CellsError as error:
        found["why"] = english(error)
    return found


def propensity(x: Floats, weight: Floats, theirs: Floats, count: Floats) -> Floats:
    """Coefficients (k,) of logit pi: sum count x (open) = sum weight pi x (sample), by Newton's steps with halving.

    x (n, k), weight (n,) of the sample; theirs (m, k), count (m,) of the open answers.  Raises CellsError without a solution.
    """
    goal = count @ theirs
    found = np.zeros(x.shape[1])
    found[0] = special.logit(min(count.sum() / weight.sum(), 0.99))
    miss = np.inf
    for _ in range(MOST_STEPS):
        chance = special.expit(x @ found)
        score = goal - (weight * chance) @ x
        miss = float(np.abs(score).max() / count.sum())
        if miss < CLOSE:
            return found
        slope = x.T @ (x * (weight * chance * (1 - chance))[:, None])
        try:
            step = np.linalg.solve(slope, score)
        except np.linalg.LinAlgError:
            break
        while np.abs(x @ step).max() > 4:  # a longer step leaves where the logit is nearly straight
            step = step / 2
        found = found + step
    raise CellsError("bias.open_not_like_sample")


def _weighted(opened: _Open, x: Floats, official: Statistic, sample: Sample, df: int, confidence: float) -> GapDocument:
    weight = np.where(official.inside, sample.weight, 0.0)
    kept = _independent(x * np.sqrt(weight)[:, None])
    x, opened = x[:, kept], replace(opened, x=opened.x[:, kept])
    found = propensity(x, weight, opened.x, opened.count)
    own, theirs = special.expit(x @ found), special.expit(opened.x @ found)
    pseudo = 1 / theirs
    held = float(opened.count @ pseudo)
    value = float((opened.count * pseudo) @ opened.values) / held
    slope = x.T @ (x * (weight * own * (1 - own))[:, None])
    move = (opened.count * (1 - theirs) * pseudo * (opened.values - value)) @ opened.x
    bend = np.linalg.solve(slope, move) / held
    return _gap(opened, pseudo, bend[None, :] * own[:, None] * x, official, sample, df, confidence, opened.x @ bend)


def _gap(
    opened: _Open, weight: Floats, bend: Floats, official: Statistic, sample: Sample, df: int, confidence: float,
    fitted: Floats | None = None,
) -> GapDocument:  # fmt: skip
    """The mean of open answers by `weight` less the sampled figure. bend (cells, k): what each person of the sample adds to
    the open mean through the estimated propensities, fitted (open cells,): what each open answer takes from it."""
    held = float(opened.count @ weight)
    value = float((opened.count * weight) @ opened.values) / held
    own = weight * (opened.values - value) / held - (0.0 if fitted is None else fitted)
    sums = total_by(opened.site, opened.count * own)
    sites = sums[total_by(opened.site, opened.count) > 0]
    difference = value - official.value
    found: GapDocument = {"estimate": value, "difference": difference, "se": None, "lower": None, "upper": None}
    if df < 1:
        return found
    theirs = len(sites) / (len(sites) - 1) * float(((sites - sites.mean()) ** 2).sum())
    inside = np.where(official.inside, bend.sum(axis=1), 0.0)
    ours = standard_errors(sample, [Statistic(0.0, inside - official.influence, official.inside, official.size)])[0]
    se = float(np.hypot(ours, np.sqrt(theirs)))
    reach = float(stats.t.ppf(0.5 + confidence / 2, df)) * se
    return found | {"se": se, "lower": difference - reach, "upper": difference + reach}


def _effective(gap: GapDocument, variance: float) -> EffectiveDocument:
    """s^2 / gap^2 with the limits of the gap's interval; without an upper one where that holds 0.  Meng (2018)."""
    low, high = gap["lower"], gap["upper"]
    value = variance / gap["difference"] ** 2 if gap["difference"] else None
    if low is None or high is None:
        return {"value": value, "lower": None, "upper": None}
    far, near = max(abs(low), abs(high)), 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    return {"value": value, "lower": variance / far**2 if far else None, "upper": variance / near**2 if near else None}


def _variance(sample: Sample, values: Floats, inside: Mask, value: float) -> float:
    weight = np.where(inside, sample.weight, 0.0)
    return float(weight @ (values - value) ** 2 / weight.sum())


def _independent(x: Floats) -> list[int]:
    """Columns of x (n, k) that do not follow from those before them, as a county does from another name of it."""
    held: list[int] = []
    for column in range(x.shape[1]):
        left = x[:, column]
        if held:
            left = left - x[:, held] @ np.linalg.lstsq(x[:, held], left, rcond=None)[0]
        if float(left @ left) > CLOSE * float(x[:, column] @ x[:, column]):
            held.append(column)
    return held


def _shared(sample: Sample, opened: Cells, names: tuple[str, ...]) -> tuple[Floats, Floats, Mask, bool]:
    """Main effects of the levels that the sample has, of the sample and of the open answers; which of these have no other
    level, and whether they have every one of them."""
    whole = True
    ours, theirs = [np.ones(len(sample.cells))], [np.ones(len(opened))]
    matched = np.ones(len(opened), dtype=bool)
    for name in names:
        column, other = sample.cells.columns[name], opened.columns[name]
        places = {level: place for place, level in enumerate(column.levels)}
        code = np.array([*(places.get(level, -1) for level in other.levels), -1])[other.codes]
        present = [place for place in range(len(column.levels)) if (column.codes == place).any()]
        matched &= np.isin(code, present)
        whole = whole and bool(np.isin(present, code).all())
        for place in present[1:]:
            ours.append((column.codes == place).astype(float))
            theirs.append((code == place).astype(float))
    return np.column_stack(ours), np.column_stack(theirs), matched, whole


def beside_told(found: OpenBesideDocument | None) -> list[Message]:
    """The gap first, then what it makes of their number, then what pseudo-weights leave of it."""
    if not found:
        return []
    raw, weighted = found["raw"], found["weighted"]
    told = [
        Message(
            "bias.beside_gap", n=found["n"], open=percent_text(raw["estimate"], 1), sampled=percent_text(found["sampled"], 1),
            gap=_gap_words(raw),
        ),
    ]  # fmt: skip
    size = found["effective"]
    if size["value"] is not None and size["lower"] is not None:
        upper = Message("bias.beside_upper", upper=size["upper"]) if size["upper"] else Message("bias.beside_no_upper")
        told.append(Message("bias.beside_effective", value=size["value"], lower=size["lower"], upper=upper))
    if weighted:
        told.append(
            Message(
                "bias.beside_weighted",
                variables=found["variables"],
                open=percent_text(weighted["estimate"], 1),
                gap=_gap_words(weighted),
            )
        )
    if found.get("why"):
        told.append(Message("bias.beside_without", why=recognised(found["why"], ("bias",))))
    return [*told, Message("bias.beside_never")]


def _gap_words(found: GapDocument) -> Message | str:
    if found["lower"] is None or found["upper"] is None:
        return f"{found['difference'] * 100:+.1f}"
    moved, lower, upper = (100 * value for value in (found["difference"], found["lower"], found["upper"]))
    return Message("bias.gap", difference=moved, lower=lower, upper=upper)
