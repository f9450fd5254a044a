"""Which departments an account may be for: those that answer for indicators, spelled as they stand there."""

from __future__ import annotations

from sqlalchemy import select

from analysis.scoring import load_rulebook
from definitions.names import by_key, clean, key, near
from survey_app.ground.rulebooks import RULEBOOKS
from survey_app.models import Area, Assignment, Grant, db
from wording import Refusal


class DepartmentError(Refusal):
    """A department that is probably another one, in the user's words."""


def answering(area: Area | None) -> list[str]:
    """Departments that answer for an indicator: the document's for the city (None too), a county's own choice for it."""
    if area is None or area.kind == "city":
        leads = [name for item in load_rulebook(RULEBOOKS["city"]).indicators for name in item.lead]
        return sorted({name for name in leads if not name.startswith("各")})
    place = area.parent_id if area.kind == "zone" else area.id
    rows = db.session.scalars(select(Assignment).where(Assignment.area_id == place)).all()
    return sorted({name for row in rows for name in (*row.leads, *row.supporting)})


def offered() -> list[str]:
    """Every department that answers for something or that a grant names, to choose from."""
    chosen = db.session.scalars(select(Assignment)).all()
    granted = db.session.scalars(select(Grant.department).where(Grant.department.is_not(None)).distinct())
    named = {name for row in chosen for name in (*row.leads, *row.supporting)}
    return sorted({*answering(None), *named, *(name for name in granted if name)})


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
