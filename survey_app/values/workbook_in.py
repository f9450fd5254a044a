"""A filled workbook of values: what it would change is shown first, and only what was shown is stored."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
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
from survey_app.jobs.queue import Progress, counting
from survey_app.models import Area, IndicatorEntry, IndicatorValue, Kept, db
from survey_app.values import entry as value_entry
from survey_app.values.entry import NOTE, Place
from survey_app.values.files import mark_of
from survey_app.values.form_sheet import (
    AREA,
    BASE,
    BASE_NOTE,
    BOTTOM,
    CONFIRMATION,
    HEADINGS,
    METRIC,
    NAME,
    NUMBER,
    REASON,
    SHEET,
    TOP,
    VALUE,
    VERSION,
)
from survey_app.values.form_sheet import NOTE as NOTE_COLUMN
from survey_app.values.periods import period_of
from survey_app.values.reading import stored_of
from survey_app.values.workbook_out import KIND, inputs_of
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
    entry: IndicatorEntry | None
    rows: Mapping[str, IndicatorValue]
    values: dict[str, tuple[Any, int]]
    refusal: Text


def preview(name: str, body: bytes, by: str, may_enter: MayEnter) -> Kept:
    """Read the workbook and keep what it would change. The caller commits.

    Nothing of it is stored yet. Raises WorkbookError with every cell that cannot be read, by row and column.
    """
    meta, lines = workbooks.read_sheets(name, body, KIND, SHEET)
    lines = [(title, line, row) for title, line, row in lines if not _is_band(row)]
    period = period_of(str(meta.get("period")))
    present = _present(period.code, {_key([cell.value for cell in row]) for _title, _line, row in lines}, may_enter)
    rows: list[Row] = []
    problems: list[tuple[str, Text]] = []
    seen: Counter[str] = Counter()
    for title, line, row in lines:
        cells = [cell.value for cell in row]
        key = _key(cells)
        there = present.get(key)
        metric = _metric(there, _text(cells[METRIC - 1]))
        if there is None or metric is None:
            problems.append((workbooks.at(title, line), Message("values.row_not_known")))
            continue
        seen[f"{key}{metric.key}"] += 1
        if seen[f"{key}{metric.key}"] > 1:
            problems.append(
                (workbooks.at(title, line), Message("values.metric_stands_here_twice", metric_name=metric.name))
            )
            continue
        base = _base(cells[BASE - 1])
        try:
            new, bare = _entered(there.place, metric, row, base)
        except ValueError as error:
            problems.append(
                (workbooks.at(title, line, _column(cells), HEADINGS[_column(cells) - 1][0]), said_of(error))
            )
            continue
        found = _row(there, workbooks.at(title, line), metric.key, base, new, _version(cells[VERSION - 1]))
        rows.append(replace(found, bare=bare))
        if metric.key == there.place.metrics[0].key:
            note = _text(cells[NOTE_COLUMN - 1])[: value_entry.NOTE_LENGTH]
            rows.append(_note(there, workbooks.at(title, line), _text(cells[BASE_NOTE - 1]), note))
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


def confirm(shown: Kept, by: str, take: Collection[str], may_enter: MayEnter, progress: Progress | None = None) -> int:
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
    places = _present(shown.period or "", grouped, may_enter)
    for key, rows in grouped.items():
        there = places.get(key)
        for row in rows:
            if there is None or there.refusal or there.values.get(row.metric, (None, 0)) != (row.old, row.version):
                moved.append((row.where, Message("values.changed_since_import_again")))
    if moved:
        raise WorkbookError(moved)
    with audit.together():
        for key in counting(grouped, len(grouped), progress, "正在保存各项指标", "storing the indicators"):
            there, rows = places[key], grouped[key]
            values = {row.metric: row.new for row in rows if row.metric != NOTE}
            note = next((row.new for row in rows if row.metric == NOTE), None)
            value_entry.write_over(there.place, there.entry, there.rows, values, note, by, f"导入 {shown.name}")
        shown.note = {**shown.note, "changed": len(wanted)}
        keeping.settle(shown)
        audit.record("value.import", f"import:{shown.id}", None, {"file": shown.digest, "changed": len(wanted)})
    return len(wanted)


def _is_band(row: Sequence[Cell]) -> bool:
    """The heading over an indicator's rows: one cell over all columns."""
    return all(cell.value is None for cell in row[NAME - 1 :])


def _key(cells: Sequence[Any]) -> tuple[str, str]:
    """The area's code and the indicator that a row names."""
    return _text(cells[AREA - 1]), _text(cells[NUMBER - 1])


def _present(period: str, wanted: Collection[tuple[str, str]], may_enter: MayEnter) -> dict[tuple[str, str], _Present]:
    """What is stored at the places that there are."""
    places, found = value_entry.places_of(period, wanted), {}
    if not places:
        return {}
    areas = {place.area.id: place.area for place in places.values()}
    stored = stored_of(period_of(period), areas.values(), fresh=True)
    for key, place in places.items():
        area, indicator = place.area.id, place.indicator
        entry = stored.entries.get(area, {}).get(indicator)
        rows = {row.metric: row for row in stored.rows.get(area, {}).get(indicator, ())}
        values: dict[str, tuple[Any, int]] = {metric: (row.value, row.version) for metric, row in rows.items()}
        values[NOTE] = (entry.note if entry else "", 0)
        refusals = [message for _key, message in value_entry.refusals(place, entry)]
        if not may_enter(place.area, stored.who[area][indicator].departments):
            refusals = [Message("values.you_may_not_enter")]
        found[key] = _Present(place, entry, rows, values, refusals[0] if refusals else "")
    return found


def _entered(place: Place, metric: Metric, row: Sequence[Cell], base: Any) -> tuple[Any, bool]:
    """The value that a row says, and whether a bare number was read as a fraction. What nobody touched stays as it was."""
    cells = tuple(row[column - 1].value for column in INPUTS)
    if cells == inputs_of(metric, base):
        return base, False
    value, top, bottom, reason, confirmed = cells
    written = Written(value, top, bottom, reason, confirmed, mark_of(row[VALUE - 1], unit_has_percent=False))
    return as_stored(enter(metric, written, place.scored)), taken_as_fraction(metric, written)


def _row(there: _Present, where: str, metric: str, base: Any, new: Any, version: int) -> Row:
    old, now_version = there.values.get(metric, (None, 0))
    same = value_entry.same(base, new) or value_entry.same(old, new)
    kind, why = _judged(there.refusal, same, version != now_version, old is None)
    return _shown(there, where, metric, kind, old, new, now_version, why)


def _note(there: _Present, where: str, base: str, new: str) -> Row:
    old = there.values[NOTE][0]
    kind, why = _judged(there.refusal, new in (base, old), base != old, not old)
    return _shown(there, where, NOTE, kind, old, new, 0, why)


def _judged(refusal: Text, same: bool, moved: bool, empty: bool) -> tuple[str, Text]:
    """What becomes of a cell, and why: nothing in it is new, it is closed, somebody changed it since, or it is stored."""
    if same:
        return UNCHANGED, ""
    if refusal:
        return LOCKED, refusal
    if moved:
        return CONFLICT, Message("values.somebody_changed_since_export")
    return ADDED if empty else CHANGED, refusal


def _shown(there: _Present, where: str, metric: str, kind: str, old: Any, new: Any, version: int, why: Text) -> Row:
    place = there.place
    return Row(where, place.area.code, place.indicator, metric, kind, old, new, version, why)


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
