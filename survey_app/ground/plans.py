"""The plan of what is stored, with the method it was locked or made with."""

from __future__ import annotations

from functools import lru_cache

from analysis.methods import CURRENT, FIRST, method_of
from analysis.plan import Plan, parse_plan
from survey_app.models import EstimateRun, Survey

_read = lru_cache(maxsize=16)(parse_plan)  # a page asks for the same plan up to nine times


def plan_of(survey: Survey) -> Plan:
    """A survey's plan as it stands. A lock writes the method into it; one locked before that has the first."""
    return _read(survey.plan, f"plan of {survey.code}", CURRENT if survey.locked_at is None else FIRST)


def plan_of_run(run: EstimateRun) -> Plan:
    """The plan that a run was made by."""
    return _read(run.plan, f"plan of run {run.id}", method_of(run.result))
