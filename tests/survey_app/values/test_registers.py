"""Registers: items with evidence, values that follow them or stand beside them, a table of items, and whose they are."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner
from flask import current_app

from survey_app.cli import cli
from survey_app.ground.uploads import Handed
from survey_app.models import AuditEntry, RegisterItem, db
from survey_app.scoring.final_checks import open_points
from survey_app.values import entry, registers, verification
from survey_app.values.periods import current_period
from survey_app.values.readings import Change, readings_in, record
from survey_app.values.registers import RegisterError, Written, counted_for, items_of, register_in, remove, save
from tests.support.city import small_city
from tests.support.indicators import PDF, at, led_by
from tests.support.people import client_of
from tests.support.scoring_city import area
from tests.support.stored import begins_with, this_run

pytestmark = [begins_with(small_city), pytest.mark.usefixtures("in_chinese")]
INCIDENT = Written("弱口令未整改", date(2023, 3, 1), None, "一般", 4.0, "", "已整改")


@pytest.fixture
def county(sqlite_app):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    led_by("甲县", "36", "网信办")
    return area("甲县")


def added(county, given: Written = INCIDENT, key: str = "incident", file: Handed | None = None) -> RegisterItem:
    item = save(county, register_in(county, key), given, file, "anna")
    db.session.commit()
    return item


def stored(indicator: str, metric: str, code: str = "11"):
    row = entry.rows_of(at(code, indicator)).get(metric)
    return row.value if row else None


def typed(county, indicator: str, **values: object) -> None:
    place = at(county.code, indicator)
    before = entry.entry_of(place)
    entry.save(place, values, before.note if before else "", before.version if before else 0, "anna")
    db.session.commit()


def test_a_value_that_nobody_typed_follows_its_register_and_says_so_in_its_history(county):
    item = added(county)
    assert (stored("36", "deducted_points"), stored("36", "major_incident")) == (4, False)
    added(county, Written("数据泄露", date(2023, 5, 1), None, "重大", 3.0))
    assert (stored("36", "deducted_points"), stored("36", "major_incident")) == (7, True)
    assert entry.history(at("11", "36"))[0].reason == registers.FOLLOWS
    remove(item, "误登", "anna")
    db.session.commit()
    assert stored("36", "deducted_points") == 3
    assert [(row.title, row.removed_reason) for row in items_of(county, "incident", removed=True)] == [
        ("弱口令未整改", "误登")
    ]
    assert [row.action for row in db.session.query(AuditEntry) if row.action.startswith("register.")] == [
        "register.add", "register.add", "register.remove",
    ]  # fmt: skip


def test_a_typed_value_stays_and_the_difference_is_told_until_a_note_says_why(county):
    typed(county, "36", deducted_points=2, major_incident=False)
    added(county)
    assert stored("36", "deducted_points") == 2
    told = counted_for(county, current_period())
    assert (told["36", "deducted_points"].differs, told["36", "major_incident"].differs) == (True, False)
    page = client_of(current_app, "manager").get("/console/values/2023/11/36").get_data(as_text=True)
    assert "与台账不同" in page
    assert "✓ 与台账一致" in page
    place = at("11", "36")
    entry.submit(place, entry.entry_of(place).version, "anna")
    verification.accept(place, entry.entry_of(place).version, "berta")
    db.session.commit()
    differing = [
        point for point in open_points(county.parent, None, current_period()) if point.kind == "register_differs"
    ]
    assert [(point.area, point.indicator) for point in differing] == [("甲县", "36")]
    entry.entry_of(place).note = "其中2分经网信办撤销"
    assert "register_differs" not in {point.kind for point in open_points(county.parent, None, current_period())}
    added(county, Written("又一次通报", date(2023, 8, 1), None, "一般", 1.0))
    assert stored("36", "deducted_points") == 2  # accepted: nothing moves by itself


def test_a_numerator_follows_where_its_denominator_is_there(county):
    added(county, Written("和平社区", date(2023, 1, 5), None, "成长型"), "community")
    assert (stored("18", "growing"), stored("18", "coverage")) == (1, None)
    typed(county, "18", growing=1, coverage={"numerator": 1, "denominator": 40})
    added(county, Written("解放社区", date(2023, 1, 6), None, "基础型"), "community")
    assert (stored("18", "growing"), stored("18", "coverage")) == (1, {"numerator": 2, "denominator": 40})


def test_what_counts_is_what_the_reading_of_the_period_says(county):
    added(county, Written("智慧城市大赛一等奖", date(2023, 6, 1), date(2020, 1, 1), "省级", None, "一码通"), "award")
    assert stored("37", "provincial_awards") == 0
    record(current_period(), Change("two-years", True), "按省里答复")
    assert readings_in(current_period()).rulebook("jining-2023-county").alternatives == ("two-years",)
    assert counted_for(county, current_period())["37", "provincial_awards"].counted.value == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (Written(" "), "写明名称"), (Written("x", level="天大"), "天大"), (Written("x", number=-1.0), "小于零"),
        (INCIDENT, "已经登记"), (replace(INCIDENT, title=f"{INCIDENT.title}\u200b "), "已经登记"),
    ],
)  # fmt: skip
def test_a_wrong_item_is_told_and_nothing_is_stored(county, given, told):
    added(county)
    with pytest.raises(RegisterError, match=told):
        save(county, register_in(county, "incident"), given, None, "anna")
    db.session.rollback()
    assert len(items_of(county, "incident")) == 1


def test_whoever_saves_what_another_has_changed_is_told(county):
    item = added(county)
    save(
        county,
        register_in(county, "incident"),
        Written("弱口令", date(2023, 3, 1), None, "一般", 4.0),
        None,
        "berta",
        item,
        1,
    )
    db.session.commit()
    with pytest.raises(RegisterError, match="此后已有改动"):
        save(county, register_in(county, "incident"), INCIDENT, None, "anna", item, 1)
    with pytest.raises(RegisterError, match="理由"):
        remove(item, " ", "anna")


def test_a_department_registers_changes_and_removes_with_its_evidence_and_another_only_reads(county):
    office, other = (
        client_of(current_app, "department", "甲县", "网信办"),
        client_of(current_app, "department", "甲县", "教育局"),
    )
    sent = {
        "title": "漏洞通报",
        "day": "2023-04-01",
        "second_day": "2023-04-05",
        "level": "一般",
        "number": "2",
        "handling": "按期反馈",
    }
    page = "/console/registers/11/incident"
    assert other.post(page, data=sent).status_code == 403
    assert client_of(current_app, "department", "乙县", "网信办").get(page).status_code == 403
    assert office.post(page, data={**sent, "number": "很多"}).status_code == 422
    wrong = office.post(page, data={**sent, "file": (io.BytesIO(b"MZ\x90"), "病毒.pdf")})
    assert (wrong.status_code, items_of(county, "incident")) == (422, [])
    office.post(page, data={**sent, "file": (io.BytesIO(PDF), "通报.pdf")})
    item = items_of(county, "incident")[0]
    assert (item.number, item.second_day, item.file_name, stored("36", "deducted_points")) == (
        2,
        date(2023, 4, 5),
        "通报.pdf",
        2,
    )
    shown = office.get(page).get_data(as_text=True)
    assert "漏洞通报" in shown
    assert "台账计得" in shown
    assert office.get(f"/console/registers/items/{item.id}/evidence").data == PDF
    listed = office.get("/console/registers?table=registers&format=csv").get_data(as_text=True)
    assert "甲县,网络安全事件,1,0" in listed
    assert "智慧社区" not in listed  # another department's
    office.post(f"/console/registers/items/{item.id}", data={**sent, "number": "3", "version": "1"})
    assert (stored("36", "deducted_points"), item.file_name) == (3, "通报.pdf")
    assert (
        office.post(f"/console/registers/items/{item.id}", data={**sent, "number": "9", "version": "1"}).status_code
        == 422
    )
    office.post(f"/console/registers/items/{item.id}/remove", data={"reason": "撤销"})
    assert (items_of(county, "incident"), stored("36", "deducted_points")) == ([], 0)
    assert "撤销" in office.get(page).get_data(as_text=True)


def test_a_table_is_looked_at_then_added_and_changed_by_title_and_day(county):
    office = client_of(current_app, "manager")
    page = "/console/registers/11/incident"
    assert office.get(f"{page}/template.xlsx").status_code == 200
    assert "通报日期" in office.get(f"{page}/template.csv").get_data(as_text=True)
    added(county)
    text = "通报事项,通报日期,事件级别,扣分\n弱口令未整改,2023/3/1,一般,5\n新通报,2023年5月2日,较大,1.5\n"

    def send(body: str):
        return office.post(f"{page}/import", data={"file": (io.BytesIO(body.encode()), "台账.csv")})

    wrong = send(text.replace("较大", "极大").replace("2023/3/1", "前天"))
    assert wrong.status_code == 422
    for said in ("极大", "B 通报日期", "C 事件级别"):
        assert said in wrong.get_data(as_text=True), said
    looked = send(text).get_data(as_text=True)
    assert "新增1项，修改1项" in looked
    assert len(items_of(county, "incident")) == 1
    token = looked.split('name="token" value="')[1].split('"')[0]
    office.post(f"{page}/import", data={"token": token})
    assert sorted((row.title, row.number) for row in items_of(county, "incident")) == [
        ("弱口令未整改", 5),
        ("新通报", 1.5),
    ]
    assert stored("36", "deducted_points") == 6.5


def test_a_nil_return_counts_as_none_until_an_item_is_added(county):
    kind = register_in(county, "incident")
    assert stored("36", "deducted_points") is None
    office, other = (client_of(current_app, "department", "甲县", name) for name in ("网信办", "教育局"))
    assert other.post("/console/registers/11/incident/none").status_code == 403
    assert office.post("/console/registers/11/incident/none").status_code == 302
    assert (stored("36", "deducted_points"), stored("36", "major_incident")) == (0, False)
    assert "2023：报“无”" in office.get("/console/registers/11/incident").get_data(as_text=True)
    assert "本周期无" in office.get("/console/registers").get_data(as_text=True)
    added(county)
    assert registers.nil_of(county, "incident", current_period()) is None
    assert stored("36", "deducted_points") == 4
    with pytest.raises(RegisterError, match="已登记1条"):
        registers.state_none(county, kind, "anna")
    trail = [row.action for row in db.session.query(AuditEntry) if row.action.startswith("register.")]
    assert trail == ["register.none", "register.none_back", "register.add"]


def test_registers_are_listed_filled_and_stated_empty_on_the_command_line(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", this_run().on_sqlite(small_city, tmp_path / "minyi.sqlite3"))
    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path))
    file = tmp_path / "incidents.csv"
    file.write_text("通报事项,通报日期,事件级别,扣分\n弱口令,2023-03-01,一般,2\n", encoding="utf-8")

    def minyi(*words: object):
        return CliRunner().invoke(cli, ["registers", *map(str, words)])

    assert "3 errors" not in minyi("import", "甲县", "incident", file, "--dry-run").output
    assert minyi("import", "甲县", "incident", file).exit_code == 0
    assert [row["title"] for row in json.loads(minyi("show", "11", "incident", "--json").stdout)] == ["弱口令"]
    assert minyi("none", "甲县", "incident").exit_code == 2
    assert minyi("none", "甲县", "award").exit_code == 0
    rows = {row["register"]: row for row in json.loads(minyi("list", "--area", "甲县", "--json").stdout)}
    assert [(rows[key]["items"], rows[key]["none"]) for key in ("incident", "award", "media")] == [
        (1, False),
        (0, True),
        (0, False),
    ]
    assert "incident" in minyi("show", "甲县", "nothing").stderr
