"""The console's menu: one line per place, shown to those whom the permission matrix lets in."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask_babel import lazy_gettext as _
from flask_security import current_user

from survey_app.console.permissions import may


@dataclass(frozen=True)
class Entry:
    """A place of the menu. `covers`: beginnings of the addresses that belong to it."""

    endpoint: str
    label: str
    covers: tuple[str, ...] = ()

    @property
    def current(self) -> bool:
        return request.endpoint == self.endpoint or request.path.startswith(self.covers or ("\0",))


ENTRIES = (
    Entry("console.home", _("概览")),
    Entry("console.audit_page", _("审计记录"), ("/console/audit",)),
)


def menu() -> list[Entry]:
    """The entries the signed-in person may open."""
    if not current_user.is_authenticated:
        return []
    return [entry for entry in ENTRIES if may(current_user.grants, entry.endpoint, None)]
