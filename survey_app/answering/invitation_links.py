"""Spending an invitation, and the one link from it to a response: a hash under a key that ends with the survey."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from survey_app.answering.invitation_codes import code_hash, read_code
from survey_app.ground.crypto import mac
from survey_app.models import Invitation, InvitationKey, InvitationUse, Site, db

OPEN, SPENT = "open", "spent"
AT_ONCE = 500  # codes a query


@dataclass(frozen=True)
class OpenInvitation:
    """What the respondent's path knows of an invitation."""

    invitation_id: int
    survey_id: int
    site_code: str
    spent: bool
    mark: str  # what the keyed hash is made of

    @classmethod
    def of(cls, invitation: Invitation) -> OpenInvitation:
        mark = invitation.code_hash or f"case {invitation.id}"
        return cls(invitation.id, invitation.survey_id, invitation.site.code, invitation.state == SPENT, mark)


def find_invitation(typed: str) -> OpenInvitation | None:
    """The invitation whose code was typed or scanned; one query, none for what was never a code."""
    code = read_code(typed)
    if code is None:
        return None
    return _found(Invitation.code_hash == code_hash(code))


def find_invitations(typed: Iterable[str]) -> dict[str, OpenInvitation]:
    """The same of many, by what was typed; a query for each five hundred."""
    hashes = {one: code_hash(code) for one in dict.fromkeys(typed) if (code := read_code(one)) is not None}
    every, found = list(dict.fromkeys(hashes.values())), dict[str, OpenInvitation]()
    for start in range(0, len(every), AT_ONCE):
        some = _each(Invitation.code_hash.in_(every[start : start + AT_ONCE]))
        found |= {one.mark: one for one in some}
    return {one: found[key] for one, key in hashes.items() if key in found}


def find_serial(survey_id: int, serial: int) -> OpenInvitation | None:
    """The invitation of a number on the list; only for staff, who hold the list."""
    return _found((Invitation.survey_id == survey_id) & (Invitation.serial == serial))


def spend(invitation: OpenInvitation, disposition: str) -> bool:
    """Mark it spent if nobody was faster. The row stays locked until the caller's transaction ends."""
    done = db.session.execute(
        update(Invitation)
        .where(Invitation.id == invitation.invitation_id, Invitation.state == OPEN)
        .values(state=SPENT, disposition=disposition)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount) == 1  # type: ignore[attr-defined]


def link(invitation: OpenInvitation, response_id: int) -> bool:
    """Remember which response it became. False where the survey's key is gone: it has closed."""
    key = survey_key(invitation.survey_id)
    if key is None:
        return False
    row = {"use_hash": use_hash(key, invitation), "survey_id": invitation.survey_id, "response_id": response_id}
    db.session.execute(insert(InvitationUse).values(row))
    return True


def linked_response(invitation: OpenInvitation) -> int | None:
    """The id of the response it became, while that can be known."""
    key = survey_key(invitation.survey_id)
    if key is None:
        return None
    query = select(InvitationUse.response_id).where(InvitationUse.use_hash == use_hash(key, invitation))
    return db.session.scalar(query)


def unlink(invitation: OpenInvitation) -> bool:
    """Forget what it became. False where that is not known: it was never used, or the survey has closed."""
    key = survey_key(invitation.survey_id)
    if key is None:
        return False
    done = db.session.execute(delete(InvitationUse).where(InvitationUse.use_hash == use_hash(key, invitation)))
    return int(done.rowcount) == 1  # type: ignore[attr-defined]


def take_back(survey_id: int, response_id: int, receipt: str) -> None:
    """The response is being erased: its invitation stays spent on every list, and this receipt may answer once more."""
    key = survey_key(survey_id)
    values = {"response_id": None, "taken_back": key and _taken_back(key, receipt)}
    db.session.execute(update(InvitationUse).where(InvitationUse.response_id == response_id).values(values))


def may_renew(survey_id: int, receipt: str) -> bool | None:
    """Whether the sampled person who took back the answer with this receipt may answer once more.

    None: no sampled person did; the answer had come through a site's own code.
    """
    key = survey_key(survey_id)
    if key is None:
        return None
    query = select(InvitationUse.renewed).where(InvitationUse.taken_back == _taken_back(key, receipt))
    renewed = db.session.scalar(query)
    return None if renewed is None else not renewed


def renew(survey_id: int, receipt: str, response_id: int) -> bool:
    """Link the new answer of who took back the one with this receipt. False where that was done already."""
    key = survey_key(survey_id)
    if key is None:
        return False
    done = db.session.execute(
        update(InvitationUse)
        .where(InvitationUse.taken_back == _taken_back(key, receipt), InvitationUse.renewed.is_(False))
        .values(response_id=response_id, renewed=True)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount) == 1  # type: ignore[attr-defined]


def _taken_back(key: bytes, receipt: str) -> str:
    return mac(key, f"taken back {receipt}").hex()


def use_hash(key: bytes, invitation: OpenInvitation) -> str:
    return mac(key, f"use {invitation.mark}").hex()


def survey_key(survey_id: int) -> bytes | None:
    """The key of an unclosed survey that has cases."""
    found = db.session.scalar(select(InvitationKey.key).where(InvitationKey.survey_id == survey_id))
    return bytes.fromhex(found) if found else None


def make_key(survey_id: int) -> bytes:
    """The survey's key, made at first need. The caller has checked that the survey is not closed, and commits."""
    found = survey_key(survey_id)
    if found is None:
        found = secrets.token_bytes(32)
        db.session.execute(insert(InvitationKey).values(survey_id=survey_id, key=found.hex()))
    return found


def forget_links(survey_id: int) -> None:
    """Delete the key and every link in the caller's transaction; nothing can join them again.

    Every invitation is written anew, so that not even the database's own row versions tell which was spent with
    which response; how a person was approached goes too, since a single paper form would point at its answer.
    """
    db.session.execute(delete(InvitationUse).where(InvitationUse.survey_id == survey_id))
    db.session.execute(delete(InvitationKey).where(InvitationKey.survey_id == survey_id))
    db.session.execute(update(Invitation).where(Invitation.survey_id == survey_id).values(external_hash=None, mode=""))


def _found(condition: object) -> OpenInvitation | None:
    return next(_each(condition), None)


def _each(condition: object) -> Iterator[OpenInvitation]:
    query = select(Invitation.id, Invitation.survey_id, Invitation.state, Invitation.code_hash, Site.code)
    query = query.join(Site, Site.id == Invitation.site_id).where(condition)  # type: ignore[arg-type]
    for row in db.session.execute(query).all():
        yield OpenInvitation(row.id, row.survey_id, row.code, row.state == SPENT, row.code_hash or f"case {row.id}")
