"""Drafts of longer questionnaires on the server, since signing out of WeChat wipes what a page keeps on the phone.

A draft stands under the submission key of its form, is read only by who holds that key, and is deleted with the
submission or after a week.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, update

from questionnaires import Definition, check_answers
from questionnaires.definition import MINOR
from survey_app.answering.open_sites import OpenSite
from survey_app.models import Draft, Response, db

KEPT = timedelta(days=7)
SHORT = 25  # questions; a questionnaire up to this is kept on the phone alone


@dataclass(frozen=True)
class KeptDraft:
    """`answers`: field name -> values, as sent."""

    answers: dict[str, list[str]]
    started_at: datetime


def keeps_drafts(definition: Definition) -> bool:
    """Whether unfinished answers to this questionnaire are worth keeping on the server."""
    return len(definition.questions) > SHORT


def save_draft(site: OpenSite, form: Mapping[str, Sequence[str]], submission_key: str, started_at: datetime) -> bool:
    """Keep the fields of `form` that belong to the site's questionnaire.

    False: nothing is kept, since it was submitted already or its person is too young.
    """
    if check_answers(site.definition, form, datetime.now(ZoneInfo(site.time_zone)).date()).ended == MINOR:
        drop_draft(submission_key)
        return False
    if db.session.scalar(select(Response.id).where(Response.submission_key == submission_key)):
        return False
    keys = {question.key for question in site.definition.questions}
    answers = {name: list(values) for name, values in form.items() if name.partition("__")[0] in keys}
    if not _replace(submission_key, answers):
        row = {"submission_key": submission_key, "site_id": site.site_id, "answers": answers, "started_at": started_at}
        db.session.execute(insert(Draft).values(row))
        _delete_old(datetime.now(UTC))
    return True


def find_draft(site: OpenSite, submission_key: str) -> KeptDraft | None:
    """The draft under this key at this site, unless it is older than a week."""
    found = db.session.execute(
        select(Draft.answers, Draft.started_at).where(
            Draft.submission_key == submission_key,
            Draft.site_id == site.site_id,
            Draft.updated_at > datetime.now(UTC) - KEPT,
        )
    ).first()
    return KeptDraft(found.answers, found.started_at) if found else None


def drop_draft(submission_key: str) -> None:
    """Delete the draft in the caller's transaction."""
    db.session.execute(delete(Draft).where(Draft.submission_key == submission_key))


def delete_old_drafts(moment: datetime | None = None) -> int:
    """Delete drafts untouched for a week before `moment` (default: now); gives how many. For the daily clean-up."""
    return _delete_old(moment or datetime.now(UTC))


def _delete_old(moment: datetime) -> int:
    return int(db.session.execute(delete(Draft).where(Draft.updated_at <= moment - KEPT)).rowcount)  # type: ignore[attr-defined]


def _replace(submission_key: str, answers: dict[str, list[str]]) -> bool:
    change = update(Draft).where(Draft.submission_key == submission_key)
    done = db.session.execute(change.values(answers=answers, updated_at=datetime.now(UTC)))
    return bool(done.rowcount)  # type: ignore[attr-defined]
