"""Whose zones decide an estimate: those of the rulebooks a plan names, or of the programme where it names none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.documents.estimate import EstimateDocument
from analysis.errors import AnalysisError
from analysis.plan import Plan
from analysis.scoring import load_rulebook
from analysis.scoring.loading import NoProgrammeError
from analysis.scoring.programme import Programme, stated_with
from analysis.zones import COUNTY_DOMAINS, ProgrammeDocument, Rules, Zones
from definitions import with_key
from wording import Message

if TYPE_CHECKING:
    from survey_app.models import Area

NONE = "none"


def rules_for(
    plan: Plan,
    named: str | None = None,
    *,
    area: Area | None = None,
    programme: Programme | None = None,
    default: Programme | None = None,
) -> Rules | None:
    """The rules of a plan. named: a rulebook that decides all instead, or 'none'; programme: one that decides instead.
    default: what decides where the plan names none; else the programme of the survey's city, `area`.

    Raises DefinitionError, and AnalysisError where a rulebook is not what the plan was locked with.
    """
    if named == NONE:
        return None
    books = {kind: named or (None if programme else plan.rulebook_of(kind)) for kind in ("city", "county")}
    if not all(books.values()):
        from survey_app.ground.rulebooks import (  # a command that names its rulebook has no database
            books_of,
            default_books,
        )

        other = programme or default
        held = books_of(other) if other else default_books(area)
        books = {kind: book or held[kind] for kind, book in books.items()}
    rules = Rules(load_rulebook(books["city"] or "").zones, load_rulebook(books["county"] or "").zones, COUNTY_DOMAINS)
    rules = replace(rules, programme=stated_with(rules.whole.rulebook))
    if area is not None and not (named or programme):
        own, levels = _own(area)
        rules = replace(rules, own=own, own_levels=levels)
    for kind, zones in (("city", rules.whole), ("county", rules.counties)):
        locked = "" if named or programme else plan.rulebook_digest_of(kind)
        if locked and locked != zones.digest:
            raise AnalysisError(
                "surveys.plan_locked_with", rulebook=zones.rulebook, before=locked[:8], now=zones.digest[:8]
            )
    return rules


def with_rulebooks(body: str, plan: Plan, area: Area | None = None) -> str:
    """The text of a plan with the ids and digests of its rulebooks, as a lock keeps it. Raises DefinitionError."""
    rules = rules_for(plan, area=area)
    assert rules is not None
    books = {
        kind: {"id": zones.rulebook, "digest": zones.digest}
        for kind, zones in (("city", rules.whole), ("county", rules.counties))
    }
    return with_key(body, "rulebook", books)


def programme_told(stated: ProgrammeDocument | None) -> list[str]:
    """The line by which an output says which programme it goes by; none of what names none."""
    if stated is None:
        return []
    digest = stated["digest"][:12]
    return [
        str(
            Message(
                "programmes.named", title=stated["title"], name=stated["id"], version=stated["version"], digest=digest
            )
        )
    ]


def rules_of(result: EstimateDocument) -> Rules | None:
    """What decided a result; None where nothing was."""
    return Rules.from_dict(result["rules"]) if result["rules"] else None


def zones_of(result: EstimateDocument, domain: str = "", level: str = "") -> Zones:
    """The zones of a result's domain and level, or of the whole; none at all where nothing was decided."""
    rules = rules_of(result)
    return rules.of(domain, level) if rules else Zones(())


def _own(area: Area) -> tuple[Zones | None, tuple[str, ...]]:
    """What decides the city's zones that are rated by themselves, and their names."""
    from sqlalchemy import select

    from survey_app.ground.rulebooks import units_for
    from survey_app.models import Area as Place
    from survey_app.models import db

    try:
        book = units_for(area).get("zone")
    except NoProgrammeError:  # the plan was locked with its rulebooks
        return None, ()
    below = select(Place.name).where(Place.kind == "zone", Place.parent.has(Place.parent_id == area.id))
    names = tuple(db.session.scalars(below.order_by(Place.code))) if book else ()
    return (load_rulebook(book).zones, names) if book and names else (None, ())
