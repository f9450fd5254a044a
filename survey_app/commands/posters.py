"""`minyi posters`: a ZIP of A4 posters, one PDF per site."""

from __future__ import annotations

from pathlib import Path

import click

from survey_app.commands.progress import progress
from survey_app.commands.support import application, fail, fail_on, survey_or_newest, tell


@click.command(name="posters")
@click.argument("survey_code", required=False)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The ZIP to write.")
@click.option("--base", help="The public address; default: MINYI_PUBLIC_URL.")
@click.option("--organiser", default="", help="Who asks, as it shall stand on the poster.")
def command(survey_code: str | None, out: Path, base: str | None, organiser: str) -> None:
    """Write the posters of SURVEY_CODE (default: the newest survey) to a ZIP."""
    from survey_app.fieldwork.posters import poster_zip

    with application() as app:
        address = (base or app.config["MINYI"].public_url).rstrip("/")
        if not address.startswith(("http://", "https://")):
            fail("commands.posters_need_survey_public")
        survey = survey_or_newest(survey_code)
        number = sum(site.active for site in survey.sites)
        try:
            with out.open("wb") as file, progress("lines.drawing_posters") as shown:
                for done, part in poster_zip(survey, address, organiser):
                    file.write(part)
                    shown.step(done, number)
        except OSError as error:
            fail_on(error, out)
    tell("commands.posters", True, number=number, out=out)
