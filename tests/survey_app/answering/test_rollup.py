"""The rollup is a GROUP BY over the responses after whatever was done to them, on both engines."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, text, update

from survey_app import rollup
from survey_app.answering.erasure import erase
from survey_app.answering.invitation_links import OpenInvitation
from survey_app.answering.open_sites import find_site, forget_sites
from survey_app.answering.pages.storing import acknowledge
from survey_app.answering.submission import submit
from survey_app.cli import cli
from survey_app.database import upgrade
from survey_app.fieldwork.invitations import invitation_of, make, reopen
from survey_app.models import Response, ResponseCount, Site, db
from survey_app.responses.flags import lift_flags, set_flag
from tests.support.city import FORM, small_city


def send(key: str, site: str = "aaa2222", minutes: float = 3.5, how=acknowledge, **more) -> str:
    moment = datetime.now(UTC)
    return how(find_site(site), FORM, key, "zh", moment - timedelta(minutes=minutes), **more).number


def right() -> None:
    db.session.commit()
    assert rollup.check(db.engine) == []


def total(column=ResponseCount.number, **where) -> int:
    return db.session.scalar(select(func.coalesce(func.sum(column), 0)).filter_by(**where))


def test_a_submission_is_counted_in_its_own_transaction(app):
    small_city()
    send("a", how=submit)
    assert total() == 1
    db.session.rollback()
    assert total() == 0
    send("a")
    send("a")  # the same key again makes nothing
    assert (total(state="complete", mode="web", sampled=True), total(ResponseCount.under_4)) == (1, 1)
    right()


def test_voiding_flagging_lifting_and_erasing_keep_it_right(app):
    survey = small_city()
    site = db.session.scalars(select(Site).where(Site.code == "aaa2222")).one()
    card = make(site, 1)[0]
    db.session.commit()
    send("invited", invitation=OpenInvitation.of(invitation_of(survey, card.serial)))
    receipt = send("open", "ccc4444")
    right()
    reopen(survey, card.serial, "wrong person")
    assert total(state="voided") == 1
    right()
    row = db.session.scalars(select(Response).where(Response.submission_key == "open")).one()
    set_flag(row, "doubtful", "anna")
    db.session.commit()
    assert total(ResponseCount.flagged) == 1
    right()
    lift_flags(row, "it was a real crowd", "anna")
    right()
    assert total(ResponseCount.flagged) == 0
    erase(receipt, "asked")
    assert total() == 1
    right()


ROW = st.tuples(
    st.sampled_from(["insert", "void", "flag", "unflag", "erase", "later", "many"]),
    st.integers(0, 9),
    st.sampled_from(["web", "paper", "phone", "tablet"]),
    st.sampled_from(["complete", "screened_out"]),
    st.floats(0, 90),
    st.booleans(),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(ROW, max_size=25))
def test_after_any_sequence_of_changes_it_is_the_group_by(sqlite_app, steps):
    _any_sequence(steps)


@pytest.mark.postgres
def test_after_a_fixed_sequence_of_changes_it_is_the_group_by_on_both_engines(app):
    kinds = ["insert", "insert", "flag", "many", "later", "void", "unflag", "erase"] * 3
    modes, states = ["web", "paper", "phone", "tablet"], ["complete", "screened_out"]
    _any_sequence(
        [(kind, n % 10, modes[n % 4], states[n % 3 == 0], n * 3.7, n % 2 == 0) for n, kind in enumerate(kinds)]
    )


def _any_sequence(steps) -> None:
    if db.session.scalar(select(Site.id)) is None:
        small_city()
    sites = list(db.session.scalars(select(Site)))
    db.session.execute(delete(Response))
    moment = datetime(2026, 3, 5, 8, 59, 30, 400_000, UTC)
    for place, (kind, which, mode, state, minutes, sampled) in enumerate(steps):
        site = sites[which % len(sites)]
        new = {
            "survey_id": site.survey_id, "site_id": site.id, "questionnaire_id": site.survey.questionnaire_id,
            "state": state, "mode": mode, "language": "zh", "answers": {}, "probability": sampled, "psu": site.code,
            "started_at": moment, "finished_at": moment + timedelta(minutes=minutes), "site_county": "甲县",
            "demo": False,
        }  # fmt: skip
        some = Response.id % 10 == which
        if kind == "insert":
            db.session.execute(insert(Response).values(new | {"submission_key": f"k{place}", "receipt": f"r{place}"}))
        elif kind == "many":
            rows = [new | {"submission_key": f"m{place}-{n}", "receipt": f"m{place}-{n}"} for n in range(5)]
            db.session.execute(insert(Response), rows)
        elif kind == "erase":
            db.session.execute(delete(Response).where(some))
        else:
            change = {
                "void": {"state": "voided"}, "flag": {"flagged": True}, "unflag": {"flagged": False},
                "later": {"finished_at": moment + timedelta(hours=which)},
            }[kind]  # fmt: skip
            db.session.execute(update(Response).where(some).values(change))
    right()
    stored = select(func.count()).select_from(Response)
    assert total() == db.session.scalar(stored)


def test_writers_to_one_site_in_one_hour_do_not_wait_for_each_other(app):
    small_city()
    forget_sites()
    send("first")
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    send("holds", how=submit)  # this transaction holds the counter row …
    done: list[str] = []

    def other() -> None:
        with app.app_context():
            db.session.execute(text("SET lock_timeout = '2s'"))
            done.append(send("passes"))

    thread = threading.Thread(target=other)
    thread.start()
    thread.join(10)
    assert len(done) == 1  # … and another response was stored meanwhile
    db.session.commit()
    assert total() == 3
    assert db.session.scalar(select(func.count(func.distinct(ResponseCount.slot)))) == 2
    right()
    rollup.rebuild(db.engine)
    assert db.session.scalar(select(func.count(ResponseCount.slot))) == 1


def test_what_was_lost_is_found_and_made_anew(app):
    small_city()
    send("a")
    db.session.execute(update(ResponseCount).values(number=7))
    db.session.commit()
    (found,) = rollup.check(db.engine)
    assert (found.stored[0], found.counted[0]) == (7, 1)
    rollup.rebuild(db.engine)
    right()


def test_a_table_made_anew_gets_its_triggers_and_counts_back(sqlite_app):
    small_city()
    db.session.execute(text("DROP TRIGGER response_counted_insert"))
    send("a")
    db.session.commit()
    assert not rollup.is_installed(db.engine)
    upgrade(db.engine)
    right()
    assert total() == 1
    assert not rollup.install(db.engine)


def test_the_command_checks_and_makes_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'x.sqlite3'}")
    monkeypatch.setenv("MINYI_INSTANCE", str(tmp_path))
    run = CliRunner().invoke
    assert run(cli, ["db", "upgrade"]).exit_code == 0
    assert "Every count" in run(cli, ["rollup", "check"]).output
    assert "0 counts" in run(cli, ["rollup", "rebuild"]).output


def test_a_load_without_the_triggers_counts_nothing_until_they_are_set_again(app):
    small_city()
    db.session.commit()
    with db.engine.begin() as connection:
        rollup.remove(connection)
    send("a")
    assert not rollup.is_installed(db.engine)
    assert total() == 0
    assert rollup.install(db.engine)
    assert total() == 1
    right()
