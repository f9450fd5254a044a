"""Whose zones decide an estimate: those of the rulebooks a plan names, or of the installation where it names none."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.documents.estimate import EstimateDocument
from analysis.errors import AnalysisError
from analysis.plan import Plan
from analysis.scoring import load_rulebook
from analysis.zones import COUNTY_DOMAINS, Rules, Zones
from definitions import with_key
from survey_app.ground.rulebooks import RULEBOOKS

NONE = "none"


def rules_for(plan: Plan, named: str | None = None) -> Rules | None:
    """The rules of a plan. named: a rulebook that decides all instead, or 'none'.

    Raises DefinitionError, and AnalysisError where a rulebook is not what the plan was locked with.
    """
    if named == NONE:
        return None
    rules = _rules({kind: named or plan.rulebook_of(kind) or default for kind, default in RULEBOOKS.items()})
    for kind, zones in (("city", rules.whole), ("county", rules.counties)):
        locked = "" if named else plan.rulebook_digest_of(kind)
        if locked and locked != zones.digest:
            raise AnalysisError(
                "surveys.plan_locked_with", rulebook=zones.rulebook, before=locked[:8], now=zones.digest[:8]
            )
    return rules


def with_rulebooks(body: str, plan: Plan) -> str:
    """The text of a plan with the ids and digests of its rulebooks, as a lock keeps it. Raises DefinitionError."""
    rules = rules_for(plan)
    assert rules is not None
    books = {
        kind: {"id": zones.rulebook, "digest": zones.digest}
        for kind, zones in (("city", rules.whole), ("county", rules.counties))
    }
    return with_key(body, "rulebook", books)


def rules_of(result: EstimateDocument) -> Rules | None:
    """What decided a result; None where nothing was."""
    return Rules.from_dict(result["rules"]) if result["rules"] else None


def zones_of(result: EstimateDocument, domain: str = "") -> Zones:
    """The zones of a result's domain, or of the whole; none at all where nothing was decided."""
    rules = rules_of(result)
    return rules.of(domain) if rules else Zones(())


def _rules(books: Mapping[str, str]) -> Rules:
    return Rules(load_rulebook(books["city"]).zones, load_rulebook(books["county"]).zones, COUNTY_DOMAINS)
