"""The list of accounts, without what signs in."""

from __future__ import annotations

from sqlalchemy import select

from survey_app.models import User, db


def accounts() -> list[User]:
    """Every account, by name."""
    return list(db.session.scalars(select(User).order_by(User.username)))
