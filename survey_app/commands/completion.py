"""`minyi completion`: what a shell needs to complete commands, options and values after a press of the tab key."""

from __future__ import annotations

from pathlib import Path

import click

from survey_app.commands.support import fail_on, tell

PLACES = {
    "bash": ".local/share/bash-completion/completions/minyi",
    "zsh": ".zfunc/_minyi",
    "fish": ".config/fish/completions/minyi.fish",
}


@click.command(name="completion")
@click.argument("shell", type=click.Choice(list(PLACES)))
@click.option("--install", is_flag=True, help="Write it where the shell looks for it, in your home folder.")
def command(shell: str, install: bool) -> None:
    """Print the completion of SHELL (bash, zsh, fish), or install it for yourself."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # the choice above
    source = kind(click.get_current_context().find_root().command, {}, "minyi", "_MINYI_COMPLETE").source()
    if not install:
        click.echo(source)
        return
    path = Path.home() / PLACES[shell]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    except OSError as error:
        fail_on(error, path)
    tell("commands.wrote", True, out=path)
    tell("lines.zsh_looks_there" if shell == "zsh" else "lines.new_shell_completes", True)
