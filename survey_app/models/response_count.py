"""How many responses stand at each site in each hour: what dashboards read instead of the responses themselves."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model
from survey_app.models.survey import Survey

MINUTES = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 60)  # upper edges of the duration classes; one more is open


class Counted:
    """What answers are counted by, and the counts: of the responses here, and of those that lie in an archive."""

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  # SQLAlchemy's form; rows lie in the key's order

    survey_id: Mapped[int] = mapped_column(
        ForeignKey(Survey.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    site_id: Mapped[int] = mapped_column(
        ForeignKey("site.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # whole hours since 1970, UTC
    state: Mapped[str] = mapped_column(String(12), primary_key=True)  # complete | screened_out | voided
    mode: Mapped[str] = mapped_column(String(8), primary_key=True)
    sampled: Mapped[bool] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column()
    flagged: Mapped[int] = mapped_column()  # of them with a standing flag
    seconds: Mapped[int] = mapped_column(BigInteger)  # durations in all
    under_1: Mapped[int] = mapped_column()
    under_2: Mapped[int] = mapped_column()
    under_3: Mapped[int] = mapped_column()
    under_4: Mapped[int] = mapped_column()
    under_5: Mapped[int] = mapped_column()
    under_6: Mapped[int] = mapped_column()
    under_8: Mapped[int] = mapped_column()
    under_10: Mapped[int] = mapped_column()
    under_15: Mapped[int] = mapped_column()
    under_20: Mapped[int] = mapped_column()
    under_30: Mapped[int] = mapped_column()
    under_60: Mapped[int] = mapped_column()
    longer: Mapped[int] = mapped_column()


class ResponseCount(Counted, Model):
    """Responses of one site, hour, state and mode, written by a trigger in the response's own transaction.

    Several rows, told apart by `slot`, may share the rest of the key: they add up. Only answers that people gave
    themselves (web, tablet) and finished have a duration; `under_3` counts those of at least 2 and under 3 minutes.
    """

    __tablename__ = "response_count"

    slot: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, sort_order=1
    )  # so that writers need not wait


DURATIONS = (*(f"under_{edge}" for edge in MINUTES), "longer")
