"""`minyi sites`: the sites of the newest survey and the addresses their QR codes open."""

from __future__ import annotations

import click

from survey_app.commands.support import JSON, printed, survey_or_newest, tabbed, tables, tell


@click.command(name="sites")
@JSON
def command(as_json: bool) -> None:
    """List the newest survey's sites and their addresses."""
    from survey_app.answering.addresses import shown_base, site_url

    with tables():
        survey = survey_or_newest(None)
        base = shown_base(survey.demo)
        sites = [
            {
                "code": site.public_code,
                "name": site.name,
                "county": site.area.name,
                "url": site_url(site.public_code, base) if base else "",
            }
            for site in survey.sites
            if site.active
        ]
    if not base:
        tell("answering.no_public_url", True)
    printed(sites, as_json, lambda: tabbed(sites))
