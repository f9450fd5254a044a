"""A filled workbook of values: what it would change is shown first, and only what was shown is stored."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from analysis.scoring.entering import Written, enter, taken_as_fraction
from analysis.scoring.rulebook import Metric
from analysis.scoring.values import as_stored
from survey_app.documents.spreadsheets import XLSX
from survey_app.files import stored, workbooks
from survey_app.files.cells import Cell
from survey_app.files.workbooks import WorkbookError
from survey_app.ground import audit, keeping
from survey_app.models import Area, Kept, db
from survey_app.values import entry as value_entry
from survey_app.values.entry import NOTE, Place
from survey_app.values.files import mark_of
from survey_app.values.periods import period_of
from survey_app.values.workbook_out import (
    AREA,
    BASE,
    BASE_NOTE,
    BOTTOM,
    CONFIRMATION,
    HEADINGS,
    KIND,
    METRIC,
    REASON,
    RESULT,
    SHEET,
    TITLE,
    TOP,
    VALUE,
    VERSION,
    inputs_of,
)
from survey_app.values.workbook_out import NOTE as NOTE_COLUMN
from wording import Message, Text, again, kept, said_of

ADDED, CHANGED, UNCHANGED, CONFLICT, LOCKED = "added", "changed", "unchanged", "conflict", "locked"
INPUTS = (VALUE, TOP, BOTTOM, REASON, CONFIRMATION)
MayEnter = Callable[[Area, tuple[str, ...]], bool]


@dataclass(frozen=True)
class Row:
    """One value of the workbook beside the stored one. `version`: of the stored value when this was shown.

    bare: its share was a number without a %, read as a fraction.
    kind: added | changed | unchanged | conflict (changed by somebody since the export) | locked (`why` says it).
    """

    where: str
    area: str
    indicator: str
    metric: str
    kind: str
    old: Any
    new: Any
    version: int
    why: Text = ""
    bare: bool = False

    @property
    def key(self) -> str:
        return f"{self.area}|{self.indicator}|{self.metric}"


@dataclass(frozen=True)
class _Present:
    """What is stored at a place now: value and version by metric, the note under ':note', and why it may not change."""

    place: Place
    values: dict[str, tuple[Any, int]]
    refusal: Text


def preview(name: str, body: bytes, by: str, may_enter: MayEnter) -> Kept:
    """Read the workbook and keep what it would change. The caller commits.

    Nothing of it is stored yet. Raises WorkbookError with every cell that cannot be read, by row and column.
    """
    meta, lines = workbooks.read_sheet(name, body, KIND, SHEET, (RESULT,))
    period = period_of(str(meta.get("period")))
    present: dict[tuple[str, str], _Present | None] = {}
    rows: list[Row] = []
    problems: list[tuple[str, Text]] = []
    seen: Counter[str] = Counter()
    for line, row in lines:
        cells = [cell.value for cell in row]
        key = (_text(cells[AREA - 1]), _text(cells[1]))
        if key not in present:
            present[key] = _present(period.code, *key, may_enter)
        there = present[key]
        metric = _metric(there, _text(cells[METRIC - 1]))
        if there is None or metric is None:
            problems.append((workbooks.at(TITLE, line), Message("values.row_not_known")))
            continue
        seen[f"{key}{metric.key}"] += 1
        if seen[f"{key}{metric.key}"] > 1:
            problems.append(
                (workbooks.at(TITLE, line), Message("values.metric_stands_here_twice", metric_name=metric.name))
            )
            continue
        base = _base(cells[BASE - 1])
        try:
            new, bare = _entered(there.place, metric, row, base)
        except ValueError as error:
            problems.append(
                (workbooks.at(TITLE, line, _column(cells), HEADINGS[_column(cells) - 1][0]), said_of(error))
            )
            continue
        found = _row(there, line, metric.key, base, new, _version(cells[VERSION - 1]))
        rows.append(replace(found, bare=bare))
        if metric.key == there.place.metrics[0].key:
            note = _text(cells[NOTE_COLUMN - 1])[: value_entry.NOTE_LENGTH]
            rows.append(_note(there, line, _text(cells[BASE_NOTE - 1]), note))
    if problems:
        raise WorkbookError(problems)
    if not rows:
        raise WorkbookError([("", Message("values.workbook_holds_no_values"))])
    file = {"name": name[-200:], "period": period.code}
    return keeping.shown(
        keeping.VALUES, [{**asdict(row), "why": kept(row.why)} for row in rows], stored.put(body, XLSX), by, file
    )


def rows_of(shown: Kept) -> list[Row]:
    """What the person was shown."""
    return [Row(**{**row, "why": again(row["why"])}) for row in keeping.content_of(shown)]


def confirm(shown: Kept, by: str, take: Collection[str], may_enter: MayEnter) -> int:
    """Store what was shown: additions, changes, and the conflicts whose key is in `take`. The caller commits.

    Gives how many values changed. Raises WorkbookError and stores nothing where anything has moved since.
    """
    audit.wait_turn()
    db.session.refresh(shown)
    if shown.state != "previewed" or shown.by != by:
        raise WorkbookError([("", Message("values.import_finished_or_not"))])
    wanted = [
        row for row in rows_of(shown) if row.kind in (ADDED, CHANGED) or (row.kind == CONFLICT and row.key in take)
    ]
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in wanted:
        grouped[(row.area, row.indicator)].append(row)
    moved: list[tuple[str, Text]] = []
    places = {key: _present(shown.period or "", *key, may_enter) for key in grouped}
    for key, rows in grouped.items():
        there = places[key]
        for row in rows:
            if there is None or there.refusal or there.values.get(row.metric, (None, 0)) != (row.old, row.version):
                moved.append((row.where, Message("values.changed_since_import_again")))
    if moved:
        raise WorkbookError(moved)
    for key, rows in grouped.items():
        there = places[key]
        assert there is not None
        values = {row.metric: row.new for row in rows if row.metric != NOTE}
        note = next((row.new for row in rows if row.metric == NOTE), None)
        value_entry.write(there.place, values, note, by, f"导入 {shown.name}")
    keeping.settle(shown)
    audit.record("value.import", f"import:{shown.id}", None, {"file": shown.digest, "changed": len(wanted)})
    return len(wanted)


def _present(period: str, area: str, indicator: str, may_enter: MayEnter) -> _Present | None:
    place = value_entry.place_of(period, area, indicator)
    if place is None:
        return None
    entry = value_entry.entry_of(place, fresh=True)
    values = {key: (row.value, row.version) for key, row in value_entry.rows_of(place, fresh=True).items()}
    values[NOTE] = (entry.note if entry else "", 0)
    refusals = [message for _key, message in value_entry.refusals(place, entry)]
    if not may_enter(place.area, place.who.departments):
        refusals = [Message("values.you_may_not_enter")]
    return _Present(place, values, refusals[0] if refusals else "")


def _entered(place: Place, metric: Metric, row: Sequence[Cell], base: Any) -> tuple[Any, bool]:
    """The value that a row says, and whether a bare number was read as a fraction. What nobody touched stays as it was."""
    cells = tuple(row[column - 1].value for column in INPUTS)
    if cells == inputs_of(metric, base):
        return base, False
    value, top, bottom, reason, confirmed = cells
    written = Written(value, top, bottom, reason, confirmed, mark_of(row[VALUE - 1], unit_has_percent=False))
    return as_stored(enter(metric, written, place.scored)), taken_as_fraction(metric, written)


def _row(there: _Present, line: int, metric: str, base: Any, new: Any, version: int) -> Row:
    old, now_version = there.values.get(metric, (None, 0))
    same = value_entry.same(base, new) or value_entry.same(old, new)
    kind, why = _judged(there.refusal, same, version != now_version, old is None)
    return _shown(there, line, metric, kind, old, new, now_version, why)


def _note(there: _Present, line: int, base: str, new: str) -> Row:
    old = there.values[NOTE][0]
    kind, why = _judged(there.refusal, new in (base, old), base != old, not old)
    return _shown(there, line, NOTE, kind, old, new, 0, why)


def _judged(refusal: Text, same: bool, moved: bool, empty: bool) -> tuple[str, Text]:
    """What becomes of a cell, and why: nothing in it is new, it is closed, somebody changed it since, or it is stored."""
    if same:
        return UNCHANGED, ""
    if refusal:
        return LOCKED, refusal
    if moved:
        return CONFLICT, Message("values.somebody_changed_since_export")
    return ADDED if empty else CHANGED, refusal


def _shown(there: _Present, line: int, metric: str, kind: str, old: Any, new: Any, version: int, why: Text) -> Row:
    place = there.place
    return Row(workbooks.at(TITLE, line), place.area.code, place.indicator, metric, kind, old, new, version, why)


def _metric(there: _Present | None, key: str) -> Metric | None:
    return next((metric for metric in there.place.metrics if metric.key == key), None) if there else None


def _column(cells: list[Any]) -> int:
    """The first filled input, where a wrong value is looked for."""
    return next((place for place in INPUTS if cells[place - 1] not in (None, "")), VALUE)


def _text(cell: Any) -> str:
    return str(cell).strip() if cell is not None else ""


def _version(cell: Any) -> int:
    return int(cell) if isinstance(cell, int | float) or (isinstance(cell, str) and cell.isdecimal()) else -1


def _base(cell: Any) -> Any:
    """The value as it was exported; one that cannot be read counts as never seen."""
    try:
        return json.loads(cell) if isinstance(cell, str) else None
    except ValueError:
        return None
