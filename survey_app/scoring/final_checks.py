"""What stands between a city and its final run: every value that nobody accepted, every decision still open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from analysis.decision import LEAST_DF
from analysis.documents.estimate import EstimateDocument
from analysis.scoring import Rulebook, Satisfaction, load_rulebook
from survey_app.ground import sign_off
from survey_app.ground.settings import in_force
from survey_app.ground.stored import estimate_of
from survey_app.ground.zones import zones_of
from survey_app.models import Area, EstimateRun, Period
from survey_app.surveys.columns import COUNTY_VARIABLE
from survey_app.surveys.official_plan import why_not_official
from survey_app.values.reading import ACCEPTED, MISSING, UNASSIGNED, entries, present_values, unverified
from survey_app.values.rulebooks import rated_areas

OWN, CITY, SMALL_AREA = "own", "city", "small_area"
BASES = (OWN, CITY, SMALL_AREA)


@dataclass(frozen=True)
class Open:
    """One thing that is not settled. kind: a key of the console's words; area: '' for the whole city; indicator: its
    number, where it is about one."""

    kind: str
    area: str
    detail: str
    indicator: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Basis:
    """On what a county's satisfaction rests, decided by a person where its own estimate is too weak."""

    basis: str  # own | city | small_area
    reason: str


@dataclass(frozen=True)
class Weak:
    """A county whose own estimate does not carry a decision. why: none | few (responses) | df (degrees of freedom)."""

    area: Area
    why: str
    n: int
    df: float
    estimate: float | None
    small_area: float | None


def open_points(
    city: Area, estimate: EstimateRun | None, period: Period, bases: Mapping[str, Basis] | None = None
) -> list[Open]:
    """Everything that stops a final run, the estimate first, then area by area; empty where it may be made."""
    found = _estimate_points(estimate, period)
    areas = rated_areas(city)
    if len(areas) < 2:
        found.append(Open("no_counties", "", city.name))
    for area in areas:
        found += _value_points(area, period)
    if estimate is not None:
        for weak in weak_counties(areas, estimate):
            decided = (bases or {}).get(weak.area.code)
            if decided is None or not usable(decided, weak):
                found.append(Open("satisfaction_undecided", weak.area.name, weak.why))
    return found


def weak_counties(areas: list[Area], estimate: EstimateRun) -> list[Weak]:
    """Counties without an estimate of their own, with too few responses for it to be shown, or below 3 df."""
    result = estimate_of(estimate)
    rows = {row["level"]: row for row in result["domains"].get(COUNTY_VARIABLE, [])}
    modelled = _areas_of(result)
    found = []
    for area in areas:
        if area.kind != "county":
            continue
        row = rows.get(area.name)
        n, df, share = (row["n"] or 0, row["df"] or 0, row["estimate"]) if row else (0, 0, None)
        why = _weakness(n, df, share)
        if why:
            found.append(Weak(area, why, n, df, share, modelled.get(area.name)))
    return found


def usable(decided: Basis, weak: Weak) -> bool:
    """Whether a decision is one: a known basis that the estimate has a figure for, with its reason."""
    if not decided.reason.strip():
        return False
    figures = {OWN: weak.estimate, CITY: 1.0, SMALL_AREA: weak.small_area}
    return figures.get(decided.basis) is not None


def satisfaction_on(area: Area, result: EstimateDocument, basis: str) -> Satisfaction | None:
    """The area's satisfaction on this basis; None where it has no figure."""
    if area.kind == "city" or basis == CITY:
        return Satisfaction.from_estimate(result, None)
    if basis == SMALL_AREA:
        share = _areas_of(result).get(area.name)
        return None if share is None else Satisfaction(share, label=area.name)
    row = next((row for row in result["domains"].get(COUNTY_VARIABLE, []) if row["level"] == area.name), None)
    if row is None or row["estimate"] is None:
        return None
    return Satisfaction.from_estimate(result, (COUNTY_VARIABLE, area.name))


def _estimate_points(estimate: EstimateRun | None, period: Period) -> list[Open]:
    if estimate is None:
        return [Open("no_estimate", "", "")]
    state = sign_off.standing(f"estimate:{estimate.id}").state
    found = [] if state == sign_off.APPROVED else [Open("estimate_not_approved", "", f"#{estimate.id}")]
    wrong = why_not_official(estimate)
    if wrong is not None:
        found.append(Open("estimate_unofficial", "", str(wrong)))
    for domain, book in (("", period.city_rulebook), (COUNTY_VARIABLE, period.county_rulebook)):
        decided, rulebook = zones_of(estimate_of(estimate), domain), load_rulebook(book)
        if (decided.rulebook, decided.digest) != (rulebook.id, rulebook.digest):
            by = f"{decided.rulebook or '–'} {decided.digest[:8]}".strip()
            found.append(Open("other_rulebook", "", f"#{estimate.id}：{by} ≠ {rulebook.id} {rulebook.digest[:8]}"))
    return found


def _value_points(area: Area, period: Period) -> list[Open]:
    rulebook = load_rulebook(period.rulebook_of(area))
    found = []
    for item in unverified(area, rulebook.id, period):
        kind = {UNASSIGNED: "unassigned", MISSING: "value_missing"}.get(item.state, "value_unverified")
        lacking = f"：{'、'.join(item.missing)}" if item.missing else ""
        found.append(Open(kind, area.name, f"{item.indicator} {item.name}{lacking}", item.indicator))
    return found + _accepted_unknown(area, rulebook, period)


def _accepted_unknown(area: Area, rulebook: Rulebook, period: Period) -> list[Open]:
    """Accepted indicators with a value left open; the major incident by itself, since it decides over everything."""
    values = present_values(area, rulebook.id, period)
    accepted = {key for key, entry in entries(area, rulebook.id, period).items() if entry.state == ACCEPTED}
    found = []
    for indicator in rulebook.indicators:
        key = str(indicator.number)
        given = values.get(key, {})
        veto = indicator.deduction.void_if if indicator.deduction else ""
        if veto and given.get(veto) is None:
            found.append(Open("incident_undecided", area.name, f"{key} {indicator.name}", key))
        if key in accepted:
            names = [(metric.key, metric.name) for metric in indicator.metrics if metric.key != veto]
            lacking = [name for metric, name in names if given.get(metric) is None]
            if lacking:
                found.append(Open("value_unknown", area.name, f"{key} {indicator.name}：{'、'.join(lacking)}", key))
    return found


def _weakness(n: int, df: int, share: float | None) -> str:
    if share is None:
        return "none"
    if n < in_force().least_cell:
        return "few"
    return "df" if df < LEAST_DF else ""


def _areas_of(result: EstimateDocument) -> dict[str, float]:
    """County -> its share by the small-area model, where the plan asked for it and it could be fitted."""
    table = result.get("small_areas")
    if not table or table["domain"] != COUNTY_VARIABLE or result["measure"]["official"] != "share":
        return {}
    return {row["name"]: row["model"] for row in table["areas"] if row["model"] is not None}
