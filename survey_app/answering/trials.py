"""Trial answers: a locked survey is tried with its own pages and codes before it opens.

They are kept apart from responses, so that nothing that counts, flags, exports or estimates ever meets them; they spend
no invitation and no place of a quota, and fix nothing. The opening deletes them. The caller commits.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update

from questionnaires import arranged, check_answers
from questionnaires.definition import MINOR
from survey_app.answering.masking import screened
from survey_app.answering.open_sites import STAFFED, OpenSite
from survey_app.answering.submission import RECEIPT_ALPHABET, AnswersRefusedError, Receipt, SurveyNotOpenError
from survey_app.ground import keeping
from survey_app.models import Kept, Survey, db

TRIAL = "trial"  # the state of its receipt
MOST = 1000  # kept of one survey; what is tried beyond that is acknowledged like the others


def keep_trial(site: OpenSite, form: Mapping[str, Sequence[str]], submission_key: str, *, mode: str = "web") -> Receipt:
    """Check the answers as a submission is checked, and keep them apart until the opening.

    Raises AnswersRefusedError; SurveyNotOpenError where the survey has been opened meanwhile.
    """
    locked = update(Survey).where(Survey.id == site.survey_id, Survey.state == "locked")
    if not db.session.execute(locked.values(state="locked")).rowcount:  # type: ignore[attr-defined]  # the opening waits, or was first
        raise SurveyNotOpenError("trial_over")
    earlier = keeping.look(keeping.TRIAL, submission_key, survey_id=site.survey_id)
    if earlier:
        return Receipt(earlier["receipt"], TRIAL, earlier["ended"], repeated=True)
    today = datetime.now(ZoneInfo(site.time_zone)).date()
    checked = check_answers(arranged(site.definition, submission_key), form, today)
    left_open = {} if mode in STAFFED else dict.fromkeys(checked.left_open, "left_open")
    if checked.errors or left_open:
        raise AnswersRefusedError({**left_open, **checked.errors})
    receipt = Receipt("".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(10)), TRIAL, checked.ended)
    if count_trials(site.survey_id) < MOST:
        answers = {} if checked.ended == MINOR else screened(site.definition, checked.answers)
        content = {"receipt": receipt.number, "ended": receipt.ended, "answers": answers}
        keeping.keep(keeping.TRIAL, content, submission_key, survey_id=site.survey_id, site_id=site.site_id)
    return receipt


def count_trials(survey_id: int) -> int:
    """How many are kept."""
    query = select(func.count()).where(Kept.survey_id == survey_id, Kept.purpose == keeping.TRIAL)
    return db.session.scalar(query) or 0


def forget_trials(survey_id: int) -> int:
    """Delete them, at the opening, and give their number."""
    number = count_trials(survey_id)
    keeping.forget(keeping.TRIAL, survey_id=survey_id)
    return number
