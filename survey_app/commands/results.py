"""`minyi results list | write`: what is published or announced, and the same as files for a web server."""

from __future__ import annotations

from pathlib import Path

import click

from survey_app.commands.support import JSON, application, fail, printed, tabbed, tables, tell


@click.group(name="results")
def command() -> None:
    """Published results: list, write as files."""


@command.command(name="list")
@JSON
def list_(as_json: bool) -> None:
    """Surveys with a day of publication: their day, whether the results are out, and the digests of the open data."""
    from survey_app.answering.published import announced, standing

    with tables():
        found = [one for survey in announced() if (one := standing(survey)) is not None]
        rows = [
            {
                "survey": one.code, "state": one.state, "day": one.day.isoformat(),
                "number": one.document["number"] if one.document else None,
                "run": one.document["run"] if one.document else None, "digests": one.digests(),
            }
            for one in found
        ]  # fmt: skip
    printed(rows, as_json, lambda: tabbed(rows, "survey", "state", "day", "number", "run"))


@command.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def write(folder: Path) -> None:
    """Write the pages and the open data into FOLDER, the root of a web server, as the application serves them."""
    from survey_app.briefs.results_files import write_results
    from survey_app.files.said import of_system

    with application():
        try:
            number = write_results(folder)
        except OSError as error:
            fail("briefs.results_not_written", folder=folder, said=of_system(error))
    tell("commands.results_written", n=number, folder=folder)
