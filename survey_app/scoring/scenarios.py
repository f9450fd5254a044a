"""Possible futures of a scorecard kept under a name: what was asked with its seed, and what came out, frozen."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from analysis.scoring import load_rulebook
from analysis.scoring.outlook import Range
from survey_app.ground import audit
from survey_app.ground.versions import code_version
from survey_app.models import Area, Scenario, ScoringRun, db
from survey_app.scoring.what_if import Ahead, Asked, look_ahead
from wording import Refusal


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


def verify_scenario(scenario: Scenario) -> dict[str, Any]:
    """Whether the scenario comes out the same from its scorecard, what was asked, and the seed."""
    run = scenario.scoring_run
    if load_rulebook(run.rulebook_id).digest != scenario.rulebook_digest:
        return {"scenario": scenario.id, "same": False, "differs": ["the rulebook has another digest now"]}
    again = result_dict(look_ahead(run, asked_of(scenario.asked)))
    differs = [name for name, value in scenario.result.items() if again.get(name) != value]
    return {"scenario": scenario.id, "same": not differs, "differs": differs}


def asked_dict(asked: Asked) -> dict[str, Any]:
    return {
        "changes": asked.changes, "ranges": [asdict(row) for row in asked.ranges], "target": asked.target,
        "effort": {str(number): size for number, size in (asked.effort or {}).items()}, "fixed": sorted(asked.fixed),
        "draws": asked.draws, "seed": asked.seed,
    }  # fmt: skip


def asked_of(stored: dict[str, Any]) -> Asked:
    """The inverse of `asked_dict`."""
    effort = {int(number): float(size) for number, size in stored["effort"].items()}
    return Asked(
        stored["changes"], tuple(Range(**row) for row in stored["ranges"]), stored["target"], effort or None,
        frozenset(stored["fixed"]), (), stored["draws"], stored["seed"],
    )  # fmt: skip


def result_dict(seen: Ahead) -> dict[str, Any]:
    """What a scenario keeps: both scorecards in short, the indicators that moved, the outlook and the upgrades."""
    document = {
        "before": _card(seen.before.as_dict()),
        "after": _card(seen.after.as_dict()),
        "moved": [list(row) for row in seen.moved],
        "outlook": seen.outlook.as_dict() if seen.outlook else None,
        "upgrades": seen.upgrades.as_dict() if seen.upgrades else None,
    }
    return dict(json.loads(json.dumps(document, default=float)))


def _card(card: dict[str, Any]) -> dict[str, Any]:
    return {key: card[key] for key in ("total", "star_level", "void", "score_if_not_void", "range")}
