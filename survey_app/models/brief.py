"""What stands beside a run's figures for those who decide: notes, earlier published figures, read-only links, the letterhead."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Model, UtcDateTime, now
from survey_app.models.period import Period
from survey_app.models.run import EstimateRun
from survey_app.models.stored_file import StoredFile


class FigureNote(Model):
    """What a person says to a figure of a run, shown beside it and in reports. It never changes; who takes it back is named."""

    __tablename__ = "figure_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("estimate_run.id", ondelete="CASCADE"), index=True)
    figure: Mapped[str] = mapped_column(String(120))  # "city", "county:甲区"
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    removed_by: Mapped[str | None] = mapped_column(String(80))


class EarlierFigure(Model):
    """A share of satisfied people that was published before this product was used, typed in with its source."""

    __tablename__ = "earlier_figure"
    __table_args__ = (Index("uq_earlier_figure", "area_id", "period", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"))
    period: Mapped[str] = mapped_column(String(20))  # of four digits first, by which it is ordered: 2022, 2022下半年
    share: Mapped[float] = mapped_column()  # in [0, 1]
    lower: Mapped[float | None] = mapped_column()
    upper: Mapped[float | None] = mapped_column()
    source: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    area: Mapped[Area] = relationship()


class ViewLink(Model):
    """An address that shows the brief of one run, without signing in, until its end or until it is revoked."""

    __tablename__ = "view_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)  # hash of what the address holds
    run_id: Mapped[int] = mapped_column(ForeignKey("estimate_run.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(80))  # for whom
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    run: Mapped[EstimateRun] = relationship()


class Letterhead(Model):
    """The office's name and marks: one row, made by the office. At the head of a brief; `shown`: on every page and report."""

    __tablename__ = "letterhead"

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(String(60))
    office_en: Mapped[str] = mapped_column(String(120), default="")
    line: Mapped[str] = mapped_column(String(160), default="")  # address, telephone
    logo: Mapped[str | None] = mapped_column(ForeignKey(StoredFile.digest))
    small_logo: Mapped[str] = mapped_column(Text, default="", server_default="")  # for phones: a data: address
    colour: Mapped[str] = mapped_column(String(7), default="", server_default="")  # #rrggbb
    shown: Mapped[bool] = mapped_column(default=False, server_default=false())


class DispatchItem(TypedDict):
    """One indicator of one area as a brief keeps it; see `briefs.dispatch.Item`."""

    area: str
    indicator: str
    name: str
    state: str
    leads: list[str]
    deadline: str
    overdue: bool
    said: str


class Dispatch(Model):
    """A dispatch brief of a period: how every indicator stood when it was made, from which its document follows. It never changes."""

    __tablename__ = "dispatch"
    __table_args__ = (UniqueConstraint("period", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(ForeignKey(Period.code))
    number: Mapped[int] = mapped_column()  # within its period, from 1
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    by: Mapped[str] = mapped_column(String(80))
    items: Mapped[list[DispatchItem]] = mapped_column(JSON)
    demo: Mapped[bool] = mapped_column(default=False, server_default=false())
