"""How often a form was opened, came back with errors, or was left, by day and question: numbers, no visits."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model
from survey_app.models.survey import Site


class FormCount(Model):
    """One number. Nothing here says who, from where, or which of two openings were one person's."""

    __tablename__ = "form_count"

    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id, ondelete="CASCADE"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)  # in the survey's zone
    event: Mapped[str] = mapped_column(String(8), primary_key=True)  # those of answering/form_counts.py
    question: Mapped[str] = mapped_column(String(80), primary_key=True, default="")  # of wrong and left; an hour
    number: Mapped[int] = mapped_column(default=0)
