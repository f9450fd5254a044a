"""How unclear rows are read in a period: recorded before the first accepted value, locked by it, ruled by two people after."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from analysis.scoring import load_rulebook
from survey_app.cli import cli
from survey_app.ground import two_persons
from survey_app.ground.uploads import Handed
from survey_app.models import AuditEntry, PeriodReadings, Statement, db
from survey_app.scoring import final_runs
from survey_app.scoring.final_runs import FinalRunError, settle
from survey_app.values import verification
from survey_app.values.periods import current_period, make_period
from survey_app.values.readings import (
    Change,
    ReadingError,
    digest_of_rows,
    lock,
    propose_ruling,
    readings_in,
    record,
    rulebook_in,
)
from tests.support.indicators import at
from tests.support.people import client_of
from tests.support.scoring_city import area
from tests.support.stored import begins_with
from tests.survey_app.scoring.test_final_runs import made, settled_city

pytestmark = [begins_with(settled_city), pytest.mark.usefixtures("in_chinese")]
COUNTY = "jining-2023-county"
LETTER = Change("count-or-share", False, "济数函〔2026〕3号", date(2026, 3, 5), "市大数据局")
OTHER = Change("count-or-share", True, "鲁数函〔2026〕9号", date(2026, 5, 1), "省大数据局")
SOURCE = Handed("", "裁定.pdf")


@pytest.fixture
def city(sqlite_app):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    return area("某市")


def unlocked() -> None:
    """As before any value was accepted."""
    db.session.execute(text("UPDATE indicator_entry SET state='submitted'"))
    db.session.commit()


def source() -> Handed:
    from survey_app.files import stored

    return Handed(stored.put(b"%PDF-1.7", "application/pdf"), "裁定.pdf")


def test_what_nobody_recorded_is_the_shipped_reading_and_has_its_digest(city):
    held = readings_in(current_period())
    assert held.digest == load_rulebook(COUNTY).readings
    assert held.unwritten == len(held.rows) > 30


def test_an_authority_is_recorded_before_and_refused_after_the_first_accepted_value(city):
    unlocked()
    period, before = current_period(), readings_in(current_period()).digest
    for wrong, told in (
        (Change("nothing"), "没有读法"), (Change("count-or-share"), "没有任何变更"), (Change("count-or-share", letter="x"), "日期和解释单位"),
        (Change("over-20", True), "须另立评分规则"),
    ):  # fmt: skip
        with pytest.raises(ReadingError, match=told):
            record(period, wrong, "x")
    record(period, LETTER, "省里答复")
    held = readings_in(period)
    assert held.digest != before
    assert held.unwritten == len(held.rows) - 1
    verification.accept(at("11", "5"), 1, "berta")
    assert readings_in(period).locked
    with pytest.raises(ReadingError, match="读法已锁定"):
        record(period, OTHER, "x")
    assert [row.action for row in db.session.query(AuditEntry) if row.action.startswith("readings.")] == [
        "readings.change", "readings.lock",
    ]  # fmt: skip
    db.session.execute(
        text("UPDATE indicator_entry SET state='returned'")
    )  # what was accepted goes back: locked all the same
    assert readings_in(period).locked


def test_the_alternative_gives_the_points_of_every_unit_and_every_card_names_it(city):
    unlocked()
    period = current_period()
    record(period, OTHER, "按省里答复")
    assert "须同时达到" in rulebook_in(period, area("甲县")).indicator(3).note
    assert "须同时达到" in rulebook_in(period, area("某市")).indicator(3).note
    db.session.execute(text("UPDATE indicator_entry SET state='accepted'"))
    db.session.execute(text("UPDATE indicator_value SET value='0' WHERE indicator='3' AND metric='exempt_share'"))
    db.session.commit()
    run = made(city)
    digest = readings_in(period).digest
    for row in final_runs.scorecards(run):
        assert row.scorecard["readings"] == {"digest": digest, "alternatives": ["count-or-share"]}
        assert next(item["points"] for item in row.scorecard["indicators"] if item["number"] == 3) == 0
    assert run.frozen["readings"]["digest"] == digest
    assert final_runs.differences(run) == []
    run.frozen = {**run.frozen, "readings": {**run.frozen["readings"], "rows": run.frozen["readings"]["rows"][1:]}}
    assert final_runs.differences(run) == ["读法"]


def test_a_run_of_before_that_names_no_readings_is_made_again_as_it_was(city):
    run = made(city)
    run.frozen = {key: value for key, value in run.frozen.items() if key != "readings"}
    for row in final_runs.scorecards(run):
        row.scorecard = {key: value for key, value in row.scorecard.items() if key != "readings"}
    db.session.commit()
    assert final_runs.differences(run) == []
    assert client_of_page(f"/console/final/{run.id}").status_code == 200


def test_a_locked_period_changes_by_a_written_ruling_of_two_people_for_all_units(city):
    period, run = current_period(), made(city)
    for change, told in ((Change("count-or-share", True), "文号"), (Change("nothing", letter="x"), "没有读法")):
        with pytest.raises(ReadingError, match=told):
            propose_ruling(period, change, "省里裁定", source(), "anna")
    with pytest.raises(two_persons.SignOffError, match="来源"):
        propose_ruling(period, OTHER, "省里裁定", None, "anna")
    first = propose_ruling(period, OTHER, "省里裁定", source(), "anna")
    second = propose_ruling(period, LETTER, "x", source(), "anna")
    with pytest.raises(two_persons.SignOffError, match="不能自己批准"):
        two_persons.confirm(first, "anna")
    two_persons.confirm(first, "berta")
    db.session.commit()
    assert (
        rulebook_in(period, area("甲县")).alternatives
        == rulebook_in(period, area("某市")).alternatives
        == ("count-or-share",)
    )
    with pytest.raises(ReadingError, match="此后已有改动"):
        two_persons.confirm(second, "berta")
    db.session.rollback()
    with pytest.raises(FinalRunError, match="读法已改"):
        settle(run, "proposed", "anna", "")
    assert final_runs.differences(run) == []  # what was made stays as it was made
    settle(made(city), "proposed", "anna", "")


def test_a_reading_that_came_after_the_lock_stands_beside_the_list_and_a_ruling_takes_it_in(city):
    period, whole = current_period(), readings_in(current_period())
    lock(period, "首个数值核定")
    locked = db.session.query(PeriodReadings).one()
    locked.document = [row for row in locked.document if row["id"] != "void-all"]
    locked.digest = digest_of_rows(locked.document)
    db.session.commit()
    held = readings_in(period)
    assert ([row["id"] for row in held.later], held.digest != whole.digest) == (["void-all"], True)
    page = client_of_page("/console/readings").get_data(as_text=True)
    assert "锁定之后才列入" in page
    ruling = replace(OTHER, reading="void-all")
    two_persons.confirm(propose_ruling(period, ruling, "省里裁定", source(), "anna"), "berta")
    assert readings_in(period).later == ()
    assert rulebook_in(period, area("甲县")).alternatives == ("void-all",)
    assert not rulebook_in(period, area("甲县")).indicator(36).deduction.voids


def test_the_next_period_begins_with_what_held_last(city):
    unlocked()
    record(current_period(), LETTER, "省里答复")
    later = make_period("2024", None, "jining-2023")
    held = readings_in(later)
    assert (held.locked, held.unwritten) == (False, len(held.rows) - 1)
    record(later, OTHER, "下一周期起")
    assert rulebook_in(current_period(), area("甲县")).alternatives == ("count-or-share",)
    assert readings_in(db.session.get_one(type(later), "2023")).rulebook(COUNTY).alternatives == ()


def test_the_page_records_and_after_the_lock_takes_a_ruling_with_its_file(city):
    office, second = client_of(app(), "scorer"), client_of(app(), "manager")
    unlocked()
    page = office.get("/console/readings").get_data(as_text=True)
    assert page.count("无书面解释，按本系统读法</td>") == len(readings_in(current_period()).rows)
    sent = {
        "reading": "count-or-share", "chosen": "", "letter": LETTER.letter, "letter_date": "2026-03-05",
        "interpreter": LETTER.interpreter, "reason": "省里答复",
    }  # fmt: skip
    assert "济数函〔2026〕3号，2026-03-05，市大数据局" in office.post(
        "/console/readings/2023", data=sent, follow_redirects=True
    ).get_data(as_text=True)
    db.session.execute(text("UPDATE indicator_entry SET state='accepted'"))
    db.session.commit()
    ruling = {**sent, "chosen": "1", "letter": "鲁数函9号"}
    assert office.post("/console/readings/2023", data=ruling).status_code == 422  # without its file
    office.post("/console/readings/2023", data={**ruling, "file": (io.BytesIO(b"%PDF-1.7"), "裁定.pdf")})
    statement = db.session.query(Statement).one()
    shown = second.get(f"/console/two-persons/{statement.id}").get_data(as_text=True)
    for said in ("数量与占比须同时达到", "鲁数函9号", "对所有单位一并更改", "裁定.pdf"):
        assert said in shown, said
    second.post(f"/console/two-persons/{statement.id}", data={"step": "confirm"})
    assert readings_in(current_period()).rulebook(COUNTY).alternatives == ("count-or-share",)


def test_the_final_run_and_its_report_name_the_readings_and_those_without_a_letter(city):
    run = made(city)
    told = readings_in(current_period()).digest[:16]
    assert told in client_of_page(f"/console/final/{run.id}").get_data(as_text=True)
    report = client_of_page(f"/console/final/{run.id}/report.xlsx").data
    from openpyxl import load_workbook

    cells = {str(cell) for sheet in load_workbook(io.BytesIO(report)) for row in sheet.values for cell in row}
    assert "无书面解释，按本系统读法" in cells
    assert any(told in cell for cell in cells)


def test_the_command_shows_and_records_as_the_page_does(city, monkeypatch):
    unlocked()
    monkeypatch.setenv("DATABASE_URL", str(db.engine.url.render_as_string(hide_password=False)))
    asked = [
        "readings",
        "record",
        "count-or-share",
        "--letter",
        "函1号",
        "--date",
        "2026-03-05",
        "--interpreter",
        "局",
        "--reason",
        "x",
    ]
    assert CliRunner().invoke(cli, asked).exit_code == 0
    shown = json.loads(CliRunner().invoke(cli, ["readings", "show", "--json"]).stdout)
    assert (shown["locked"], shown["unwritten"]) == (False, len(shown["readings"]) - 1)
    wrong = CliRunner().invoke(cli, ["readings", "record", "nothing", "--reason", "x"])
    assert (wrong.exit_code, "nothing" in wrong.stderr) == (2, True)


def app():
    from flask import current_app

    return current_app


def client_of_page(address: str):
    return client_of(app(), "scorer").get(address)
