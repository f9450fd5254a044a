"""`minyi programme`: what ratings go by: listed, checked, added, chosen, written to a file, removed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from definitions import DefinitionError
from survey_app.commands.support import (
    JSON,
    REASON,
    application,
    changing,
    fail,
    fail_on,
    printed,
    tabbed,
    tables,
    tell,
)

if TYPE_CHECKING:
    from analysis.scoring.programme import Programme

SOURCE = click.argument("source", metavar="FILE.zip|FOLDER", type=click.Path(path_type=Path))


@click.group(name="programme")
def command() -> None:
    """Programmes (评价方案): rulebooks by kind of unit, goals, readings and departments of one document, as one folder."""


@command.command(name="list")
@JSON
def list_(as_json: bool) -> None:
    """Every programme and version, what it comes from and where it is used."""
    from survey_app.commands.programme_support import installed

    if installed():
        with tables():
            from survey_app.values.programmes import listed

            rows = [document(one.programme, one.shipped, one.default, one.periods) for one in listed()]
    else:
        from analysis.scoring.programme import programmes

        rows = [document(one, True, False, ()) for one in programmes()]
    worded = [row | {"digest": str(row["digest"])[:12], "default": "*" if row["default"] else ""} for row in rows]
    printed(rows, as_json, lambda: tabbed(worded, "id", "version", "title", "number", "digest", "default"))


@command.command()
@SOURCE
@JSON
def check(source: Path, as_json: bool) -> None:
    """Check a programme: every problem with its file and line. Nothing is stored."""
    from survey_app.values.programme_archive import ArchiveError, opened
    from survey_app.values.programmes import usable

    try:
        programme = usable(opened(source))
    except (ArchiveError, DefinitionError) as error:
        fail(error)
    printed(document(programme), as_json, lambda: _sound(programme))


@command.command()
@SOURCE
@JSON
def add(source: Path, as_json: bool) -> None:
    """Add a programme, or a version of one, to this installation. What is there already never changes."""
    from survey_app.values.programme_archive import ArchiveError, opened

    try:
        texts = opened(source)
    except ArchiveError as error:
        fail(error)
    with application(), changing():
        from survey_app.values import programmes

        programme = programmes.add(texts)
    printed(document(programme), as_json, lambda: _sound(programme))


@command.command()
@click.argument("name", metavar="ID")
@click.option("--city", help="Only for the city of this code, in the period.")
@click.option("--period", "code", help="For this period; with --city the present one if not given.")
@REASON
def use(name: str, city: str | None, code: str | None, reason: str) -> None:
    """Go by the programme ID (or ID@VERSION): the installation, a period, or a city in one."""
    with application(), changing():
        from sqlalchemy import select

        from survey_app.models import Area, db
        from survey_app.values import programmes
        from survey_app.values.periods import period_of

        place = db.session.scalar(select(Area).where(Area.kind == "city", Area.code == city)) if city else None
        if city and place is None:
            fail("programmes.no_city", code=city)
        programme = programmes.use(name, period_of(code) if code else None, place, reason)
    tell("programmes.used", name=programme.id, version=programme.version, title=programme.title.zh)


@command.command()
@click.argument("name", metavar="ID")
@click.argument("file", metavar="FILE.zip", type=click.Path(path_type=Path))
def export(name: str, file: Path) -> None:
    """Write the programme ID (or ID@VERSION) to a file, with the digests of all it holds."""
    from analysis.scoring.programme_files import files_of
    from survey_app.commands.programme_support import the_programme
    from survey_app.values.programme_archive import archive

    programme = the_programme(name)
    found = files_of(programme.ref)
    assert found is not None
    try:
        file.write_bytes(archive(found[1]))
    except OSError as error:
        fail_on(error, file)
    tell("programmes.written", name=programme.id, version=programme.version, digest=programme.digest, file=file)


@command.command()
@click.argument("name", metavar="ID@VERSION")
@REASON
def remove(name: str, reason: str) -> None:
    """Remove a version that was added and that nothing goes by."""
    with application(), changing():
        from survey_app.values import programmes

        programmes.remove(name, reason)
    tell("programmes.removed", name=name)


def document(programme: Programme, shipped: bool | None = None, default: bool | None = None, periods: tuple[str, ...] | None = None) -> dict[str, object]:  # fmt: skip
    """A programme as JSON; what an installation knows of it only where that is asked."""
    here: dict[str, object] = {"shipped": shipped, "default": default, "periods": periods}
    return {
        **programme.as_dict(), "number": programme.source.number, "source": programme.source.title,
        "units": dict(programme.units), "goals": len(programme.goals), "invented": programme.invented,
        **{name: value for name, value in here.items() if value is not None},
    }  # fmt: skip


def _sound(programme: Programme) -> str:
    from survey_app.commands.programme_support import named

    return named(programme)
