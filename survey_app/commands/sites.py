"""`minyi sites`: the sites of the newest survey and the addresses their QR codes open."""

from __future__ import annotations

import json

import click

from survey_app.commands.support import JSON, application, fail
from wording import Message


@click.command(name="sites")
@JSON
def command(as_json: bool) -> None:
    """List the newest survey's sites and their addresses."""
    from survey_app.answering.addresses import site_url
    from survey_app.surveys.listing import newest_survey

    with application() as app:
        survey = newest_survey()
        if survey is None:
            fail(Message("commands.no_survey_yet"))
            return
        base = app.config["MINYI"].public_url
        sites = [
            {
                "code": site.public_code,
                "name": site.name,
                "county": site.area.name,
                "url": site_url(site.public_code, base),
            }
            for site in survey.sites
            if site.active
        ]
    if as_json:
        click.echo(json.dumps(sites, ensure_ascii=False, indent=2))
    else:
        for site in sites:
            click.echo("\t".join(site.values()))
