"""Accounts of the console: made with a one-time password that must be changed at the first sign-in."""

from __future__ import annotations

import secrets

from flask import current_app
from flask_security import SQLAlchemyUserDatastore, hash_password
from sqlalchemy import func, select

from survey_app.models import Area, Grant, User, db
from survey_app.services import audit

ADMINISTRATOR = "administrator"
ROLES = (ADMINISTRATOR, "manager", "evaluator", "department", "scorer", "auditor")


class AccountError(ValueError):
    """An account that cannot be made or found, in the user's words."""


def has_administrator() -> bool:
    """Whether anyone may administer yet."""
    query = select(User.id).join(Grant, Grant.user_id == User.id).where(Grant.role == ADMINISTRATOR, User.active)
    return db.session.scalars(query).first() is not None


def create_administrator(name: str) -> str:
    """Make an administrator and return the one-time password. Raises AccountError."""
    return create_account(name, ADMINISTRATOR)


def create_account(name: str, role: str, area: str = "", department: str = "") -> str:
    """Make an account with one grant and return its one-time password. Raises AccountError."""
    name = name.strip()
    grant = _grant(role, area, department)
    if not 2 <= len(name) <= 60 or any(character.isspace() for character in name):
        raise AccountError("A name has 2 to 60 characters and no spaces.")
    if db.session.scalar(select(User).where(User.username == name)):
        raise AccountError(f"There is already an account '{name}'.")
    users = _users()
    password = one_time_password()
    user = users.create_user(
        email=f"{secrets.token_hex(6)}@minyi.invalid",  # a name is enough; nothing is ever sent
        username=name,
        password=hash_password(password),
        must_change_password=True,
        roles=[users.find_or_create_role(role)],
    )
    db.session.flush()
    grant.user_id = user.id
    db.session.add(grant)
    audit.record("account.create", f"account:{name}", after=_said(grant))
    db.session.commit()
    return password


def give(name: str, role: str, area: str = "", department: str = "") -> None:
    """One more grant for an account. Raises AccountError."""
    grant = _grant(role, area, department)
    grant.user = _account(name)
    db.session.add(grant)
    audit.record("grant.give", f"account:{name}", after=_said(grant))
    db.session.commit()


def take(name: str, role: str, area: str = "", department: str = "") -> None:
    """Take a grant back. The last administrator keeps his. Raises AccountError."""
    wanted, user = _grant(role, area, department), _account(name)
    same = [
        grant for grant in user.grants
        if (grant.role, grant.area, grant.department) == (wanted.role, wanted.area, wanted.department)
    ]  # fmt: skip
    if not same:
        raise AccountError(f"'{name}' has no such grant.")
    others = select(func.count()).select_from(Grant).where(Grant.role == ADMINISTRATOR, Grant.user_id != user.id)
    if role == ADMINISTRATOR and not db.session.scalar(others):
        raise AccountError("The last administrator cannot be taken away.")
    audit.record("grant.take", f"account:{name}", before=_said(same[0]))
    db.session.delete(same[0])
    db.session.commit()


def _grant(role: str, area: str, department: str) -> Grant:
    if role not in ROLES:
        raise AccountError(f"There is no role '{role}'; there are: {', '.join(ROLES)}.")
    place = db.session.scalar(select(Area).where(Area.name == area)) if area else None
    if area and place is None:
        raise AccountError(f"There is no area '{area}'.")
    if role == "department" and not department:
        raise AccountError("A department's account names its department.")
    return Grant(role=role, area=place, department=department or None)


def _said(grant: Grant) -> dict[str, str | None]:
    return {"role": grant.role, "area": grant.area.name if grant.area else None, "department": grant.department}


def _account(name: str) -> User:
    user = db.session.scalar(select(User).where(User.username == name.strip()))
    if user is None:
        raise AccountError(f"There is no account '{name}'.")
    return user


def reset_password(name: str) -> str:
    """A new one-time password for an account; its open sessions end. Raises AccountError."""
    user = _account(name)
    password = one_time_password()
    user.password = hash_password(password)
    user.must_change_password = True
    _users().set_uniquifier(user)
    audit.record("account.reset_password", f"account:{name.strip()}")
    db.session.commit()
    return password


def describe(user: User, full_name: str, language: str) -> None:
    """Name and language of an account, as its owner or an administrator writes them."""
    before = {"full_name": user.full_name, "language": user.language}
    user.full_name, user.language = full_name.strip()[:80], language
    after = {"full_name": user.full_name, "language": user.language}
    if after != before:
        audit.record("account.describe", f"account:{user.username}", before, after)
    db.session.commit()


def set_uniquifier(user: User) -> None:
    """End every session of the account."""
    _users().set_uniquifier(user)


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
