"""A background job in the console: how far it is, what came of it, stop it."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.frame import bp
from survey_app.console.made_files import file_of
from survey_app.console.panels import panel
from survey_app.console.permissions import ALL_BUT_AUDITORS, EVERYONE
from survey_app.ground.language import language
from survey_app.ground.settings import in_force
from survey_app.ground.transaction import transaction
from survey_app.jobs import queue, worker
from survey_app.models import Job, db
from wording import of_column

# reference of a result -> its page; each noun's module adds its own, e.g. RESULT_PAGES["estimate"] = …
RESULT_PAGES: dict[str, Callable[[str], str]] = {}
# kind of job -> the page that it was asked for on, by its arguments: the way back where nothing came of it
LEADING_PAGES: dict[str, Callable[[queue.Arguments], str]] = {}
SEES_ALL = {"administrator", "auditor"}


def started(found: Job) -> BaseResponse:
    """After a POST that queued `found`: to its page, or straight to the result if it is there."""
    return redirect(_result_page(found) or url_for("console.job_page", job_id=found.id))


@bp.page("/jobs/<int:job_id>", "查看后台任务", EVERYONE)  # of one's own jobs; the views look
def job_page(job_id: int) -> str | BaseResponse:
    """Refreshes itself while the job is open, then leads on to what came of it."""
    found = _job(job_id)
    page = _result_page(found)
    if page:
        return redirect(page)
    back = LEADING_PAGES[found.kind](found.arguments) if found.kind in LEADING_PAGES else ""
    return render_template(
        "console/job.html",
        job=found,
        words=_words(found),
        name=_name(found),
        back=back,
        file=file_of(found),
        demo=False,
    )


@bp.page("/jobs/<int:job_id>/state", "查看后台任务", EVERYONE)
def job_state(job_id: int) -> BaseResponse:
    """What the page's script asks for."""
    found = _job(job_id)
    return jsonify(
        state=found.state,
        done=found.done,
        of=found.of,
        words=_words(found),
        open=found.open,
        result=_result_page(found),
    )


@bp.action("/jobs/<int:job_id>/cancel", "停止后台任务", ALL_BUT_AUDITORS)
def cancel_job(job_id: int) -> BaseResponse:
    found = _job(job_id)
    with transaction():
        queue.cancel(found)
    flash(_("已要求停止"), "ok")
    return redirect(url_for("console.job_page", job_id=job_id))


@panel(order=5)
def open_jobs() -> Markup | None:
    """What the signed-in person has asked for and is not done."""
    found = queue.still_open(current_user.username)
    return Markup(render_template("console/job_panel.html", jobs=found, name=_name)) if found else None


def _job(job_id: int) -> Job:
    """One's own job; administrators and auditors see everybody's."""
    found = db.session.get(Job, job_id) or abort(404)
    if found.by != current_user.username and not SEES_ALL & {grant.role for grant in current_user.grants}:
        abort(404)
    if found.open and request.method == "GET" and in_force().jobs == "thread":
        worker.worker(current_app._get_current_object())  # type: ignore[attr-defined]  # after a restart
    return found


def _result_page(found: Job) -> str:
    noun, _colon, key = found.result.partition(":")
    make = RESULT_PAGES.get(noun)
    return make(key) if found.state == "done" and make else ""


def _name(found: Job) -> str:
    kind = queue.kinds().get(found.kind)
    if kind is None:
        return found.kind
    return str(kind.en if language() == "en" else kind.zh)


def _words(found: Job) -> str:
    if found.state == "running" and (found.step_zh or found.step_en):
        return str(found.step_en if language() == "en" else found.step_zh)
    words: dict[str, str] = {
        "queued": _("排队等候"),
        "running": _("正在进行"),
        "done": _("已完成"),
        "failed": str(of_column(found.error)),
        "cancelled": _("已停止，什么也没有保存"),
    }
    return words[found.state]
