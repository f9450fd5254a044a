"""Rulebooks found and read: those of the package by id, others from a file."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from analysis.scoring.readings import FOLDER, as_read
from analysis.scoring.rulebook import Rulebook
from definitions import DefinitionError, Located, Problem, digest, load_text
from wording import Message

_PLAUSIBLE = re.compile(r", plausible: \[[^\]]*\]")  # decides nothing, so the digest of what decides is without it


def rulebook_ids() -> list[str]:
    """The packaged rulebooks."""
    return sorted(item.name.removesuffix(".yaml") for item in FOLDER.iterdir() if item.name.endswith(".yaml"))


@cache
def load_rulebook(id_or_path: str | Path) -> Rulebook:
    """A packaged rulebook by id, or a file. Raises DefinitionError with everything that is wrong.

    >>> book = load_rulebook("jining-2023-county")
    >>> book.indicator(1).words(book.indicator(1).tiers[0])
    '政务服务事项在线率 ≥ 85%'
    >>> book.zones.lines
    (0.6, 0.7)
    """
    if str(id_or_path) in rulebook_ids():
        text = FOLDER.joinpath(f"{id_or_path}.yaml").read_text(encoding="utf-8")
        return as_read(parse_rulebook(text, f"{id_or_path}.yaml"))
    path = Path(id_or_path)
    if not path.is_file():
        known = ", ".join(rulebook_ids())
        raise DefinitionError([Problem(str(path), 1, "", Message("rulebooks.no_such_file_no", known=known))])
    return parse_rulebook(path.read_text(encoding="utf-8"), str(path))


def parse_rulebook(text: str, name: str) -> Rulebook:
    """Check `text` as a rulebook: its form, then its sense. Raises DefinitionError."""
    from dataclasses import replace

    from analysis.scoring.checks import problems_of

    located: Located[Rulebook] = load_text(text, Rulebook, name)
    problems = problems_of(located)
    if problems:
        raise DefinitionError(problems)
    return replace(located.value, digest=digest(_PLAUSIBLE.sub("", text)))
