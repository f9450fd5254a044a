"""Many A4 pages in one PDF: each drawing is a page, and all share their fonts. Text stays text."""

from __future__ import annotations

from collections.abc import Iterable

from survey_app.documents.typesetting import typeset
from survey_app.drawing.marks import HEIGHT, WIDTH, page

ONE_DRAWING_A_PAGE = f"""
#set page(width: {WIDTH}pt, height: {HEIGHT}pt, margin: 0pt)
#for drawing in json(bytes(sys.inputs.data)) {{ page(image(bytes(drawing), format: "svg", width: 100%)) }}
""".encode()


def pages_pdf(contents: Iterable[str]) -> bytes:
    """A PDF of page contents (SVG without its frame); about 1 MB of memory a page while it is made."""
    return typeset(ONE_DRAWING_A_PAGE, [page(content) for content in contents], pdf_tags=False)
