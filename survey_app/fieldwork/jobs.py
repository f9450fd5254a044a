"""In the background: all posters of a survey in one ZIP, kept until the next ones are made; invitation cards and paper forms
of many persons, kept a day for who asked; a file of another tool's answers, stored."""

from __future__ import annotations

from sqlalchemy import select

from survey_app.answering.definitions import definition_of
from survey_app.console.permissions import may, owner
from survey_app.fieldwork import invitations
from survey_app.fieldwork.answers_in.importing import import_answers
from survey_app.fieldwork.answers_in.mapping import MappingError, read
from survey_app.fieldwork.cards import ENDINGS, cards_file
from survey_app.fieldwork.invitations import Batch, InvitationError, planned_again
from survey_app.fieldwork.paper_forms import paper_forms
from survey_app.fieldwork.posters import poster_zip
from survey_app.files import stored
from survey_app.files.said import FileRefusedError
from survey_app.ground import audit, keeping
from survey_app.jobs.made import keep_file
from survey_app.jobs.queue import Arguments, JobError, Progress, job
from survey_app.models import Job, Site, StoredFile, Survey, User, db

ZIP = "application/zip"
MOST_DRAWN = 20_000  # cards of one file: some 10 kB each
ASKED_BY = {"all": "console.draw_invitations", "new": "console.draw_for_site", "again": "console.reissue_codes"}


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


@job("cards", "制作邀请卡", "Draw invitation cards", refusals=(InvitationError,))
def draw_cards(arguments: Arguments, progress: Progress) -> str:
    """arguments: those of `planned_cards`, and "base": public address, "ending", "for". The codes hold from the job's end on: one that
    fails or is stopped leaves nothing, and no answer waits while cards are drawn."""
    batch = planned_cards(arguments)
    survey, ending = batch.survey, str(arguments["ending"])
    organiser = definition_of(survey).organiser["zh"]
    body = b"".join(cards_file(batch.cards, str(arguments["base"]), ending, organiser, progress))
    invitations.store(batch)
    what, code = str(arguments["what"]), batch.cards[0].site.code if arguments["site"] else survey.code
    return keep_file(body, f"invitations-{code}.{ending}", ENDINGS[ending], survey.id, ASKED_BY[what], {"code": code})


def planned_cards(arguments: Arguments) -> Batch:
    """arguments: {"survey": id, "site": id, 0 for all, "what": all | new | again, "number": of a site, "oversample": of all}. Raises
    InvitationError."""
    if arguments["what"] == "all":
        survey = db.session.get_one(Survey, arguments["survey"])
        batch = invitations.planned(survey, invitations.lacking(survey, float(arguments["oversample"])))
    else:
        site = db.session.get_one(Site, arguments["site"])
        new = arguments["what"] == "new"
        batch = invitations.planned(site.survey, {site: int(arguments["number"])}) if new else planned_again(site)
    if arguments["ending"] != "csv" and len(batch.cards) > MOST_DRAWN:
        raise InvitationError("fieldwork.too_many_cards", most=MOST_DRAWN)
    return batch


@job("paper_forms", "制作纸质问卷", "Draw paper forms")
def draw_forms(arguments: Arguments, progress: Progress) -> str:
    """arguments: {"site": id, "first": serial, 0 for the first, "language", "for"}. A PDF."""
    site = db.session.get_one(Site, arguments["site"])
    pdf = paper_forms(site, int(arguments["first"]), str(arguments["language"]), progress)
    of = {"code": site.code}
    return keep_file(pdf, f"forms-{site.code}.pdf", "application/pdf", site.survey_id, "console.print_forms", of)


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
