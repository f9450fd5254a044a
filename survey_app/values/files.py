"""Indicator values from a workbook, a CSV or a JSON file, and blank templates of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

from analysis.scoring.entering import Mark, Written, enter, taken_as_fraction
from analysis.scoring.rulebook import Indicator, Metric, Rulebook
from analysis.scoring.values import (
    CONFIRMED,
    DENOMINATOR,
    NOT_APPLICABLE,
    NUMERATOR,
    RATING,
    VALUE,
    Values,
    ValuesError,
    as_stored,
    read_values,
)
from definitions.names import clean
from definitions.numbers import MOST_DIGITS, folded
from survey_app.files.cells import Cell
from survey_app.files.headed import HeadedTable, plain, read_headed
from survey_app.files.said import FileRefusedError, Note, aloud
from survey_app.values.habits import habits
from wording import Message, Refusal, Text, said_of

HEADINGS = ("序号", "三级指标", "指标", "单位", "类型", "牵头部门", "数值", "不适用原因")
NEEDED = ("序号", "指标", "数值")
KINDS = {"share": "占比(0–1)", "count": "数量", "number": "数值", "yes_no": "是/否"}
AREA = "area"  # the row that says whose values these are
CONFIRMATION = "确认理由"  # a column that may be missing: why a value outside the usual range is right
IN_PERCENT = "数值(%)"  # as some write the heading over shares in percents
COLUMNS = (*HEADINGS, CONFIRMATION)
KNOWN = frozenset(map(plain, (*COLUMNS, IN_PERCENT)))
PARTS = {"分子": NUMERATOR, "分母": DENOMINATOR}


@dataclass(frozen=True)
class Wrong:
    """One cell that cannot be read, by sheet, row and column of the file the user knows."""

    place: Text
    message: Text


class ValueFileError(Refusal):
    """A file of values that cannot be used; all that is wrong with it, at once."""

    def __init__(self, wrong: list[Wrong]) -> None:
        self.wrong = wrong
        super().__init__(habits((item.place, item.message) for item in wrong))


@dataclass
class _Slot:
    """What a file says of one metric: the contents of its cells, the line of each, and what a bare share is."""

    given: dict[str, object] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    mark: Mark = "none"

    @property
    def written(self) -> Written:
        return Written(**self.given, mark=self.mark)


Slots = dict[tuple[str, str], _Slot]
Place = Callable[[str, str, int], Text]  # indicator, metric and line -> how a person finds it


def read_value_file(path: Path, rulebook: Rulebook) -> Values:
    """Values keyed as `minyi score` takes them. Raises ValueFileError; a file with any error gives nothing."""
    if not path.is_file():
        raise ValueFileError([Wrong(str(path), Message("values.file_absent"))])
    suffix = path.suffix.lower()
    if suffix == ".json":
        return _read_json(path, rulebook)
    try:
        table = read_headed(path.name, path, KNOWN)
    except FileRefusedError as error:
        raise ValueFileError([Wrong(path.name, str(error))]) from error
    rows = rows_of(table)
    aloud(path.name, table.notes)
    return read_table(path.name, path.name if suffix == ".csv" else table.title, rows, rulebook)


def rows_of(table: HeadedTable) -> list[Sequence[Cell]]:
    """The cells of each line of the file in our order, at its number; () where nothing stands or above the table.

    Raises ValueFileError for a column that is missing or there twice, and for a cell that has no value of its own.
    """
    names = [plain(heading) for heading in COLUMNS]
    in_percent = plain(IN_PERCENT) in map(plain, table.headings)
    places: dict[str, int] = {}
    wrong = []
    for place, heading in enumerate(map(plain, table.headings)):
        heading = heading.replace(plain(IN_PERCENT), plain("数值"))
        if heading in names and places.setdefault(heading, place) != place:
            wrong.append(Wrong(cell_of(table.title, table.heading_row, table.column(place)), Message("values.twice")))
    absent = [heading for heading in NEEDED if plain(heading) not in places]
    if absent:
        told = Message("values.headings_must", absent="、".join(absent), headings=", ".join(HEADINGS))
        wrong.append(Wrong(cell_of(table.title, table.heading_row), told))
    wrong += [Wrong(cell_of(table.title, fault.row, fault.column), fault.said) for fault in table.faults]
    rows: list[Sequence[Cell]] = [()] * (table.rows[-1].number if table.rows else 0)
    for row in table.rows:
        cells = [row.cell(places[name]) if name in places else Cell(None) for name in names]
        cells[3] = Cell("%") if in_percent else cells[3]
        rows[row.number - 1] = cells
        wrong += [
            Wrong(
                f"{table.title} {cell.address}",
                Message("values.merged_split", cell_merged=cell.merged),
            )
            for cell in cells[6:]
            if cell.merged and cell.value is not None
        ]
    if wrong:
        raise ValueFileError(wrong)
    return rows


def cell_of(title: str, line: int, column: str = "") -> Message:
    """A place in a table: its row, and its column by letter and heading where there is one."""
    if not column:
        return Message("files.line_of", title=title, line=line)
    return Message("files.cell_of", title=title, line=line, column=column)


def area_in(rows: Sequence[Sequence[Cell]]) -> str:
    """The area that the rows of a template state, '' where they state none."""
    return next((clean(row[6].text) for row in rows if row and row[0].text == AREA), "")


def read_table(file: str, sheet: str, rows: Sequence[Sequence[Cell]], rulebook: Rulebook) -> Values:
    """Values from the rows that `rows_of` gives; how bare shares of `file` were read is said on standard error."""
    slots: Slots = {}
    wrong: list[Wrong] = []
    for line, row in enumerate(rows, start=1):
        number, name = (_number(row[0].text), clean(row[2].text)) if row else ("", "")
        if (not number and not name) or number == AREA:
            continue
        name, part = _part(rulebook, number, name)
        slot = slots.setdefault((number, name), _Slot())
        if part in slot.lines:
            wrong.append(Wrong(cell_of(sheet, line), Message("values.metric_stands_here_twice", metric_name=name)))
            continue
        unit, value, reason, confirmed = row[3], *row[6:]
        slot.lines[part] = line
        slot.given[part] = value.value
        slot.mark = mark_of(value, "%" in folded(unit.text)) if part == VALUE else slot.mark
        slot.given |= {key: cell.value for key, cell in (("reason", reason), (CONFIRMED, confirmed)) if cell.value}
    return _entered(rulebook, slots, wrong, lambda _number, _name, line: cell_of(sheet, line, "G (数值)"), file)


def mark_of(cell: Cell, unit_has_percent: bool) -> Mark:
    """What a cell, or the heading or unit it stands under, says of a bare share in it."""
    if cell.percent:
        return "fraction" if isinstance(cell.value, int | float) else "percent"
    beside = "%" in folded(cell.number_format)  # a format that shows 95 as 95% has the sign only beside it
    return "percent" if unit_has_percent or beside else "none"


def template_rows(rulebook: Rulebook) -> Iterable[tuple[Any, ...]]:
    """Every metric as a row, with numerator and denominator below a ratio, values blank."""
    yield COLUMNS
    for indicator in rulebook.indicators:
        lead = "、".join(indicator.lead)
        for metric in indicator.metrics:
            base = (indicator.number, indicator.name)
            yield (*base, metric.name, metric.unit, KINDS[metric.kind], lead, None, None, None)
            for part, name in zip(PARTS, metric.ratio_of or (), strict=False):
                yield (*base, f"{metric.name}|{part}", name, "数量", lead, None, None, None)
    for condition, words in rulebook.declared.items():
        yield (RATING, words, condition, "", KINDS["yes_no"], "", None, None, None)
    yield (AREA, "填报地区", "地区名称", "", "名称", "", None, None, None)


def write_template(rulebook: Rulebook, out: Path) -> None:
    """A blank template as .xlsx, .csv or .json. Raises ValueFileError for another ending."""
    suffix = out.suffix.lower()
    if suffix == ".xlsx":
        template_workbook(rulebook).save(out)
    elif suffix == ".csv":
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(template_rows(rulebook))
    elif suffix == ".json":
        blank: Values = {
            str(indicator.number): {metric.name: None for metric in indicator.metrics}
            for indicator in rulebook.indicators
            if indicator.metrics
        }
        blank[RATING] = dict.fromkeys(rulebook.declared)
        out.write_text(json.dumps({AREA: ""} | blank, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    else:
        raise ValueFileError([Wrong(out.name, Message("values.template_ends"))])


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
    for row in sheet.iter_rows(min_row=2, min_col=7, max_col=9):
        for cell in row:
            cell.fill = shade
    for column, width in zip("ABCDEFGHI", (7, 30, 52, 26, 12, 24, 14, 24, 24), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "D2"
    return book


def _part(rulebook: Rulebook, number: str, name: str) -> tuple[str, str]:
    """The metric that a row names, as the rulebook spells it where it knows it, and which part of its value stands there."""
    part = next((part for part in PARTS if name.endswith(f"|{part}")), "")
    name = name.removesuffix(f"|{part}") if part else name
    _indicator, metric = _asked(rulebook, number, name)
    return metric.name if metric else name, PARTS[part] if part else VALUE


def _number(written: str) -> str:
    """An indicator's number in one spelling: 1 for 01 and １."""
    bare = folded(written)
    return str(int(bare)) if bare.isdecimal() and len(bare) < MOST_DIGITS else bare


def _entered(rulebook: Rulebook, slots: Slots, wrong: list[Wrong], place: Place, name_of_file: str) -> Values:
    """The values that the slots mean. Raises ValueFileError with all that is wrong, `wrong` included."""
    found: Values = {}
    fractions, seen = [], set()
    for (number, name), slot in slots.items():
        indicator, metric = _asked(rulebook, number, name)
        found.setdefault(number, {})[name] = None
        first = next(iter(slot.lines.values()), 1)
        where = place(number, name, next((slot.lines[part] for part in slot.lines if _given(slot.given[part])), first))
        if metric is None:
            continue
        if (number, metric.key) in seen:
            wrong.append(Wrong(where, Message("values.metric_stands_here_twice", metric_name=name)))
        seen.add((number, metric.key))
        try:
            found[number][name] = as_stored(enter(metric, slot.written, indicator))
            fractions += [where] if taken_as_fraction(metric, slot.written) else []
        except ValueError as error:
            wrong.append(Wrong(where, Message("values.of_metric", name=name, said=error)))
    try:
        read_values(rulebook, found)
    except ValuesError as error:
        for number, name, message in error.problems:
            lines = [
                line
                for key, slot in slots.items()
                if key in ((number, name), (number, name or key[1]))
                for line in slot.lines.values()
            ]
            said = Message("values.of_metric", name=name, said=message) if name else message
            wrong.append(Wrong(place(number, name, min(lines, default=1)), said))
    if wrong:
        raise ValueFileError(wrong)
    aloud(name_of_file, _said_once(fractions))
    return found


def _asked(rulebook: Rulebook, number: str, name: str) -> tuple[Indicator | None, Metric | None]:
    """The indicator and metric that a file names; no metric where the rulebook has none such."""
    if number == RATING:
        return None, Metric(name, name, "yes_no") if name in rulebook.declared else None
    indicator = rulebook.indicator(int(number)) if number.isdecimal() else None
    return indicator, indicator.metric(name) if indicator else None


def _said_once(fractions: list[Text]) -> Iterator[Note]:
    if fractions:
        where, count = fractions[:3], len(fractions)
        yield Note(
            Message("values.bare_numbers_most_read", count=count, where=where),
        )


def _read_json(path: Path, rulebook: Rulebook) -> Values:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_once)
    except Refusal as error:
        raise ValueFileError([Wrong(path.name, said_of(error))]) from error
    except (OSError, ValueError, RecursionError) as error:
        raise ValueFileError([Wrong(path.name, Message("values.not_json", said=str(error)))]) from error
    if isinstance(document, dict) and isinstance(document.get(AREA), str):
        del document[AREA]
    if not isinstance(document, dict) or not all(isinstance(item, dict) for item in document.values()):
        raise ValueFileError([Wrong(path.name, Message("values.expected_numbers"))])
    slots: Slots = {}
    wrong = []
    for written, metrics in document.items():
        number = _number(written)
        for name, raw in metrics.items():
            try:
                if (number, name) in slots:
                    raise Refusal("values.metric_stands_here_twice", metric_name=name)
                slots[number, name] = _Slot(_from_json(raw), mark="fraction")
            except ValueError as error:
                wrong.append(Wrong(f"{path.name} {number} {name}", said_of(error)))
    return _entered(rulebook, slots, wrong, lambda number, name, _line: f"{path.name} {number} {name}", path.name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, object]:
    """An object of JSON. Raises ValueError for a key that stands twice, of which a reader would take the last."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refusal(
            "values.key_twice", key=next(key for place, (key, _value) in enumerate(pairs) if key in dict(pairs[:place]))
        )
    return found


def _from_json(raw: Any) -> dict[str, object]:
    """The parts of a value of JSON. Raises ValueError."""
    if not isinstance(raw, dict):
        return {VALUE: raw}
    parts = {key: part for key, part in raw.items() if key != NOT_APPLICABLE}
    if NOT_APPLICABLE in raw:
        parts["reason"] = raw[NOT_APPLICABLE]
        if not _given(parts["reason"]):
            raise Refusal("values.not_applicable_needs_reason")
    if not set(parts) <= {VALUE, NUMERATOR, DENOMINATOR, CONFIRMED, "reason"} or not parts or "reason" in raw:
        raise Refusal("values.expected_value_or")
    return parts


def _given(content: Any) -> bool:
    return content not in (None, "")
