"""In the background: all posters of a survey in one ZIP, kept until the next ones are made; a file of another tool's
answers, stored."""

from __future__ import annotations

from sqlalchemy import select

from survey_app.answering.definitions import definition_of
from survey_app.console.permissions import may, owner
from survey_app.fieldwork.answers_in.importing import import_answers
from survey_app.fieldwork.answers_in.mapping import MappingError, read
from survey_app.fieldwork.posters import poster_zip
from survey_app.files import stored
from survey_app.files.said import FileRefusedError
from survey_app.ground import audit, keeping
from survey_app.jobs.queue import Arguments, JobError, Progress, job
from survey_app.models import Job, StoredFile, Survey, User, db

ZIP = "application/zip"


@job("posters", "制作全部海报", "Draw all posters")
def draw_posters(arguments: Arguments, progress: Progress) -> str:
    """arguments: {"survey": id, "base": public address}. A ZIP with one PDF per active site."""
    survey = db.session.get_one(Survey, arguments["survey"])
    number = sum(site.active for site in survey.sites)
    if not number:
        raise JobError("fieldwork.no_sites_yet")
    parts = []
    for done, part in poster_zip(survey, str(arguments["base"]), definition_of(survey).organiser["zh"]):
        parts.append(part)
        progress.tell(done, number, f"已画{done}张海报", f"{done} posters drawn")
    digest = stored.put(b"".join(parts), ZIP)
    for earlier in _made(survey):
        kept = db.session.get(StoredFile, _digest(earlier))
        if kept is not None and kept.digest != digest and kept.media_type == ZIP:
            db.session.delete(kept)
    return f"posters:{survey.id}:{digest}"


@job(
    "answers_import", "导入其他工具的答卷", "Import answers of another tool", refusals=(FileRefusedError, MappingError)
)
def store_answers(arguments: Arguments, progress: Progress) -> str:
    """arguments: {"survey": id, "kept": number of the file that was shown, "language"}. The file itself is forgotten.
    Whether the person may store answers is asked again."""
    survey = db.session.get_one(Survey, arguments["survey"])
    kept = keeping.numbered(keeping.COLLECTED, int(arguments["kept"]))
    if kept is None or kept.by:  # gone, or taken back to be changed
        raise JobError("collected.file_gone")
    user = db.session.scalar(select(User).where(User.username == audit.actor()))
    place = owner("console.collected_store", {"code": survey.code})
    if user is None or not user.active or not may(user.grants, "console.collected_store", *place):
        raise JobError("collected.may_not")
    data, mapping = keeping.content_of(kept), read(kept.note["mapping"])
    import_answers(survey, kept.name, data, mapping, str(arguments["language"]), progress)
    db.session.delete(kept)
    return f"answers_import:{survey.code}"


def newest_zip(survey: Survey, base: str) -> tuple[Job, StoredFile] | None:
    """The job that drew the survey's posters last, and its file; none whose posters lead elsewhere than `base`."""
    for made in _made(survey):
        file = stored.take(_digest(made)) if made.arguments["base"] == base else None
        if file is not None:
            return made, file
    return None


def kept_digests() -> set[str]:
    """Every ZIP that a job names: no table refers to them."""
    query = select(Job.result).where(Job.kind == "posters", Job.result.startswith("posters:"))
    return {result.rsplit(":", 1)[-1] for result in db.session.scalars(query)}


def _made(survey: Survey) -> list[Job]:
    query = select(Job).where(Job.kind == "posters", Job.result.startswith(f"posters:{survey.id}:"))
    return list(db.session.scalars(query.order_by(Job.id.desc())))


def _digest(made: Job) -> str:
    return made.result.rsplit(":", 1)[-1]
