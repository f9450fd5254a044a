"""Who has come from a provider: known by issuer and subject alone, never by a name or an address that may change hands.

Whoever is new waits for an administrator, or takes what the table grants; at every sign-in the table is asked again, and
what it no longer grants is taken back. Grants an administrator gave are left alone. The caller commits, also where nobody is
signed in: what was taken back stays so.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select, update

from survey_app.ground import audit
from survey_app.ground.roles import ADMINISTRATOR
from survey_app.models import ClaimGrant, Grant, Identity, IdentityProvider, User, db
from survey_app.models.base import now
from survey_app.people.accounts import (
    LONGEST_NAME,
    AccountError,
    add_account,
    add_grant,
    find,
    set_active,
    set_uniquifier,
    wrong_name,
)
from survey_app.people.elsewhere.frame import Claims, Told, values_of
from survey_app.people.elsewhere.providers import MAPPED, take_mapped, terms
from wording import Message


@dataclass(frozen=True)
class Met:
    """The account that is signed in; None, and why there is none."""

    user: User | None
    said: Message | None = None


def meet(provider: IdentityProvider, told: Told) -> Met:
    """Take what the provider told of who has just signed in there."""
    audit.wait_turn()
    query = select(Identity).where(Identity.provider_id == provider.id, Identity.issuer == told.issuer)
    identity = db.session.scalar(query.where(Identity.subject == told.subject))
    name = "".join(told.name.split())[:LONGEST_NAME]
    if identity is None:
        if not name:
            claim = provider.settings.get("name_claim", "name")
            return Met(None, Message("people.provider_no_name", name=provider.name, claim=claim))
        identity = Identity(provider_id=provider.id, issuer=told.issuer, subject=told.subject)
    rules = _rules(provider, told.claims)
    identity.name, identity.full_name, identity.last_at = name or identity.name, told.full_name[:80], now()
    identity.claims = {rule.claim: [*sorted(values_of(told.claims, rule.claim))] for rule in provider.rules}
    db.session.add(identity)
    db.session.flush()
    if identity.user is None and provider.settings["first"] == MAPPED and rules:
        _made(identity, settled_by="")
    db.session.flush()
    user = identity.user
    if user is None:
        return Met(None, Message("people.provider_waits", name=provider.name, person=told.full_name or identity.name))
    if not user.active:
        return Met(None, Message("people.provider_inactive"))
    _follow(user, provider, rules)
    if not user.grants:
        return Met(None, Message("people.provider_nothing", name=provider.name))
    return Met(user)


def waiting() -> list[Identity]:
    """Who waits for an administrator: without an account, or with one that nobody has looked at."""
    found = Identity.user_id.is_(None) | (Identity.settled_by == "")
    return list(db.session.scalars(select(Identity).where(found).order_by(Identity.first_at)))


def identities_of(user: User) -> list[Identity]:
    """By which providers an account is signed in."""
    return list(db.session.scalars(select(Identity).where(Identity.user_id == user.id)))


def approve(identity: Identity, name: str, by: str) -> User:
    """A person of its own: a new account, or the one that was made already. Grants follow at the next sign-in. Raises AccountError."""
    _unsettled(identity)
    identity.settled_by = by
    if identity.user is None:
        wrong = wrong_name(name.strip()) or (find(name) and Message("people.already_account", name=name.strip()))
        if wrong:
            raise AccountError(wrong)
        identity.name = name.strip()
        _made(identity, by)
    user = identity.user
    assert user is not None
    user.second_of = user.second_of or None
    audit.record("identity.approve", f"account:{user.username}", after=_said(identity))
    return user


def join(identity: Identity, name: str, by: str) -> User:
    """The person has an account already: it is signed in by the provider too. What was made for him meanwhile is deactivated.

    An administrator keeps the password, so that one can sign in whatever the provider does; of others it goes, so that
    who is dismissed there has no other way in. Raises AccountError.
    """
    _unsettled(identity)
    user, made = find(name), identity.user
    if user is None:
        raise AccountError("people.no_account", name=name.strip())
    if made is not None and made.id != user.id:
        take_mapped(made, identity.provider)
        set_active(made, False, identity.provider.name)
        mine = or_(User.id == made.id, User.second_of == made.username)  # what it did counts as done by the person
        db.session.execute(update(User).where(mine).values(second_of=user.second_of or user.username))
    elif user.second_of == "" and all(one.id == identity.id for one in identities_of(user)):
        user.second_of = None
    identity.user, identity.settled_by = user, by
    if not any(grant.role == ADMINISTRATOR for grant in user.grants):
        _without_password(user)
        set_uniquifier(user)
    audit.record("identity.join", f"account:{user.username}", after=_said(identity))
    return user


def turn_away(identity: Identity) -> None:
    """Nobody of ours: forgotten. Who comes again waits again. Raises AccountError where there is an account."""
    _unsettled(identity)
    if identity.user is not None:
        raise AccountError("people.provider_settled")
    audit.record("identity.turn_away", f"provider:{identity.provider_id}", before=_said(identity))
    db.session.delete(identity)


def _unsettled(identity: Identity) -> None:
    audit.wait_turn()
    db.session.refresh(identity)
    if identity.settled_by:
        raise AccountError("people.provider_settled")


def _rules(provider: IdentityProvider, claims: Claims) -> list[ClaimGrant]:
    """The lines of the table that hold for these claims: equal values, nothing else."""
    return [rule for rule in provider.rules if rule.value in values_of(claims, rule.claim)]


def _made(identity: Identity, settled_by: str) -> None:
    """An account without a password, unless its name is another's or none: then an administrator decides."""
    if find(identity.name) is not None or wrong_name(identity.name):
        return
    user, _password = add_account(identity.name, identity.full_name, [])
    _without_password(user)
    user.second_of = None if settled_by else ""
    identity.user, identity.settled_by = user, settled_by


def _without_password(user: User) -> None:
    user.password, user.must_change_password = "", False


def _follow(user: User, provider: IdentityProvider, rules: list[ClaimGrant]) -> None:
    """The account's mapped grants as the table has them for these claims, each change in the audit trail."""
    wanted = {terms(rule): rule for rule in rules}
    take_mapped(user, provider, frozenset(wanted))
    held = {terms(grant) for grant in user.grants}
    for key, rule in wanted.items():
        if key not in held:
            given = Grant(role=rule.role, area=rule.area, department=rule.department, source=provider.source)
            add_grant(user, given, provider.name)
            db.session.flush()


def _said(identity: Identity) -> dict[str, object]:
    return {"provider": identity.provider.name, "name": identity.name, "subject": identity.subject}
