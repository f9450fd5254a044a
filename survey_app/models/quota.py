"""How many complete responses stand in each quota of a survey."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model
from survey_app.models.survey import Survey


class QuotaCount(Model):
    """One row per survey and quota key, raised in the transaction of the response it counts."""

    __tablename__ = "quota_count"

    survey_id: Mapped[int] = mapped_column(ForeignKey(Survey.id), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
