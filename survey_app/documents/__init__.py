"""Reports: one content, written as Word, as Excel and as PDF."""

from __future__ import annotations

from survey_app.documents.characters import printable
from survey_app.documents.content import Report
from survey_app.documents.spreadsheets import XLSX

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": XLSX,
    "pdf": "application/pdf",
}


def written(report: Report, ending: str) -> bytes:
    """The report as a file of that ending (docx, xlsx, pdf). Raises ReportError."""
    report = printable(report)
    if ending == "docx":
        from survey_app.documents.as_word import as_word

        return as_word(report)
    if ending == "xlsx":
        from survey_app.documents.as_workbook import as_workbook

        return as_workbook(report)
    from survey_app.documents.as_pdf import as_pdf

    return as_pdf(report)


__all__ = ["TYPES", "Report", "written"]
