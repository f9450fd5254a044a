"""A citizen's answers: one JSON document, which is the truth, and the typed columns that plans group by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.survey import Survey


class Response(Model):
    """One finished or screened-out submission. It names a site and a weight, never a person."""

    __tablename__ = "response"
    __table_args__ = (
        Index("ix_response_survey_id", "survey_id"),
        Index("ix_response_site_finished", "site_id", "finished_at"),
        Index(
            "ix_response_device_id",
            "device_id",
            sqlite_where=text("device_id IS NOT NULL"),
            postgresql_where=text("device_id IS NOT NULL"),
        ),
        Index(
            "ix_response_token_id",
            "token_id",
            sqlite_where=text("token_id IS NOT NULL"),
            postgresql_where=text("token_id IS NOT NULL"),
        ),
        Index(
            "ix_response_import_id",
            "import_id",
            sqlite_where=text("import_id IS NOT NULL"),
            postgresql_where=text("import_id IS NOT NULL"),
        ),
        Index("ix_response_flagged", "survey_id", "id", sqlite_where=text("flagged"), postgresql_where=text("flagged")),
        {"sqlite_autoincrement": True},  # a number is given once, also when its answer has gone or lies in an archive
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey(Survey.id))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_version.id"))
    submission_key: Mapped[str] = mapped_column(String(32), unique=True)  # made with the page; exactly-once
    receipt: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[str] = mapped_column(
        String(12), default="complete"
    )  # complete | screened_out | voided | late | quarantined
    mode: Mapped[str] = mapped_column(String(8), default="web")  # web | paper | phone | tablet | api
    device_id: Mapped[int | None] = mapped_column()  # the link of the tablet that brought it
    token_id: Mapped[int | None] = mapped_column()  # the key of the collector that brought it
    import_id: Mapped[int | None] = mapped_column()  # the file of another tool that brought it
    language: Mapped[str] = mapped_column(String(8))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # copied from the site, so that a cell needs no join
    probability: Mapped[bool] = mapped_column()
    stratum: Mapped[str | None] = mapped_column(String(80))
    psu: Mapped[str] = mapped_column(String(16))
    base_weight: Mapped[float | None] = mapped_column()  # as earlier releases stored it; weights are made with a run
    site_county: Mapped[str] = mapped_column(String(80))  # fieldwork unit of the site (design)
    # taken from the answers, as the definition's `columns` declare
    home_county: Mapped[str | None] = mapped_column(String(80))  # residence (margin, domain)
    rated_county: Mapped[str | None] = mapped_column(String(80))  # the county whose rating it counts in
    sex: Mapped[str | None] = mapped_column(String(16))
    age_band: Mapped[str | None] = mapped_column(String(16))
    measure: Mapped[int | None] = mapped_column()  # overall satisfaction code; None: not answered
    measure_missing: Mapped[str | None] = mapped_column(
        String(12)
    )  # why: not_shown | skipped; None: answered, or of old
    demo: Mapped[bool] = mapped_column(default=False)
    flagged: Mapped[bool] = mapped_column(default=False, server_default=false())  # a flag stands against it
