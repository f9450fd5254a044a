"""`minyi secrets`: the installation's secrets against its database, and new ones in their place."""

from __future__ import annotations

import click

from survey_app.commands.support import application, changing
from wording import Message

NAMES = ("secret_key", "totp_key", "text_key")


@click.group(name="secrets")
def command() -> None:
    """What signs forms and sessions, seals texts and encrypts second factors."""


@command.command()
def check() -> None:
    """Say whether the secrets are those the data was made with; status 2 where one is not."""
    with application():  # refuses others by itself
        click.echo(Message("operations.secrets_fit"))


@command.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
def rotate(names: tuple[str, ...]) -> None:
    """Make a new secret of each of NAMES (default: all three). It signs from the next start; the old ones verify."""
    with application() as app:
        from survey_app.operations.secret_marks import rotate as rotate_one

        with changing():
            for name in names or NAMES:
                rotate_one(app.config["MINYI"], name)
    click.echo(Message("operations.secrets_rotated", names=", ".join(names or NAMES)), err=True)
