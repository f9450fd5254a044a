"""The flags of a survey as they are reviewed: counts by kind and site, lists a page at a time, several lifted at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from survey_app.models import Response, ResponseFlag, Site, Survey, db
from survey_app.responses.flags import confirm_flags, lift_flags
from survey_app.surveys.official_plan import plan_that_counts
from survey_app.surveys.settling import undecided

PAGE = 50


@dataclass(frozen=True)
class WantedFlags:
    """Which flags: empty means all. standing: yes | no (lifted) | open (nobody has decided, and it keeps an answer out)."""

    kind: str = ""
    site: str = ""
    standing: str = ""


@dataclass(frozen=True)
class FlagLine:
    """One flag with its response's number, site and time."""

    flag: ResponseFlag
    response: Response
    site: Site


@dataclass(frozen=True)
class FlagCount:
    """Flags of one kind at one site; `responses` counts each response once."""

    kind: str
    site_id: int
    standing: int
    lifted: int


def counts(survey: Survey, sites: Collection[int] | None) -> list[FlagCount]:
    """By kind and site, in one query over the flags alone."""
    query = (
        select(
            ResponseFlag.kind,
            Response.site_id,
            func.count() - func.count(ResponseFlag.lifted_at),
            func.count(ResponseFlag.lifted_at),
        )
        .join(Response, Response.id == ResponseFlag.response_id)
        .where(*_conditions(survey, WantedFlags(), sites))
        .group_by(ResponseFlag.kind, Response.site_id)
        .order_by(ResponseFlag.kind, Response.site_id)
    )
    return [
        FlagCount(kind, site, int(standing), int(lifted)) for kind, site, standing, lifted in db.session.execute(query)
    ]


def lines(
    survey: Survey, wanted: WantedFlags, sites: Collection[int] | None, before: int | None = None
) -> tuple[list[FlagLine], int | None]:
    """A page of flags, the newest first, and where the next begins."""
    query = (
        select(ResponseFlag, Response, Site)
        .join(Response, Response.id == ResponseFlag.response_id)
        .join(Site, Site.id == Response.site_id)
        .where(*_conditions(survey, wanted, sites))
        .order_by(ResponseFlag.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(ResponseFlag.id < before)
    found = [FlagLine(*row) for row in db.session.execute(query)]
    return found[:PAGE], found[PAGE - 1].flag.id if len(found) > PAGE else None


def decide_several(
    survey: Survey, responses: Iterable[int], sites: Collection[int] | None, reason: str, by: str, lift: bool = True
) -> int:
    """Lift every flag of these responses with one reason, or confirm it; gives how many responses. The caller commits.

    What is not the survey's, or may not be seen, or bears no flag is left out. Raises FlagError without a reason.
    """
    query = select(Response).where(
        Response.survey_id == survey.id, Response.id.in_(list(responses)), Response.flagged.is_(True)
    )
    if sites is not None:
        query = query.where(Response.site_id.in_(sites))
    found: Sequence[Response] = db.session.scalars(query.order_by(Response.id)).all()
    for response in found:
        (lift_flags if lift else confirm_flags)(response, reason, by)
    return len(found)


def undecided_responses(survey: Survey) -> list[int]:
    """Ids of the responses with a flag that keeps them out and that nobody has decided on."""
    query = (
        select(ResponseFlag.response_id).join(Response).where(*undecided(survey, plan_that_counts(survey))).distinct()
    )
    return list(db.session.scalars(query))


def _conditions(survey: Survey, wanted: WantedFlags, sites: Collection[int] | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Response.survey_id == survey.id]
    if sites is not None:
        found.append(Response.site_id.in_(sites))
    if wanted.kind:
        found.append(ResponseFlag.kind == wanted.kind)
    if wanted.site:
        found.append(Response.psu == wanted.site)
    if wanted.standing == "open":
        found += undecided(survey, plan_that_counts(survey))
    elif wanted.standing:
        lifted = ResponseFlag.lifted_at
        found.append(lifted.is_(None) if wanted.standing == "yes" else lifted.is_not(None))
    return found
