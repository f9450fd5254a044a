"""`minyi export`: the responses of a survey as files."""

from __future__ import annotations

from pathlib import Path

import click

from survey_app.commands.support import application, fail, fail_on, survey_of, tell


@click.command(name="export")
@click.argument("survey_code", required=False)
@click.option("--parquet", "folder", type=click.Path(path_type=Path, file_okay=False), help="A folder for all.")
@click.option("--to", "out", type=click.Path(path_type=Path, dir_okay=False), help="One file: .csv .xlsx .sav .dta")
@click.option("--lang", "language", type=click.Choice(["zh", "en"]), default="zh", help="Language of the labels.")
@click.option("--with-text", is_flag=True, help="Free text too, masked as it is stored.")
def command(survey_code: str | None, folder: Path | None, out: Path | None, language: str, with_text: bool) -> None:
    """Write the responses of SURVEY_CODE to files: Parquet under a folder, or one file for a statistics program."""
    from sqlalchemy import select

    from survey_app.models import Survey, db
    from survey_app.responses.data_files import ResponseFileError, write_responses
    from survey_app.responses.parquet import ExportError, export_parquet

    if (folder is None) == (out is None):
        fail("commands.say_where_parquet_folder")
    with application():
        surveys = (
            [survey_of(survey_code)] if survey_code else list(db.session.scalars(select(Survey).order_by(Survey.id)))
        )
        if not surveys:
            fail("commands.no_survey_yet")
        if out is not None and len(surveys) > 1:
            fail("commands.several_surveys_name_one", listed=[survey.code for survey in surveys])
        for survey in surveys:
            code = survey.code
            try:
                if out is not None:
                    number = write_responses(survey, out, language, with_text)
                else:
                    number = export_parquet(survey, folder or Path())
            except (ExportError, ResponseFileError) as error:
                fail(error)
            except OSError as error:
                fail_on(error)
            tell("lines.responses_in", True, code=code, number=number, out=out or folder)
