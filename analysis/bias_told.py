"""What a document says of unequal answering, in sentences: the tipping point, the response rate, the bounds."""

from __future__ import annotations

from collections.abc import Callable

from analysis.documents.comparisons import ModeSplit, Tested
from analysis.documents.estimate import EstimateDocument
from analysis.documents.fieldwork import ArrivalDocument, FieldworkDocument, InterviewersDocument
from analysis.documents.further import OpenDocument
from analysis.documents.rows import TippingLine, TippingRow
from analysis.verdict import cost_of, figure_text
from analysis.zones import Zones
from definitions.numbers import percent_text
from wording import Message, Text, recognised


def tipping_told(result: EstimateDocument, zones: Zones) -> list[Message]:
    """The kappa of the nearest line on either side of the figure, what a quarter less would do, and the response rate;
    nothing of a document that decides nothing, or of an earlier release."""
    found, decided = result.get("tipping"), result["decision"]
    if not found or not decided:
        return []
    figure, confidence = decided["figure"], result["satisfied"]["confidence"]
    told = [_tips(row, zones, confidence, figure) for row in nearest(found, figure)] or [Message("bias.no_tip")]
    before, after = zones.of(figure), zones.of(found["quarter"])
    turned: Message | str = Message("bias.turned", cost=cost_of(after)) if after.key != before.key else ""
    quarter, stated = (figure_text(value, zones) for value in (found["quarter"], figure))
    told.append(Message("bias.quarter", truth=quarter, figure=stated, turned=turned))
    return [*told, Message("bias.unmeasured"), rate_told(result)]


def rate_told(result: EstimateDocument) -> Message:
    known = result.get("response")
    if not known:
        return Message("bias.no_rate")
    return Message(
        "bias.rate", rate=percent_text(known["rate"], 1), respondents=known["respondents"], cases=known["cases"]
    )


def response_told(result: EstimateDocument) -> list[Message]:
    """For the annex: the rate, what it leaves open whatever people think, and how alike groups answered."""
    known = result.get("response")
    told = [rate_told(result)]
    if not known:
        return told
    limits, scale = known["bounds"], 100 if result["measure"]["official"] == "index" else 1
    if limits and limits["lower"] is not None and limits["upper"] is not None:
        lower, upper = limits["lower"] / scale, limits["upper"] / scale
        told.append(Message("bias.bounds", lower=percent_text(lower, 1), upper=percent_text(upper, 1)))
    found = known["indicator"]
    if found:
        said = _limits(found["lower"], found["upper"], result["satisfied"]["confidence"], 3)
        of = Message("bias.of_sites" if known["basis"] == "sites" else "bias.of_classes")
        even = found["lower"] is not None and found["lower"] >= 1  # less apart than chance: no interval says how much
        told.append(
            Message("bias.even", of=of) if even else Message("bias.indicator", value=found["value"], limits=said, of=of)
        )
    return told


def open_told(found: OpenDocument | None) -> list[Message]:
    """Of answers that anybody could give: how the others would have to think to turn it, and what is known whatever they do."""
    bounds = found.get("bounds") if found else None
    if not found or not bounds:
        return []
    told = [
        Message("bias.others", line=f"{row['threshold'] * 100:.6g}%", others=percent_text(row["others"], 1))
        for row in found["tipping"]
        if row["others"] is not None
    ]
    part = found["tipping"][0]["participation"] if found["tipping"] else None
    return [
        *told,
        Message(
            "bias.taken_part",
            part=percent_text(part or 0.0, 2),
            lower=percent_text(bounds["lower"] or 0.0, 1),
            upper=percent_text(bounds["upper"] or 0.0, 1),
        ),
    ]


def fieldwork_told(found: FieldworkDocument | None) -> list[Message]:
    """The figure by attempt and by arrival, the last against the first, and what interviewers add."""
    told = []
    if found and (made := found.get("attempt")) and made["levels"]:
        told.append(Message("bias.by_attempt", rows=_levels(made), moved=_moved(made["difference"])))
    if found and (made := found.get("arrived")) and made["levels"]:
        told.append(Message("bias.by_arrived", rows=_levels(made), moved=_moved(made["difference"])))
    if found and "interviewers" in found:
        told.append(_interviewers(found["interviewers"]))
    return told


def _levels(found: ArrivalDocument) -> list[Text]:
    return [
        Message("bias.level", level=row["level"], share=percent_text(row["estimate"], 1), n=row["n"] or 0)
        for row in found["levels"]
        if row["estimate"] is not None
    ]


def _moved(found: Tested | None) -> Message | str:
    if not found or found["lower"] is None or found["upper"] is None:
        return ""
    ends = (100 * found["difference"], 100 * found["lower"], 100 * found["upper"])
    return Message("bias.last_less_first", gap=Message("bias.gap", difference=ends[0], lower=ends[1], upper=ends[2]))


def _interviewers(found: InterviewersDocument) -> Message:
    if found["rho"] is None:
        return Message("bias.no_interviewers", why=recognised(found.get("why", ""), ("bias",)))
    limits = _limits(found["lower"], found["upper"], None, 3)
    return Message(
        "bias.interviewers", number=found["interviewers"], sites=found["sites"], rho=found["rho"], limits=limits,
        effect=found["design_effect"],
    )  # fmt: skip


def split_told(split: ModeSplit, name: Callable[[str], str]) -> list[Message]:
    """What of a difference between modes is measurement and what selection; 'not identified' where nobody was allotted.
    name: what a mode is called."""
    if not split["identified"]:
        return [Message("bias.modes_not_identified")]
    return [
        Message(
            "bias.mode_parts", mode=name(row["mode"]), measurement=100 * row["measurement"],
            se=100 * row["measurement_se"], selection=100 * row["selection"],
        )
        for row in split["parts"]
    ]  # fmt: skip


def nearest(found: TippingRow, figure: float) -> list[TippingLine]:
    """Of the lines that some kappa reaches the nearest below the figure and the nearest above it."""
    below = [row for row in found["lines"] if row["kappa"] is not None and row["line"] <= figure]
    above = [row for row in found["lines"] if row["kappa"] is not None and row["line"] > figure]
    return [*below[-1:], *above[:1]]


def _tips(row: TippingLine, zones: Zones, confidence: float, figure: float) -> Message:
    limits = _limits(row["lower"], row["upper"], confidence, 2)
    kappa, line = row["kappa"], f"{row['line'] * 100:.6g}%"
    beyond = Message("bias.less" if row["line"] <= figure else "bias.more")
    cost = cost_of(zones[row["outcome"]])
    return Message("bias.tips", kappa=kappa, limits=limits, line=line, beyond=beyond, cost=cost)


def _limits(lower: float | None, upper: float | None, confidence: float | None, digits: int) -> Message | str:
    if lower is None and upper is None:
        return ""
    if confidence is None:
        return f" ({lower:.{digits}f} – {upper:.{digits}f})"
    ends = ["–" if end is None else f"{end:.{digits}f}" for end in (lower, upper)]
    return Message("bias.limits", confidence=f"{confidence * 100:.6g}%", lower=ends[0], upper=ends[1])
