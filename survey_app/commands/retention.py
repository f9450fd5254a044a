"""`minyi retention`: delete the responses of surveys that closed long enough ago."""

from __future__ import annotations

import click

from survey_app.commands.support import application, fail, tell
from wording import Message


@click.command(name="retention")
@click.option(
    "--days",
    type=click.IntRange(min=1),
    help="Keep answers this long after the closing date; default: MINYI_KEEP_ANSWERS, else 731.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
def command(days: int | None, dry_run: bool) -> None:
    """Delete answers and receipts of surveys closed more than DAYS ago; finished runs keep their cells.

    For a statistical survey, one whose questionnaire has legal marks, less than two years is warned of and done as asked.

    Drafts that nobody touched for a week go too, of every survey, and uploaded files that nobody confirmed.
    """
    from survey_app.answering.erasure import erase_survey, expired, kept_too_short
    from survey_app.archives.moving import tidy
    from survey_app.archives.places import ArchivedError
    from survey_app.ground.settings import in_force
    from survey_app.ground.settings_unsafe import TWO_YEARS
    from survey_app.ground.transaction import transaction
    from survey_app.models import db
    from survey_app.responses.leftovers import clear

    with application():
        days = days or in_force().keep_answers or TWO_YEARS + 1
        left = clear()
        if dry_run:
            db.session.rollback()
        else:
            db.session.commit()
            tidy()
        did = Message("lines.would_delete") if dry_run else Message("lines.deleted")
        if left.drafts:
            tell("lines.old_drafts", did=did, n=left.drafts)
        if left.uploads or left.files:
            tell("lines.left_files", did=did, uploads=left.uploads, files=left.files)
        found, kept = expired(days), list[ArchivedError]()
        for survey, number in found:
            if warned := kept_too_short(survey, days):
                tell(warned, True)
            try:
                if not dry_run:
                    with transaction():
                        erase_survey(survey, f"retention of {days} days")
            except ArchivedError as error:  # the others' time is over all the same
                kept.append(error)
                continue
            tell("lines.responses_of", did=did, n=number, code=survey.code)
        if not found:
            tell("commands.no_survey_closed_more", days=days)
        if kept:
            fail(error.said for error in kept)
