"""One sampled site's list of persons: invitations drawn and printed, outcomes brought back, a number opened again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, redirect, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from survey_app.answering.addresses import is_local, public_base, shown_base
from survey_app.answering.definitions import definition_of
from survey_app.answering.devices import LONGEST_DAYS
from survey_app.answering.dispositions import BY_CODE, DISPOSITIONS, INTERVIEWS
from survey_app.answering.invitation_codes import read_serial, written_serial
from survey_app.answering.invitation_links import OPEN, SPENT
from survey_app.console.forms import unsent
from survey_app.console.frame import bp
from survey_app.console.jobs import LEADING_PAGES, started
from survey_app.console.permissions import Arguments, Owner, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.fieldwork import invitations
from survey_app.fieldwork.cards import ENDINGS, cards_file
from survey_app.fieldwork.jobs import planned_cards
from survey_app.fieldwork.outcome_sheets import SheetError, SheetLine, record_sheet
from survey_app.fieldwork.pages.forms import CardsForm, DeviceForm, DrawForm, PaperForm, ReopenForm, SheetForm
from survey_app.fieldwork.paper_forms import forms_pdf, numbers_to_print
from survey_app.fieldwork.paper_forms import paper_forms as printed_forms
from survey_app.ground import audit
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.jobs import queue
from survey_app.jobs.queue import enqueue
from survey_app.models import Invitation, Site, Survey, db
from wording import Text

PAGE = 100  # persons
CARDS_AT_ONCE, FORMS_AT_ONCE = 40, 5  # what is drawn while the page waits: some tenths of a second
Asked = dict[str, str | int]  # what `planned_cards` is given, beside what every file of cards is


def owner_of_site(arguments: Arguments) -> Owner | None:
    site = db.session.scalar(select(Site).where(Site.code == arguments["code"]))
    return (site.area, None) if site is not None and site.area.kind != "city" else None


def site_of(code: str) -> Site:
    """The site with this code; 404 where there is none."""
    return db.session.scalar(select(Site).where(Site.code == code)) or abort(404)


@bp.page("/sites/<code>/work", "一个点的现场工作", own("manager", "evaluator", "auditor"), of=owner_of_site)
def site_work(code: str) -> str | BaseResponse:
    site = site_of(code)
    persons = invitations.of_site(site)
    table = _table(persons)
    asked = requested_export(table)
    return asked or _page(site, persons, start=request.args.get("start", 0, type=int))


@bp.action("/sites/<code>/invitations", "为调查点生成邀请码", own("manager"), of=owner_of_site)
def draw_for_site(code: str) -> BaseResponse | tuple[str, int]:
    """New invitations of this site, as the file in which their codes stand once."""
    site, form = site_of(code), DrawForm()
    asked: Asked = {"site": site.id, "what": "new", "number": form.number.data or 0}
    made = drawn(site.survey, form, "number", asked)
    return made or (_page(site, invitations.of_site(site), draw=form), 422)


@bp.action("/sites/<code>/reissue", "重新生成邀请码", own("manager"), of=owner_of_site)
def reissue_codes(code: str) -> BaseResponse | tuple[str, int]:
    """New codes for unused invitations; the old ones end."""
    site, form = site_of(code), CardsForm()
    made = drawn(site.survey, form, "", {"site": site.id, "what": "again"})
    return made or (_page(site, invitations.of_site(site), reissue=form), 422)


@bp.action("/sites/<code>/outcomes", "登记访问结果", own("manager"), of=owner_of_site)
def record_outcomes(code: str) -> BaseResponse | tuple[str, int]:
    """A whole sheet of outcomes, or none where a line is wrong; what was typed is kept."""
    site, form = site_of(code), SheetForm()
    outcomes, attempts = form.outcome.by_number, form.attempts.by_number
    lines = [SheetLine(serial, outcome or "", attempts.get(serial) or "") for serial, outcome in outcomes.items()]
    errors: dict[int, Text] = {}
    if form.validate():
        try:
            with transaction():
                number = record_sheet(site, lines, form.day.data)
        except SheetError as error:
            errors = error.errors
        else:
            said = _("已记录 %(number)s 人的访问结果。", number=number) if number else _("没有填写任何一行。")
            flash(said, "ok")
            return redirect(url_for("console.site_work", code=code, start=form.start.data or None))
    errors = errors or dict(enumerate(str(said) for said in form.day.errors[:1]))
    return _page(site, invitations.of_site(site), errors=errors, sheet=form, start=form.start.data or 0), 422


@bp.action("/surveys/<code>/reopen", "重新打开邀请码", {"administrator": "all"})
def reopen_invitation(code: str) -> BaseResponse:
    """Let a number be used again for a reason; its earlier response is voided with it."""
    from survey_app.console.frame import survey_of

    survey, form = survey_of(code), ReopenForm()
    back = url_for("console.invitations_page", code=code)
    serial = read_serial(form.serial.data or "")
    try:
        if serial is None:
            raise invitations.InvitationError(_("编号不对，请连同末尾的校验位一起输入。"))
        site = invitations.invitation_of(survey, serial).site
        back = url_for("console.site_work", code=site.code)
        if not form.validate():
            raise invitations.InvitationError(" ".join(str(said) for field in form for said in field.errors))
        with transaction():
            invitations.reopen(survey, serial, form.reason.data or "")
    except invitations.InvitationError as error:
        flash(str(error), "error")
    else:
        flash(_("编号 %(serial)s 可以再用，先前的应答已作废。", serial=written_serial(serial)), "ok")
    return redirect(back)


@bp.page("/sites/<code>/forms.pdf", "下载空白纸质问卷", own("manager", "auditor"), of=owner_of_site)
def blank_form(code: str) -> BaseResponse:
    """One printed questionnaire without a number."""
    site, lang = site_of(code), "en" if request.args.get("lang") == "en" else "zh"
    return _pdf(site, forms_pdf(site, definition_of(site.survey), ["________"], lang))


@bp.action("/sites/<code>/forms", "打印带编号的纸质问卷", own("manager"), of=owner_of_site)
def print_forms(code: str) -> BaseResponse | tuple[str, int]:
    """Printed questionnaires of this site's unused numbers, each with its number; many are a job."""
    site, form = site_of(code), PaperForm()
    if not form.validate():
        return _page(site, invitations.of_site(site), paper=form), 422
    first, lang = read_serial(form.first.data or "") or 0, str(form.lang.data)
    found = numbers_to_print(site, first)
    if not found:
        flash(_("这个调查点没有未用的编号。"), "error")
        return redirect(url_for("console.site_work", code=code))
    if len(found) > FORMS_AT_ONCE:
        by = current_user.username or ""
        return started(enqueue("paper_forms", {"site": site.id, "first": first, "language": lang, "for": by}, by))
    with transaction():
        return _pdf(site, printed_forms(site, first, lang))


def drawn(survey: Survey, form: CardsForm, field: str, asked: Asked) -> BaseResponse | None:
    """The file of cards, or the job that draws a long one; None where it is refused, which `form` then says."""
    base = public_base(survey.demo)  # before a code is made that could not be written out
    if not form.validate():
        return None
    ending, by = str(form.ending.data), current_user.username or ""
    arguments = {"survey": survey.id, "site": 0, "base": base, "ending": ending, "for": by} | asked
    with form.storing(invitations.InvitationError, field):
        audit.wait_turn()
        batch = planned_cards(arguments)
        long = ending != "csv" and len(batch.cards) > CARDS_AT_ONCE
        if not long:
            invitations.store(batch)
    if form.errors:
        return None
    if long:
        return started(enqueue("cards", arguments, by))
    code = batch.cards[0].site.code if arguments["site"] else survey.code
    headers = {"Content-Disposition": f"attachment; filename=invitations-{code}.{ending}"}
    for site in {card.site for card in batch.cards}:  # read now: while the file is sent there is no session any more
        _read = (site.name, site.code, site.area.name, site.survey.title, site.survey.city)
    organiser = definition_of(survey).organiser["zh"]
    body = stream_with_context(cards_file(batch.cards, base, ending, organiser))
    return Response(body, mimetype=ENDINGS[ending], headers=headers)


def _pdf(site: Site, pdf: bytes) -> BaseResponse:
    headers = {"Content-Disposition": f"inline; filename=forms-{site.code}.pdf"}
    return Response(pdf, mimetype="application/pdf", headers=headers)


def _asked_on(arguments: queue.Arguments) -> str:
    """The page with the button that queued the job."""
    site, survey = db.session.get(Site, arguments["site"]), db.session.get(Survey, arguments.get("survey", 0))
    if site is not None:
        return url_for("console.site_work", code=site.code)
    return url_for("console.invitations_page", code=survey.code) if survey is not None else ""


LEADING_PAGES["cards"] = LEADING_PAGES["paper_forms"] = _asked_on


def _page(
    site: Site, persons: Any, errors: dict[int, Text] | None = None, sheet: SheetForm | None = None,
    draw: DrawForm | None = None, reissue: CardsForm | None = None, paper: PaperForm | None = None, start: int = 0,
) -> str:  # fmt: skip
    """The page; a form that is given holds what was wrong with it."""
    start, base = max(start, 0), shown_base(site.demo)
    waiting = [person for person in persons if person.state == OPEN]
    today = datetime.now(ZoneInfo(site.survey.time_zone)).date()
    return render_template(
        "fieldwork/site_work.html",
        site=site, survey=site.survey, persons=persons[start : start + PAGE], start=start, page=PAGE,
        table=_table(persons), total=len(persons), spent=sum(person.state == SPENT for person in persons),
        waiting=len(waiting), errors=errors or {}, today=today, sheet=sheet or unsent(SheetForm, day=today),
        draw=draw or unsent(DrawForm, number=site.target or 20), reissue=reissue or unsent(CardsForm), paper=paper or unsent(PaperForm),
        device=unsent(DeviceForm, days=min(30, LONGEST_DAYS)), reopen=unsent(ReopenForm),
        outcomes=[each for each in DISPOSITIONS if each.group not in INTERVIEWS], serial=written_serial,
        outcome_name=outcome_name, states=invitation_states(), base=base, local=is_local(base), demo=site.demo,
        administrator=any(grant.role == "administrator" for grant in current_user.grants),
    )  # fmt: skip


def _table(persons: Any) -> Table:
    """The list as a table to take away; codes are stored nowhere and stand in no list."""
    columns = [
        Column("serial", _("编号")),
        Column("state", _("状态")),
        Column("disposition", _("访问结果")),
        Column("attempts", _("联系次数"), "number"),
        Column("last", _("最近联系")),
    ]
    rows = [
        {
            "serial": written_serial(person.serial),
            "state": invitation_states()[person.state],
            "disposition": outcome_name(person),
            "attempts": person.attempts,
            "last": str(person.last_attempt_on) if person.last_attempt_on else None,
        }
        for person in persons
    ]
    return Table("persons", _("被抽中的人"), columns, rows)


def outcome_name(person: Invitation) -> str:
    """Code and name of what is known of a person so far."""
    found = BY_CODE.get(person.disposition)
    return f"{found.code} {found.en if language() == 'en' else found.zh}" if found else ""


def invitation_states() -> dict[str, str]:
    """What stands for the state of an invitation."""
    return {"open": _("未完成"), "spent": _("已完成")}
