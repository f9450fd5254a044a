"""In which language words are made: what a block asks for, else the reader's of a web page, else the process's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

LANGUAGES = ("zh", "en")

_asked: ContextVar[str | None] = ContextVar("minyi_language", default=None)
_followed: list[Callable[[], str | None]] = []
_process: list[str] = []


def language() -> str:
    """zh or en."""
    asked = _asked.get()
    if asked is None:
        asked = next((found for found in (reader() for reader in _followed) if found), None)
    return asked or spoken()


@contextmanager
def reading(chosen: str) -> Iterator[None]:
    """All words of the block in one language."""
    token = _asked.set(chosen)
    try:
        yield
    finally:
        _asked.reset(token)


def spoken() -> str:
    """The language of the process: what `speak` said, else its locale's."""
    return _process[0] if _process else of_locale(os.environ)


def speak(chosen: str | None) -> None:
    """Fix the language of the process; None leaves it to the locale."""
    _process[:] = [chosen] if chosen else []


def of_locale(environment: Mapping[str, str]) -> str:
    """zh of a Chinese locale; en of any other, of C and of none."""
    named = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next(filter(None, named), "").lower().startswith("zh") else "en"


def follow(reader: Callable[[], str | None]) -> None:
    """Ask `reader` for the language of whoever is served at the moment; it answers None where nobody is."""
    if reader not in _followed:
        _followed.append(reader)
