"""Which departments an account may be for: those that answer for indicators, spelled as they stand there."""

from __future__ import annotations

from sqlalchemy import select

from analysis.scoring import load_rulebook
from analysis.scoring.loading import NoProgrammeError
from analysis.scoring.programme import Programme
from definitions.names import by_key, clean, key, near
from survey_app.ground.rulebooks import programme_for, programmes_for, rated_place
from survey_app.models import Area, Assignment, Department, Grant, db
from wording import Refusal


class DepartmentError(Refusal):
    """A department that is probably another one, in the user's words."""


def answering(area: Area | None) -> list[str]:
    """Departments that answer for an indicator: the document's for the city (None: of every city), a county's own choice
    for it."""
    if area is None:
        cities = db.session.scalars(select(Area).where(Area.kind == "city")).all()
        return sorted({name for programme in programmes_for(cities) for name in _named(programme)})
    if area.kind == "city":
        return _of_city(area)
    rows = db.session.scalars(select(Assignment).where(Assignment.area_id == rated_place(area).id)).all()
    return sorted({name for row in rows for name in (*row.leads, *row.supporting)})


def _of_city(city: Area) -> list[str]:
    """Those that the programme of a city names; none where none is chosen."""
    try:
        return sorted(_named(programme_for(city)))
    except NoProgrammeError:
        return []


def _named(programme: Programme) -> set[str]:
    book = programme.units.get("city")
    leads = [name for item in load_rulebook(book).indicators for name in item.lead] if book else []
    return {*programme.departments, *(name for name in leads if not name.startswith("各"))}


def offered() -> list[str]:
    """Every department that answers for something, that a grant names or that the office has added, to choose from."""
    chosen = db.session.scalars(select(Assignment)).all()
    granted = db.session.scalars(select(Grant.department).where(Grant.department.is_not(None)).distinct())
    named = {name for row in chosen for name in (*row.leads, *row.supporting)}
    return sorted({*answering(None), *named, *added(), *(name for name in granted if name)})


def added() -> list[str]:
    """Those that the office has added itself."""
    return list(db.session.scalars(select(Department.name).order_by(Department.name)))


def spelled(department: str, area: Area | None, new: bool = False) -> str:
    """`department` as it stands in the list. One that is probably another raises DepartmentError, unless it is `new`."""
    known = answering(area)
    same = by_key(known).get(key(department))
    if same is not None or not department:
        return same or ""
    meant = "" if new else near(department, known)
    if meant:
        raise DepartmentError("people.no_indicator_names_did", department=department, meant=meant)
    return clean(department)


def is_idle(grant: Grant) -> bool:
    """Whether a grant names a department that answers for no indicator of its area: it sees none."""
    return bool(grant.department) and grant.department not in answering(grant.area)
