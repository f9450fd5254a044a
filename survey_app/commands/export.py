"""`minyi export`: the responses of a survey as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_app.commands.progress import progress
from survey_app.commands.support import application, fail, fail_on, stored, survey_or_newest, tell
from wording import Message

if TYPE_CHECKING:
    from survey_app.jobs.queue import Progress
    from survey_app.models import Survey


@click.command(name="export")
@click.argument("survey_code", required=False)
@click.option("--parquet", "folder", type=click.Path(path_type=Path, file_okay=False), help="A folder for all.")
@click.option(
    "--to",
    "out",
    type=click.Path(path_type=Path),
    help="One file: .csv .xlsx .sav .dta; with --run a folder, or a .zip.",
)
@click.option("--run", "run_id", type=int, help="The package of this estimate run, with final weights; needs --reason.")
@click.option(
    "--replicates",
    type=int,
    default=0,
    metavar="N",
    help="With --run: N sets of bootstrap weights beside the final one.",
)
@click.option("--lang", "language", type=click.Choice(["zh", "en"]), default="zh", help="Language of the labels.")
@click.option("--with-text", is_flag=True, help="Free text too, masked as it is stored.")
@click.option(
    "--no-quote", is_flag=True, help="Text that begins with = + - @ as it is, without the quote that spreadsheets need."
)
@click.option("--review", is_flag=True, help="Instead of answers: when, where and how each came, and its flags.")
@click.option("--reason", default="", help="Why; needed with --review and --run. It stands in the audit trail.")
def command(
    survey_code: str | None, folder: Path | None, out: Path | None, run_id: int | None, replicates: int, language: str,
    with_text: bool, no_quote: bool, review: bool, reason: str,
) -> None:  # fmt: skip
    """Write the responses of SURVEY_CODE to files: Parquet under a folder, or one file for a statistics program.

    With --run the package of an estimate: its responses with their final weights, plan, margins, codebook, and scripts in R,
    Python, Stata and SPSS that print the official figure. Answers leave with their day and unit, never with minute, site or receipt; those are in the file of --review, which
    has no answers. `minyi survey plan CODE --out FILE` writes the plan by which `minyi estimate` takes the files.
    """
    from sqlalchemy import select

    from survey_app.ground import audit
    from survey_app.ground.transaction import transaction
    from survey_app.models import Survey, db
    from survey_app.responses.data_files import ResponseFileError, write_responses
    from survey_app.responses.parquet import ExportError, export_parquet
    from survey_app.responses.review_file import write_review

    if run_id is not None and out is not None and reason.strip() and not review and folder is None:
        package(run_id, survey_code or "", out, reason, language, with_text, replicates, not no_quote)
        return
    if run_id is not None or replicates:
        fail("commands.run_needs_to" if run_id is not None else "commands.replicates_need_run")
    if (folder is None) == (out is None):
        fail("commands.say_where_parquet_folder")
    if review and (out is None or not reason.strip()):
        fail("commands.review_needs_file_and_reason")
    with application():
        query = select(Survey).order_by(Survey.id)
        surveys = list(db.session.scalars(query.where(Survey.code == survey_code) if survey_code else query))
        if not surveys:
            survey_or_newest(survey_code)  # there is none, and it says so
        if out is not None and len(surveys) > 1:
            fail("commands.several_surveys_name_one", listed=[survey.code for survey in surveys])

        def write(survey: Survey, shown: Progress) -> tuple[int, tuple[Message, ...]]:
            if out is None:
                return export_parquet(survey, folder or Path(), language, with_text, shown), ()
            if review:
                return write_review(survey, out, reason, language), ()
            written = write_responses(survey, out, language, with_text, not no_quote, shown)
            return written.rows, written.told

        for survey in surveys:
            code = survey.code
            try:
                with transaction(), progress("lines.writing_responses") as shown:
                    number, told = write(survey, shown)
                    if not review:
                        audit.record("response.file", f"survey:{code}", after={"responses": number}, reason=reason)
            except (ExportError, ResponseFileError) as error:
                fail(error)
            except OSError as error:
                fail_on(error)
            for said in told:
                tell(said, True)
            tell("lines.responses_in", True, code=code, number=number, out=out or folder)


def package(
    run_id: int, survey_code: str, out: Path, reason: str, language: str, with_text: bool, replicates: int, guarded: bool
) -> None:  # fmt: skip
    """The package of one run, and what must be known of it."""
    from survey_app.ground.transaction import transaction
    from survey_app.models import EstimateRun
    from survey_app.responses.data_files import ResponseFileError
    from survey_app.responses.run_package import Asked, export_run

    with application():
        run = stored(EstimateRun, run_id, Message("commands.no_estimate_run", run_id=run_id))
        if survey_code not in ("", run.survey.code):
            fail("commands.run_of_another_survey", run=run_id, code=survey_code, own=run.survey.code)
        try:
            with transaction(), progress("lines.writing_responses") as shown:
                found = export_run(run, out, Asked(reason, language, with_text, replicates, guarded), shown)
        except ResponseFileError as error:
            fail(error)
        except OSError as error:
            fail_on(error, out)
        for said in found.told:
            tell(said, True)
        code, number = run.survey.code, found.figure["responses"]
        tell("lines.responses_in", True, code=code, number=number, out=out)
