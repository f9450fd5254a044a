"""Rectification: what is to be mended by whom and when, each item's history, and its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from analysis.scoring.why import why_in_words
from survey_app.console.figures import Figure, requested_figure
from survey_app.console.forms import AnyForm, Form, unsent
from survey_app.console.frame import bp
from survey_app.console.panels import panel
from survey_app.console.permissions import Arguments, Menu, Owner, all_of, may, own
from survey_app.console.stored_downloads import stored_download
from survey_app.console.tables import Column, Table, requested_export
from survey_app.documents.spreadsheets import XLSX
from survey_app.files.evidence_types import SIZE_LIMIT, TAKEN
from survey_app.files.handed import handed_in
from survey_app.ground.clock import today
from survey_app.ground.uploads import takes_files
from survey_app.models import Area, RectificationItem, db
from survey_app.scoring import rectification, rectification_items, rectification_months
from survey_app.scoring.charts import months_chart
from survey_app.scoring.pages.forms import ChangeForm, ProgressForm, VerifyForm
from survey_app.scoring.rectification_files import WORD, as_word, as_workbook
from survey_app.scoring.rectification_items import is_overdue
from wording import Refusal

ITEM = "console.rectification_item"
LISTS = {"docx": (as_word, WORD), "xlsx": (as_workbook, XLSX)}


def owner_of_item(arguments: Arguments) -> Owner | None:
    item = db.session.get(RectificationItem, arguments["item_id"])
    return (item.area, item.department) if item is not None else None


@bp.page(
    "/rectification",
    "查看整改",
    all_of("department", "evaluator", "scorer", "auditor"),
    menu=Menu("整改", "score", 70, ("/console/rectification",)),
)
def rectification_page() -> str | BaseResponse:
    if rectification_months.take_if_due():  # at the first visit in a month
        db.session.commit()
    everything = visible()
    chosen = filtered(everything)
    table, figure = _table(chosen), _trend()
    files = requested_export(table, *([figure.table] if figure and figure.table else []))
    return (
        files
        or (requested_figure(figure) if figure else None)
        or render_template(
            "scoring/rectification.html",
            table=table, figure=figure, everything=everything, chosen=chosen, states=state_names(),
            late=[item for item in chosen if is_overdue(item)],
            departments=sorted({item.department for item in everything}),
            areas=sorted({item.area for item in everything}, key=lambda area: area.code),
        )
    )  # fmt: skip


@bp.page("/rectification/list.<ending>", "下载整改清单", all_of("department", "evaluator", "scorer", "auditor"))
def rectification_list(ending: str) -> BaseResponse:
    """The chosen items as a Word document or a workbook."""
    if ending not in LISTS:
        abort(404)
    make, mimetype = LISTS[ending]
    headers = {"Content-Disposition": f"attachment; filename=rectification-{today()}.{ending}"}
    return Response(make(filtered(visible())), mimetype=mimetype, headers=headers)


@bp.page(
    "/rectification/<int:item_id>",
    "查看整改事项",
    own("department", "evaluator", "scorer", "auditor"),
    of=owner_of_item,
)
def rectification_item(item_id: int) -> str:
    return _item_page(_item(item_id))


@bp.page(
    "/rectification/<int:item_id>/files/<digest>",
    "下载整改材料",
    own("department", "evaluator", "scorer", "auditor"),
    of=owner_of_item,
)
def rectification_file(item_id: int, digest: str) -> BaseResponse:
    """A file of the item's history; always as a download."""
    note = next((note for note in _item(item_id).notes if note.file_digest == digest), None) or abort(404)
    return stored_download(digest, note.file_name)


@bp.action(
    "/rectification/<int:item_id>/progress", "写整改进展", own("department", "evaluator", "scorer"), of=owner_of_item
)
@takes_files(SIZE_LIMIT)
def rectification_progress(item_id: int) -> Any:
    """Write down progress, or submit; both may carry a file."""
    item, form = _item(item_id), ProgressForm()
    step = rectification.submit if form.step.data == "submit" else rectification.note
    done = _("已提交，等待核验。") if step is rectification.submit else _("进展已记录。")
    return _take(item, form, lambda: step(item, form.text.data or "", handed_in(form.file.data)), done)


@bp.action("/rectification/<int:item_id>/verify", "核验销号", own("evaluator", "scorer"), of=owner_of_item)
def rectification_verify(item_id: int) -> Any:
    """Close, send back or withdraw."""
    item, form = _item(item_id), VerifyForm()
    steps = {
        "close": (rectification.close, _("已销号。")),
        "return": (rectification.send_back, _("已退回。")),
        "withdraw": (rectification.withdraw, _("已撤销。")),
    }
    step, done = steps.get(form.step.data) or abort(400)
    return _take(item, form, lambda: step(item, form.text.data or ""), done)


@bp.action("/rectification/<int:item_id>/change", "改整改事项", own("evaluator", "scorer"), of=owner_of_item)
def rectification_change(item_id: int) -> Any:
    """Another owner or another day."""
    item, form = _item(item_id), ChangeForm()

    def change() -> None:
        rectification.change(item, form.department.data, form.due.data, form.reason.data)

    return _take(item, form, change, _("已变更。"))


@panel(order=30)
def overdue_panel() -> str | None:
    """What is overdue among the items the person may open, and what waits for a verifier."""
    if not may(current_user.grants, "console.rectification_page", None):
        return None
    open_items = visible(rectification_items.UNDER_WAY)
    late = [item for item in open_items if is_overdue(item)]
    waiting = [
        item
        for item in open_items
        if item.state == rectification_items.SUBMITTED
        and may(current_user.grants, "console.rectification_verify", item.area, item.department)
        and item.submitted_by != current_user.username
    ]
    if not late and not waiting:
        return None
    return render_template("scoring/rectification_panel.html", late=late, waiting=waiting)


def visible(states: tuple[str, ...] | None = None) -> list[RectificationItem]:
    """The items the signed-in person may open."""
    found = rectification_items.items(states=states)
    return [item for item in found if may(current_user.grants, ITEM, item.area, item.department)]


def filtered(items: list[RectificationItem]) -> list[RectificationItem]:
    """Those the page's own filters leave: department, area, state (under way unless told), overdue."""
    asked = request.args
    state = asked.get("state", "under_way")
    return [
        item
        for item in items
        if asked.get("department", "") in ("", item.department)
        and asked.get("area", "") in ("", item.area.code)
        and (
            state == "all"
            or item.state == state
            or (state == "under_way" and item.state in rectification_items.UNDER_WAY)
        )
        and (not asked.get("overdue") or is_overdue(item))
    ]


def state_names() -> dict[str, str]:
    return {
        "open": _("整改中"), "submitted": _("待核验"), "closed": _("已销号"), "reopened": _("重新整改"),
        "withdrawn": _("已撤销"),
    }  # fmt: skip


def step_names() -> dict[str, str]:
    return {
        "taken_on": _("已列入整改"), "progress": _("进展"), "submitted": _("提交核验"), "closed": _("销号"),
        "returned": _("退回"), "reopened": _("自动重新打开"), "withdrawn": _("撤销"), "changed": _("变更"),
    }  # fmt: skip


def _take(item: RectificationItem, form: Form, step: Callable[[], object], done: str) -> Any:
    if form.validate_on_submit():
        with form.storing(Refusal):
            step()
        if not form.errors:
            flash(done, "ok")
            return redirect(url_for(ITEM, item_id=item.id))
    return _item_page(_item(item.id), form), 422


def _item(item_id: int) -> RectificationItem:
    return db.session.get(RectificationItem, item_id) or abort(404)


def _item_page(item: RectificationItem, sent: Form | None = None) -> str:
    """The item; of its forms the one that was sent comes as it was sent."""

    def allowed(endpoint: str) -> bool:
        return may(current_user.grants, endpoint, item.area, item.department)

    def form(kind: type[AnyForm], **filled: Any) -> AnyForm:
        return sent if isinstance(sent, kind) else unsent(kind, **filled)

    under_way = item.state in rectification_items.UNDER_WAY
    return render_template(
        "scoring/rectification_item.html",
        item=item, sent=sent, states=state_names(), steps=step_names(), overdue=is_overdue(item), taken=TAKEN,
        progress=form(ProgressForm) if under_way and allowed("console.rectification_progress") else None,
        verify=form(VerifyForm) if under_way and allowed("console.rectification_verify") else None,
        change=form(ChangeForm, department=item.department, due=item.due)
        if under_way and allowed("console.rectification_change") else None,
        own=item.submitted_by == current_user.username, demo=item.demo,
    )  # fmt: skip


def _table(items: list[RectificationItem]) -> Table:
    columns = [
        Column("number", _("编号"), "number", link="address"), Column("department", _("责任部门")), Column("area", _("地区")),
        Column("name", _("三级指标"), link="address"), Column("goal", _("整改目标")), Column("gap", _("列入时的差距")),
        Column("gain", _("可增分"), "number"), Column("due", _("期限")), Column("state", _("状态")),
        Column("late", _("逾期")),
    ]  # fmt: skip
    names = state_names()
    rows = [
        {
            "number": item.id, "department": item.department, "area": item.area.name,
            "name": f"{item.indicator} {item.name}", "goal": f"{'★' * item.to_stars} {item.requirement}",
            "gap": why_in_words(item.gap), "gain": item.gain, "due": item.due.isoformat(), "state": names[item.state],
            "late": _("逾期") if is_overdue(item) else "", "address": url_for(ITEM, item_id=item.id),
        }
        for item in items
    ]  # fmt: skip
    return Table("rectification", _("整改事项"), columns, rows)


def _trend() -> Figure | None:
    """The months of the items the person may open; None before the second month."""
    areas = {area.id: area for area in db.session.query(Area)}
    places = [
        (area, department)
        for area, department in rectification_months.places()
        if may(current_user.grants, ITEM, areas[area], department)
    ]
    months = rectification_months.trend(places)
    if not months:
        return None
    names = {"open": _("整改中"), "submitted": _("待核验"), "closed": _("已销号"), "overdue": _("逾期")}
    columns = [Column("month", _("月份")), *(Column(key, label, "number") for key, label in names.items())]
    rows = [vars(month) for month in months]
    caption = _("每月的整改情况(每月首次查看或执行命令时留存)")
    points = [
        {"month": month.month, "state": label, "number": getattr(month, key)}
        for month in months
        for key, label in names.items()
    ]
    svg = months_chart(points, list(names.values()), _("事项数"))
    return Figure("months", caption, svg, Table("months", caption, columns, rows))


@bp.app_template_global()
def rectification_days_late(item: RectificationItem) -> int:
    return (today() - item.due).days
