"""What stands between a city and its final run: every value that nobody accepted, every decision still open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from analysis.scoring import Rulebook, load_rulebook
from analysis.zones import Rules, Zones
from survey_app.ground import sign_off
from survey_app.ground.held import computing, interim_number
from survey_app.ground.official import named_in, naming_of
from survey_app.ground.stored import estimate_of
from survey_app.ground.zones import rules_of
from survey_app.models import Area, EstimateRun, Period
from survey_app.surveys.official_plan import why_not_official
from survey_app.values import registers
from survey_app.values.reading import MISSING, UNASSIGNED, Stored, indicator_of, stored_of, unverified
from survey_app.values.rulebooks import rated_areas
from wording import Message


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


def open_points(city: Area, estimate: EstimateRun | None, period: Period) -> list[Open]:
    """Everything that stops a final run, the estimate first, then area by area; empty where it may be made.

    A county whose satisfaction has no figure stops nothing: its star is a range.
    """
    found = _estimate_points(estimate, period)
    areas = rated_areas(city, period)
    if "county" in period.chosen(city)["units"] and all(area.kind != "county" for area in areas):
        found.append(Open("no_counties", "", city.name))
    stored = stored_of(period, areas)
    told = registers.counted_each(areas, period)
    for area in areas:
        found += _value_points(area, period, stored) + _register_points(area, period, stored, told[area.id])
    return found


def _estimate_points(estimate: EstimateRun | None, period: Period) -> list[Open]:
    if estimate is None:
        return [Open("no_estimate", "", "")]
    state = sign_off.standing(f"estimate:{estimate.id}").state
    found = [] if state == sign_off.APPROVED else [Open("estimate_not_approved", "", f"#{estimate.id}")]
    wrong = why_not_official(estimate)
    if wrong is not None:
        found.append(Open("estimate_unofficial", "", str(wrong)))
    found += _survey_points(estimate, period)
    units = period.chosen(estimate.survey.city)["units"]
    with computing():
        rules = rules_of(estimate_of(estimate)) or Rules(Zones(()), Zones(()))
    for kind, decided in (("city", rules.whole), ("county", rules.counties), ("zone", rules.own)):
        book = units.get(kind)
        if not book or decided is None:
            continue
        rulebook = load_rulebook(book)
        if (decided.rulebook, decided.digest) != (rulebook.id, rulebook.digest):
            by = f"{decided.rulebook or '–'} {decided.digest[:8]}".strip()
            found.append(Open("other_rulebook", "", f"#{estimate.id}：{by} ≠ {rulebook.id} {rulebook.digest[:8]}"))
    return found


def _survey_points(estimate: EstimateRun, period: Period) -> list[Open]:
    """Whether it is of the survey that the period named, and made after that closed."""
    survey, naming = estimate.survey, naming_of(estimate.survey)
    number = interim_number(estimate)
    if number is not None:
        return [Open("estimate_interim", "", str(Message("official.run_is_interim", run=estimate.id, number=number)))]
    if survey.demo or (naming is not None and naming.period == period.code):
        return []
    named = [one.survey.code for one in named_in(period.code) if one.city_id == survey.city_id]
    if naming is None and not named and not period.asks_official:
        return []
    told = Message("official.not_of_period", code=survey.code, period=period.code, named=named or ["–"])
    return [Open("estimate_not_official", "", str(told))]


def _value_points(area: Area, period: Period, stored: Stored) -> list[Open]:
    rulebook = load_rulebook(period.rulebook_of(area))
    found = []
    for item in unverified(area, rulebook, stored):
        kind = {UNASSIGNED: "unassigned", MISSING: "value_missing"}.get(item.state, "value_unverified")
        lacking = f"：{'、'.join(item.missing)}" if item.missing else ""
        found.append(Open(kind, area.name, f"{item.indicator} {item.name}{lacking}", item.indicator))
    return found + _accepted_unknown(area, rulebook, stored)


def _register_points(
    area: Area, period: Period, stored: Stored, told: Mapping[tuple[str, str], registers.Told]
) -> list[Open]:
    """Accepted values that say another number than their register, and no note says why."""
    rulebook, entries = load_rulebook(period.rulebook_of(area)), stored.entries.get(area.id, {})
    found = []
    for (key, metric), one in told.items():
        entry, shown = entries.get(key), indicator_of(rulebook, key).metric(metric)
        if one.differs and shown is not None and key in stored.accepted(area) and entry is not None and not entry.note:
            found.append(
                Open("register_differs", area.name, f"{key} {shown.name}：{registers.shown(one.counted)}", key)
            )
    return found


def _accepted_unknown(area: Area, rulebook: Rulebook, stored: Stored) -> list[Open]:
    """Accepted indicators with a value left open; the major incident by itself, since it decides over everything."""
    values, accepted = stored.values(area), stored.accepted(area)
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
