"""Who may open what: one table, role by route. A route that is not in it is open to nobody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from survey_app.models import Area, Grant
from survey_app.services.accounts import ROLES

Scope = Literal["all", "own"]
EVERYONE: dict[str, Scope] = dict.fromkeys(ROLES, "all")


def _own(*roles: str) -> dict[str, Scope]:
    return {"administrator": "all", **dict.fromkeys(roles, "own")}


# 'own': inside the area of the grant. What concerns the whole city is nobody's own but a city-wide grant's.
PERMISSIONS: dict[str, dict[str, Scope]] = {
    "console.home": EVERYONE,
    "console.survey_page": _own("manager", "evaluator", "auditor"),
    "console.set_state": _own("manager"),
    "console.new_run": _own("evaluator"),
    "console.posters": _own("manager", "auditor"),
    "console.site_qr": _own("manager", "auditor"),
    "console.estimate_page": _own("manager", "evaluator", "scorer", "auditor"),
    "console.score_page": _own("evaluator", "scorer", "auditor"),
    "console.batch_page": _own("evaluator", "scorer", "auditor"),
    "console.audit_page": _own("auditor"),
    "console.audit_csv": _own("auditor"),
}


def may(grants: Iterable[Grant], endpoint: str, area: Area | None) -> bool:
    """Whether any grant opens `endpoint` for a thing that belongs to `area` (None: to the whole city)."""
    table = PERMISSIONS.get(endpoint, {})
    return any(_covers(grant, table.get(grant.role), area) for grant in grants)


def inside(area: Area | None, other: Area | None) -> bool:
    """Whether `area` is `other` or lies in it; everything lies in None, the whole city."""
    while area is not None and other is not None:
        if area.id == other.id:
            return True
        area = area.parent
    return other is None


def _covers(grant: Grant, scope: Scope | None, area: Area | None) -> bool:
    if scope is None:
        return False
    return scope == "all" or inside(area, grant.area)
