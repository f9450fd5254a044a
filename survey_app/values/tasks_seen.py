"""Whose indicators are whose."""

from __future__ import annotations

from collections.abc import Iterable

from survey_app.console.permissions import may
from survey_app.models import Area, Grant, Period
from survey_app.values.worklist import Task, rated_places, tasks


def tasks_seen(period: Period, grants: Iterable[Grant]) -> list[Task]:
    """Those whose page these grants open."""
    grants = list(grants)
    everywhere = any(grant.area_id is None for grant in grants)
    places = [area for area in rated_places(period) if everywhere or any(_near(grant.area, area) for grant in grants)]
    return [
        task for task in tasks(period, places) if may(grants, "console.value_page", task.area, task.who.departments)
    ]


def _near(granted: Area | None, area: Area) -> bool:
    return granted is not None and granted.id in (area.id, area.parent_id)
