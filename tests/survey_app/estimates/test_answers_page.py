"""The answers to every question of a run: on the page and in its files."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select

from survey_app.estimates.runs import verify_run
from survey_app.ground.percent import percent
from survey_app.models import EstimateRun, Response, db
from tests.support.city import PLAN, answered_city, the_survey
from tests.support.people import client_of
from tests.support.runs import run_estimate
from tests.support.stored import begins_with

TITLES = ["您现在主要住在哪里？", "您的年龄？", "总的来说", "您希望哪些方面改进？", "最近一年", "您用过“爱山东”吗？",
          "您有多大可能", "还有什么想告诉我们的？", "您的性别？", "您在本市住了多久？"]  # fmt: skip


def answered() -> None:
    answered_city(plan=PLAN.replace("strata: stratum, ", ""))
    run_estimate(the_survey())


pytestmark = begins_with(answered)


def the_run() -> EstimateRun:
    return db.session.scalars(select(EstimateRun)).one()


def address(tail: str = "") -> str:
    return f"/console/estimates/{the_run().id}/answers{tail}"


def read(app, tail: str = "", role: str = "evaluator") -> str:
    return unescape(client_of(app, role).get(address(tail)).get_data(as_text=True))


def rows_of(app, tail: str = "?", role: str = "administrator") -> list[dict[str, str]]:
    body = client_of(app, role).get(address(f"{tail}&table=answers&format=csv")).get_data()
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def test_every_question_stands_on_the_page_in_the_questionnaires_order(sqlite_app):
    headings = re.findall(r'class="part"><h2>(.*?)</h2>', read(sqlite_app))
    assert len(headings) == len(TITLES) + 1  # and the method
    assert all(heading.startswith(title) for heading, title in zip(headings, TITLES, strict=False))


def test_the_official_question_has_the_official_figure(sqlite_app):
    share = the_run().result["satisfied"]
    said = f"满意 {percent(share['estimate'], 2)} ({percent(share['lower'], 2)} – {percent(share['upper'], 2)})"
    assert said in read(sqlite_app)


def test_told_apart_by_a_column_each_question_has_a_table_and_a_test(sqlite_app):
    page = read(sqlite_app, "?by=sex")
    assert page.count('<table><thead><tr><th scope="col">回答</th><th scope="col" class="num">全部</th>') == len(TITLES)
    assert "Rao–Scott F(" in page
    groups = {row["性别"] for row in rows_of(sqlite_app, "?by=sex")}
    assert groups == {"全部", "男", "女"}


def test_any_other_question_tells_them_apart_from_the_answers_as_they_are_stored(sqlite_app):
    assert "按现在还存着的答案算出" in read(sqlite_app, "?by=years")
    rows = [row for row in rows_of(sqlite_app, "?by=years") if row["回答"] == "女"]
    stored: dict[str, int] = {}
    for response in db.session.scalars(select(Response).where(Response.state == "complete")):
        if response.answers.get("sex") == "female" and response.answers.get("years"):
            stored[response.answers["years"]] = stored.get(response.answers["years"], 0) + 1
    assert sorted(int(row["n"]) for row in rows[1:]) == sorted(stored.values())


def test_a_column_that_is_none_tells_nothing_apart(sqlite_app):
    assert "Rao–Scott" not in read(sqlite_app, "?by=psu")


def test_csv_has_one_figure_a_row_and_the_kinds_of_missing(sqlite_app):
    rows = [row for row in rows_of(sqlite_app) if row["项目"] == "停车"]
    told = {row["回答"]: row for row in rows}
    rated = sum(int(told[name]["n"]) for name in ("很满意", "比较满意", "一般", "不太满意", "很不满意"))
    assert rated + int(told["没用过"]["n"]) == 180
    shares = [float(told[name]["比例"]) for name in ("很满意", "比较满意", "一般", "不太满意", "很不满意")]
    assert sum(shares) == pytest.approx(1)


def test_the_workbook_has_a_sheet_for_each_question(sqlite_app):
    body = client_of(sqlite_app, "evaluator").get(address(".xlsx?by=sex")).get_data()
    book = load_workbook(io.BytesIO(body))
    assert len(book.sheetnames) == len(TITLES) + 1
    sheet = book[next(name for name in book.sheetnames if name.startswith("您有多大可能"))]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    net = [dict(zip(rows[0], row, strict=True)) for row in rows if row[1] == "净推荐值"]
    assert [row["性别"] for row in net] == ["全部", "女", "男"]
    assert net[0]["数值"] == 0  # everybody gave 8


def test_the_annex_has_the_questions_with_pictures_and_tables(sqlite_app):
    document = Document(io.BytesIO(client_of(sqlite_app, "evaluator").get(address(".docx?by=sex")).get_data()))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert all(any(text.startswith(title) for text in texts) for title in TITLES)
    assert len(document.tables) >= len(TITLES)
    assert len(document.inline_shapes) == 6  # what nobody answered, or wrote in words, is not drawn


def test_small_groups_are_hidden_from_all_but_administrators(sqlite_app):
    seen = {role: rows_of(sqlite_app, role=role) for role in ("administrator", "evaluator")}
    small = [
        place for place, row in enumerate(seen["administrator"]) if row["比例"] and 0 < int(row["n"]) < 10
    ]  # fmt: skip
    assert small
    assert all(seen["evaluator"][place]["比例"] == seen["evaluator"][place]["n"] == "" for place in small)
    assert "样本过少，不予公布" in read(sqlite_app)


def test_verifying_a_run_recomputes_the_answers(sqlite_app):
    run = the_run()
    assert verify_run(run)["same"]
    changed = [dict(question) for question in run.detail["answers"]]
    changed[0]["n"] = 7
    run.detail = run.detail | {"answers": changed}
    db.session.commit()
    assert verify_run(run)["differs"] == ["answers"]


def test_a_run_of_an_earlier_release_says_that_it_kept_nothing(sqlite_app):
    run = the_run()
    run.detail = {key: value for key, value in run.detail.items() if key not in ("questions", "answers")}
    run.created_at -= timedelta(days=99)  # as no other run was made
    db.session.commit()
    assert "没有留下各题的回答" in read(sqlite_app)
    assert verify_run(run)["same"]
    assert client_of(sqlite_app, "evaluator").get(address(".xlsx")).location == address()
