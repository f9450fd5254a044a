"""Areas, sites and margins from files: every error at once, nothing stored before it is confirmed, plans as drawn."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from analysis.plan_draw import DrawRule, WithoutReplacement
from definitions import DefinitionError, digest
from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.files.tables_in import TableRefusedError, template_csv, template_xlsx
from survey_app.models import Area, AuditEntry, Invitation, QuestionnaireVersion, Site, db
from survey_app.surveys import import_areas, import_margins, import_sites, plan_checks
from survey_app.surveys.plan_for_files import plan_for_files
from tests.support.city import FORM, small_city
from tests.support.runs import run_estimate
from wording import in_words

MARGINS = "变量,水平,人口\n居住地,甲县,150000\n居住地,甲县新区,40000\n居住地,乙县,90000\n"
OTHERS = "性别,男,140000\n性别,female,140000\n年龄,16-29,70000\n年龄,30-44,70000\n年龄,45-59,70000\n年龄,60+,70000\n"


@pytest.fixture
def draft(sqlite_app):
    return small_city(state="draft")


def said(preview) -> dict[tuple[int, str], str]:
    return {(fault.row, fault.column): in_words(fault, "zh") for fault in preview.faults}


def sheet(rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_every_error_of_an_areas_file_is_told_with_row_and_column_and_nothing_is_stored(draft):
    rows = [
        ["编码", "名称", "类型", "上级", "常住人口"],
        ["13", "丙县", "县", "1", "many"],
        ["13", "丁县", "县", "9", 100],
        ["14", "甲县", "州", "1", -5],
        ["15", "", "功能区", "1", 10],
    ]
    found = import_areas.preview("areas.xlsx", sheet(rows))
    faults = said(found)
    assert "请填数字" in faults[2, "E 常住人口"]
    assert "第2行重复" in faults[3, "A 编码"]
    assert "没有上级" in faults[3, "D 上级"]
    assert "已用于编码 11" in faults[4, "B 名称"]
    assert "类型应为" in faults[4, "C 类型"]
    assert "整数" in faults[4, "E 常住人口"]
    assert (5, "B 名称") in faults
    assert "上级应是县" in faults[5, "D 上级"]
    with pytest.raises(TableRefusedError):
        import_areas.store("areas.xlsx", sheet(rows))
    assert db.session.scalar(select(func.count(Area.id))) == 4


@pytest.mark.parametrize(
    ("written", "residents"),
    [("50000", "50000"), ("50,000", "50000"), ("５万", "50000"), ("1,5", None), ("5,0000", None), ("50000人", None)],
)
def test_a_population_is_read_as_people_write_it_and_never_by_dropping_a_comma(draft, written, residents):
    text = f'编码,名称,上级,常住人口\n13,丙县,某市,"{written}"\n'
    found = import_areas.preview("areas.csv", text.encode())
    if residents is None:
        assert set(said(found)) == {(2, "D 常住人口")}
    else:
        assert ("residents", "", residents) in found.changes[0].fields


def test_areas_are_added_and_changed_and_a_second_import_changes_nothing(draft):
    text = "code,name,parent,residents\n13,丙县,某市,50000\n12,乙县,1,110000\n1,某市,,310000\n".encode("gb18030")
    found = import_areas.preview("areas.csv", text)
    assert (found.count("add"), found.count("change")) == (1, 2)
    assert next(change.fields for change in found.changes if change.label == "12 乙县") == (
        ("residents", "100000", "110000"),
    )
    assert any("相差超过1%" in in_words(note, "zh") for note in found.notes)
    assert db.session.scalar(select(func.count(Area.id))) == 4  # looked at only
    import_areas.store("areas.csv", text)
    stored = db.session.scalars(select(Area).where(Area.code == "13")).one()
    assert (stored.kind, stored.parent.name, stored.residents) == ("county", "某市", 50000)
    assert not import_areas.preview("areas.csv", text).moves
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "areas.import")).one()
    assert entry.before == {"1": entry.before["1"], "12": entry.before["12"], "13": None}


def test_a_place_whose_name_answers_carry_keeps_it(draft):
    found = import_areas.preview("a.csv", "编码,名称,上级\n11,新甲县,1\n".encode())
    assert "已有调查使用" in said(found)[2, "B 名称"]


def test_a_file_without_its_columns_says_which_are_missing(draft):
    found = import_sites.preview(draft, "sites.csv", "点位,电话\nA,1\n".encode())
    assert [in_words(fault, "zh") for fault in found.faults] == ["缺少“所在地区”这一列"]
    assert in_words(found.notes[0], "zh") == "没有读取这些列：电话"
    assert "xlsx" in import_sites.preview(draft, "sites.pdf", b"%PDF").faults[0].said.text("en")
    assert import_sites.preview(draft, "sites.xlsx", b"no workbook").faults


def test_every_error_of_a_sites_file_is_told(draft):
    text = (
        "编码,名称,所在地区,类别,入样概率,目标,抽样点,符合条件人数\n"
        "a b,一,火星,宫殿,2,-1,maybe,x\n"
        ",二,甲县,,,,是,\n,二,甲县,,0.1,20,是,100\n"
    )
    faults = said(import_sites.preview(draft, "sites.csv", text.encode()))
    for column in ("A 编码", "C 所在地区", "D 类别", "E 入样概率", "F 目标", "G 抽样点", "H 符合条件人数"):
        assert (2, column) in faults, column
    assert "基础权数" in faults[3, "基础权数"]
    assert "第3行重复" in faults[4, "B 名称"]


def test_sites_as_the_sampling_command_writes_them_are_imported_as_they_are(draft):
    from analysis.drawing import FrameSite
    from analysis.planning import Aim, plan_sample
    from survey_app.commands.plan import drawn_csv, plan_text

    frame = [FrameSite(f"{area}{n}村", area, 900 + n) for area in ("甲县", "甲县新区", "乙县") for n in range(12)]
    aim = Aim(assumed=0.74, take=20, margin=0.1)
    plan = plan_sample(frame, aim, seed=1)
    import_sites.store(draft, "drawn.csv", drawn_csv(plan.drawn, "site", "county", "size").encode(), remove_others=True)
    stored = {site.name: site for site in draft.sites}
    assert len(stored) == len(plan.drawn)
    for drawn in plan.drawn:
        site = stored[drawn.name]
        assert (site.base_weight, site.inclusion_probability) == (drawn.base_weight, drawn.inclusion_probability)
        assert (site.stratum, site.target, site.kind, site.probability) == (drawn.stratum, 20, "village", True)
    body, renamed = plan_checks.adopt(draft, plan_text(plan, aim, "overall", "site", "county", "jining-2023-municipal"))
    checked = plan_checks.check(draft, body)
    assert checked.design.strata == "stratum"
    assert checked.margin_names == ("home_county",)
    finite = plan_sample(frame, replace(aim, draw=DrawRule("sampford")), seed=1)
    text = plan_text(finite, aim, "overall", "site", "county", "jining-2023-municipal", ("drawn.csv", "joint.csv"))
    with pytest.raises(DefinitionError, match="has the probabilities of its own sites"):
        plan_checks.check(draft, body.replace("base_weight", "base_weight, pps: {joint: joint.csv}", 1))
    body, renamed = plan_checks.adopt(draft, text)
    assert "weights.sites: drawn.csv → –" in renamed
    checked = plan_checks.check(draft, body)
    assert (checked.design.pps, checked.draw.method) == (WithoutReplacement(), "sampford")
    assert plan_for_files(checked, body, "draft").count("pps") == 0
    assert "site → psu" in renamed


def test_a_weight_that_is_not_given_follows_from_the_others_and_one_that_disagrees_is_noted(draft):
    text = "name,area,residents,inclusion_probability,target,base_weight\n三,甲县,2000,0.05,20,\n四,乙县,2000,0.05,20,1500\n"
    found = import_sites.store(draft, "s.csv", text.encode())
    weights = {site.name: site.base_weight for site in draft.sites}
    assert (weights["三"], weights["四"]) == (2000.0, 1500.0)
    assert "相差超过1%" in in_words(found.notes[0], "zh")


def test_a_site_that_was_answered_keeps_its_design_and_new_ones_may_come(sqlite_app):
    survey = small_city()
    site = survey.sites[0]
    submit(open_site(site), FORM, "key", "zh", survey.opens_at)
    text = f"编码,名称,所在地区,基础权数,目标\naaa2222,{site.name},甲县,7,30\n,新点,乙县,50,20\n"
    assert (2, "D 基础权数") in said(import_sites.preview(survey, "s.csv", text.encode()))
    text = text.replace(",7,", ",100,")
    with pytest.raises(TableRefusedError, match="reason"):
        import_sites.store(survey, "s.csv", text.encode())
    import_sites.store(survey, "s.csv", text.encode(), reason="增加一个点")
    assert {(one.name, one.target) for one in survey.sites} >= {(site.name, 30), ("新点", 20)}


def test_removing_sites_is_for_drafts_and_spares_those_with_invitations(draft):
    db.session.add(Invitation(survey_id=draft.id, site_id=draft.sites[1].id, serial=1, made_on=draft.opens_at.date()))
    db.session.commit()
    text = f"编码,名称,所在地区,基础权数,权数所按份数\naaa2222,{draft.sites[0].name},甲县,100,20\n"
    found = import_sites.preview(draft, "s.csv", text.encode(), remove_others=True)
    assert [in_words(fault, "zh") for fault in found.faults] == [f"{draft.sites[1].name}已有邀请或应答，不能删除"]
    db.session.delete(db.session.scalars(select(Invitation)).one())
    db.session.commit()
    import_sites.store(draft, "s.csv", text.encode(), remove_others=True)
    assert db.session.scalar(select(func.count(Site.id))) == 1


def test_margins_become_part_of_the_plan_with_labels_read_as_codes(draft):
    found = import_margins.store(draft, "m.csv", (MARGINS + OTHERS).encode())
    assert found.count("add") == 9
    plan = plan_checks.check(draft, draft.plan)
    assert plan.margins()["sex"] == {"male": 140000, "female": 140000}
    assert plan.calibration.method == "raking"
    assert not import_margins.preview(draft, "m.csv", (MARGINS + OTHERS).encode()).moves


def test_an_age_that_the_gate_turns_away_is_no_level_of_a_margin(draft):
    """Template, check of the plan and estimate agree, where only `minors` names the code and no `screen_out`."""
    body = draft.questionnaire.body.replace("screen_out: [under16]", "help: {zh: 周岁, en: In years}")
    draft.questionnaire = QuestionnaireVersion(name="gate", digest=digest(body), body=body)
    db.session.flush()
    blank = template_csv(import_margins.FIELDS, import_margins.examples(draft)).decode("utf-8-sig")
    assert "under16" not in blank
    assert "60+" in blank
    import_margins.store(draft, "m.csv", (MARGINS + OTHERS).encode())
    with_young = OTHERS.replace("年龄,16-29", "年龄,under16,1\n年龄,16-29")
    (fault,) = import_margins.preview(draft, "m.csv", (MARGINS + with_young).encode()).faults
    assert "under16" in in_words(fault, "zh")
    draft.state = "open"
    db.session.flush()
    for age, sex, home in product(("16-29", "30-44", "45-59", "60+"), ("male", "female"), ("甲县", "甲县新区", "乙县")):
        site = open_site(draft.sites[home == "乙县"])
        submit(site, FORM | {"age": [age], "sex": [sex], "home": [home]}, f"{age}{sex}{home}", "zh", datetime.now(UTC))
    submit(open_site(draft.sites[0]), FORM | {"age": ["under16"]}, "young", "zh", datetime.now(UTC))
    db.session.commit()
    run = run_estimate(draft)
    assert run.result["calibration"]["largest_miss"] < 1e-10


def test_margins_that_lack_a_level_or_describe_another_population_are_refused(draft):
    text = MARGINS.replace("居住地,乙县,90000\n", "") + OTHERS + "身高,170,5\n性别,其他,5\n"
    faults = [in_words(fault, "zh") for fault in import_margins.preview(draft, "m.csv", text.encode()).faults]
    assert any("居住地缺少：乙县" in fault for fault in faults)
    assert any("没有变量“身高”" in fault for fault in faults)
    assert any("没有水平“其他”" in fault for fault in faults)
    faults = import_margins.preview(draft, "m.csv", (MARGINS.replace("90000", "99000") + OTHERS).encode()).faults
    assert "289,000" in in_words(faults[0], "zh")


def test_a_table_of_one_margin_needs_no_column_for_its_name(draft):
    found = import_margins.preview(draft, "sex.csv", b"sex,population\nmale,5\nfemale,5\n", "sex")
    assert found.count("add") == 2
    assert import_margins.preview(draft, "sex.csv", b"sex,population\nmale,5\nfemale,5\n").faults


def test_templates_can_be_read_back_by_their_own_importer(draft):
    for fields, examples in (
        (import_areas.FIELDS, import_areas.EXAMPLES),
        (import_sites.FIELDS, import_sites.EXAMPLES),
    ):
        body = template_xlsx(fields, examples)
        assert load_workbook(io.BytesIO(body)).worksheets[1].max_row == len(fields) + 1
    filled = template_csv(import_areas.FIELDS, import_areas.EXAMPLES).decode().replace("某市", "另一市")
    assert not import_areas.preview("t.csv", filled.encode()).faults
    blank = template_csv(import_margins.FIELDS, import_margins.examples(draft)).decode("utf-8-sig")
    assert [line.split(",")[1] for line in blank.splitlines()[1:4]] == ["甲县", "甲县新区", "乙县"]


def test_a_workbook_whose_sheet_is_damaged_is_refused_in_words(draft):
    whole, damaged = io.BytesIO(sheet([["编码", "名称"], ["1", "甲"]])), io.BytesIO()
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(damaged, "w") as copy:
        for part in archive.namelist():
            body = archive.read(part)
            copy.writestr(part, body[: len(body) // 2] if part.endswith("sheet1.xml") else body)
    assert "已损坏" in said(import_areas.preview("areas.xlsx", damaged.getvalue()))[(0, "")]


ALIKE = "编码,名称,类型,上级,常住人口\n98,梁北市,市,,200000\n981,梁北县,县,98,120000\n982,\uf97a北县,县,98,80000\n983,梁北县\u200b,县,98,0\n"


def test_counties_that_look_the_same_are_reported_as_duplicates(draft):
    faults = said(import_areas.preview("areas.csv", ALIKE.encode()))
    assert faults[4, "B 名称"] == "“梁北县”已用于编码 981（U+F97A / U+6881）"
    assert faults[5, "B 名称"] == "“梁北县”已用于编码 981（U+200B / –）"
    stored = said(import_areas.preview("a.csv", "编码,名称,上级\n13,甲\u200b县,1\n".encode()))
    assert stored[2, "B 名称"].startswith("“甲县”已用于编码 11")


def test_sites_and_margins_find_a_place_however_its_signs_are_coded(draft):
    text = (
        "名称,所在地区,层,类别,人数,入样概率,目标,抽样点\n"
        "\uf97a庄,甲县\u200b,东\u200b层,村,2600,0.03,20,是\n梁庄,　甲县,东层,村,2600,0.03,20,是\n西庄,甲县\u00a0,东 层,村,2600,0.03,20,是\n"
    )
    faults = import_sites.preview(draft, "s.csv", text.encode()).faults
    assert [(fault.row, in_words(fault, "zh")) for fault in faults] == [(3, "与第2行重复（U+6881 / U+F97A）")]
    wrong = said(import_sites.preview(draft, "s.csv", "名称,所在地区\n一,甲\n二,乙县城\n".encode()))
    assert "是否应为“乙县”" in wrong[3, "B 所在地区"]
    margins = MARGINS.replace("居住地,甲县,", "居住地,甲\u200b县,") + OTHERS.replace("60+", "６０＋")
    found = import_margins.preview(draft, "m.csv", margins.encode())
    assert (found.faults, found.count("add")) == ((), 9)
    twice = import_margins.preview(draft, "m.csv", (MARGINS + "居住地,乙\u200b县,1\n").encode())
    assert any("与第4行重复（U+200B / –）" in in_words(fault, "zh") for fault in twice.faults)
