"""评价方案: every programme and version, one looked at before it is added, chosen for the installation or a city, removed."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from flask import Response, abort, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from analysis.scoring.loading import NoProgrammeError, parse_rulebook
from analysis.scoring.programme import Programme, Unit, load_programme
from analysis.scoring.programme_files import BOOKS, READINGS, Files, files_of
from analysis.scoring.readings import Readings
from analysis.scoring.rulebook import Rulebook
from definitions import DefinitionError, Problem, load_text
from survey_app.console.forms import Form
from survey_app.console.frame import bp, programme_title
from survey_app.console.incoming import Incoming, IncomingForm, received
from survey_app.console.permissions import Menu, all_of, may, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.ground.transaction import transaction
from survey_app.ground.uploads import takes_files
from survey_app.models import Area, db
from survey_app.values import programmes
from survey_app.values.pages.forms import RemoveProgrammeForm, UseProgrammeForm
from survey_app.values.periods import period_of
from survey_app.values.periods import periods as all_periods
from survey_app.values.programme_archive import MOST_PACKED, ArchiveError, archive, from_archive
from wording import Refusal

PAGE = "console.programmes_page"
READERS = all_of("manager", "evaluator", "scorer", "auditor")


@bp.page("/programmes", "查看评价方案", READERS, menu=Menu("评价方案", "score", 45, ("/console/programmes",)))
def programmes_page() -> str | BaseResponse:
    return requested_export(_table()) or _list()


@bp.action("/programmes", "添加评价方案", own("manager"))
@takes_files(MOST_PACKED)
def add_programme() -> str | tuple[str, int] | BaseResponse:
    """What the file holds or what is wrong with it; added once that is confirmed."""
    form = IncomingForm()
    file = received("programme", "", {}, form)
    if file is None:
        flash(_("请选择 .zip 文件。预览超过一天的须重新上传。"), "error")
        return redirect(url_for(PAGE))
    try:
        texts = from_archive(file.data)
        if file.confirmed:
            with transaction():
                programme = programmes.add(texts)
            flash(_("评价方案已添加。要按它评定，请在下面选定。"), "ok")
            return redirect(url_for("console.programme_page", ref=programme.ref))
        programme = programmes.looked_at(texts)
    except DefinitionError as error:
        return _list(error.problems), 422
    except (ArchiveError, programmes.ProgrammeError) as error:
        return _list([Problem(file.name, 0, "", str(error))]), 422
    db.session.commit()  # the file itself, so that its confirmation finds it again
    return _shown(programme, texts, file)


@bp.page("/programmes/<ref>", "查看评价方案", READERS)
def programme_page(ref: str) -> str:
    return _shown(*_known(ref))


@bp.page("/programmes/<ref>/file", "下载评价方案", READERS)
def programme_file(ref: str) -> Response:
    """The folder as one file, with the digests of all it holds."""
    programme, texts = _known(ref)
    name = f"{programme.id}-v{programme.version}.zip"
    return send_file(io.BytesIO(archive(texts)), "application/zip", as_attachment=True, download_name=name)


@bp.action("/programmes/<ref>/use", "选定评价方案", own("manager"))
def use_programme(ref: str) -> BaseResponse | tuple[str, int]:
    programme, texts = _known(ref)
    form = UseProgrammeForm().offer(_cities(), all_periods())
    if form.validate_on_submit():
        city = next((one for one in _cities() if one.code == form.city.data), None)
        with form.storing(Refusal):
            period = period_of(form.period.data) if form.period.data else None
            programmes.use(ref, period, city, form.reason.data)
        if not form.errors:
            flash(_("已选定。"), "ok")
            return redirect(url_for("console.programme_page", ref=ref))
    return _shown(programme, texts, sent=form), 422


@bp.action("/programmes/<ref>/remove", "删除评价方案", own("manager"))
def remove_programme(ref: str) -> BaseResponse | tuple[str, int]:
    programme, texts = _known(ref)
    form = RemoveProgrammeForm()
    if form.validate_on_submit():
        with form.storing(Refusal):
            programmes.remove(ref, form.reason.data)
        if not form.errors:
            flash(_("评价方案已删除。"), "ok")
            return redirect(url_for(PAGE))
    return _shown(programme, texts, sent=form), 422


@bp.app_errorhandler(NoProgrammeError)
def no_programme(error: NoProgrammeError) -> tuple[str, int]:
    """Nothing can be rated here yet: what there is to choose, for those who may."""
    return render_template("values/no_programme.html", error=error, said=str(error)), 409


def _list(problems: Sequence[Problem] = ()) -> str:
    adds = may(current_user.grants, "console.add_programme", None)
    chosen = any(one.default or one.periods for one in programmes.listed())
    return render_template("values/programmes.html", table=_table(), problems=problems, adds=adds, chosen=chosen)


def _table() -> Table:
    columns = [
        Column("title", _("评价方案"), link="address"), Column("version", _("版本"), "number"), Column("number", _("文号")),
        Column("units", _("评定对象")), Column("periods", _("填报周期")), Column("digest", _("摘要")), Column("state", _("状态")),
    ]  # fmt: skip
    rows = [
        {
            "title": programme_title(one.programme), "version": one.programme.version, "number": one.programme.source.number,
            "units": _("、").join(_kinds()[kind] for kind in one.programme.units), "periods": _("、").join(one.periods),
            "digest": one.programme.digest[:12], "address": url_for("console.programme_page", ref=one.programme.ref),
            "state": _("、").join(
                [*([_("本系统选定")] if one.default else []), _("随系统提供") if one.shipped else _("本地添加")]
            ),
        }
        for one in programmes.listed()
    ]  # fmt: skip
    return Table("programmes", _("评价方案"), columns, rows)


def _shown(programme: Programme, texts: Files, file: Incoming | None = None, sent: Form | None = None) -> str:
    """A programme with all it states; one that waits for its confirmation where `file` is given."""
    books = {kind: parse_rulebook(texts[f"{BOOKS}{name}.yaml"], name) for kind, name in programme.units.items()}
    readings = load_text(texts[READINGS], Readings).value.readings if READINGS in texts else ()
    listed = (
        next((one for one in programmes.listed() if one.programme.ref == programme.ref), None) if file is None else None
    )
    acts = file is None and may(current_user.grants, "console.use_programme", None)
    use = (
        sent if isinstance(sent, UseProgrammeForm) else UseProgrammeForm(formdata=None).offer(_cities(), all_periods())
    )
    return render_template(
        "values/programme.html", programme=programme, title=programme_title(programme), file=file, listed=listed,
        units=_units(books), kinds=_kinds(), stars=next(iter(books.values())).stars, readings=readings, acts=acts, use=use,
        departments=_departments(programme, books), sent=sent,
        remove=sent if isinstance(sent, RemoveProgrammeForm) else RemoveProgrammeForm(formdata=None),
    )  # fmt: skip


def _units(books: Mapping[Unit, Rulebook]) -> Table:
    columns = [
        Column("kind", _("评定对象")), Column("title", _("评分规则")), Column("id", _("编号")),
        Column("indicators", _("指标数"), "number"), Column("points", _("满分"), "number"), Column("digest", _("摘要")),
    ]  # fmt: skip
    rows = [
        {
            "kind": _kinds()[kind], "title": book.title, "id": book.id, "indicators": len(book.indicators),
            "points": float(sum(row.max_points for row in book.indicators)), "digest": book.digest[:12],
        }
        for kind, book in books.items()
    ]  # fmt: skip
    return Table("units", _("评分规则"), columns, rows)


def _departments(programme: Programme, books: Mapping[Unit, Rulebook]) -> list[str]:
    leads = (name for book in books.values() for row in book.indicators for name in row.lead)
    return sorted({*programme.departments, *leads})


def _kinds() -> dict[Unit, str]:
    return {"city": _("市"), "county": _("县(市、区)"), "zone": _("功能区")}


def _known(ref: str) -> tuple[Programme, Files]:
    found = files_of(ref)
    if found is None or found[0] != ref:
        abort(404)
    return load_programme(ref), found[1]


def _cities() -> list[Area]:
    return list(db.session.scalars(select(Area).where(Area.kind == "city").order_by(Area.code)))
