"""Move a closed survey's answers into its archive and back, and hold an archive against what the database has of it.

    write_files: write, flush, read every row back  ->  move, in one transaction: delete the rows, record the archive

What is cut off in between has changed nothing; what is begun again starts anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from survey_app.answering.after_close import QUARANTINED
from survey_app.archives.moving import Written, come_back, leave, write_out
from survey_app.archives.places import ArchivedError, Manifest, archive_of, held, place_of
from survey_app.ground import audit, sign_off
from survey_app.ground.official import naming_of
from survey_app.jobs.queue import Progress
from survey_app.models import EstimateRun, FinalRun, Job, ResponseCount, Survey, SurveyArchive, db
from survey_app.models.job import OPEN
from survey_app.surveys.life import change_state
from survey_app.surveys.states import ENDED


@dataclass(frozen=True)
class Moved:
    """responses: how many; files, size: of the archive, in bytes; fingerprint: of what the responses say."""

    survey: str
    responses: int
    folder: Path
    files: int
    size: int
    fingerprint: str

    @classmethod
    def of(cls, archive: SurveyArchive) -> Moved:
        manifest = Manifest.of(archive)
        return cls(
            manifest.survey, manifest.responses, place_of(manifest.survey, archive.folder), len(manifest.files),
            sum(part.size for part in manifest.files), manifest.tables["response"].fingerprint,
        )  # fmt: skip


def write_files(survey: Survey, folder: Path | None, progress: Progress) -> Written:
    """Files of all answers of `survey` below `folder`, or the instance folder where none is given, for `move`.

    The database is only read. Raises ArchivedError; OSError where a file cannot be written.
    """
    require(survey)
    number = _stored(survey)
    if not number:
        raise ArchivedError("archives.no_answers", code=survey.code)

    def told(done: int) -> None:
        progress.tell(done, number, "正在写入并逐行核对", "writing and checking every row")

    place = str(folder.resolve()) if folder else ""
    return write_out(survey, place, told)


def move(survey: Survey, written: Written, progress: Progress) -> Moved:
    """Delete the answers that the files hold. The caller commits, having begun a transaction after they were written.

    A closed survey becomes an archived one by it, which takes no late answers. Raises ArchivedError, StateError.
    """
    progress.tell(0, 0, "正在移出数据库", "taking the rows out of the database")
    audit.wait_turn()
    db.session.refresh(survey)
    require(survey)
    made = leave(survey, written)
    if survey.state != "archived":
        change_state(survey, "archived")
    moved = Moved.of(made)
    after = {"responses": moved.responses, "fingerprint": moved.fingerprint}
    audit.record("survey.archive", f"survey:{survey.code}", {"responses": 0}, after)
    return moved


def bring_back(survey: Survey, progress: Progress) -> Moved:
    """Put the archived answers of `survey` into the database again. The caller commits. Raises ArchivedError."""
    audit.wait_turn()
    kept = required(survey)
    db.session.refresh(kept)
    moved = Moved.of(kept)

    def told(done: int) -> None:
        progress.tell(done, moved.responses, "正在写回数据库", "putting the rows back into the database")

    come_back(kept, told)
    after = {"responses": moved.responses, "fingerprint": moved.fingerprint}
    audit.record("survey.archive_back", f"survey:{survey.code}", {"responses": moved.responses}, after)
    return moved


def required(survey: Survey) -> SurveyArchive:
    """The survey's archive. Raises ArchivedError where it has none."""
    found = archive_of(survey.id)
    if found is None:
        raise ArchivedError("archives.none_of_survey", code=survey.code)
    return found


def intact(survey: Survey) -> Moved:
    """Hold every file of the survey's archive to its digest. Raises ArchivedError."""
    found = required(survey)
    held(found)
    return Moved.of(found)


def require(survey: Survey) -> None:
    """Raises ArchivedError unless the survey has ended and nothing that rests on its answers will change any more."""
    code = survey.code
    if archive_of(survey.id) is not None:
        raise ArchivedError("archives.archived_already", code=code)
    if survey.state not in ENDED:
        raise ArchivedError("archives.not_closed", code=code)
    naming = naming_of(survey)
    if naming is not None and (naming.settled_at is None or naming.run_id is None):
        raise ArchivedError("archives.not_settled", code=code)
    runs = list(db.session.scalars(select(EstimateRun.id).where(EstimateRun.survey_id == survey.id)))
    if not runs:
        raise ArchivedError("archives.no_run", code=code)
    if _quarantined(survey):
        raise ArchivedError("archives.quarantined", code=code)
    finals = db.session.scalars(
        select(FinalRun.id).where(FinalRun.kind == "final", FinalRun.estimate_run_id.in_(runs))
    ).all()
    standing = sign_off.states([f"final:{number}" for number in finals])
    if waiting := [number for number in finals if standing.get(f"final:{number}") == sign_off.PROPOSED]:
        raise ArchivedError("archives.final_not_signed", code=code, number=waiting[0])
    for job in db.session.scalars(select(Job).where(Job.state.in_(OPEN))):
        if job.arguments.get("survey") == survey.id or job.arguments.get("run") in runs:
            raise ArchivedError("archives.job_open", code=code, number=job.id)


def _stored(survey: Survey) -> int:
    counts = db.session.scalars(select(ResponseCount.number).where(ResponseCount.survey_id == survey.id))
    return sum(counts)


def _quarantined(survey: Survey) -> bool:
    query = select(ResponseCount.number).where(
        ResponseCount.survey_id == survey.id, ResponseCount.state == QUARANTINED, ResponseCount.number > 0
    )
    return db.session.scalar(query.limit(1)) is not None
