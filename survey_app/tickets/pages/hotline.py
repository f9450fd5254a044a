"""The city's 12345 line: cases and replies in by a table, tickets out, and how the line's words are read."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from survey_app.console.forms import Form, unsent, with_fields
from survey_app.console.frame import bp
from survey_app.console.incoming import LIMIT, Incoming, IncomingForm, received
from survey_app.console.permissions import Menu, all_of, own
from survey_app.console.tables import Column, Table
from survey_app.documents.spreadsheets import XLSX
from survey_app.files.tables_in import Field, Preview, TableRefusedError, template_csv, template_xlsx
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.ground.uploads import takes_files
from survey_app.models import Ticket, db
from survey_app.tickets import hotline
from survey_app.tickets.fields import Counter, cities, find_counter
from survey_app.tickets.hotline_files import sheet
from survey_app.tickets.pages.forms import SendForm
from survey_app.tickets.pages.tickets import visible
from survey_app.tickets.pages.words import step_names

MOST_SENT = 5000
EXAMPLE = (
    "",
    "2026070100123",
    "交通设施",
    "甲县",
    "人民路与一号街路口",
    "路口的红绿灯坏了两天",
    "张先生",
    "13800000000",
    "",
    "",
    "",
)


class CityForm(IncomingForm):
    """A table of the line, and of which city."""

    city = StringField(lazy_gettext("城市"))


@bp.page("/hotline", "查看12345对接", own("manager", "auditor"), menu=Menu("12345对接", "citizens", 30))
def hotline_page() -> str:
    """The tables in and out, and how the line's words are read; words that nobody has read yet first."""
    return _page(_counter(request.args.get("city", "")))


@bp.action("/hotline/words", "修改12345对照表", own("manager"))
def hotline_words() -> BaseResponse | tuple[str, int]:
    counter = _counter(request.args.get("city", ""))
    form = _words_form(counter)()
    if not form.validate():
        return _page(counter, form), 422
    with transaction():
        hotline.save_words(_written(form))
    flash(_("对照表已保存。"), "ok")
    return redirect(url_for("console.hotline_page", city=counter.code))


@bp.page("/hotline/template.<ending>", "下载12345空白表", own("manager", "auditor"))
def hotline_template(ending: str) -> BaseResponse:
    if ending not in ("xlsx", "csv"):
        abort(404)
    body = (template_xlsx if ending == "xlsx" else template_csv)(hotline.COLUMNS, [EXAMPLE])
    headers = {"Content-Disposition": f"attachment; filename=12345-template.{ending}"}
    return Response(body, content_type=XLSX if ending == "xlsx" else "text/csv; charset=utf-8", headers=headers)


@bp.action("/hotline/import", "导入12345工单", own("manager"))
@takes_files(LIMIT)
def hotline_import() -> Any:
    """The preview of a new file; the storing of a confirmed one, which is checked again."""
    form = CityForm()
    counter = _counter(request.args.get("city", ""))
    back = url_for("console.hotline_page", city=counter.code)
    file = received("hotline", counter.code, {}, form)
    if file is None:
        flash(_("请选择 .xlsx 或 .csv 文件。预览超过一天的须重新上传。"), "error")
        return redirect(back)
    if not file.confirmed:
        db.session.commit()  # the file itself, so that its confirmation finds it again
        found = hotline.preview(counter, file.name, file.data)
        return _preview_page(file, found, back), 422 if found.faults else 200
    try:
        with transaction():
            found = hotline.store(counter, file.name, file.data, current_user.username)
    except TableRefusedError as error:
        return _preview_page(file, Preview((), error.faults), back), 422
    flash(_("已导入：新增%(a)s项，修改%(c)s项。", a=found.count("add"), c=found.count("change")), "ok")
    return redirect(back)


@bp.action("/hotline/export", "导出工单给12345", all_of("manager"))
def hotline_export() -> BaseResponse:
    """The ticked tickets, or all that changed since a day, of those that are the person's to coordinate."""
    form = SendForm()
    ticked = [int(mark.partition("-")[0]) for mark in form.ticket.data or () if mark.partition("-")[0].isdecimal()]
    chosen = hotline.changed_since(form.since.data) if form.since.data else Ticket.id.in_(ticked)
    mine = visible("console.ticket_coordinate"), Ticket.number_hash.is_not(None)
    found = list(db.session.scalars(select(Ticket).where(chosen, *mine).order_by(Ticket.id).limit(MOST_SENT + 1)))
    if not found or len(found) > MOST_SENT:
        flash(_("一次最多导出%(n)s件，请缩小范围。", n=MOST_SENT) if found else _("没有可导出的工单。"), "error")
        return redirect(request.referrer or url_for("console.tickets_page"))
    with transaction():
        rows = hotline.send(found, current_user.username)
    headers = {"Content-Disposition": "attachment; filename=tickets-12345.xlsx"}
    return Response(sheet(rows), content_type=XLSX, headers=headers)


def _counter(code: str) -> Counter:
    known = [one for one, *_names in cities()]
    return find_counter(code if code in known else known[0]) or abort(404) if known else abort(404)


def _page(counter: Counter, form: Any = None) -> str:
    form = form or _words_form(counter)(formdata=None)
    kinds = {one.key: _label(one) for one in hotline.COLUMNS if one.key in hotline.KINDS}
    waiting = [(kinds[kind], theirs) for (kind, theirs), ours in hotline.words().items() if not ours]
    return render_template(
        "tickets/hotline.html", counter=counter, cities=cities(), form=form, kinds=kinds, fields=hotline.COLUMNS,
        rows=_rows(form), waiting=waiting, sending=unsent(SendForm), language=language(), demo=counter.demo,
    )  # fmt: skip


def _words_form(counter: Counter) -> type[Form]:
    """A box for each column's heading; for each word of the line a box and what it is here, and an empty line a kind."""
    short, fields = [Length(max=80)], {}
    stored = hotline.words()
    for one in hotline.COLUMNS:
        heading = next((theirs for (kind, theirs), ours in stored.items() if (kind, ours) == ("column", one.key)), "")
        fields[f"column-{one.key}"] = StringField(_label(one), short, default=heading)
    for kind in hotline.KINDS:
        told = hotline.choices(counter, kind)
        named = step_names() if kind == "state" else {value: _name(names) for value, *names in told}
        kept = [(theirs, ours) for (each, theirs), ours in stored.items() if each == kind]
        for theirs, ours in [*sorted(kept, key=lambda row: bool(row[1])), ("", "")]:
            place = crc32(
                theirs.encode()
            )  # names the line, whatever came in since the page was made; 0 is the empty one
            choices = [
                SelectChoice("", _("还没有对应")),
                *(SelectChoice(value, named[value]) for value, *_more in told),
            ]
            choices += [] if not ours or ours in named else [SelectChoice(ours, ours)]
            fields[f"theirs-{kind}-{place}"] = StringField(_("12345的说法"), short, default=theirs)
            fields[f"ours-{kind}-{place}"] = SelectField(
                _("本系统"), choices=choices, default=ours, validate_choice=False
            )
    return with_fields(Form, fields)


def _label(column: Field) -> str:
    return column.en if language() == "en" else column.zh


def _name(names: list[str]) -> str:
    return names[-1] if language() == "en" else names[0]


def _rows(form: Any) -> dict[str, list[tuple[Any, Any]]]:
    """Kind -> its lines of the form."""
    found: dict[str, list[tuple[Any, Any]]] = {kind: [] for kind in hotline.KINDS}
    for field in form:
        if field.name.startswith("theirs-"):
            found[field.name.split("-")[1]].append((field, form[field.name.replace("theirs", "ours", 1)]))
    return found


def _written(form: Any) -> hotline.Words:
    """The table as it was sent, and what came in since the page was made."""
    wanted: hotline.Words = {}
    for one in hotline.COLUMNS:
        if heading := (form[f"column-{one.key}"].data or "").strip():
            wanted["column", heading] = one.key
    for kind, lines in _rows(form).items():
        for theirs, ours in lines:
            known = {choice.value for choice in ours.choices}
            if not theirs.raw_data and theirs.object_data:
                wanted[kind, theirs.object_data] = ours.object_data
            elif said := (theirs.data or "").strip():
                wanted[kind, said] = ours.data if ours.data in known else ""
    return wanted


def _preview_page(file: Incoming, found: Preview, back: str) -> str:
    faults = [{"row": fault.row or None, "column": fault.column, "says": str(fault)} for fault in found.faults]
    columns = [Column("row", _("行"), "number"), Column("column", _("单元格")), Column("says", _("问题"))]
    names = {one.key: _label(one) for one in hotline.COLUMNS}
    return render_template(
        "surveys/import_preview.html", kind="hotline", title=_("导入12345工单"), file=file, found=found, back=back, survey=None,
        names={**names, "unknown": _("还没有对应"), "near": _("可能是同一件事的工单")},
        faults=Table("faults", _("文件中的问题"), columns, faults), reason="", address=request.full_path.rstrip("?"),
        confirm=bool(found.changes) and found.moves, demo=False,
    )  # fmt: skip
