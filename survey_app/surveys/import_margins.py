"""Population margins from a file, put into the survey's plan: levels as the plan uses them, all of them, one total."""

from __future__ import annotations

from definitions.names import key, near, points_in_words
from survey_app.answering.definitions import units
from survey_app.files.said import Fault
from survey_app.files.tables_in import Change, Field, Line, Preview, Table, TableRefusedError
from survey_app.models import Survey
from survey_app.surveys.levels import MARGINS, levels_of, options_of
from survey_app.surveys.plan_checks import margins_of, with_margins
from survey_app.surveys.plan_versions import PlanChangeError, change_plan
from wording import Message

FIELDS = (
    Field("margin", "变量", "margin", "居住地、性别或年龄；表中只有一个变量时可省去这一列，在页面上选", "residence (home_county), sex or age_band; with a single one the column may be left out", False, ("变量名", "variable")),
    Field("level", "水平", "level", "居住地写地区名称；性别、年龄写问卷选项的代码或文字", "a place's name, or a code or the words of the questionnaire's option", True, ("类别", "分组", "home_county", "sex", "age_band")),
    Field("population", "人口", "population", "16周岁及以上常住人口，大于0。居住地：县不含功能区，功能区另列；各变量合计相同", "residents aged 16 and over, above 0. A county without its zones; every margin adds up to the same total", True, ("人数", "人口数", "总体")),
)  # fmt: skip
LARGEST_GAP = 0.001  # as the calibration has it


def examples(survey: Survey | None) -> list[tuple[object, ...]]:
    """Rows with every level this survey needs, populations to be filled in; without a survey a small example."""
    if survey is None:
        return [
            ("居住地", "甲区", 712000),
            ("居住地", "甲区高新区", 128000),
            ("性别", "male", 425000),
            ("性别", "female", 415000),
        ]
    rows: list[tuple[object, ...]] = []
    known = margins_of(survey.plan)
    for margin, names in MARGINS.items():
        for level in levels_of(survey, margin):
            stored = known.get(margin, {}).get(level)
            rows.append((names[0], level, "" if stored is None else round(stored)))
    return rows


def preview(survey: Survey, name: str, data: bytes, margin: str = "") -> Preview:
    """What the file would do to the plan's margins. `margin`: the one it is of, where it has no such column."""
    table = Table.read(name, data, FIELDS)
    found = _read(survey, table, margin)
    return table.preview(_changes(survey, found))


def store(survey: Survey, name: str, data: bytes, reason: str = "", margin: str = "") -> Preview:
    """Check the file again and put its margins into the plan; the caller commits. Raises TableRefusedError."""
    table = Table.read(name, data, FIELDS)
    found = _read(survey, table, margin)
    preview_ = table.preview(_changes(survey, found))
    if preview_.faults:
        raise TableRefusedError(preview_.faults)
    if preview_.moves:
        try:
            change_plan(survey, with_margins(survey.plan, found), reason)
        except PlanChangeError as error:
            raise TableRefusedError([Fault(0, "", error.said)]) from error
    return preview_


def _read(survey: Survey, table: Table, margin: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    first: dict[tuple[str, str], Line] = {}
    for line in table.lines if table.usable else ():
        name = _margin(line, margin)
        if not name:
            continue
        level = _level(survey, line, name)
        population = line.whole("population", 1)
        if level and (name, level) in first:
            other = first[name, level]
            said = points_in_words(line.cells.get("level", ""), other.cells.get("level", ""))
            line.fault("level", Message("surveys.same_as_row", other_number=other.number, said=said))
        elif level:
            first[name, level] = line
            found.setdefault(name, {})[level] = population or 0
    if table.usable:
        _check_complete(survey, table, found)
    return found


def _margin(line: Line, chosen: str) -> str:
    said = line.text("margin", 40)
    if not said:
        if not chosen:
            line.fault("margin", Message("surveys.name_margin_or_choose"))
        return chosen
    found = next((key for key, names in MARGINS.items() if said.casefold() in (key, *names)), "")
    if not found:
        known = "、".join(names[0] for names in MARGINS.values())
        line.fault("margin", Message("surveys.no_margin_known", said=said, known=known, margins=MARGINS))
    return found


def _level(survey: Survey, line: Line, margin: str) -> str:
    said = line.text("level", 80)
    if not said:
        return ""
    if margin == "home_county":
        known = {place.name: place.name for place in units(survey.city_id)}
        known |= {place.code: place.name for place in units(survey.city_id)}
    else:
        known = {}
        for code, labels in options_of(survey, margin):
            known |= dict.fromkeys((code, *labels), code)
    found = {key(name).casefold(): level for name, level in known.items()}.get(key(said).casefold(), "")
    if not found:
        levels, meant = "、".join(dict.fromkeys(known.values())), near(said, known)
        near_one = Message("surveys.no_level_near", said=said, near=meant, levels=levels)
        line.fault("level", near_one if meant else Message("surveys.no_level", said=said, levels=levels))
    return found


def _check_complete(survey: Survey, table: Table, found: dict[str, dict[str, int]]) -> None:
    for margin, levels in found.items():
        missing = [level for level in levels_of(survey, margin) if level not in levels]
        if missing:
            name = MARGINS[margin][0]
            table.faults.append(Fault(0, "", Message("surveys.lacks", name=name, missing=missing, margin=margin)))
    if table.faults:
        return
    totals = {margin: sum(levels.values()) for margin, levels in found.items()}
    for margin, stored in margins_of(survey.plan).items():
        totals.setdefault(margin, round(sum(stored.values())))
    if totals and max(totals.values()) - min(totals.values()) > LARGEST_GAP * max(totals.values()):
        each = [
            Message("surveys.margin_total", name=MARGINS.get(name, (name,))[0], variable=name, total=total)
            for name, total in totals.items()
        ]
        table.faults.append(Fault(0, "", Message("surveys.all_margins_must_add", totals=each)))


def _changes(survey: Survey, found: dict[str, dict[str, int]]) -> list[Change]:
    changes = []
    before = margins_of(survey.plan)
    for margin, levels in found.items():
        stored = before.get(margin, {})
        for level, population in levels.items():
            label = f"{MARGINS[margin][0]} {level}"
            if level not in stored:
                changes.append(Change("add", label, (("population", "", f"{population:,}"),)))
            elif stored[level] != population:
                pair = ("population", f"{stored[level]:,.15g}", f"{population:,}")
                changes.append(Change("change", label, (pair,)))
            else:
                changes.append(Change("same", label))
        gone = [level for level in stored if level not in levels]
        changes += [Change("remove", f"{MARGINS[margin][0]} {level}") for level in gone]
    return changes
