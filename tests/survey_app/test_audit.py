"""The audit trail: chained, only added to, and every way to tamper with it is found."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from survey_app.models import AuditEntry, db
from survey_app.services import audit


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
