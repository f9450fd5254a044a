"""What waits for a second person: a subject shows its kind of statement here, and the office's pages have the rest.

    shows(Shown("plan", _("计划成为正式口径"), details, place))

details(statement): HTML of what was stated, all that the second person needs. place(statement): the page it belongs to.
area(statement): the area whose accounts may confirm it, None for the whole city's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from survey_app.console.permissions import ROUTES, may
from survey_app.models import Area, Grant, Statement, User, db
from wording import Message, joined

CONFIRM = "console.confirm_statement"
SIGNED = ("console.settle_estimate", "console.final_sign_off")  # what two people do with a survey's result


def _whole_city(_statement: Statement) -> Area | None:
    return None


@dataclass(frozen=True)
class Shown:
    """How a kind of statement looks. words: what it is, a lazy text."""

    kind: str
    words: Any
    details: Callable[[Statement], Markup]
    place: Callable[[Statement], str]
    area: Callable[[Statement], Area | None] = _whole_city


SHOWN: dict[str, Shown] = {}


def shows(shown: Shown) -> None:
    """Make a kind known to the pages."""
    SHOWN[shown.kind] = shown


def who_may(endpoint: str, area: Area | None = None) -> list[User]:
    """Accounts that may open an endpoint for a thing of the area, of the whole city without one."""
    query = select(User).where(User.active, User.grants.any(Grant.role.in_(ROUTES[endpoint].may)))
    return [user for user in db.session.scalars(query.order_by(User.id)) if may(user.grants, endpoint, area)]


def second_person_lacking() -> Message | None:
    """Said at the lock where fewer than two accounts may sign the estimate and the final run, and not first at signing."""
    able = min(len(who_may(endpoint)) for endpoint in SIGNED)
    return Message("surveys.second_person_lacking", able=able) if able < 2 else None


def for_whom(statement: Statement) -> str:
    """The accounts that may confirm it, or that there is none."""
    able = who_may(CONFIRM, SHOWN[statement.kind].area(statement))
    names = [user.full_name or user.username or "" for user in able if user.username != statement.by]
    if not names:
        return str(_("还没有另一个可以确认的账号，请管理员新增"))
    return joined([*names[:5], *["…"] * (len(names) > 5)])
