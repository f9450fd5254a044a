"""What is allowed and still unsafe: warnings about the settings in force, each a sentence with what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from survey_app.ground.imprint import EXPECTED
from survey_app.ground.limits import reachable
from survey_app.ground.roles import ADMINISTRATOR
from survey_app.ground.settings import VARIABLES, Settings
from wording import Message

TWO_YEARS = 730  # days, what raw answers of a statistical survey are kept at least
SHORT = 32  # characters; those we make have 64
AHEAD = timedelta(days=45)  # deadlines of today lie within
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def warnings(settings: Settings) -> list[str]:
    """Sentences without their full stop; nothing is changed and nothing is made."""
    parts = (_address, _public, _sign_in, _secrets, _together, _kept, _shown, _days)
    return [str(told) for part in parts for told in part(settings)]


def _address(settings: Settings) -> Iterator[Message]:
    if not settings.public_url:
        yield Message("settings.no_public_url")
    elif not settings.public_url.startswith("https://"):
        yield Message("settings.not_https")
    if not settings.trusted_proxies:
        yield Message("settings.no_proxies")
    elif settings.host not in LOOPBACK:
        yield Message("settings.open_port", host=settings.host, proxies=settings.trusted_proxies)


def _public(settings: Settings) -> Iterator[Message]:
    told = not_said(name for name in EXPECTED if not getattr(settings, name))
    if told:
        yield told


def not_said(names: Iterable[str]) -> Message | None:
    """What public pages lack; None where nothing."""
    missing = list(names)
    variables = [f"MINYI_{name.upper()}" for name in missing]
    said = [Message(f"settings.said_{name}") for name in missing]
    return Message("settings.not_said", names=said, variables=variables) if missing else None


def _sign_in(settings: Settings) -> Iterator[Message]:
    if ADMINISTRATOR not in settings.require_totp:
        yield Message("settings.password_alone")


def _secrets(settings: Settings) -> Iterator[Message]:
    for variable in VARIABLES:
        if not variable.about.secret:
            continue
        given, path = getattr(settings, variable.field), settings.instance / variable.field
        if given and len(given) < SHORT:
            yield Message("settings.short_secret", name=variable.name, n=len(given), least=SHORT)
        elif not given and path.is_file() and path.stat().st_mode & 0o077:
            yield Message("settings.readable_secret", path=path.resolve())


def _kept(settings: Settings) -> Iterator[Message]:
    if not (settings.backup_folder and settings.backup_passphrase):
        yield Message("settings.no_nightly_backup")
    elif not Path(settings.backup_folder).is_dir():
        yield Message("settings.no_backup_folder", folder=settings.backup_folder)
    if settings.keep_answers and settings.keep_answers < TWO_YEARS:
        yield Message("settings.answers_kept_short", days=settings.keep_answers)


def _together(settings: Settings) -> Iterator[Message]:
    in_memory = settings.limits.startswith("memory://")
    if in_memory and settings.workers > 1:
        yield Message("settings.limits_apart", workers=settings.workers)
    if not reachable(settings.limits):
        yield Message("settings.redis_silent")
    if not in_memory and settings.database.startswith("sqlite"):
        yield Message("settings.shared_on_sqlite")
    if settings.jobs == "external":
        yield Message("settings.jobs_external")


def _shown(settings: Settings) -> Iterator[Message]:
    if settings.least_cell == 1:
        yield Message("settings.smallest_shown")
    if settings.debug:
        yield Message("settings.debug_on")
    if settings.allow_unknown:
        yield Message("settings.unknown_allowed")


def _days(settings: Settings) -> Iterator[Message]:
    day = datetime.now(settings.time_zone).date()
    for year in settings.calendar().unknown_years(day, day + AHEAD):
        yield Message("settings.days_unknown", year=year)
