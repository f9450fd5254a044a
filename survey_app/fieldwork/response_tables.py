"""Files of responses taken by telephone or on paper: reading their table, naming their columns, a template."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from questionnaires import Definition, Question
from survey_app.answering.dispositions import DISPOSITIONS
from survey_app.documents.spreadsheets import add
from survey_app.files.headed import plain
from survey_app.models import Survey

SPLIT_AT = ";；|\n"  # between several chosen options
FIXED = {
    "site": ("调查点编码", "site code"),
    "date": ("访问日期", "interview date"),
    "disposition": ("访问结果", "disposition"),
    "serial": ("名单编号", "number on the list"),
    "external": ("外部编号", "external number"),
}


@dataclass(frozen=True)
class Column:
    """A column of the file and what it holds: one of FIXED, or a form field of a question."""

    place: int
    heading: str
    name: str
    question: Question | None = None


Known = dict[str, tuple[str, Question | None]]


def known_headings(definition: Definition) -> Known:
    """Names and labels of both languages, as headings are compared -> what the column holds."""
    known: Known = {}
    for name, labels in FIXED.items():
        known |= {plain(said): (name, None) for said in (name, *labels)}
    for question in definition.questions:
        for field, labels in _labels(question):
            for said in (field, *labels):
                known.setdefault(plain(said), (field, question))
    return known


def columns_of(headings: Sequence[str], known: Known) -> tuple[list[Column], list[tuple[str, str]]]:
    """The known columns, and problems as (heading, what is wrong)."""
    found: list[Column] = []
    problems: list[tuple[str, str]] = []
    for place, heading in enumerate(headings):
        if not heading.strip():
            continue
        match = known.get(plain(heading))
        if match is None:
            problems.append((heading, "unknown_column"))
        elif any(column.name == match[0] for column in found):
            problems.append((heading, "column_twice"))
        else:
            found.append(Column(place, heading.strip(), *match))
    return found, problems


def values_of(question: Question, cell: str) -> list[str]:
    """The codes a cell stands for: codes or labels, several apart by ; in a multiple choice; what is unknown stays."""
    cell = cell.strip()
    if not cell:
        return []
    codes = {plain(choice.code): choice.code for choice in question.options}
    for choice in question.options:
        codes.setdefault(plain(choice.text.zh), choice.code)
        codes.setdefault(plain(choice.text.en), choice.code)
    if not codes:
        return [cell]
    whole = codes.get(plain(cell))
    if whole is not None or question.type not in ("multiple", "ranking"):
        return [whole or cell]
    for mark in SPLIT_AT[1:]:
        cell = cell.replace(mark, SPLIT_AT[0])
    return [codes.get(plain(part), part.strip()) for part in cell.split(SPLIT_AT[0]) if part.strip()]


def template_workbook(survey: Survey, definition: Definition) -> bytes:
    """A blank table with every column, and sheets that explain the columns, the codes, the sites, the outcomes."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "responses"
    names = [*FIXED, *(field for question in definition.questions for field, _ in _labels(question))]
    sheet.append(names)
    _headed(sheet)
    sheet.freeze_panes = "A2"
    columns = book.create_sheet("列 columns")
    columns.append(["列名 column", "内容", "content", "代码 codes", "必填 required"])
    for name, (zh, en) in FIXED.items():
        columns.append([name, zh, en, "", "是" if name in ("site", "date", "disposition") else ""])
    for question in definition.questions:
        for field, labels in _labels(question):
            codes = "\n".join(f"{choice.code} = {choice.text.zh}" for choice in question.options)
            if question.type == "recommend":
                codes = "0–10"
            add(columns, [field, labels[0], labels[1], codes, "是" if question.required else ""], guarded=False)
    sites = book.create_sheet("调查点 sites")
    sites.append(["编码 code", "名称 name", "所在单元 unit"])
    for site in survey.sites:
        add(sites, [site.code, site.name, site.area.name], guarded=False)
    outcomes = book.create_sheet("访问结果 dispositions")
    outcomes.append(["代码 code", "组 group", "结果", "outcome"])
    for each in DISPOSITIONS:
        outcomes.append([each.code, each.group, each.zh, each.en])
        outcomes.cell(outcomes.max_row, 1).number_format = "@"
    for explained in (columns, sites, outcomes):
        _headed(explained)
        for row in explained.iter_rows(min_row=2):
            for cell in row:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _labels(question: Question) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each form field with its words in both languages; a matrix's row is named by question and row."""
    if question.rows:
        for field, row in zip(question.fields(), question.rows, strict=True):
            yield field, (f"{question.text.zh}：{row.text.zh}", f"{question.text.en}: {row.text.en}")
    elif question.type == "ranking":  # one column: codes in their order
        yield question.key, (question.text.zh, question.text.en)
    elif question.type != "statement":
        yield question.key, (question.text.zh, question.text.en)
        if question.other_field:
            yield question.other_field, (f"{question.text.zh}：请说明", f"{question.text.en}: please say")


def _headed(sheet: Any) -> None:
    for place, cell in enumerate(sheet[1], 1):
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E3F0F8")
        sheet.column_dimensions[get_column_letter(place)].width = 22
