"""`minyi flags`: look through responses for signs of careless or copied answers, in a batch."""

from __future__ import annotations

import click
from sqlalchemy import select

from survey_app.commands.support import JSON, application, fail, printed, tell, word
from wording import joined


@click.command(name="flags")
@click.argument("survey_code", metavar="[SURVEY]", required=False)
@click.option("--all", "every", is_flag=True, help="Every survey that is collecting and has new responses.")
@JSON
def command(survey_code: str | None, every: bool, as_json: bool) -> None:
    """Flag doubtful responses of SURVEY; the plan's `flagged` rule decides whether they count.

    An estimate run looks for them first by itself, and so does the clock every quarter of an hour (`minyi jobs schedule`).
    """
    from survey_app.models import Survey, db
    from survey_app.responses.flags import flag_new, flag_responses
    from survey_app.surveys.life import COLLECTING

    if every == bool(survey_code):
        fail("commands.name_one_survey_or")
    with application():
        wanted = Survey.state.in_(COLLECTING) if every else Survey.code == survey_code
        surveys = list(db.session.scalars(select(Survey).where(wanted).order_by(Survey.id)))
        if not surveys and not every:
            fail("commands.no_survey", code=survey_code)
        found = []
        for survey in surveys:
            made = flag_new(survey) if every else flag_responses(survey)
            db.session.commit()
            found.append({"survey": survey.code, "made": made, "version": survey.flags_version})
            if not as_json:
                told = joined(f"{word(kind, 'flag')} {number}" for kind, number in made.items()) or word("none")
                tell("lines.new_flags", code=survey.code, told=told)
        if as_json:
            printed(found if every else found[0], True, str)
