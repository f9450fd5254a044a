"""Write docs/cli.md: every command with its arguments and options, as the commands themselves declare them.

python tools/cli_reference.py        (make docs)
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1]))
from survey_app.cli import cli

FILE = Path(__file__).parents[1] / "docs" / "cli.md"
HEAD = """# The command line

Every command and option, written by `make docs` from the commands themselves. `minyi COMMAND --help` prints the same.
Where a command takes `--json`, it prints one JSON document on standard output and nothing else. Messages go to standard
error. The exit status is 0 when done, 2 for bad input, with the reason, and 1 for a failure of Minyi's own.
"""


def main() -> None:
    FILE.write_text(reference(), encoding="utf-8")


def reference() -> str:
    return "\n".join([HEAD, *(_section(path, command) for path, command in commands() if path)])


def commands(
    command: click.Command = cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every group and command with the words that call it, in the order of `minyi --help`."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from commands(found, (*path, name))


def _section(path: tuple[str, ...], command: click.Command) -> str:
    context = click.Context(command, info_name=" ".join(("minyi", *path)))
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    lines = [f"{'#' * (len(path) + 1)} {context.command_path}", "", f"    {usage}", "", _told(command), ""]
    lines += [
        f"- `{record[0]}`: {_one_line(record[1])}"
        for option in command.params
        if isinstance(option, click.Option) and (record := option.get_help_record(context))
    ]
    return "\n".join(lines).rstrip() + "\n"


def _told(command: click.Command) -> str:
    """The help of a command, its paragraphs as in the source."""
    paragraphs = (command.help or "").split("\n\n")
    return "\n\n".join(_one_line(paragraph) for paragraph in paragraphs)


def _one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main()
