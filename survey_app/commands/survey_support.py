"""What the commands of `minyi survey` share: what they are given, files brought in, a survey told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from survey_app.commands.support import application, fail, fail_on, in_want, printed, tell, word
from wording import Message

if TYPE_CHECKING:
    from survey_app.files.tables_in import Preview
    from survey_app.models import QuestionnaireVersion, Survey

MOST_SHOWN = 200


@contextmanager
def working() -> Iterator[Any]:
    """An application context; refusals of the services end the command with their words and status 2."""
    from definitions import DefinitionError
    from survey_app.ground.official import NamingError
    from survey_app.ground.programme_choice import ProgrammeError
    from survey_app.ground.transaction import transaction
    from survey_app.surveys.closing import close_due
    from survey_app.surveys.making import SurveyError
    from survey_app.surveys.plan_versions import PlanChangeError

    with application() as app:
        try:
            with transaction():
                close_due()
            yield app
        except (DefinitionError, NamingError, PlanChangeError, ProgrammeError, SurveyError) as error:
            fail(error)
        except OSError as error:
            fail_on(error)
        except UnicodeDecodeError:
            fail("lines.not_utf8")


def bring(file: Path, look: Callable[[], Preview], store: Callable[[], Preview], dry_run: bool, as_json: bool) -> None:
    """Look at a file or store it; every error, or what was done."""
    from survey_app.files.tables_in import TableRefusedError
    from survey_app.ground.transaction import transaction

    try:
        with transaction():
            found = look() if dry_run else store()
        faults = list(found.faults)
    except TableRefusedError as error:
        faults = list(error.faults)
    if faults:
        if as_json:
            rows = [{"row": fault.row, "column": fault.column, "message": str(fault)} for fault in faults]
            printed({"stored": False, "errors": rows}, True, str)
        for fault in faults[:MOST_SHOWN]:
            tell("terminal.of_file", True, path=file, said=fault.placed)
        fail("commands.errors_nothing_stored", n=len(faults))
    for note in found.notes:
        tell("terminal.note", True, said=note.said)
    counts = {kind: found.count(kind) for kind in ("add", "change", "remove", "same")}
    said = Message("lines.counted_dry" if dry_run else "lines.counted", **counts)
    printed({"stored": not dry_run, "errors": [], **counts}, as_json, lambda: str(said))


def version_of(name: str) -> QuestionnaireVersion:
    """A questionnaire of the library or of a programme, a stored version by the start of its digest, or a file."""
    from analysis.scoring.programme_files import questionnaire_named
    from survey_app.surveys import questionnaire_versions as service

    if name in service.supplied() or questionnaire_named(name) is not None:
        return service.from_supplied(name)
    stored = [version for version in service.versions() if len(name) >= 8 and version.digest.startswith(name)]
    if stored:
        return stored[0]
    path = Path(name)
    if not path.is_file():
        fail("commands.no_questionnaire_no_file", name=name)
    incoming = service.read(path.name, path.read_bytes())
    for loss in incoming.losses:
        tell("commands.not_carried", True, place=loss.place, what=loss.what)
    return service.store(incoming.body, path.stem)


def moment(said: str | None, zone: str, closing: bool = False) -> datetime | None:
    """A moment as it is written, in `zone`; a day without an hour closes at its end."""
    from survey_app.ground.dates import DateError, read_moment

    if not said:
        return None
    try:
        return read_moment(said, ZoneInfo(zone), closing)
    except DateError as error:
        fail(error)
    except (ValueError, ZoneInfoNotFoundError):
        fail("commands.no_zone", zone=zone)


def document(survey: Survey) -> dict[str, str | int | float | None]:
    from survey_app.ground.official import naming_of
    from survey_app.surveys.states import version_number

    official = naming_of(survey)

    def local(at: datetime | None) -> str | None:
        return at.astimezone(ZoneInfo(survey.time_zone)).isoformat(timespec="minutes") if at else None

    return {
        "code": survey.code, "title": survey.title, "state": survey.state, "city": survey.city.name,
        "opens_at": local(survey.opens_at), "closes_at": local(survey.closes_at), "time_zone": survey.time_zone,
        "questionnaire": survey.questionnaire.digest, "plan": survey.plan_digest,
        "plan_version": version_number(survey.id, survey.plan_digest),
        "respondents": survey.respondents,
        "official_of": official.period if official else None,
        "wave_of": survey.wave_of.code if survey.wave_of else None,
    }  # fmt: skip


def told(survey: Survey, as_json: bool) -> None:
    """A survey with its sites counted and, before it is opened, what it lacks."""
    from survey_app.ground.dates import with_zone
    from survey_app.surveys.expected_counties import expected_counties
    from survey_app.surveys.readiness import lacks

    before = survey.state in ("draft", "locked")
    found, expected = (lacks(survey), expected_counties(survey)) if before else ([], None)
    shown = document(survey) | {
        "sites": len(survey.sites),
        "lacks": [{"step": lack.step, "level": lack.level, "message": str(lack.said)} for lack in found],
        "minimum": None
        if expected is None
        else [
            {"county": row.level, "answers": row.answers, "sites": row.sites, "df": row.df, "standing": row.standing}
            for row in expected
        ],
    }
    if as_json:
        printed(shown, True, str)
        return
    version = shown["plan_version"] or word("draft")
    tell("lines.survey", code=survey.code, state=word(survey.state), sites=shown["sites"], version=version)
    zone = ZoneInfo(survey.time_zone)
    ends = [with_zone(at, zone) if at else "–" for at in (survey.opens_at, survey.closes_at)]
    tell("commands.survey_times", opens=ends[0], closes=ends[1], zone=survey.time_zone)
    for lack in found:
        lead = "lines.needs" if lack.level == "stop" else "lines.notes"
        tell(lead, step=word(lack.step), said=lack.said)
    for line in in_want(expected or ()):
        click.echo(line)


def choose(survey: Survey, ways: tuple[str, ...], exception: str) -> None:
    """Put the ways in which those who answer are chosen into the plan; an exception alone is one of posters. The caller
    commits."""
    from typing import cast

    from analysis.plan_parts import Way
    from survey_app.surveys import plan_checks
    from survey_app.surveys.plan_versions import change_plan
    from survey_app.surveys.respondents import with_ways

    if not ways and not exception.strip():
        return
    body = with_ways(survey.plan, cast("tuple[Way, ...]", ways or ("posters",)), exception)
    plan_checks.check(survey, body)
    if body != survey.plan:
        change_plan(survey, body)


@contextmanager
def given_up(dry_run: bool) -> Iterator[None]:
    """What is done within is taken back for a dry run."""
    from survey_app.models import db

    yield
    if dry_run:
        db.session.rollback()
