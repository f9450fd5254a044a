"""A report as PDF, set by Typst with the machine's Chinese fonts: tagged, with alternative texts."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import typst

from survey_app.documents.content import (
    Block,
    Grid,
    Head,
    Heading,
    Items,
    Paragraph,
    Picture,
    Report,
    ReportError,
    elsewhere,
    shown,
)
from survey_app.documents.typesetting import compiler, typeset
from survey_app.documents.widths import dense, shares

CHINESE_FONTS = ("CJK SC", "Source Han", "SimSun", "SimHei", "Songti", "PingFang", "YaHei", "WenQuanYi")
LETTERS, PADDING = {False: 88.0, True: 99.0}, 2.2  # half-width letters on a line of a table, by dense


def as_pdf(report: Report) -> bytes:
    """PDF/UA-1 of the report. Raises ReportError where the machine has no Chinese font."""
    if not _has_chinese_font():
        raise ReportError("documents.no_chinese_font_on")
    data = {
        "title": report.title,
        "subtitle": report.subtitle,
        "language": report.language,
        "mark": report.mark,
        "facts": report.facts,
        "one_page": report.one_page,
        "head": _head(report.head),
        "blocks": [_plain(block, report) for block in report.blocks],
    }
    template = files("survey_app.documents").joinpath("report.typ").read_bytes()
    return typeset(template, data, pdf_standards=["ua-1"])


def read_fonts() -> None:
    """Read the machine's fonts now; the first PDF would wait for it."""
    _has_chinese_font()
    compiler()


def _head(head: Head | None) -> dict[str, object] | None:
    if head is None:
        return None
    return {"office": head.office, "line": head.line, "logo": list(head.logo) if head.logo else None}


@cache
def _has_chinese_font() -> bool:
    return any(known in family for family in typst.Fonts().families() for known in CHINESE_FONTS)


def _plain(block: Block, report: Report) -> dict[str, object]:
    match block:
        case Heading(level, text):
            return {"type": "heading", "level": level, "text": text}
        case Paragraph(text, look):
            return {"type": "paragraph", "text": text, "look": look}
        case Items(texts):
            return {"type": "items", "texts": texts}
        case Picture(caption, alternative, svg):
            return {"type": "picture", "caption": caption, "alternative": alternative, "svg": svg}
        case Grid() if block.long:
            return {"type": "paragraph", "text": elsewhere(block, report.say), "look": "aside"}
        case Grid():
            return _grid(block, report)


def _grid(block: Grid, report: Report) -> dict[str, object]:
    kinds = [field.kind for field in block.fields]
    sums = [shown(block.totals[place], kinds[place]) if place in block.totals else "" for place in range(len(kinds))]
    return {
        "type": "grid",
        "caption": block.captioned(report.say),
        "headings": [field.heading for field in block.fields],
        "shares": shares(block, LETTERS[dense(block)], PADDING),
        "dense": dense(block),
        "right": [field.kind != "text" for field in block.fields],
        "rows": [
            {"group": place in block.groups, "cells": [shown(v, k) for v, k in zip(row, kinds, strict=True)]}
            for place, row in enumerate(block.rows)
        ],
        "sums": ["Σ", *sums[1:]] if block.totals else [],
    }
