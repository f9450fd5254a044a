"""Charts as drawn, so that a page need not draw them again. A cache: it may be emptied at any time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model, UtcDateTime, now


class Drawing(Model):
    """The SVG of one chart. key: SHA-256 of what it was drawn from and of the drawing code's own version."""

    __tablename__ = "drawing"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    svg: Mapped[str] = mapped_column(Text)
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
