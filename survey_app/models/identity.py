"""Signing in from elsewhere: the providers, what their claims grant, and who has come from them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Document, Model, UtcDateTime, now
from survey_app.models.user import User


class IdentityProvider(Model):
    """Who says who somebody is. settings: what may be shown of it; sealed: JSON of what may not."""

    __tablename__ = "identity_provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(40), unique=True)
    settings: Mapped[dict[str, str]] = mapped_column(JSON)
    sealed: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    changed_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)

    rules: Mapped[list[ClaimGrant]] = relationship(
        back_populates="provider",
        cascade="all, delete-orphan",
        passive_deletes=True,
        lazy="selectin",
        order_by="ClaimGrant.id",
    )

    @property
    def source(self) -> str:
        """How a grant says that it comes from here."""
        return f"provider:{self.id}"


class ClaimGrant(Model):
    """Who has `value` among the values of `claim` takes this grant. No area: the whole city."""

    __tablename__ = "claim_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("identity_provider.id", ondelete="CASCADE"), index=True)
    claim: Mapped[str] = mapped_column(String(120))
    value: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    department: Mapped[str | None] = mapped_column(String(80))

    provider: Mapped[IdentityProvider] = relationship(back_populates="rules")
    area: Mapped[Area | None] = relationship(lazy="joined")


class Identity(Model):
    """One person as a provider knows him. No account: waits for an administrator.

    issuer and subject: the provider's own, which never change; names do, and are only shown. claims: those of the table
    that were there at the last sign-in. settled_by: the administrator who has said that this is no second account of somebody.
    """

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("provider_id", "issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("identity_provider.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(80))
    full_name: Mapped[str] = mapped_column(String(80))
    claims: Mapped[Document] = mapped_column(JSON)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    settled_by: Mapped[str] = mapped_column(String(80), default="")
    first_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    provider: Mapped[IdentityProvider] = relationship(lazy="joined", innerjoin=True)
    user: Mapped[User | None] = relationship(lazy="joined")
