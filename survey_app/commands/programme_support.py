"""The programme that a command goes by: `--programme`, else the period's, else the installation's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from analysis.plan import Plan
from analysis.scoring.loading import NoProgrammeError, load_rulebook
from analysis.scoring.programme import Programme, load_programme
from analysis.scoring.programme_files import ADDED, Files, all_files, files_of
from analysis.scoring.rulebook import Rulebook
from analysis.zones import Rules
from definitions import DefinitionError
from survey_app.commands.support import fail, tables
from survey_app.ground.zones import NONE, programme_told, rules_for
from wording import Refusal

PROGRAMME = click.option(
    "--programme",
    metavar="ID",
    help="The programme (评价方案): its id, a FILE.zip or a folder. Default: the period's, else the installation's.",
)
UNITS = ("city", "county", "zone")
UNIT = click.option(
    "--unit", type=click.Choice(UNITS), default="city", show_default=True, help="With --programme: what is rated."
)


def rulebook_options(function: Callable[..., None]) -> Callable[..., None]:
    """`--rulebook`, or a programme and the kind of unit."""
    named = click.option("--rulebook", "rulebook_id", help="A rulebook id or file, instead of a programme's.")
    return named(PROGRAMME(UNIT(function)))


def the_rulebook(rulebook_id: str | None, programme: str | None, unit: Any) -> Rulebook:
    """The one that is named, or the programme's for this kind of unit; else the command ends."""
    try:
        if rulebook_id:
            _known_here(rulebook_id)
            return load_rulebook(rulebook_id)
        found = the_programme(programme)
        if unit not in found.units:
            fail("programmes.unit_not_rated", name=found.ref, kind=unit)
        return load_rulebook(found.units[unit])
    except DefinitionError as error:
        fail(error)


def the_programme(name: str | None, period: str | None = None) -> Programme:
    """The programme of a command; one that cannot be found or read ends it."""
    try:
        return _found(name, period)
    except (DefinitionError, Refusal) as error:
        fail(error)


def the_book(rulebook: str | None, programme: str | None) -> str:
    """The rulebook whose lines decide the whole: what is named, or the programme's."""
    if rulebook:
        _known_here(rulebook)
        return rulebook
    from survey_app.ground.rulebooks import books_of

    return books_of(the_programme(programme))["city"]


def rules_here(plan: Plan, rulebook: str | None, programme: str | None) -> Rules | None:
    """Whose zones decide a plan of a file. Raises DefinitionError, AnalysisError."""
    if rulebook:
        if rulebook != NONE:
            _known_here(rulebook)
        return rules_for(plan, rulebook)
    if programme is None and all(plan.rulebook_of(kind) for kind in ("city", "county")):
        for kind in ("city", "county"):
            _known_here(plan.rulebook_of(kind) or "")
        return rules_for(plan)
    found = the_programme(programme)
    return rules_for(plan, programme=found) if programme else rules_for(plan, default=found)


def named(programme: Programme) -> str:
    """The line by which an output says what it goes by."""
    return programme_told(programme.as_dict())[0]


def installed() -> bool:
    """Whether there is a database here that could name a programme."""
    from survey_app.ground.settings import load

    settings = load()
    return bool(settings.database_url) or (settings.instance / "minyi.sqlite3").exists()


def _found(name: str | None, period: str | None) -> Programme:
    if name and Path(name).exists():
        from survey_app.values.programme_archive import opened
        from survey_app.values.programmes import usable

        texts = opened(Path(name))
        programme = usable(texts)
        _keep({programme.ref: texts})
        return programme
    if name and files_of(name) is not None:
        return load_programme(name)
    if not installed():
        from survey_app.ground.rulebooks import WITHOUT_DATABASE

        return load_programme(name or WITHOUT_DATABASE)
    return _of_installation(name, period)


def _of_installation(name: str | None, period: str | None) -> Programme:
    with tables():
        from survey_app.ground.rulebooks import added, programme_for, programme_in
        from survey_app.values.periods import period_of

        _keep(dict(added()))
        if name:
            return load_programme(name)
        found = programme_in(period_of(period)) if period else programme_for()
        if found is None:
            raise NoProgrammeError
        return found


def _known_here(rulebook_id: str) -> None:
    """Let a rulebook be found that only this installation has."""
    shipped = any(f"rulebooks/{rulebook_id}.yaml" in held for held in all_files().values())
    if not shipped and not Path(rulebook_id).exists():
        with_added()


def with_added() -> None:
    """Let what only this installation has be found by the rest of this command."""
    if installed():
        with tables():
            from survey_app.ground.rulebooks import added

            _keep(dict(added()))


def _keep(held: dict[str, Files]) -> None:
    """For the rest of this command, which has no database open any more."""

    def source() -> Mapping[str, Files]:
        return held

    ADDED.append(source)
    click.get_current_context().call_on_close(lambda: ADDED.remove(source))
