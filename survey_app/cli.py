"""The `minyi` command. Each group lives in survey_app/commands/ and is imported only when called."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import click

from wording import LANGUAGES, Message, Refusal, speak

OURS = (
    "analysis",
    "definitions",
    "migrations",
    "questionnaires",
    "wording",
)  # names so plain that others may bear them

COMMANDS = {
    "serve": ("survey_app.commands.serve", "Serve the respondent's pages and the console."),
    "demo": ("survey_app.commands.demo", "An embedded demonstration city, end to end."),
    "config": ("survey_app.commands.config", "What is set, where it comes from, what is unsafe."),
    "secrets": ("survey_app.commands.secrets", "The secrets: do they fit this database; make new ones."),
    "db": ("survey_app.commands.db", "Make, migrate and check the database."),
    "backup": ("survey_app.commands.backup", "Database, files and secrets in one sealed file."),
    "restore": ("survey_app.commands.backup:restore", "Bring an installation back from such a file."),
    "archive": ("survey_app.commands.archive", "Answers of a closed survey into Parquet files, and back."),
    "survey": ("survey_app.commands.survey", "Make, fill, lock, open, close and clone surveys."),
    "sites": ("survey_app.commands.sites", "List the survey's sites and their addresses."),
    "codes": ("survey_app.commands.codes", "New and retired codes of sites, opening hours, full sites."),
    "posters": ("survey_app.commands.posters", "A4 posters of all sites, as PDF files."),
    "invitations": ("survey_app.commands.invitations", "Single-use codes for sampled persons."),
    "import": ("survey_app.commands.import_", "Responses taken by telephone or on paper, from a file."),
    "questionnaire": ("survey_app.commands.questionnaire", "Check, preview, compare, convert questionnaires."),
    "estimate": ("survey_app.commands.estimate", "Estimate satisfaction from a file of responses."),
    "plan": ("survey_app.commands.plan", "Plan a sample: interviews, sites, base weights, plan file."),
    "follow-up": ("survey_app.commands.follow_up", "A sample of those who did not answer: plan it, estimate with it."),
    "readings": ("survey_app.commands.readings", "Show how unclear rules are read; record by whose authority."),
    "programme": ("survey_app.commands.programme", "Programmes: list, check, add, choose, export, remove."),
    "rulebook": ("survey_app.commands.rulebook", "List, show and check rulebooks; make value templates."),
    "values": ("survey_app.commands.values", "Indicator values: workbooks out and in, who is how far."),
    "registers": ("survey_app.commands.registers", "Registers of what proves points: list, import, nil returns."),
    "assignments": ("survey_app.commands.assignments", "Lead departments of each area; import a county's own."),
    "score": ("survey_app.commands.score", "Score one area's indicator values."),
    "score-all": ("survey_app.commands.score_all", "Score a city and all its counties in one run."),
    "waves": ("survey_app.commands.waves", "Changes and trend over several waves."),
    "gap": ("survey_app.commands.gap", "Satisfaction by field beside the share of points attained."),
    "export": ("survey_app.commands.export", "Write the responses of a survey to files."),
    "outlook": ("survey_app.commands.outlook", "How likely each star is, and what matters most."),
    "upgrades": ("survey_app.commands.outlook:upgrades", "The least upgrades that reach a star."),
    "run": ("survey_app.commands.run", "Store a new estimate run and scoring run."),
    "report": ("survey_app.commands.report", "An estimate or a scoring run as Word, Excel or PDF."),
    "jobs": ("survey_app.commands.jobs", "Run and list background jobs."),
    "final": ("survey_app.commands.final", "The run that settles the stars: check, run, list, show."),
    "rectification": ("survey_app.commands.rectification", "What is to be mended: list, export, snapshot."),
    "results": ("survey_app.commands.results", "Published results: list, write as files."),
    "erase": ("survey_app.commands.erase", "Erase one response by its receipt number."),
    "unseal": ("survey_app.commands.unseal", "Read a masked text as it was written; recorded."),
    "retention": ("survey_app.commands.retention", "Delete answers of surveys that closed long ago."),
    "flags": ("survey_app.commands.flags", "Flag doubtful responses of a survey, in a batch."),
    "rollup": ("survey_app.commands.rollup", "The counts dashboards read: check them, make them anew."),
    "tickets": ("survey_app.commands.tickets", "Citizens' problems: open, overdue, counts, export, retention."),
    "hotline": ("survey_app.commands.hotline", "Tickets to and from the 12345 line, by table."),
    "audit": ("survey_app.commands.audit", "Check and read the audit trail."),
    "verify": ("survey_app.commands.verify", "Recompute a stored run from its own cells."),
    "user": ("survey_app.commands.user", "Accounts of the console."),
    "token": ("survey_app.commands.token", "Keys by which other programs use the API."),
    "completion": ("survey_app.commands.completion", "Completion of commands in bash, zsh and fish."),
}


class LazyGroup(click.Group):
    """Imports a subcommand when it is used, so that `minyi --help` and a collecting worker stay light."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """As click does it, but what is wrong with the line itself is said in its language, or as JSON with --json."""
        given = list(sys.argv[1:] if args is None else args)
        alone, group = extra.pop("standalone_mode", True), cast("Any", super())
        if not alone:
            return group.main(given, *rest, standalone_mode=False, **extra)
        try:
            ended = group.main(given, *rest, standalone_mode=False, **extra)
        except click.ClickException as error:
            from survey_app.ground.failures import usage

            usage(error, "--json" in given)
            sys.exit(error.exit_code)
        except click.Abort:
            sys.exit(1)
        sys.exit(ended if isinstance(ended, int) else 0)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute or "command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="minyi", prog_name="minyi")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of what is said; default: the locale's.")
@click.pass_context
def cli(ctx: click.Context, lang: str | None) -> None:
    """民意 Minyi: ask a city's people how satisfied they are, and carry the answer into its star rating."""
    from survey_app.ground.settings import SettingsError, load

    speak(lang)
    if ctx.invoked_subcommand == "config":  # tells of wrong settings itself
        return
    try:
        load()
    except SettingsError as error:
        from survey_app.ground.failures import as_document

        said = Refusal([*error.lines, Message("lines.config_check_shows")])
        click.echo(as_document(said, 2) if "--json" in sys.argv else str(said), err=True)
        sys.exit(2)


def main() -> None:
    """Run the command: exit 0 done, 2 bad input with the reason, 1 a failure of ours."""
    wrong = stranger(Path(__file__).parents[1])
    if wrong:
        click.echo(wrong, err=True)
        sys.exit(2)
    gc.set_threshold(20_000)  # imports make much that stays: going through it every 700 objects is a quarter of it
    if {"serve", "demo"} & set(sys.argv[1:]):
        gc.disable()  # at all; `application` in commands/support turns it on again
    try:
        cli()
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        from survey_app.ground.settings import read

        if read().settings.debug:
            raise
        from survey_app.ground.failures import as_document

        said = Refusal("lines.failed", kind=type(error).__name__, error=str(error))
        click.echo(as_document(said, 1) if "--json" in sys.argv else str(said), err=True)
        sys.exit(1)


def stranger(home: Path) -> str:
    """What is wrong where a package of ours would not be the one beside survey_app; nothing is imported for it."""
    for name in OURS:
        found, own = importlib.util.find_spec(name), home / name / "__init__.py"
        place = found.origin if found else None
        if place is None or Path(place).resolve() != own.resolve():
            return str(Message("lines.stranger", name=name, place=place or Message("lines.no_place"), own=own))
    return ""
