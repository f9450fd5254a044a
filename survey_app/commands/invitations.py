"""`minyi invitations`: make and reissue single-use codes, see how many are used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_app.commands.support import (
    JSON,
    NUMBER,
    application,
    changing,
    fail,
    fail_on,
    printed,
    survey_of,
    tabbed,
    tables,
    tell,
)
from wording import Message

if TYPE_CHECKING:
    from survey_app.fieldwork.invitations import Card
    from survey_app.models import Site, Survey


@click.group(name="invitations")
def command() -> None:
    """Single-use codes for sampled persons. Codes are stored only as hashes: they are written out once."""


OUT = click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Cards to write: .zip (all), .pdf, .html or .csv."
)
BASE = click.option("--base", help="The public address; default: MINYI_PUBLIC_URL.")
ORGANISER = click.option("--organiser", default="", help="Who asks, as it shall stand on the cards.")


@command.command()
@click.argument("survey_code")
@click.option("--site", "site_code", help="One site, with --count.")
@click.option("--count", type=int, help="How many for that site.")
@click.option("--oversample", type=NUMBER, help="For all sampled sites: invitations for each planned interview.")
@OUT
@BASE
@ORGANISER
def make(
    survey_code: str, site_code: str | None, count: int | None, oversample: float | None, out: Path, base: str | None,
    organiser: str,
) -> None:  # fmt: skip
    """Make invitations: --site CODE --count N, or --oversample X for all sites by their targets."""
    from survey_app.fieldwork import invitations

    if (site_code is None) == (oversample is None) or (site_code is None) != (count is None):
        fail("commands.say_either_site_code")
    with application() as app:
        survey, address = survey_of(survey_code), _checked(out, base or app.config["MINYI"].public_url)
        with changing():
            if oversample is not None:
                cards = invitations.make_all(survey, oversample)
            else:
                cards = invitations.make(_site(survey, site_code or ""), count or 0)
        _write(cards, out, address, organiser)


@command.command()
@click.argument("survey_code")
@click.option("--site", "site_code", required=True, help="Code of the site.")
@OUT
@BASE
@ORGANISER
def reissue(survey_code: str, site_code: str, out: Path, base: str | None, organiser: str) -> None:
    """New codes for a site's unused invitations; the old ones end."""
    from survey_app.fieldwork import invitations

    with application() as app:
        survey, address = survey_of(survey_code), _checked(out, base or app.config["MINYI"].public_url)
        with changing():
            cards = invitations.reissue(_site(survey, site_code))
        _write(cards, out, address, organiser)


@command.command(name="list")
@click.argument("survey_code")
@JSON
def listed(survey_code: str, as_json: bool) -> None:
    """Sampled sites with their invitations made and used."""
    from survey_app.fieldwork.invitations import by_site

    with tables():
        rows = [
            {
                "site": row.site.code,
                "name": row.site.name,
                "target": row.site.target,
                "made": row.made,
                "used": row.spent,
            }
            for row in by_site(survey_of(survey_code))
        ]
    printed(rows, as_json, lambda: f"{Message('lines.invitations_columns')}\n{tabbed(rows)}".rstrip())


def _site(survey: Survey, code: str) -> Site:
    found = next((site for site in survey.sites if site.code == code), None)
    if found is None:
        fail("commands.survey_no_site", code=code)
    return found


def _checked(out: Path, base: str) -> str:
    """The address; what would fail after the codes are made fails before."""
    from survey_app.fieldwork.cards import ENDINGS

    if not base.startswith(("http://", "https://")):
        fail("lines.cards_need_address")
    if out.suffix[1:] not in ENDINGS:
        fail("commands.file_must_end", out=out, listed=["." + ending for ending in ENDINGS])
    try:
        out.touch()
    except OSError as error:
        fail_on(error, out)
    return base.rstrip("/")


def _write(cards: list[Card], out: Path, base: str, organiser: str) -> None:
    from survey_app.fieldwork.cards import cards_file

    with out.open("wb") as file:
        for part in cards_file(cards, base, out.suffix[1:], organiser):
            file.write(part)
    out.chmod(0o600)
    tell("commands.invitations_keep_safe_codes", True, n=len(cards), out=out)
