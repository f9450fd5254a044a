"""`minyi user`: accounts of the console."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from survey_app.commands.support import JSON, application, changing, fail, printed, tables, tell, word
from wording import joined

if TYPE_CHECKING:
    from survey_app.models import User


@click.group(name="user")
def command() -> None:
    """Accounts of the console."""


def _scoped(function: Callable[..., None]) -> Callable[..., None]:
    """--role, --area and --department, as every grant has them."""
    function = click.option(
        "--department", default="", help="One that answers for indicators, for the role department."
    )(function)
    function = click.option("--area", default="", help="A county; without it, the whole city.")(function)
    return click.option(
        "--role",
        default="administrator",
        show_default=True,
        help="administrator, manager, evaluator, department, scorer or auditor.",
    )(function)


NEW = click.option("--new-department", is_flag=True, help="The department is none of those that answer for indicators.")


@command.command()
@click.argument("name")
@_scoped
@NEW
def create(name: str, role: str, area: str, department: str, new_department: bool) -> None:
    """Make the account NAME and print its one-time password."""
    from survey_app.people.accounts import create_account

    with application():
        with changing():
            password = create_account(name, role, area, department, new_department=new_department)
        click.echo(password)
        _say_idle(name)


@command.command()
@click.argument("name")
@_scoped
@NEW
def grant(name: str, role: str, area: str, department: str, new_department: bool) -> None:
    """Give NAME one more role."""
    from survey_app.people.accounts import give

    with application():
        with changing():
            give(name, role, area, department, new_department=new_department)
        _say_idle(name)


@command.command()
@click.argument("name")
@_scoped
def revoke(name: str, role: str, area: str, department: str) -> None:
    """Take a role back from NAME."""
    from survey_app.people.accounts import take

    with application(), changing():
        take(name, role, area, department)


@command.command(name="list")
@JSON
def list_(as_json: bool) -> None:
    """Every account with its roles."""
    from survey_app.people.listing import accounts

    with tables():
        rows = [
            {
                "name": user.username,
                "full_name": user.full_name,
                "active": user.active,
                "grants": [
                    {"role": g.role, "area": g.area.name if g.area else None, "department": g.department or None}
                    for g in user.grants
                ],
            }
            for user in accounts()
        ]
    printed(rows, as_json, lambda: "\n".join(map(_line, rows)))


def _line(row: dict[str, Any]) -> str:
    grants = (" ".join(filter(None, (word(g["role"]), g["area"], g["department"]))) for g in row["grants"])
    standing = "" if row["active"] else f"\t{word('deactivated')}"
    return f"{row['name']}\t{joined(grants)}{standing}"


@command.command(name="reset-password")
@click.argument("name")
def reset(name: str) -> None:
    """Give NAME a new one-time password."""
    from survey_app.people.accounts import reset_password

    with application(), changing():
        password = reset_password(name)
    click.echo(password)


@command.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say what would change.")
@click.option("--passwords", type=click.Path(dir_okay=False, path_type=Path), help="Write one-time passwords here.")
def import_(file: Path, check: bool, passwords: Path | None) -> None:
    """Add accounts and grants from FILE (.xlsx or .csv); `minyi user template` makes a blank one.

    One-time passwords of new accounts go to --passwords, a new file that only you can read, else to standard output.
    """
    from survey_app.office import account_files

    if passwords is not None and passwords.exists():
        fail("commands.exists_already_passwords_never", passwords=passwords)
    with application():
        found = account_files.preview(file.name, file.read_bytes())
        for note in found.notes:
            tell(note.said, True)
        if found.faults:
            fail("\n".join(str(fault.placed) for fault in found.faults))
        for change in found.changes:
            said = "; ".join(f"{old} -> {new}" if old else new for _key, old, new in change.fields)
            click.echo(f"{word(change.kind)}\t{change.label}\t{said}", err=True)
        if check:
            return
        with changing():  # somebody may have been faster
            made = account_files.store(file.name, file.read_bytes())
    _hand_over(made, passwords)


def _hand_over(made: list[tuple[str, str, str]], passwords: Path | None) -> None:
    lines = [f"{name},{password}" for name, _full_name, password in made]
    if passwords is None:
        click.echo("\n".join(lines), nl=bool(lines))
        return
    descriptor = os.open(passwords, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write("\n".join(["username,one_time_password", *lines]) + "\n")


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def template(file: Path) -> None:
    """Write a blank table of accounts to FILE (.xlsx or .csv)."""
    from survey_app.files.tables_in import template_csv, template_xlsx
    from survey_app.office.account_files import EXAMPLES, FIELDS

    make = {".xlsx": template_xlsx, ".csv": template_csv}.get(file.suffix.lower())
    if make is None:
        fail("commands.file_must_end_xlsx")
    file.write_bytes(make(FIELDS, EXAMPLES))


@command.command()
@click.argument("name")
@click.option("--reason", required=True, help="Why, for the audit trail.")
def deactivate(name: str, reason: str) -> None:
    """Let NAME sign in no more."""
    _switch(name, False, reason)


@command.command()
@click.argument("name")
@click.option("--reason", required=True, help="Why, for the audit trail.")
def reactivate(name: str, reason: str) -> None:
    """Let NAME sign in again."""
    _switch(name, True, reason)


def _switch(name: str, active: bool, reason: str) -> None:
    from survey_app.people import accounts

    with application(), changing():
        accounts.set_active(_account(name), active, reason)


@command.command(name="reset-second-factor")
@click.argument("name")
@click.option("--reason", required=True, help="Why, for the audit trail.")
def reset_factor(name: str, reason: str) -> None:
    """Take away the second factor of NAME, for a lost phone."""
    from survey_app.people import accounts

    with application(), changing():
        accounts.reset_second_factor(_account(name), reason)


def _account(name: str) -> User:
    from survey_app.people.accounts import find

    user = find(name)
    if user is None:
        fail("commands.no_account", name=name)
    return user


def _say_idle(name: str) -> None:
    from survey_app.people.accounts import find
    from survey_app.people.departments import is_idle

    user = find(name)
    for idle in filter(is_idle, user.grants if user else ()):
        tell("lines.department_idle", True, department=idle.department)
