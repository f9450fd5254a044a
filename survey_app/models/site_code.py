"""Codes of posters that no longer admit, kept so that an old poster still says where it belonged."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.survey import Site


class RetiredCode(Model):
    """A site's former address. A form handed out under it before `retired_at` is still taken."""

    __tablename__ = "retired_code"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id, ondelete="CASCADE"), index=True)
    retired_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    retired_by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
