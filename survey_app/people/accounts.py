"""Accounts of the console: made with a one-time password that must be changed at the first sign-in.

Every change is recorded with its reason; the last administrator who can sign in stays one. The caller commits.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from flask import current_app
from flask_security import RoleMixin, SQLAlchemyUserDatastore, UserMixin, hash_password
from sqlalchemy import delete, func, select

from definitions.names import key, near
from survey_app.ground import audit
from survey_app.ground.roles import ADMINISTRATOR, ROLES
from survey_app.models import Area, Grant, Role, SignIn, User, db
from survey_app.people.departments import DepartmentError, spelled
from survey_app.people.forget import forget_second_factor
from wording import Message, Refusal, Text

LONGEST_NAME, LONGEST_DEPARTMENT = 60, 80
for _model, _methods in ((User, UserMixin), (Role, RoleMixin)):
    _model.__bases__ += (_methods,)  # what Flask-Security asks of them; the models do without it where none sign in


class AccountError(Refusal):
    """An account that cannot be made, changed or found, in the user's words; nothing was stored."""


class OtherDepartmentError(AccountError):
    """A department that is probably another one."""


def has_administrator() -> bool:
    """Whether anyone may administer yet."""
    return _administrators() > 0


def create_administrator(name: str) -> str:
    """Make an administrator and return the one-time password. Raises AccountError."""
    return create_account(name, ADMINISTRATOR)


def create_account(
    name: str, role: str, area: str = "", department: str = "", full_name: str = "", new_department: bool = False
) -> str:
    """Make an account with one grant and return its one-time password. Raises AccountError."""
    _user, password = add_account(name, full_name, [new_grant(role, area, department, new_department)])
    return password


def add_account(name: str, full_name: str, grants: Iterable[Grant]) -> tuple[User, str]:
    """An account with its grants, and its one-time password. Raises AccountError."""
    name = name.strip()
    wrong = wrong_name(name)
    if wrong:
        raise AccountError(wrong)
    users, password, given = _users(), one_time_password(), list(grants)
    hashed = hash_password(password)  # slow on purpose, so before others have to wait
    audit.wait_turn()
    if find(name) is not None:
        raise AccountError("people.already_account", name=name)
    user: User = users.create_user(  # type: ignore[assignment]  # typed as the library's mixin
        email=f"{secrets.token_hex(6)}@minyi.invalid",  # a name is enough; nothing is ever sent
        username=name,
        password=hashed,
        must_change_password=True,
        full_name=full_name.strip()[:80],
        roles=[users.find_or_create_role(role) for role in dict.fromkeys(grant.role for grant in given)],
    )
    db.session.flush()
    for grant in given:
        grant.user_id = user.id
        db.session.add(grant)
    db.session.flush()
    said = [said_of(grant) for grant in given]
    audit.record("account.create", f"account:{name}", after=said[0] if len(said) == 1 else {"grants": said})
    return user, password


def wrong_name(name: str) -> Text:
    """What is wrong with a user name; '' where nothing is."""
    if 2 <= len(name) <= LONGEST_NAME and name.isprintable() and not any(character.isspace() for character in name):
        return ""
    return Message("people.name_characters_no_spaces", longest_name=LONGEST_NAME)


def give(
    name: str, role: str, area: str = "", department: str = "", reason: str = "", new_department: bool = False
) -> None:
    """One more grant for an account. Raises AccountError."""
    add_grant(_account(name), new_grant(role, area, department, new_department), reason)


def add_grant(user: User, grant: Grant, reason: str = "") -> None:
    """Give `grant` to `user`. Raises AccountError where it is there already."""
    audit.wait_turn()
    db.session.refresh(user, ["grants"])
    if any(said_of(grant) == said_of(old) for old in user.grants):
        raise AccountError("people.grant_already", user_username=user.username)
    user.grants.append(grant)
    audit.record("grant.give", f"account:{user.username}", after=said_of(grant), reason=reason)


def take(name: str, role: str, area: str = "", department: str = "", reason: str = "") -> None:
    """Take a grant back. The last administrator keeps his. Raises AccountError."""
    wanted, user = said_of(_as_written(role, area, department)), _account(name)
    same = next((grant for grant in user.grants if said_of(grant) == wanted), None)
    if same is None:
        raise AccountError("people.no_such_grant", name=name)
    remove_grant(user, same, reason)


def remove_grant(user: User, grant: Grant, reason: str = "") -> None:
    """Take this grant from `user`. Raises AccountError."""
    audit.wait_turn()
    if grant.role == ADMINISTRATOR and not _administrators(besides=user):
        raise AccountError("people.last_administrator_cannot_taken")
    audit.record("grant.take", f"account:{user.username}", before=said_of(grant), reason=reason)
    db.session.delete(grant)


def new_grant(role: str, area: str = "", department: str = "", new_department: bool = False) -> Grant:
    """A grant that belongs to nobody yet. Raises AccountError, also where the department is probably another one.

    new_department: it is none of those that answer for indicators, whatever it resembles.
    """
    grant = _as_written(role, area, department)
    try:
        grant.department = spelled(department.strip(), grant.area, new_department) or None
    except DepartmentError as error:
        raise OtherDepartmentError(error.said) from error
    return grant


def _as_written(role: str, area: str, department: str) -> Grant:
    if role not in ROLES:
        raise AccountError("people.no_role", role=role, roles=", ".join(ROLES))
    place = area_called(area) if area else None
    if area and place is None:
        raise AccountError(no_area(area))
    if role == "department" and not department:
        raise AccountError("people.department_account_names_its")
    if role == ADMINISTRATOR and (area or department):
        raise AccountError("people.administrator_for_whole_city")
    if len(department) > LONGEST_DEPARTMENT:
        raise AccountError("people.most_characters_department", longest_department=LONGEST_DEPARTMENT)
    return Grant(role=role, area=place, department=department or None)


def area_called(name: str) -> Area | None:
    """The area of this name, however its signs are coded."""
    return next((area for area in db.session.scalars(select(Area)) if key(area.name) == key(name)), None)


def no_area(name: str) -> Message:
    """That there is no such area, with the one that is probably meant."""
    meant = near(name, db.session.scalars(select(Area.name)))
    return Message("people.no_area_near", name=name, near=meant) if meant else Message("people.no_area", name=name)


def said_of(grant: Grant) -> dict[str, str | None]:
    """A grant as the audit trail has it."""
    return {"role": grant.role, "area": grant.area.name if grant.area else None, "department": grant.department}


def reset_password(name: str, reason: str = "") -> str:
    """A new one-time password for an account; its open sessions end. Raises AccountError."""
    user = _account(name)
    password = one_time_password()
    user.password = hash_password(password)
    user.must_change_password = True
    set_uniquifier(user)
    audit.record("account.reset_password", f"account:{user.username}", reason=reason)
    return password


def reset_second_factor(user: User, reason: str) -> None:
    """Take away second factor and recovery codes, for a lost phone; open sessions end. Raises AccountError."""
    if not user.tf_primary_method:
        raise AccountError("people.no_second_factor", user_username=user.username)
    forget_second_factor(user)
    set_uniquifier(user)
    audit.record("factor.reset", f"account:{user.username}", reason=reason)


def set_active(user: User, active: bool, reason: str) -> None:  # the wanted state, as the form has it
    """Let an account sign in, or not any more; then its open sessions end. Raises AccountError."""
    audit.wait_turn()
    if user.active == active:
        return
    administers = any(grant.role == ADMINISTRATOR for grant in user.grants)
    if not active and administers and not _administrators(besides=user):
        raise AccountError("people.last_administrator_cannot_deactivated")
    action = "account.reactivate" if active else "account.deactivate"
    audit.record(action, f"account:{user.username}", {"active": user.active}, {"active": active}, reason)
    user.active = active
    set_uniquifier(user)


def describe(user: User, full_name: str, language: str) -> None:
    """Name and language of an account, as its owner or an administrator writes them."""
    before = {"full_name": user.full_name, "language": user.language}
    user.full_name, user.language = full_name.strip()[:80], language
    after = {"full_name": user.full_name, "language": user.language}
    if after != before:
        audit.record("account.describe", f"account:{user.username}", before, after)


def set_uniquifier(user: User) -> None:
    """End every session of the account."""
    _users().set_uniquifier(user)  # type: ignore[arg-type]  # its methods joined above
    db.session.execute(delete(SignIn).where(SignIn.user_id == user.id))


def find(name: str) -> User | None:
    """The account of this name; capitals do not tell names apart, as at the sign-in."""
    return db.session.scalar(select(User).where(func.lower(User.username) == name.strip().lower()))


def one_time_password() -> str:
    """Four groups of four that can be typed from a terminal: 79 bits."""
    alphabet = "23456789abcdefghjkmnpqrstuvwxyz"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))


def _administrators(besides: User | None = None) -> int:
    """How many accounts may administer and sign in, by a password of their own: whatever a provider does, one is left."""
    query = select(func.count(func.distinct(User.id))).join(Grant, Grant.user_id == User.id)
    query = query.where(Grant.role == ADMINISTRATOR, User.active, User.password != "")
    return db.session.scalar(query.where(User.id != besides.id) if besides is not None else query) or 0


def _account(name: str) -> User:
    user = find(name)
    if user is None:
        raise AccountError("people.no_account", name=name)
    return user


def _users() -> SQLAlchemyUserDatastore:
    store: SQLAlchemyUserDatastore = current_app.extensions["minyi_users"]
    return store
