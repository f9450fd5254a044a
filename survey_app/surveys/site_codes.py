"""Codes of sites as they stand in /s/<code>: typed from paper, not guessed from one another."""

from __future__ import annotations

import secrets

from sqlalchemy import or_, select

from survey_app.models import RetiredCode, Site, db

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no look-alike characters
LENGTH = 7


def site_code() -> str:
    """A new code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def unused_site_code(taken: set[str]) -> str:
    """A code that does not stand in `taken` (`taken_codes`, asked once for many sites), to which it is added."""
    while (code := site_code()) in taken:
        pass
    taken.add(code)
    return code


def taken_codes() -> set[str]:
    """Every code that a site has or a poster bore."""
    sites = db.session.execute(select(Site.code, Site.address))
    retired = db.session.scalars(select(RetiredCode.code))
    return {code for row in sites for code in row if code} | set(retired)


def is_taken(code: str) -> bool:
    """Whether a site has this code, or a poster bore it."""
    site = select(Site.id).where(or_(Site.code == code, Site.address == code))
    retired = select(RetiredCode.code).where(RetiredCode.code == code)
    return db.session.scalar(site) is not None or db.session.scalar(retired) is not None
