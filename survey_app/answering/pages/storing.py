"""Answers become durable here, exactly once, and only then is there a receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from survey_app.answering.open_sites import OpenSite
from survey_app.answering.submission import InvitationUsedError, Receipt, receipt_again, submit
from survey_app.ground.transaction import transaction


def acknowledge(
    site: OpenSite,
    form: Mapping[str, Sequence[str]],
    submission_key: str,
    language: str,
    started_at: datetime,
    **more: Any,
) -> Receipt:
    """Submit and commit. A repeated `submission_key`, also at the same moment, gives the first receipt again.

    `more` and what is raised: as `submit` has them; nothing is stored where anything is raised.
    """
    try:
        with transaction():
            return submit(site, form, submission_key, language, started_at, **more)
    except (IntegrityError, InvitationUsedError):
        earlier = receipt_again(site, form, submission_key)
        if earlier is None:
            raise
        return earlier
