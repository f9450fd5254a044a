"""How single responses came in (when, where, how fast, with which flags), never what they say; a page at a time.

Found by place in the table, never counted, so a million cost as a hundred.

A page looks at no more than WINDOW rows; where few match, it says so and goes on from there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select

from survey_app.models import Response, ResponseFlag, Site, Survey, db

PAGE = 50
WINDOW = 50_000
STATES = ("complete", "screened_out", "voided", "late", "quarantined")
MODES = ("web", "paper", "phone", "tablet", "api")
SELF = ("web", "tablet", "api")  # answered by the person; how long a clerk keyed says nothing
ANY, NONE = "any", "none"


@dataclass(frozen=True)
class Wanted:
    """Which responses: empty means all. flag: any | none | a kind of flag that stands."""

    site: str = ""
    mode: str = ""
    state: str = ""
    flag: str = ""


@dataclass(frozen=True)
class Line:
    """One response in the list. seconds: None where a clerk or a file brought it. kinds: flags that stand."""

    number: int
    finished_at: datetime
    site: str
    county: str
    mode: str
    state: str
    seconds: float | None
    flagged: bool
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class ResponsePage:
    """The lines, newest first; `older` and `newer` are where the next pages begin, None at an end.

    going_on: the window ended before the page was full, and older responses are left to look at.
    """

    lines: tuple[Line, ...]
    older: int | None
    newer: int | None
    going_on: bool


def browse(
    survey: Survey,
    wanted: Wanted,
    sites: Collection[int] | None,
    *,
    before: int | None = None,
    after: int | None = None,
) -> ResponsePage:
    """A page older than the response `before`, or newer than `after`. sites: those that may be seen, None for all."""
    conditions = _conditions(survey, wanted, sites)
    if after is not None:
        rows = _rows(conditions, Response.id.between(after + 1, after + WINDOW), Response.id.asc())
        lines = _lines(list(reversed(rows[:PAGE])))
        newer = lines[0].number if len(rows) > PAGE and lines else None
        return ResponsePage(lines, after + 1 if lines else before, newer, False)
    top = before if before is not None else _newest(survey) + 1
    rows = _rows(conditions, Response.id.between(top - WINDOW, top - 1), Response.id.desc())
    lines = _lines(rows[:PAGE])
    newer = top - 1 if before is not None else None
    if len(rows) > PAGE:
        return ResponsePage(lines, lines[-1].number, newer, False)
    left = _any_below(survey, top - WINDOW)
    return ResponsePage(lines, top - WINDOW if left else None, newer, left)


def _conditions(survey: Survey, wanted: Wanted, sites: Collection[int] | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Response.survey_id == survey.id]
    if sites is not None:
        found.append(Response.site_id.in_(sites))
    if wanted.site:
        found.append(Response.psu == wanted.site)
    if wanted.mode:
        found.append(Response.mode == wanted.mode)
    if wanted.state:
        found.append(Response.state == wanted.state)
    if wanted.flag == NONE:
        found.append(Response.flagged.is_(False))
    elif wanted.flag:
        found.append(Response.flagged.is_(True))
        if wanted.flag != ANY:
            stands = and_(
                ResponseFlag.response_id == Response.id,
                ResponseFlag.kind == wanted.flag,
                ResponseFlag.lifted_at.is_(None),
            )
            found.append(exists().where(stands))
    return found


def _rows(conditions: Sequence[ColumnElement[bool]], window: ColumnElement[bool], order: Any) -> list[Any]:
    query = (
        select(
            Response.id, Response.finished_at, Response.started_at, Response.site_county, Response.mode, Response.state,
            Response.flagged, Site.name,
        )
        .join(Site, Site.id == Response.site_id)
        .where(*conditions, window)
        .order_by(order)
        .limit(PAGE + 1)
    )  # fmt: skip
    return list(db.session.execute(query))


def seconds_taken(row: Any) -> float | None:
    """How long the person took. row: a Response, or its mode, started_at and finished_at. None where a clerk keyed it, or
    another tool did not say when it began."""
    taken = float((row.finished_at - row.started_at).total_seconds())
    return taken if row.mode in SELF and (taken or row.mode != "api") else None


def _lines(rows: Sequence[Any]) -> tuple[Line, ...]:
    flags: dict[int, list[str]] = {}
    marked = [row.id for row in rows if row.flagged]
    if marked:
        query = select(ResponseFlag.response_id, ResponseFlag.kind).where(
            ResponseFlag.response_id.in_(marked), ResponseFlag.lifted_at.is_(None)
        )
        for number, kind in db.session.execute(query.order_by(ResponseFlag.id)):
            flags.setdefault(number, []).append(kind)
    return tuple(
        Line(
            row.id, row.finished_at, row.name, row.site_county, row.mode, row.state,
            seconds_taken(row),
            row.flagged, tuple(flags.get(row.id, ())),
        )
        for row in rows
    )  # fmt: skip


def _newest(survey: Survey) -> int:
    query = select(Response.id).where(Response.survey_id == survey.id).order_by(Response.id.desc()).limit(1)
    return db.session.scalar(query) or 0


def _any_below(survey: Survey, number: int) -> bool:
    query = select(Response.id).where(Response.survey_id == survey.id, Response.id < number).limit(1)
    return number > 0 and db.session.scalar(query) is not None
