"""A programme (评价方案): the rulebooks of one document by kind of unit, its goals and readings, and what it begins with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints

from analysis.scoring.loading import NoProgrammeError, load_rulebook
from analysis.scoring.programme_files import (
    GOALS,
    MANIFEST,
    Files,
    all_files,
    books_in,
    digest_of_files,
    files_of,
    files_with,
    questionnaire_id,
)
from analysis.zones import ProgrammeDocument
from definitions import load_text

Unit = Literal["city", "county", "zone"]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,47}$")]
_STRICT = ConfigDict(extra="forbid")


def _day(value: object) -> object:
    """YAML reads a bare 2026-01-31 as a day, and a quoted one as text."""
    return value.isoformat() if isinstance(value, date) else value


Day = Annotated[str, BeforeValidator(_day)]


@dataclass(frozen=True)
class Goal:
    """One goal: `share` of the counties, or `number` of them, at `at_least` or above; `new` counts newcomers.
    by: the year, None where the document gives none. unit: zone, where it is about zones instead."""

    key: str
    text: str
    by: int | None
    at_least: str
    share: float | None = None
    number: int | None = None
    new: bool = False
    unit: Literal["county", "zone"] = "county"

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class _Goals:
    goals: tuple[Goal, ...]

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Title:
    zh: str
    en: str

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Source:
    """The document that the programme states as data."""

    title: str
    number: str
    date: Day = ""
    issued_by: str = ""

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class City:
    """The city it was made for, and how many counties that has; None: not said."""

    name: str
    counties: Annotated[int, Field(ge=0)] | None = None

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Service:
    """What a question of the questionnaire rates, or a problem is about, under the questionnaire's key of the row.
    indicators: those it stands for, numbers of the city's rulebook."""

    key: str
    name: Title
    indicators: tuple[int, ...] = ()

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Programme:
    """units: kind -> id of its rulebook. departments: those beside the leads of the rulebooks. fields: what services
    stand for; none: as the questionnaire cites. questionnaire: the id of the folder's own, else one of the library, or ''.
    goals and digest come from the folder. invented: made to try, and said wherever it is named."""

    id: Id
    version: Annotated[int, Field(ge=1)]
    title: Title
    source: Source
    units: dict[Unit, str]
    city: City | None = None
    questionnaire: str = ""
    departments: tuple[str, ...] = ()
    fields: tuple[Service, ...] = ()
    invented: bool = False
    goals: tuple[Goal, ...] = ()
    digest: str = field(default="", repr=False)

    __pydantic_config__ = _STRICT

    @property
    def ref(self) -> str:
        return f"{self.id}@{self.version}"

    def as_dict(self) -> ProgrammeDocument:
        """What every output names it by."""
        named: ProgrammeDocument = {
            "id": self.id,
            "version": self.version,
            "title": self.title.zh,
            "digest": self.digest,
        }
        return named

    def indicators_of(self, key: str, cited: Iterable[int]) -> tuple[int, ...]:
        """The city's indicators that a service stands for; cited: what its questionnaire says."""
        if not self.fields:
            return tuple(cited) if self.questionnaire else ()
        return next((one.indicators for one in self.fields if one.key == key), ())

    @property
    def levels(self) -> tuple[str, ...]:
        """Every rating of a county, or of what else it rates, the lowest first."""
        return self.levels_of("county")

    def levels_of(self, unit: Unit) -> tuple[str, ...]:
        """The same of a kind of unit."""
        book = load_rulebook(self.units.get(unit) or next(iter(self.units.values())))
        return book.no_star, *(star.name for star in book.stars)


def load_programme(name: str) -> Programme:
    """A known programme by id or reference; the newest version where it is not said. Raises NoProgrammeError."""
    found = files_of(name)
    if found is None:
        raise NoProgrammeError(name)
    return _read(found[0], tuple(found[1].items()))


def programmes() -> list[Programme]:
    """Every version of every known programme, the newest of each first."""
    return [_read(ref, tuple(held.items())) for ref, held in all_files().items()]


def stated_with(rulebook: str) -> ProgrammeDocument | None:
    """How outputs name the programme of a rulebook; None of one from a file."""
    return programme_with(rulebook).as_dict() if files_with(rulebook) is not None else None


def programme_with(rulebook: str) -> Programme:
    """The newest programme that has this rulebook. Raises NoProgrammeError."""
    ref = next((ref for ref, held in all_files().items() if rulebook in books_in(held)), "")
    return load_programme(ref)


@cache
def _read(name: str, held: tuple[tuple[str, str], ...]) -> Programme:
    return read_programme(name, dict(held))


def _path(name: str, file: str) -> str:
    return f"{name}/{file}" if name else file


def read_programme(name: str, texts: Files) -> Programme:
    """A programme from its files, each by itself. Raises DefinitionError."""
    made = load_text(texts[MANIFEST], Programme, _path(name, MANIFEST)).value
    goals = load_text(texts[GOALS], _Goals, _path(name, GOALS)).value.goals if GOALS in texts else ()
    asked = made.questionnaire or questionnaire_id(texts)
    return replace(made, goals=goals, questionnaire=asked, digest=digest_of_files(texts))
