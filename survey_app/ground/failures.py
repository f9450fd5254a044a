"""How a command fails: a sentence for people, or where --json was asked for one JSON object; both on standard error."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import click

from wording import Message, Refusal, Text, recognised

HELD = "minyi.told"  # what a command has said on standard error before it ended, kept back for its JSON object


def json_asked() -> bool:
    """Whether the command that runs was asked for JSON."""
    context = click.get_current_context(silent=True)
    return bool(context and context.params.get("as_json"))


def held_back(said: Refusal) -> bool:
    """Keep what a command says on standard error until it is known whether it fails; False where nobody asked for JSON."""
    if not json_asked():
        return False
    context = click.get_current_context()
    if HELD not in context.meta:
        context.meta[HELD] = []
        context.call_on_close(
            lambda: click.echo("".join(f"{told}\n" for told in context.meta[HELD]), err=True, nl=False)
        )
    context.meta[HELD].append(said)
    return True


def as_document(error: Refusal, status: int, before: Sequence[Refusal] = ()) -> str:
    """{"error": key, params, text, status, lines}; lines: what was said before, and each part of what has several."""
    first = error.said if isinstance(error.said, Message) else None
    lines = [line for told in before for line in told.lines] + (list(error.lines) if len(error.lines) > 1 else [])
    document = {**_worded(first or ""), "text": str(error), "status": status, "lines": list(map(_worded, lines))}
    return json.dumps({"error": document}, ensure_ascii=False)


def told_as_document(error: Refusal, status: int) -> bool:
    """Print the JSON object of a failure where JSON was asked for."""
    if not json_asked():
        return False
    before = click.get_current_context().meta.get(HELD, [])
    click.echo(as_document(error, status, before), err=True)
    before.clear()
    return True


def usage(error: click.ClickException, as_json: bool) -> None:
    """What is wrong with how a command was written, in its language; click says it in English alone."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):  # a group alone: its help is the answer
        error.show()
        return
    said = _usage_words(error.format_message())
    if as_json:
        click.echo(as_document(Refusal(said), error.exit_code), err=True)
        return
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        pieces = " ".join(context.command.collect_usage_pieces(context))
        click.echo(str(Message("click.usage", command=context.command_path, pieces=pieces)), err=True)
        click.echo(str(Message("click.try_help", command=context.command_path)) + "\n", err=True)
    click.echo(str(Message("click.error", said=said)), err=True)


def _usage_words(text: str) -> Text:
    value = re.fullmatch(r"Invalid value for (.+?): (.+)", text, re.DOTALL)  # what follows may be our own sentence
    if value:
        return Message("click.invalid", name=value[1], said=_usage_words(value[2]))
    return recognised(text, ("click",))


def _worded(said: Text) -> dict[str, Any]:
    return said.as_dict() if isinstance(said, Message) else {"key": "", "params": {}, "text": said}
