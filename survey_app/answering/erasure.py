"""Forgetting a response: its row goes with the receipt number; finished runs keep their counts. The caller commits.

Where its survey was set so before it opened, what it said is kept sealed: no page, file or later run reads it again, and
`minyi unseal` alone opens it, with a reason on record. An answer carries the rule that it was given under.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select

from survey_app.answering import invitation_links, just_stored
from survey_app.answering.definitions import definition_of
from survey_app.answering.quotas import give_back
from survey_app.archives.places import Manifest, archive_of, finished_at
from survey_app.archives.records import forget
from survey_app.ground import audit, keeping
from survey_app.ground.settings_unsafe import TWO_YEARS
from survey_app.models import (
    Invitation,
    InvitationUse,
    Kept,
    PaperEntry,
    QuotaCount,
    Response,
    ResponseFlag,
    Site,
    Survey,
    db,
)
from wording import Message, Refusal


class NoSuchReceiptError(Refusal):
    """No stored response has this receipt number."""


RULE, SEALED = "_erasure", "sealed"  # stands in an answer that was given under this rule


def erase(receipt: str, reason: str) -> str:
    """Delete the response with this receipt, or seal it away, and give the code of its survey. Raises NoSuchReceiptError.

    Who was invited may answer once more (pages/taking_back.py), and no list shows that. The trail says that one response
    of the survey was erased and why; it does not say which. What a collector brought does not come back with his next file.
    """
    found = _taken_out(response_of(receipt))
    just_stored.forget(found.receipt)  # other workers do within seconds
    survey = db.session.get_one(Survey, found.survey_id)
    if sealed := seals(found):
        said = {"site": found.psu, "at": found.finished_at.isoformat(), "mode": found.mode, "answers": found.answers}
        keeping.keep(keeping.TAKEN_BACK, said, found.receipt, survey_id=survey.id)
    if found.import_id or found.token_id:  # the collector's next file still has it
        keeping.keep(keeping.ERASED, "", found.submission_key, survey_id=survey.id)
    db.session.execute(delete(ResponseFlag).where(ResponseFlag.response_id == found.id))
    invitation_links.take_back(survey.id, found.id, found.receipt)
    if found.state == "complete":
        give_back(survey.id, definition_of(survey), found.answers)
    db.session.delete(found)
    after = {"sealed": 1} if sealed else {}
    audit.record("response.erase", f"survey:{survey.code}", before={"responses": 1}, after=after, reason=reason)
    return survey.code


def _taken_out(response: Response) -> Response:
    """The response as a row of the database, also where it lay in an archive, whose files are written without it."""
    if response in db.session:
        return response
    from survey_app.archives.moving import take_out

    found = take_out(response.receipt)
    if found is None:  # somebody else was faster
        raise NoSuchReceiptError("answering.no_such_receipt", receipt=response.receipt)
    return found


def seals(response: Response) -> bool:
    """Whether this answer is kept sealed when it is taken back, by the rule that it was given under."""
    return response.answers.get(RULE) == SEALED


def response_of(receipt: str) -> Response:
    """The stored response with this receipt, however it is typed. Raises NoSuchReceiptError."""
    found = stored(receipt.strip().upper())
    if found is None:
        raise NoSuchReceiptError("answering.no_such_receipt", receipt=receipt.strip())
    return found


def stored(receipt: str) -> Response | None:
    """The response with exactly this receipt number, where it is stored; of an archived one a copy that no session knows."""
    found = db.session.scalar(select(Response).where(Response.receipt == receipt))
    if found is None and finished_at(receipt) is not None:
        from survey_app.archives.moving import copy_of  # Parquet's reader, which a collecting worker can do without

        return copy_of(receipt)
    return found


def is_stored(receipt: str, survey_id: int | None = None) -> bool:
    """Whether there is a response with exactly this receipt number. survey_id and what is raised: as finished_at has them."""
    here = db.session.scalar(select(Response.id).where(Response.receipt == receipt))
    return here is not None or finished_at(receipt, survey_id) is not None


def kept_too_short(survey: Survey, days: int) -> Message | None:
    """A warning where the answers of a statistical survey, one whose questionnaire has legal marks, go before two years."""
    if days >= TWO_YEARS or not definition_of(survey).legal.marks("zh"):
        return None
    return Message("commands.statistical_kept_too_short", code=survey.code, days=days)


def expired(days: int) -> list[tuple[Survey, int]]:
    """Closed surveys whose closing lies more than `days` back, with the number of responses they still hold."""
    before = datetime.now(UTC) - timedelta(days=days)
    query = select(Survey).where(
        Survey.state.in_(("closed", "archived")), Survey.closes_at.is_not(None), Survey.closes_at < before
    )
    counted = [(survey, _count(survey)) for survey in db.session.scalars(query.order_by(Survey.id))]
    return [(survey, number) for survey, number in counted if number]


def erase_survey(survey: Survey, reason: str) -> int:
    """Delete every response of a closed survey and give their number; its runs keep their cells and recompute.

    Unfinished drafts, paper forms keyed once, and the places taken in quotas go with them; the counts by hour follow
    the responses by themselves. Raises ArchivedError where they lie in an archive whose files cannot be deleted now.
    """
    number = _count(survey)
    if (archive := archive_of(survey.id)) is not None:
        forget(archive)
    mine = select(Response.id).where(Response.survey_id == survey.id)
    sites = select(Site.id).where(Site.survey_id == survey.id)
    cases = select(Invitation.id).where(Invitation.survey_id == survey.id)
    db.session.execute(delete(Kept).where((Kept.survey_id == survey.id) | Kept.site_id.in_(sites)))
    db.session.execute(delete(PaperEntry).where(PaperEntry.invitation_id.in_(cases)))
    db.session.execute(delete(QuotaCount).where(QuotaCount.survey_id == survey.id))
    db.session.execute(delete(ResponseFlag).where(ResponseFlag.response_id.in_(mine)))
    db.session.execute(delete(InvitationUse).where(InvitationUse.survey_id == survey.id))
    db.session.execute(delete(Response).where(Response.survey_id == survey.id))
    audit.record("survey.erase", f"survey:{survey.code}", {"responses": number}, {"responses": 0}, reason)
    return number


def _count(survey: Survey) -> int:
    """Responses, with those that lie in an archive, and those that were taken back and are kept sealed."""
    stored = select(func.count()).where(Response.survey_id == survey.id)
    sealed = select(func.count()).where(Kept.survey_id == survey.id, Kept.purpose == keeping.TAKEN_BACK)
    archive = archive_of(survey.id)
    archived = Manifest.of(archive).responses if archive else 0
    return archived + sum(db.session.scalar(query) or 0 for query in (stored, sealed))
