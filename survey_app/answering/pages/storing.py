"""Answers become durable here, exactly once, and only then is there a receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, cast

from sqlalchemy.exc import IntegrityError

from survey_app.answering import just_stored, together
from survey_app.answering.after_close import HELD
from survey_app.answering.open_sites import OpenSite
from survey_app.answering.submission import InvitationUsedError, Receipt, finish, receipt_again, store, submit
from survey_app.models import db


def acknowledge(
    site: OpenSite,
    form: Mapping[str, Sequence[str]],
    submission_key: str,
    language: str,
    started_at: datetime,
    **more: Any,
) -> Receipt:
    """Submit and commit. A repeated `submission_key`, also at the same moment, gives the first receipt again.

    `more` and what is raised: as `finish` and `store` have them, and BusyError; nothing is stored where anything is raised.
    """
    try:
        if more.get("mode") in HELD:  # whether it still counts is asked in the transaction that stores it
            _let_go()
            return together.run(partial(submit, site, form, submission_key, language, started_at, **more))
        ready = finish(site, form, submission_key, language, started_at, **more)
        if isinstance(ready, Receipt):
            return ready
        _let_go()
        if not ready.plain:
            return together.run(partial(store, ready))
        if together.insert_row(ready.row):
            just_stored.note(ready.receipt.number, cast(datetime, ready.row["finished_at"]))
            return ready.receipt
        refused: Exception | None = None
    except (IntegrityError, InvitationUsedError) as error:
        refused = error
    earlier = receipt_again(site, form, submission_key)
    if earlier is None:
        raise refused or together.BusyError  # it was there a moment ago, and is erased since
    return earlier


def _let_go() -> None:
    """Who waits to be written holds no connection: where all of the pool were held by those who wait, who writes would get none."""
    if db.session.registry.has():  # this request has read something by the session, and changed nothing
        db.session.rollback()
