"""Accounts that are no person of their own, or of which nobody has said yet that they are."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from survey_app.models import User, db


def unsettled(by: str, others: Iterable[str] = ()) -> str:
    """The first of these accounts that a provider's claims alone made, or that is a second one of whoever has `by`; '' where
    `by` may act as another person than the others.

    Whoever has an account by password too would otherwise be both persons of a rule that asks for two.
    """
    names = [by, *others]
    query = select(User.username, User.second_of).where(User.username.in_(names), User.second_of.is_not(None))
    whose = {account.username: account.second_of for account in db.session.execute(query)}
    persons = {name: whose.get(name, name) for name in names}
    return next((one for one in names if not persons[one] or (one != by and persons[one] == persons[by])), "")
