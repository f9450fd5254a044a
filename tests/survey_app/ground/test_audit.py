"""The audit trail: chained, only added to, and every way to tamper with it is found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from survey_app.ground import audit
from survey_app.jobs.queue import Silent
from survey_app.models import AuditEntry, db
from survey_app.models.base import now
from survey_app.office import audit_checks, audit_trail


@pytest.fixture
def trail(app):
    """Five entries."""
    for number in range(1, 6):
        audit.record("test", f"thing:{number}", {"value": number}, {"value": number + 1}, "因为需要")
    db.session.commit()


def tamper(*statements: str) -> None:
    """As somebody with the database's own password would: without the triggers."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        for event in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER audit_entry_no_{event}"))
    else:
        connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
    for statement in statements:
        connection.execute(text(statement))
    db.session.commit()
    db.session.expire_all()


def test_an_untouched_trail_holds(trail):
    assert audit.verify() == []
    assert [entry.number for entry in audit.entries()] == [1, 2, 3, 4, 5]
    assert next(audit.entries()).actor == "command line"


@pytest.mark.parametrize(
    ("statements", "number", "kind"),
    [
        (["UPDATE audit_entry SET actor = 'somebody' WHERE number = 3"], 3, "changed"),
        (["UPDATE audit_entry SET after = '{\"value\": 99}' WHERE number = 2"], 2, "changed"),
        (["DELETE FROM audit_entry WHERE number = 3"], 3, "missing"),
        (["DELETE FROM audit_entry WHERE number = 5"], 5, "cut_off"),
        (
            [
                "UPDATE audit_entry SET number = 99 WHERE number = 2",
                "UPDATE audit_entry SET number = 2 WHERE number = 3",
                "UPDATE audit_entry SET number = 3 WHERE number = 99",
            ],
            2,
            "unlinked",
        ),
    ],
)
def test_what_was_changed_removed_or_reordered_is_found(trail, statements, number, kind):
    tamper(*statements)
    assert (number, kind) in {(item.number, item.kind) for item in audit.verify()}


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"])
def test_the_database_itself_refuses_to_change_an_entry(trail, statement):
    with pytest.raises(DBAPIError, match="only ever added"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert audit.verify() == []


def test_an_entry_goes_with_its_transaction(app):
    audit.record("test", "thing:1")
    db.session.rollback()
    assert list(audit.entries()) == []
    audit.record("test", "thing:2")
    db.session.commit()
    assert audit.verify() == []
    assert db.session.get(AuditEntry, 1).subject == "thing:2"


def test_the_command_tells_a_broken_chain(trail, monkeypatch, app):
    from survey_app.cli import cli

    monkeypatch.setenv("DATABASE_URL", app.config["SQLALCHEMY_DATABASE_URI"])
    assert "the chain holds" in CliRunner().invoke(cli, ["audit", "verify"]).output
    tamper("UPDATE audit_entry SET actor = 'somebody' WHERE number = 3")
    result = CliRunner().invoke(cli, ["audit", "verify"])
    assert (result.exit_code, "entry 3 was changed" in result.output) == (2, True)


def test_a_chain_made_anew_holds_in_itself_but_not_against_a_noted_head(trail):
    noted = audit.head()
    tamper("DELETE FROM audit_entry", "UPDATE audit_head SET number = 0, digest = ''")
    for number in range(1, 8):
        audit.record("test", f"thing:{number}", {"value": number}, {"value": 0}, "改写")
    db.session.commit()
    assert audit.verify() == []
    assert audit.verify(noted) == [audit.Break(5, "not_expected")]


def test_the_head_is_printed_and_expected_again(trail, monkeypatch, app):
    from survey_app.cli import cli

    monkeypatch.setenv("DATABASE_URL", app.config["SQLALCHEMY_DATABASE_URI"])
    noted = CliRunner().invoke(cli, ["audit", "head"]).output.strip()
    assert noted == f"5:{audit.head().digest}"
    assert CliRunner().invoke(cli, ["audit", "verify", "--expect", noted]).exit_code == 0
    other = CliRunner().invoke(cli, ["audit", "verify", "--expect", f"4:{audit.head().digest}"])
    assert (other.exit_code, "entry 4 is not the one that was noted" in other.output) == (2, True)
    wrong = CliRunner().invoke(cli, ["audit", "verify", "--expect", "yesterday"])
    assert (wrong.exit_code, "64 characters" in wrong.output) == (2, True)


def test_a_chain_longer_than_a_piece_is_checked_to_its_end(trail, monkeypatch):
    monkeypatch.setattr(audit, "PIECE", 2)
    seen: list[int] = []
    assert audit.verify(progress=lambda link: seen.append(link.number)) == []
    assert seen == [2, 4, 5]
    tamper("DELETE FROM audit_entry WHERE number IN (2, 3)")
    assert audit.verify() == [audit.Break(2, "missing"), audit.Break(3, "missing")]


def test_a_check_of_what_is_new_starts_where_the_last_good_one_ended(trail):
    first = audit_checks.check_new("anna")
    audit.record("test", "thing:6")
    second = audit_checks.check_new("anna")
    db.session.commit()
    assert (first.first, first.number, second.first, second.number, second.breaks) == (1, 5, 6, 6, [])
    tamper("UPDATE audit_entry SET actor = 'somebody' WHERE number = 3")
    assert audit_checks.check_new("anna").breaks == []  # it cannot know, and the page says what it looked at
    audit_checks.check_all("anna", Silent())
    assert audit_checks.last_whole_check().breaks == [{"number": 3, "kind": "changed"}]


def test_a_check_of_what_is_new_notices_that_the_good_end_was_replaced(trail):
    audit_checks.check_new("anna")
    tamper("UPDATE audit_entry SET digest = 'x' WHERE number = 5", "UPDATE audit_head SET digest = 'x'")
    assert {"number": 5, "kind": "not_expected"} in audit_checks.check_new("anna").breaks


def test_filters_and_pages_by_key(app, monkeypatch):
    monkeypatch.setattr(audit_trail, "PAGE", 3)
    for number in range(1, 9):
        audit.record("a.one" if number % 2 else "b.two", f"{'odd' if number % 2 else 'even_%'}:{number}")
    db.session.commit()

    def numbers(**wanted) -> list[int]:
        keys = {key: wanted.pop(key) for key in ("before", "after") if key in wanted}
        return [entry.number for entry in audit_trail.page(audit_trail.Filter(**wanted), **keys).entries]

    assert numbers() == [8, 7, 6]
    assert numbers(before=6) == [5, 4, 3]
    assert numbers(after=3) == [6, 5, 4]
    assert numbers(action="a.one") == [7, 5, 3]
    assert numbers(subject="even_%") == [8, 6, 4]
    assert numbers(subject="even%") == []
    assert numbers(subject="ODD") == []
    assert numbers(actor="nobody") == []
    assert numbers(since=now() + timedelta(minutes=1)) == []
    assert numbers(until=now() + timedelta(minutes=1), subject="odd:3") == [3]
    first = audit_trail.page(audit_trail.Filter())
    assert (first.newer, first.older) == (None, 6)
    assert audit_trail.page(audit_trail.Filter(), before=3).older is None
    assert audit_trail.page(audit_trail.Filter(), before=6).newer == 5
    assert audit_trail.actions() == ["a.one", "b.two"]
    assert (audit_trail.count(audit_trail.Filter(action="a.one")), audit_trail.count(audit_trail.Filter(), 2)) == (4, 3)
