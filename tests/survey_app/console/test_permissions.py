"""Every role, at home and elsewhere, against every route of the console."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from itertools import product
from secrets import token_hex

import pytest
from markupsafe import Markup
from sqlalchemy import select, text

from survey_app.api.tokens import make_token
from survey_app.console import two_persons
from survey_app.console.permissions import ROUTES, may, owner
from survey_app.files import stored
from survey_app.ground.roles import ROLES
from survey_app.ground.uploads import Handed
from survey_app.models import (
    ApiToken,
    Area,
    AuditEntry,
    Channel,
    ClaimGrant,
    EstimateRun,
    Evidence,
    Grant,
    Identity,
    IdentityProvider,
    Job,
    Kept,
    Objection,
    ObjectionFile,
    ObjectionRound,
    Outgoing,
    QuestionnaireDraft,
    QuestionnaireVersion,
    RegisterItem,
    Response,
    ScoringRun,
    Site,
    Statement,
    Survey,
    Ticket,
    db,
)
from survey_app.models.base import now
from survey_app.models.final_run import FinalRun
from survey_app.models.rectification import RectificationItem, RectificationNote
from survey_app.models.scenario import Scenario
from survey_app.outbox.writing import put
from survey_app.people.accounts import AccountError, create_account, give, take
from survey_app.people.elsewhere.providers import add_rule
from survey_app.responses.labels import label_of
from survey_app.scoring.final_runs import make_run
from survey_app.scoring.scenarios import save
from survey_app.scoring.what_if import read_form
from survey_app.surveys import plan_versions, questionnaire_drafts
from survey_app.values import registers
from survey_app.values.periods import current_period
from tests.support.city import listed_number, scored_city, tablet
from tests.support.indicators import led_by
from tests.support.outbox import mail_channel
from tests.support.people import enter, person, signed_in
from tests.support.provider import kept
from tests.support.stored import begins_with
from tests.support.tickets import dot, ticket_of

pytestmark = begins_with(scored_city)
PUBLIC = {"console.static", "console.switch_language", "console.office_colour"}
AREAS = ("", "甲县", "乙县")  # the whole city, the county that is asked for, another county
OF_A_COUNTY = {"console.score_page", "console.ahead_page", "console.site_qr", "console.site_poster"}
OF_A_DEPARTMENT = ("甲县", "某局")
VALUE = "/console/values/2023/11/1"  # 甲县, indicator 1, led by 某局
DEPARTMENTS = ("", "某局", "另局")  # of any, the department that is asked for, another one
CITY = ""
OWN_ACCOUNT = {  # routes by which everyone, an auditor too, changes nothing but the own account
    "console.own_page_save",
    "console.end_sessions",
    "console.end_one_session",
    "console.letterhead_logo",
    "console.quote_voice",
    "console.own_notices",
    "console.audit_check",  # or verifies the audit trail
}
NOTHING_THERE = {
    "console.kept_form",
    "console.made_file",
    "console.posters_zip",
    "console.end_one_session",
    "console.dispatch_file",
    "console.letterhead_logo",
    "console.quote_voice",
    "console.collected_mapping_file",
}  # pages that have nothing to show in this city
FORMS = {
    "console.provider_new",
    "console.provider_page",
    "console.channel_new",
    "console.channel_page",
    "console.notice_rules",
    "console.department_addresses",
    "console.site_contacts",
    "console.return_to_tablet",  # pages that are nothing but a form for a change, so that an auditor has no use for them
    "console.run_package",
    "console.key_paper",
    "console.account_new",
    "console.public_information",
    "console.accounts_import",
    "console.accounts_template",
    "console.accounts_done",
    "console.new_survey",
    "console.draft_editor",
    "console.draft_preview",
    "console.draft_source",
    "console.draft_steps",
    "console.draft_store",
    "console.bank_page",
    "console.survey_settings",
    "console.new_area",
    "console.area_map",
    "console.edit_area",
    "console.new_site",
    "console.edit_site",
    "console.edit_margins",
    "console.survey_clone",
    "console.state_site_figures",
    "console.earlier_figures",
    "console.quote_voice",
    "console.make_view_link",
    "console.make_api_token",
    "console.letterhead_page",
    "console.letterhead_logo",
    "console.import_preview",
    "console.understood_value",
    "console.assignments_preview",
}
FILE = sha256(b"%PDF-1.7").hexdigest()
Address = str | Callable[[], str]
Entry = tuple[str, Address] | tuple[str, Address, str | tuple[str, str]]


def item() -> str:
    """The address of an item of 甲县 that 某局 answers for, made if there is none."""
    found = db.session.scalar(select(RectificationItem.id))
    if found is not None:
        return f"/console/rectification/{found}"
    county = db.session.scalar(select(Area).where(Area.name == "甲县"))
    made = RectificationItem(
        area=county, rulebook_id="jining-2023-county", indicator=1, name="x", department="某局", to_stars=5,
        requirement="x", gap="x", gain=1.0, due=date(2030, 1, 1), created_by="x",
    )  # fmt: skip
    digest = stored.put(b"%PDF-1.7", "application/pdf")
    made.notes.append(RectificationNote(step="progress", by="x", file_digest=digest, file_name="x.pdf"))
    db.session.add(made)
    db.session.commit()
    return f"/console/rectification/{made.id}"


def channel() -> str:
    """The address of a channel, made if there is none."""
    found = db.session.scalar(select(Channel.id))
    return f"/console/channels/{found or mail_channel().id}"


def provider() -> str:
    """The address of a sign-in provider with a line in its table, made if there is none."""
    found = db.session.scalar(select(IdentityProvider)) or kept("http://127.0.0.1:9", name="SSO")
    if not found.rules:
        add_rule(found, "groups", "survey", "auditor", "", "")
        db.session.commit()
    return f"/console/sign-in-providers/{found.id}"


def provider_rule() -> str:
    provider()
    return f"/console/sign-in-providers/rules/{db.session.scalar(select(ClaimGrant.id))}/remove"


def waiting_person() -> str:
    """The address at which somebody who came from a provider is decided on."""
    provider()
    found = db.session.scalar(select(IdentityProvider))
    who = Identity(provider_id=found.id, issuer=found.name, subject=token_hex(4), name="", full_name="", claims={})
    db.session.add(who)
    db.session.commit()
    return f"/console/accounts/waiting/{who.id}"


def message() -> str:
    """The address of a message in the outbox, made if there is none."""
    number = int(channel().rpartition("/")[2])
    known = {"receiver": "anna", "to": "anna@example.org", "language": "zh", "once": "x"}
    put(db.session.get_one(Channel, number), "test", "x", {"by": "anna"}, **known)
    db.session.commit()
    return f"/console/outbox/{db.session.scalar(select(Outgoing.id))}"


def shown_import(kind: str) -> int | None:
    return db.session.scalar(select(Kept.id).where(Kept.purpose == kind))


def evidence_address() -> str:
    return f"/console/values/evidence/{db.session.scalar(select(Evidence.id))}"


def register() -> str:
    """The address of 甲县's register of incidents, which 某局 answers for."""
    county = db.session.scalars(select(Area).where(Area.name == "甲县")).one()
    if registers.items_of(county, "incident") == []:
        led_by("甲县", "36", "某局")
        kind = registers.register_in(county, "incident")
        written = registers.Written("x", date(2023, 3, 1), None, "一般", 1.0)
        registers.save(county, kind, written, Handed(stored.put(b"%PDF-1.7", "application/pdf"), "x.pdf"), "x")
        db.session.commit()
    return "/console/registers/11/incident"


def registered() -> str:
    """The address of an item of that register."""
    register()
    return f"/console/registers/items/{db.session.scalar(select(RegisterItem.id))}"


def draft() -> str:
    """The address of a draft of the questionnaire that is asked, made if there is none."""
    found = db.session.scalars(select(QuestionnaireDraft)).first()
    if found is None:
        found = questionnaire_drafts.start_from(db.session.scalars(select(QuestionnaireVersion)).one())
        db.session.commit()
    return f"/console/questionnaires/drafts/{found.id}"


def scenario() -> str:
    """The address of a scenario of 甲县, made if there is none."""
    found = db.session.scalar(select(Scenario.id))
    if found is None:
        run = next(run for run in db.session.scalars(select(ScoringRun)) if run.area.name == "甲县")
        found = save(run, "x", "", read_form(run, {})).id
        db.session.commit()
    return f"/console/scenarios/{found}"


def final() -> str:
    """The address of a trial of the city, made if there is none."""
    found = db.session.scalar(select(FinalRun.id))
    if found is None:
        estimate = db.session.scalars(select(EstimateRun)).first()
        found = make_run("trial", estimate.survey.city, estimate, current_period()).id
        db.session.commit()
    return f"/console/final/{found}"


def objected() -> str:
    """The address of the sheet of 甲县, shown to it; made if there is none."""
    found = db.session.scalar(select(ObjectionRound.id))
    if found is None:
        run = db.session.get(FinalRun, int(final().rpartition("/")[2]))
        made = ObjectionRound(run=run, days=5, opened_by="x", until=now() + timedelta(days=5))
        db.session.add(made)
        db.session.commit()
        found = made.id
    return f"/console/objections/{found}/11"


def objection() -> str:
    """The address of an objection of 甲县 with a file."""
    found = db.session.scalar(select(Objection.id))
    if found is None:
        shown = db.session.get(ObjectionRound, int(objected().split("/")[-2]))
        county = db.session.scalar(select(Area).where(Area.name == "甲县"))
        made = Objection(round=shown, area=county, indicator=1, text="x", received=date(2030, 1, 1), by="x")
        made.files = [ObjectionFile(digest=stored.put(b"%PDF-1.7", "application/pdf"), name="x.pdf")]
        db.session.add(made)
        db.session.commit()
        found = made.id
    return f"/console/objections/item/{found}"


def routes() -> dict[str, Entry]:
    """One line per route: endpoint -> method, the address of one thing, and whose thing that is.

    Whose: CITY (of the whole city, of no department), "甲县", or ("甲县", "某局"). Without it the thing is the
    whole city's, or 甲县's where OF_A_COUNTY names the endpoint.
    """

    def a_kept_form() -> str:  # there is none: its owner alone could open it
        return "/console/kept/nothing"

    def score() -> str:
        county = db.session.scalar(select(Area.id).where(Area.name == "甲县"))
        return f"/console/scores/{db.session.scalar(select(ScoringRun.id).where(ScoringRun.area_id == county))}"

    def batch() -> str:
        return f"/console/scores/batch/{db.session.scalar(select(ScoringRun.batch))}"

    def estimate() -> str:
        return f"/console/estimates/{db.session.scalar(select(EstimateRun.id))}"

    def a_key() -> int:
        found = db.session.scalar(select(ApiToken.id))
        if found is None:
            found = make_token("x", "read", "auditor", "", "", 30, "x")[0].id
            db.session.commit()
        return found

    def number() -> int:
        return db.session.scalars(select(Response.id).where(Response.psu == "aaa2222")).first()

    def process() -> str:
        return f"/console/process/{number()}"

    def statement() -> str:
        two_persons.shows(two_persons.Shown("tried", "x", lambda _one: Markup(""), lambda _one: "/console/"))
        found = db.session.scalar(select(Statement.id))
        if found is None:
            made = Statement(kind="tried", about="survey:wave1", content={}, reason="x", by="x")
            made.file_digest, made.file_name = stored.put(b"%PDF-1.7", "application/pdf"), "x.pdf"
            db.session.add(made)
            db.session.commit()
            found = made.id
        return f"/console/two-persons/{found}"

    def job() -> str:
        return f"/console/jobs/{db.session.scalar(select(Job.id))}"

    def plan_version() -> str:
        survey = db.session.scalars(select(Survey).where(Survey.code == "wave1")).one()
        if not plan_versions.versions(survey):
            plan_versions.lock_plan(survey)
            db.session.commit()
        return "/console/surveys/wave1/plan/1"

    def ticket(ending: str = "") -> Callable[[], str]:
        def address() -> str:
            found = db.session.scalar(select(Ticket.id)) or ticket_of("甲县", "某局", dot())[0].id
            return f"/console/tickets/{found}{ending}"

        return address

    handled = ("甲县", "某局")
    return {
        "console.tickets_page": ("GET", "/console/tickets"),
        "console.ticket_figures": ("GET", "/console/ticket-figures"),
        "console.ticket_page": ("GET", ticket(), handled),
        "console.ticket_photo": ("GET", ticket("/photos/1"), handled),
        "console.ticket_reply": ("POST", ticket("/reply"), handled),
        "console.ticket_pass": ("POST", ticket("/pass"), handled),
        "console.ticket_draft": ("POST", ticket("/draft"), handled),
        "console.ticket_reveal": ("POST", ticket("/contact"), handled),
        "console.ticket_publish": ("POST", ticket("/publication"), handled),
        "console.ticket_coordinate": ("POST", ticket("/coordinate"), handled),
        "console.ticket_decide": ("POST", ticket("/publication/decision"), handled),
        "console.statement_page": ("GET", statement),
        "console.confirm_statement": ("POST", statement),
        "console.statement_source": ("GET", lambda: f"{statement()}/source"),
        "console.outbox_page": ("GET", lambda: message() and "/console/outbox"),
        "console.message_page": ("GET", message),
        "console.send_again": ("POST", "/console/outbox/again"),
        "console.channels_page": ("GET", "/console/channels"),
        "console.channel_new": ("GET", "/console/channels/new/mail"),
        "console.channel_page": ("GET", channel),
        "console.test_channel": ("POST", lambda: f"{channel()}/test"),
        "console.remove_channel": ("POST", lambda: f"{channel()}/remove"),
        "console.renew_channel_secret": ("POST", lambda: f"{channel()}/secret"),
        "console.sent_invitations": ("GET", "/console/surveys/wave1/fieldwork/sent"),
        "console.invited_template": ("GET", "/console/surveys/wave1/fieldwork/sent/template.csv"),
        "console.take_invited": ("POST", "/console/surveys/wave1/fieldwork/sent"),
        "console.send_invited": ("POST", "/console/surveys/wave1/fieldwork/sent/next"),
        "console.forget_invited": ("POST", "/console/surveys/wave1/fieldwork/sent/forget"),
        "console.opt_out_number": ("POST", "/console/surveys/wave1/fieldwork/sent/optout"),
        "console.providers_page": ("GET", "/console/sign-in-providers"),
        "console.provider_new": ("GET", "/console/sign-in-providers/new/oidc"),
        "console.provider_page": ("GET", provider),
        "console.provider_check": ("POST", lambda: f"{provider()}/check"),
        "console.provider_remove": ("POST", lambda: f"{provider()}/remove"),
        "console.provider_rule_add": ("POST", lambda: f"{provider()}/rules"),
        "console.provider_rule_remove": ("POST", provider_rule),
        "console.identity_decide": ("POST", waiting_person),
        "console.notice_rules": ("GET", "/console/notices"),
        "console.own_notices": ("GET", "/console/me/notices"),
        "console.department_addresses": ("GET", "/console/departments"),
        "console.keep_department_address": ("POST", "/console/departments"),
        "console.schedule_page": ("GET", "/console/schedule"),
        "console.run_regular": ("POST", "/console/schedule/routing/run"),
        "console.job_page": ("GET", job),
        "console.job_state": ("GET", lambda: f"{job()}/state"),
        "console.cancel_job": ("POST", lambda: f"{job()}/cancel"),
        "console.home": ("GET", lambda: "/console/"),
        "console.own_page": ("GET", "/console/me"),
        "console.own_page_save": ("POST", "/console/me"),
        "console.end_sessions": ("POST", "/console/me/sessions/end"),
        "console.end_one_session": ("POST", "/console/me/sessions/0/end"),
        "console.kept_form": ("GET", a_kept_form),
        "console.survey_page": ("GET", lambda: "/console/surveys/wave1"),
        "console.name_survey": ("POST", "/console/surveys/wave1/official"),
        "console.set_state": ("POST", lambda: "/console/surveys/wave1/state"),
        "console.survey_list": ("GET", "/console/surveys"),
        "console.new_survey": ("GET", "/console/surveys/new"),
        "console.survey_check": ("GET", "/console/surveys/wave1/check"),
        "console.survey_settings": ("GET", "/console/surveys/wave1/settings"),
        "console.survey_clone": ("GET", "/console/surveys/wave1/clone"),
        "console.areas_page": ("GET", "/console/areas"),
        "console.new_area": ("GET", "/console/areas/new"),
        "console.area_map": ("GET", "/console/areas/map"),
        "console.ticket_join": ("POST", ticket("/join"), handled),
        "console.hotline_page": ("GET", "/console/hotline"),
        "console.hotline_template": ("GET", "/console/hotline/template.csv"),
        "console.hotline_words": ("POST", "/console/hotline/words"),
        "console.hotline_import": ("POST", "/console/hotline/import"),
        "console.hotline_export": ("POST", "/console/hotline/export"),
        "console.reply_templates": ("GET", "/console/reply-templates"),
        "console.change_reply_template": ("POST", "/console/reply-templates"),
        "console.tickets_several": ("POST", "/console/tickets/several"),
        "console.departments_page": ("GET", "/console/departments/names"),
        "console.department_add": ("POST", "/console/departments/names"),
        "console.department_change": ("POST", "/console/departments/names/change"),
        "console.accounts_several": ("POST", "/console/accounts/several"),
        "console.change_several": ("POST", "/console/surveys/wave1/access/several"),
        "console.edit_area": (
            "GET",
            lambda: "/console/areas/" + db.session.scalars(select(Area.code).order_by(Area.id)).first(),
        ),
        "console.new_site": ("GET", "/console/surveys/wave1/sites/new"),
        "console.edit_site": (
            "GET",
            lambda: "/console/surveys/wave1/sites/" + db.session.scalars(select(Site.code)).first(),
        ),
        "console.edit_margins": ("GET", "/console/surveys/wave1/margins/edit"),
        "console.areas_import": ("POST", "/console/areas"),
        "console.survey_sites": ("GET", "/console/surveys/wave1/sites"),
        "console.sites_import": ("POST", "/console/surveys/wave1/sites"),
        "console.import_template": ("GET", "/console/surveys/templates/sites.xlsx"),
        "console.survey_plan": ("GET", "/console/surveys/wave1/plan"),
        "console.save_plan": ("POST", "/console/surveys/wave1/plan"),
        "console.plan_version": ("GET", plan_version),
        "console.state_exception": ("POST", plan_version),
        "console.state_site_figures": ("GET", "/console/surveys/wave1/plan/site-figures"),
        "console.plan_file": ("GET", "/console/surveys/wave1/plan.yaml"),
        "console.understood_share": ("GET", "/console/surveys/wave1/plan/understood?assumed=95"),
        "console.margins_import": ("POST", "/console/surveys/wave1/margins"),
        "console.questionnaire_list": ("GET", "/console/questionnaires"),
        "console.questionnaire_upload": ("POST", "/console/questionnaires"),
        "console.draft_begin": ("POST", "/console/questionnaires/drafts"),
        "console.draft_editor": ("GET", lambda: f"{draft()}?at=s2q0"),
        "console.draft_preview": ("GET", lambda: f"{draft()}/preview"),
        "console.draft_source": ("GET", lambda: f"{draft()}/yaml"),
        "console.draft_steps": ("GET", lambda: f"{draft()}/steps?version=1"),
        "console.draft_store": ("GET", lambda: f"{draft()}/store"),
        "console.bank_page": ("GET", "/console/questionnaires/bank"),
        "console.questionnaire_page": ("GET", "/console/questionnaires/1"),
        "console.questionnaire_preview": ("GET", "/console/questionnaires/1/preview"),
        "console.questionnaire_file": ("GET", "/console/questionnaires/1/file"),
        "console.survey_questionnaire": ("GET", "/console/surveys/wave1/questionnaire"),
        "console.choose_questionnaire": ("POST", "/console/surveys/wave1/questionnaire"),
        "console.new_run": ("POST", lambda: "/console/surveys/wave1/runs"),
        "console.posters": ("GET", "/console/surveys/wave1/posters"),
        "console.posters_print": ("GET", "/console/surveys/wave1/posters/print?site=aaa2222"),
        "console.make_posters": ("POST", "/console/surveys/wave1/posters"),
        "console.site_qr": ("GET", "/console/sites/aaa2222/qr.svg", "甲县"),
        "console.posters_zip": ("GET", lambda: "/console/surveys/wave1/posters.zip"),
        "console.site_poster": ("GET", "/console/sites/aaa2222/poster.svg", "甲县"),
        "console.ahead_page": ("GET", lambda: f"{score()}/ahead"),
        "console.estimate_page": ("GET", estimate),
        "console.answers_page": ("GET", lambda: f"{estimate()}/answers"),
        "console.answers_file": ("GET", lambda: f"{estimate()}/answers.xlsx"),
        "console.estimates_page": ("GET", lambda: "/console/estimates"),
        "console.survey_estimates": ("GET", lambda: "/console/surveys/wave1/estimates"),
        "console.compare_page": ("GET", lambda: "/console/estimates/compare?a=1&b=1"),
        "console.propose_estimate": ("POST", lambda: f"{estimate()}/propose"),
        "console.settle_estimate": ("POST", lambda: f"{estimate()}/settle"),
        "console.withdraw_estimate": ("POST", lambda: f"{estimate()}/withdraw"),
        "console.verify_estimate": ("POST", lambda: f"{estimate()}/verify"),
        "console.score_page": ("GET", score),
        "console.values_page": ("GET", "/console/values"),
        "console.overdue_page": ("GET", "/console/values/overdue"),
        "console.submit_values": ("POST", "/console/values/2023/submit"),
        "console.value_page": ("GET", VALUE, OF_A_DEPARTMENT),
        "console.value_history": ("GET", f"{VALUE}/history", OF_A_DEPARTMENT),
        "console.save_value": ("POST", VALUE, OF_A_DEPARTMENT),
        "console.understood_value": ("GET", f"{VALUE}/online/understood", OF_A_DEPARTMENT),
        "console.submit_value": ("POST", f"{VALUE}/submit", OF_A_DEPARTMENT),
        "console.withdraw_value": ("POST", f"{VALUE}/withdraw", OF_A_DEPARTMENT),
        "console.attach_evidence": ("POST", f"{VALUE}/evidence", OF_A_DEPARTMENT),
        "console.evidence_file": ("GET", evidence_address, OF_A_DEPARTMENT),
        "console.remove_evidence": ("POST", lambda: f"{evidence_address()}/remove", OF_A_DEPARTMENT),
        "console.verify_value": ("POST", f"{VALUE}/verify", "甲县"),
        "console.value_workbook": ("GET", "/console/values/workbook.xlsx"),
        "console.import_values": ("POST", "/console/values/import"),
        "console.import_preview": ("GET", lambda: f"/console/values/imports/{shown_import('values')}"),
        "console.confirm_import": ("POST", lambda: f"/console/values/imports/{shown_import('values')}"),
        "console.assignments_list": ("GET", "/console/assignments"),
        "console.assignments_page": ("GET", "/console/assignments/11", "甲县"),
        "console.save_assignments": ("POST", "/console/assignments/11", "甲县"),
        "console.assignments_workbook": ("GET", "/console/assignments/11/workbook.xlsx", "甲县"),
        "console.import_assignments": ("POST", "/console/assignments/11/import", "甲县"),
        "console.assignments_preview": (
            "GET",
            lambda: f"/console/assignments/11/imports/{shown_import('assignments')}",
            "甲县",
        ),
        "console.confirm_assignments": (
            "POST",
            lambda: f"/console/assignments/11/imports/{shown_import('assignments')}",
            "甲县",
        ),
        "console.verification_queue": ("GET", "/console/verification"),
        "console.verify_values": ("POST", "/console/verification/2023"),
        "console.programmes_page": ("GET", "/console/programmes"),
        "console.add_programme": ("POST", "/console/programmes"),
        "console.programme_page": ("GET", "/console/programmes/jining-2023@1"),
        "console.programme_file": ("GET", "/console/programmes/jining-2023@1/file"),
        "console.use_programme": ("POST", "/console/programmes/jining-2023@1/use"),
        "console.remove_programme": ("POST", "/console/programmes/jining-2023@1/remove"),
        "console.readings_page": ("GET", "/console/readings"),
        "console.record_reading": ("POST", "/console/readings/2023"),
        "console.registers_page": ("GET", "/console/registers"),
        "console.register_page": ("GET", register, OF_A_DEPARTMENT),
        "console.add_to_register": ("POST", register, OF_A_DEPARTMENT),
        "console.register_none": ("POST", lambda: f"{register()}/none", OF_A_DEPARTMENT),
        "console.register_template": ("GET", lambda: f"{register()}/template.csv", OF_A_DEPARTMENT),
        "console.import_register": ("POST", lambda: f"{register()}/import", OF_A_DEPARTMENT),
        "console.register_item": ("GET", registered, OF_A_DEPARTMENT),
        "console.register_evidence": ("GET", lambda: f"{registered()}/evidence", OF_A_DEPARTMENT),
        "console.change_register_item": ("POST", registered, OF_A_DEPARTMENT),
        "console.remove_register_item": ("POST", lambda: f"{registered()}/remove", OF_A_DEPARTMENT),
        "console.periods_page": ("GET", "/console/periods"),
        "console.make_period": ("POST", "/console/periods"),
        "console.change_period": ("POST", "/console/periods/2023"),
        "console.extend_deadline": ("POST", "/console/periods/2023/extensions"),
        "console.live_scorecards": ("GET", "/console/scorecards"),
        "console.live_scorecard_page": ("GET", "/console/scorecards/11", "甲县"),
        "console.batch_page": ("GET", batch),
        "console.run_package": ("GET", lambda: f"{estimate()}/package"),
        "console.made_file": ("GET", "/console/files/1"),
        "console.responses_page": ("GET", "/console/surveys/wave1/responses"),
        "console.county_page": ("GET", lambda: f"{estimate()}/counties/11", "甲县"),
        "console.brief_file": ("GET", lambda: f"{estimate()}/brief.docx"),
        "console.links_page": ("GET", "/console/links"),
        "console.dispatch_page": ("GET", "/console/periods/2023/dispatch"),
        "console.make_dispatch": ("POST", "/console/periods/2023/dispatch"),
        "console.dispatch_file": ("GET", "/console/periods/2023/dispatch/1.docx"),
        "console.make_view_link": ("GET", lambda: f"{estimate()}/links"),
        "console.revoke_view_link": ("POST", "/console/links/1/revoke"),
        "console.letterhead_page": ("GET", "/console/letterhead"),
        "console.letterhead_logo": ("GET", "/console/letterhead/logo"),
        "console.earlier_figures": ("GET", "/console/earlier"),
        "console.remove_earlier": ("POST", "/console/earlier/1/remove"),
        "console.add_figure_note": ("POST", lambda: f"{estimate()}/notes"),
        "console.remove_figure_note": ("POST", lambda: f"{estimate()}/notes/1/remove"),
        "console.voices_page": ("GET", "/console/surveys/wave1/voices"),
        "console.code_voice": ("POST", "/console/surveys/wave1/voices"),
        "console.quote_voice": ("GET", "/console/surveys/wave1/voices/quote"),
        "console.voices_frame": ("GET", "/console/surveys/wave1/voices/frame"),
        "console.save_code": ("POST", "/console/surveys/wave1/voices/frame"),
        "console.voice_shares": ("GET", lambda: f"{estimate()}/voices"),
        "console.results_page": ("GET", "/console/surveys/wave1/results"),
        "console.set_results_day": ("POST", "/console/surveys/wave1/results/day"),
        "console.release_results": ("POST", "/console/surveys/wave1/results/release"),
        "console.response_page": ("GET", lambda: f"/console/responses/{label_of(number())}", "甲县"),
        "console.process_page": ("GET", "/console/surveys/wave1/flags/process"),
        "console.take_review_file": ("POST", "/console/surveys/wave1/flags/process.csv"),
        "console.response_process": ("GET", process, "甲县"),
        "console.decide_quarantine": ("POST", lambda: f"{process()}/quarantine", "甲县"),
        "console.flag_response": ("POST", lambda: f"{process()}/flag", "甲县"),
        "console.flags_page": ("GET", "/console/surveys/wave1/flags"),
        "console.lift_listed": ("POST", "/console/surveys/wave1/flags/lift"),
        "console.look_for_flags": ("POST", "/console/surveys/wave1/flags/look"),
        "console.access_page": ("GET", "/console/surveys/wave1/access"),
        "console.set_access": ("POST", "/console/surveys/wave1/access"),
        "console.set_least": ("POST", "/console/surveys/wave1/access/least"),
        "console.site_access": ("GET", "/console/sites/aaa2222/access", "甲县"),
        "console.change_site_access": ("POST", "/console/sites/aaa2222/access", "甲县"),
        "console.fieldwork_page": ("GET", "/console/surveys/wave1/fieldwork"),
        "console.all_keyed": ("POST", "/console/surveys/wave1/fieldwork/keyed"),
        "console.site_work": ("GET", "/console/sites/aaa2222/work", "甲县"),
        "console.interviewers_page": ("GET", "/console/surveys/wave1/fieldwork/interviewers"),
        "console.site_contacts": ("GET", "/console/sites/aaa2222/contacts", "甲县"),
        "console.return_to_tablet": ("GET", lambda: f"{process()}/return", "甲县"),
        "console.draw_for_site": ("POST", "/console/sites/aaa2222/invitations", "甲县"),
        "console.reissue_codes": ("POST", "/console/sites/aaa2222/reissue", "甲县"),
        "console.record_outcomes": ("POST", "/console/sites/aaa2222/outcomes", "甲县"),
        "console.blank_form": ("GET", "/console/sites/aaa2222/forms.pdf", "甲县"),
        "console.print_forms": ("POST", "/console/sites/aaa2222/forms", "甲县"),
        "console.invitations_page": ("GET", "/console/surveys/wave1/fieldwork/invitations"),
        "console.draw_invitations": ("POST", "/console/surveys/wave1/fieldwork/invitations"),
        "console.reopen_invitation": ("POST", "/console/surveys/wave1/reopen"),
        "console.paper_page": ("GET", "/console/surveys/wave1/fieldwork/paper"),
        "console.key_paper": ("GET", lambda: f"/console/surveys/wave1/fieldwork/paper/{listed_number()}", "甲县"),
        "console.settle_paper": (
            "POST",
            lambda: f"/console/surveys/wave1/fieldwork/paper/{listed_number()}/differences",
            "甲县",
        ),
        "console.discard_paper": (
            "POST",
            lambda: f"/console/surveys/wave1/fieldwork/paper/{listed_number()}/discard",
            "甲县",
        ),
        "console.devices_page": ("GET", "/console/surveys/wave1/fieldwork/devices"),
        "console.make_device_here": ("POST", "/console/surveys/wave1/fieldwork/devices"),
        "console.make_device_link": ("POST", "/console/sites/aaa2222/devices", "甲县"),
        "console.revoke_device": ("POST", lambda: f"/console/devices/{tablet()}/revoke", "甲县"),
        "console.response_import_page": ("GET", "/console/surveys/wave1/fieldwork/import"),
        "console.response_template": ("GET", "/console/surveys/wave1/fieldwork/import/template.xlsx"),
        "console.check_responses": ("POST", "/console/surveys/wave1/fieldwork/import"),
        "console.store_responses": ("POST", "/console/surveys/wave1/fieldwork/import/confirm"),
        "console.collected_page": ("GET", "/console/surveys/wave1/fieldwork/answers"),
        "console.collected_check": ("POST", "/console/surveys/wave1/fieldwork/answers"),
        "console.collected_map": ("POST", "/console/surveys/wave1/fieldwork/answers/map"),
        "console.collected_columns": ("POST", "/console/surveys/wave1/fieldwork/answers/columns"),
        "console.collected_store": ("POST", "/console/surveys/wave1/fieldwork/answers/store"),
        "console.collected_mapping_file": ("GET", "/console/surveys/wave1/fieldwork/answers/mapping.yaml?collector=x"),
        "console.collected_mapping_in": ("POST", "/console/surveys/wave1/fieldwork/answers/mapping"),
        "console.estimate_report_file": ("GET", lambda: f"{estimate()}/report.xlsx"),
        "console.quality_report_file": ("GET", lambda: f"{estimate()}/quality.xlsx"),
        "console.score_report": ("GET", lambda: f"{score()}/report.xlsx", "甲县"),
        "console.batch_report_file": ("GET", lambda: f"{batch()}/report.xlsx"),
        "console.assessment_list": ("GET", lambda: "/console/assessment"),
        "console.assessment_page": ("GET", lambda: "/console/assessment/11", "甲县"),
        "console.assessment_accept": ("POST", lambda: "/console/assessment/11/accept", "甲县"),
        "console.rectification_page": ("GET", lambda: "/console/rectification"),
        "console.rectification_list": ("GET", lambda: "/console/rectification/list.docx"),
        "console.rectification_item": ("GET", item, ("甲县", "某局")),
        "console.rectification_file": ("GET", lambda: f"{item()}/files/{FILE}", ("甲县", "某局")),
        "console.rectification_progress": ("POST", lambda: f"{item()}/progress", ("甲县", "某局")),
        "console.rectification_verify": ("POST", lambda: f"{item()}/verify", ("甲县", "某局")),
        "console.rectification_change": ("POST", lambda: f"{item()}/change", ("甲县", "某局")),
        "console.scenario_save": ("POST", lambda: f"{score()}/scenarios", "甲县"),
        "console.scenario_list": ("GET", lambda: "/console/scenarios/of/11", "甲县"),
        "console.scenario_page": ("GET", scenario, "甲县"),
        "console.score_list": ("GET", lambda: "/console/scores"),
        "console.final_list": ("GET", lambda: "/console/final"),
        "console.objections_page": ("GET", "/console/objections"),
        "console.open_objections": ("POST", lambda: f"{final()}/objections"),
        "console.objection_sheet_page": ("GET", objected, "甲县"),
        "console.raise_objection": ("POST", objected, "甲县"),
        "console.objection_sheet_file": ("GET", lambda: f"{objected()}/sheet.docx", "甲县"),
        "console.objection_page": ("GET", objection, "甲县"),
        "console.objection_file": ("GET", lambda: f"{objection()}/files/{FILE}", "甲县"),
        "console.decide_objection": ("POST", lambda: f"{objection()}/decide"),
        "console.final_make": ("POST", lambda: "/console/final"),
        "console.final_page": ("GET", final),
        "console.final_report": ("GET", lambda: f"{final()}/report.xlsx"),
        "console.final_sign_off": ("POST", lambda: f"{final()}/sign-off"),
        "console.audit_page": ("GET", lambda: "/console/audit"),
        "console.accounts_page": ("GET", "/console/accounts"),
        "console.tokens_page": ("GET", "/console/tokens"),
        "console.make_api_token": ("GET", "/console/tokens/new"),
        "console.revoke_api_token": ("POST", lambda: f"/console/tokens/{a_key()}/revoke"),
        "console.public_information": ("GET", "/console/public"),
        "console.account_page": ("GET", "/console/accounts/1"),
        "console.account_new": ("GET", "/console/accounts/new"),
        "console.account_create": ("POST", "/console/accounts/new"),
        "console.grant_give": ("POST", "/console/accounts/1/grants"),
        "console.grant_take": ("POST", "/console/accounts/1/grants/1/take"),
        "console.account_active": ("POST", "/console/accounts/1/active"),
        "console.account_password": ("POST", "/console/accounts/1/password"),
        "console.account_factor": ("POST", "/console/accounts/1/second-factor"),
        "console.accounts_import": ("GET", "/console/accounts/import"),
        "console.accounts_template": ("GET", "/console/accounts/import/template.xlsx"),
        "console.accounts_check": ("POST", "/console/accounts/import"),
        "console.accounts_store": ("POST", "/console/accounts/import/confirm"),
        "console.accounts_done": ("GET", "/console/accounts/import/done/nothing"),
        "console.accounts_passwords": ("POST", "/console/accounts/import/done/nothing"),
        "console.matrix_page": ("GET", "/console/matrix"),
        "console.search_page": ("GET", "/console/search"),
        "console.audit_export": ("GET", "/console/audit.csv"),
        "console.audit_check": ("POST", "/console/audit/check"),
    }


def test_every_route_of_the_console_has_its_line_in_the_matrix_and_its_test(sqlite_app):
    endpoints = {rule.endpoint for rule in sqlite_app.url_map.iter_rules() if rule.endpoint.startswith("console.")}
    assert endpoints - PUBLIC == set(ROUTES)
    assert set(routes()) == set(ROUTES)


@dataclass(frozen=True)
class Thing:
    """A route with one thing to ask for, and the area and department the thing belongs to."""

    endpoint: str
    method: str
    address: str
    area: str
    department: str

    def expected(self, role: str, area: str, department: str) -> bool:
        """What the matrix promises a person with this one grant."""
        scope = ROUTES[self.endpoint].may.get(role)
        own = area in ("", self.area) and department in ("", self.department)
        return scope == "all" or (scope == "own" and own)


def things() -> list[Thing]:
    found = []
    for endpoint, (method, address, *rest) in routes().items():
        whose = rest[0] if rest else ("甲县" if endpoint in OF_A_COUNTY else CITY)
        area, department = whose if isinstance(whose, tuple) else (whose, "")
        found.append(Thing(endpoint, method, address if isinstance(address, str) else address(), area, department))
    return found


def test_every_cell_of_the_matrix_opens_or_refuses_as_it_says(sqlite_app, subtests):
    """Role × area × department × route: the guard's own decision, about the thing that each address leads to."""
    asked = [(thing, owner(*found(sqlite_app, thing))) for thing in things()]
    places = {area.name: area for area in db.session.scalars(select(Area))}
    for role, area, department in product(ROLES, AREAS, DEPARTMENTS):
        grant = Grant(role=role, area=places.get(area), department=department or None)
        with subtests.test(role=role, area=area, department=department):
            assert [
                f"{thing.method} {thing.endpoint}"
                for thing, whose in asked
                if may([grant], thing.endpoint, *whose) is not thing.expected(role, area, department)
            ] == []


def found(app, thing: Thing) -> tuple[str, dict]:
    """Endpoint and arguments of an address, as the application reads them."""
    endpoint, arguments = app.url_map.bind("localhost").match(thing.address.partition("?")[0], thing.method)
    assert endpoint == thing.endpoint
    return endpoint, arguments


def test_whom_the_matrix_refuses_gets_403_from_every_route(sqlite_app):
    """Through the whole application: for each route one role that may not open it, as far as there is one."""
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    db.session.execute(text("PRAGMA synchronous=OFF"))  # every refusal is written down
    clients = {
        place: enter(sqlite_app.test_client(), person(*place).user)
        for place in [*((role, "", "") for role in ROLES), ("evaluator", "乙县", ""), ("department", "乙县", "另局")]
    }
    for thing in things():
        refused = [place for place in clients if not thing.expected(*place)]
        for place in refused[:2]:
            status = clients[place].open(thing.address, method=thing.method).status_code
            assert status == 403, f"{place} {thing}: {status}"


def test_an_auditor_is_refused_by_every_route_that_changes_something(sqlite_app):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    client = enter(sqlite_app.test_client(), person("auditor", "", "").user)
    for thing in things():
        if thing.method != "GET" and thing.endpoint not in OWN_ACCOUNT:
            assert client.post(thing.address).status_code == 403, thing


@pytest.mark.checks
def test_every_page_opens_for_an_administrator_and_no_address_breaks(sqlite_app):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    client = enter(sqlite_app.test_client(), person("administrator", "", "").user)
    open_to_them = [thing for thing in things() if "administrator" in ROUTES[thing.endpoint].may]
    for thing in sorted(open_to_them, key=lambda thing: thing.method):  # GET before POST, which may take things away
        data = {"state": "nonsense"} if thing.method == "POST" else None
        status = client.open(thing.address, method=thing.method, data=data).status_code
        good = status in (200, 302, 404 if thing.endpoint in NOTHING_THERE else 200)
        assert good if thing.method == "GET" else status < 500 and status != 403, f"{thing}: {status}"


def test_an_auditor_reads_and_changes_nothing():
    changing = {endpoint for endpoint, (method, *_) in routes().items() if method != "GET"} - OWN_ACCOUNT
    assert [endpoint for endpoint in changing if "auditor" in ROUTES[endpoint].may] == []
    reading = set(routes()) - changing - OWN_ACCOUNT - FORMS
    assert [endpoint for endpoint in reading if "auditor" not in ROUTES[endpoint].may] == []


def test_a_refused_address_is_written_down(sqlite_app):
    client = signed_in(sqlite_app.test_client(), create_account("dept", "department", "甲县", "交通局"), "dept")
    assert client.get("/console/audit").status_code == 403
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert (entry.actor, entry.action, entry.subject) == ("dept", "denied", "/console/audit")


def test_a_county_account_sees_only_its_county(sqlite_app):
    client = signed_in(sqlite_app.test_client(), create_account("jia", "evaluator", "甲县"), "jia")
    page = client.get("/console/").get_data(as_text=True)
    assert "甲县" in page
    assert "乙县" not in page


def test_grants_are_given_and_taken_and_the_last_administrator_stays(sqlite_app):
    create_account("two", "auditor")
    with pytest.raises(AccountError, match="last administrator"):
        take("admin", "administrator")
    give("two", "administrator")
    take("admin", "administrator")
    for arguments, said in (
        (("two", "king"), "no role"),
        (("two", "evaluator", "丙县"), "no area"),
        (("two", "department"), "names its department"),
        (("nobody", "auditor"), "no account"),
    ):
        with pytest.raises(AccountError, match=said):
            give(*arguments)
