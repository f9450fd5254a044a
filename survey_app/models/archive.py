"""Surveys whose answers lie in Parquet files instead of the database: where, and how many stood at each site in each hour."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.base import Document, Model, UtcDateTime, now
from survey_app.models.response_count import Counted
from survey_app.models.survey import Survey


class SurveyArchive(Model):
    """The archived answers of one survey. What stands here is what counts: a file that is not named here is nobody's.

    folder: as it was given with --to; empty: below the instance folder. manifest: see archives/manifest.py.
    left_behind: names of files that this one took the place of, until they are deleted.
    """

    __tablename__ = "survey_archive"

    survey_id: Mapped[int] = mapped_column(
        ForeignKey(Survey.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    folder: Mapped[str] = mapped_column(Text, default="")
    manifest: Mapped[Document] = mapped_column(JSON)
    left_behind: Mapped[list[str]] = mapped_column(JSON, default=list)
    archived_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    archived_by: Mapped[str] = mapped_column(String(80))

    survey: Mapped[Survey] = relationship()


class ArchivedCount(Counted, Model):
    """The counts by hour of archived answers, which no trigger can count again."""

    __tablename__ = "archived_count"
