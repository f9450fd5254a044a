"""What is left of an erased answer: nothing that leads to it; finished runs and other people's answers stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from survey_app.answering.drafts import save_draft
from survey_app.answering.erasure import erase, erase_survey
from survey_app.answering.invitation_links import find_invitation
from survey_app.answering.open_sites import open_site
from survey_app.answering.submission import submit
from survey_app.estimates.runs import recompute
from survey_app.fieldwork import invitations
from survey_app.models import (
    Invitation,
    InvitationUse,
    Kept,
    PaperEntry,
    QuotaCount,
    Response,
    ResponseCount,
    ResponseFlag,
    Site,
    db,
)
from survey_app.responses.flags import set_flag
from tests.support.city import FORM, small_city
from tests.support.runs import run_estimate


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def counted() -> int:
    return db.session.scalar(select(func.coalesce(func.sum(ResponseCount.number), 0)))


def hall() -> Site:
    return db.session.scalars(select(Site).where(Site.code == "aaa2222")).one()


def test_an_invited_persons_answer_is_erased_with_its_flag_and_its_link_and_the_invitation_stays_spent(app):
    small_city()
    card = invitations.make(hall(), 1)[0]
    moment = datetime.now(UTC)
    receipt = submit(open_site(hall()), FORM, "one", "zh", moment, invitation=find_invitation(card.code))
    submit(open_site(hall()), FORM, "two", "zh", moment)
    set_flag(db.session.scalars(select(Response).where(Response.receipt == receipt.number)).one(), "抽查", "anna")
    db.session.commit()
    assert (count(InvitationUse), counted()) == (1, 2)
    erase(receipt.number, "citizen")
    assert (count(Response), count(ResponseFlag), count(InvitationUse), counted()) == (1, 0, 0, 1)
    assert db.session.scalar(select(Invitation.state)) == "spent"


def test_retention_takes_drafts_half_keyed_forms_and_places_in_quotas_along_and_leaves_the_runs(app):
    survey = small_city()
    site, moment = open_site(hall()), datetime.now(UTC)
    for place in range(3):
        submit(site, FORM, f"k{place}", "zh", moment)
    run = run_estimate(survey)
    before = recompute(run)
    save_draft(site, {"home": ["甲县"]}, "draft", moment)
    invitations.make(hall(), 1)
    case = db.session.scalars(select(Invitation)).one()
    db.session.add_all(
        [
            PaperEntry(
                invitation_id=case.id, place=1, operator="x", form={}, language="zh", interviewed_on=moment.date()
            ),
            QuotaCount(survey_id=survey.id, key="men", count=3),
        ]
    )
    survey.state, survey.closes_at = "closed", moment - timedelta(days=40)
    db.session.commit()
    assert erase_survey(survey, "retention of 30 days") == 3
    assert [count(model) for model in (Response, Kept, PaperEntry, QuotaCount)] == [0, 0, 0, 0]
    assert counted() == 0
    assert recompute(run) == before
