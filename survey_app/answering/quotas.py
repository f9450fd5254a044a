"""Quotas of a questionnaire: a place in each is taken in the response's own transaction, never one too many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from questionnaires import Definition
from questionnaires.definition import Quota
from questionnaires.logic import holds
from survey_app.models import QuotaCount, db


def take_places(survey_id: int, definition: Definition, answers: Mapping[str, object]) -> str:
    """Take a place in every quota the answers belong to, in the caller's transaction.

    Gives the key of the first quota that is full, and then no place was taken; "" where all had one.
    """
    wanted = [quota for quota in definition.quotas if holds(quota.rule, answers)]
    taken: list[Quota] = []
    for quota in sorted(wanted, key=lambda quota: quota.key):  # one order for all, so that no two wait for each other
        if not _take(survey_id, quota):
            _give_back(survey_id, taken)
            return quota.key
        taken.append(quota)
    return ""


def give_back(survey_id: int, definition: Definition, answers: Mapping[str, object]) -> None:
    """Free the places of a response that no longer counts, in the caller's transaction."""
    _give_back(survey_id, [quota for quota in definition.quotas if holds(quota.rule, answers)])


def filled(survey_id: int) -> dict[str, int]:
    """Quota key -> places taken."""
    query = select(QuotaCount.key, QuotaCount.count).where(QuotaCount.survey_id == survey_id)
    return {row.key: int(row[1]) for row in db.session.execute(query)}


def _take(survey_id: int, quota: Quota) -> bool:
    if quota.limit < 1:
        return False
    here = (QuotaCount.survey_id == survey_id, QuotaCount.key == quota.key)
    raised = update(QuotaCount).where(*here, QuotaCount.count < quota.limit).values(count=QuotaCount.count + 1)
    if db.session.execute(raised).rowcount:  # type: ignore[attr-defined]
        return True
    if db.session.scalar(select(QuotaCount.count).where(*here)) is not None:
        return False
    try:
        with db.session.begin_nested():
            db.session.execute(insert(QuotaCount).values(survey_id=survey_id, key=quota.key, count=1))
    except IntegrityError:  # another response was the first at the same moment
        return _take(survey_id, quota)
    return True


def _give_back(survey_id: int, quotas: Iterable[Quota]) -> None:
    for quota in quotas:
        here = (QuotaCount.survey_id == survey_id, QuotaCount.key == quota.key, QuotaCount.count > 0)
        db.session.execute(update(QuotaCount).where(*here).values(count=QuotaCount.count - 1))
