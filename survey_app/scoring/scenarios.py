"""Possible futures of a scorecard kept under a name: what was asked with its seed, and what came out, frozen."""

from __future__ import annotations

import json
from typing import Any, NotRequired, TypedDict

from sqlalchemy import select

from analysis.scoring import load_rulebook
from analysis.scoring.documents import SCORECARD_FORMAT, CardInShort, FutureDocument, ScorecardDocument, read_future
from analysis.scoring.outlook import Range
from analysis.scoring.progress import known_star
from analysis.scoring.values import Values
from survey_app.ground import audit
from survey_app.ground.stored import as_stored
from survey_app.ground.versions import code_version
from survey_app.models import Area, Scenario, ScoringRun, db
from survey_app.scoring.what_if import Ahead, Asked, look_ahead
from wording import Message, Refusal


class ScenarioError(Refusal):
    """A scenario that cannot be kept, in the user's words."""


def save(run: ScoringRun, name: str, note: str, asked: Asked) -> Scenario:
    """Try out what was asked and keep both. The caller commits.

    Raises ScenarioError, or what `look_ahead` raises.
    """
    name = name.strip()
    if not 1 <= len(name) <= 80:
        raise ScenarioError("scoring.give_scenario_name_most")
    audit.wait_turn()
    if db.session.scalar(select(Scenario.id).where(Scenario.area_id == run.area_id, Scenario.name == name)):
        raise ScenarioError("scoring.already_scenario", name=name)
    kept = Scenario(
        area=run.area, scoring_run=run, name=name, note=note.strip(), created_by=audit.actor(), asked=asked_dict(asked),
        result=result_dict(look_ahead(run, asked)), rulebook_digest=load_rulebook(run.rulebook_id).digest,
        code_version=code_version(), demo=run.demo,
    )  # fmt: skip
    db.session.add(kept)
    db.session.flush()
    audit.record("scenario.save", f"scenario:{kept.id}", after={"area": run.area.name, "name": name})
    return kept


def scenarios_of(area: Area) -> list[Scenario]:
    """The area's scenarios, the oldest first."""
    return list(db.session.scalars(select(Scenario).where(Scenario.area_id == area.id).order_by(Scenario.id)))


class ScenarioVerified(TypedDict):
    scenario: int
    same: bool
    differs: list[str]


def verify_scenario(scenario: Scenario) -> ScenarioVerified:
    """Whether the scenario comes out the same from its scorecard, what was asked, and the seed."""
    run = scenario.scoring_run
    if load_rulebook(run.rulebook_id).digest != scenario.rulebook_digest:
        return {"scenario": scenario.id, "same": False, "differs": [str(Message("lines.its_rulebook_changed"))]}
    again = result_dict(look_ahead(run, asked_of(asked_stored(scenario))))
    made = as_stored(again, scenario.result)
    differs = [name for name, value in scenario.result.items() if made.get(name) != value]
    return {"scenario": scenario.id, "same": not differs, "differs": differs}


class RangeRow(TypedDict):
    number: int
    metric: str
    low: float | None
    high: float | None
    chance: float | None


class AskedDocument(TypedDict):
    """What a scenario asked, with the seed. changes: indicator -> metric -> value; effort: by indicator."""

    changes: Values
    ranges: list[RangeRow]
    target: str
    effort: dict[str, float]
    fixed: list[int]
    draws: int
    seed: int
    correlation: NotRequired[float]


def asked_stored(kept: Scenario) -> AskedDocument:
    """What was asked; its format is that of what came out."""
    stored: Any = kept.asked
    present: AskedDocument = stored
    return present


def future_of(kept: Scenario) -> FutureDocument:
    """What came out, whatever release stored it."""
    return read_future(kept.result)


def asked_dict(asked: Asked) -> AskedDocument:
    found: AskedDocument = {
        "changes": asked.changes, "ranges": [_range_row(row) for row in asked.ranges], "target": asked.target,
        "effort": {str(number): size for number, size in (asked.effort or {}).items()}, "fixed": sorted(asked.fixed),
        "draws": asked.draws, "seed": asked.seed,
    }  # fmt: skip
    if asked.correlation:
        found["correlation"] = asked.correlation
    return found


def _range_row(row: Range) -> RangeRow:
    return {"number": row.number, "metric": row.metric, "low": row.low, "high": row.high, "chance": row.chance}


def asked_of(stored: AskedDocument) -> Asked:
    """The inverse of `asked_dict`."""
    effort = {int(number): float(size) for number, size in stored["effort"].items()}
    return Asked(
        stored["changes"], tuple(Range(**row) for row in stored["ranges"]), stored["target"], effort or None,
        frozenset(stored["fixed"]), (), stored["draws"], stored["seed"],
        stored.get("correlation", 0.0),
    )  # fmt: skip


def result_dict(seen: Ahead) -> FutureDocument:
    """What a scenario keeps: both scorecards in short, the indicators that moved, the outlook and the upgrades."""
    document: FutureDocument = {
        "format": SCORECARD_FORMAT,
        "before": _card(seen.before.as_dict()),
        "after": _card(seen.after.as_dict()),
        "moved": list(seen.moved),
        "outlook": seen.outlook.as_dict() if seen.outlook else None,
        "upgrades": seen.upgrades.as_dict() if seen.upgrades else None,
    }
    plain_document: FutureDocument = json.loads(json.dumps(document, default=float))
    return plain_document


def _card(card: ScorecardDocument) -> CardInShort:
    return {
        "total": card["total"], "star_level": card["star_level"], "void": card["void"],
        "score_if_not_void": card["score_if_not_void"], "range": card["range"],
        "stars": [card["star_level"] or ""] if known_star(card) else card["star_range"],
    }  # fmt: skip
