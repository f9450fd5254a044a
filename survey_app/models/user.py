"""People who sign in, and what they may do. Columns are those Flask-Security reads.

Its methods join the classes where people sign in (people/accounts.py), so that a worker that only collects is spared it.
"""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from sqlalchemy import JSON, BigInteger, Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.models.area import Area
from survey_app.models.base import Model, UtcDateTime, db, now

user_role = Table(
    "user_role",
    db.metadata,
    Column("user_id", ForeignKey("user_account.id"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)


class Role(Model):
    """administrator, and from the review release on: manager, evaluator, department, scorer, auditor."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class User(Model):
    """An account of the console. `email` is a sign-in name; nothing is sent to it (NoticeAddress)."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    username: Mapped[str | None] = mapped_column(String(80), unique=True)
    password: Mapped[str] = mapped_column(String(255))  # '' where only a provider signs this person in
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    second_of: Mapped[str | None] = mapped_column(
        String(80)
    )  # the account that this person has besides; '' where nobody has said yet whether there is one (ground/persons.py)
    full_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    language: Mapped[str] = mapped_column(String(2), default="", server_default="")
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_sign_ins: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # wrong passwords since the last sign-in
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))  # encrypted by SECURITY_TOTP_SECRETS
    tf_last_counter: Mapped[int | None] = mapped_column(BigInteger)  # of the last code taken: none counts twice
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(JSON)  # keyed hashes; each is used up once

    roles: Mapped[list[Role]] = relationship(secondary=user_role)
    grants: Mapped[list[Grant]] = relationship(back_populates="user")

    def check_tf_required(
        self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool
    ) -> tuple[bool, list[tuple[str, str]]]:
        """A second factor is asked of whoever has one, and of the roles that MINYI_REQUIRE_TOTP names."""
        return bool(tf_setup_methods) or self.check_tf_required_setup(), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Whether this person may not be without a second factor."""
        return bool(current_app.config["MINYI"].require_totp & {grant.role for grant in self.grants})


class SignIn(Model):
    """One session of an account, until it signs out or is ended; its cookie holds the key whose hash stands here."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    device: Mapped[str] = mapped_column(String(80), default="")  # browser and system, as they name themselves


class Grant(Model):
    """One role of an account. No area: the whole city. No department: all of them. source: the provider whose claims
    gave it, and take it back; '' of those an administrator gave."""

    __tablename__ = "access_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    department: Mapped[str | None] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(24), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    user: Mapped[User] = relationship(back_populates="grants")
    area: Mapped[Area | None] = relationship(lazy="joined")
