"""Providers: what each kind needs to know, how it is kept, and the table of what their claims grant. The caller commits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from survey_app.ground import audit
from survey_app.ground.roles import ADMINISTRATOR
from survey_app.ground.sealing import seal, unseal
from survey_app.models import ClaimGrant, Grant, IdentityProvider, User, db
from survey_app.people.accounts import AccountError, new_grant, remove_grant, said_of
from survey_app.people.elsewhere.corporate import DINGTALK, WECOM
from survey_app.people.elsewhere.frame import Kind, secure
from survey_app.people.elsewhere.oidc import OIDC
from wording import FieldRefusal

WAIT, MAPPED = "wait", "mapped"
KINDS: dict[str, Kind] = {"oidc": OIDC, "wecom": WECOM, "dingtalk": DINGTALK}


class ProviderKeepError(FieldRefusal, AccountError):
    """A provider that cannot be kept, in the user's words."""


@dataclass(frozen=True)
class Need:
    """One thing a provider must know. secret: sealed, never shown again. address: of a server. first: what stands there."""

    name: str
    needed: bool = True
    secret: bool = False
    address: bool = False
    first: str = ""


def _bases(sign_in: str, api: str) -> tuple[Need, Need]:
    return Need("sign_in", address=True, first=sign_in), Need("api", address=True, first=api)


NEEDS: dict[str, tuple[Need, ...]] = {
    "oidc": (
        Need("issuer", address=True),
        Need("client_id"),
        Need("client_secret", needed=False, secret=True),
        Need("scope", first="openid profile email"),
        Need("name_claim", first="preferred_username"),
        Need("factor", needed=False, first="mfa"),
    ),
    "wecom": (
        Need("corp_id"),
        Need("agent_id"),
        Need("secret", secret=True),
        *_bases("https://login.work.weixin.qq.com", "https://qyapi.weixin.qq.com"),
    ),
    "dingtalk": (
        Need("corp_id"),
        Need("client_id"),
        Need("client_secret", secret=True),
        *_bases("https://login.dingtalk.com", "https://api.dingtalk.com"),
    ),
}


def providers(active: bool = False) -> list[IdentityProvider]:
    """All, or those that sign-in offers."""
    query = select(IdentityProvider).order_by(IdentityProvider.id)
    return list(db.session.scalars(query.where(IdentityProvider.active) if active else query))


def known(provider: IdentityProvider) -> dict[str, str]:
    """Everything there is to know, secrets too: for the moment of asking alone."""
    return {"name": provider.name, **provider.settings, **json.loads(unseal(provider.sealed))}


def keep_provider(provider: IdentityProvider, given: Mapping[str, str], active: bool, by: str) -> None:
    """Keep what `given` says: name, first, and the names of NEEDS; an empty secret keeps the one there is, while it goes
    to the same server.

    Raises ProviderKeepError.
    """
    needs = NEEDS[provider.kind]
    old = {} if provider.id is None else json.loads(unseal(provider.sealed))
    sealed = {need.name: given.get(need.name) or old.get(need.name, "") for need in needs if need.secret}
    settings = {need.name: given.get(need.name, "").strip() for need in needs if not need.secret}
    moved = any(provider.settings.get(need.name) != settings[need.name] for need in needs if need.address)
    for need in needs:
        if need.secret and moved and old.get(need.name) and not given.get(need.name):
            raise ProviderKeepError("people.provider_secret_anew", need.name)
        value = sealed[need.name] if need.secret else settings[need.name]
        if need.needed and not value:
            raise ProviderKeepError("people.provider_needed", need.name)
        if need.address and not secure(value):
            raise ProviderKeepError("people.provider_address", need.name)
    name = given["name"].strip()
    other = select(IdentityProvider).where(IdentityProvider.name == name, IdentityProvider.id != (provider.id or 0))
    if db.session.scalar(other) is not None:
        raise ProviderKeepError("people.provider_name_taken", "name", name=name)
    before = {} if provider.id is None else _told(provider)
    provider.name, provider.settings = name, {**settings, "first": MAPPED if given.get("first") == MAPPED else WAIT}
    provider.sealed, provider.active, provider.changed_by = seal(json.dumps(sealed)), active, by
    db.session.add(provider)
    db.session.flush()
    changed = any(given.get(need.name) for need in needs if need.secret)
    audit.record("provider.change", f"provider:{provider.id}", before, {**_told(provider), "secret": changed})


def remove_provider(provider: IdentityProvider) -> None:
    """It signs nobody in any more, and what its claims granted is taken back; the accounts stay."""
    holders = db.session.scalars(select(User).join(Grant).where(Grant.source == provider.source).distinct())
    for user in holders.all():
        take_mapped(user, provider)
    audit.record("provider.remove", f"provider:{provider.id}", _told(provider))
    db.session.delete(provider)


def take_mapped(user: User, provider: IdentityProvider, but: frozenset[tuple[object, ...]] = frozenset()) -> None:
    """Take back what the claims of `provider` gave, except the grants of `but` (`terms`)."""
    for grant in [one for one in user.grants if one.source == provider.source and terms(one) not in but]:
        remove_grant(user, grant, provider.name)
    db.session.flush()
    db.session.refresh(user, ["grants"])


def terms(grant: Grant | ClaimGrant) -> tuple[object, ...]:
    """What tells a grant from others."""
    return grant.role, grant.area_id, grant.department


def add_rule(provider: IdentityProvider, claim: str, value: str, role: str, area: str, department: str) -> None:
    """One more line of the table. An administrator is never made by it. Raises AccountError."""
    if role == ADMINISTRATOR:
        raise AccountError("people.provider_administrator")
    if provider.kind == "dingtalk" and claim.strip() == "nick":
        raise AccountError("people.provider_nick")
    grant = new_grant(role, area, department)
    rule = ClaimGrant(
        provider_id=provider.id,
        claim=claim.strip(),
        value=value.strip(),
        role=role,
        area=grant.area,
        area_id=grant.area.id if grant.area else None,
        department=grant.department,
    )
    if any((one.claim, one.value, *terms(one)) == (rule.claim, rule.value, *terms(rule)) for one in provider.rules):
        raise AccountError("people.provider_rule_twice")
    db.session.add(rule)
    db.session.flush()
    audit.record("provider.rule_add", f"provider:{provider.id}", after=_said(rule))


def remove_rule(rule: ClaimGrant) -> None:
    """What it granted goes at each person's next sign-in."""
    audit.record("provider.rule_remove", f"provider:{rule.provider_id}", before=_said(rule))
    db.session.delete(rule)


def _said(rule: ClaimGrant) -> dict[str, str | None]:
    given = Grant(role=rule.role, area=rule.area, department=rule.department)
    return {"claim": rule.claim, "value": rule.value, **said_of(given)}


def _told(provider: IdentityProvider) -> dict[str, object]:
    """What the audit trail has of it: no secret."""
    return {"kind": provider.kind, "name": provider.name, "active": provider.active, **provider.settings}
