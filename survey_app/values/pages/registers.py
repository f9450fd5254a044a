"""台账: items that prove points, with their evidence; added and changed by hand, or from a table."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from analysis.scoring.registers import Register
from survey_app.console.forms import unsent
from survey_app.console.frame import bp
from survey_app.console.incoming import LIMIT, Incoming, IncomingForm, received
from survey_app.console.permissions import Arguments, Menu, Owner, all_of, may, own
from survey_app.console.tables import Column, Row, Table, requested_export
from survey_app.console.words import doer
from survey_app.documents.spreadsheets import XLSX
from survey_app.files import stored as stored_files
from survey_app.files.evidence_types import SIZE_LIMIT, TAKEN
from survey_app.files.handed import handed_in
from survey_app.files.tables_in import Preview, TableRefusedError, template_csv, template_xlsx
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.ground.uploads import takes_files
from survey_app.models import Area, Period, RegisterItem, db
from survey_app.values import register_import, registers
from survey_app.values.assignments import responsible
from survey_app.values.forms import said
from survey_app.values.pages.forms import RegisterForm, RemoveForm, register_form
from survey_app.values.pages.worklist import asked_period, own_tasks
from survey_app.values.periods import current_period, periods
from survey_app.values.reading import indicator_of, value_rows
from survey_app.values.readings import rulebook_in
from wording import Refusal

EVERYONE = ("manager", "evaluator", "department", "scorer", "auditor")


def owner_of_register(arguments: Arguments) -> Owner | None:
    """The area, and the departments that answer for what the register counts."""
    area = _area(str(arguments["area"]))
    register = registers.register_in(area, str(arguments["register"])) if area else None
    return (area, _departments(area, register)) if area and register else None


def owner_of_item(arguments: Arguments) -> Owner | None:
    item = db.session.get(RegisterItem, arguments["item_id"])
    return owner_of_register({"area": item.area.code, "register": item.register}) if item else None


@bp.page("/registers", "查看台账", all_of(*EVERYONE), menu=Menu("台账", "score", 15, ("/console/registers",)))
def registers_page() -> str | BaseResponse:
    period = asked_period()
    seen: dict[int, set[str]] = {}
    areas: dict[int, Area] = {}
    for task in own_tasks(period):
        areas[task.area.id] = task.area
        seen.setdefault(task.area.id, set()).add(task.indicator)
    counts, none = registers.numbers(list(areas.values())), registers.nils(list(areas.values()), period)
    rows = []
    for area in areas.values():
        for register in registers.registers_in(period, area):
            if seen[area.id] & _indicators(register, period.rulebook_of(area)):
                items, bare = counts.get((area.id, register.key), (0, 0))
                rows.append(
                    {
                        "area": area.name, "register": register.name.text(language()), "items": items, "bare": bare,
                        "none": _("本周期无") if (area.id, register.key) in none else "",
                        "address": url_for("console.register_page", area=area.code, register=register.key),
                    }
                )  # fmt: skip
    columns = [
        Column("area", _("地区")),
        Column("register", _("台账"), link="address"),
        Column("items", _("条数"), "number"),
        Column("bare", _("没有佐证材料"), "number"),
        Column("none", _("报“无”")),
    ]
    table = Table(
        "registers", _("台账"), columns, rows, empty=_("没有台账。评价方案列有台账、地区添加之后，列在这里。")
    )
    return requested_export(table) or render_template(
        "values/registers.html",
        table=table,
        period=period,
        periods=periods(),
        demo=any(area.demo for area in areas.values()),
    )


@bp.page("/registers/<area>/<register>", "查看台账", own(*EVERYONE), of=owner_of_register)
def register_page(area: str, register: str) -> str | BaseResponse:
    return _page(*_found(area, register))


@bp.action("/registers/<area>/<register>", "登记台账", own("manager", "department"), of=owner_of_register)
@takes_files(SIZE_LIMIT)
def add_to_register(area: str, register: str) -> Any:
    place, kind = _found(area, register)
    form = register_form(kind, language())()
    if _stored(form, place, kind, None):
        flash(_("已登记。"), "ok")
        return redirect(url_for("console.register_page", area=area, register=register))
    return _page(place, kind, form), 422


@bp.action(
    "/registers/<area>/<register>/none", "报本周期无台账条目", own("manager", "department"), of=owner_of_register
)
def register_none(area: str, register: str) -> BaseResponse:
    place, kind = _found(area, register)
    try:
        with transaction():
            registers.state_none(place, kind, current_user.username)
        flash(_("已报本周期无条目；以后登记一条，即自动撤回。"), "ok")
    except registers.RegisterError as error:
        flash(str(error), "error")
    return redirect(url_for("console.register_page", area=area, register=register))


@bp.page("/registers/items/<int:item_id>", "查看台账的一条", own(*EVERYONE), of=owner_of_item)
def register_item(item_id: int) -> str | BaseResponse:
    item, kind = _item(item_id)
    return _page(item.area, kind, None, item)


@bp.action("/registers/items/<int:item_id>", "修改台账", own("manager", "department"), of=owner_of_item)
@takes_files(SIZE_LIMIT)
def change_register_item(item_id: int) -> Any:
    item, kind = _item(item_id)
    form = register_form(kind, language())()
    if _stored(form, item.area, kind, item):
        flash(_("已保存。"), "ok")
        return redirect(url_for("console.register_page", area=item.area.code, register=kind.key))
    return _page(item.area, kind, form, item), 422


@bp.action("/registers/items/<int:item_id>/remove", "移除台账的一条", own("manager", "department"), of=owner_of_item)
def remove_register_item(item_id: int) -> BaseResponse:
    item, kind = _item(item_id)
    form = RemoveForm()
    if form.validate_on_submit():
        with form.storing(Refusal):
            registers.remove(item, form.reason.data, current_user.username)
    said_so = [str(one) for messages in form.errors.values() for one in messages]
    flash(" ".join(said_so) if said_so else _("已移除，仍可在移除的条目中查到。"), "error" if said_so else "ok")
    return redirect(url_for("console.register_page", area=item.area.code, register=kind.key))


@bp.page("/registers/items/<int:item_id>/evidence", "下载台账的佐证材料", own(*EVERYONE), of=owner_of_item)
def register_evidence(item_id: int) -> Response:
    """The file as it was handed in, never opened inside the page."""
    item, _kind = _item(item_id)
    stored = stored_files.take(item.digest or "") or abort(404)
    return send_file(io.BytesIO(stored.body), stored.media_type, as_attachment=True, download_name=item.file_name)


@bp.page("/registers/<area>/<register>/template.<ending>", "下载台账空白表", own(*EVERYONE), of=owner_of_register)
def register_template(area: str, register: str, ending: str) -> BaseResponse:
    _place, kind = _found(area, register)
    if ending not in ("xlsx", "csv"):
        abort(404)
    body = (template_xlsx if ending == "xlsx" else template_csv)(
        register_import.fields_of(kind), [register_import.example_of(kind)]
    )
    headers = {"Content-Disposition": f"attachment; filename={kind.key}-template.{ending}"}
    return Response(body, content_type=XLSX if ending == "xlsx" else "text/csv; charset=utf-8", headers=headers)


@bp.action("/registers/<area>/<register>/import", "导入台账", own("manager", "department"), of=owner_of_register)
@takes_files(LIMIT)
def import_register(area: str, register: str) -> Any:
    """The preview of a new file; the storing of a confirmed one, which is checked again."""
    place, kind = _found(area, register)
    back, form = url_for("console.register_page", area=area, register=register), IncomingForm()
    file = received("register", f"{area}/{register}", {}, form)
    if file is None:
        flash(_("请选择 .xlsx 或 .csv 文件。预览超过一天的须重新上传。"), "error")
        return redirect(back)
    if not file.confirmed:
        db.session.commit()  # the file itself, so that its confirmation finds it again
        found = register_import.preview(place, kind, file.name, file.data)
        return (_preview_page(kind, file, found, back), 422) if found.faults else _preview_page(kind, file, found, back)
    try:
        with transaction():
            found = register_import.store(place, kind, file.name, file.data, current_user.username)
    except TableRefusedError as error:
        return _preview_page(kind, file, Preview((), error.faults), back), 422
    flash(_("已导入：新增%(a)s项，修改%(c)s项。", a=found.count("add"), c=found.count("change")), "ok")
    return redirect(back)


def _stored(form: RegisterForm, area: Area, kind: Register, item: RegisterItem | None) -> bool:
    """Whether the form was right and is stored."""
    if not form.validate_on_submit():
        return False
    given = {key: form[key].data for key in ("title", *kind.asks)}
    texts = {
        key: (value or "").strip() for key, value in given.items() if key in ("title", "level", "about", "handling")
    }
    with form.storing(Refusal):
        file = handed_in(form.file.data)
        written = registers.Written(**{**given, **texts})
        registers.save(area, kind, written, file, current_user.username, item, form.version.data)
    return not form.errors


def _page(
    area: Area, kind: Register, form: RegisterForm | None = None, item: RegisterItem | None = None
) -> str | BaseResponse:
    table = _table(kind, registers.items_of(area, kind.key))
    removed = registers.items_of(area, kind.key, removed=True)
    editable = may(current_user.grants, "console.add_to_register", area, _departments(area, kind))
    editable = editable and (item is None or item.removed_at is None)
    kept = registers.written(item).as_dict() if item is not None else {}
    shape = register_form(kind, language())
    return requested_export(table) or render_template(
        "values/register.html", area=area, kind=kind, table=table, removed=removed, item=item, editable=editable,
        form=form or unsent(shape, data={**kept, "version": item.version if item else 0}), columns=("title", *kind.asks),
        nil=registers.nil_of(area, kind.key, current_period()), period=current_period(),
        told=_told(area, kind), taken=TAKEN, fields=register_import.fields_of(kind), language=language(), demo=area.demo,
    )  # fmt: skip


def _told(area: Area, kind: Register) -> list[Row]:
    """What the register gives for each metric of the current period, beside what is stored."""
    period = current_period()
    book = rulebook_in(period, area)
    found: list[Row] = []
    stored = {(row.indicator, row.metric): row.value for row in value_rows(area, book.id, period)}
    for (indicator, metric), one in registers.counted_for(area, period).items():
        if one.register.key == kind.key:
            shown = indicator_of(book, indicator).metric(metric)
            found.append(
                {
                    "name": shown.name if shown else metric, "value": registers.shown(one.counted), "n": len(one.counted.ids),
                    "stored": said(shown, stored.get((indicator, metric))), "differs": one.differs,
                    "address": url_for("console.value_page", period=period.code, area=area.code, indicator=indicator),
                }
            )  # fmt: skip
    return found


def _table(kind: Register, items: list[RegisterItem]) -> Table:
    columns = [Column("title", kind.title.text(language()), link="address")]
    columns += [
        Column(key, words.text(language()), "number" if key == "number" else "text") for key, words in kind.asks.items()
    ]
    columns += [
        Column("file", _("佐证材料"), link="evidence"),
        Column("by", _("登记人")),
        Column("at", _("登记时间"), "moment"),
    ]
    rows: list[Row] = []
    for item in items:
        evidence = url_for("console.register_evidence", item_id=item.id) if item.digest else ""
        rows.append(
            {
                **registers.written(item).said(), "number": item.number, "file": item.file_name, "by": doer(item.by), "at": item.at,
                "address": url_for("console.register_item", item_id=item.id), "evidence": evidence,
            }
        )  # fmt: skip
    return Table(kind.key, kind.name.text(language()), columns, rows)


def _preview_page(kind: Register, file: Incoming, found: Preview, back: str) -> str:
    faults = [{"row": fault.row or None, "column": fault.column, "says": str(fault)} for fault in found.faults]
    columns = [Column("row", _("行"), "number"), Column("column", _("列")), Column("says", _("问题"))]
    return render_template(
        "surveys/import_preview.html", kind="register", title=_("导入台账") + _("：") + kind.name.text(language()), file=file, found=found,
        back=back, survey=None, names={"title": kind.title.text(language()), **{key: words.text(language()) for key, words in kind.asks.items()}},
        faults=Table("faults", _("文件中的问题"), columns, faults), reason="", address=request.path,
        confirm=bool(found.changes) and found.moves, demo=False,
    )  # fmt: skip


def _indicators(register: Register, rulebook: str) -> set[str]:
    return {str(count.rows[rulebook]) for count in register.counts_in(rulebook)}


def _departments(area: Area, register: Register) -> tuple[str, ...]:
    period: Period = current_period()
    book = period.rulebook_of(area)
    who = responsible(area, book)
    return tuple(sorted({name for key in _indicators(register, book) for name in who[key].departments}))


def _area(code: str) -> Area | None:
    found: Area | None = db.session.scalar(db.select(Area).where(Area.code == code))
    return found


def _found(area: str, register: str) -> tuple[Area, Register]:
    place = _area(area) or abort(404)
    return place, registers.register_in(place, register) or abort(404)


def _item(item_id: int) -> tuple[RegisterItem, Register]:
    item = db.session.get(RegisterItem, item_id) or abort(404)
    return item, registers.register_in(item.area, item.register) or abort(404)
