"""`minyi demo`: an embedded city, from QR code to star rating, in one command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from survey_app.commands.run import summary
from survey_app.commands.support import application, fail, printed, serving, tell, word
from survey_app.ground.settings import Settings
from wording import Message

if TYPE_CHECKING:
    from flask import Flask


@click.command(name="demo")
@click.option(
    "--responses",
    default=4000,
    show_default=True,
    type=click.IntRange(400, 1_000_000),
    help="Simulated responses to make.",
)
@click.option("--no-serve", is_flag=True, help="Do not start the server.")
@click.option("--json", "as_json", is_flag=True, help="With --no-serve: print one JSON document.")
@click.option("--clear", "clearing", is_flag=True, help="Remove everything simulated and stop.")
@serving
def command(responses: int, no_serve: bool, as_json: bool, clearing: bool, **options: Any) -> None:
    """Load the demonstration city once and serve it, from its first page on while it fills. A second run loses nothing."""
    if as_json and not no_serve:
        fail("lines.json_with_no_serve")
    with application(**options) as app:
        settings: Settings = app.config["MINYI"]
        from survey_app import database, demo
        from survey_app.commands.serve import begun_with
        from survey_app.ground.transaction import transaction
        from survey_app.models import db

        tell("lines.preparing_database", True)
        database.upgrade(db.engine)
        if clearing:
            from survey_app.demo import jobs

            with transaction():
                jobs.stop()
                removed = demo.clear()
            counted = [Message("lines.count_of", n=count, what=word(table)) for table, count in removed.items()]
            tell("lines.removed", True, counted=counted)
            return
        password = None if no_serve else _administrator()
        begun_with(settings)
        filling = _fill(app, responses, in_the_server=not no_serve and settings.jobs == "thread")
        document = None if filling else _document()
        invitation = None if no_serve else _invitation()
        site = _first_site()
        db.session.remove()
        db.engine.dispose()
    if document is not None and no_serve:
        from survey_app.estimates.as_json import in_language

        printed(in_language(document | {"first_site": site}), as_json, lambda: summary(document))
        return
    _addresses(settings, password, site, invitation)
    if filling:
        tell("lines.demo_filling", True)
    tell("lines.demo_stop", True)
    from survey_app.commands.serve import serve

    serve(settings)


def _fill(app: Flask, responses: int, in_the_server: bool) -> bool:
    """Begin the city, or go on with one that was not filled to its end; whether that is left to the server."""
    from survey_app import demo
    from survey_app.demo import jobs
    from survey_app.ground.transaction import transaction

    survey = demo.unfilled()
    if survey is None and demo.is_loaded():
        tell("lines.demo_is_loaded", True)
        return False
    if survey is None:
        progress(Message("lines.demo_areas"), 0, 1)
        survey, generator = demo.begin(responses)
    else:
        generator = demo.drawn_anew()
    if in_the_server:
        app.extensions["minyi_wake"] = lambda *_job: None  # the server that follows does it, not this process
        jobs.ask(survey, generator, responses, "admin")
    else:
        with transaction():
            jobs.stop()
        demo.fill(survey, generator, responses, progress)
    return in_the_server


def _document() -> dict:  # type: ignore[type-arg]
    """The newest results."""
    from sqlalchemy import select

    from survey_app.ground.stored import estimate_of
    from survey_app.ground.verdicts import with_verdict
    from survey_app.models import EstimateRun, Survey, db

    run = db.session.scalars(
        select(EstimateRun).join(Survey).where(Survey.demo).order_by(EstimateRun.id.desc())
    ).first()
    assert run is not None
    scorecards = {scoring.area.name: scoring.scorecard for scoring in run.scoring_runs}
    return {"estimate": with_verdict(estimate_of(run)), "scorecards": scorecards}


def _first_site() -> str:
    """The code of the poster that is offered."""
    from sqlalchemy import select

    from survey_app.models import Site, Survey, db

    return db.session.scalars(select(Site.code).join(Survey).where(Survey.demo).order_by(Site.id)).first() or ""


def _administrator() -> str | None:
    """A one-time password where there is no administrator yet."""
    from survey_app.ground.transaction import transaction
    from survey_app.people.accounts import create_administrator, has_administrator

    if has_administrator():
        return None
    with transaction():
        return create_administrator("admin")


def _invitation() -> str | None:
    """The code of a fresh one; none in a demonstration that was loaded before it had any."""
    from survey_app.demo.fresh import offered_code
    from survey_app.ground.transaction import transaction

    with transaction():
        return offered_code()


def _addresses(settings: Settings, password: str | None, site: str, invitation: str | None) -> None:
    from survey_app.answering.addresses import invitation_url, served_at, site_url

    base = served_at(settings)
    phones, console = settings.public_url or base, f"{base}/console/"
    if invitation:
        answer, poster = invitation_url(invitation, phones), site_url(site, phones)
        tell("lines.demo_fresh", True, answer=answer, poster=poster, console=console)
    else:
        tell("lines.demo_addresses", True, answer=site_url(site, phones), console=console)
    if password:
        tell("lines.demo_password", True, password=password)
    else:
        tell("lines.demo_forgotten", True)


def progress(step: Message, done: int, of: int) -> None:
    """One line per step on a terminal, told again as it grows."""
    if not sys.stderr.isatty() and 0 < done < of and done % 1000:
        return
    if of == 1:
        click.echo(f"{step} …", err=True)
        return
    unfinished = sys.stderr.isatty() and done < of
    click.echo(f"\r{step}: {done}/{of}", nl=not unfinished, err=True)
