"""Paper forms in the console: keyed by their number, twice where the survey asks for it, differences settled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from questionnaires import check_answers
from survey_app.answering.definitions import definition_of
from survey_app.answering.invitation_codes import read_serial, written_serial
from survey_app.answering.invitation_links import SPENT
from survey_app.answering.open_sites import open_site
from survey_app.answering.refusal_words import refusal
from survey_app.answering.staffed_days import DayError
from survey_app.answering.submission import AnswersRefusedError, InvitationUsedError, SurveyNotOpenError
from survey_app.console.frame import bp, survey_of
from survey_app.console.permissions import Arguments, Owner, all_of, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.console.words import doer
from survey_app.fieldwork import paper_entry
from survey_app.fieldwork.pages.forms import KeyForm, SettleForm
from survey_app.fieldwork.pages.progress import own_sites
from survey_app.fieldwork.paper_entry import EntryError
from survey_app.fieldwork.paper_keys import field_label, in_words, key_fields, read_keyed, shown_keyed
from survey_app.ground.clock import survey_time
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.models import Invitation, PaperEntry, Survey, db


def owner_of_number(arguments: Arguments) -> Owner | None:
    survey = db.session.scalar(select(Survey.id).where(Survey.code == arguments["code"]))
    serial = read_serial(str(arguments["number"]))
    query = select(Invitation).where(Invitation.survey_id == survey, Invitation.serial == serial)
    found = db.session.scalar(query) if survey is not None and serial is not None else None
    return (found.site.area, None) if found is not None and found.site.area.kind != "city" else None


@bp.page("/surveys/<code>/fieldwork/paper", "查看纸质问卷", all_of("manager", "auditor"))
def paper_page(code: str) -> str | BaseResponse:
    """Where a number is typed, and the forms that wait: for their second keying or for a decision."""
    survey = survey_of(code)
    typed = request.args.get("number", "").strip()
    wrong = ""
    if typed:
        serial = read_serial(typed)
        if serial is not None and _found(survey, serial) is not None:
            return redirect(url_for("console.key_paper", code=code, number=written_serial(serial)))
        wrong = _("名单上没有这个编号；请连同末尾的校验位一起输入。")
    table = _waiting_table(survey)
    asked = requested_export(table)
    if asked:
        return asked
    page = render_template(
        "fieldwork/paper.html", survey=survey, table=table, typed=typed[:20], wrong=wrong, demo=survey.demo
    )
    return BaseResponse(page, status=404, mimetype="text/html") if wrong else page


@bp.form("/surveys/<code>/fieldwork/paper/<number>", "录入纸质问卷", own("manager"), of=owner_of_number)
def key_paper(code: str, number: str) -> BaseResponse | tuple[str, int]:
    """Key the form with this number."""
    survey, invitation = _form(code, number)
    entries = paper_entry.entries(invitation)
    if invitation.state == SPENT:
        flash(_("编号 %(number)s 已经完成。", number=written_serial(invitation.serial)), "error")
        return redirect(url_for("console.paper_page", code=code))
    if len(entries) == 2:
        return redirect(url_for("console.settle_paper", code=code, number=number))
    second = bool(entries)
    if second and entries[0].operator == current_user.username:
        flash(_("第一遍由您录入，第二遍须由另一人录入。"), "error")
        return redirect(url_for("console.paper_page", code=code))
    if request.method == "GET":
        return _keying(survey, invitation, second, {}, {}), 200
    return _take(survey, invitation, second)


@bp.form(
    "/surveys/<code>/fieldwork/paper/<number>/differences", "裁定两次录入的差异", own("manager"), of=owner_of_number
)
def settle_paper(code: str, number: str) -> BaseResponse | tuple[str, int]:
    """What two people keyed differently, and which of the two stands."""
    survey, invitation = _form(code, number)
    entries = paper_entry.entries(invitation)
    if len(entries) != 2:
        flash(_("这份问卷没有待核对的差异。"), "error")
        return redirect(url_for("console.paper_page", code=code))
    form = SettleForm.of(each.field for each in paper_entry.differences(*entries))
    wrong = ""
    if form.validate_on_submit():
        try:
            with transaction():
                paper_entry.settle(invitation, form.chosen, current_user.username or "")
        except (EntryError, DayError, SurveyNotOpenError, InvitationUsedError) as error:
            wrong = _refusal(error)
        except AnswersRefusedError as error:
            definition = definition_of(survey)
            wrong = _("按这样选，答案不符合问卷的规则：") + "；".join(
                f"{field_label(definition, name, language())} {refusal(definition, name, key, language())}"
                for name, key in error.errors.items()
            )
        else:
            flash(_("编号 %(number)s 已成为一份应答。", number=written_serial(invitation.serial)), "ok")
            return redirect(url_for("console.paper_page", code=code))
    definition = definition_of(survey)
    rows = [
        {
            "field": each.field,
            "label": _("访问日期") if each.field == "_day" else field_label(definition, each.field, language()),
            "values": [in_words(definition, each.field, values, language()) for values in (each.first, each.second)],
        }
        for each in paper_entry.differences(*entries)
    ]
    page = render_template(
        "fieldwork/paper_differences.html", survey=survey, number=written_serial(invitation.serial),
        site=invitation.site, rows=rows, operators=[doer(entry.operator) for entry in entries], chosen=form.chosen, wrong=wrong,
        demo=survey.demo,
    )  # fmt: skip
    return page, 422 if wrong else 200


@bp.action("/surveys/<code>/fieldwork/paper/<number>/discard", "放弃录入", own("manager"), of=owner_of_number)
def discard_paper(code: str, number: str) -> BaseResponse:
    """Forget both keyings and begin again."""
    _survey, invitation = _form(code, number)
    with transaction():
        paper_entry.discard(invitation)
    flash(_("编号 %(number)s 的录入已作废，可以重新录入。", number=written_serial(invitation.serial)), "ok")
    return redirect(url_for("console.paper_page", code=code))


def _take(survey: Survey, invitation: Invitation, second: bool) -> BaseResponse | tuple[str, int]:
    definition = definition_of(survey)
    keyed_form = KeyForm.of(field.name for field in key_fields(definition, language()))
    sent = keyed_form.answers.data | {"day": keyed_form.day.raw_data or [""]}
    form, unknown = read_keyed(definition, sent)
    refused = check_answers(definition, form).errors
    errors = {name: refusal(definition, name, key, language()) for name, key in refused.items()}
    errors |= dict.fromkeys(unknown, _("没有这个选项编号。"))
    if not keyed_form.validate():
        errors["day"] = " ".join(map(str, keyed_form.day.errors))
    if errors:
        return _keying(survey, invitation, second, sent, errors), 422
    number = written_serial(invitation.serial)
    try:
        with transaction():
            keyed = paper_entry.key_form(invitation, form, keyed_form.day.data, current_user.username or "", language())
    except AnswersRefusedError as error:
        errors = {name: refusal(definition, name, key, language()) for name, key in error.errors.items()}
        return _keying(survey, invitation, second, sent, errors), 422
    except (DayError, EntryError, SurveyNotOpenError, InvitationUsedError) as error:
        return _keying(survey, invitation, second, sent, {"day": _refusal(error)}), 422
    if keyed.state == "differs":
        flash(_("两遍录入不一致，请逐处核对。"), "error")
        return redirect(url_for("console.settle_paper", code=survey.code, number=number))
    said = (
        _("编号 %(number)s 已录入第一遍，等另一人录第二遍。")
        if keyed.state == "waiting"
        else _("编号 %(number)s 已成为一份应答。")
    )
    flash(said % {"number": number}, "ok")
    return redirect(url_for("console.paper_page", code=survey.code))


def _keying(
    survey: Survey, invitation: Invitation, second: bool, sent: Mapping[str, list[str]], errors: Mapping[str, str]
) -> str:
    definition = definition_of(survey)
    today = datetime.now(ZoneInfo(survey.time_zone)).date()
    return render_template(
        "fieldwork/paper_key.html", survey=survey, number=written_serial(invitation.serial), site=invitation.site,
        fields=key_fields(definition, language()), errors=errors, second=second,
        values={name: " ".join(values) for name, values in sent.items()} if sent else shown_keyed(definition, {}, language()),
        day=(sent.get("day") or [str(today)])[0], standing=open_site(invitation.site).standing(), demo=survey.demo,
    )  # fmt: skip


def _waiting_table(survey: Survey) -> Table:
    columns = [
        Column("number", _("编号"), link="address"),
        Column("site", _("调查点")),
        Column("state", _("状态")),
        Column("first", _("第一遍")),
        Column("second", _("第二遍")),
    ]
    allowed = {site.id for site in own_sites(survey)}
    rows = []
    for invitation, entries in paper_entry.waiting(survey):
        if invitation.site_id in allowed:
            number, both = written_serial(invitation.serial), len(entries) == 2
            endpoint = "console.settle_paper" if both else "console.key_paper"
            rows.append(
                {
                    "number": number,
                    "site": f"{invitation.site.area.name} {invitation.site.name}",
                    "state": _("有差异，待核对") if both else _("等第二遍"),
                    "first": _keyed(entries[0]),
                    "second": _keyed(entries[1]) if both else None,
                    "address": url_for(endpoint, code=survey.code, number=number),
                }
            )
    return Table("waiting", _("未录完的纸质问卷"), columns, rows)


def _keyed(entry: PaperEntry) -> str:
    return f"{doer(entry.operator)} {survey_time(entry.keyed_at, entry.invitation.survey, '%m-%d %H:%M')}"


def _form(code: str, number: str) -> tuple[Survey, Invitation]:
    survey = survey_of(code)
    serial = read_serial(number)
    return survey, (_found(survey, serial) if serial is not None else None) or abort(404)


def _found(survey: Survey, serial: int) -> Invitation | None:
    """The number on the survey's list, if it is one of a site the person may see."""
    query = select(Invitation).where(Invitation.survey_id == survey.id, Invitation.serial == serial)
    found = db.session.scalar(query)
    return found if found is not None and found.site_id in {site.id for site in own_sites(survey)} else None


def _refusal(error: Exception) -> str:
    if isinstance(error, DayError):
        said = {"future": _("日期在将来。"), "early": _("日期早于调查开始。"), "late": _("日期晚于调查结束。")}
        return str(said[error.why])
    if isinstance(error, SurveyNotOpenError):
        return str(_("调查现在不收答卷。"))
    return str(_("这个编号已经完成。") if isinstance(error, InvitationUsedError) else error)
