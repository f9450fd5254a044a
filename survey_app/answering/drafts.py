"""Drafts of longer questionnaires on the server, since signing out of WeChat wipes what a page keeps on the phone.

A draft stands under the submission key of its form, is read only by who holds that key, and is deleted with the
submission or after a week. The caller commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from questionnaires import Definition, check_answers
from questionnaires.definition import MINOR
from survey_app.answering.open_sites import OpenSite
from survey_app.ground import keeping
from survey_app.models import Response, db

AT = "_at"  # the form field naming the first question of the page that was open
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
    places = {question.key: place for place, question in enumerate(site.definition.questions)}
    answers = {name: list(values) for name, values in form.items() if name.partition("__")[0] in places}
    if (form.get(AT) or [""])[0] in places:
        answers[AT] = list(form[AT])[:1]
    given = [name.partition("__")[0] for name, values in answers.items() if any(values) and name != AT]
    content = {"answers": answers, "started_at": started_at.isoformat()}
    note = {"question": max(given, key=places.__getitem__, default="")}  # how far it is, for the fieldwork
    keeping.keep(keeping.DRAFT, content, submission_key, site_id=site.site_id, note=note)
    return True


def find_draft(site: OpenSite, submission_key: str) -> KeptDraft | None:
    """The draft under this key at this site, unless it is older than a week."""
    kept = keeping.look(keeping.DRAFT, submission_key, site_id=site.site_id)
    return KeptDraft(kept["answers"], datetime.fromisoformat(kept["started_at"])) if kept else None


def drop_draft(submission_key: str) -> None:
    """Delete the draft in the caller's transaction."""
    keeping.drop(keeping.DRAFT, submission_key)
