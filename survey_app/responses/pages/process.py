"""How single responses came in: a list, and a page of each where it is flagged or its flags are lifted; no answers here."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from survey_app.archives.at_hand import response_numbered
from survey_app.console.frame import bp, mode_names, survey_of
from survey_app.console.permissions import Arguments, Owner, all_of, own
from survey_app.console.tables import Column, Table
from survey_app.fieldwork.pages.progress import flag_names, own_sites
from survey_app.ground import audit
from survey_app.ground.clock import survey_time
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.models import Response, ResponseFlag, Site, Survey, db
from survey_app.responses.data_files import ResponseFileError
from survey_app.responses.flags import FlagError, lift_flags, set_flag, standing
from survey_app.responses.pages.forms import LIFT, FlagForm, QuarantineForm, ReviewForm
from survey_app.responses.pages.responses import owner_of_response
from survey_app.responses.process import MODES, STATES, ResponsePage, Wanted, browse, seconds_taken
from survey_app.responses.quarantine import decide
from survey_app.responses.review_file import write_review


def owner_of_process(arguments: Arguments) -> Owner | None:
    return owner_of_response(int(arguments["number"]))


@bp.page("/surveys/<code>/flags/process", "查看应答过程", all_of("manager", "evaluator", "auditor"))
def process_page(code: str) -> str:
    """When, where, how and how fast; newest first."""
    return _list(survey_of(code))


@bp.action("/surveys/<code>/flags/process.csv", "导出核查表", own("manager", "evaluator"))
def take_review_file(code: str) -> BaseResponse | tuple[str, int]:
    """The whole survey's list as a file, for a reason that is put down."""
    survey, form = survey_of(code), ReviewForm()
    if not form.validate():
        return _list(survey, form), 422
    name = f"review-{survey.code}.csv"
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        try:
            with transaction():
                write_review(survey, path, form.reason.data, language())
        except ResponseFileError as error:
            form.refuse(error, "reason")
            return _list(survey, form), 422
        file = path.open("rb")  # it stays readable when its name is gone
    return send_file(file, mimetype="text/csv", as_attachment=True, download_name=name)


def _list(survey: Survey, form: ReviewForm | None = None) -> str:
    sites = own_sites(survey)
    wanted = Wanted(
        site=_known(request.args.get("site"), {site.code for site in sites}),
        mode=_known(request.args.get("mode"), MODES),
        state=_known(request.args.get("state"), STATES),
        flag=_known(request.args.get("flag"), ("any", "none", *flag_names())),
    )
    page = browse(
        survey, wanted, seen(survey, sites), before=_place(request.args.get("before")),
        after=_place(request.args.get("after")),
    )  # fmt: skip
    return render_template(
        "responses/process_list.html", survey=survey, table=_table(survey, page), page=page, wanted=wanted, sites=sites,
        flags=flag_names(), states=response_states(), modes=MODES, demo=survey.demo, form=form or ReviewForm(),
        chosen={key: value for key, value in vars(wanted).items() if value},
    )  # fmt: skip


@bp.page("/process/<int:number>", "查看一份应答的过程", own("manager", "evaluator", "auditor"), of=owner_of_process)
def response_process(number: int) -> str:
    """When, where and how it was answered, and every flag with its reason."""
    return _page(_response(number), FlagForm())


@bp.action("/process/<int:number>/flag", "标记应答或取消标记", own("manager", "evaluator"), of=owner_of_process)
def flag_response(number: int) -> BaseResponse | tuple[str, int]:
    """Flag the response, or lift what stands against it; either with a reason."""
    response = _response(number)
    form = FlagForm()
    if not form.validate_on_submit():
        return _page(response, form), 422
    lift = form.do.data == LIFT
    try:
        with transaction():
            (lift_flags if lift else set_flag)(response, form.reason.data, current_user.username)
    except FlagError as error:
        flash(str(error), "error")
        return _page(response, form), 422
    flash(_("标记已解除") if lift else _("已标记"), "ok")
    return redirect(url_for("console.response_process", number=number))


@bp.action(
    "/process/<int:number>/quarantine", "放行或作废待核查的应答", own("manager", "evaluator"), of=owner_of_process
)
def decide_quarantine(number: int) -> BaseResponse | tuple[str, int]:
    """Release a response in quarantine, or refuse it; either with a reason."""
    response, form = _response(number), QuarantineForm()
    try:
        if not form.validate_on_submit():
            raise FlagError("responses.reason_needed")
        with transaction():
            decide(response, form.do.data == "release", form.reason.data)
    except FlagError as error:
        flash(str(error), "error")
        return _page(response, FlagForm()), 422
    flash(_("已放行") if form.do.data == "release" else _("已作废"), "ok")
    return redirect(url_for("console.response_process", number=number))


def seen(survey: Survey, sites: Collection[Site]) -> list[int] | None:
    """Ids of the sites a person may see; None where that is the whole survey."""
    return None if len(sites) == len(survey.sites) else [site.id for site in sites]


def response_states() -> dict[str, str]:
    return {
        "complete": _("完成"), "screened_out": _("不符合条件"), "voided": _("作废"), "late": _("过晚，不计入"),
        "quarantined": _("待核查"),
    }  # fmt: skip


def _page(response: Response, form: FlagForm) -> str:
    survey = db.session.get_one(Survey, response.survey_id)
    with transaction():
        audit.record("response.process", f"survey:{survey.code}", after={"number": response.id})
    flags = db.session.scalars(
        select(ResponseFlag).where(ResponseFlag.response_id == response.id).order_by(ResponseFlag.id)
    ).all()
    return render_template(
        "responses/process.html", survey=survey, response=response, site=db.session.get_one(Site, response.site_id),
        flags=flags, standing=bool(standing(response.id)), form=form, names=flag_names(),
        state=response_states()[response.state], took=seconds_taken(response), demo=response.demo,
    )  # fmt: skip


def _table(survey: Survey, page: ResponsePage) -> Table:
    columns = [
        Column("number", _("编号"), "number", link="address"), Column("finished", _("完成时间")),
        Column("county", _("所在单元")), Column("site", _("调查点")), Column("mode", _("作答方式")),
        Column("state", _("状态")), Column("minutes", _("用时(分)"), "number"), Column("flags", _("标记")),
    ]  # fmt: skip
    rows = [
        {
            "number": line.number, "address": url_for("console.response_process", number=line.number),
            "finished": survey_time(line.finished_at, survey), "county": line.county, "site": line.site,
            "mode": mode_names().get(line.mode, line.mode), "state": response_states()[line.state],
            "minutes": round(line.seconds / 60, 1) if line.seconds is not None else None,
            "flags": _("、").join(flag_names().get(kind, kind) for kind in line.kinds),
        }
        for line in page.lines
    ]  # fmt: skip
    return Table("process", _("本页应答"), columns, rows)


def _response(number: int) -> Response:
    return response_numbered(number) or abort(404)


def _known(value: str | None, choices: Collection[str]) -> str:
    return value if value is not None and value in choices else ""


def _place(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 12 else None
