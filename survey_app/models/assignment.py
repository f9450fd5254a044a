"""Which departments of a county answer for which indicator; the county annex names none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Model, UtcDateTime, now


class Assignment(Model):
    """The county's choice for one indicator. `shared`: no single lead, the coordinator enters for all of them."""

    __tablename__ = "indicator_assignment"
    __table_args__ = (UniqueConstraint("area_id", "rulebook_id", "indicator"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    rulebook_id: Mapped[str] = mapped_column(String(60))
    indicator: Mapped[str] = mapped_column(String(8))
    leads: Mapped[list[str]] = mapped_column(JSON)
    supporting: Mapped[list[str]] = mapped_column(JSON)
    shared: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    demo: Mapped[bool] = mapped_column(default=False)

    area: Mapped[Area] = relationship(lazy="joined", innerjoin=True)
