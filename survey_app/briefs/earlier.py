"""Figures that were published before this product was used, each typed in with its source, so that a trend begins with them."""

from __future__ import annotations

import re

from sqlalchemy import select

from survey_app.ground import audit
from survey_app.models import Area, EarlierFigure, db
from wording import FieldRefusal

PERIOD = re.compile(r"(19|20)\d\d.{0,16}", re.DOTALL)
LONGEST_SOURCE = 300


class EarlierError(FieldRefusal):
    """A figure that cannot be stored; nothing was changed."""


def add_earlier(
    area: Area, period: str, share: float | None, limits: tuple[float | None, float | None], source: str, by: str
) -> EarlierFigure:
    """share and limits in [0, 1]; both limits or none. The caller commits. Raises EarlierError."""
    period, source = period.strip(), source.strip()
    lower, upper = limits
    if not PERIOD.fullmatch(period):
        raise EarlierError("briefs.period_begins_with_year", "period")
    if share is None or not 0 <= share <= 1:
        raise EarlierError("briefs.share_between", "share")
    if (lower is None) != (upper is None):
        raise EarlierError("briefs.both_limits", "lower")
    if lower is not None and upper is not None and not 0 <= lower <= share <= upper <= 1:
        raise EarlierError("briefs.limits_around", "lower")
    if not source or len(source) > LONGEST_SOURCE:
        raise EarlierError("briefs.needs_source", "source", most=LONGEST_SOURCE)
    if any(one.period == period for one in earlier_of(area)):
        raise EarlierError("briefs.period_there", "period", period=period)
    made = EarlierFigure(area=area, period=period, share=share, lower=lower, upper=upper, source=source, by=by)
    db.session.add(made)
    audit.record("earlier.add", f"area:{area.code}", after=_said(made))
    db.session.flush()
    return made


def remove(figure: EarlierFigure) -> None:
    """The caller commits."""
    audit.record("earlier.remove", f"area:{figure.area.code}", before=_said(figure))
    db.session.delete(figure)


def earlier_of(area: Area) -> list[EarlierFigure]:
    """By period, the oldest first."""
    query = select(EarlierFigure).where(EarlierFigure.area_id == area.id)
    return list(db.session.scalars(query.order_by(EarlierFigure.period)))


def _said(figure: EarlierFigure) -> dict[str, object]:
    return {
        "period": figure.period, "value": figure.share, "lower": figure.lower, "upper": figure.upper,
        "source": figure.source,
    }  # fmt: skip
