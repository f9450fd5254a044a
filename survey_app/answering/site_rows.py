"""Rows of sites as the respondents' path asks for them: each by itself, and where many are asked for, their surveys' all at once.

A worker to which a whole city comes would ask the database for each of its sites every three seconds. Whoever changes a row,
and however, is seen as soon as before.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Executable, Result, and_, bindparam, exists, or_, select

from survey_app.ground.web_frame import of_process
from survey_app.models import Area, Invitation, RetiredCode, Site, db

KEPT = "minyi_rows"
KEPT_SECONDS = 3.0  # so closing a survey takes effect within seconds in every worker
MANY = 40  # rows asked for one by one in that time, from which on all are read: as much work for some hundred sites
SITE = select(
    Site.id,
    Site.code,
    Site.address,
    Site.name,
    Area.name.label("county"),
    Site.probability,
    Site.stratum,
    Site.survey_id,
    Site.hours,
    Site.target,
    exists().where(Invitation.site_id == Site.id, Invitation.code_hash.is_not(None)).label("invites"),
).join(Area, Area.id == Site.area_id)
CODE: BindParameter[str] = bindparam("code")
ACTIVE = SITE.where(Site.code == CODE, Site.active)
AT_ADDRESS = SITE.where(or_(Site.address == CODE, and_(Site.code == CODE, Site.address.is_(None))), Site.active)
RETIRED = (
    select(RetiredCode.site_id, RetiredCode.retired_at, Site.active)
    .join(Site, Site.id == RetiredCode.site_id)
    .where(RetiredCode.code == CODE)
)
OF_NUMBER = SITE.where(Site.id == bindparam("number"))
OF_SURVEYS = SITE.where(Site.survey_id.in_(bindparam("surveys", expanding=True)), Site.active)


@dataclass
class _Rows:
    """Until when these hold; how many were asked for, of which surveys; all of those, by label and by address, where they were many."""

    until: float
    asked: int = 1
    surveys: set[int] = field(default_factory=set)
    by_code: dict[str, Any] = field(default_factory=dict)
    by_address: dict[str, Any] = field(default_factory=dict)


def active(code: str) -> Any:
    """The active site with this lasting label."""
    rows = _rows()
    return rows.by_code.get(code) or _alone(rows, ACTIVE, code)


def at_address(code: str) -> Any:
    """The active site at this address."""
    rows = _rows()
    return rows.by_address.get(code) or _alone(rows, AT_ADDRESS, code)


def retired(code: str) -> Any:
    """site_id, retired_at and whether the site is active, of a code that was replaced."""
    return _first(RETIRED, code=code)


def numbered(site_id: int) -> Any:
    return _first(OF_NUMBER, number=site_id)


def until() -> float:
    """When what was made of rows that were read together is as old as they may be."""
    kept: _Rows | None = of_process().get(KEPT)
    return kept.until if kept is not None and kept.by_code else math.inf


def _rows() -> _Rows:
    """The present ones. Where many were asked for in the time that is over, or are by now, all of their surveys are read."""
    kept: _Rows = of_process().setdefault(KEPT, _Rows(0.0))
    moment = time.monotonic()
    over = moment >= kept.until
    if not over and (kept.by_code or kept.asked < MANY):
        kept.asked += 1
        return kept
    made = _Rows(moment + KEPT_SECONDS)
    if kept.asked >= MANY and kept.surveys:
        kept.until, kept.asked = made.until, 0  # the others go on with it while one looks
        made.surveys = set(kept.surveys)
        for row in _all(made.surveys):
            made.by_code[row.code] = row
            made.by_address[row.address or row.code] = row
    of_process()[KEPT] = made
    return made


def _alone(rows: _Rows, query: Executable, code: str) -> Any:
    found = _first(query, code=code)
    if found is not None:
        rows.surveys.add(found.survey_id)
    return found


def _all(surveys: set[int]) -> Any:
    return _executed(OF_SURVEYS, {"surveys": sorted(surveys)}, lambda found: found.all())


def _first(query: Executable, **given: object) -> Any:
    return _executed(query, given, lambda found: found.first())


def _executed(query: Executable, given: Mapping[str, object], read: Callable[[Result[Any]], Any]) -> Any:
    """Without the session, which takes three times as long: every site is read anew every few seconds. Where the session has a connection
    already it is taken, since who holds one and waits for another may wait for those who do the same."""
    if db.session.registry.has() and db.session().in_transaction():
        return read(db.session.execute(query, given))
    with db.single.connect() as connection:
        return read(connection.execute(query, given))
