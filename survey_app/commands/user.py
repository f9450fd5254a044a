"""`minyi user`: accounts of the console."""

from __future__ import annotations

from collections.abc import Callable

import click

from survey_app.commands.support import application, fail


@click.group(name="user")
def command() -> None:
    """Accounts of the console."""


def _scoped(function: Callable[..., None]) -> Callable[..., None]:
    """--role, --area and --department, as every grant has them."""
    function = click.option("--department", default="", help="For the role department.")(function)
    function = click.option("--area", default="", help="A county; without it, the whole city.")(function)
    return click.option("--role", default="administrator", show_default=True)(function)


@command.command()
@click.argument("name")
@_scoped
def create(name: str, role: str, area: str, department: str) -> None:
    """Make the account NAME and print its one-time password."""
    from survey_app.services.accounts import AccountError, create_account

    with application():
        try:
            click.echo(create_account(name, role, area, department))
        except AccountError as error:
            fail(str(error))


@command.command()
@click.argument("name")
@_scoped
def grant(name: str, role: str, area: str, department: str) -> None:
    """Give NAME one more role."""
    from survey_app.services.accounts import AccountError, give

    with application():
        try:
            give(name, role, area, department)
        except AccountError as error:
            fail(str(error))


@command.command()
@click.argument("name")
@_scoped
def revoke(name: str, role: str, area: str, department: str) -> None:
    """Take a role back from NAME."""
    from survey_app.services.accounts import AccountError, take

    with application():
        try:
            take(name, role, area, department)
        except AccountError as error:
            fail(str(error))


@command.command(name="list")
def list_() -> None:
    """Every account with its roles."""
    from survey_app.services.accounts import accounts

    with application():
        for user in accounts():
            grants = (
                " ".join(filter(None, (g.role, g.area.name if g.area else "", g.department))) for g in user.grants
            )
            click.echo(f"{user.username}\t{', '.join(grants)}")


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
