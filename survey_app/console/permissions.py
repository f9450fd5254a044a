"""Who may open what: one table, role by route. A route that is not in it is open to nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

from survey_app.ground.roles import ROLES
from survey_app.models import Area, Grant

Scope = Literal["all", "own"]
Department = str | tuple[str, ...] | None  # one, several of which any will do (() is none of them), or no one's
Owner = tuple[Area | None, Department]  # the area and the lead department a requested thing belongs to
EVERYONE: dict[str, Scope] = dict.fromkeys(ROLES, "all")


def _own(*roles: str) -> dict[str, Scope]:
    return {"administrator": "all", **dict.fromkeys(roles, "own")}


def _all(*roles: str) -> dict[str, Scope]:
    """For pages that show a county's account the rows of its county."""
    return dict.fromkeys(("administrator", *roles), "all")


ADMINISTER = _own()
READ = _own("auditor")

# 'own': inside the area and the department of the grant. What concerns the whole city, or no single department,
# is nobody's own but that of a grant without area, or without department. One line per route, by module.
PERMISSIONS: dict[str, dict[str, Scope]] = {
    "console.home": EVERYONE,
    "console.own_page": EVERYONE,
    "console.own_page_save": EVERYONE,
    "console.end_sessions": EVERYONE,
    "console.kept_form": EVERYONE,
    "console.survey_page": _own("manager", "evaluator", "auditor"),
    "console.set_state": _own("manager"),
    "console.survey_list": _all("manager", "evaluator", "auditor"),
    "console.new_survey": _own("manager"),
    "console.survey_check": _own("manager", "evaluator", "auditor"),
    "console.survey_settings": _own("manager"),
    "console.survey_clone": _own("manager"),
    "console.areas_page": _own("manager", "evaluator", "auditor"),
    "console.areas_import": _own("manager"),
    "console.survey_sites": _own("manager", "evaluator", "auditor"),
    "console.sites_import": _own("manager"),
    "console.import_template": _own("manager", "evaluator", "auditor"),
    "console.survey_plan": _own("manager", "evaluator", "auditor"),
    "console.save_plan": _own("manager"),
    "console.plan_version": _own("manager", "evaluator", "auditor"),
    "console.plan_file": _own("manager", "evaluator", "auditor"),
    "console.margins_import": _own("manager"),
    "console.questionnaire_list": _own("manager", "evaluator", "auditor"),
    "console.questionnaire_upload": _own("manager"),
    "console.questionnaire_page": _own("manager", "evaluator", "auditor"),
    "console.questionnaire_preview": _own("manager", "evaluator", "auditor"),
    "console.questionnaire_file": _own("manager", "evaluator", "auditor"),
    "console.survey_questionnaire": _own("manager", "evaluator", "auditor"),
    "console.choose_questionnaire": _own("manager"),
    "console.new_run": _own("evaluator"),
    "console.job_page": EVERYONE,  # of one's own jobs; the views look
    "console.job_state": EVERYONE,
    "console.cancel_job": {role: "all" for role in ROLES if role != "auditor"},
    "console.posters": _all("manager", "auditor"),
    "console.posters_print": _all("manager", "auditor"),
    "console.make_posters": _own("manager"),
    "console.site_qr": _own("manager", "auditor"),
    "console.posters_zip": _own("manager", "auditor"),
    "console.site_poster": _own("manager", "auditor"),
    "console.ahead_page": _own("evaluator", "scorer", "auditor"),
    "console.estimates_page": _own("manager", "evaluator", "scorer", "auditor"),
    "console.survey_estimates": _own("manager", "evaluator", "scorer", "auditor"),
    "console.compare_page": _own("manager", "evaluator", "scorer", "auditor"),
    "console.propose_estimate": _own("evaluator"),
    "console.settle_estimate": _own("evaluator", "scorer"),
    "console.withdraw_estimate": _own("evaluator"),
    "console.verify_estimate": _own("evaluator", "scorer"),
    "console.estimate_page": _own("manager", "evaluator", "scorer", "auditor"),
    "console.scenario_save": _own("evaluator", "scorer"),
    "console.scenario_list": _own("evaluator", "scorer", "auditor"),
    "console.scenario_page": _own("evaluator", "scorer", "auditor"),
    "console.score_list": _all("evaluator", "scorer", "auditor"),
    "console.score_page": _own("evaluator", "scorer", "auditor"),
    "console.batch_page": _own("evaluator", "scorer", "auditor"),
    "console.values_page": _all("manager", "evaluator", "department", "scorer", "auditor"),
    "console.overdue_page": _all("manager", "evaluator", "department", "scorer", "auditor"),
    "console.submit_values": _all("manager", "department"),  # each indicator is asked for in the view
    "console.value_page": _own("manager", "evaluator", "department", "scorer", "auditor"),
    "console.value_history": _own("manager", "evaluator", "department", "scorer", "auditor"),
    "console.save_value": _own("manager", "department"),
    "console.submit_value": _own("manager", "department"),
    "console.withdraw_value": _own("manager", "department"),
    "console.attach_evidence": _own("manager", "department"),
    "console.evidence_file": _own("manager", "evaluator", "department", "scorer", "auditor"),
    "console.remove_evidence": _own("manager", "department"),
    "console.value_workbook": _all("manager", "evaluator", "department", "scorer", "auditor"),
    "console.import_values": _all("manager", "department"),
    "console.import_preview": _all("manager", "department"),
    "console.confirm_import": _all("manager", "department"),  # each indicator is asked for in the view
    "console.assignments_list": _all("manager", "evaluator", "scorer", "auditor"),
    "console.assignments_page": _own("manager", "evaluator", "scorer", "auditor"),
    "console.save_assignments": _own("manager"),
    "console.assignments_workbook": _own("manager", "evaluator", "scorer", "auditor"),
    "console.import_assignments": _own("manager"),
    "console.assignments_preview": _own("manager"),
    "console.confirm_assignments": _own("manager"),
    "console.verification_queue": _all("scorer", "auditor"),
    "console.verify_values": _all("scorer"),  # each indicator is asked for in the view
    "console.verify_value": _own("scorer"),
    "console.periods_page": _all("manager", "evaluator", "scorer", "auditor"),
    "console.make_period": _own("manager"),
    "console.change_period": _own("manager"),
    "console.extend_deadline": _own("manager"),
    "console.live_scorecards": _all("manager", "evaluator", "scorer", "auditor"),
    "console.live_scorecard_page": _own("manager", "evaluator", "scorer", "auditor"),
    "console.responses_page": _all("manager", "evaluator", "auditor"),
    "console.response_page": _own("manager", "evaluator", "auditor"),
    "console.flag_response": _own("manager", "evaluator"),
    "console.flags_page": _all("manager", "evaluator", "auditor"),
    "console.lift_listed": _all("manager", "evaluator"),  # each response is asked for in the view
    "console.look_for_flags": _own("manager", "evaluator"),
    "console.access_page": _all("manager", "auditor"),
    "console.set_access": _own("manager"),
    "console.set_least": _own(),
    "console.site_access": _own("manager", "auditor"),
    "console.change_site_access": _own("manager"),
    "console.fieldwork_page": _all("manager", "evaluator", "auditor"),
    "console.site_work": _own("manager", "evaluator", "auditor"),
    "console.draw_for_site": _own("manager"),
    "console.reissue_codes": _own("manager"),
    "console.record_outcomes": _own("manager"),
    "console.paper_forms": _own("manager", "auditor"),
    "console.invitations_page": _all("manager", "evaluator", "auditor"),
    "console.draw_invitations": _own("manager"),
    "console.reopen_invitation": {"administrator": "all"},
    "console.paper_page": _all("manager", "auditor"),
    "console.key_paper": _own("manager"),
    "console.settle_paper": _own("manager"),
    "console.discard_paper": _own("manager"),
    "console.devices_page": _all("manager", "auditor"),
    "console.make_device_here": _all("manager"),  # the view asks for the chosen site
    "console.make_device_link": _own("manager"),
    "console.revoke_device": _own("manager"),
    "console.response_import_page": _all("manager", "auditor"),
    "console.response_template": _all("manager", "auditor"),
    "console.check_responses": _own("manager"),
    "console.store_responses": _own("manager"),
    "console.estimate_report_file": _own("manager", "evaluator", "scorer", "auditor"),
    "console.score_report": _own("evaluator", "scorer", "auditor"),
    "console.batch_report_file": _own("evaluator", "scorer", "auditor"),
    "console.tickets_page": _all("manager", "evaluator", "department", "auditor"),
    "console.ticket_figures": _all("manager", "evaluator", "department", "auditor"),
    "console.ticket_page": _own("manager", "evaluator", "department", "auditor"),
    "console.ticket_photo": _own("manager", "department", "auditor"),
    "console.ticket_reply": _own("manager", "department"),
    "console.ticket_pass": _own("manager", "department"),
    "console.ticket_draft": _own("manager", "department"),
    "console.ticket_reveal": {"manager": "own", "department": "own"},  # who handles it, and nobody else
    "console.ticket_publish": _own("manager", "department"),
    "console.ticket_coordinate": _own("manager"),
    "console.ticket_decide": _own("manager"),
    "console.assessment_list": _all("evaluator", "scorer", "auditor"),
    "console.assessment_page": _own("evaluator", "scorer", "auditor"),
    "console.assessment_accept": _own("evaluator", "scorer"),
    "console.rectification_page": _all("department", "evaluator", "scorer", "auditor"),
    "console.rectification_list": _all("department", "evaluator", "scorer", "auditor"),
    "console.rectification_item": _own("department", "evaluator", "scorer", "auditor"),
    "console.rectification_file": _own("department", "evaluator", "scorer", "auditor"),
    "console.rectification_progress": _own("department", "evaluator", "scorer"),
    "console.rectification_verify": _own("evaluator", "scorer"),
    "console.rectification_change": _own("evaluator", "scorer"),
    "console.final_list": _own("evaluator", "scorer", "auditor"),
    "console.final_make": _own("scorer"),
    "console.final_page": _own("evaluator", "scorer", "auditor"),
    "console.final_report": _own("evaluator", "scorer", "auditor"),
    "console.final_sign_off": _own("evaluator", "scorer"),
    "console.audit_page": _own("auditor"),
    "console.accounts_page": READ,
    "console.account_page": READ,
    "console.account_new": ADMINISTER,
    "console.account_create": ADMINISTER,
    "console.grant_give": ADMINISTER,
    "console.grant_take": ADMINISTER,
    "console.account_active": ADMINISTER,
    "console.account_password": ADMINISTER,
    "console.account_factor": ADMINISTER,
    "console.accounts_import": ADMINISTER,
    "console.accounts_template": ADMINISTER,
    "console.accounts_check": ADMINISTER,
    "console.accounts_store": ADMINISTER,
    "console.accounts_done": ADMINISTER,
    "console.accounts_passwords": ADMINISTER,
    "console.matrix_page": EVERYONE,
    "console.audit_export": _own("auditor"),
    "console.audit_check": _own("auditor"),
}


_OWNERS: dict[str, Callable[[dict[str, Any]], Owner | None]] = {}


def owner_of(
    *endpoints: str,
) -> Callable[[Callable[[dict[str, Any]], Owner | None]], Callable[[dict[str, Any]], Owner | None]]:
    """Register who owns what `endpoints` show, given the route's arguments. None: there is no such thing."""

    def register(find: Callable[[dict[str, Any]], Owner | None]) -> Callable[[dict[str, Any]], Owner | None]:
        _OWNERS.update(dict.fromkeys(endpoints, find))
        return find

    return register


def owner(endpoint: str, arguments: dict[str, Any]) -> Owner:
    """Area and department a request is about; (None, None) for the whole city, or for what is not there."""
    find = _OWNERS.get(endpoint)
    return (find(arguments) if find else None) or (None, None)


def may(grants: Iterable[Grant], endpoint: str, area: Area | None, department: Department = None) -> bool:
    """Whether any grant opens `endpoint` for a thing of `area` and `department` (None: of the whole city, of no one)."""
    table = PERMISSIONS.get(endpoint, {})
    return any(_covers(grant, table.get(grant.role), area, department) for grant in grants)


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
