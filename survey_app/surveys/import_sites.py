"""A survey's sites from a file, the output of `minyi plan sample` included: added, changed, in a draft also removed.

A site is found again by its code, else by name and area. What the sample hangs on (area, stratum, weight, whether it
is sampled at all) stays once a site has been answered at.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from definitions.names import by_key, clean, key, near, points_in_words
from survey_app.answering.definitions import units
from survey_app.answering.open_sites import forget_sites
from survey_app.files.said import Fault, Note
from survey_app.files.tables_in import Change, Field, Line, Preview, Table, TableRefusedError
from survey_app.ground import audit
from survey_app.models import Area, Invitation, ResponseCount, Site, Survey, db
from survey_app.surveys.site_codes import is_taken, unused_site_code
from wording import Message

KINDS = {
    "community": "社区", "village": "村", "hall": "政务大厅", "hospital": "医院", "station": "车站", "park": "公园",
    "school": "学校", "other": "其他",
}  # fmt: skip
FIELDS = (
    Field("code", "编码", "code", "可不填，系统自动生成；填写时为4至16位字母、数字或连字符，印在二维码地址里", "may stay empty, then one is made; 4 to 16 letters, digits or hyphens, part of the printed address", False, ("点位编码", "site code")),
    Field("name", "名称", "name", "调查点的名称，同一地区内不重复，印在海报上", "unique in its area; printed on the poster", True, ("点位", "点位名称", "调查点", "site", "site name")),
    Field("kind", "类别", "kind", "社区、村、政务大厅、医院、车站、公园、学校、其他；不填则按名称推断", "community, village, hall, hospital, station, park, school, other; left empty it follows from the name", False, ("类型",)),
    Field("area", "所在地区", "area", "县(市、区)或功能区的名称或编码，须已在“地区”中", "name or code of a county or zone", True, ("所在单元", "县区", "县(市、区)", "county", "unit")),
    Field("stratum", "层", "stratum", "抽样时的层；不填则为所在地区", "of the sample design; left empty it is the area", False, ("抽样层",)),
    Field("residents", "人数", "residents", "该点符合条件的居民数(16周岁及以上)", "eligible residents (aged 16 and over)", False, ("居民数", "size")),
    Field("inclusion_probability", "入样概率", "inclusion probability", "该点被抽中的概率，大于0、不超过1", "of the site: above 0, at most 1", False, ("抽中概率",)),
    Field("base_weight", "基础权数", "base weight", "每份应答代表的人数；不填则为 人数 ÷ (入样概率 × 目标)", "how many people one response stands for; left empty: residents / (probability x target)", False, ("权数", "weight")),
    Field("target", "目标", "target", "计划完成的份数，整数", "interviews planned, a whole number", False, ("目标份数", "计划份数")),
    Field("sampled", "抽样点", "sampled", "是：按概率抽中，计入正式结果；否：公开场所，只作参考。不填时，有权数或入样概率的为是", "yes: drawn with a known probability, counts in the official figure; no: an open venue", False, ("是否抽样", "probability sample")),
)  # fmt: skip
EXAMPLES = (
    ("", "古槐社区", "社区", "甲区", "甲区", 2600, 0.031, "", 20, "是"),
    ("", "王家庄村", "村", "甲区", "甲区", 1800, 0.0215, "", 20, "是"),
    ("", "政务服务中心", "政务大厅", "甲区", "", "", "", "", 0, "否"),
)
DESIGN = ("area", "stratum", "base_weight", "sampled")  # what responses already carry
LARGEST_GAP = 0.01  # between a given base weight and the one that follows from the other columns


@dataclass
class _Row:
    line: Line
    site: Site | None
    code: str
    name: str
    kind: str
    area: Area | None
    stratum: str | None
    residents: int | None
    inclusion_probability: float | None
    base_weight: float | None
    target: int
    sampled: bool


def preview(survey: Survey, name: str, data: bytes, remove_others: bool = False) -> Preview:
    """What the file would do. remove_others: sites that are not in it go, possible in a draft only."""
    return _Check(survey, name, data, remove_others).preview()


def store(survey: Survey, name: str, data: bytes, reason: str = "", remove_others: bool = False) -> Preview:
    """Check the file again, store it; the caller commits. After the lock a reason is needed. Raises TableRefusedError."""
    check = _Check(survey, name, data, remove_others)
    found = check.preview()
    faults = list(found.faults)
    if survey.state != "draft" and not reason.strip():
        faults.append(Fault(0, "", Message("surveys.plan_locked_change_sites")))
    if faults:
        raise TableRefusedError(faults)
    taken: set[str] = {row.code for row in check.rows if row.code}
    for row in check.rows:
        site = row.site or Site(survey_id=survey.id, code=row.code or unused_site_code(taken), demo=survey.demo)
        assert row.area is not None
        site.name, site.kind, site.area_id, site.stratum = row.name, row.kind, row.area.id, row.stratum
        site.probability, site.residents, site.target = row.sampled, row.residents, row.target
        site.inclusion_probability, site.base_weight = row.inclusion_probability, row.base_weight
        if row.site is None:
            db.session.add(site)
    for site in check.gone:
        db.session.delete(site)
    db.session.flush()
    if found.moves:
        moved = [change for change in found.changes if change.kind != "same"]
        before = {change.label: {key: old for key, old, _ in change.fields} for change in moved}
        after = {"file": name, "added": found.count("add"), "changed": found.count("change"),
                 "removed": found.count("remove"),
                 "sites": {change.label: {key: new for key, _, new in change.fields} for change in moved}}  # fmt: skip
        audit.record("sites.import", f"survey:{survey.code}", before, after, reason.strip())
    forget_sites()
    db.session.flush()
    db.session.refresh(survey)
    return found


class _Check:
    """One reading of a file against the survey's sites."""

    def __init__(self, survey: Survey, name: str, data: bytes, remove_others: bool) -> None:
        self.survey, self.remove_others = survey, remove_others
        self.table = Table.read(name, data, FIELDS)
        self.places = units(survey.city_id)
        self.strata = by_key(
            [place.name for place in self.places] + [site.stratum for site in survey.sites if site.stratum]
        )
        self.by_code = {site.code: site for site in survey.sites}
        self.by_name = {(key(site.name), site.area_id): site for site in survey.sites}
        counted = select(ResponseCount.site_id).where(ResponseCount.survey_id == survey.id)
        self.answered = set(db.session.scalars(counted.distinct()))
        self.rows = [self._row(line) for line in self.table.lines] if self.table.usable else []
        self._check_whole()
        kept = {row.site.id for row in self.rows if row.site}
        self.gone = [site for site in survey.sites if site.id not in kept] if remove_others and self.rows else []
        self._check_removed()

    def preview(self) -> Preview:
        changes = [self._change(row) for row in self.rows] if not self.table.faults else []
        return self.table.preview([*changes, *(Change("remove", f"{site.code} {site.name}") for site in self.gone)])

    def _row(self, line: Line) -> _Row:
        area = self._area(line)
        code, name = line.text("code", 16), clean(line.text("name", 120))
        site = self.by_code.get(code) if code else self.by_name.get((key(name), area.id if area else 0))
        row = _Row(
            line, site, code, name, _kind(line, name, site), area, self._stratum(line),
            line.whole("residents", 1), line.number_of("inclusion_probability"), line.number_of("base_weight"),
            line.whole("target", 0, 100_000) or 0, True,
        )  # fmt: skip
        said = line.yes("sampled")
        row.sampled = said if said is not None else bool(row.base_weight or row.inclusion_probability)
        self._code(row)
        _weigh(row)
        if row.site is not None and row.site.id in self.answered:
            self._answered(row)
        return row

    def _stratum(self, line: Line) -> str | None:
        """As the first site of the survey or the file spells it."""
        said = clean(line.text("stratum", 80))
        return self.strata.setdefault(key(said), said) if said else None

    def _area(self, line: Line) -> Area | None:
        said = line.text("area", 80)
        found = [place for place in self.places if said == place.code or key(said) == key(place.name)]
        if said and not found and self.places:
            known = [place.name for place in self.places[:20]] or "-"
            meant = near(said, [place.name for place in self.places])
            near_one = Message("surveys.no_place_near", said=said, near=meant, known=known)
            line.fault("area", near_one if meant else Message("surveys.no_place_city", said=said, known=known))
        return found[0] if found else None

    def _code(self, row: _Row) -> None:
        if not row.code or row.site is not None:
            return
        plain = row.code.replace("-", "")
        if not (4 <= len(row.code) <= 16 and plain.isascii() and plain.isalnum()):
            row.line.fault("code", Message("surveys.code_letters_digits_or"))
        elif is_taken(row.code):
            row.line.fault("code", Message("surveys.code_belongs_another_survey"))
        other = self.by_name.get((key(row.name), row.area.id if row.area else 0))
        if other is not None:
            row.line.fault("name", Message("surveys.site_code_already", other_code=other.code))

    def _answered(self, row: _Row) -> None:
        assert row.site is not None
        after = {"area": row.area.name if row.area else "", "stratum": row.stratum or "",
                 "base_weight": _figure(row.base_weight), "sampled": _yes(row.sampled)}  # fmt: skip
        before = _said(row.site)
        for column in DESIGN:
            if before[column] != after[column] and (row.area or column != "area"):
                row.line.fault(
                    column,
                    Message("surveys.answers_carry_already_cannot", before=before[column], after=after[column]),
                )

    def _check_whole(self) -> None:
        if self.survey.state in ("closed", "archived"):
            self.table.faults.insert(0, Fault(0, "", Message("surveys.survey_ended_its_sites")))
        if not self.places:
            self.table.faults.append(Fault(0, "", Message("surveys.import_areas_first")))
        for column, of in (
            ("code", lambda row: row.code),
            ("name", lambda row: (key(row.name), row.area.id if row.area else 0)),
        ):
            seen: dict[object, Line] = {}
            for row in self.rows:
                value = of(row)
                if value and value in seen:
                    other = seen[value]
                    said = points_in_words(row.line.cells.get(column, ""), other.cells.get(column, ""))
                    row.line.fault(column, Message("surveys.same_as_row", other_number=other.number, said=said))
                elif value:
                    seen[value] = row.line
        self._note_weights()

    def _note_weights(self) -> None:
        off = [row for row in self.rows if row.sampled and _gap(row) > LARGEST_GAP]
        if off:
            numbers = "、".join(str(row.line.number) for row in off[:10])
            self.table.notes.append(
                Note(
                    Message("surveys.rows_base_weight_differs", n=len(off), numbers=numbers),
                )
            )
        strata = Counter(row.stratum for row in self.rows if row.sampled)
        single = [stratum for stratum, number in strata.items() if number == 1 and stratum]
        if single:
            self.table.notes.append(
                Note(
                    Message("surveys.strata_single_sampled_site", single=single),
                )
            )

    def _check_removed(self) -> None:
        if not self.gone:
            return
        if self.survey.state != "draft":
            self.gone = []
            self.table.faults.append(Fault(0, "", Message("surveys.sites_can_removed_from")))
            return
        ids = [site.id for site in self.gone]
        held = set(db.session.scalars(select(Invitation.site_id).where(Invitation.site_id.in_(ids)).distinct()))
        for site in self.gone:
            if site.id in held or site.id in self.answered:
                self.table.faults.append(
                    Fault(
                        0,
                        "",
                        Message("surveys.invitations_or_answers_stays", site_name=site.name),
                    )
                )

    def _change(self, row: _Row) -> Change:
        after = {
            "name": row.name, "kind": KINDS[row.kind], "area": row.area.name if row.area else "",
            "stratum": row.stratum or "", "residents": _figure(row.residents),
            "inclusion_probability": _figure(row.inclusion_probability), "base_weight": _figure(row.base_weight),
            "target": str(row.target), "sampled": _yes(row.sampled),
        }  # fmt: skip
        if row.site is None:
            said = tuple((key, "", value) for key, value in after.items() if value and key != "name")
            return Change("add", f"{row.code} {row.name}".strip(), said)
        before = _said(row.site)
        moved = tuple((key, before[key], value) for key, value in after.items() if before[key] != value)
        return Change("change" if moved else "same", f"{row.site.code} {row.name}", moved)


def _weigh(row: _Row) -> None:
    """Check the design columns, and reckon the base weight where it is not given."""
    p, line = row.inclusion_probability, row.line
    if p is not None and not 0 < p <= 1:
        line.fault("inclusion_probability", Message("surveys.above_most_expected"))
        return
    if row.base_weight is not None and row.base_weight <= 0:
        line.fault("base_weight", Message("surveys.above_expected"))
        return
    if not row.sampled:
        row.stratum = row.base_weight = row.inclusion_probability = None
        return
    row.stratum = row.stratum or (row.area.name if row.area else None)
    if row.base_weight is None:
        if p is None or row.residents is None or not row.target:
            line.fault(
                "base_weight",
                Message("surveys.sampled_site_needs_base"),
            )
            return
        row.base_weight = row.residents / (p * row.target)


def _gap(row: _Row) -> float:
    if not (row.base_weight and row.residents and row.inclusion_probability and row.target):
        return 0.0
    return abs(row.base_weight / (row.residents / (row.inclusion_probability * row.target)) - 1)


def _kind(line: Line, name: str, site: Site | None) -> str:
    said = line.text("kind", 16)
    if not said:
        return site.kind if site else "village" if name.endswith("村") else "community" if "社区" in name else "other"
    found = next((key for key, zh in KINDS.items() if said.casefold() in (key, zh)), None)
    if found is None:
        line.fault("kind", Message("surveys.kind_one", listed=[*KINDS.values()], kinds=KINDS))
    return found or "other"


def _said(site: Site) -> dict[str, str]:
    return {
        "name": site.name, "kind": KINDS.get(site.kind, site.kind), "area": site.area.name,
        "stratum": site.stratum or "", "residents": _figure(site.residents),
        "inclusion_probability": _figure(site.inclusion_probability), "base_weight": _figure(site.base_weight),
        "target": str(site.target), "sampled": _yes(site.probability),
    }  # fmt: skip


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def _yes(value: bool) -> str:
    return "是" if value else "否"
