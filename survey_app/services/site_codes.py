"""Codes of sites as they stand in /s/<code>: typed from paper, not guessed from one another."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from survey_app.models import Site, db

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no look-alike characters
LENGTH = 7


def site_code() -> str:
    """A new code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def unused_site_code(taken: set[str]) -> str:
    """A code that neither a stored site has nor stands in `taken`, to which it is added."""
    while True:
        code = site_code()
        if code not in taken and db.session.scalar(select(Site.id).where(Site.code == code)) is None:
            taken.add(code)
            return code
