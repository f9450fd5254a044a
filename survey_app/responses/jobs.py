"""Looking for doubtful responses as a background job, for the button in the console and by the clock; and what the
clock takes away: what nobody confirmed, and answers whose time is over. The package of a run."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from definitions import DefinitionError
from survey_app.answering.erasure import erase_survey, expired, kept_too_short
from survey_app.archives.moving import tidy
from survey_app.archives.places import ArchivedError
from survey_app.ground.settings import in_force
from survey_app.jobs.made import keep_file
from survey_app.jobs.queue import Arguments, JobError, Progress, job
from survey_app.jobs.schedule import forget_old_jobs, regular
from survey_app.models import EstimateRun, Survey, db
from survey_app.responses.data_files import ResponseFileError
from survey_app.responses.flags import flag_new, flag_responses
from survey_app.responses.leftovers import clear
from survey_app.surveys.life import COLLECTING

log = logging.getLogger("minyi.retention")
MOST_KEPT = 300 * 2**20  # octets of a package that the database keeps for a day


@job("flags", "检查应答质量", "Look for doubtful responses", refusals=(DefinitionError,))
def look_for_flags(arguments: Arguments, progress: Progress) -> str:
    """arguments: {"survey": id}."""
    survey = db.session.get_one(Survey, arguments["survey"])
    progress.tell(0, 1, "正在检查全部应答", "looking through all responses")
    flag_responses(survey)
    return f"flags:{survey.code}"


@regular("flags", "检查应答质量", "Look for doubtful responses", timedelta(minutes=15))
def flag_collecting(progress: Progress) -> int:
    """Every survey that is collecting and has new responses."""
    surveys = db.session.scalars(select(Survey).where(Survey.state.in_(COLLECTING)).order_by(Survey.id)).all()
    return sum(sum(flag_new(survey).values()) for survey in surveys)


@regular("leftovers", "清理草稿和无人确认的文件", "Clear drafts and files nobody confirmed", time(2, 10))
def clear_leftovers(progress: Progress) -> int:
    """What was handed in and never confirmed, and what the clock's own jobs have left."""
    left = clear()
    return left.drafts + left.uploads + left.files + forget_old_jobs(datetime.now(UTC)) + tidy()


@regular("retention", "删除期满的应答", "Delete answers whose time is over", time(2, 30), "keep_answers", by_hand=False)
def delete_expired(progress: Progress) -> int:
    """Of surveys that closed more days ago than are set; as with the command, a statistical one is warned of."""
    days, number = in_force().keep_answers, 0
    for survey, _number in expired(days):
        if warned := kept_too_short(survey, days):
            log.warning("%s", warned)
        try:
            number += erase_survey(survey, f"retention of {days} days")
        except ArchivedError as error:  # the others' time is over all the same
            log.error("%s", error)
    return number


@job("run_package", "导出估计的数据包", "Export the package of a run", refusals=(ResponseFileError,))
def make_run_package(arguments: Arguments, progress: Progress) -> str:
    """arguments: {"run": id, "reason", "language", "with_text": 0 | 1, "replicates", "for"}. A zip, sealed and kept for a day for whom
    it was made."""
    from survey_app.responses.run_package import Asked, export_run

    run = db.session.get_one(EstimateRun, arguments["run"])
    asked = Asked(
        str(arguments["reason"]), str(arguments["language"]), bool(arguments["with_text"]), int(arguments["replicates"])
    )
    with TemporaryDirectory() as folder:
        out = Path(folder) / f"run-{run.id}.zip"
        found = export_run(run, out, asked, progress)
        if out.stat().st_size > MOST_KEPT:
            raise JobError("responses.package_too_large", run=run.id, most=MOST_KEPT // 2**20)
        body = out.read_bytes()
    more = {"run": run.id, "reason": asked.reason, "gone": found.figure["gone_since"]}
    keep_file(body, out.name, "application/zip", run.survey_id, "console.run_package", {"run_id": run.id}, more)
    return f"run_package:{run.id}"
