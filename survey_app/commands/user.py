"""`minyi user`: accounts of the console."""

from __future__ import annotations

import click

from survey_app.commands.support import application, fail


@click.group(name="user")
def command() -> None:
    """Accounts of the console."""


@command.command()
@click.argument("name")
def create(name: str) -> None:
    """Make the administrator NAME and print a one-time password."""
    from survey_app.services.accounts import AccountError, create_administrator

    with application():
        try:
            click.echo(create_administrator(name))
        except AccountError as error:
            fail(str(error))


@command.command(name="list")
def list_() -> None:
    """Every account with its roles."""
    from survey_app.services.accounts import accounts

    with application():
        for user in accounts():
            click.echo(f"{user.username}\t{', '.join(role.name for role in user.roles)}")


@command.command(name="reset-password")
@click.argument("name")
def reset(name: str) -> None:
    """Give NAME a new one-time password."""
    from survey_app.services.accounts import AccountError, reset_password

    with application():
        try:
            click.echo(reset_password(name))
        except AccountError as error:
            fail(str(error))
