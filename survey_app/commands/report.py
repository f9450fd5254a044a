"""`minyi report`: an estimate, a scoring run or a final run as a document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_app.commands.progress import progress
from survey_app.commands.support import application, fail, fail_on, stored, tell
from wording import Message

if TYPE_CHECKING:
    from survey_app.documents.content import Report

ENDINGS = ("docx", "xlsx", "pdf")
TO = click.option(
    "--to", "out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="FILE.docx|.xlsx|.pdf"
)
LANG = click.option(
    "--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language of the report."
)


@click.group(name="report")
def command() -> None:
    """Reports as Word, Excel or PDF, by the ending of the file's name."""


@command.command(name="estimate")
@click.argument("run_id", type=int)
@TO
@LANG
def estimate(run_id: int, out: Path, lang: str) -> None:
    """The report of estimate run RUN_ID, with every cell (the command line is the administrator's)."""
    ending = _ending(out)
    with application():
        from survey_app.estimates.pages.report import estimate_report
        from survey_app.ground.stored import estimate_of
        from survey_app.models import EstimateRun

        run = stored(EstimateRun, run_id, Message("commands.no_estimate_run", run_id=run_id))
        _write(lambda: estimate_report(run, estimate_of(run), lang), ending, out)


@command.command(name="score")
@click.argument("run_id")
@TO
@LANG
def score(run_id: str, out: Path, lang: str) -> None:
    """The report of scoring run RUN_ID, or of a whole batch where RUN_ID is a batch's name."""
    ending = _ending(out)
    with application():
        from survey_app.models import ScoringRun, db
        from survey_app.scoring import batches
        from survey_app.scoring.report import batch_report, scoring_report

        runs = list(batches.batch_runs(run_id))
        run = db.session.get(ScoringRun, int(run_id)) if run_id.isascii() and run_id.isdigit() else None
        if not runs and run is None:
            fail("commands.no_scoring_run_no", run_id=run_id)
        _write(lambda: batch_report(runs, lang) if runs else scoring_report(run, lang), ending, out)  # type: ignore[arg-type]


@command.command(name="final")
@click.argument("final_id", type=int)
@TO
@LANG
def final(final_id: int, out: Path, lang: str) -> None:
    """The report of the trial or final run FINAL_ID."""
    ending = _ending(out)
    with application():
        from survey_app.models import FinalRun
        from survey_app.scoring.final_runs import scorecards
        from survey_app.scoring.pages.final_report import final_report

        run = stored(FinalRun, final_id, Message("commands.no_final_run", final_id=final_id))
        _write(lambda: final_report(run, scorecards(run), lang), ending, out)


def _ending(out: Path) -> str:
    ending = out.suffix.lower().removeprefix(".")
    if ending not in ENDINGS:
        fail("commands.report_ends_docx_xlsx", out_name=out.name)
    if not out.parent.is_dir():
        fail("commands.folder_does_not_exist", out_parent=out.parent)
    return ending


def _write(make: Callable[[], Report], ending: str, out: Path) -> None:
    from survey_app.documents import written
    from survey_app.documents.content import ReportError

    try:
        with progress("lines.writing_report") as shown:
            report = make()
            shown.step(1, 2)
            body = written(report, ending)
        out.write_bytes(body)
    except ReportError as error:
        fail(error, 1)
    except OSError as error:
        fail_on(error, out)
    tell("commands.wrote", True, out=out)
