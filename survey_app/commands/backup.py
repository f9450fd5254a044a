"""`minyi backup` and `minyi restore`: an installation out into one sealed file, and back from it."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from survey_app.commands.progress import progress
from survey_app.commands.support import JSON, fail, fail_on, printed, tables, tell
from survey_app.ground.clock import local_time
from survey_app.ground.settings import Settings
from wording import Message, Refusal

PASSPHRASE = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Its first line is the passphrase; default: MINYI_BACKUP_PASSPHRASE, else it is asked for.",
)


@click.command(name="backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@PASSPHRASE
@JSON
def command(file: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Write database, handed-in files and secrets to FILE, sealed with a passphrase.

    The server may run and answers come in: the archive is of one moment. It holds what everybody answered: keep it as
    the database is kept, and the passphrase elsewhere.
    """
    from survey_app.ground.transaction import transaction
    from survey_app.operations import secret_marks
    from survey_app.operations.backup import back_up

    with tables() as app:
        settings: Settings = app.config["MINYI"]
        said = _passphrase(settings, passphrase_file, new=True)
        try:
            secret_marks.check(settings)
            with transaction(), progress("lines.backing_up") as shown:
                made = back_up(file, said, settings, shown)
        except Refusal as error:
            fail(error)
        except OSError as error:
            fail_on(error, file)
    document = {"file": str(file), "bytes": made.size, "rows": made.rows, "sha256": made.digest}
    printed(document, as_json, lambda: str(Message("lines.backed_up", **document)))


@click.command(name="restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@PASSPHRASE
@JSON
def restore(file: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Bring back what `minyi backup` wrote to FILE, into the empty database that DATABASE_URL names.

    It may be on the other engine, and the archive of an earlier release. Secrets go into the instance folder. The
    archive is checked to its end first; where anything fails, nothing is changed.
    """
    from survey_app.ground import audit
    from survey_app.ground.transaction import transaction
    from survey_app.models import db
    from survey_app.operations import restore as restoring
    from survey_app.operations import secret_marks

    with tables() as app:
        settings: Settings = app.config["MINYI"]
        said = _passphrase(settings, passphrase_file, new=False)
        try:
            with progress("lines.checking_archive") as shown:
                archive = restoring.checked(file, said, shown)
                left_out = restoring.restore(archive, settings, db.engine, shown)
            secret_marks.check(settings)
        except Refusal as error:
            fail(error)
        except OSError as error:
            fail_on(error)
        with transaction():
            audit.record("backup.restore", "backup", after={"digest": archive.digest, "made_at": archive.made_at})
        breaks, entries = audit.verify(None), audit.head().number
        address = db.engine.url.render_as_string(hide_password=True)
        made_at = local_time(datetime.fromisoformat(archive.made_at))
    if left_out:
        tell("lines.tables_left_out", True, names=left_out)
    if breaks:
        fail("operations.trail_broken", n=len(breaks), number=breaks[0].number)
    document = {"database": address, "made_at": archive.made_at, "rows": sum(archive.rows.values()), "entries": entries}
    printed(document, as_json, lambda: str(Message("lines.restored", **{**document, "made_at": made_at})))


def _passphrase(settings: Settings, file: Path | None, new: bool) -> str:
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").partition("\n")[0].strip()
        except UnicodeDecodeError:
            fail("lines.not_utf8")
        except OSError as error:
            fail_on(error, file)
    if settings.backup_passphrase:
        return settings.backup_passphrase
    if not sys.stdin.isatty():
        fail("operations.no_passphrase")
    asked: str = click.prompt(str(Message("lines.passphrase")), hide_input=True, confirmation_prompt=new, err=True)
    return asked
