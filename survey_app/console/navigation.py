"""The console's menu: one line per place, in groups, shown to those whom the permission matrix lets in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request
from flask_babel import lazy_gettext as _
from flask_security import current_user

from survey_app.console.permissions import may

GROUPS = {"": "", "survey": _("调查"), "score": _("评分与整改"), "citizens": _("市民问题"), "office": _("管理")}


@dataclass(frozen=True)
class Entry:
    """A place of the menu. `covers`: beginnings of the addresses that belong to it; `group`: a key of GROUPS."""

    endpoint: str
    label: str
    covers: tuple[str, ...] = ()
    group: str = ""

    @property
    def current(self) -> bool:
        return request.endpoint == self.endpoint or request.path.startswith(self.covers or ("\0",))


ENTRIES = (
    Entry("console.home", _("概览")),
    Entry(
        "console.survey_list", _("调查"), ("/console/surveys", "/console/questionnaires", "/console/areas"), "survey"
    ),
    Entry("console.estimates_page", _("估计"), ("/console/estimates",), "survey"),
    Entry("console.tickets_page", _("问题工单"), ("/console/tickets",), "citizens"),
    Entry("console.ticket_figures", _("办理统计"), (), "citizens"),
    Entry("console.values_page", _("指标填报"), ("/console/values",), "score"),
    Entry("console.assignments_list", _("牵头部门"), ("/console/assignments",), "score"),
    Entry("console.verification_queue", _("指标核验"), ("/console/verification",), "score"),
    Entry("console.live_scorecards", _("现时评分"), ("/console/scorecards",), "score"),
    Entry("console.periods_page", _("填报周期"), ("/console/periods",), "score"),
    Entry("console.assessment_list", _("自评"), ("/console/assessment",), "score"),
    Entry("console.rectification_page", _("整改"), ("/console/rectification",), "score"),
    Entry("console.score_list", _("评分"), ("/console/scores", "/console/scenarios"), "score"),
    Entry("console.final_list", _("最终评分"), ("/console/final",), "score"),
    Entry("console.accounts_page", _("账号管理"), ("/console/accounts",), "office"),
    Entry("console.audit_page", _("审计记录"), ("/console/audit",), "office"),
)


def menu() -> list[Entry]:
    """The entries the signed-in person may open."""
    if not current_user.is_authenticated:
        return []
    return [entry for entry in ENTRIES if may(current_user.grants, entry.endpoint, None)]


def menu_groups() -> Iterator[tuple[str, list[Entry]]]:
    """The same by group, with the group's heading; groups without an entry are left out."""
    entries = menu()
    for group, heading in GROUPS.items():
        inside = [entry for entry in entries if entry.group == group]
        if inside:
            yield heading, inside
