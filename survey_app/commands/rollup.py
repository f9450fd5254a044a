"""`minyi rollup`: the counts by site, hour and state that the console's pages read."""

from __future__ import annotations

import json

import click

from survey_app.commands.support import JSON, application, fail, tell

MOST_SHOWN = 50


@click.group(name="rollup")
def command() -> None:
    """Counts of responses by site, hour and state, kept by triggers in each response's own transaction."""


@command.command()
@JSON
def check(as_json: bool) -> None:
    """Compare the stored counts with the responses; exit 2 where they differ."""
    from survey_app import rollup
    from survey_app.models import db

    with application():
        there, found = rollup.is_installed(db.engine), rollup.check(db.engine)
    if as_json:
        rows = [{"key": list(each.key), "stored": each.stored, "counted": each.counted} for each in found]
        click.echo(json.dumps({"triggers": there, "differences": rows}))
    for each in [] if as_json else found[:MOST_SHOWN]:
        named = [f"{name} {value}" for name, value in zip(rollup.KEY, each.key, strict=True)]
        tell("lines.count_differs", True, named=named, stored=each.stored[0], counted=each.counted[0])
    if not there:
        fail("lines.triggers_missing")
    if found:
        fail("commands.counts_differ_from_responses", n=len(found))
    if not as_json:
        tell("commands.every_count_responses")


@command.command()
def rebuild() -> None:
    """Count all responses anew. Submissions wait for it and none is lost."""
    from survey_app import rollup
    from survey_app.models import db

    with application():
        rollup.install(db.engine)
        number = rollup.rebuild(db.engine)
    tell("lines.counts", n=number)
