"""Citizens' problems by the clock: to who handles them, and their words away when their time is over."""

from __future__ import annotations

from datetime import time, timedelta

from survey_app.ground.settings import in_force
from survey_app.jobs.queue import Progress
from survey_app.jobs.schedule import regular
from survey_app.tickets.retention import purge
from survey_app.tickets.routing import route_waiting


@regular("routing", "分派市民问题", "Route citizens' problems", timedelta(minutes=5))
def route(progress: Progress) -> int:
    """Also while nobody has the console open."""
    return route_waiting()


@regular(
    "tickets",
    "清空早已办结的市民问题",
    "Empty problems that ended long ago",
    time(2, 40),
    "keep_problems",
    by_hand=False,
)
def empty_old_tickets(progress: Progress) -> int:
    """By the days that are set."""
    days = in_force().keep_problems
    return purge(days, f"retention of {days} days")
