"""`minyi token`: keys of the API."""

from __future__ import annotations

import click

from survey_app.commands.support import JSON, REASON, application, changing, printed, stored, survey_of, tabbed, tables
from wording import Message


@click.group(name="token")
def command() -> None:
    """Keys by which other programs use the API."""


@command.command()
@click.argument("label")
@click.option("--role", required=True, help="manager, evaluator, department, scorer or auditor.")
@click.option("--area", default="", help="A county; without it, the whole city.")
@click.option("--department", default="", help="One that answers for indicators, for the role department.")
@click.option(
    "--kind",
    default="read",
    show_default=True,
    help="read, write (indicator values, 12345 cases and replies too), or submit: a collector.",
)
@click.option("--survey", "code", default="", help="With --kind submit: the survey it brings answers to.")
@click.option("--daily", type=int, help="With --kind submit: how many answers a day at most.")
@click.option("--days", type=int, default=180, show_default=True, help="How long it lasts, 366 at most.")
def make(label: str, role: str, area: str, department: str, kind: str, code: str, daily: int | None, days: int) -> None:
    """Make a key for the program LABEL and print it, this once."""
    from survey_app.api.tokens import make_token
    from survey_app.ground import audit

    with application(), changing():
        survey = survey_of(code) if code else None
        token = make_token(label, kind, role, area, department, days, audit.COMMAND_LINE, survey, daily)[1]
    click.echo(token)


@command.command(name="list")
@JSON
def list_(as_json: bool) -> None:
    """Every key with its role, its end and its last use."""
    from sqlalchemy import select

    from survey_app.models import ApiToken, db

    with tables():
        rows = [
            {
                "id": token.id, "label": token.label, "kind": token.kind, "role": token.role,
                "area": token.area.name if token.area else None, "department": token.department, "by": token.by,
                "ends_at": token.ends_at.isoformat(timespec="minutes"),
                "last_used_at": token.last_used_at.isoformat(timespec="minutes") if token.last_used_at else None,
                "daily": token.daily, "revoked": token.revoked_at is not None,
            }
            for token in db.session.scalars(select(ApiToken).order_by(ApiToken.id.desc()))
        ]  # fmt: skip
    printed(rows, as_json, lambda: tabbed(rows))


@command.command()
@click.argument("number", type=int)
@REASON
def revoke(number: int, reason: str) -> None:
    """The key with the id NUMBER opens nothing from now on."""
    from survey_app.api.tokens import revoke as take_back
    from survey_app.models import ApiToken

    with application():
        token = stored(ApiToken, number, Message("api.no_token", number=number))
        with changing():
            take_back(token, reason)
