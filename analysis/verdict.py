"""What is said of a figure that met the lines of a rulebook: what the rule makes of it, and how sure the figure is.

Points follow from the figure alone; interval and probabilities stand beside it and change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from analysis.documents.comparisons import SensitivityDocument
from analysis.documents.estimate import EstimateDocument
from analysis.documents.rows import DomainRow, FigureDocument
from analysis.few_sites import LEAST_DF
from analysis.intervals import mean_interval
from analysis.notices import NoticeDocument
from analysis.zones import ROUNDING, Zone, Zones
from wording import Message

MOST_DIGITS = 9


@dataclass(frozen=True)
class Stated:
    """A figure in [0, 1] with what its estimate states of its error.

    lower, upper: its interval at `confidence`, None where there is none. df: None where not known. probability: of each
    zone by its key, None where none is stated. as_if: those who answered
    were not chosen, so the interval is one as if they had been; exception: the sentence of the plan that declares it.
    withheld: why there is no probability, None where an earlier release did not say.
    """

    figure: float
    lower: float | None = None
    upper: float | None = None
    confidence: float = 0.95
    df: float | None = None
    probability: Mapping[str, float] | None = None
    as_if: bool = False
    exception: str = ""
    withheld: NoticeDocument | None = None


def stated(estimate: EstimateDocument, row: DomainRow | None = None) -> Stated | None:
    """The official figure of an estimate's document, or of a row of its domains; None where nothing was decided."""
    place: EstimateDocument | DomainRow = estimate if row is None else row
    decision = place.get("decision")
    if not decision or "figure" not in decision:
        return None
    whole, df = estimate.get("satisfied"), place.get("df")
    confidence = whole.get("confidence", 0.95) if whole else 0.95
    if estimate.get("measure", {}).get("official") != "index":
        lower, upper = _limits(whole if row is None else row)
    elif row is None:
        lower, upper = _limits(estimate.get("index"), 100)
    else:
        lower, upper = _index_limits(row, df, confidence)
    withheld = decision.get("probability_withheld")
    exception = str(withheld.get("params", {}).get("sentence", "")) if withheld else ""
    return Stated(
        decision["figure"], lower, upper, confidence, df, decision.get("probability"), bool(exception), exception,
        withheld,
    )  # fmt: skip


def verdict(found: Stated, zones: Zones) -> Message:
    """The sentences, as one message.

    >>> from analysis.scoring import load_rulebook
    >>> said = verdict(Stated(0.69, 0.66, 0.718, df=60), load_rulebook("jining-2023-municipal").zones)
    >>> print(said.params["ruled"].text("en"), said.params["error"].text("en"))
    69.0%, below 70%: by the rule 10 points are taken off. Sampling error: the 95% interval 66.0%–71.8% holds 70%.
    """
    digits, zone = _digits(found, zones), zones.of(found.figure)
    ruled, error = _ruled(found, zones, zone, digits), _error(found, zones, zone, digits)
    if (found.lower is None or found.upper is None) and not found.exception:
        return Message("verdicts.ruled_alone", ruled=ruled, error=error)
    chances, likelier = _chances(found, zones), _likelier(found, zones, zone)
    if likelier is None:
        return Message("verdicts.verdict", ruled=ruled, error=error, chances=chances)
    return Message("verdicts.verdict_against", ruled=ruled, error=error, chances=chances, compared=likelier)


def movers(table: SensitivityDocument, zones: Zones, name: Callable[[str], str]) -> list[Message]:
    """Of a sensitivity's sites, units, ways of answering, hours and days of one network the one that moves the figure most,
    and what it is without it; rows that may not be shown are passed over. name: what a level is called."""
    modes = [row for row in table["choices"] if row["change"] == "without_mode"]
    kinds = (
        (Message("verdicts.kind_site"), table["sites"]),
        (Message("verdicts.kind_unit"), table["strata"]),
        (Message("verdicts.kind_mode"), modes),
        (Message("verdicts.kind_hours"), table.get("hours", [])),
        (Message("verdicts.kind_network"), table.get("networks", [])),
    )
    found = []
    for kind, rows in kinds:
        known = [
            (abs(row["difference"]), row["difference"], row["figure"], row["outcome"], row)
            for row in rows
            if row["difference"] is not None and row["figure"] is not None and row["outcome"] is not None
        ]
        if not known:
            continue
        _size, moved, figure, outcome, most = max(known, key=lambda each: each[0])
        turned = Message("verdicts.outcome_changes") if most["changes_outcome"] else Message("verdicts.outcome_stays")
        found.append(
            Message(
                "verdicts.mover", kind=kind, name=name(most["level"]), figure=figure_text(figure, zones),
                moved=moved * 100, cost=cost_of(zones[outcome]), turned=turned,
            )
        )  # fmt: skip
    return found


def of_many(number: int, confidence: float) -> Message | None:
    """What must be known of several intervals beside each other; None where there is one alone."""
    if number < 2:
        return None
    return Message("verdicts.many", n=number, confidence=_line(confidence), each=round(1 / (1 - confidence)))


def figure_text(figure: float, zones: Zones) -> str:
    """As a verdict states it: cut, never rounded onto a line that it does not reach."""
    return _share(figure, _digits(Stated(figure), zones))


def interval_text(limits: Mapping[str, float] | None) -> str:
    """For a column, by lower and upper: 66.0%–71.8%; a dash where there is none."""
    return "–" if limits is None else f"{_share(limits['lower'], 1)}–{_share(limits['upper'], 1)}"


def _ruled(found: Stated, zones: Zones, zone: Zone, digits: int) -> Message:
    figure, line = _share(found.figure, digits), _line_of(zones, zone)
    if line is None:
        return Message("verdicts.no_line", figure=figure, cost=cost_of(zone))
    if zone.below is None:
        return Message("verdicts.not_below", figure=figure, line=_line(line), cost=cost_of(zone))
    return Message("verdicts.below", figure=figure, line=_line(line), cost=cost_of(zone))


def _error(found: Stated, zones: Zones, zone: Zone, digits: int) -> Message:
    if found.lower is None or found.upper is None:
        return Message("verdicts.no_error") if found.df is None else Message("verdicts.no_interval", df=f"{found.df:g}")
    inside = [line for line in zones.lines if _holds(found.lower, found.upper, line)]
    named, lines = _line_of(zones, zone), [_line(line) for line in inside]
    confidence: Message | str = _line(found.confidence)
    if found.as_if:
        confidence = Message("verdicts.as_if", confidence=confidence)
    lower, upper = _share(found.lower, digits), _share(found.upper, digits)
    if named is None:
        return Message("verdicts.interval_alone", confidence=confidence, lower=lower, upper=upper)
    if named in inside:
        held = Message("verdicts.holds", lines=lines)
    elif inside:
        held = Message("verdicts.holds_another", line=_line(named), lines=lines)
    else:
        held = Message("verdicts.holds_not", line=_line(named))
    return Message("verdicts.interval", confidence=confidence, lower=lower, upper=upper, held=held)


def _chances(found: Stated, zones: Zones) -> Message:
    if found.exception:
        return Message("verdicts.exception", sentence=found.exception)
    if found.probability is None:
        if found.withheld and found.withheld["key"] not in ("", "few_df_no_probability"):
            return Message(f"notices.{found.withheld['key']}", **found.withheld["params"])
        few = found.df is not None and found.df < LEAST_DF
        return Message("verdicts.few_df", df=f"{found.df:g}", least=LEAST_DF) if few else Message("verdicts.no_chances")
    chances = [
        Message("verdicts.chance", cost=cost_of(zone), chance=_share(found.probability[zone.key], 1))
        for zone in zones.zones
    ]
    return Message("verdicts.chances", chances=chances)


def _likelier(found: Stated, zones: Zones, zone: Zone) -> Message | None:
    """That another zone has the higher probability, where one has."""
    if found.probability is None:
        return None
    chances = found.probability
    first = max(zones.zones, key=lambda each: chances[each.key])
    if chances[first.key] <= chances[zone.key] + ROUNDING:
        return None
    return Message("verdicts.compared", likelier=cost_of(first), cost=cost_of(zone))


def _line_of(zones: Zones, zone: Zone) -> float | None:
    """The line a zone is told by: that above it, of the highest the one below it."""
    return zone.below if zone.below is not None else max(zones.lines, default=None)


def cost_of(zone: Zone) -> Message:
    """What a zone of the figure costs, or gives where satisfaction is graded: nothing below the highest is nothing earned."""
    if zone.void:
        return Message("verdicts.void")
    if zone.points is not None and (zone.points > 0 or (not zone.points and zone.below is not None)):
        return Message("verdicts.earns", points=f"{zone.number:g}")
    return Message("verdicts.points", points=f"{-(zone.number or 0):g}") if zone.points else Message("verdicts.nothing")


def _holds(lower: float, upper: float, line: float) -> bool:
    return lower <= line + ROUNDING and line - ROUNDING <= upper


def _digits(found: Stated, zones: Zones) -> int:
    """Decimals that show the figure and its limits on the side of every line they are on, one at the least."""
    limits = (found.lower, found.upper)
    for digits in range(1, MOST_DIGITS):
        figure, *cut = (None if value is None else _cut(value, digits + 2) for value in (found.figure, *limits))
        alike = figure is not None and zones.of(figure) == zones.of(found.figure)
        if None not in cut:
            alike = alike and all(_holds(*cut, line) == _holds(*limits, line) for line in zones.lines)  # type: ignore[call-arg, arg-type]
        if alike:
            return digits
    return MOST_DIGITS


def _cut(value: float, places: int) -> float:
    """Cut, not rounded, so that 69.96% never shows as 70%."""
    factor: float = 10**places
    return int(value * factor + 1e-9) / factor


def _share(value: float, digits: int) -> str:
    return f"{_cut(value, digits + 2) * 100:.{digits}f}%"


def _line(line: float) -> str:
    return f"{(Decimal(repr(line)) * 100).normalize():f}%"


def _limits(row: FigureDocument | DomainRow | None, scale: int = 1) -> tuple[float | None, float | None]:
    lower, upper = (row.get("lower"), row.get("upper")) if row else (None, None)
    return (None, None) if lower is None or upper is None else (lower / scale, upper / scale)


def _index_limits(row: DomainRow, df: float | None, confidence: float) -> tuple[float | None, float | None]:
    """Rows state the error of the index, and its limits by the same law as those of the whole."""
    index, se = row.get("index"), row.get("index_se")
    if df is None or df < 1 or index is None or se is None:
        return None, None
    made = mean_interval(index, se, df, confidence)
    return made.lower / 100, made.upper / 100
