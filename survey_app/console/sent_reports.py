"""A report as the file that a page sends, and the office's own head of it."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, flash, redirect
from werkzeug.wrappers import Response as BaseResponse

from survey_app.documents import TYPES, Report, written
from survey_app.documents.content import Head, ReportError
from survey_app.files import stored
from survey_app.models import Letterhead, db


def sent_report(report: Report, ending: str, back: str) -> BaseResponse:
    """As a file to keep; where this machine cannot write it, back to the page with the reason."""
    if report.head is None and letterhead().shown:
        report = replace(report, head=head(report.language))
    try:
        body = written(report, ending)
    except ReportError as error:
        flash(str(error), "error")
        return redirect(back)
    headers = {"Content-Disposition": f"attachment; filename={report.name}.{ending}"}
    return Response(body, content_type=TYPES[ending], headers=headers)


def letterhead() -> Letterhead:
    """The stored one, or an empty one that is not stored."""
    empty = Letterhead(id=1, office="", office_en="", line="", logo=None, small_logo="", colour="", shown=False)
    return db.session.get(Letterhead, 1) or empty


def head(language: str) -> Head | None:
    """As a document has it; None where the office made none."""
    found = letterhead()
    if not found.office:
        return None
    file = stored.take(found.logo) if found.logo else None
    return Head(
        (found.office_en or found.office) if language == "en" else found.office, found.line, file.body if file else None
    )
