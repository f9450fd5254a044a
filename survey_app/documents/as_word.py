"""A report as a Word document an office can edit: real headings, captions with numbers, tables with a repeated head."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from survey_app.documents.content import Grid, Head, Heading, Items, Paragraph, Picture, Report, elsewhere, shown
from survey_app.documents.typesetting import pictures
from survey_app.documents.widths import dense, shares

SONG, HEI, LATIN = "宋体", "黑体", "Times New Roman"  # the faces of official documents; present in every Office
DOTS = 220  # of a picture, to the inch
SHORT = 9  # rows of a table that no page should part
PAGE_CM, LETTERS, PADDING = (
    16.0,
    {False: 97.0, True: 110.0},
    2.2,
)  # between the margins; half-width letters on a line, by dense
RED = RGBColor(0xB3, 0x26, 0x1E)
GREY = RGBColor(0x55, 0x62, 0x6F)


def as_word(report: Report) -> bytes:
    """The document's bytes. Headings, captions, lists and tables are styles, so an office can restyle them at once."""
    document = Document()
    _styles(document, report)
    _frame(document, report)
    captions, across = Counter[str](), Cm(6 if report.one_page else 14)
    drawn = iter(pictures([block.svg for block in report.blocks if isinstance(block, Picture)], across.pt, DOTS))
    for block in report.blocks:
        match block:
            case Heading(level, text):
                _add(document, f"Heading {level}", text)
            case Paragraph(text, look):
                paragraph = _add(document, {"lead": "Lead", "note": "Note"}.get(look, "Body Text"), text)
                paragraph.paragraph_format.keep_with_next = look != "body"  # to the figure it speaks of
            case Items(texts):
                for text in texts:
                    _add(document, "List Bullet", text)
            case Picture():
                _picture(document, block, next(drawn), across, report, captions)
            case Grid() if block.long:
                _add(document, "Note", elsewhere(block, report.say))
            case Grid():
                _grid(document, block, report, captions)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add(document: Any, style: str, text: str = "") -> Any:
    """A paragraph at the end. The library looks through all styles to find the one of a name; its id is the name without spaces."""
    paragraph = document.add_paragraph(text)
    paragraph._p.style = style.replace(" ", "")
    return paragraph


def _styles(document: Any, report: Report) -> None:
    styles = document.styles
    _face(styles["Normal"], SONG, 10.5)
    for known in styles.element.xpath(
        "w:docDefaults/w:rPrDefault/w:rPr/w:lang"
    ):  # Chinese punctuation is set by the language of the text
        known.set(qn("w:eastAsia"), "zh-CN")
    styles["Normal"].paragraph_format.line_spacing = 1.35
    _face(styles["Title"], HEI, 20, bold=True)
    _face(styles["Subtitle"], SONG, 11)
    for name, size in (("Heading 1", 15), ("Heading 2", 12)):
        _face(styles[name], HEI, size, bold=True)
    _face(styles["Caption"], HEI, 9.5)
    _face(styles["Body Text"], SONG, 10.5)
    if report.language == "zh":
        styles["Body Text"].element.get_or_add_pPr().append(_element("w:ind", firstLineChars="200", firstLine="420"))
    for name, face, size, bold in (
        ("Lead", HEI, 15, True),
        ("Note", SONG, 9, False),
        ("Table Text", SONG, 9, False),
        ("Table Text Small", SONG, 8, False),
        ("Draft Mark", HEI, 12, True),
        ("Letterhead", HEI, 22, True),
    ):
        style = styles.add_style(name, 1)  # a paragraph style
        style.base_style = styles["Normal"]
        _face(style, face, size, bold)
        style.paragraph_format.space_after = Pt({"Table Text": 0, "Table Text Small": 0, "Note": 2}.get(name, 6))
        style.paragraph_format.line_spacing = 1.15
    styles["Note"].font.color.rgb = GREY
    styles["Draft Mark"].font.color.rgb = styles["Letterhead"].font.color.rgb = RED
    styles["Letterhead"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if report.one_page:
        for name in ("Normal", "Body Text", "Title", "Subtitle", "Lead", "Caption", "Note"):
            styles[name].paragraph_format.line_spacing, styles[name].paragraph_format.space_after = 1.0, Pt(2)
        styles["Title"].font.size, styles["Lead"].font.size = Pt(15), Pt(13)


def _face(style: Any, chinese: str, size: float, bold: bool = False) -> None:
    """Latin letters in one face, Chinese in another, both black."""
    style.font.name, style.font.size, style.font.bold = LATIN, Pt(size), bold
    style.font.italic, style.font.color.rgb = False, RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), chinese)


def _frame(document: Any, report: Report) -> None:
    """Page, properties, title, facts, and the page number in the footer."""
    document.core_properties.title, document.core_properties.author = report.title, "Minyi 民意"
    document.core_properties.language = "zh-CN" if report.language == "zh" else "en-GB"
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(1.3 if report.one_page else 2.4)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _number_field(footer, "PAGE")
    if report.mark:
        head = section.header.paragraphs[0]
        head.text = report.mark
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if report.head is not None:
        _letterhead(document, report.head)
    _add(document, "Title", report.title)
    if report.draft:
        _add(document, "Draft Mark", report.draft)
    _add(document, "Subtitle", report.subtitle)
    for label, value in report.facts:
        line = _add(document, "Note")
        line.add_run(f"{label}{report.say('：', ': ')}").bold = True
        line.add_run(value)


def _letterhead(document: Any, head: Head) -> None:
    """The office's name in red over a red line, its picture before it."""
    name = _add(document, "Letterhead")
    if head.logo:
        name.add_run().add_picture(io.BytesIO(head.logo), height=Cm(1.3))
        name.add_run("  ")
    name.add_run(head.office)
    last = name
    if head.line:
        last = _add(document, "Note", head.line)
        last.alignment = WD_ALIGN_PARAGRAPH.CENTER
    borders = OxmlElement("w:pBdr")
    borders.append(_element("w:bottom", val="single", sz="14", space="4", color="B3261E"))
    last._p.get_or_add_pPr().append(borders)


def _picture(document: Any, block: Picture, body: bytes, across: Cm, report: Report, captions: Counter[str]) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    shape = paragraph.add_run().add_picture(io.BytesIO(body), width=across)
    properties = shape._inline.docPr
    properties.set("descr", block.alternative)
    properties.set("title", block.caption)
    _caption(document, report.say("图", "Figure"), block.caption, captions, after=True)


def _grid(document: Any, block: Grid, report: Report, captions: Counter[str]) -> None:
    """Rows are written as their XML: set cell by cell through the library, a long table took seconds."""
    _caption(document, report.say("表", "Table"), block.captioned(report.say), captions, after=False)
    widths = [Cm(PAGE_CM * share) for share in shares(block, LETTERS[dense(block)], PADDING)]
    look = document.styles["Table Text Small" if dense(block) else "Table Text"].style_id
    table = document.add_table(rows=0, cols=len(block.fields))
    table._tbl.tblStyle_val = "TableGrid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    properties = table._tbl.tblPr  # whose parts Word wants in their order
    properties.find(qn("w:tblLayout")).addprevious(_rules())
    properties.find(qn("w:tblLook")).addprevious(_margins())
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    twips = [width.twips for width in widths]
    rows = "".join(_row(line, twips, look) for line in _lines(block))
    for row in parse_xml(f"<w:tbl {nsdecls('w')}>{rows}</w:tbl>"):
        table._tbl.append(row)
    _add(document, "Note")


@dataclass(frozen=True)
class _Line:
    """A row of a table: one text alone goes over its whole width. kept: on the page of the next. right: columns of figures."""

    texts: Sequence[str]
    right: Sequence[bool]
    bold: bool = False
    shade: str = ""
    kept: bool = False
    head: bool = False


def _lines(block: Grid) -> list[_Line]:
    """Head, rows and sum. A short table stays on one page; of a longer one the sum stays with the row above it."""
    kinds = [field.kind for field in block.fields]
    right = [kind != "text" for kind in kinds]
    lines = [_Line([field.heading for field in block.fields], right, True, "DBE9F1", True, True)]  # never ends a page
    for place, row in enumerate(block.rows):
        if place in block.groups:
            lines.append(_Line([str(row[0])], [False], True, "EEF3F6", True))
        else:
            lines.append(_Line([shown(value, kind) for value, kind in zip(row, kinds, strict=True)], right))
    if block.totals:
        sums = [shown(block.totals[place], kind) if place in block.totals else "" for place, kind in enumerate(kinds)]
        lines.append(_Line(["Σ", *sums[1:]], [False, *right[1:]], True))
    last = len(lines) - 1
    together = range(last) if last < SHORT else (last - 1,) if block.totals else ()
    return [replace(line, kept=True) if place in together else line for place, line in enumerate(lines)]


def _row(line: _Line, widths: Sequence[int], look: str) -> str:
    whole = len(line.texts) == 1 < len(widths)
    span, bold = f'<w:gridSpan w:val="{len(widths)}"/>' if whole else "", "<w:rPr><w:b/></w:rPr>" if line.bold else ""
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{line.shade}"/>' if line.shade else ""
    kept, head = "<w:keepNext/>" if line.kept else "", '<w:tblHeader w:val="true"/>' if line.head else ""
    right = {True: '<w:jc w:val="right"/>', False: ""}
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{shade}</w:tcPr><w:p><w:pPr><w:pStyle w:val="{look}"/>{kept}'
        f"{right[figure]}</w:pPr><w:r>{bold}{_words(text)}</w:r></w:p></w:tc>"
        for text, figure, width in zip(line.texts, line.right, [sum(widths)] if whole else widths, strict=True)
    )
    return f'<w:tr><w:trPr><w:cantSplit w:val="true"/>{head}</w:trPr>{cells}</w:tr>'


def _words(text: str) -> str:
    parts = (f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in text.split("\n"))
    return "<w:br/>".join(parts)


def _rules() -> Any:
    """Three lines and hair lines between rows, as tables of statistical reports are ruled."""
    borders = OxmlElement("w:tblBorders")
    for side, size, colour in (("top", "12", "000000"), ("left", "0", ""), ("bottom", "12", "000000"), ("right", "0", ""),
                               ("insideH", "4", "BBC4CC"), ("insideV", "0", "")):  # fmt: skip
        look = {"val": "single", "sz": size, "color": colour} if colour else {"val": "nil"}
        borders.append(_element(f"w:{side}", **look))
    return borders


def _margins() -> Any:
    """Little room left and right in the cells: the page is for figures."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(f"w:{side}", w="70", type="dxa"))
    return margins


def _caption(document: Any, kind: str, text: str, captions: Counter[str], after: bool) -> None:
    """A caption whose number is a field: it counts on when somebody adds a table of their own. captions: those before it, by kind."""
    captions[kind] += 1
    paragraph = _add(document, "Caption", f"{kind} ")
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = not after
    _number_field(paragraph, f"SEQ {kind} \\* ARABIC", str(captions[kind]))
    paragraph.add_run(f"  {text}")


def _number_field(paragraph: Any, instruction: str, present: str = "1") -> None:
    for part in (
        _element("w:fldChar", fldCharType="begin"),
        instruction,
        _element("w:fldChar", fldCharType="separate"),
        present,
        _element("w:fldChar", fldCharType="end"),
    ):
        run = paragraph.add_run()
        if part is instruction:
            words = OxmlElement("w:instrText")
            words.set(qn("xml:space"), "preserve")
            words.text = instruction
            run._r.append(words)
        elif isinstance(part, str):
            run.text = part
        else:
            run._r.append(part)


def _element(name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element
