"""Settings in words: those in force without their secrets, and the operators' table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from survey_app.ground.setting_kinds import HIDDEN, without_password
from survey_app.ground.settings import COMMAND_LINE, DEFAULT, ENVIRONMENT, VARIABLES, Reading, Variable
from wording import Message, english


def in_words(reading: Reading, stored: Mapping[str, str]) -> list[dict[str, str]]:
    """Name, value and origin of every setting that could be read; a secret is never in it. stored: what the console keeps."""
    rows = []
    for variable in VARIABLES:
        if variable.field not in reading.origins:
            continue  # wrong, and told as such
        value, origin = getattr(reading.settings, variable.field), reading.origins[variable.field]
        if variable.about.secret and origin == DEFAULT:
            value, origin = _kept(reading.settings.instance / variable.field)
        elif variable.field == "database_url":
            value = reading.settings.database
        elif variable.field in stored and not value:
            value, origin = stored[variable.field], str(Message("settings.from_database"))
        elif variable.field == "instance":
            value = reading.settings.instance.resolve()
        shown = HIDDEN if variable.about.secret and value else without_password(text(value))
        value = shown or f"({Message(f'settings.default_{variable.about.shown}')})"
        rows.append({"name": variable.name, "value": value, "from": _from(origin)})
    return rows


def _from(origin: str) -> str:
    key = f"settings.from_{origin.replace(' ', '_')}"
    return str(Message(key)) if origin in (COMMAND_LINE, ENVIRONMENT, DEFAULT) else origin


def _kept(path: Path) -> tuple[str, str]:
    """A secret's file stands for it; before the first start there is none."""
    if not path.is_file():
        return "", DEFAULT
    return HIDDEN, str(Message("settings.from_file", path=path.resolve()))


def text(value: Any) -> str:
    """A value as a variable would hold it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, frozenset | tuple):
        return " ".join(sorted(map(str, value)))
    if value is None:
        return ""
    return value.key if isinstance(value, ZoneInfo) else str(value)


def table() -> str:
    """The operators' table, in Markdown."""
    lines = ["| variable | meaning | allowed | default |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {_name(variable)} | {variable.about.words}{' (Console)' if variable.about.console else ''} | {variable.about.kind.allowed} | {_default(variable)} |"
        for variable in VARIABLES
    ]
    return "\n".join(lines) + "\n"


def _name(variable: Variable) -> str:
    former = variable.about.formerly
    return f"`{variable.name}`" + (f" (formerly `{former}`)" if former else "")


def _default(variable: Variable) -> str:
    if not text(variable.default) or variable.about.shown != "none":
        return english(Message(f"settings.default_{variable.about.shown}"))
    return f"`{text(variable.default)}`"
