"""Going by a programme: an installation, a period, or a city in one."""

from __future__ import annotations

from sqlalchemy import select

from analysis.scoring.programme import Programme, load_programme
from survey_app.ground import audit, rulebooks
from survey_app.ground.clock import today
from survey_app.models import Area, FinalRun, IndicatorEntry, IndicatorValue, KeptSetting, Period, db
from survey_app.models.period import FIRST_PERIOD
from wording import Refusal


class ProgrammeError(Refusal):
    """A programme that cannot be added, chosen or removed, in the user's words; nothing was changed."""


def use(name: str, period: Period | None, city: Area | None, reason: str) -> Programme:
    """Go by a programme: a city in a period, a whole period, or, where neither is named, the installation from now on.
    The first one that is chosen is the installation's too, and its first period is of the present year. The caller commits.

    Raises NoProgrammeError, and ProgrammeError where something of it was already entered or settled by another.
    """
    audit.wait_turn()
    programme, none_yet = load_programme(name), not rulebooks.installation()
    if none_yet and period is None:
        _begin_this_year()
    where = period or (rulebooks.current_period() if city is not None else None)
    before = {"programme": (where.chosen(city)["programme"] if where else rulebooks.installation()) or None}
    if where is not None:
        _refuse_in_use(where, city, programme)
        rulebooks.name_in(where, programme, city)
    if where is None or none_yet:
        db.session.merge(KeptSetting(name=rulebooks.SETTING, value=programme.id, by=audit.actor()))
        for one in db.session.scalars(select(Period)):
            if not one.chosen()["units"]:
                rulebooks.name_in(one, programme)
    subject = f"period:{where.code}" if where is not None else "installation"
    named = f"{subject}/{city.code}" if city is not None else subject
    audit.record("programme.use", named, before, {"programme": programme.ref}, reason.strip())
    db.session.flush()
    return programme


def _begin_this_year() -> None:
    """The period that the database was made with takes the present year's name, where nothing goes by it yet."""
    known = list(db.session.scalars(select(Period)))
    if [one.code for one in known] != [FIRST_PERIOD] or known[0].chosen()["units"] or known[0].by_city:
        return
    for table in db.metadata.tables.values():
        for key in table.foreign_keys:
            if (
                key.column.table.name == Period.__tablename__
                and db.session.execute(select(key.parent).limit(1)).first()
            ):
                return
    known[0].code = str(today().year)
    db.session.flush()


def _refuse_in_use(period: Period, city: Area | None, programme: Programme) -> None:
    """Values that were entered, and runs that were settled, keep the rules they were made by."""
    if period.chosen(city)["programme"] == programme.ref:
        return
    own = set(period.by_city) if city is None else {city.code}
    areas = [area.id for area in db.session.scalars(select(Area)) if (area.top.code in own) == (city is not None)]
    for kind in (IndicatorEntry, IndicatorValue):
        if db.session.scalar(select(kind.id).where(kind.period == period.code, kind.area_id.in_(areas)).limit(1)):
            raise ProgrammeError("programmes.values_entered", code=period.code)
    run = select(FinalRun.id).where(
        FinalRun.period == period.code, FinalRun.city_id.in_(areas), FinalRun.kind == "final"
    )
    if db.session.scalar(run.limit(1)):
        raise ProgrammeError("programmes.settled", code=period.code)
