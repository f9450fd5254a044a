"""Rulebooks found and read: those of the package by id, others from a file."""

from __future__ import annotations

import dataclasses
import re
from functools import cache
from pathlib import Path

from analysis.scoring.programme_files import BOOKS, READINGS, SCOPES, all_files, books_in, files_with
from analysis.scoring.readings import as_read
from analysis.scoring.rulebook import Rulebook
from analysis.scoring.scopes import with_scopes
from definitions import DefinitionError, Located, Problem, composed, digest, load_text
from wording import Message

_INDICATOR = re.compile(r"indicators\[(\d+)\]")
_PLAUSIBLE = re.compile(r", plausible: \[[^\]]*\]")  # decides nothing, so the digest of what decides is without it


class NoProgrammeError(DefinitionError):
    """A programme that is not there, or none chosen at all ('' as its name): nothing can be rated."""

    def __init__(self, name: str = "") -> None:
        known = sorted({ref.partition("@")[0] for ref in all_files()})
        said = (
            Message("programmes.no_such", name=name, known=known) if name else Message("programmes.none", known=known)
        )
        super().__init__([Problem(name, 1, "", said)])
        self.name = name

    def __str__(self) -> str:
        return str(self.problems[0].message)


def rulebook_ids() -> list[str]:
    """The rulebooks of every known programme."""
    return sorted({book for held in all_files().values() for book in books_in(held)})


def load_rulebook(id_or_path: str | Path) -> Rulebook:
    """A rulebook of a known programme by id, or a file. Raises DefinitionError with everything that is wrong.

    >>> book = load_rulebook("jining-2023-county")
    >>> book.indicator(1).words(book.indicator(1).tiers[0])
    '政务服务事项在线率 ≥ 85%'
    >>> book.zones.lines
    (0.6, 0.7)
    """
    if not str(id_or_path):
        raise NoProgrammeError
    held = files_with(str(id_or_path))
    if held is not None:
        return _as_stated(f"{id_or_path}.yaml", held[f"{BOOKS}{id_or_path}.yaml"], held.get(READINGS), held.get(SCOPES))
    path = Path(id_or_path)
    if not path.is_file():
        known = ", ".join(rulebook_ids())
        raise DefinitionError([Problem(str(path), 1, "", Message("rulebooks.no_such_file_no", known=known))])
    return parse_rulebook(path.read_text(encoding="utf-8"), str(path))


@cache
def _as_stated(name: str, text: str, readings: str | None, scopes: str | None) -> Rulebook:
    """readings: what the digest of the rulebook's readings comes from. scopes: what counts, where it stands beside."""
    book = parse_rulebook(text, name)
    return as_read(with_scopes(book, scopes) if scopes else book)


def parse_rulebook(text: str, name: str) -> Rulebook:
    """Check `text` as a rulebook: its form, then its sense. Raises DefinitionError."""
    from analysis.scoring.checks import problems_of

    try:
        located: Located[Rulebook] = load_text(text, Rulebook, name)
        problems = problems_of(located)
    except DefinitionError as error:
        problems = error.problems
    if problems:
        raise DefinitionError([_numbered(problem, text) for problem in problems])
    return dataclasses.replace(located.value, digest=digest(_PLAUSIBLE.sub("", text)))


def _numbered(problem: Problem, text: str) -> Problem:
    """A problem inside an indicator names it by its number: its place in the list is not what the document calls it."""
    found = _INDICATOR.match(problem.key)
    if found is None:
        return problem
    row = composed(text, problem.file)[1]["indicators"][int(found[1])]
    number = row.get("number", "?") if isinstance(row, dict) else "?"
    said = Message("rulebooks.of_indicator", number=number, said=problem.message)
    return dataclasses.replace(problem, message=said)
