"""`minyi tickets` and the complaints of `minyi gap`, as a stranger would run them."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import func, select

from survey_app.cli import cli
from survey_app.demo.tickets import store_tickets
from survey_app.files import stored
from survey_app.ground.clock import today
from survey_app.models import SignOffStep, StoredFile, Ticket, TicketEvent, TicketPhoto, TicketPublication, db
from survey_app.tickets.figures import tallies
from survey_app.tickets.handling import handle
from survey_app.tickets.retention import delete_tickets, expired, purge
from survey_app.tickets.steps import STATES
from tests.support.city import small_city
from tests.support.tickets import dot, ticket_in, ticket_of


@pytest.fixture
def shell(sqlite_app, monkeypatch):
    small_city()
    monkeypatch.setattr("survey_app.app.create_app", lambda _options: sqlite_app)
    monkeypatch.setenv("DATABASE_URL", sqlite_app.config["SQLALCHEMY_DATABASE_URI"])  # of lists, which need no pages
    return lambda *words: CliRunner().invoke(cli, ["tickets", *words])


def test_lists_counts_and_files_tell_where_every_ticket_stands_without_a_citizens_words(shell, tmp_path):
    ticket_in("某市")
    ticket_of("甲县", "交通局", reply_due_on=today() - timedelta(days=9))
    rows = json.loads(shell("list", "--json").stdout)
    assert {row["department"] for row in rows} == {"市公安局", "交通局"}
    assert [row["department"] for row in json.loads(shell("overdue", "--json").stdout)] == ["交通局"]
    counts = {row["field"]: row["complaints"] for row in json.loads(shell("counts", "--json").stdout)}
    assert (counts["traffic"], counts["bus"]) == (2, 0)
    assert shell("counts", "--since", str(today() + timedelta(days=1))).stdout.count("\t0") == len(counts)
    out = tmp_path / "tickets.xlsx"
    assert shell("export", "--to", str(out)).exit_code == 0
    cells = [cell.value for row in load_workbook(out).active for cell in row]
    assert "交通局" in cells
    assert "坏了" not in str(shell("list").stdout) + str(cells)
    assert shell("export", "--to", str(tmp_path / "x.csv"), "--with-text").exit_code == 0
    text = (tmp_path / "x.csv").read_text(encoding="utf-8-sig")
    assert "红绿灯坏了" in text
    assert "138" not in text
    assert shell("export", "--to", str(tmp_path / "x.doc")).exit_code == 2
    assert shell("list", "--state", "lost").exit_code == 2


def test_the_line_gives_and_gets_tickets_by_the_command_too(shell, tmp_path):
    run = CliRunner()
    case = tmp_path / "in.csv"
    case.write_text("12345工单编号,类别,反映内容,联系电话\n26-1,噪声扰民,半夜施工,13800000000\n", encoding="utf-8")
    looked = json.loads(run.invoke(cli, ["hotline", "import", str(case), "--preview", "--json"]).stdout)
    assert (looked["stored"], looked["add"], db.session.query(Ticket).count()) == (False, 1, 0)
    taken = run.invoke(cli, ["hotline", "import", str(case)])
    assert taken.exit_code == 0
    assert "噪声扰民" in taken.stderr, "a word that nobody has read yet is named"
    assert db.session.query(Ticket).count() == 1
    assert json.loads(run.invoke(cli, ["hotline", "import", str(case), "--json"]).stdout)["same"] == 1
    case.write_text("12345工单编号,反映内容\n26-2,\n", encoding="utf-8")
    refused = run.invoke(cli, ["hotline", "import", str(case)])
    assert (refused.exit_code, db.session.query(Ticket).count()) == (2, 1)

    out, number = tmp_path / "out.xlsx", str(db.session.scalars(select(Ticket.id)).one())
    sent = select(func.count()).where(TicketEvent.step == "hotline_out")
    shown = run.invoke(cli, ["hotline", "export", "--ticket", number, "--preview", "--json"])
    assert json.loads(shown.stdout)[0]["text"] == "半夜施工"
    assert db.session.scalar(sent) == 0
    assert run.invoke(cli, ["hotline", "export", "--since", str(today()), "--to", str(out)]).exit_code == 0
    assert db.session.scalar(sent) == 1
    cells = [str(cell.value) for row in load_workbook(out).active for cell in row]
    assert {"往返编号", "26-1", "半夜施工"} <= set(cells)
    assert "13800000000" not in cells
    for wrong in (
        ("--ticket", number), ("--to", str(out)), ("--ticket", "999", "--preview"),
        ("--ticket", number, "--to", str(tmp_path / "x.doc")), ("--ticket", number, "--preview", "--city", "nowhere"),
    ):  # fmt: skip
        assert run.invoke(cli, ["hotline", "export", *wrong]).exit_code == 2


def test_what_ended_long_ago_loses_its_words_and_pictures_and_keeps_what_is_counted(app):
    small_city()
    ticket, number = ticket_of("甲县", "交通局", dot())
    shared, _number = ticket_of("甲县", "交通局", dot())
    handle(ticket, "close", "department", "li", "已修好", seen=ticket.version)
    ticket.closed_on = today() - timedelta(days=400)
    db.session.add(TicketPublication(ticket_id=ticket.id, state="published", problem="灯坏", reply="修好"))
    db.session.commit()
    assert expired(500) == []
    assert purge(365, "test") == 1
    assert purge(365, "test") == 0
    db.session.refresh(ticket)
    assert (ticket.text, ticket.sealed_contact, ticket.number_hash, ticket.photos) == ("", None, None, [])
    assert (ticket.state, ticket.department) == ("closed", "交通局")
    assert set(db.session.scalars(select(TicketEvent.text))) == {""}
    assert app.test_client().get(f"/q/{number}").status_code == 404
    assert "修好" in app.test_client().get("/problems").get_data(as_text=True)
    assert db.session.scalar(select(func.count(StoredFile.digest))) == 1  # the other ticket's photo is the same file
    shared.state, shared.closed_on = "closed", today() - timedelta(days=400)
    stored.put(b"evidence", "text/plain")
    db.session.commit()
    assert purge(365, "test") == 1
    assert db.session.scalar(select(func.count(StoredFile.digest))) == 1
    assert db.session.scalar(select(func.count(Ticket.id))) == 2


def test_the_demonstration_has_tickets_in_every_state_and_removes_them_whole(sqlite_app):
    survey = small_city()
    store_tickets(survey, np.random.default_rng(3))
    assert set(db.session.scalars(select(Ticket.state))) == set(STATES)
    assert db.session.scalar(select(func.count(TicketPublication.id)))
    assert any(row.late for row in tallies(["field"]))
    ids = list(db.session.scalars(select(Ticket.id)))
    assert delete_tickets(ids) == len(ids)
    db.session.commit()
    for model in (TicketEvent, TicketPhoto, StoredFile, SignOffStep):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_gap_sets_problems_beside_satisfaction_and_points(tmp_path):
    table = tmp_path / "gap.csv"
    head = "area,field,satisfaction,se,points_share,complaints\n"
    table.write_text(head + "某市,bus,0.8,0.02,0.9,12\n某市,parking,0.6,0.02,0.9,80\n", encoding="utf-8")
    told = json.loads(CliRunner().invoke(cli, ["gap", str(table), "--json"]).stdout)
    assert [row["problems"] for row in told["complaints"]["某市"]] == [12, 80]
    assert told["complaints"]["某市"][1]["lower"] > told["complaints"]["某市"][0]["upper"]
    assert "problems 80" in CliRunner().invoke(cli, ["gap", str(table)]).stdout
    table.write_text(head + "某市,bus,0.8,0.02,0.9,-1\n", encoding="utf-8")
    refused = CliRunner().invoke(cli, ["gap", str(table)])
    assert (refused.exit_code, "line 2: complaints" in refused.stderr) == (2, True)
