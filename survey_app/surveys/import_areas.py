"""The city, its counties and zones from a file: compared with what is stored, added or changed, never removed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from definitions.names import clean, key, points_in_words
from survey_app.files.said import Note
from survey_app.files.tables_in import Change, Field, Line, Preview, Table, TableRefusedError
from survey_app.ground import audit
from survey_app.models import Area, Site, Survey, db
from wording import Message

KINDS = {
    "city": "city", "市": "city", "城市": "city", "地级市": "city", "county": "county", "县": "county", "区": "county",
    "县级市": "county", "县(市、区)": "county", "县（市、区）": "county", "县市区": "county", "zone": "zone",
    "功能区": "zone", "开发区": "zone", "高新区": "zone",
}  # fmt: skip
KIND_NAMES = {"city": "市", "county": "县(市、区)", "zone": "功能区"}
FIELDS = (
    Field("code", "编码", "code", "行政区划代码，功能区可自编，如 990100-1。再次导入时按编码对应", "the official code; a zone may have one of your own; a later import finds the place by it", True, ("区划代码", "行政区划代码")),
    Field("name", "名称", "name", "全市内不重复，问卷里居民看到的就是这个名称", "unique; residents see it in the questionnaire", True, ("地区", "area")),
    Field("name_en", "英文名", "English name", "英文问卷里的名称，可不填", "for the English questionnaire; may stay empty"),
    Field("kind", "类型", "kind", "市、县(市、区) 或 功能区；不填则按上级推断", "city, county or zone; left empty it follows from the parent"),
    Field("parent", "上级", "parent", "上级的编码或名称：县填所属市，功能区填所属县；市不填", "code or name of the place it lies in; empty for the city", False, ("上级编码", "所属")),
    Field("residents", "常住人口", "residents", "整数。县的人口含其功能区，功能区另列", "a whole number; a county's figure includes its zones", False, ("人口", "常住人口数")),
)  # fmt: skip
EXAMPLES = (
    ("990100", "某市", "Mou City", "市", "", 8350000),
    ("990101", "甲区", "Jia District", "县(市、区)", "990100", 1050000),
    ("990101-1", "甲区高新区", "Jia High-tech Zone", "功能区", "990101", 160000),
)


@dataclass
class _Row:
    line: Line
    code: str
    name: str
    name_en: str
    kind: str
    parent: str  # a code
    residents: int | None


def preview(name: str, data: bytes) -> Preview:
    """What the file would do. Nothing is stored."""
    table = Table.read(name, data, FIELDS)
    rows = _rows(table)
    return table.preview([_change(row) for row in rows] if not table.faults else [])


def store(name: str, data: bytes) -> Preview:
    """Check the file again, add and change the areas; the caller commits. Raises TableRefusedError; nothing is stored then."""
    table = Table.read(name, data, FIELDS)
    rows = _rows(table)
    found = table.preview([_change(row) for row in rows] if not table.faults else [])
    if found.faults:
        raise TableRefusedError(found.faults)
    before = {
        area.code: said_of(area) for area in db.session.scalars(select(Area)) if any(r.code == area.code for r in rows)
    }
    for row in sorted(rows, key=lambda row: list(KIND_NAMES).index(row.kind)):
        area = _stored(row.code)
        if area is None:
            area = Area(code=row.code)
            db.session.add(area)
        area.name, area.kind = row.name, row.kind
        area.name_en = row.name_en or area.name_en or ""
        area.residents = row.residents if row.residents is not None else (area.residents or 0)
        area.parent = _stored(row.parent) if row.parent else None
        area.demo = area.demo or bool(area.parent and area.parent.demo)
        db.session.flush()
    after = {row.code: said_of(area) for row in rows if (area := _stored(row.code))}
    moved = {code: said for code, said in after.items() if before.get(code) != said}
    if moved:
        audit.record("areas.import", f"file:{name}"[:120], {code: before.get(code) for code in moved}, moved)
    return found


def _rows(table: Table) -> list[_Row]:
    if not table.usable:
        return []
    rows = [
        _Row(line, key(line.text("code", 24)), clean(line.text("name", 80)), line.text("name_en", 80), "", clean(line.text("parent", 80)),
             line.whole("residents"))
        for line in table.lines
    ]  # fmt: skip
    by_code: dict[str, _Row] = {}
    moved = {row.code for row in rows}
    stored = [area for area in db.session.scalars(select(Area)) if area.code not in moved]
    by_name = {key(area.name): area.code for area in stored}
    written = {key(area.name): area.name for area in stored}
    for row in rows:
        if row.code and row.code in by_code:
            row.line.fault(
                "code", Message("surveys.code_stands_twice_file", by_code_line_number=by_code[row.code].line.number)
            )
        by_code.setdefault(row.code, row)
        if row.name and by_name.get(key(row.name), row.code) != row.code:
            said = points_in_words(row.line.cells.get("name", ""), written[key(row.name)])
            row.line.fault(
                "name",
                Message("surveys.another_place_name", row_name=row.name, by_name=by_name[key(row.name)], said=said),
            )
        by_name.setdefault(key(row.name), row.code)
        written.setdefault(key(row.name), row.line.cells.get("name", "").strip())
    for row in rows:
        row.parent = _parent_code(row, by_code, by_name)
    for row in rows:
        row.kind = _kind(row, by_code, by_name)
    for row in rows:
        _check_place(row, by_code)
    _check_residents(table, rows)
    return rows


def _parent_code(row: _Row, by_code: dict[str, _Row], by_name: dict[str, str]) -> str:
    said = row.parent
    if not said:
        return ""
    code = said if said in by_code or _stored(said) else by_name.get(key(said), "")
    if not code or code == row.code:
        row.line.fault("parent", Message("surveys.no_place_lie", said=said))
        return ""
    return code


def _kind(row: _Row, by_code: dict[str, _Row], by_name: dict[str, str]) -> str:
    said = row.line.text("kind", 20)
    if said:
        kind = KINDS.get(said) or KINDS.get(said.casefold(), "")
        if not kind:
            row.line.fault("kind", Message("surveys.kind_city_county_or"))
        return kind
    stored = _stored(row.code)
    if stored is not None:
        return stored.kind
    depth, code, seen = 0, row.parent, {row.code}
    while code and code not in seen:
        seen.add(code)
        depth += 1
        parent = _stored(code)
        code = by_code[code].parent if code in by_code else (parent.parent.code if parent and parent.parent else "")
    return list(KIND_NAMES)[min(depth, 2)]


def _check_place(row: _Row, by_code: dict[str, _Row]) -> None:
    wanted = {"city": "", "county": "city", "zone": "county"}.get(row.kind)
    if wanted is None:
        return
    stored = _stored(row.code)
    if row.kind == "city":
        if row.parent:
            row.line.fault("parent", Message("surveys.city_lies_no_other"))
    elif not row.parent:
        if row.line.cells.get("parent", "").strip() == "":
            name = KIND_NAMES[wanted]
            row.line.fault("parent", Message("surveys.name_lies", name=name, wanted=wanted))
    else:
        parent = _stored(row.parent)
        above = by_code[row.parent].kind if row.parent in by_code else (parent.kind if parent else "")
        if above != wanted:
            row.line.fault("parent", Message("surveys.parent_must", kind_names=KIND_NAMES[wanted], wanted=wanted))
    if stored is not None and _in_use(stored):
        kept = [("name", stored.name, row.name), ("kind", stored.kind, row.kind)]
        kept.append(("parent", stored.parent.code if stored.parent else "", row.parent))
        for key, before, after in kept:
            if before != after:
                row.line.fault(key, Message("surveys.survey_uses_place_only", before=before, after=after))


def _check_residents(table: Table, rows: list[_Row]) -> None:
    inside: dict[str, int] = {}
    for row in rows:
        inside[row.parent] = inside.get(row.parent, 0) + (row.residents or 0)
    for row in rows:
        total = inside.get(row.code, 0)
        if row.residents and row.kind == "county" and total > row.residents:
            row.line.fault("residents", Message("surveys.less_than_its_zones", total=total))
        if row.residents and row.kind == "city" and total and abs(total - row.residents) > 0.01 * row.residents:
            table.notes.append(
                Note(
                    Message(
                        "surveys.residents_its_counties_together",
                        row_name=row.name,
                        row_residents=row.residents,
                        total=total,
                    )
                )
            )


def _change(row: _Row) -> Change:
    area = _stored(row.code)
    label = f"{row.code} {row.name}"
    after = {
        "name": row.name,
        "name_en": row.name_en,
        "kind": KIND_NAMES[row.kind],
        "parent": row.parent,
        "residents": "" if row.residents is None else str(row.residents),
    }
    if area is None:
        return Change("add", label, tuple((key, "", said) for key, said in after.items() if said))
    before = said_of(area)
    moved = tuple((key, before[key], said) for key, said in after.items() if said and before[key] != said)
    return Change("change" if moved else "same", label, moved)


def said_of(area: Area) -> dict[str, str]:
    """An area as a file has it, by column."""
    return {
        "name": area.name,
        "name_en": area.name_en,
        "kind": KIND_NAMES[area.kind],
        "parent": area.parent.code if area.parent else "",
        "residents": str(area.residents),
    }


def _stored(code: str) -> Area | None:
    return db.session.scalar(select(Area).where(Area.code == code)) if code else None


def _in_use(area: Area) -> bool:
    """Whether responses may carry this place's name: a site stands there, or a survey of its city left its draft."""
    if db.session.scalar(select(Site.id).where(Site.area_id == area.id).limit(1)) is not None:
        return True
    top = area
    while top.parent is not None:
        top = top.parent
    query = select(Survey.id).where(Survey.city_id == top.id, Survey.state != "draft")
    return db.session.scalar(query.limit(1)) is not None
