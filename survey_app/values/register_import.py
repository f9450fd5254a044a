"""Items of a register from a table: looked at, then added or changed by title and first day, never removed."""

from __future__ import annotations

from analysis.scoring.registers import Register
from definitions.names import key as name_key
from survey_app.files.said import Fault
from survey_app.files.tables_in import Change, Field, Line, Preview, Table, TableRefusedError
from survey_app.ground.dates import DateError, read_day
from survey_app.models import Area, RegisterItem
from survey_app.values.registers import RegisterError, Written, items_of, save, written
from wording import said_of

DAYS = ("day", "second_day")


def fields_of(register: Register) -> tuple[Field, ...]:
    """The columns of the register's table."""
    says = {
        "day": ("2026-03-05", "2026-03-05"),
        "second_day": ("2026-03-05", "2026-03-05"),
        "number": ("数字", "a number"),
    }
    levels = "、".join(register.levels)
    found = [
        Field(
            "title",
            register.title.zh,
            register.title.en,
            "同一名称和日期的视为同一条",
            "title and first day name the item",
            True,
        )
    ]
    for key, words in register.asks.items():
        zh, en = (levels, levels) if key == "level" else says.get(key, ("", ""))
        found.append(Field(key, words.zh, words.en, zh, en, key in ("day", "level")))
    return tuple(found)


def example_of(register: Register) -> list[str]:
    shown = {
        "day": "2026-03-05",
        "second_day": "2026-03-20",
        "number": "1",
        "level": register.levels[0] if register.levels else "",
    }
    return [f"某{register.title.zh}", *(shown.get(key, "") for key in register.asks)]


def preview(area: Area, register: Register, name: str, data: bytes) -> Preview:
    """What the file would do. Nothing is stored."""
    table, rows = _read(area, register, name, data)
    return table.preview([_change(given, item) for _line, given, item in rows])


def store(area: Area, register: Register, name: str, data: bytes, by: str) -> Preview:
    """Check the file again, add and change the items; the caller commits. Raises TableRefusedError; nothing is stored then."""
    table, rows = _read(area, register, name, data)
    found = table.preview([_change(given, item) for _line, given, item in rows])
    if found.faults:
        raise TableRefusedError(found.faults)
    for line, given, item in rows:
        if item is None or written(item) != given:
            try:
                save(area, register, given, None, by, item, item.version if item else 0)
            except RegisterError as error:
                raise TableRefusedError([Fault(line.number, table.column(error.field), said_of(error))]) from error
    return found


def _read(
    area: Area, register: Register, name: str, data: bytes
) -> tuple[Table, list[tuple[Line, Written, RegisterItem | None]]]:
    table = Table.read(name, data, fields_of(register))
    known = {(name_key(item.title), item.day): item for item in items_of(area, register.key)}
    seen: dict[tuple[str, object], int] = {}
    rows = []
    for line in table.lines if table.usable else ():
        given = _written(line, register)
        key = (name_key(given.title), given.day)
        if key in seen:
            line.fault(
                "title", said_of(RegisterError("registers.already", title=given.title, day=str(given.day or "")))
            )
        seen[key] = line.number
        rows.append((line, given, known.get(key)))
    return table, [] if table.faults else rows


def _written(line: Line, register: Register) -> Written:
    days = {}
    for key in DAYS:
        said = line.cells.get(key, "").strip()
        try:
            days[key] = read_day(said) if said else None
        except DateError as error:
            line.fault(key, said_of(error))
    level = line.text("level", 40)
    if level and level not in register.levels:
        line.fault("level", said_of(RegisterError("registers.no_level", level=level, levels=list(register.levels))))
    return Written(
        line.text("title", 200), days.get("day"), days.get("second_day"), level, line.number_of("number"),
        line.text("about", 120), line.text("handling", 2000),
    )  # fmt: skip


def _change(given: Written, item: RegisterItem | None) -> Change:
    after = given.said()
    if item is None:
        return Change("add", given.title, tuple((key, "", said) for key, said in after.items() if said))
    before = written(item).said()
    moved = tuple((key, before[key], said) for key, said in after.items() if before[key] != said)
    return Change("change" if moved else "same", given.title, moved)
