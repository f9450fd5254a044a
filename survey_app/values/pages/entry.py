"""One indicator: what is asked, its values, its evidence, and its way to the verifier."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask import Response, abort, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from analysis.scoring.entering import AskBackError, ImplausibleError
from analysis.scoring.kinds import score_indicator
from analysis.scoring.kinds.base import tiers_of
from analysis.scoring.rulebook import Metric
from analysis.scoring.values import RATING, ValuesError, read_values
from survey_app.console.forms import unsent
from survey_app.console.frame import bp
from survey_app.console.permissions import Arguments, Owner, may, own
from survey_app.console.tables import Column, Row, Table, requested_export
from survey_app.console.words import doer
from survey_app.files import stored as stored_files
from survey_app.files.evidence_types import SIZE_LIMIT
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.ground.uploads import takes_files
from survey_app.models import Evidence, ValueChange, db
from survey_app.values import entry as value_entry
from survey_app.values import evidence, registers
from survey_app.values.earlier import Earlier, earlier_of
from survey_app.values.entry import ConflictError, EntryError, Place
from survey_app.values.forms import said, value_of
from survey_app.values.pages.forms import (
    PARTS,
    RemoveForm,
    ValueForm,
    VersionForm,
    filled_values,
    problems_of,
    value_form,
)
from survey_app.values.pages.worklist import responsible_words, state_names
from survey_app.values.periods import deadline_of, periods
from survey_app.values.reading import indicator_of, present_values
from survey_app.values.verification import hands_of
from wording import Message, Text


def owner_of_value(arguments: Arguments) -> Owner | None:
    """Leads and supporting departments enter values and evidence."""
    place = value_entry.place_of(*(str(arguments[name]) for name in ("period", "area", "indicator")))
    return (place.area, place.who.departments) if place else None


def owner_of_submission(arguments: Arguments) -> Owner | None:
    """Only a lead hands in."""
    place = value_entry.place_of(*(str(arguments[name]) for name in ("period", "area", "indicator")))
    return (place.area, place.who.leads) if place else None


def owner_of_evidence(arguments: Arguments) -> Owner | None:
    item = db.session.get(Evidence, arguments["evidence_id"])
    place = _place_of(item) if item else None
    return (place.area, place.who.departments) if place else None


@bp.page(
    "/values/<period>/<area>/<indicator>",
    "查看一个指标",
    own("manager", "evaluator", "department", "scorer", "auditor"),
    of=owner_of_value,
)
def value_page(period: str, area: str, indicator: str) -> str:
    return _page(_place(period, area, indicator))


@bp.action("/values/<period>/<area>/<indicator>", "填写指标数值", own("manager", "department"), of=owner_of_value)
@takes_files(4 * SIZE_LIMIT)
def save_value(period: str, area: str, indicator: str) -> BaseResponse | tuple[str, int]:
    place = _place(period, area, indicator)
    form = value_form(place.metrics)()
    try:
        with transaction():
            _save(place, form)
    except EntryError as error:
        return _page(place, error, form), 409 if isinstance(error, ConflictError) else 422
    flash(_("已保存。"), "ok")
    return redirect(_address(place))


@bp.page(
    "/values/<period>/<area>/<indicator>/<metric>/understood",
    "填写指标数值",
    own("manager", "department"),
    of=owner_of_value,
)
def understood_value(period: str, area: str, indicator: str, metric: str) -> BaseResponse:
    """How what stands in a metric's boxes would be read; the page's script asks while one types."""
    place = _place(period, area, indicator)
    asked = next((item for item in place.metrics if item.key == metric), None) or abort(404)
    value, top, bottom, reason, confirmed = (request.args.get(f"{metric}:{part}", "") for part in PARTS)
    try:
        says = said(asked, value_of(asked, value, top, bottom, reason, confirmed, indicator=place.scored))
        return jsonify(says=_("读作：%(value)s", value=says) if says else "", wrong=False)
    except ValueError as error:
        return jsonify(says=str(error), wrong=True)


@bp.action(
    "/values/<period>/<area>/<indicator>/submit", "报送一个指标", own("manager", "department"), of=owner_of_submission
)
@takes_files(4 * SIZE_LIMIT)
def submit_value(period: str, area: str, indicator: str) -> BaseResponse | tuple[str, int]:
    """Save what the form says and hand it in, or neither."""
    place = _place(period, area, indicator)
    form = value_form(place.metrics)()
    try:
        with transaction():
            entry = _save(place, form)
            value_entry.submit(place, entry.version, current_user.username)
    except EntryError as error:
        return _page(place, error, form), 409 if isinstance(error, ConflictError) else 422
    flash(_("已提交，等待核验。"), "ok")
    return redirect(_address(place))


@bp.action(
    "/values/<period>/<area>/<indicator>/withdraw", "撤回报送", own("manager", "department"), of=owner_of_submission
)
def withdraw_value(period: str, area: str, indicator: str) -> BaseResponse:
    place, form = _place(period, area, indicator), VersionForm()
    try:
        with transaction():
            if not form.validate_on_submit():
                raise ConflictError
            value_entry.withdraw(place, form.version.data, current_user.username)
        flash(_("已撤回，可以修改。"), "ok")
    except EntryError as error:
        flash(str(error), "error")
    return redirect(_address(place))


@bp.page(
    "/values/<period>/<area>/<indicator>/history",
    "查看指标历史",
    own("manager", "evaluator", "department", "scorer", "auditor"),
    of=owner_of_value,
)
def value_history(period: str, area: str, indicator: str) -> str | BaseResponse:
    """Every value of the indicator by period, and every change, for one metric or all."""
    place = _place(period, area, indicator)
    metric = request.args.get("metric", "")
    wanted = [item for item in place.metrics if metric in ("", item.key)] or abort(404)
    spans = value_entry.in_periods(place, periods())
    values = Table("periods", _("各周期的数值"), _period_columns(), _by_period(spans, wanted))
    changes = [change for change in value_entry.history(*spans) if metric in ("", change.what)]
    table = Table("history", _("修改记录"), _change_columns(), [_change_row(place, change) for change in changes])
    return requested_export(values, table) or render_template(
        "values/value_history.html", place=place, metric=metric, values=values, table=table, demo=place.area.demo
    )


@bp.action(
    "/values/<period>/<area>/<indicator>/evidence", "附佐证材料", own("manager", "department"), of=owner_of_value
)
@takes_files(4 * SIZE_LIMIT)
def attach_evidence(period: str, area: str, indicator: str) -> BaseResponse | str:
    """Keep the files alone; values typed beside them stay in their boxes, unsaved as they were."""
    place = _place(period, area, indicator)
    form = value_form(place.metrics)()
    before = value_entry.entry_of(place, fresh=True)
    seen_last = form.version.data == (before.version if before else 0)
    typed = _typed(place, form)
    try:
        with transaction():
            kept = _attach(place)
        told = _("已保存%(kept)s个文件。", kept=kept) if kept else _("请先选择文件。")
        if typed and kept:
            told += " " + _("数值还没有保存。")
        flash(told, "ok" if kept else "error")
    except EntryError as error:
        flash(" ".join((_("没有保存任何文件。"), str(error))), "error")
    if typed:
        return _page(place, None, form, None if seen_last else form.version.data)
    return redirect(_address(place, "evidence"))


@bp.page(
    "/values/evidence/<int:evidence_id>",
    "下载佐证材料",
    own("manager", "evaluator", "department", "scorer", "auditor"),
    of=owner_of_evidence,
)
def evidence_file(evidence_id: int) -> Response:
    """The file as it was handed in, never opened inside the page."""
    item = db.session.get(Evidence, evidence_id) or abort(404)
    stored = stored_files.take(item.digest) or abort(404)
    import io

    return send_file(io.BytesIO(stored.body), mimetype=item.media_type, as_attachment=True, download_name=item.name)


@bp.action(
    "/values/evidence/<int:evidence_id>/remove", "删除佐证材料", own("manager", "department"), of=owner_of_evidence
)
def remove_evidence(evidence_id: int) -> BaseResponse:
    item = db.session.get(Evidence, evidence_id) or abort(404)
    place, form = _place_of(item) or abort(404), RemoveForm()
    try:
        with transaction():
            if not form.validate_on_submit():
                raise EntryError(problems_of(form))
            evidence.remove(place, item, form.reason.data, current_user.username)
        flash(_("已移除，历史记录中仍可查到。"), "ok")
    except EntryError as error:
        flash(str(error), "error")
    return redirect(_address(place, "evidence"))


def _save(place: Place, form: ValueForm) -> Any:
    """Store the form. Raises EntryError with every cell that cannot be read."""
    given: dict[str, object] = {}
    problems: list[tuple[str, Text]] = []
    asked: dict[str, ValueError] = {}
    for metric in place.metrics:
        try:
            given[metric.key] = form.value(metric, place.scored)
        except ValueError as error:
            problems.append((metric.key, Message("values.of_metric", name=metric.name, said=error)))
            asked[metric.key] = error
    if not form.validate_on_submit():
        problems += problems_of(form)
    if problems:
        raise EntryError(problems, asked)
    entry = value_entry.save(place, given, form.note.data or "", form.version.data, current_user.username)
    _attach(place)
    return entry


def _attach(place: Place) -> int:
    """Keep the files that came with the form; how many there were. The caller commits. Raises EntryError."""
    files = [file for file in request.files.getlist("files") if file.filename]
    for file in files:
        evidence.attach(place, file.filename or "", file.read(), current_user.username)
    return len(files)


def _typed(place: Place, form: ValueForm) -> bool:
    """Whether the form says something else than what is stored."""
    entry, rows = value_entry.entry_of(place), value_entry.rows_of(place)
    values = {metric: row.value for metric, row in rows.items()}
    stored = unsent(value_form(place.metrics), data=filled_values(place.metrics, values, entry.note if entry else ""))
    names = [field.name for field in form if field.raw_data and field.name not in ("csrf_token", "version")]
    return any(str(form[name].data or "") != str(stored[name].data or "") for name in names)


def _page(
    place: Place, error: EntryError | None = None, sent: ValueForm | None = None, version: int | None = None
) -> str:
    """The page; after an error with everything the person wrote, beside what is stored now.

    version: the one the person has seen, where that is not the present one.
    """
    entry, rows = value_entry.entry_of(place, fresh=True), value_entry.rows_of(place, fresh=True)
    values = {metric: row.value for metric, row in rows.items()}
    state = value_entry.state(place)
    grants, who = current_user.grants, place.who
    can_enter = may(grants, "console.save_value", place.area, who.departments)
    editable = can_enter and not value_entry.refusals(place, entry)
    verifies = may(grants, "console.verify_value", place.area)
    earlier = earlier_of(place)
    offered = {key: one.value for key, one in earlier.items() if editable and values.get(key) is None}
    stored = filled_values(place.metrics, values | offered, entry.note if entry else "")
    form = sent or unsent(value_form(place.metrics), data=stored)
    return render_template(
        "values/value.html", place=place, entry=entry, state=state, states=state_names(), error=error,
        who=responsible_words(who), form=form, version=version if version is not None else entry.version if entry else 0,
        lines=[_line(metric, said(metric, values.get(metric.key)), form, error) for metric in place.metrics],
        deadline=deadline_of(place.period, place.area, who.departments), shares=any(m.ratio_of for m in place.metrics),
        editable=editable, may_submit=editable and may(grants, "console.submit_value", place.area, who.leads),
        may_withdraw=state == "submitted" and may(grants, "console.withdraw_value", place.area, who.leads),
        may_verify=verifies and state in ("submitted", "accepted"),
        own_hand=entry is not None and current_user.username in hands_of([entry])[entry.id],
        files=evidence.attached(entry), removed=[item for item in evidence.attached(entry, True) if item.removed_at],
        changes=[_change_row(place, change) for change in value_entry.history(place)[:30]], demo=place.area.demo,
        registers=_registers(place), earlier=_earlier(place, earlier, values, offered), **_standing(place),
    )  # fmt: skip


def _line(metric: Metric, stored: str, form: ValueForm, error: EntryError | None) -> tuple[Metric, str, Any, Any]:
    """A metric, its stored value in words, its boxes, and the readings to choose from where its number has two."""
    asked = error.asked.get(metric.key) if error else None
    choices = asked.choices if isinstance(asked, AskBackError) else ()
    return metric, stored, form.boxes(metric, unusual=isinstance(asked, ImplausibleError)), choices


def _earlier(
    place: Place, earlier: Mapping[str, Earlier], values: Mapping[str, object], offered: Collection[str]
) -> dict[str, Row]:
    """Metric -> what the period it asks of has, and how that stands to the present value."""
    return {
        key: {
            "period": one.period,
            "value": said(indicator_of(place.rulebook, place.indicator).metric(key), one.value),
            "accepted": one.accepted,
            "offered": key in offered,
            "differs": values.get(key) is not None and said(None, values[key]) != said(None, one.value),
        }
        for key, one in earlier.items()
    }


def _registers(place: Place) -> dict[str, Row]:
    """Metric -> what its register gives, where the area keeps one."""
    found = registers.counted_for(place.area, place.period)
    return {
        metric: {
            "value": registers.shown(told.counted), "n": len(told.counted.ids), "of": told.n, "differs": told.differs,
            "name": told.register.name.text(language()),
            "address": url_for("console.register_page", area=place.area.code, register=told.register.key),
        }
        for (indicator, metric), told in found.items()
        if indicator == place.indicator
    }  # fmt: skip


def _standing(place: Place) -> dict[str, object]:
    """Each tier's requirement with the present values filled in, and what the present values earn."""
    if place.indicator == RATING:
        return {"indicator": None, "scope": "", "tiers": (), "score": None}
    indicator = indicator_of(place.rulebook, place.indicator)
    scope = indicator.scope_in(language())
    try:
        given = present_values(place.area, place.rulebook.id, place.period)
        supplied = read_values(place.rulebook, {key: given.get(key, {}) for key in (place.indicator, RATING)})
    except ValuesError:
        return {"indicator": indicator, "scope": scope, "tiers": (), "score": None}
    row = score_indicator(indicator, supplied, None)
    return {"indicator": indicator, "scope": scope, "tiers": tiers_of(row.indicator, supplied), "score": row}


def _period_columns() -> list[Column]:
    return [
        Column("period", _("周期"), link="address"), Column("metric", _("指标项")), Column("value", _("数值")),
        Column("state", _("状态")), Column("changed", _("最近修改"), "moment"),
    ]  # fmt: skip


def _by_period(places: list[Place], metrics: list[Metric]) -> list[Row]:
    names = state_names()
    return [
        {
            "period": place.period.code, "metric": metric.name, "address": _address(place),
            "value": said(metric, rows[metric.key].value) if metric.key in rows else "", "state": names[state],
            "changed": rows[metric.key].changed_at if metric.key in rows else None,
        }
        for place, (state, rows) in zip(places, value_entry.in_each(places), strict=True)
        for metric in metrics
    ]  # fmt: skip


def _change_columns() -> list[Column]:
    return [
        Column("at", _("时间"), "moment"), Column("period", _("周期")), Column("by", _("账号")), Column("what", _("内容")),
        Column("old", _("之前")), Column("new", _("之后")), Column("reason", _("理由或意见")),
    ]  # fmt: skip


def _change_row(place: Place, change: ValueChange) -> Row:
    names = {":state": _("状态"), ":note": _("说明"), ":evidence": _("佐证材料")}
    metric = next((item for item in place.metrics if item.key == change.what), None)
    return {
        "at": change.at, "by": doer(change.by), "reason": _("由台账计得") if change.reason == registers.FOLLOWS else change.reason, "period": change.entry.period,
        "what": metric.name if metric else names.get(change.what, change.what),
        "old": _worded(change.what, metric, change.old), "new": _worded(change.what, metric, change.new),
    }  # fmt: skip


def _worded(what: str, metric: Metric | None, value: Any) -> str:
    if what == ":state":
        return str(state_names().get(value, value))
    if what == ":evidence":
        return value["name"] if value else ""
    return str(value or "") if what == ":note" else said(metric, value)


def _place_of(item: Evidence) -> Place | None:
    return value_entry.place_of(item.entry.period, item.entry.area.code, item.entry.indicator)


def _place(period: str, area: str, indicator: str) -> Place:
    return value_entry.place_of(period, area, indicator) or abort(404)


def _address(place: Place, anchor: str = "") -> str:
    return url_for(
        "console.value_page", period=place.period.code, area=place.area.code, indicator=place.indicator,
        _anchor=anchor or None,
    )  # fmt: skip
