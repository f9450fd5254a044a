"""`minyi audit`: whether the trail holds, and what it says."""

from __future__ import annotations

import click

from survey_app.commands.support import JSON, application, fail, printed, tabbed

DIGEST_LENGTH = 64
KINDS = {
    "changed": "was changed", "missing": "was removed", "unlinked": "does not follow the one before",
    "cut_off": "is not the end that was recorded", "not_expected": "is not the one that was noted",
}  # fmt: skip


@click.group(name="audit")
def command() -> None:
    """The audit trail."""


@command.command()
@click.option("--expect", default="", metavar="NUMBER:DIGEST", help="What `minyi audit head` printed earlier.")
def verify(expect: str) -> None:
    """Find entries that were changed, removed or reordered."""
    from survey_app.ground import audit

    number, _colon, digest = expect.partition(":")
    if expect and not (number.isdecimal() and len(digest) == DIGEST_LENGTH):
        fail("--expect takes what `minyi audit head` printed: a number, a colon and 64 characters.")
    with application():
        breaks = audit.verify(audit.Link(int(number), digest.lower()) if expect else None)
        end = audit.head()
    if breaks:
        fail("\n".join(f"entry {item.number} {KINDS[item.kind]}" for item in breaks))
    click.echo(f"{end.number} entries, the chain holds")


@command.command()
def head() -> None:
    """Number and digest of the newest entry: note them elsewhere, for `verify --expect`."""
    from survey_app.ground import audit

    with application():
        end = audit.head()
    click.echo(f"{end.number}:{end.digest}")


@command.command(name="list")
@JSON
def list_(as_json: bool) -> None:
    """Every entry from the first on."""
    from survey_app.ground import audit

    with application():
        rows = [
            {
                "number": entry.number, "at": entry.at.isoformat(), "actor": entry.actor, "action": entry.action,
                "subject": entry.subject, "before": entry.before, "after": entry.after, "reason": entry.reason,
            }
            for entry in audit.entries()
        ]  # fmt: skip
    printed(rows, as_json, lambda: tabbed(rows, "number", "at", "actor", "action", "subject"))
