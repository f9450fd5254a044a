"""`minyi survey`: make a survey, fill it from files, lock, open, pause, close, archive and clone it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from survey_app.commands.support import JSON, fail, fail_on, printed, survey_of, tabbed, tables, tell, word
from survey_app.commands.survey_support import bring, choose, document, given_up, moment, told, version_of, working
from wording import Message

if TYPE_CHECKING:
    from survey_app.models import Survey

DRY = click.option("--dry-run", is_flag=True, help="Check everything, store nothing.")
REASON = click.option("--reason", default="", help="Why; needed once the plan is locked.")
FILE = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
OPENS = click.option("--opens", help="2026-03-01T09:00, in the survey's time zone; a day alone from its beginning.")
CLOSES = click.option("--closes", help="2026-03-31T18:00, in the survey's time zone; a day alone counts to its end.")


RESPONDENTS = click.option(
    "--respondents",
    multiple=True,
    type=click.Choice(["invitations", "household_sheets", "interviewers", "posters"]),
    help="How those who answer are chosen: the plan's key `respondents`. Several times for several ways.",
)
EXCEPTION = click.option(
    "--exception", default="", metavar="SENTENCE", help="Why posters are all there is; it stands in every output."
)


@click.group(name="survey")
def command() -> None:
    """Make and run surveys."""


@command.command()
@click.argument("code")
@click.option("--title", required=True, help="Title of the survey.")
@click.option("--city-code", required=True, help="Of the city; made where there is none.")
@click.option("--city", "city_name", default="", help="Name of a city that is not there yet.")
@click.option(
    "--questionnaire",
    metavar="FILE|NAME",
    help="A stored or supplied questionnaire, or a file; the one that the city's programme names if not given.",
)
@click.option("--plan", "plan_file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A plan file.")
@OPENS
@CLOSES
@click.option(
    "--time-zone", default="Asia/Shanghai", show_default=True, help="The clock that opening and closing go by."
)
@RESPONDENTS
@EXCEPTION
@click.option("--official", is_flag=True, help="As the official survey of the newest open period that has none.")
@click.option("--programme", help="The programme that rates a city made with this survey.")
@JSON
def create(
    code: str, title: str, city_code: str, programme: str | None, city_name: str, questionnaire: str | None, plan_file: Path | None,
    opens: str | None, closes: str | None, time_zone: str, respondents: tuple[str, ...], exception: str, official: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """A new survey as a draft. NAME is a questionnaire of the library or of a programme, FILE one in YAML, XLSForm or SurveyJS."""
    with working():
        from sqlalchemy import select

        from survey_app.ground.programme_choice import use
        from survey_app.ground.transaction import transaction
        from survey_app.models import Area, db
        from survey_app.surveys import making, plan_checks
        from survey_app.surveys.plan_versions import change_plan
        from survey_app.surveys.questionnaire_versions import usual

        settings = making.Settings(title, moment(opens, time_zone), moment(closes, time_zone, True), time_zone)
        with transaction():
            known = db.session.scalar(select(Area).where(Area.code == city_code, Area.kind == "city"))
            city = known or making.city_of(city_code, city_name)
            if programme and known is None:
                use(programme, None, city, "")
            survey = making.create(code, settings, city, version_of(questionnaire or usual(city)))
            if plan_file:
                body, _renamed = plan_checks.adopt(survey, plan_file.read_text(encoding="utf-8-sig"))
                change_plan(survey, body)
            choose(survey, respondents, exception)
            if official:
                _name(survey, None)
        told(survey, as_json)


@command.command("list")
@click.option("--archived", is_flag=True, help="Archived surveys too.")
@JSON
def list_(archived: bool, as_json: bool) -> None:
    """Every survey with its state and how far it is."""
    with tables():
        from survey_app.models import OfficialSurvey, db
        from survey_app.surveys.listing import survey_lines

        if db.session.query(OfficialSurvey).filter(OfficialSurvey.closed_at.is_(None)).first():
            from survey_app.ground.transaction import transaction
            from survey_app.surveys.closing import close_due

            with transaction():
                close_due()
        rows = [
            document(line.survey)
            | {"wave": line.wave, "responses": line.responses, "target": line.target,
               "estimate": line.satisfied and line.satisfied["estimate"]}
            for line in survey_lines(archived)
        ]  # fmt: skip
    worded = [row | {"state": word(row["state"])} for row in rows]
    printed(rows, as_json, lambda: tabbed(worded, "code", "state", "responses", "target", "title"))


@command.command()
@click.argument("code")
@JSON
def show(code: str, as_json: bool) -> None:
    """One survey, and what it still needs before it can be opened."""
    with working():
        told(survey_of(code), as_json)


@command.command("import-areas")
@FILE
@DRY
@JSON
def import_areas(file: Path, dry_run: bool, as_json: bool) -> None:
    """The city, its counties and zones from FILE (.csv, .xlsx): all rows, or none where any is wrong."""
    with working():
        from survey_app.surveys import import_areas as service

        data = file.read_bytes()
        bring(file, lambda: service.preview(file.name, data), lambda: service.store(file.name, data), dry_run, as_json)


@command.command("import-sites")
@click.argument("code")
@FILE
@click.option("--remove-others", is_flag=True, help="Remove sites that are not in the file; of a draft only.")
@REASON
@DRY
@JSON
def import_sites(code: str, file: Path, remove_others: bool, reason: str, dry_run: bool, as_json: bool) -> None:
    """The sites of survey CODE from FILE, as `minyi plan sample --sites-out` writes them or as the template has it."""
    with working():
        from survey_app.surveys import import_sites as service

        survey, data = survey_of(code), file.read_bytes()
        bring(
            file, lambda: service.preview(survey, file.name, data, remove_others),
            lambda: service.store(survey, file.name, data, reason, remove_others), dry_run, as_json,
        )  # fmt: skip


@command.command("import-margins")
@click.argument("code")
@FILE
@click.option(
    "--margin", type=click.Choice(["home_county", "sex", "age_band"]), help="Where the file has no such column."
)
@REASON
@DRY
@JSON
def import_margins(code: str, file: Path, margin: str | None, reason: str, dry_run: bool, as_json: bool) -> None:
    """Population margins of survey CODE from FILE, put into its plan."""
    with working():
        from survey_app.surveys import import_margins as service

        survey, data = survey_of(code), file.read_bytes()
        bring(
            file, lambda: service.preview(survey, file.name, data, margin or ""),
            lambda: service.store(survey, file.name, data, reason, margin or ""), dry_run, as_json,
        )  # fmt: skip


@command.command()
@click.argument("kind", type=click.Choice(["areas", "sites", "margins"]))
@click.option("--survey", "code", help="Whose levels a table of margins shall have.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="FILE.xlsx or FILE.csv")
def template(kind: str, code: str | None, out: Path) -> None:
    """A blank table with its columns explained."""
    with working():
        from survey_app.files.tables_in import template_csv, template_xlsx
        from survey_app.surveys import import_areas as areas
        from survey_app.surveys import import_margins as margins
        from survey_app.surveys import import_sites as sites

        if out.suffix not in (".xlsx", ".csv"):
            fail("commands.template_ends_xlsx_or", out_name=out.name)
        make = template_xlsx if out.suffix == ".xlsx" else template_csv
        examples: Any = {"areas": areas.EXAMPLES, "sites": sites.EXAMPLES}.get(kind)
        fields = {"areas": areas.FIELDS, "sites": sites.FIELDS, "margins": margins.FIELDS}[kind]
        out.write_bytes(make(fields, examples or margins.examples(survey_of(code) if code else None)))


@command.command()
@click.argument("code")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the survey's plan to this file instead."
)
@REASON
@DRY
@JSON
def plan(code: str, file: Path | None, out: Path | None, reason: str, dry_run: bool, as_json: bool) -> None:
    """Put the plan FILE in place of the survey's; after the lock that is a new version and needs a reason.

    With --out the plan is written as `minyi estimate` takes it with the files of `minyi export`.
    """
    if (file is None) == (out is None):
        fail("commands.plan_file_or_out")
    if file is None:
        _plan_out(code, out or Path())
        return
    with working():
        from survey_app.ground.transaction import transaction
        from survey_app.surveys import plan_checks
        from survey_app.surveys.official_plan import official_version
        from survey_app.surveys.plan_versions import change_plan

        survey = survey_of(code)
        body, renamed = plan_checks.adopt(survey, file.read_text(encoding="utf-8-sig"))
        plan_checks.check(survey, body)
        for name in renamed:
            tell("lines.renamed", True, name=name)
        if not dry_run:
            with transaction():
                change_plan(survey, body, reason)
            official = official_version(survey)
            if official is not None and official.digest != survey.plan_digest:
                tell("commands.plan_is_late", True, official=official.number)
        told(survey, as_json)


def _plan_out(code: str, out: Path) -> None:
    with working():
        from survey_app.ground.plans import plan_of
        from survey_app.surveys.plan_for_files import plan_for_files

        survey = survey_of(code)
        try:
            out.write_text(plan_for_files(plan_of(survey), survey.plan, survey.code), encoding="utf-8")
        except OSError as error:
            fail_on(error, out)
        tell("lines.plan_written", True, out=out)


def _mover(name: str, state: str, words: str, accepts: bool = False) -> None:
    """A command that moves a survey to `state`."""

    @click.argument("code")
    @click.option("--reason", default="", help="Goes into the audit trail.")
    @DRY
    @JSON
    def move(
        code: str, reason: str, dry_run: bool, as_json: bool, accept_warnings: bool = False,
        respondents: tuple[str, ...] = (), exception: str = "",
    ) -> None:  # fmt: skip
        with working():
            from survey_app.console.two_persons import second_person_lacking
            from survey_app.ground.transaction import transaction
            from survey_app.surveys.life import StateError, change_state

            survey = survey_of(code)
            try:
                with transaction(), given_up(dry_run):
                    choose(survey, respondents, exception)
                    change_state(survey, state, reason, accept_warnings, store=not dry_run)
            except StateError as error:
                for lack in error.lacks:
                    tell("terminal.of_file", True, path=word(lack.step), said=lack.said)
                fail("lines.accept_warnings", said=error) if error.warned else fail(error)
            if state == "locked" and (second := second_person_lacking()) is not None:
                tell(second, True)
            told(survey, as_json)

    if accepts:
        move = click.option("--accept-warnings", is_flag=True, help="Open although something is only warned of.")(move)
    if state == "locked":
        move = RESPONDENTS(EXCEPTION(move))
    command.command(name, help=words)(move)


@command.command()
@click.argument("code")
@click.option("--period", help="Of which period; default: the newest open one without an official survey.")
@JSON
def official(code: str, period: str | None, as_json: bool) -> None:
    """Name survey CODE as its period's one official survey; only before it is opened."""
    with working():
        from survey_app.ground.transaction import transaction

        survey = survey_of(code)
        with transaction():
            _name(survey, period)
        told(survey, as_json)


def _name(survey: Survey, code: str | None) -> None:
    from survey_app.ground.official import name_official, unnamed_period
    from survey_app.models import Period, db

    period = db.session.get(Period, code) if code else unnamed_period(survey.city_id)
    if period is None:
        if code:
            fail("values.no_period", code=code)
        fail("official.no_period")
    name_official(period, survey)


_mover("lock", "locked", "Lock the plan before fieldwork.")
_mover("open", "open", "Open a locked or a paused survey.", accepts=True)
_mover("pause", "paused", "Pause; the codes say so.")
_mover(
    "close",
    "closed",
    "Close for good; forgets which invitation became which response. An official survey is closed by the clock.",
)
_mover("archive", "archived", "Archive a closed survey: read-only and out of the list.")


@command.command()
@click.argument("code")
@click.argument("new_code")
@click.option("--title", required=True, help="Title of the survey.")
@OPENS
@CLOSES
@click.option("--questionnaire", metavar="FILE|NAME", help="Instead of the earlier wave's.")
@click.option("--keep-codes", is_flag=True, help="Posters that hang lead to the new wave; the earlier one has closed.")
@click.option("--accept-changes", is_flag=True, help="Although the questionnaire breaks comparability.")
@JSON
def clone(
    code: str, new_code: str, title: str, opens: str | None, closes: str | None, questionnaire: str | None,
    keep_codes: bool, accept_changes: bool, as_json: bool,
) -> None:  # fmt: skip
    """The next wave of survey CODE, as a draft: the same sites and plan."""
    with working():
        from survey_app.ground.transaction import transaction
        from survey_app.surveys import making, questionnaire_versions

        source = survey_of(code)
        version = version_of(questionnaire) if questionnaire else None
        broken = questionnaire_versions.breaking(source.questionnaire, version) if version else []
        for change in broken:
            tell("commands.finding", True, level=Message("commands.breaks"), place=change.place, said=change.message)
        if broken and not accept_changes:
            fail("commands.nothing_made_accept_changes")
        zone = source.time_zone
        settings = making.Settings(
            title, moment(opens, zone), moment(closes, zone, True), zone, source.open_codes_admit, source.double_entry,
            source.seals_erased,
        )  # fmt: skip
        with transaction():
            wave = making.clone(source, new_code, settings, version, keep_codes)
        told(wave, as_json)
