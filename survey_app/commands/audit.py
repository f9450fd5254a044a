"""`minyi audit`: whether the trail holds, and what it says."""

from __future__ import annotations

import click

from survey_app.commands.progress import progress
from survey_app.commands.support import JSON, fail, printed, tabbed, tables, tell, word
from wording import Message

DIGEST_LENGTH = 64
BREAKS = {
    "changed": "lines.entry_changed", "missing": "lines.entry_missing", "unlinked": "lines.entry_unlinked",
    "cut_off": "lines.entry_cut_off", "not_expected": "lines.entry_not_expected",
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
        fail("lines.expect_takes")
    with tables(), progress("lines.checking_trail") as shown:
        end = audit.head()
        breaks = audit.verify(
            audit.Link(int(number), digest.lower()) if expect else None,
            lambda link: shown.step(link.number, end.number),
        )
    if breaks:
        fail("\n".join(str(Message(BREAKS[item.kind], number=item.number)) for item in breaks))
    tell("lines.chain_holds", n=end.number)


@command.command()
def head() -> None:
    """Number and digest of the newest entry: note them elsewhere, for `verify --expect`."""
    from survey_app.ground import audit

    with tables():
        end = audit.head()
    click.echo(f"{end.number}:{end.digest}")


@command.command(name="list")
@JSON
def list_(as_json: bool) -> None:
    """Every entry from the first on."""
    from survey_app.ground import audit

    with tables():
        rows = [
            {
                "number": entry.number, "at": entry.at.isoformat(), "actor": entry.actor, "action": entry.action,
                "subject": entry.subject, "before": entry.before, "after": entry.after, "reason": entry.reason,
            }
            for entry in audit.entries()
        ]  # fmt: skip
    printed(
        rows,
        as_json,
        lambda: tabbed(
            [row | {"actor": word(row["actor"])} for row in rows], "number", "at", "actor", "action", "subject"
        ),
    )
