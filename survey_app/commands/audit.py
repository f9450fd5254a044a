"""`minyi audit`: whether the trail holds, and what it says."""

from __future__ import annotations

import json

import click

from survey_app.commands.support import application, fail

KINDS = {
    "changed": "was changed", "missing": "was removed", "unlinked": "does not follow the one before",
    "cut_off": "is not the end that was recorded",
}  # fmt: skip


@click.group(name="audit")
def command() -> None:
    """The audit trail."""


@command.command()
def verify() -> None:
    """Find entries that were changed, removed or reordered."""
    from survey_app.services import audit

    with application():
        breaks = audit.verify()
        number = sum(1 for _ in audit.entries())
    if breaks:
        fail("\n".join(f"entry {item.number} {KINDS[item.kind]}" for item in breaks))
    click.echo(f"{number} entries, the chain holds")


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """Every entry from the first on."""
    from survey_app.services import audit

    with application():
        rows = [
            {
                "number": entry.number, "at": entry.at.isoformat(), "actor": entry.actor, "action": entry.action,
                "subject": entry.subject, "before": entry.before, "after": entry.after, "reason": entry.reason,
            }
            for entry in audit.entries()
        ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['number']}\t{row['at']}\t{row['actor']}\t{row['action']}\t{row['subject']}")
