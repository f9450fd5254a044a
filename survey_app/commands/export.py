"""`minyi export`: the responses of a survey as files."""

from __future__ import annotations

from pathlib import Path

import click

from survey_app.commands.support import application, fail


@click.command(name="export")
@click.argument("survey_code", required=False)
@click.option("--parquet", "folder", type=click.Path(path_type=Path, file_okay=False), required=True)
def command(survey_code: str | None, folder: Path) -> None:
    """Write the responses of SURVEY_CODE (default: every survey) to Parquet files under a folder."""
    from sqlalchemy import select

    from survey_app.models import Survey, db
    from survey_app.services.export_parquet import ExportError, export_parquet

    with application():
        query = select(Survey).order_by(Survey.id)
        surveys = list(db.session.scalars(query.where(Survey.code == survey_code) if survey_code else query))
        if not surveys:
            fail(f"There is no survey '{survey_code}'." if survey_code else "There is no survey yet.")
        for survey in surveys:
            code = survey.code
            try:
                number = export_parquet(survey, folder)
            except ExportError as error:
                fail(str(error))
            except OSError as error:
                fail(f"{error.filename}: {error.strerror}")
            click.echo(f"{code}: {number:,} responses in {folder}", err=True)
