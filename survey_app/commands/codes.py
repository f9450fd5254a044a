"""`minyi codes`: new codes for sites, retired ones, opening hours, and whether enough answers end it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from survey_app.commands.support import (
    JSON,
    REASON,
    application,
    changing,
    fail,
    printed,
    survey_of,
    tables,
    tell,
    word,
)
from wording import Message

if TYPE_CHECKING:
    from survey_app.models import Site


Line = dict[str, str | bool]  # of a list: a site with a code of it


@click.group(name="codes")
def command() -> None:
    """Codes of sites: list, rotate, retire, restore; opening hours; stop when enough have answered."""


@command.command(name="list")
@click.argument("survey_code", metavar="SURVEY")
@JSON
def list_codes(survey_code: str, as_json: bool) -> None:
    """Every site of SURVEY with its present code, and the codes that were retired."""
    from survey_app.fieldwork.site_access import retired_codes
    from survey_app.models import Site, db

    rows: list[Line] = []
    with tables():
        survey = survey_of(survey_code)
        for site in survey.sites:
            hours = site.hours or survey.hours or ""
            rows.append({**_site_row(site, site.public_code), "hours": hours, "active": site.active})
        for old in retired_codes(survey):
            told = {"retired": f"{old.retired_at:%Y-%m-%d}", "reason": old.reason}
            rows.append({**_site_row(db.session.get_one(Site, old.site_id), old.code), "active": False, **told})
    printed(rows, as_json, lambda: "\n".join(map(_line, rows)))


def _site_row(site: Site, code: str) -> Line:
    return {"site": site.code, "code": code, "name": site.name, "hours": ""}


def _line(row: Line) -> str:
    standing = "" if row["active"] else word("retired")
    if "retired" in row:
        standing = str(Message("lines.retired", day=row["retired"], reason=row["reason"]))
    return "\t".join(str(part) for part in (row["site"], row["code"], row["name"], row["hours"], standing))


@command.command()
@click.argument("code")
@REASON
def rotate(code: str, reason: str) -> None:
    """Give the site with CODE a new code; its old posters only say where they belonged."""

    def change() -> Message:
        from survey_app.fieldwork.site_access import rotate_code

        return Message("lines.new_code", code=rotate_code(_site(code), reason))

    _do(change)


@command.command()
@click.argument("code")
@REASON
def retire(code: str, reason: str) -> None:
    """Let the site with CODE admit nobody any more."""

    def change() -> Message:
        from survey_app.fieldwork.site_access import retire_site

        retire_site(_site(code), reason)
        return Message("lines.site_retired")

    _do(change)


@command.command()
@click.argument("code")
@REASON
def restore(code: str, reason: str) -> None:
    """Let a retired site admit again under the same code."""

    def change() -> Message:
        from survey_app.fieldwork.site_access import restore_site

        restore_site(_site(code), reason)
        return Message("lines.site_restored")

    _do(change)


@command.command()
@click.argument("survey_code", metavar="SURVEY")
@click.argument("hours")
@click.option("--site", "site_code", help="For this site alone, instead of the survey's.")
@REASON
def hours(survey_code: str, hours: str, site_code: str | None, reason: str) -> None:
    """Opening HOURS such as '1-5 08:30-17:30; 6 09:00-12:00' (1 is Monday); '' for always, or as the survey."""

    def change() -> Message:
        from survey_app.fieldwork.site_access import set_hours

        survey = survey_of(survey_code)
        where = _site(site_code, survey.id) if site_code else survey
        set_hours(where, hours, reason)
        if where.hours:
            return Message("lines.open_hours", hours=where.hours)
        return Message("lines.open_always") if where is survey else Message("lines.open_as_survey")

    _do(change)


@command.command(name="full")
@click.argument("survey_code", metavar="SURVEY")
@click.option("--stop/--go-on", "stops", required=True, help="Whether a site with its target hands out no more forms.")
@REASON
def when_full(survey_code: str, stops: bool, reason: str) -> None:
    """What happens at a site whose target is reached, and when every quota of the questionnaire is."""

    def change() -> Message:
        from survey_app.fieldwork.site_access import set_stops_when_full

        set_stops_when_full(survey_of(survey_code), stops, reason)
        return Message("lines.sites_stop") if stops else Message("lines.sites_go_on")

    _do(change)


def _do(change: Callable[[], Message]) -> None:
    with application(), changing():
        done = change()
    tell(done)


def _site(code: str, survey_id: int = 0) -> Site:
    from survey_app.fieldwork.site_access import site_of

    found = site_of(code.strip().lower())
    if found is None or survey_id not in (0, found.survey_id):
        fail("commands.no_site_of_survey" if survey_id else "commands.no_site", code=code)
    return found
