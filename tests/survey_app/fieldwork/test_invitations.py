"""Single-use invitations: what a code is, one response for one code, voiding, and no link after the close."""

from __future__ import annotations

import re
import secrets
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from survey_app.answering import invitation_codes, invitation_links
from survey_app.answering.invitation_links import find_invitation
from survey_app.answering.open_sites import forget_sites, open_site
from survey_app.answering.pages.storing import acknowledge
from survey_app.answering.submission import InvitationUsedError
from survey_app.fieldwork.invitations import Card, InvitationError, make, reissue, reopen
from survey_app.models import Invitation, InvitationKey, InvitationUse, Response, Site, db
from survey_app.surveys.life import change_state
from tests.support.city import FORM, small_city
from tests.support.people import token_of

BEGAN = datetime.now(UTC) - timedelta(minutes=3)


@pytest.fixture
def survey(app):
    return small_city()


@pytest.fixture
def embedded(sqlite_app):
    return small_city()


def site(code: str = "aaa2222") -> Site:
    return db.session.scalars(select(Site).where(Site.code == code)).one()


def drawn(number: int) -> list[Card]:
    """New invitations of the site, stored: an answer comes in a transaction of its own."""
    cards = make(site(), number)
    db.session.commit()
    return cards


def counted(model=Response, **where) -> int:
    return db.session.scalar(select(func.count()).select_from(model).filter_by(**where)) or 0


def test_a_code_is_read_however_it_is_typed_and_a_wrong_one_is_noticed(sqlite_app):
    for _ in range(200):
        code = invitation_codes.new_code()
        shown = invitation_codes.written(code)
        assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", shown)
        typed = shown.lower().replace("-", " ").replace("0", "o").replace("1", "l").replace("v", "u")
        assert invitation_codes.read_code(typed) == code
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    assert invitation_codes.read_code(f" {wide}　") == code
    forged = sum(
        invitation_codes.read_code("".join(secrets.choice(invitation_codes.ALPHABET) for _ in range(12))) is not None
        for _ in range(5000)
    )
    assert forged <= 3  # one in 32,768
    for nonsense in ("", "-", code[:11], code + "A", "中文" * 6, "\x00" * 12):
        assert invitation_codes.read_code(nonsense) is None


def test_a_number_on_the_list_has_a_check_digit(sqlite_app):
    for serial in (1001, 1234, 98765):
        written = invitation_codes.written_serial(serial)
        assert invitation_codes.read_serial(f" {written} ") == serial
        digits = written.replace("-", "")
        for place in range(len(digits)):
            wrong = digits[:place] + str((int(digits[place]) + 3) % 10) + digits[place + 1 :]
            assert invitation_codes.read_serial(wrong) is None


def test_codes_are_stored_only_as_keyed_hashes(embedded):
    cards = drawn(5)
    rows = db.session.scalars(select(Invitation)).all()
    stored = repr([dict(vars(row)) for row in rows])
    assert len(rows) == len({card.code for card in cards}) == 5
    assert not any(card.code in stored for card in cards)


def test_a_finished_response_spends_its_invitation_and_names_no_person(survey):
    card = drawn(1)[0]
    found = find_invitation(card.code)
    acknowledge(open_site(site()), FORM, "k1", "zh", BEGAN, invitation=found)
    row = db.session.scalars(select(Response)).one()
    assert (row.probability, row.stratum) == (True, "甲县")
    assert not any("invit" in column.name or "serial" in column.name for column in Response.__table__.columns)
    invitation = db.session.scalars(select(Invitation)).one()
    assert (invitation.state, invitation.disposition) == ("spent", "1.1")
    assert find_invitation(card.code).spent


def test_two_phones_with_one_code_make_exactly_one_response(survey, app):
    place, code = open_site(site()), drawn(1)[0].code
    db.session.commit()
    results: list[str] = []
    barrier = threading.Barrier(4)

    def race(number: int) -> None:
        with app.app_context():
            found = find_invitation(code)
            barrier.wait()
            try:
                results.append(acknowledge(place, FORM, f"phone{number}", "zh", BEGAN, invitation=found).number)
            except InvitationUsedError:
                results.append("used")

    threads = [threading.Thread(target=race, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(results), results.count("used")) == (4, 3)
    assert counted() == counted(InvitationUse) == 1


def test_a_retry_by_the_phone_that_spent_it_gets_its_first_receipt(survey):
    code = drawn(1)[0].code
    first = acknowledge(open_site(site()), FORM, "k1", "zh", BEGAN, invitation=find_invitation(code))
    again = acknowledge(open_site(site()), FORM, "k1", "zh", BEGAN, invitation=find_invitation(code))
    assert (again.number, again.repeated) == (first.number, True)
    with pytest.raises(InvitationUsedError):
        acknowledge(open_site(site()), FORM, "k2", "zh", BEGAN, invitation=find_invitation(code))


def test_reopening_voids_the_earlier_response_in_the_same_step(survey):
    card = drawn(1)[0]
    acknowledge(open_site(site()), FORM, "k1", "zh", BEGAN, invitation=find_invitation(card.code))
    with pytest.raises(InvitationError, match="reason"):
        reopen(survey, card.serial, "  ")
    reopen(survey, card.serial, "邻居误用了卡片")
    db.session.commit()
    assert (counted(state="voided"), counted(state="complete"), counted(InvitationUse)) == (1, 0, 0)
    acknowledge(open_site(site()), FORM, "k2", "zh", BEGAN, invitation=find_invitation(card.code))
    assert (counted(state="voided"), counted(state="complete"), counted(InvitationUse)) == (1, 1, 1)
    with pytest.raises(InvitationError, match="not been used"):
        reopen(survey, drawn(1)[0].serial, "理由")


def test_nothing_links_invitation_and_response_after_the_close(survey):
    card = drawn(2)[0]
    acknowledge(open_site(site()), FORM, "k1", "zh", BEGAN, invitation=find_invitation(card.code))
    assert counted(InvitationKey) == counted(InvitationUse) == 1
    change_state(survey, "closed")
    assert counted(InvitationKey) == counted(InvitationUse) == 0
    with pytest.raises(InvitationError, match="has closed"):
        reopen(survey, card.serial, "理由")
    assert counted(state="complete") == 1
    assert invitation_links.linked_response(find_invitation(card.code)) is None
    with pytest.raises(InvitationError, match="has closed"):
        drawn(1)


def test_a_submission_that_crosses_the_close_stores_nothing(survey):
    from survey_app.answering.submission import SurveyNotOpenError

    place, card = open_site(site()), drawn(1)[0]  # the worker still believes the survey open
    found = find_invitation(card.code)
    change_state(survey, "closed")
    db.session.commit()
    with pytest.raises(SurveyNotOpenError):
        acknowledge(place, FORM, "late", "zh", BEGAN, invitation=found)
    assert counted() == 0
    assert find_invitation(card.code).spent is False


def test_a_screened_out_person_spends_the_invitation_as_not_eligible(embedded):
    card = drawn(1)[0]
    acknowledge(
        open_site(site()), {**FORM, "home": ["elsewhere"]}, "k", "zh", BEGAN, invitation=find_invitation(card.code)
    )
    assert db.session.scalars(select(Invitation.disposition)).one() == "4.70"


def test_a_site_with_invitations_admits_to_the_sample_only_by_them_unless_the_survey_says_otherwise(embedded):
    acknowledge(open_site(site()), FORM, "before", "zh", BEGAN)
    drawn(1)
    acknowledge(open_site(site()), FORM, "open code", "zh", BEGAN)
    embedded.open_codes_admit = True
    db.session.commit()
    forget_sites()
    acknowledge(open_site(site()), FORM, "admitted", "zh", BEGAN)
    rows = db.session.scalars(select(Response).order_by(Response.id)).all()
    assert [row.probability for row in rows] == [True, False, True]


def test_reissued_codes_replace_the_unspent_ones(embedded):
    old = drawn(3)
    acknowledge(open_site(site()), FORM, "k", "zh", BEGAN, invitation=find_invitation(old[0].code))
    new = reissue(site())
    assert [card.serial for card in new] == [card.serial for card in old[1:]]
    assert find_invitation(old[1].code) is None
    assert find_invitation(new[0].code) is not None
    assert find_invitation(old[0].code).spent


@pytest.mark.parametrize(("number", "code"), [(0, "aaa2222"), (5001, "aaa2222"), (3, "ccc4444")])
def test_only_a_sampled_site_gets_invitations_and_a_sensible_number(embedded, number, code):
    with pytest.raises(InvitationError):
        make(site(code), number)
    assert counted(Invitation) == 0


def test_the_page_behind_a_code(embedded, sqlite_app):
    phone = sqlite_app.test_client(use_cookies=False)
    card = drawn(1)[0]
    address = phone.get(f"/i?code={card.code.lower()}").location
    page = phone.get(address).get_data(as_text=True)
    assert "甲县一号点" in page
    assert card.code not in page
    reply = phone.post(address, data={**FORM, "token": token_of(page)})
    assert reply.status_code == 303
    assert card.code not in reply.location
    assert "data-receipt" in phone.get(reply.location).get_data(as_text=True)
    used = phone.get(address)
    assert used.status_code == 410
    assert "已经用过" in used.get_data(as_text=True)
    other = token_of(phone.get("/s/aaa2222").get_data(as_text=True))
    assert phone.post(address, data={**FORM, "token": other}).status_code == 410
    assert counted() == 1


def test_wrong_codes_are_told_kindly_and_limited_and_right_ones_never(embedded, sqlite_app):
    phone = sqlite_app.test_client(use_cookies=False)
    cards = drawn(1)
    for _ in range(200):  # a hall full of people behind one address
        assert phone.get(f"/i/{cards[0].code}").status_code == 200
    statuses = [phone.get(f"/i/wrong{number}").status_code for number in range(61)]
    assert statuses == [404] * 60 + [429]
    assert phone.get("/i").status_code == 200
    assert "邀请码" in phone.get("/i").get_data(as_text=True)
