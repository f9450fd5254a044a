"""Forgetting a response: its row goes with the receipt number; finished runs keep their counts. The caller commits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select

from survey_app.answering import invitation_links
from survey_app.answering.definitions import definition_of
from survey_app.answering.quotas import give_back
from survey_app.ground import audit
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
from wording import Refusal


class NoSuchReceiptError(Refusal):
    """No stored response has this receipt number."""


def erase(receipt: str, reason: str) -> str:
    """Delete the response with this receipt and give the code of its survey. Raises NoSuchReceiptError.

    Who was invited may answer once more (pages/taking_back.py); no list shows that, and nothing else of it stays. The trail says that one response of the survey was erased and why; it does not say which.
    """
    found = response_of(receipt)
    survey = db.session.get_one(Survey, found.survey_id)
    db.session.execute(delete(ResponseFlag).where(ResponseFlag.response_id == found.id))
    invitation_links.take_back(survey.id, found.id, found.receipt)
    if found.state == "complete":
        give_back(survey.id, definition_of(survey), found.answers)
    db.session.delete(found)
    audit.record("response.erase", f"survey:{survey.code}", before={"responses": 1}, after={}, reason=reason)
    return survey.code


def response_of(receipt: str) -> Response:
    """The stored response with this receipt, however it is typed. Raises NoSuchReceiptError."""
    found = db.session.scalar(select(Response).where(Response.receipt == receipt.strip().upper()))
    if found is None:
        raise NoSuchReceiptError("answering.no_such_receipt", receipt=receipt.strip())
    return found


def site_of_receipt(receipt: str) -> str | None:
    """The lasting label of the site where the answer with this receipt number was given."""
    query = select(Site.code).join(Response, Response.site_id == Site.id).where(Response.receipt == receipt)
    return db.session.scalar(query)


def stored(receipt: str) -> bool:
    """Whether a response with this receipt number is stored."""
    return db.session.scalar(select(Response.id).where(Response.receipt == receipt)) is not None


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
    the responses by themselves.
    """
    number = _count(survey)
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
    return db.session.scalar(select(func.count()).where(Response.survey_id == survey.id)) or 0
