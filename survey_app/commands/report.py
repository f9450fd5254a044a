"""`minyi report`: an estimate, a scoring run or a final run as a document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_app.commands.progress import progress
from survey_app.commands.support import application, changing, fail, fail_on, stored, tell
from wording import Message

if TYPE_CHECKING:
    from analysis.documents.estimate import EstimateDocument
    from survey_app.documents.content import Report
    from survey_app.models import EstimateRun

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
    from survey_app.estimates.pages.report import estimate_report

    _of_estimate(run_id, out, lang, estimate_report)


@command.command(name="quality")
@click.argument("run_id", type=int)
@TO
@LANG
def quality(run_id: int, out: Path, lang: str) -> None:
    """The quality report of estimate run RUN_ID: relevance, accuracy, timeliness, comparability, coherence, AAPOR's items."""
    from survey_app.estimates.pages.quality import quality_report

    _of_estimate(run_id, out, lang, quality_report)


def _of_estimate(
    run_id: int, out: Path, lang: str, made: Callable[[EstimateRun, EstimateDocument, str], Report]
) -> None:
    ending = _ending(out)
    with application():
        from survey_app.ground.stored import estimate_of
        from survey_app.models import EstimateRun

        run = stored(EstimateRun, run_id, Message("commands.no_estimate_run", run_id=run_id))
        _write(lambda: made(run, estimate_of(run), lang), ending, out)


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


@command.command(name="dispatch")
@click.option("--period", help="A period; the current one if not given.")
@click.option(
    "--number", type=int, help="An earlier brief of the period as it was made; without it the next one is made."
)
@TO
@LANG
def dispatch(period: str | None, number: int | None, out: Path, lang: str) -> None:
    """The dispatch brief of a period: what is in, what is late, what changed since the last one, who must act."""
    ending = _ending(out)
    with application():
        from survey_app.briefs import dispatch as briefs
        from survey_app.briefs.pages.dispatch import dispatch_report
        from survey_app.ground import audit
        from survey_app.values.periods import current_period, period_of

        with changing():
            found = period_of(period) if period else current_period()
            one = briefs.dispatch_of(found.code, number) if number else briefs.make(found, audit.COMMAND_LINE)
        _write(lambda: dispatch_report(one, lang), ending, out)


@command.command(name="final")
@click.argument("final_id", type=int)
@TO
@LANG
def final(final_id: int, out: Path, lang: str) -> None:
    """The report of the trial or final run FINAL_ID."""
    ending = _ending(out)
    with application():
        from survey_app.models import FinalRun
        from survey_app.scoring.frozen import scorecards
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
