"""A tablet that an interviewer carries for one site."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.survey import Site


class DeviceLink(Model):
    """A link that turns a tablet into the interviewer's device of one site until it expires or is revoked."""

    __tablename__ = "device_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    mode: Mapped[str] = mapped_column(
        String(8), default="tablet", server_default="tablet"
    )  # tablet | phone: how it asks
    label: Mapped[str] = mapped_column(String(80))
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unsent: Mapped[int | None] = mapped_column()  # interviews it holds; None: it has no queue, as a page alone has none
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it said so

    site: Mapped[Site] = relationship()
