"""Indicator values from a workbook, a CSV or a JSON file, and blank templates of them."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

from analysis.scoring.rulebook import Rulebook
from analysis.scoring.values import RATING, ValuesError, read_values
from survey_app.files.cells import Cell
from survey_app.files.headed import HeadedTable, plain, read_headed
from survey_app.files.said import FileRefusedError, aloud

HEADINGS = ("序号", "三级指标", "指标", "单位", "类型", "牵头部门", "数值", "不适用原因")
NEEDED = ("序号", "指标", "数值")
KINDS = {"share": "占比(0–1)", "count": "数量", "number": "数值", "yes_no": "是/否"}
NUMERATOR, DENOMINATOR = "分子", "分母"


@dataclass(frozen=True)
class Wrong:
    """One cell that cannot be read, by sheet, row and column of the file the user knows."""

    place: str
    message: str


class ValueFileError(ValueError):
    """A file of values that cannot be used; all that is wrong with it, at once."""

    def __init__(self, wrong: list[Wrong]) -> None:
        self.wrong = wrong
        super().__init__("\n".join(f"{item.place}: {item.message}" for item in wrong))


def read_value_file(path: Path, rulebook: Rulebook) -> dict[str, dict[str, Any]]:
    """Values keyed as `minyi score` takes them. Raises ValueFileError; a file with any error gives nothing."""
    if not path.is_file():
        raise ValueFileError([Wrong(str(path), "the file does not exist")])
    suffix = path.suffix.lower()
    if suffix == ".json":
        return _checked(_read_json(path), rulebook, lambda number, metric: f"{path.name} {number} {metric}")
    try:
        table = read_headed(path.name, path, {plain(heading) for heading in HEADINGS})
    except FileRefusedError as error:
        raise ValueFileError([Wrong(path.name, str(error))]) from error
    rows = rows_of(table)
    aloud(path.name, table.notes)
    return read_table(path.name if suffix == ".csv" else table.title, rows, rulebook)


def rows_of(table: HeadedTable) -> list[Any]:
    """The headings in our order, then the cells of each line of the file at its number, () where nothing stands.

    Raises ValueFileError for a column that is missing or there twice, and for a cell that has no value of its own.
    """
    names = [plain(heading) for heading in HEADINGS]
    places: dict[str, int] = {}
    wrong = []
    for place, heading in enumerate(map(plain, table.headings)):
        if heading in names and places.setdefault(heading, place) != place:
            wrong.append(
                Wrong(f"{table.title} row {table.heading_row} column {table.column(place)}", "这一列出现了两次 (twice)")
            )
    absent = [heading for heading in NEEDED if plain(heading) not in places]
    if absent:
        told = f"缺少列 {'、'.join(absent)} (the headings must be {', '.join(HEADINGS)})"
        wrong.append(Wrong(f"{table.title} row {table.heading_row}", told))
    wrong += [
        Wrong(f"{table.title} row {fault.row} column {fault.column}".rstrip(), f"{fault.zh} ({fault.en})")
        for fault in table.faults
    ]
    rows: list[Any] = [HEADINGS, *[()] * (table.rows[-1].number - 1 if table.rows else 0)]
    for row in table.rows:
        cells = [row.cell(places[name]) if name in places else Cell(None) for name in names]
        rows[row.number - 1] = cells
        wrong += [
            Wrong(
                f"{table.title} {cell.address}",
                f"{cell.merged} 合并了几行，一个值不能算几次：请拆分 (merged: split it)",
            )
            for cell in cells[6:]
            if cell.merged and cell.value is not None
        ]
    if wrong:
        raise ValueFileError(wrong)
    return rows


def read_table(sheet: str, rows: list[Any], rulebook: Rulebook) -> dict[str, dict[str, Any]]:
    """Values from the rows that `rows_of` gives."""
    values: dict[str, dict[str, Any]] = defaultdict(dict)
    places: dict[tuple[str, str], int] = {}
    wrong: list[Wrong] = []
    for line, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        number, metric = row[0].text, row[2].text
        if not number and not metric:
            continue
        cells = [cell.value for cell in row]
        name, part = _part(metric)
        raw = _raw(cells[6], cells[7])
        try:
            _store(values[number], name, part, raw)
        except ValueError as error:
            wrong.append(Wrong(f"{sheet} row {line} column G (数值)", str(error)))
        places.setdefault((number, name), line)
    cleaned = {number: dict(metrics) for number, metrics in values.items()}
    try:
        checked = _checked(
            cleaned, rulebook, lambda number, metric: f"{sheet} row {places.get((number, metric), 1)} column G (数值)"
        )
    except ValueFileError as error:
        wrong += error.wrong
    if wrong:
        raise ValueFileError(wrong)
    return checked


def template_rows(rulebook: Rulebook) -> Iterable[tuple[Any, ...]]:
    """Every metric as a row, with numerator and denominator below a ratio, values blank."""
    yield HEADINGS
    for indicator in rulebook.indicators:
        lead = "、".join(indicator.lead)
        for metric in indicator.metrics:
            base = (indicator.number, indicator.name)
            yield (*base, metric.name, metric.unit, KINDS[metric.kind], lead, None, None)
            for part, name in zip((NUMERATOR, DENOMINATOR), metric.ratio_of or (), strict=False):
                yield (*base, f"{metric.name}|{part}", name, "数量", lead, None, None)
    for condition, words in rulebook.declared.items():
        yield (RATING, words, condition, "", KINDS["yes_no"], "", None, None)


def write_template(rulebook: Rulebook, out: Path) -> None:
    """A blank template as .xlsx, .csv or .json. Raises ValueFileError for another ending."""
    suffix = out.suffix.lower()
    if suffix == ".xlsx":
        template_workbook(rulebook).save(out)
    elif suffix == ".csv":
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(template_rows(rulebook))
    elif suffix == ".json":
        blank: dict[str, dict[str, Any]] = {
            str(indicator.number): {metric.name: None for metric in indicator.metrics}
            for indicator in rulebook.indicators
            if indicator.metrics
        }
        blank[RATING] = dict.fromkeys(rulebook.declared)
        out.write_text(json.dumps(blank, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    else:
        raise ValueFileError([Wrong(out.name, "a template ends in .xlsx, .csv or .json")])


def template_workbook(rulebook: Rulebook) -> Workbook:
    """The template with readable columns; the cells to fill are shaded."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "指标数值"
    for row in template_rows(rulebook):
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    shade = PatternFill("solid", fgColor="FFF8E1")
    for row in sheet.iter_rows(min_row=2, min_col=7, max_col=8):
        for cell in row:
            cell.fill = shade
    for column, width in zip("ABCDEFGH", (7, 30, 52, 26, 12, 24, 14, 24), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "D2"
    return book


def _part(metric: str) -> tuple[str, str | None]:
    for part in (NUMERATOR, DENOMINATOR):
        if metric.endswith(f"|{part}"):
            return metric.removesuffix(f"|{part}"), part
    return metric, None


def _raw(value: Any, reason: Any) -> Any:
    if reason not in (None, ""):
        if value not in (None, ""):
            return ValueError("a value and a reason for 'not applicable' stand together")
        return {"not_applicable": str(reason)}
    return value.strip() if isinstance(value, str) else value


def _store(metrics: dict[str, Any], name: str, part: str | None, raw: Any) -> None:
    """Put a cell where it belongs: a share, or the numerator and denominator it is computed from."""
    if isinstance(raw, ValueError):
        raise raw
    if part is None:
        metrics[name] = raw if raw != "" else None
        return
    if raw in (None, ""):
        return
    present = metrics.get(name)
    if present is not None and not (isinstance(present, dict) and "not_applicable" not in present):
        raise ValueError("give either the share or its numerator and denominator, not both")
    pair = present or {"numerator": None, "denominator": None}
    pair["numerator" if part == NUMERATOR else "denominator"] = raw
    metrics[name] = pair


def _checked(values: dict[str, dict[str, Any]], rulebook: Rulebook, place: Any) -> dict[str, dict[str, Any]]:
    try:
        read_values(rulebook, values)
    except ValuesError as error:
        raise ValueFileError(
            [Wrong(place(number, metric), f"{metric}: {message}") for number, metric, message in error.problems]
        ) from error
    return values


def _read_json(path: Path) -> dict[str, dict[str, Any]]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, UnicodeDecodeError) as error:
        raise ValueFileError([Wrong(path.name, f"not a JSON document: {error}")]) from error
    if not isinstance(document, dict) or not all(isinstance(item, dict) for item in document.values()):
        raise ValueFileError([Wrong(path.name, 'expected {"number": {"metric": value}}')])
    return document
