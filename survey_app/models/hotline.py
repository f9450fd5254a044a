"""What joins tickets to the city's 12345 line: its numbers, how its words are read; and the replies kept as templates."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Model
from survey_app.models.ticket import Ticket


class HotlineNumber(Model):
    """A number that the line gave a case, of the ticket here. key: its keyed hash, which stays when the number is cleared."""

    __tablename__ = "hotline_number"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    number: Mapped[str] = mapped_column(String(60))
    ticket_id: Mapped[int] = mapped_column(ForeignKey(Ticket.id, ondelete="CASCADE"), index=True)


class HotlineWord(Model):
    """How a word of the line is read here. kind: column | field | area | department | state; ours: '' until the office says."""

    __tablename__ = "hotline_word"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    theirs: Mapped[str] = mapped_column(String(80), primary_key=True)
    ours: Mapped[str] = mapped_column(String(80), default="")


class ReplyTemplate(Model):
    """A reply written once, with placeholders (tickets/templates.py)."""

    __tablename__ = "reply_template"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
