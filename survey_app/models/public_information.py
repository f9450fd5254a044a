"""What public pages must show where the console sets it, and the privacy notices that people were shown."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model, UtcDateTime, now


class KeptSetting(Model):
    """A setting that neither the command line nor the environment gives, by the name of its field."""

    __tablename__ = "kept_setting"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)


class PrivacyNotice(Model):
    """One version of the notice at /privacy, never changed. said: language -> [heading, text] in order."""

    __tablename__ = "privacy_notice"

    version: Mapped[str] = mapped_column(String(12), primary_key=True)
    said: Mapped[dict[str, list[list[str]]]] = mapped_column(JSON)
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
