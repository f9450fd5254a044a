"""What the clock does: when each work ran last, what came of it, and when it runs next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.frame import bp
from survey_app.console.permissions import ADMINISTER, READ, Menu
from survey_app.ground import audit
from survey_app.ground.language import language
from survey_app.ground.settings import Settings, in_force
from survey_app.ground.transaction import transaction
from survey_app.jobs.schedule import REGULAR, Regular, queue_now
from survey_app.models import Job, RegularWork, db
from wording import of_column


@dataclass(frozen=True)
class Line:
    """A work as the page shows it. off: the variables that would switch it on, where it is off."""

    work: Regular
    words: str
    every: str
    row: RegularWork | None
    last: Job | None
    off: list[str]
    told: str


@bp.page("/schedule", "查看定时任务", READ, menu=Menu("定时任务", "office", 30, ("/console/schedule",)))
def schedule_page() -> str:
    settings = in_force()
    rows = {row.name: row for row in db.session.query(RegularWork)}
    lines = [_line(work, rows.get(work.name), settings) for work in REGULAR.values()]
    return render_template("operations/schedule.html", lines=lines, idle=settings.jobs == "inline", demo=False)


@bp.action("/schedule/<name>/run", "立即执行定时任务", ADMINISTER)
def run_regular(name: str) -> BaseResponse:
    """Beside its hours; its next hour stays."""
    work = REGULAR.get(name) or abort(404)
    if not (work.by_hand and work.wanted(in_force())):
        abort(404)
    with transaction():
        audit.record("schedule.run", f"schedule:{name}")
    queue_now(work)
    flash(_("已开始：%(name)s", name=_words(work)), "ok")
    return redirect(url_for("console.schedule_page"))


def _line(work: Regular, row: RegularWork | None, settings: Settings) -> Line:
    last = db.session.get(Job, row.job_id) if row is not None and row.job_id is not None else None
    off = [f"MINYI_{name.upper()}" for name in work.needs if not getattr(settings, name)]
    return Line(work, _words(work), _every(work), row, last, off, _told(last))


def _words(work: Regular) -> str:
    return work.en if language() == "en" else work.zh


def _every(work: Regular) -> str:
    if isinstance(work.every, timedelta):
        return str(_("每%(n)d分钟", n=work.every.seconds // 60))
    return str(_("每天%(hour)s", hour=f"{work.every:%H:%M}"))


def _told(last: Job | None) -> str:
    if last is None:
        return str(_("还没有执行过"))
    if last.state == "done":
        return str(_("完成，处理 %(n)s 项", n=last.result.partition(":")[2]))
    if last.state == "failed":
        return str(of_column(last.error))
    return str(_("已停止") if last.state == "cancelled" else _("正在进行"))
