"""The package of a run from the console: asked for with its purpose, made in the background, kept for a day for who asked."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.frame import bp
from survey_app.console.jobs import RESULT_PAGES, started
from survey_app.console.permissions import own
from survey_app.console.tables import Column, Table
from survey_app.estimates.pages.estimates import run_of
from survey_app.ground import keeping
from survey_app.ground.held import held
from survey_app.ground.language import language
from survey_app.jobs.queue import enqueue
from survey_app.models import EstimateRun, Kept, db
from survey_app.models.base import now
from survey_app.responses.data_files import ResponseFileError
from survey_app.responses.pages.forms import RunPackageForm
from survey_app.responses.run_package import Asked, require

RESULT_PAGES["run_package"] = lambda key: url_for("console.run_package", run_id=int(key), _anchor="made")


@bp.form("/estimates/<int:run_id>/package", "导出估计的数据包", own("manager", "evaluator"))
def run_package(run_id: int) -> str | BaseResponse | tuple[str, int]:
    """Ask for a package, and find those that were made for oneself within a day."""
    run, form = run_of(run_id), RunPackageForm()
    if not form.is_submitted():
        return _page(run, form)
    if not form.validate():
        return _page(run, form), 422
    asked = Asked(form.reason.data or "", language(), bool(form.with_text.data), form.replicates.data or 0)
    try:
        require(run, asked)
    except ResponseFileError as error:
        form.refuse(error, "replicates" if asked.replicates else "")
        return _page(run, form), 422
    arguments: dict[str, str | int] = {
        "run": run.id, "reason": asked.reason, "language": asked.language, "with_text": int(asked.with_text),
        "replicates": asked.replicates, "for": current_user.username or "",  # who else asks for the same gets one of his own
    }  # fmt: skip
    return started(enqueue("run_package", arguments, current_user.username))


def _page(run: EstimateRun, form: RunPackageForm) -> str:
    columns = [
        Column("file", _("文件"), link="address"), Column("made", _("制作时间"), "moment"), Column("reason", _("用途")),
        Column("size", _("大小(KB)"), "number"), Column("gone", _("此后已不在的应答"), "number"),
    ]  # fmt: skip
    rows = [
        {
            "made": kept.made_at, "reason": kept.note["reason"], "size": kept.note["size"] // 1024 + 1,
            "gone": kept.note["gone"], "file": kept.name,
            "address": url_for("console.made_file", number=kept.id),
        }
        for kept in _made(run)
    ]  # fmt: skip
    return render_template(
        "responses/run_package.html", run=run, form=form, table=Table("made", _("为您制作的数据包"), columns, rows),
        held=held(run.survey), demo=run.demo,
    )  # fmt: skip


def _made(run: EstimateRun) -> list[Kept]:
    """One's own packages of the run that are still kept, the newest first."""
    query = select(Kept).where(
        Kept.purpose == keeping.PACKAGE,
        Kept.by == current_user.username,
        Kept.survey_id == run.survey_id,
        Kept.expires_at > now(),
    )
    found = db.session.scalars(query.order_by(Kept.id.desc()))
    return [kept for kept in found if kept.note.get("run") == run.id]
