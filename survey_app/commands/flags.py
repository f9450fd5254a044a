"""`minyi flags`: look through a survey's responses for signs of careless or copied answers, in a batch."""

from __future__ import annotations

import json

import click
from sqlalchemy import select

from survey_app.commands.support import application, fail


@click.command(name="flags")
@click.argument("survey_code", metavar="SURVEY")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(survey_code: str, as_json: bool) -> None:
    """Flag doubtful responses of SURVEY; the plan's `flagged` rule decides whether they count."""
    from survey_app.models import Survey, db
    from survey_app.services.flags import flag_responses

    with application():
        survey = db.session.scalar(select(Survey).where(Survey.code == survey_code))
        if survey is None:
            fail(f"There is no survey '{survey_code}'.")
            return
        made = flag_responses(survey)
        db.session.commit()
        if as_json:
            click.echo(json.dumps({"survey": survey_code, "made": made, "version": survey.flags_version}))
        else:
            told = ", ".join(f"{kind} {number}" for kind, number in made.items()) or "none"
            click.echo(f"{survey_code}: new flags: {told}.")
