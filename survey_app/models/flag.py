"""Signs that a response may not be what it seems, each with its reason; lifted by a person with a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.response import Response


class ResponseFlag(Model):
    """One reason against one response. It stands until it is lifted; a lifted one is not made again by the batch."""

    __tablename__ = "response_flag"
    __table_args__ = (
        Index("uq_response_flag_response_id", "response_id", "kind", unique=True),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))  # see FLAG_KINDS of analysis.plan_parts
    score: Mapped[float] = mapped_column(default=1.0)
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    made_by: Mapped[str] = mapped_column(String(80))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # a person says it stands
    confirmed_by: Mapped[str | None] = mapped_column(String(80))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by: Mapped[str | None] = mapped_column(String(80))
    lifted_reason: Mapped[str | None] = mapped_column(Text)

    response: Mapped[Response] = relationship()
