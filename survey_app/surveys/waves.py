"""The waves of one survey in their order, as each names the one before it."""

from __future__ import annotations

from sqlalchemy import select

from survey_app.models import Survey, db


def chain(survey: Survey) -> list[Survey]:
    """Every wave that leads to `survey` and every one that follows from it, the oldest first.

    Where two surveys follow the same wave, the later one made is taken; the other stays a branch of its own.
    """
    before: list[Survey] = []
    wave = survey.wave_of
    while wave is not None and wave not in before:
        before.insert(0, wave)
        wave = wave.wave_of
    after: list[Survey] = []
    wave = _next(survey)
    while wave is not None:
        after.append(wave)
        wave = _next(wave)
    return [*before, survey, *after]


def number(survey: Survey) -> int:
    """Which wave this is, from 1."""
    return chain(survey).index(survey) + 1


def _next(survey: Survey) -> Survey | None:
    return db.session.scalars(select(Survey).where(Survey.wave_of_id == survey.id).order_by(Survey.id.desc())).first()
