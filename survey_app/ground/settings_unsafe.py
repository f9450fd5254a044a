"""What is allowed and still unsafe: warnings about the settings in force, each a sentence with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from survey_app.ground.limits import reachable
from survey_app.ground.roles import ADMINISTRATOR
from survey_app.ground.settings import VARIABLES, Settings

SHORT = 32  # characters; those we make have 64
AHEAD = timedelta(days=45)  # deadlines of today lie within
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def warnings(settings: Settings) -> list[str]:
    """Sentences without their full stop; nothing is changed and nothing is made."""
    return [
        *_address(settings),
        *_sign_in(settings),
        *_secrets(settings),
        *_together(settings),
        *_shown(settings),
        *_days(settings),
    ]


def _address(settings: Settings) -> Iterator[str]:
    if not settings.public_url:
        yield "MINYI_PUBLIC_URL is not set: codes lead to whatever host a page was opened under"
    elif not settings.public_url.startswith("https://"):
        yield "MINYI_PUBLIC_URL is not https: answers, passwords and session cookies can be read on the way"
    open_port = settings.host not in LOOPBACK
    if not settings.trusted_proxies:
        yield (
            "MINYI_TRUSTED_PROXIES is 0: X-Forwarded headers are not believed. Behind a reverse proxy all citizens "
            "would share the proxy's address and its limits; set the number of proxies"
        )
    elif open_port:
        yield (
            f"{settings.host} is reachable from outside and {settings.trusted_proxies} X-Forwarded headers are "
            "believed: whoever gets round the proxy can pretend any address; close the port to all but the proxy"
        )


def _sign_in(settings: Settings) -> Iterator[str]:
    if ADMINISTRATOR not in settings.require_totp:
        yield "MINYI_REQUIRE_TOTP does not name administrator: the password alone opens everything"


def _secrets(settings: Settings) -> Iterator[str]:
    for variable in VARIABLES:
        if not variable.about.secret:
            continue
        given, path = getattr(settings, variable.field), settings.instance / variable.field
        if given and len(given) < SHORT:
            yield f"{variable.name} has {len(given)} characters: take {SHORT} random ones or more"
        elif not given and path.is_file() and path.stat().st_mode & 0o077:
            yield f"{path.resolve()} can be read by other accounts of this machine: chmod 600"


def _together(settings: Settings) -> Iterator[str]:
    in_memory = settings.limits.startswith("memory://")
    if in_memory and settings.workers > 1:
        yield (
            f"limits are counted by each of {settings.workers} workers for itself, so up to {settings.workers} "
            "times as many attempts pass; MINYI_LIMITS=redis://… counts them together"
        )
    if not reachable(settings.limits):
        yield "MINYI_LIMITS: that Redis does not answer, so every worker counts for itself"
    if not in_memory and settings.database.startswith("sqlite"):
        yield "limits are shared through Redis, the database is a SQLite file: several machines need PostgreSQL"
    if settings.jobs == "external":
        yield "MINYI_JOBS is external: estimates and imports wait until `minyi jobs run` runs beside the server"


def _shown(settings: Settings) -> Iterator[str]:
    if settings.least_cell == 1:
        yield "MINYI_LEAST_CELL is 1: the smallest groups are shown, down to single persons"
    if settings.debug:
        yield "MINYI_DEBUG is on: a failing command shows its traceback, which may hold data"
    if settings.allow_unknown:
        yield "MINYI_ALLOW_UNKNOWN is on: a misspelt setting does not stop the start"


def _days(settings: Settings) -> Iterator[str]:
    day = datetime.now(settings.time_zone).date()
    for year in settings.calendar().unknown_years(day, day + AHEAD):
        yield (
            f"the days off of {year} are known neither from MINYI_HOLIDAYS nor from chinesecalendar: deadlines count "
            "plain weekdays; name the announced days in a file, or update the package"
        )
