"""The audit trail in the console: browse it, take it away as CSV, see whether it holds."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from flask import Response, render_template, request

from survey_app.console.views import bp
from survey_app.services import audit


@bp.get("/audit")
def audit_page() -> str:
    subject = request.args.get("subject", "")
    return render_template(
        "console/audit.html",
        entries=audit.newest(subject=subject),
        subject=subject,
        breaks=audit.verify(),
        shown=_shown,
    )


@bp.get("/audit.csv")
def audit_csv() -> Response:
    return Response(
        "".join(_lines()), mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=audit.csv"}
    )


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if value not in ({}, None) else ""


def _lines() -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    yield "\ufeff"
    writer.writerow(["number", "at", "actor", "action", "subject", "before", "after", "reason", "digest"])
    for entry in audit.entries():
        writer.writerow(
            [
                entry.number, entry.at.isoformat(), entry.actor, entry.action, entry.subject, _shown(entry.before),
                _shown(entry.after), entry.reason, entry.digest,
            ]
        )  # fmt: skip
    yield out.getvalue()
