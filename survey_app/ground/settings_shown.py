"""Settings in words: those in force without their secrets, and the operators' table."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from survey_app.ground.settings import DEFAULT, HIDDEN, VARIABLES, Reading, Variable, without_password


def in_words(reading: Reading) -> list[dict[str, str]]:
    """Name, value and origin of every setting that could be read; a secret is never in it."""
    rows = []
    for variable in VARIABLES:
        if variable.field not in reading.origins:
            continue  # wrong, and told as such
        value, origin = getattr(reading.settings, variable.field), reading.origins[variable.field]
        if variable.about.secret and origin == DEFAULT:
            value, origin = _kept(reading.settings.instance / variable.field)
        elif variable.field == "database_url":
            value = reading.settings.database
        elif variable.field == "instance":
            value = reading.settings.instance.resolve()
        shown = HIDDEN if variable.about.secret and value else without_password(text(value))
        rows.append({"name": variable.name, "value": shown or f"({variable.about.shown})", "from": origin})
    return rows


def _kept(path: Path) -> tuple[str, str]:
    """A secret's file stands for it; before the first start there is none."""
    return (HIDDEN, f"file {path.resolve()}, made at first start") if path.is_file() else ("", DEFAULT)


def text(value: Any) -> str:
    """A value as a variable would hold it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, frozenset):
        return " ".join(sorted(value))
    return value.key if isinstance(value, ZoneInfo) else str(value)


def table() -> str:
    """The operators' table, in Markdown."""
    lines = ["| variable | meaning | allowed | default |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {_name(variable)} | {variable.about.words} | {variable.about.kind.allowed} | {_default(variable)} |"
        for variable in VARIABLES
    ]
    return "\n".join(lines) + "\n"


def _name(variable: Variable) -> str:
    former = variable.about.formerly
    return f"`{variable.name}`" + (f" (formerly `{former}`)" if former else "")


def _default(variable: Variable) -> str:
    return variable.about.shown or f"`{text(variable.default)}`"
