"""A report as the file that a page sends."""

from __future__ import annotations

from flask import Response, flash, redirect
from werkzeug.wrappers import Response as BaseResponse

from survey_app.documents import TYPES, Report, written
from survey_app.documents.content import ReportError


def sent_report(report: Report, ending: str, back: str) -> BaseResponse:
    """As a file to keep; where this machine cannot write it, back to the page with the reason."""
    try:
        body = written(report, ending)
    except ReportError as error:
        flash(str(error), "error")
        return redirect(back)
    headers = {"Content-Disposition": f"attachment; filename={report.name}.{ending}"}
    return Response(body, content_type=TYPES[ending], headers=headers)
