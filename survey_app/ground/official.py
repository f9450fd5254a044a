"""A period's one official survey: named before it opens, held by the clock from there on."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from survey_app.ground import audit
from survey_app.models import OfficialSurvey, Period, Survey, db
from survey_app.models.base import now
from wording import Refusal

UNOPENED = ("draft", "locked")


class NamingError(Refusal):
    """A survey that cannot be named as a period's official one; nothing was changed."""


class FigureHeldError(Refusal):
    """The figure of a survey that nobody may see yet."""

    def __init__(self, survey: Survey, run_id: int | None = None) -> None:
        super().__init__("official.held", code=survey.code)
        self.survey, self.run_id = survey, run_id


def naming_of(survey: Survey) -> OfficialSurvey | None:
    """That the survey is its period's official one; None where it is not."""
    return db.session.scalar(select(OfficialSurvey).where(OfficialSurvey.survey_id == survey.id))


def settling(survey: Survey) -> bool:
    """Whether it has closed as its period's official one, and answers finished before may still arrive."""
    naming = naming_of(survey)
    return naming is not None and naming.closed_at is not None and naming.settled_at is None


def named_in(*periods: str) -> list[OfficialSurvey]:
    """The official surveys of these periods, one a city and period."""
    query = select(OfficialSurvey).where(OfficialSurvey.period.in_(periods)).order_by(OfficialSurvey.city_id)
    query = query.options(joinedload(OfficialSurvey.survey))
    return list(db.session.scalars(query))


def unnamed_period(city_id: int) -> Period | None:
    """The newest open period in which the city has no official survey yet."""
    named = select(OfficialSurvey.period).where(OfficialSurvey.city_id == city_id)
    query = select(Period).where(Period.state == "open", Period.code.not_in(named)).order_by(Period.code.desc())
    return db.session.scalars(query).first()


def name_official(period: Period, survey: Survey) -> OfficialSurvey:
    """Make `survey` the official one of its city in `period`; in place of another only while that has not opened.

    The caller commits. Raises NamingError.
    """
    audit.wait_turn()
    db.session.refresh(survey)
    if survey.demo:
        raise NamingError("official.demonstration")
    if period.state != "open":
        raise NamingError("official.period_over", code=period.code)
    if survey.state not in UNOPENED:
        raise NamingError("official.opened_already", code=survey.code)
    own = naming_of(survey)
    if own is not None and own.period != period.code:
        raise NamingError("official.of_another_period", code=survey.code, period=own.period)
    query = select(OfficialSurvey).where(OfficialSurvey.period == period.code, OfficialSurvey.city_id == survey.city_id)
    naming = db.session.scalar(query)
    if naming is not None and naming.survey_id == survey.id:
        return naming
    before = naming.survey.code if naming is not None else ""
    if naming is not None:
        if naming.survey.state not in UNOPENED:
            raise NamingError("official.another_opened", period=period.code, code=before)
        naming.survey, naming.named_by, naming.named_at = survey, audit.actor(), now()
    else:
        naming = OfficialSurvey(period=period.code, city_id=survey.city_id, survey=survey, named_by=audit.actor())
        db.session.add(naming)
    audit.record("period.official", f"period:{period.code}", {"survey": before}, {"survey": survey.code})
    db.session.flush()
    return naming
