"""A survey's plan as it was locked, and every change after that: numbered, dated, with its reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.survey import Survey


class PlanVersion(Model):
    """One version. The highest number is the survey's present plan; versions are only ever added."""

    __tablename__ = "plan_version"
    __table_args__ = (UniqueConstraint("survey_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    number: Mapped[int] = mapped_column()
    body: Mapped[str] = mapped_column(Text)  # YAML with margins inline
    digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text, default="")  # empty: as locked before fieldwork
    late: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # other than the official, after an answer
    exception: Mapped[str] = mapped_column(
        String(16), default="", server_default=""
    )  # not_computable | source: by which it counts although it came after an answer
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    survey: Mapped[Survey] = relationship()
