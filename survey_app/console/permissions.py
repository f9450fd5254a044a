"""Who may open what: every route of the console with its words and its roles. A route that is not in it is open to nobody.

A role's scope is 'all', or 'own': inside the area and the department of the grant. What concerns the whole city, or no
single department, is nobody's own but that of a grant without area, or without department.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from survey_app.ground.roles import ROLES
from survey_app.models import Area, Grant

Scope = Literal["all", "own"]
Department = str | tuple[str, ...] | None  # one, several of which any will do (() is none of them), or no one's
Owner = tuple[Area | None, Department]  # the area and the lead department a requested thing belongs to
Permission = Mapping[str, Scope]
Arguments = Mapping[str, str | int]  # of a route, as its converters give them
FindOwner = Callable[[Arguments], Owner | None]  # from the route's arguments; None: there is no such thing


@dataclass(frozen=True)
class Menu:
    """A line of the menu. group: a key of navigation.GROUPS. place: its order there. covers: beginnings of addresses."""

    label: str
    group: str
    place: int
    covers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Route:
    """What a route is for, who may open it, who owns what its address names, and its line in the menu."""

    words: Any  # a lazy text
    may: Permission
    of: FindOwner | None = None
    menu: Menu | None = None


@dataclass(frozen=True)
class Operation:
    """What a program may do through the API, as who may open the page or press the button `like`; words: in Chinese."""

    method: str
    address: str
    words: str
    like: str


OPERATIONS: dict[str, Operation] = {}  # name -> its declaration, filled as operations declare themselves
ROUTES: dict[str, Route] = {}  # endpoint -> its declaration, filled as pages declare themselves


def own(*roles: str) -> Permission:
    """For the administrator, and for each of `roles` inside its own area and department."""
    return {"administrator": "all", **dict.fromkeys(roles, "own")}


def all_of(*roles: str) -> Permission:
    """For pages that anyone of these roles may open: they show a county's account the rows of its county."""
    return dict.fromkeys(("administrator", *roles), "all")


EVERYONE = all_of(*ROLES)
ALL_BUT_AUDITORS = all_of(*(role for role in ROLES if role != "auditor"))
ADMINISTER = own()
READ = own("auditor")


def owner(endpoint: str, arguments: Arguments) -> Owner:
    """Area and department a request is about; (None, None) for the whole city, or for what is not there."""
    route = ROUTES.get(endpoint)
    return (route.of(arguments) if route and route.of else None) or (None, None)


def may(grants: Iterable[Grant], endpoint: str, area: Area | None, department: Department = None) -> bool:
    """Whether any grant opens `endpoint` for a thing of `area` and `department` (None: of the whole city, of no one)."""
    route = ROUTES.get(endpoint)
    return route is not None and any(_covers(grant, route.may.get(grant.role), area, department) for grant in grants)


def inside(area: Area | None, other: Area | None) -> bool:
    """Whether `area` is `other` or lies in it; everything lies in None, the whole city."""
    while area is not None and other is not None:
        if area.id == other.id:
            return True
        area = area.parent
    return other is None


def _covers(grant: Grant, scope: Scope | None, area: Area | None, department: Department) -> bool:
    if scope is None:
        return False
    theirs = department if isinstance(department, tuple) else (department,)
    return scope == "all" or (inside(area, grant.area) and (grant.department is None or grant.department in theirs))
