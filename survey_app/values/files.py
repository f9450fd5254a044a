"""Indicator values from a workbook, a CSV or a JSON file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
from survey_app.files.cells import Cell, as_text
from survey_app.files.headed import HeadedTable, plain, read_headed
from survey_app.files.said import FileRefusedError, Note, aloud
from survey_app.files.workbooks import META, WORDS
from survey_app.values.form_sheet import AREA_LABEL, PERIOD_LABEL, RATIO
from survey_app.values.form_sheet import HEADINGS as FORM
from survey_app.values.habits import habits
from wording import Message, Refusal, Text, said_of

HEADINGS = ("序号", "三级指标", "指标", "单位", "类型", "牵头部门", "数值", "不适用原因")
NEEDED = ("序号", "指标", "数值")
RATIO_HEADING = FORM[RATIO - 1][0]
AREA = "area"  # the row that says whose values these are
CONFIRMATION = "确认理由"  # a column that may be missing: why a value outside the usual range is right
PARTS = {"分子": NUMERATOR, "分母": DENOMINATOR}  # columns that may be missing; older files have a row for each
IN_PERCENT = "数值(%)"  # as some write the heading over shares in percents
COLUMNS = (*HEADINGS, CONFIRMATION, *PARTS)
ALIASES = {"指标项": "指标", "超出通常范围的理由": CONFIRMATION, IN_PERCENT: "数值"}  # as the form to fill calls them
KNOWN = frozenset(map(plain, (*COLUMNS, *ALIASES)))
OWN_NOTES = {
    "files.headings_row_not_read",
    "files.across",
    "files.hidden_columns_read_too",
}  # of our own form's make-up


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
    """What a file says of one metric: the contents of its cells, the line and column of each, and what a bare share is."""

    given: dict[str, object] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    mark: Mark = "none"

    @property
    def written(self) -> Written:
        return Written(**self.given, mark=self.mark)


Slots = dict[tuple[str, str], _Slot]
Place = Callable[[str, str, int, str], Text]  # indicator, metric, line and column -> how a person finds it


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
    aloud(path.name, notes_of(table))
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
        heading = plain(ALIASES[known]) if (known := _alias(heading)) else heading
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
            Wrong(f"{table.title} {cell.address}", Message("values.merged_split", cell_merged=cell.merged))
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


def area_in(table: HeadedTable, rows: Sequence[Sequence[Cell]]) -> str:
    """The area that a form states above its headings, or a table in a row of its own; '' where neither does."""
    for above in table.above:
        said = [clean(as_text(value)) for value in above.values if value is not None]
        if AREA_LABEL in said[:-1] and (stated := said[said.index(AREA_LABEL) + 1]) != PERIOD_LABEL:
            return stated
    return next((clean(row[6].text) for row in rows if row and row[0].text == AREA), "")


def notes_of(table: HeadedTable) -> list[Note]:
    """What should be known of a table, without what belongs to the make-up of our own form."""
    own = plain(RATIO_HEADING) in map(plain, table.headings)
    return [note for note in table.notes if not (own and isinstance(note.said, Message) and _of_the_form(note.said))]


def _of_the_form(said: Message) -> bool:
    if said.key == "files.sheet_read_not_read":
        return all(
            other == WORDS or getattr(other, "params", {}).get("title") == META for other in said.params["others"]
        )
    kind = said.params.get("kind")
    return {said.key, kind.key if isinstance(kind, Message) else ""} & OWN_NOTES != set()


def _alias(heading: str) -> str:
    """Another word for a column of ours, as it is written; '' where it is none."""
    return next((said for said in ALIASES if plain(said) == heading), "")


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
        unit, value, reason, confirmed, top, bottom = row[3], *row[6:]
        cells = {NUMERATOR: top, DENOMINATOR: bottom, part: value}
        beside: dict[str, object] = {
            key: cell.value for key, cell in cells.items() if key != part and cell.value is not None
        }
        if {part, *beside} & slot.lines.keys():
            wrong.append(Wrong(cell_of(sheet, line), Message("values.metric_stands_here_twice", metric_name=name)))
            continue
        slot.lines |= dict.fromkeys((part, *beside), line)
        slot.given |= {part: value.value} | beside
        slot.columns |= {key: _column(cells[key], "数值" if key == part else _of_part(key)) for key in (part, *beside)}
        slot.mark = mark_of(value, "%" in folded(unit.text)) if part == VALUE else slot.mark
        slot.given |= {key: cell.value for key, cell in (("reason", reason), (CONFIRMED, confirmed)) if cell.value}
    return _entered(rulebook, slots, wrong, lambda _n, _m, line, column: cell_of(sheet, line, column), file)


def _column(cell: Cell, heading: str) -> str:
    return f"{cell.address.rstrip('0123456789')} ({heading})"


def _of_part(key: str) -> str:
    return next(heading for heading, part in PARTS.items() if part == key)


def mark_of(cell: Cell, unit_has_percent: bool) -> Mark:
    """What a cell, or the heading or unit it stands under, says of a bare share in it."""
    if cell.percent:
        return "fraction" if isinstance(cell.value, int | float) else "percent"
    beside = "%" in folded(cell.number_format)  # a format that shows 95 as 95% has the sign only beside it
    return "percent" if unit_has_percent or beside else "none"


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
        wanted = next((part for part in slot.lines if _given(slot.given[part])), next(iter(slot.lines), VALUE))
        where = place(number, name, slot.lines.get(wanted, 1), slot.columns.get(wanted, ""))
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
                (line, slot.columns.get(part, ""))
                for key, slot in slots.items()
                if key in ((number, name), (number, name or key[1]))
                for part, line in slot.lines.items()
            ]
            said = Message("values.of_metric", name=name, said=message) if name else message
            wrong.append(Wrong(place(number, name, *min(lines, default=(1, ""))), said))
    if wrong:
        raise ValueFileError(wrong)
    aloud(name_of_file, _said_once(fractions))
    return found


def _asked(rulebook: Rulebook, number: str, name: str) -> tuple[Indicator | None, Metric | None]:
    """The indicator and metric that a file names; no metric where the rulebook has none such."""
    if number == RATING:
        condition = next((key for key, words in rulebook.declared.items() if name in (key, words)), None)
        return None, Metric(condition, condition, "yes_no") if condition else None
    indicator = rulebook.indicator(int(number)) if number.isdecimal() else None
    return indicator, indicator.metric(name) if indicator else None


def _said_once(fractions: list[Text]) -> Iterator[Note]:
    if fractions:
        where, count = fractions[:3], len(fractions)
        yield Note(Message("values.bare_numbers_most_read", count=count, where=where))


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
    return _entered(rulebook, slots, wrong, lambda number, name, *_at: f"{path.name} {number} {name}", path.name)


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
