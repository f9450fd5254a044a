"""A scorecard looked at ahead, tables that leave as files, and posters of the console."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from survey_app.console.tables import Column, Table, as_csv, as_xlsx
from survey_app.models import IndicatorValue, ScoringRun, db
from tests.support.city import scored_city
from tests.support.people import csrf
from tests.support.stored import begins_with

pytestmark = begins_with(scored_city)


def of_the_city() -> ScoringRun:
    return next(run for run in db.session.scalars(select(ScoringRun)) if run.area.kind == "city")


def test_a_changed_value_shows_its_points_and_stores_nothing(desk):
    run = of_the_city()
    estimate = run.estimate_run.result
    known = {"probability": {"none": 0.5, "deduct": 0.4, "veto": 0.1}, "probability_withheld": None}
    known["probability_error"] = {"se": 0.02, "df": 20.0, "n": 500, "pooled": False}
    run.estimate_run.result = {**estimate, "decision": {**estimate["decision"], **known}}
    db.session.commit()
    address = f"/console/scores/{run.id}/ahead"
    token = csrf(desk.get(address).get_data(as_text=True))
    stored = dict(run.values)
    page = desk.post(address, data={"csrf_token": token, "value:1:online": "50%", "target": "三星级"})
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "得分改变的指标" in text
    assert "各评级的概率" in text
    assert "公众满意度" in text.split("哪些数值最要紧")[1]  # the one uncertain input
    assert "需要的提升" in text
    db.session.expire_all()
    assert of_the_city().values == stored
    assert db.session.scalars(select(IndicatorValue)).one().value == 0.96


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("value:1:online", "many", "请填数字"),
        ("value:1:online", "120%", "1"),
        ("low:1:online", "0.5", "两端"),
        ("value:1:online", "nan", "请填数字"),
        ("draws", "²", "整数"),
        ("value:1:online", "0,95", "逗号"),
        ("effort:1", "1,5", "逗号"),
        ("target", "六星级", "六星级"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_tried(desk, field, typed, said):
    address = f"/console/scores/{of_the_city().id}/ahead"
    token = csrf(desk.get(address).get_data(as_text=True))
    text = desk.post(address, data={"csrf_token": token, field: typed}).get_data(as_text=True)
    alert = text.split('role="alert"')[1].split("</div>")[0]
    assert said in alert
    assert "得分改变的指标" not in text


def test_a_table_leaves_with_its_formats_and_without_formulas():
    table = Table("t", "表", [Column("a", "甲"), Column("b", "乙", "share")], [{"a": "=1+1", "b": 0.6996}])
    assert as_csv(table).decode("utf-8-sig") == "甲,乙\n'=1+1,0.6996\n"
    sheet = load_workbook(io.BytesIO(as_xlsx(table))).active
    assert sheet["A2"].value == "'=1+1"
    assert (sheet["B2"].value, sheet["B2"].number_format) == (0.6996, "0.00%")


def test_the_console_hands_out_posters(desk):
    desk.post(
        "/console/surveys/wave1/posters",
        data={"csrf_token": csrf(desk.get("/console/surveys/wave1/posters").get_data(as_text=True))},
    )
    sent = desk.get("/console/surveys/wave1/posters.zip").data
    archive = zipfile.ZipFile(io.BytesIO(sent))
    assert len(archive.namelist()) == 3
    assert archive.read(archive.namelist()[0]).startswith(b"%PDF")
    assert desk.get("/console/sites/aaa2222/poster.png").data.startswith(b"\x89PNG")
    assert desk.get("/console/sites/aaa2222/poster.exe").status_code == 404
