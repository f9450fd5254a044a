"""`minyi archive`: the answers of a closed survey out of the database into Parquet files, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

from survey_app.commands.progress import progress
from survey_app.commands.support import JSON, application, fail, fail_on, printed, survey_of
from wording import Message, Refusal

if TYPE_CHECKING:
    from survey_app.operations.archiving import Moved

FARTHEST = 1e-12  # what two sums of the same weights may differ by, as a share of them


@click.command(name="archive")
@click.argument("survey_code")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder for it, shared where several nodes serve; default: archives in the instance folder.",
)
@click.option("--back", is_flag=True, help="Put the answers back into the database and delete the files.")
@click.option(
    "--check", is_flag=True, help="Hold every file to its digest, and the cells of an estimate to the database's."
)
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="With --check: what adds up the files.",
)
@JSON
def command(survey_code: str, folder: Path | None, back: bool, check: bool, engine: str, as_json: bool) -> None:
    """Move the answers of SURVEY_CODE, which has closed, into Parquet files; everything goes on counting them.

    Every row is read back and compared before the database gives it up. Receipts are still found and answers erased by
    them; estimates, exports and pages read the files. A closed survey becomes an archived one.
    """
    from survey_app.ground.transaction import transaction
    from survey_app.operations import archiving

    if back + check + (folder is not None) > 1:
        fail("archives.one_at_a_time")
    with application():
        survey = survey_of(survey_code)
        try:
            if check:
                with progress("lines.checking_archive"):
                    found = archiving.intact(survey)
                    document = {**_document(found), **_cells(survey_code, engine)}
                said = Message("archives.checked", **document)
            else:
                with progress("lines.archiving") as shown:
                    if not back:
                        with transaction():  # ends the look at the database that the files were made of
                            written = archiving.write_files(survey, folder, shown)
                    with transaction():
                        found = archiving.bring_back(survey, shown) if back else archiving.move(survey, written, shown)
                document = _document(found)
                said = Message("archives.back" if back else "archives.made", **document)
        except Refusal as error:
            fail(error)
        except OSError as error:
            fail_on(error, error.filename or folder)
    printed(document, as_json, lambda: str(said))
    if document.get("differing") or cast(float, document.get("furthest", 0)) > FARTHEST:
        fail("archives.other_cells", code=survey_code, engine=engine, n=document["differing"])


def _document(moved: Moved) -> dict[str, object]:
    return {
        "survey": moved.survey, "responses": moved.responses, "folder": str(moved.folder), "files": moved.files,
        "bytes": moved.size, "fingerprint": moved.fingerprint,
    }  # fmt: skip


def _cells(code: str, engine: str) -> dict[str, object]:
    from survey_app.estimates.archived_cells import compared
    from survey_app.operations.archiving import required

    survey = survey_of(code)
    same = compared(survey, required(survey), cast(Literal["duckdb", "spark"], engine))
    return {
        "engine": engine, "sample": same.responses, "cells": same.cells, "differing": same.differing,
        "furthest": same.furthest,
    }  # fmt: skip
