"""The documents that scorecards and what is made from them are stored and printed as, and a reader for each format.

The rules are those of `analysis.documents`: keys of one format never leave or change; a new one is added to its class.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from analysis.errors import FormatError
from analysis.methods import FIRST, MethodDocument
from analysis.zones import ProgrammeDocument

SCORECARD_FORMAT = 2  # of what this release writes
Points = int | float  # exact decimals as JSON prints them


class MissingRow(TypedDict):
    """One condition of the next tier that does not hold yet."""

    metric: str
    needed: Points | bool
    actual: Points | bool | None
    operator: str
    text: str


class NextTierDocument(TypedDict):
    """name: of a step that is not called by its stars."""

    name: NotRequired[str]
    stars: int
    points: Points
    requirement: str
    missing: list[MissingRow]


class IndicatorRow(TypedDict):
    """One row of a scorecard."""

    number: int
    name: str
    path: list[str]
    kind: str
    lead: list[str]
    state: str
    stars: int | None
    points: Points
    max_points: Points
    why: str
    flags: list[str]
    next: NextTierDocument | None
    tier: NotRequired[str]  # the name of the step that was reached, where it is not called by its stars
    confirmed: NotRequired[dict[str, str]]  # why an unusual value is right


class StepRow(TypedDict):
    number: int
    name: str
    points: Points
    running: Points
    veto: bool


class RangeDocument(TypedDict):
    """The total over the values that are not known."""

    worst: Points
    best: Points
    may_be_void: bool


class VetoRow(TypedDict):
    """An indicator whose unknown values may make the whole void."""

    number: int
    name: str
    unknown: list[str]


class UnknownRow(TypedDict):
    number: int
    metric: str


class NotApplicableRow(TypedDict):
    number: int
    metric: str
    reason: str


class StarInZone(TypedDict):
    """The star if satisfaction lay in one zone, the other values as given. at_least, below: its lines in [0, 1]; total:
    None where the whole scores nothing."""

    zone: str
    at_least: float | None
    below: float | None
    total: Points | None
    star: str


class StatedReadings(TypedDict):
    """How unclear rows were read: the digest of all readings, and those of which the alternative held."""

    digest: str
    alternatives: list[str]


class VerdictDocument(TypedDict, total=False):
    """What a scorecard says of satisfaction and of readings; earlier releases did not. satisfaction_interval: lower,
    upper and confidence, fractions of one. star_by_zone: the highest first, where satisfaction is not known."""

    programme: ProgrammeDocument | None
    readings: StatedReadings

    star_by_zone: list[StarInZone] | None

    verdict: Any
    satisfaction_interval: dict[str, float] | None


class ScorecardDocument(VerdictDocument):
    """The document of `minyi score --json`, and of a scoring run. star_level: None in a batch, where satisfaction is not
    known and decides between the two of `star_range`, the lowest and the highest."""

    format: int
    rulebook: str
    method: MethodDocument
    total: Points | None
    star_level: str | None
    star_range: list[str]
    void: bool
    vetoed_by: list[str]
    may_be_vetoed_by: list[VetoRow]
    score_if_not_void: Points
    range: RangeDocument
    indicators: list[IndicatorRow]
    star_probability: dict[str, float] | None
    unknown: list[UnknownRow]
    not_applicable: list[NotApplicableRow]
    declared: dict[str, bool]
    satisfaction: float | None
    steps: list[StepRow]
    suppressed: NotRequired[bool]


class GoalDocument(TypedDict):
    """`reached` is None where it cannot be known, as 'newly' without earlier ratings. perhaps: whose star may be there and is
    not known, beside `counted`; documents of earlier releases lack it."""

    key: str
    text: str
    by: int | None
    needed: float
    counted: int | None
    perhaps: NotRequired[int]
    of: int
    reached: bool | None


class SummaryDocument(TypedDict):
    """The counties together: names from the best to the worst, how many have which star, and the document's goals."""

    ranking: list[str]
    places: NotRequired[dict[str, int | None]]
    at_star: dict[str, int]
    goals: list[GoalDocument]


class InfluenceRow(TypedDict):
    """Share of the variance of the total (void counted as 0): alone (first order), and with all interactions."""

    label: str
    first_order: float
    total: float


class QuantilesOfPoints(TypedDict):
    p5: float
    p50: float
    p95: float


class OutlookDocument(TypedDict):
    star_probability: dict[str, float]
    void_probability: float
    points: QuantilesOfPoints
    influences: list[InfluenceRow]
    draws: int
    seed: int
    correlation: NotRequired[float]


class UpgradeRow(TypedDict):
    number: int
    name: str
    lead: list[str]
    from_stars: int | None
    to_stars: int
    gain: float
    effort: float
    requirement: str
    from_name: NotRequired[str]  # of steps that are not called by their stars
    to_name: NotRequired[str]


class UpgradesDocument(TypedDict):
    target: str
    needed: float
    current: float
    upgrades: list[UpgradeRow]
    total: float
    effort: float
    reachable: bool
    obstacle: str


class CardInShort(TypedDict):
    """stars: the star, or the two that an unknown satisfaction decides between."""

    stars: NotRequired[list[str]]
    total: Points | None
    star_level: str | None
    void: bool
    score_if_not_void: Points
    range: RangeDocument


class FutureDocument(TypedDict):
    """What a scenario keeps. moved: number and name of an indicator, its points before and after."""

    format: NotRequired[int]
    before: CardInShort
    after: CardInShort
    moved: list[tuple[int, str, float, float]]
    outlook: OutlookDocument | None
    upgrades: UpgradesDocument | None
    suppressed: NotRequired[bool]


def read_scorecard(stored: Any) -> ScorecardDocument:
    """A stored scorecard in its present form, whatever release stored it. Raises FormatError for a later format."""
    number = stored.get("format", 1)
    if number == 1:  # named no method, and not always the range of its stars and what may make it void
        star, method = stored["star_level"], FIRST.as_dict()
        earlier = {"method": method, "star_range": [star, star], "may_be_vetoed_by": _first_vetoes(stored)}
        stored = earlier | stored | {"format": SCORECARD_FORMAT}
    elif number != SCORECARD_FORMAT:
        raise FormatError("analysis.scorecard_of_later_format", number=number, newest=SCORECARD_FORMAT)
    present: ScorecardDocument = stored
    return present


def _first_vetoes(stored: Any) -> list[VetoRow]:
    """What may make it void, from the values that are not known."""
    if stored["void"] or not stored["range"]["may_be_void"]:
        return []
    unknown = [(item["number"], item["metric"]) for item in stored["unknown"]]
    return [
        {"number": row["number"], "name": row["name"], "unknown": [name for number, name in unknown if number == row["number"]]}
        for row in stored["indicators"]
        if row["kind"] in ("deduction", "satisfaction") and row["state"] == "unknown"
    ]  # fmt: skip


def read_future(stored: Any) -> FutureDocument:
    """What a scenario keeps; its keys are the same in formats 1 and 2."""
    number = stored.get("format", 1)
    if number > SCORECARD_FORMAT:
        raise FormatError("analysis.scenario_of_later_format", number=number, newest=SCORECARD_FORMAT)
    present: FutureDocument = stored
    return present
