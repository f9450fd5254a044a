"""What is left of an erased answer: nothing that leads to it; finished runs and other people's answers stay."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from survey_app.answering.drafts import save_draft
from survey_app.answering.erasure import erase, erase_survey, expired
from survey_app.answering.invitation_links import find_invitation
from survey_app.answering.open_sites import forget_sites, open_site
from survey_app.answering.submission import InvitationUsedError, Receipt, submit
from survey_app.answering.unsealing import originals
from survey_app.estimates.runs import recompute
from survey_app.fieldwork import invitations
from survey_app.models import (
    AuditEntry,
    Invitation,
    InvitationUse,
    Kept,
    PaperEntry,
    QuotaCount,
    Response,
    ResponseCount,
    ResponseFlag,
    Site,
    Survey,
    db,
)
from survey_app.responses.flags import set_flag
from survey_app.surveys import making
from tests.support.city import FORM, small_city
from tests.support.runs import run_estimate


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def counted() -> int:
    return db.session.scalar(select(func.coalesce(func.sum(ResponseCount.number), 0)))


def hall() -> Site:
    return db.session.scalars(select(Site).where(Site.code == "aaa2222")).one()


def test_an_invited_persons_answer_is_erased_with_its_flag_and_the_invitation_stays_spent(app):
    small_city()
    card = invitations.make(hall(), 1)[0]
    moment = datetime.now(UTC)
    receipt = submit(open_site(hall()), FORM, "one", "zh", moment, invitation=find_invitation(card.code))
    submit(open_site(hall()), FORM, "two", "zh", moment)
    set_flag(db.session.scalars(select(Response).where(Response.receipt == receipt.number)).one(), "抽查", "anna")
    db.session.commit()
    assert (count(InvitationUse), counted()) == (1, 2)
    erase(receipt.number, "citizen")
    assert (count(Response), count(ResponseFlag), counted()) == (1, 0, 1)
    assert db.session.scalar(select(InvitationUse.response_id)) is None
    assert db.session.scalar(select(Invitation.state)) == "spent"


def invited(card: str, key: str, **more) -> Receipt:
    return submit(open_site(hall()), FORM, key, "zh", datetime.now(UTC), invitation=find_invitation(card), **more)


def renewed(erased: Receipt, key: str) -> Receipt:
    return submit(open_site(hall()), FORM, key, "zh", datetime.now(UTC), took_back=erased.number)


def test_an_erased_answer_of_the_sample_may_be_given_once_more_and_counts_in_it(app):
    small_city()
    card = invitations.make(hall(), 1)[0]
    listed = select(Invitation.state, Invitation.disposition, Invitation.attempts, Invitation.last_attempt_on)
    first = invited(card.code, "one")
    before = db.session.execute(listed).one()
    erase(first.number, "citizen")
    with pytest.raises(InvitationUsedError):  # the card alone tells nobody that there was an erasure
        invited(card.code, "two")
    second = renewed(first, "three")
    assert db.session.scalars(select(Response.probability)).one() is True
    assert db.session.scalar(select(InvitationUse.response_id)) is not None
    assert db.session.execute(listed).one() == before  # nor does the list
    erase(second.number, "citizen")
    with pytest.raises(InvitationUsedError):
        renewed(second, "four")
    assert count(Response) == 0


def test_an_answer_by_the_open_code_given_once_more_is_an_open_one_again(app):
    small_city()
    invitations.make(hall(), 1)
    first = submit(open_site(hall()), FORM, "one", "zh", datetime.now(UTC))
    erase(first.number, "citizen")
    renewed(first, "two")
    assert db.session.scalars(select(Response.probability)).one() is False


def test_reopening_an_invitation_tells_nobody_whether_its_answer_was_erased(app):
    survey = small_city()
    cards = invitations.make(hall(), 2)
    for place, card in enumerate(cards):
        kept = invited(card.code, f"k{place}")
    erase(kept.number, "citizen")
    for card in cards:
        invitations.reopen(survey, card.serial, "wrong person")
    assert set(db.session.execute(select(Invitation.state, Invitation.disposition)).all()) == {("open", "")}
    assert count(InvitationUse) == 0
    renewed(kept, "late")  # the invitation is the way in now
    assert db.session.scalars(select(Response.probability).order_by(Response.id.desc())).first() is False


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


def sealing_city() -> tuple[Survey, str]:
    """A survey that was opened with the rule 'sealed', and the receipt of its one answer."""
    survey = small_city(seals_erased=True)
    forget_sites()
    receipt = submit(open_site(hall()), FORM, "one", "zh", datetime.now(UTC))
    db.session.commit()
    return survey, receipt.number


def test_an_answer_taken_back_is_sealed_where_the_survey_said_so_and_leaves_every_page_file_and_later_run(app, client):
    survey, number = sealing_city()
    asked = client.post("/erase", data={"number": number}).get_data(as_text=True)
    assert "封存" in asked
    assert "删除后不能恢复" not in asked
    assert "已撤回并封存" in client.post("/erase", data={"number": number, "sure": "yes"}).get_data(as_text=True)
    assert (count(Response), counted()) == (0, 0)  # what pages, files and runs are made of
    assert client.post("/erase", data={"number": number}).status_code == 404
    kept = db.session.scalars(select(Kept)).one()
    assert kept.sealed
    assert "很好".encode() not in kept.body
    opened = originals(number, "court order 7")
    assert json.loads(opened["answers"])["comment"] == "很好"
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "response.unseal")).one().reason
    survey.state, survey.closes_at = "closed", datetime.now(UTC) - timedelta(days=40)
    db.session.commit()
    assert [left for _survey, left in expired(30)] == [1]
    erase_survey(survey, "retention of 30 days")
    assert count(Kept) == 0


def test_an_answer_keeps_the_rule_it_was_given_under(app):
    survey, number = sealing_city()
    survey.seals_erased = False  # whoever changes the row by hand
    db.session.commit()
    erase(number, "citizen")
    assert count(Kept) == 1


def test_the_rule_for_answers_taken_back_is_set_before_the_opening_alone(app):
    survey = small_city(state="draft")
    making.change_settings(survey, replace(making.settings_of(survey), seals_erased=True))
    assert survey.seals_erased
    survey.state = "open"
    with pytest.raises(making.SurveyError, match="people were told"):
        making.change_settings(survey, replace(making.settings_of(survey), seals_erased=False), "never mind")
    assert survey.seals_erased


@pytest.mark.parametrize(
    ("sealed", "said", "not_said"), [(True, "撤回后封存", "撤回后删除"), (False, "撤回后删除", "撤回后封存")]
)
def test_the_receipt_says_what_becomes_of_an_answer_taken_back(app, client, sealed, said, not_said):
    small_city(seals_erased=sealed)
    forget_sites()
    page = client.get("/s/aaa2222").get_data(as_text=True)
    token = page.split('name="token" value="')[1].split('"')[0]
    receipt = client.post("/s/aaa2222", data=FORM | {"token": token}, follow_redirects=True).get_data(as_text=True)
    assert said in receipt
    assert not_said not in receipt
