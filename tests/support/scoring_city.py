"""Values and assignments for the small city: what departments would enter, and whether a verifier took them."""

from __future__ import annotations

from typing import Any

from analysis.scoring import load_rulebook
from survey_app.ground.versions import code_version
from survey_app.models import Area, Assignment, EstimateRun, IndicatorEntry, IndicatorValue, Survey, db
from survey_app.values.periods import current_period

VERIFIER = "verifier"
LEAD = "甲局"


def area(name: str) -> Area:
    return db.session.query(Area).filter_by(name=name).one()


def fill(place: Area, low: frozenset[int] = frozenset(), state: str = "accepted") -> None:
    """Values of every indicator of `place`: nothing reached by those in `low`, the highest tier by most others."""
    period = current_period()
    rulebook = load_rulebook(period.rulebook_of(place))
    for indicator in rulebook.indicators:
        if not indicator.metrics:
            continue
        key = {
            "period": period.code,
            "area_id": place.id,
            "rulebook_id": rulebook.id,
            "indicator": str(indicator.number),
        }
        for metric in indicator.metrics:
            given = value_of(indicator.kind, metric.kind, indicator.number in low)
            db.session.add(IndicatorValue(**key, metric=metric.key, value=given))
        db.session.add(IndicatorEntry(**key, state=state, submitted_by="dept", verified_by=VERIFIER, version=1))
        if rulebook.level == "county":
            columns = {name: key[name] for name in ("area_id", "rulebook_id", "indicator")}
            db.session.add(Assignment(**columns, leads=[LEAD], supporting=[], shared=False, changed_by="x"))
    db.session.commit()


def value_of(indicator_kind: str, metric_kind: str, low: bool) -> Any:
    if indicator_kind in ("deduction", "bonus"):
        return False if metric_kind == "yes_no" else 0
    if metric_kind == "yes_no":
        return not low
    return 0 if low else {"share": 1, "count": 10**6, "number": 10**6}[metric_kind]


def put(place: Area, indicator: int, metric: str, value: Any) -> None:
    """Another value of one metric, as if accepted again."""
    db.session.query(IndicatorValue).filter_by(area_id=place.id, indicator=str(indicator), metric=metric).update(
        {"value": value}
    )
    db.session.commit()


def estimate(survey: Survey, share: float = 0.75, counties: dict[str, dict[str, Any]] | None = None) -> EstimateRun:
    """A stored estimate that says `share` for the city and, unless told otherwise, for both counties."""
    rows = [
        {
            "level": name, "n": 400, "estimate": share, "se": 0.02, "lower": share - 0.04, "upper": share + 0.04,
            "df": 20, "design_effect": 1.5, "effective_n": 266.0,
            "decision": {
                "figure": share, "outcome": "none", "points": 0,
                "probability": {"none": 0.99, "deduct": 0.01, "veto": 0.0}, "to_settle": None,
            },
        } | (counties or {}).get(name, {})
        for name in ("甲县", "乙县")
    ]  # fmt: skip
    result = {
        "n": 800, "df": 40, "satisfied": {"estimate": share, "se": 0.015, "lower": share - 0.03, "upper": share + 0.03},
        "decision": {
            "figure": share, "outcome": "none", "points": 0,
            "probability": {"none": 0.99, "deduct": 0.01, "veto": 0.0}, "to_settle": None,
        },
        "domains": {"rated_county": rows}, "measure": {"official": "share"}, "warnings": [], "figures": [],
        "calibration": {"margin_table": {}, "nonresponse": []},
    }  # fmt: skip
    run = EstimateRun(
        survey=survey, plan=survey.plan, plan_digest=survey.plan_digest, definition_digest=survey.questionnaire.digest,
        watermark=0, code_version=code_version(), flags_version=0, cells={"columns": {}, "count": [], "weight": [], "weight_squared": []}, result=result,
    )  # fmt: skip
    db.session.add(run)
    db.session.commit()
    return run
