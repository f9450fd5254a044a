"""Accounts in the console's search."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import or_, select

from survey_app.console.permissions import may
from survey_app.console.search import MOST, Found, Group, finder
from survey_app.console.words import doer
from survey_app.models import Grant, User, db


@finder(order=50)
def accounts(text: str) -> Group:
    """By the person's name, the user name, or the department of a grant."""
    if not may(current_user.grants, "console.account_page", None):
        return Group(_("账号"))
    of_department = select(Grant.user_id).where(Grant.department.icontains(text, autoescape=True))
    columns = (User.username, User.full_name)
    named = or_(*(column.icontains(text, autoescape=True) for column in columns), User.id.in_(of_department))
    found = [
        Found(doer(user.username or ""), url_for("console.account_page", user_id=user.id), user.username or "")
        for user in db.session.scalars(select(User).where(named).order_by(User.username).limit(MOST + 1))
    ]
    return Group(_("账号"), found)
