"""A survey's sites from a file, the output of `minyi plan sample` included: added, changed, in a draft also removed.

A site is found again by its code, else by name and area. What the sample hangs on (area, stratum, weight, whether it
is sampled at all) stays once a site has been answered at.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import and_, case, func, select

from definitions.names import by_key, clean, key, near, points_in_words
from survey_app.answering.definitions import homes
from survey_app.answering.open_sites import forget_sites
from survey_app.answering.submission import COMPLETE
from survey_app.files.said import Fault, Note
from survey_app.files.tables_in import Change, Field, Line, Preview, Table, TableRefusedError
from survey_app.ground import audit
from survey_app.models import Area, Invitation, ResponseCount, Site, Survey, db
from survey_app.surveys.site_codes import is_taken, taken_codes, unused_site_code
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
    Field("eligible", "符合条件人数", "eligible", "该点16周岁及以上的居民数；入样后按此数加权", "people aged 16 and over who live there; weights carry them", False, ("人数", "16岁及以上人数", "size", "adults")),
    Field("residents", "居民数", "residents", "该点各年龄居民数；没有符合条件人数时用，按地区16周岁及以上的比例折算", "people of all ages who live there; stands in for eligible, times the share of its area aged 16 and over", False, ("常住人口", "population")),
    Field("inclusion_probability", "入样概率", "inclusion probability", "该点被抽中的概率，大于0、不超过1", "of the site: above 0, at most 1", False, ("抽中概率",)),
    Field("base_weight", "基础权数", "base weight", "手工给定的每份应答代表人数；有入样概率和人数时不必填", "how many people one response stands for, typed by hand; not needed beside probability and people", False, ("权数", "weight")),
    Field("weight_take", "权数所按份数", "take of the weight", "手工给定的基础权数是按几份应答计算的；不填则为目标", "the number of interviews that a typed base weight assumes; left empty: the target", False, ("按份数",)),
    Field("target", "目标", "target", "计划完成的份数，整数", "interviews planned, a whole number", False, ("目标份数", "计划份数")),
    Field("sampled", "抽样点", "sampled", "是：按概率抽中，计入正式结果；否：公开场所，只作参考。不填时，有权数或入样概率的为是", "yes: drawn with a known probability, counts in the official figure; no: an open venue", False, ("是否抽样", "probability sample")),
)  # fmt: skip
EXAMPLES = (
    ("", "古槐社区", "社区", "甲区", "甲区", 2600, "", 0.031, "", "", 20, "是"),
    ("", "王家庄村", "村", "甲区", "甲区", 1800, "", 0.0215, "", "", 20, "是"),
    ("", "政务服务中心", "政务大厅", "甲区", "", "", "", "", "", "", 0, "否"),
)
DESIGN = (  # what answers are weighted by: fixed by the survey's first
    "area", "stratum", "eligible", "residents", "inclusion_probability", "base_weight", "weight_take", "sampled",
)  # fmt: skip
FIGURES = ("eligible", "residents", "inclusion_probability", "base_weight")  # what a source can say of a site
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
    eligible: int | None
    residents: int | None
    inclusion_probability: float | None
    base_weight: float | None
    weight_take: int | None
    target: int
    sampled: bool

    @property
    def people(self) -> int | None:
        return self.eligible or self.residents


def preview(survey: Survey, name: str, data: bytes, remove_others: bool = False) -> Preview:
    """What the file would do. remove_others: sites that are not in it go, possible in a draft only."""
    return SitesFile(survey, name, data, remove_others).preview()


def store(survey: Survey, name: str, data: bytes, reason: str = "", remove_others: bool = False) -> Preview:
    """Check the file again, store it; the caller commits. After the lock a reason is needed. Raises TableRefusedError."""
    check = SitesFile(survey, name, data, remove_others)
    found = check.preview()
    faults = list(found.faults)
    if survey.state != "draft" and not reason.strip():
        faults.append(Fault(0, "", Message("surveys.plan_locked_change_sites")))
    if faults:
        raise TableRefusedError(faults)
    taken = taken_codes() | {row.code for row in check.rows if row.code}
    for row in check.rows:
        site = row.site or Site(survey_id=survey.id, code=row.code or unused_site_code(taken), demo=survey.demo)
        assert row.area is not None
        site.name, site.kind, site.area_id, site.stratum = row.name, row.kind, row.area.id, row.stratum
        site.probability, site.target = row.sampled, row.target
        site.eligible, site.residents, site.inclusion_probability = (
            row.eligible,
            row.residents,
            row.inclusion_probability,
        )
        site.base_weight, site.weight_take = row.base_weight, row.weight_take
        if row.site is None:
            db.session.add(site)
    for site in check.gone:
        db.session.delete(site)
    db.session.flush()
    if found.moves:
        moved = [change for change in found.changes if change.kind != "same"]
        before = {change.label: {key: old for key, old, _ in change.fields} for change in moved}
        after = {
            "file": name,
            "added": found.count("add"),
            "changed": found.count("change"),
            "removed": found.count("remove"),
            "sites": {change.label: {key: new for key, _, new in change.fields} for change in moved},
        }
        audit.record("sites.import", f"survey:{survey.code}", before, after, reason.strip())
    forget_sites()
    db.session.flush()
    db.session.refresh(survey)
    return found


class SitesFile:
    """One reading of a file against the survey's sites. correcting: figures may differ after the first answer too, and
    nothing else (site_figures.py)."""

    def __init__(
        self, survey: Survey, name: str, data: bytes, remove_others: bool = False, correcting: bool = False
    ) -> None:
        self.survey, self.remove_others, self.correcting = survey, remove_others, correcting
        self.table = Table.read(name, data, FIELDS)
        self.places = homes(survey.city_id)
        self.strata = by_key(
            [place.name for place in self.places] + [site.stratum for site in survey.sites if site.stratum]
        )
        self.by_code = {site.code: site for site in survey.sites}
        self.by_name = {(key(site.name), site.area_id): site for site in survey.sites}
        sampled = case((and_(ResponseCount.sampled, ResponseCount.state == COMPLETE), ResponseCount.number), else_=0)
        counted = select(ResponseCount.site_id, func.sum(sampled)).where(ResponseCount.survey_id == survey.id)
        self.answered = {
            site: int(number) for site, number in db.session.execute(counted.group_by(ResponseCount.site_id))
        }
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
            line.whole("eligible", 1), line.whole("residents", 1), line.number_of("inclusion_probability"),
            line.number_of("base_weight"), line.whole("weight_take", 1, 100_000),
            line.whole("target", 0, 100_000) or 0, True,
        )  # fmt: skip
        said = line.yes("sampled")
        row.sampled = said if said is not None else bool(row.base_weight or row.inclusion_probability)
        self._code(row)
        if row.site is not None and self.answered and row.weight_take is None:
            row.weight_take = _take(row.site)
        if self.correcting and row.site is not None and not _take(row.site):
            row.base_weight = None  # it follows from the figures
        _weigh(row)
        if row.site is not None and self.answered:
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
        """Nothing that weights are made of changes after the survey's first answer, at silent sites neither."""
        assert row.site is not None
        own = self.answered.get(row.site.id)
        if row.eligible and own and own > row.eligible:
            row.line.fault("eligible", Message("surveys.sample_answered_here_more", own=own, row_eligible=row.eligible))
        if own is None and not (row.site.probability and row.sampled):
            return
        before, after = said_of(row.site), _design(row)
        for name in DESIGN:
            if self.correcting and name in FIGURES:
                continue
            if before[name] != after[name] and (row.area or name != "area"):
                row.line.fault(
                    name,
                    Message(
                        "surveys.answers_weighted_already_cannot",
                        value="此点" if own is not None else "调查",
                        before=before[name],
                        after=after[name],
                    ),
                )

    def _check_whole(self) -> None:
        if self.survey.state in ("closed", "archived") and not self.correcting:
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
            self.table.notes.append(Note(Message("surveys.rows_base_weight_differs_2", n=len(off), numbers=numbers)))
        typed = [row for row in self.rows if row.sampled and row.weight_take]
        if typed:
            takes = sorted({row.weight_take or 0 for row in typed})
            span = "–".join(str(take) for take in dict.fromkeys((takes[0], takes[-1])))
            self.table.notes.append(Note(Message("surveys.base_weights_typed_hand", n=len(typed), span=span)))
        bare = [row for row in self.rows if row.sampled and row.residents and not row.eligible and not row.weight_take]
        if bare:
            self.table.notes.append(Note(Message("surveys.rows_residents_only_eligible", n=len(bare))))
        strata = Counter(row.stratum for row in self.rows if row.sampled)
        single = [stratum for stratum, number in strata.items() if number == 1 and stratum]
        if single:
            self.table.notes.append(Note(Message("surveys.strata_single_sampled_site", single=single)))

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
                    Fault(0, "", Message("surveys.invitations_or_answers_stays", site_name=site.name))
                )

    def _change(self, row: _Row) -> Change:
        after = {"name": row.name, "kind": KINDS[row.kind], "target": str(row.target)} | _design(row)
        if row.site is None:
            said = tuple((key, "", value) for key, value in after.items() if value and key != "name")
            return Change("add", f"{row.code} {row.name}".strip(), said)
        before = said_of(row.site)
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
    if p is not None and row.people is not None and _gap(row) <= LARGEST_GAP:
        take = row.weight_take if row.base_weight else row.target
        row.weight_take = None
        row.base_weight = row.base_weight or (row.people / (p * take) if take else None)
    elif row.base_weight is None:
        line.fault("base_weight", Message("surveys.sampled_site_needs_its"))
    else:
        row.weight_take = row.weight_take or row.target or None
        if row.weight_take is None:
            line.fault("weight_take", Message("surveys.base_weight_typed_hand"))


def _gap(row: _Row) -> float:
    """How far a given base weight is from people / (probability x take), relatively; 0 where it is not given or no such."""
    take = row.weight_take or row.target
    if not (row.base_weight and row.people and row.inclusion_probability and take):
        return 0.0
    return abs(row.base_weight / (row.people / (row.inclusion_probability * take)) - 1)


def _take(site: Site) -> int | None:
    """The take that a stored site's typed weight assumes; None where its weight follows from probability and people."""
    derived = site.inclusion_probability and (site.eligible or site.residents)
    return site.weight_take or (None if derived or not site.base_weight else site.target or None)


def _kind(line: Line, name: str, site: Site | None) -> str:
    said = line.text("kind", 16)
    if not said:
        return site.kind if site else "village" if name.endswith("村") else "community" if "社区" in name else "other"
    found = next((key for key, zh in KINDS.items() if said.casefold() in (key, zh)), None)
    if found is None:
        line.fault("kind", Message("surveys.kind_one", listed=[*KINDS.values()], kinds=KINDS))
    return found or "other"


def said_of(site: Site) -> dict[str, str]:
    """A site as a file has it, by column."""
    return {
        "name": site.name, "kind": KINDS.get(site.kind, site.kind), "target": str(site.target), "area": site.area.name,
        "stratum": site.stratum or "", "eligible": _figure(site.eligible), "residents": _figure(site.residents),
        "inclusion_probability": _figure(site.inclusion_probability), "base_weight": _figure(site.base_weight),
        "weight_take": _figure(_take(site)), "sampled": _yes(site.probability),
    }  # fmt: skip


def _design(row: _Row) -> dict[str, str]:
    return {
        "area": row.area.name if row.area else "", "stratum": row.stratum or "", "eligible": _figure(row.eligible),
        "residents": _figure(row.residents), "inclusion_probability": _figure(row.inclusion_probability),
        "base_weight": _figure(row.base_weight), "weight_take": _figure(row.weight_take), "sampled": _yes(row.sampled),
    }  # fmt: skip


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def _yes(value: bool) -> str:
    return "是" if value else "否"
