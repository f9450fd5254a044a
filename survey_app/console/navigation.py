"""The menu: the lines that pages declare, in groups, shown to those whom their permission lets in."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask_babel import lazy_gettext as _
from flask_security import current_user

from survey_app.console.permissions import ROUTES, Menu, may

GROUPS = {"": "", "survey": _("调查"), "score": _("评分与整改"), "citizens": _("市民问题"), "office": _("管理")}


@dataclass(frozen=True)
class Entry:
    """A place of the menu and the page it leads to."""

    endpoint: str
    menu: Menu

    @property
    def label(self) -> str:
        return str(_(self.menu.label))

    @property
    def current(self) -> bool:
        return request.endpoint == self.endpoint or request.path.startswith(self.menu.covers or ("\0",))


def entries(group: str) -> list[Entry]:
    """Every entry of a group, in order."""
    found = [Entry(endpoint, route.menu) for endpoint, route in ROUTES.items() if route.menu is not None]
    return sorted((entry for entry in found if entry.menu.group == group), key=lambda entry: entry.menu.place)


def menu_groups() -> list[tuple[str, list[Entry]]]:
    """Each group's heading with the entries that the signed-in person may open; groups without one are left out."""
    grants = current_user.grants if current_user.is_authenticated else []
    shown = [
        (heading, [entry for entry in entries(group) if may(grants, entry.endpoint, None)])
        for group, heading in GROUPS.items()
    ]
    return [(str(heading), inside) for heading, inside in shown if inside]
