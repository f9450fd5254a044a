"""Accounts of the console: made with a one-time password that must be changed at the first sign-in."""

from __future__ import annotations

import secrets

from flask import current_app
from flask_security import SQLAlchemyUserDatastore, hash_password
from sqlalchemy import select

from survey_app.models import Role, User, db

ADMINISTRATOR = "administrator"


class AccountError(ValueError):
    """An account that cannot be made or found, in the user's words."""


def has_administrator() -> bool:
    """Whether anyone may administer yet."""
    query = select(User.id).join(User.roles).where(Role.name == ADMINISTRATOR, User.active)
    return db.session.scalars(query).first() is not None


def create_administrator(name: str) -> str:
    """Make an administrator and return the one-time password. Raises AccountError."""
    return create_account(name, ADMINISTRATOR)


def create_account(name: str, role: str) -> str:
    """Make an account with one role and return its one-time password. Raises AccountError."""
    name = name.strip()
    if not 2 <= len(name) <= 60 or any(character.isspace() for character in name):
        raise AccountError("A name has 2 to 60 characters and no spaces.")
    if db.session.scalar(select(User).where(User.username == name)):
        raise AccountError(f"There is already an account '{name}'.")
    users = _users()
    password = one_time_password()
    users.create_user(
        email=f"{secrets.token_hex(6)}@minyi.invalid",  # a name is enough; nothing is ever sent
        username=name,
        password=hash_password(password),
        must_change_password=True,
        roles=[users.find_or_create_role(role)],
    )
    db.session.commit()
    return password


def reset_password(name: str) -> str:
    """A new one-time password for an account; its open sessions end. Raises AccountError."""
    user = db.session.scalar(select(User).where(User.username == name.strip()))
    if user is None:
        raise AccountError(f"There is no account '{name}'.")
    password = one_time_password()
    user.password = hash_password(password)
    user.must_change_password = True
    _users().set_uniquifier(user)
    db.session.commit()
    return password


def accounts() -> list[User]:
    """Every account, by name."""
    return list(db.session.scalars(select(User).order_by(User.username)))


def one_time_password() -> str:
    """Four groups of four that can be typed from a terminal: 79 bits."""
    alphabet = "23456789abcdefghjkmnpqrstuvwxyz"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))


def _users() -> SQLAlchemyUserDatastore:
    store: SQLAlchemyUserDatastore = current_app.extensions["minyi_users"]
    return store
