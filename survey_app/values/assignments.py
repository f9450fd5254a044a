"""Which departments answer for an indicator: those its rulebook names; a county may choose its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from sqlalchemy import select

from analysis.scoring import Rulebook, load_rulebook
from analysis.scoring.rulebook import Indicator
from analysis.scoring.values import RATING
from definitions.names import clean
from survey_app.ground import audit
from survey_app.ground.rulebooks import rated_place
from survey_app.models import Area, Assignment, Grant, User, db
from survey_app.models.base import now
from survey_app.values.same_indicators import of_the_city
from wording import Message, Refusal, Text

COORDINATOR = "manager"  # the role that enters what has no single lead, and gets what is unassigned
NOBODY_ALONE = "各"  # how a document begins a lead that is many: 各有关部门


class AssignmentError(Refusal):
    """Assignments that cannot be stored, in the user's words; nothing was stored."""


@dataclass(frozen=True)
class Responsible:
    """Who answers for an indicator. `shared`: no single lead, the area's coordinator enters for all of them."""

    leads: tuple[str, ...] = ()
    supporting: tuple[str, ...] = ()
    shared: bool = False
    version: int = 0  # of the county's choice; 0 where none is stored

    @property
    def assigned(self) -> bool:
        return bool(self.leads) or self.shared

    @property
    def departments(self) -> tuple[str, ...]:
        """Those who may enter values: leads, then supporting."""
        return (*self.leads, *self.supporting)


@dataclass(frozen=True)
class Choice:
    """What a county wants for one indicator, and the version it saw (0: none)."""

    indicator: str
    leads: tuple[str, ...]
    supporting: tuple[str, ...]
    shared: bool
    version: int


def leads(area: Area, rulebook_id: str, indicator: str | int) -> tuple[str, ...]:
    """The lead departments; () where there is no single one (municipal 44 and 45) or none is assigned yet.

    What has no lead goes to `coordinators(area)`.
    """
    return responsible(area, rulebook_id).get(str(indicator), Responsible()).leads


def responsible(area: Area, rulebook_id: str) -> dict[str, Responsible]:
    """Indicator -> who answers for it, for every indicator of the rulebook and for the conditions of the rating."""
    return responsible_each([(area, rulebook_id)])[area.id]


def responsible_each(rated: Collection[tuple[Area, str]]) -> dict[int, dict[str, Responsible]]:
    """Area id -> `responsible` under the rulebook named beside it, of all in one query."""
    counties = {rated_place(area).id for area, rulebook_id in rated if load_rulebook(rulebook_id).level == "county"}
    stored: dict[tuple[int, str, str], Assignment] = {}
    if counties:
        rows = db.session.scalars(select(Assignment).where(Assignment.area_id.in_(counties)))
        stored = {(row.area_id, row.rulebook_id, row.indicator): row for row in rows}
    found = {}
    for area, rulebook_id in rated:
        rulebook, place = load_rulebook(rulebook_id), rated_place(area).id
        numbered = ((str(item.number), item) for item in rulebook.indicators)
        own = {key: _of(item, rulebook, stored.get((place, rulebook_id, key))) for key, item in numbered}
        found[area.id] = {**own, RATING: Responsible(shared=True)}
    return found


def coordinators(area: Area) -> list[str]:
    """Accounts of the area's coordinators: survey managers of exactly this area, else of the whole city."""
    return coordinators_each([area])[area.id]


def coordinators_each(areas: Iterable[Area]) -> dict[int, list[str]]:
    """Area id -> `coordinators`, of all in one query."""
    query = select(User.username, Grant.area_id).join(Grant)
    query = query.where(Grant.role == COORDINATOR, Grant.department.is_(None), User.active)
    names: defaultdict[int | None, set[str]] = defaultdict(set)
    for name, where in db.session.execute(query):
        names[where].add(name or "")
    rated = {area.id: rated_place(area) for area in areas}
    return {
        key: sorted(names[place.id] or names[None] | (names[place.parent_id] if place.parent_id else set()))
        for key, place in rated.items()
    }


def assign(area: Area, rulebook_id: str, choices: Iterable[Choice]) -> int:
    """Store a county's choices and give how many changed. The caller commits.

    Raises AssignmentError with everything that is wrong, also where somebody else has changed one meanwhile.
    """
    rulebook, wanted = load_rulebook(rulebook_id), list(choices)
    audit.wait_turn()
    stored = _stored(area, rulebook, fresh=True)
    wrong: list[Text] = [text for choice in wanted for text in _wrong(choice, rulebook, stored.get(choice.indicator))]
    if rulebook.level != "county" or rated_place(area) is not area or area.kind == "city":
        wrong = [Message("values.city_lead_departments_those")]
    if wrong:
        raise AssignmentError(wrong)
    changed = [choice for choice in wanted if _differs(choice, rulebook, stored.get(choice.indicator))]
    before = {choice.indicator: _said(stored.get(choice.indicator)) for choice in changed}
    for choice in changed:
        row = stored.get(choice.indicator)
        if row is None:
            row = Assignment(area=area, rulebook_id=rulebook_id, indicator=choice.indicator, version=0, demo=False)
            db.session.add(row)
        row.leads, row.supporting, row.shared = list(choice.leads), list(choice.supporting), choice.shared
        row.version, row.changed_by, row.changed_at = row.version + 1, audit.actor(), now()
        stored[choice.indicator] = row
    if changed:
        after = {choice.indicator: _said(stored[choice.indicator]) for choice in changed}
        audit.record("assignment.change", f"assignments:{area.code}/{rulebook_id}", before, after)
    return len(changed)


def suggestions(rulebook_id: str) -> dict[str, tuple[str, ...]]:
    """For a county rulebook: the municipal leads of the indicator of the same name, without 市. Offered, not applied."""
    municipal = of_the_city(rulebook_id)
    by_name = {item.name: item for item in municipal.indicators}
    found = {}
    for indicator in load_rulebook(rulebook_id).indicators:
        near = get_close_matches(indicator.name, by_name, 1, 0.75)
        names = by_name[near[0]].lead if near else ()
        found[str(indicator.number)] = tuple(name.removeprefix("市") for name in names if not _many(name))
    return found


def names_of(text: str) -> tuple[str, ...]:
    """Departments as people list them: separated by 、 , ; or a line end; doubles dropped."""
    for sign in "，,；;\n":
        text = text.replace(sign, "、")
    return tuple(dict.fromkeys(name for name in map(clean, text.split("、")) if name))


def _of(indicator: Indicator, rulebook: Rulebook, stored: Assignment | None) -> Responsible:
    if indicator.kind == "satisfaction":
        return Responsible(shared=True)
    if stored is not None:
        return Responsible(tuple(stored.leads), tuple(stored.supporting), stored.shared, stored.version)
    if rulebook.level == "county" and not indicator.lead:
        return Responsible()  # left to the county
    shared = not indicator.lead or any(_many(name) for name in indicator.lead)
    return Responsible(() if shared else indicator.lead, shared=shared)


def _many(name: str) -> bool:
    return name.startswith(NOBODY_ALONE)


def _stored(area: Area, rulebook: Rulebook, fresh: bool = False) -> dict[str, Assignment]:
    query = select(Assignment).where(Assignment.area_id == area.id, Assignment.rulebook_id == rulebook.id)
    rows = db.session.scalars(query.execution_options(populate_existing=fresh))
    return {row.indicator: row for row in rows}


def refusals(choice: Choice, rulebook_id: str) -> list[Text]:
    """What makes no sense in a choice, whatever is stored; empty where all is well."""
    known = {str(item.number) for item in load_rulebook(rulebook_id).indicators if item.kind != "satisfaction"}
    at = f"指标{choice.indicator}"
    if choice.indicator not in known:
        return [Message("values.no_such_indicator_or", at=at)]
    wrong: list[Text] = []
    if choice.shared and choice.leads:
        wrong.append(Message("values.no_single_lead_name", at=at))
    if choice.supporting and not choice.leads and not choice.shared:
        wrong.append(Message("values.supporting_departments_need_lead", at=at))
    both = set(choice.leads) & set(choice.supporting)
    if both:
        wrong.append(Message("values.department_cannot_both_lead", at=at, both=both))
    if any(len(name) > 80 for name in (*choice.leads, *choice.supporting)):
        wrong.append(Message("values.department_name_most_characters", at=at))
    return wrong


def _wrong(choice: Choice, rulebook: Rulebook, stored: Assignment | None) -> list[Text]:
    wrong = refusals(choice, rulebook.id)
    if choice.version != (stored.version if stored else 0) and _differs(choice, rulebook, stored):
        wrong.append(Message("values.somebody_changed_reload_page", choice_indicator=choice.indicator))
    return wrong


def _differs(choice: Choice, rulebook: Rulebook, stored: Assignment | None) -> bool:
    indicator = next(item for item in rulebook.indicators if str(item.number) == choice.indicator)
    held = _of(indicator, rulebook, stored)
    return (held.leads, held.supporting, held.shared) != (choice.leads, choice.supporting, choice.shared)


def _said(stored: Assignment | None) -> dict[str, object]:
    if stored is None:
        return {"leads": [], "supporting": [], "shared": False}
    return {"leads": list(stored.leads), "supporting": list(stored.supporting), "shared": stored.shared}
