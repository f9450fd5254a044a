"""The audit trail in the console: browse it, take it away, see whether it holds."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _
from flask_security import current_user
from openpyxl import Workbook
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.frame import bp
from survey_app.console.jobs import RESULT_PAGES, started
from survey_app.console.permissions import Menu, own
from survey_app.console.words import doer, people_names
from survey_app.documents.spreadsheets import XLSX, add, harmless
from survey_app.ground import audit
from survey_app.ground.clock import local, office
from survey_app.ground.transaction import transaction
from survey_app.jobs import queue
from survey_app.models import AuditEntry
from survey_app.office import audit_checks, audit_trail
from survey_app.office.pages import audit_words
from survey_app.office.pages.forms import CheckForm
from survey_app.people import listing

MOST_ROWS_XLSX = 100_000
SUBJECTS = (
    "survey",
    "site",
    "account",
    "areas",
    "assignments",
    "value",
    "period",
    "estimate",
    "final",
    "ticket",
    "invitation",
    "rectification",
    "response",
    "file",
)
AT_ONCE = 20_000  # entries that are checked within a request; more are a job
RESULT_PAGES["audit"] = lambda _key: url_for("console.audit_page")


@bp.app_context_processor
def words() -> dict[str, object]:
    """`audit_words` in templates."""
    return {"audit_words": audit_words}


@bp.page("/audit", "查看审计记录", own("auditor"), menu=Menu("审计记录", "office", 20, ("/console/audit",)))
def audit_page() -> str:
    wanted, problems = _wanted()
    for problem in problems:
        flash(problem, "error")
    page = audit_trail.page(wanted, request.args.get("before", type=int), request.args.get("after", type=int))
    audit_words.look_up(page.entries)
    head = audit.head()
    return render_template(
        "office/audit.html",
        page=page,
        wanted=wanted,
        given=request.args,
        total=audit_trail.count(wanted) if wanted.any else head.number,
        counted=audit_trail.COUNTED,
        head=head,
        last=audit_checks.last_check(),
        whole=audit_checks.last_whole_check(),
        actions=audit_trail.actions(),
        people=_people(),
        nouns={noun: audit_words.NOUNS[noun] for noun in SUBJECTS},
        demo=False,
    )


@bp.action("/audit/check", "核对审计记录", own("auditor"))
def audit_check() -> BaseResponse:
    """Check what is new at once; the whole trail, or very much that is new, as a job."""
    form, last = CheckForm(), audit_checks.last_check()
    new = audit.head().number - (last.number if last else 0)
    if not form.validate():
        abort(400)
    if form.what.data == "all" or new > AT_ONCE:
        arguments = {"by": current_user.username, "upto": audit.head().number}
        return started(queue.enqueue("audit", arguments, current_user.username))
    with transaction():
        audit_checks.check_new(current_user.username)
    return redirect(url_for("console.audit_page"))


@bp.page("/audit.<ending>", "导出审计记录", own("auditor"))
def audit_export(ending: str) -> BaseResponse:
    """What the filter shows, from the first entry on."""
    wanted, problems = _wanted()
    if problems:
        abort(400)
    if ending == "xlsx":
        return _xlsx(wanted)
    kinds: dict[str, tuple[Callable[[Iterator[AuditEntry]], Iterator[str]], str]] = {
        "csv": (_csv, "text/csv; charset=utf-8"),
        "jsonl": (_json_lines, "application/jsonl; charset=utf-8"),
    }
    if ending not in kinds:
        abort(404)
    write, content_type = kinds[ending]
    headers = {"Content-Disposition": f"attachment; filename=audit.{ending}"}
    body = stream_with_context(write(audit_trail.export(wanted)))
    return Response(body, content_type=content_type, headers=headers)


def _wanted() -> tuple[audit_trail.Filter, list[str]]:
    """The filter in the address, and what is wrong with it."""
    problems: list[str] = []

    def day(name: str, label: str) -> date | None:
        given = request.args.get(name, "").strip()
        try:
            return date.fromisoformat(given) if given else None
        except ValueError:
            problems.append(_("%(label)s请写成 2026-03-05 的样子", label=label))
            return None

    since, until = day("since", _("开始日期")), day("until", _("结束日期"))
    wanted = audit_trail.Filter(
        actor=request.args.get("actor", "").strip(),
        action=request.args.get("action", ""),
        subject=_subject(),
        since=_midnight(since),
        until=_midnight(until + timedelta(days=1)) if until else None,
    )
    return wanted, problems


def _subject() -> str:
    """The beginning that is asked for: a kind and what is called so, or both in one as links have it."""
    noun, named = request.args.get("kind", ""), request.args.get("subject", "").strip()
    return f"{noun}:{named}" if noun in SUBJECTS else named


def _people() -> dict[str, str]:
    """Whoever may have done something: account -> name."""
    names = people_names()
    accounts = sorted((user.username or "" for user in listing.accounts()), key=lambda name: names.get(name, name))
    return {
        name: f"{doer(name)} ({name})" if name in names and names[name][-1] != ")" else doer(name)
        for name in [*accounts, audit.COMMAND_LINE, "clock"]
    }


def _midnight(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=office()) if day else None


def _headings() -> list[str]:
    return [
        "#", _("时间"), _("操作人"), _("账号"), _("操作"), _("对象"), _("变化"), _("理由"), _("操作代码"), _("对象代码"), _("上条摘要"), _("摘要"),
    ]  # fmt: skip


def _row(entry: AuditEntry) -> list[Any]:
    """In words for people, with the codes that the page's address takes; JSON lines hold what the digest covers."""
    return [
        entry.number, local(entry.at).isoformat(timespec="seconds"), doer(entry.actor), entry.actor,
        audit_words.action(entry.action), audit_words.subject(entry.subject), audit_words.in_words(entry), entry.reason,
        entry.action, entry.subject, entry.previous, entry.digest,
    ]  # fmt: skip


def _csv(entries: Iterator[AuditEntry]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    out.write("\ufeff")
    writer.writerow(_headings())
    for entry in entries:
        writer.writerow([harmless(value) for value in _row(entry)])
        if out.tell() > 65536:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _json_lines(entries: Iterator[AuditEntry]) -> Iterator[str]:
    """Exactly what the digest covers, so that the chain can be checked elsewhere."""
    for entry in entries:
        yield json.dumps({**audit.content_of(entry), "digest": entry.digest}, ensure_ascii=False) + "\n"


def _xlsx(wanted: audit_trail.Filter) -> BaseResponse:
    if audit_trail.count(wanted, MOST_ROWS_XLSX) > MOST_ROWS_XLSX:
        flash(_("记录太多，XLSX装不下。请缩小时间范围，或者导出CSV或JSON。"), "error")
        return redirect(f"{url_for('console.audit_page')}?{request.query_string.decode('ascii', 'ignore')}")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("audit")
    sheet.append(_headings())
    for entry in audit_trail.export(wanted):
        add(sheet, _row(entry))
    out = io.BytesIO()
    book.save(out)
    headers = {"Content-Disposition": "attachment; filename=audit.xlsx"}
    return Response(out.getvalue(), content_type=XLSX, headers=headers)
