"""Where an interviewer finds a sampled person, and each attempt: working papers that go when the survey closes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.base import Model, UtcDateTime
from survey_app.models.device_link import DeviceLink
from survey_app.models.invitation import Invitation


class Contact(Model):
    """What finds the person of an invitation. `sealed`: place and telephone under the installation's key; no file has them.

    device_id: the tablet it is assigned to; None: any of the site. reserve: waits until one of its site is replaced.
    """

    __tablename__ = "contact"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), primary_key=True, autoincrement=False)
    sealed: Mapped[str] = mapped_column(Text)
    device_id: Mapped[int | None] = mapped_column(ForeignKey(DeviceLink.id), index=True)
    appointment_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reserve: Mapped[bool] = mapped_column(default=False, server_default=false())
    replaces: Mapped[int | None] = mapped_column()  # the serial in whose place it came
    returned: Mapped[str] = mapped_column(String(300), default="")  # why an interview is to be made again

    invitation: Mapped[Invitation] = relationship()


class Visit(Model):
    """One attempt that was no interview. `key`: made on the tablet, so that a repetition is the same attempt."""

    __tablename__ = "visit"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    device_id: Mapped[int] = mapped_column(ForeignKey(DeviceLink.id), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(8))  # AAPOR's code
