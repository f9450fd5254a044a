"""A county's lead and supporting departments as a workbook, out and in, with a look before anything is stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from openpyxl.worksheet.datavalidation import DataValidation

from analysis.scoring import load_rulebook
from survey_app.documents.spreadsheets import XLSX
from survey_app.files import stored as stored_files
from survey_app.files import workbooks
from survey_app.files.sheet_rows import SheetRows, saved
from survey_app.files.workbooks import Sheet, WorkbookError
from survey_app.ground import audit, keeping
from survey_app.models import Area, Kept, db
from survey_app.values.assignments import AssignmentError, Choice, assign, names_of, refusals, responsible, suggestions
from survey_app.values.workbook_in import ADDED, CHANGED, CONFLICT, UNCHANGED
from wording import Message, Text

KIND = "assignments"
TITLE = "牵头部门"
HEADINGS = (
    ("序号", 6), ("三级指标", 34), ("牵头部门", 34), ("配合部门", 34), ("共同负责(是/否)", 10), ("建议(市级对应部门)", 30), ("version", 8),
    ("base", 8),
)  # fmt: skip
LEADS, SUPPORTING, SHARED, VERSION, BASE = 3, 4, 5, 7, 8
SHEET = Sheet(TITLE, HEADINGS, frozenset((LEADS, SUPPORTING, SHARED)), frozenset((VERSION, BASE)))
INSTRUCTIONS = (
    "县(市、区)指标牵头部门表",
    "只填浅黄色的格子。几个部门之间用顿号隔开；没有单一牵头部门的，“共同负责”选“是”，由统筹人员填报。",
    "“建议”取自市级文件中同名指标的牵头部门，只供参考，不会自动采用。",
    "填好后在“牵头部门”页导入：先预览，确认后才保存。",
    "Fill in the shaded cells only; several departments are separated by 、. Suggestions are offered, not applied.",
)


@dataclass(frozen=True)
class Row:
    """One indicator of the workbook beside the stored choice; `version` as it was when this was shown."""

    where: str
    area: str
    indicator: str
    name: str
    kind: str
    old: str
    leads: list[str]
    supporting: list[str]
    shared: bool
    version: int

    @property
    def choice(self) -> Choice:
        return Choice(self.indicator, tuple(self.leads), tuple(self.supporting), self.shared, self.version)


def assignment_workbook(area: Area, rulebook_id: str) -> bytes:
    """The county's choices to fill, with suggestions beside them."""
    meta = {"kind": KIND, "area": area.code, "rulebook": rulebook_id}
    book = workbooks.new_workbook((*INSTRUCTIONS, f"地区：{area.name}"), meta)
    filled = SheetRows(workbooks.add_sheet(book, SHEET))
    who, offered = responsible(area, rulebook_id), suggestions(rulebook_id)
    asked = [indicator for indicator in load_rulebook(rulebook_id).indicators if indicator.metrics]
    for line, indicator in enumerate(asked, 2):
        key = str(indicator.number)
        cells = ["、".join(who[key].leads), "、".join(who[key].supporting), "是" if who[key].shared else "否"]
        workbooks.add_row(
            filled,
            SHEET,
            line,
            [indicator.number, indicator.name, *cells, "、".join(offered[key]), who[key].version, said(*cells)],
        )
    rule = DataValidation(type="list", formula1='"是,否"', allow_blank=True)
    rule.add(f"E2:E{len(asked) + 1}")
    filled.sheet.add_data_validation(rule)
    return saved(book, filled)


def preview(name: str, body: bytes, area: Area, rulebook_id: str, by: str) -> Kept:
    """Read the workbook and keep what it would change. The caller commits. Raises WorkbookError."""
    meta, lines = workbooks.read_sheets(name, body, KIND, SHEET)
    if (meta.get("area"), meta.get("rulebook")) != (area.code, rulebook_id):
        raise WorkbookError([("", Message("values.workbook_another_area"))])
    who, names = responsible(area, rulebook_id), {str(i.number): i.name for i in load_rulebook(rulebook_id).indicators}
    seen = Counter[str]()
    rows: list[Row] = []
    problems: list[tuple[str, Text]] = []
    for _title, line, row in lines:
        cells = [cell.value for cell in row]
        key = str(cells[0] if cells[0] is not None else "").strip()
        seen[key] += 1
        if key not in names or seen[key] > 1:
            problems.append((workbooks.at(TITLE, line, 1, "序号"), Message("values.not_indicator_number_or", key=key)))
            continue
        leads, supporting = names_of(_text(cells[LEADS - 1])), names_of(_text(cells[SUPPORTING - 1]))
        word = _text(cells[SHARED - 1])
        if word not in ("", "是", "否"):
            problems.append((workbooks.at(TITLE, line, SHARED, "共同负责"), Message("values.yes_or_no", raw=word)))
            continue
        choice = Choice(key, leads, supporting, word == "是", who[key].version)
        problems += [(workbooks.at(TITLE, line), text) for text in refusals(choice, rulebook_id)]
        stored = said("、".join(who[key].leads), "、".join(who[key].supporting), "是" if who[key].shared else "否")
        new = said("、".join(leads), "、".join(supporting), "是" if choice.shared else "否")
        kind = _kind(stored, new, _text(cells[BASE - 1]), cells[VERSION - 1] == who[key].version, who[key].assigned)
        rows.append(
            Row(
                workbooks.at(TITLE, line),
                area.code,
                key,
                names[key],
                kind,
                stored,
                list(leads),
                list(supporting),
                choice.shared,
                who[key].version,
            )
        )
    if problems or not rows:
        raise WorkbookError(problems or [("", Message("values.workbook_holds_no_indicators"))])
    digest, note = stored_files.put(body, XLSX), {"name": name[-200:]}
    return keeping.shown(keeping.ASSIGNMENTS, [asdict(row) for row in rows], digest, by, note)


def rows_of(shown: Kept) -> list[Row]:
    return [Row(**row) for row in keeping.content_of(shown)]


def confirm(shown: Kept, area: Area, rulebook_id: str, by: str, take: set[str]) -> int:
    """Store what was shown, and the conflicts in `take`. The caller commits. Raises WorkbookError, storing nothing."""
    audit.wait_turn()
    db.session.refresh(shown)
    if shown.state != "previewed" or shown.by != by:
        raise WorkbookError([("", Message("values.import_finished_or_not"))])
    wanted = [
        row
        for row in rows_of(shown)
        if row.kind in (ADDED, CHANGED) or (row.kind == CONFLICT and row.indicator in take)
    ]
    try:
        changed = assign(area, rulebook_id, [row.choice for row in wanted])
    except AssignmentError as error:
        raise WorkbookError([("", error.said)]) from error
    keeping.settle(shown)
    return changed


def import_of(number: int, area: Area) -> Kept | None:
    """An import into `area` that somebody was shown."""
    shown = keeping.numbered(keeping.ASSIGNMENTS, number)
    if shown is None:
        return None
    return shown if all(row.area == area.code for row in rows_of(shown)) else None


def said(leads: str, supporting: str, shared: str) -> str:
    """One choice in a line."""
    if shared == "是":
        return "共同负责" + (f"；配合：{supporting}" if supporting else "")
    return leads + (f"；配合：{supporting}" if supporting else "")


def _kind(stored: str, new: str, base: str, same_version: bool, assigned: bool) -> str:
    if new in (base, stored):
        return UNCHANGED
    if not same_version:
        return CONFLICT
    return CHANGED if assigned else ADDED


def _text(cell: Any) -> str:
    return str(cell).strip() if cell is not None else ""
