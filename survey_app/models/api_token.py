"""A key by which another program reads or writes through the API, in one role."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.survey import Survey
from survey_app.models.user import Grant


class ApiToken(Model):
    """One key: the database holds its hash. kind: read | write (values too, where the role may) | submit.

    A collector's key (submit) is of one survey; daily: answers it may bring a day; day, taken: those it has brought.
    """

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(60))  # which program it is for
    kind: Mapped[str] = mapped_column(String(6))
    role: Mapped[str] = mapped_column(String(16))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    department: Mapped[str | None] = mapped_column(String(80))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # to the minute
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"))
    daily: Mapped[int | None] = mapped_column()
    day: Mapped[date | None] = mapped_column(Date)
    taken: Mapped[int] = mapped_column(default=0, server_default=text("0"))

    area: Mapped[Area | None] = relationship(lazy="joined")
    survey: Mapped[Survey | None] = relationship()

    @property
    def grant(self) -> Grant:
        """What it may do, as the console's table knows it; nothing that is stored."""
        return Grant(role=self.role, area=self.area, area_id=self.area_id, department=self.department)
