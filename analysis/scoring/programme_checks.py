"""What makes a programme's folder usable: every file by itself, and whether they fit together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from analysis.scoring.loading import parse_rulebook
from analysis.scoring.programme import Programme, read_programme
from analysis.scoring.programme_files import (
    BOOKS,
    GOALS,
    MANIFEST,
    PLAN,
    QUESTIONNAIRE,
    READINGS,
    REGISTERS,
    SCOPES,
    Files,
    books_in,
)
from analysis.scoring.readings import Readings
from analysis.scoring.registers import register_problems
from analysis.scoring.rulebook import Rulebook
from analysis.scoring.scopes import Scopes
from definitions import DefinitionError, KeyPath, Problem, load_text, problem_at
from wording import Message

LEVELS = {"city": "city", "county": "county", "zone": "county"}
At = Callable[[str, KeyPath, Message], Problem]  # a problem of a file at a key, with its line
KNOWN = (MANIFEST, GOALS, READINGS, SCOPES, REGISTERS, QUESTIONNAIRE, PLAN)


def checked(texts: Files) -> Programme:
    """The programme of these files. Raises DefinitionError with everything that is wrong."""
    lacking = [path for path in (MANIFEST,) if path not in texts]
    if lacking:
        raise DefinitionError([Problem(path, 1, "", Message("programmes.file_missing", file=path)) for path in lacking])
    problems = [
        Problem(path, 1, "", Message("programmes.file_unknown", file=path, known=[*KNOWN, f"{BOOKS}…"]))
        for path in texts
        if path not in KNOWN and not (path.startswith(BOOKS) and path.endswith(".yaml") and path.count("/") == 1)
    ]
    try:
        programme = read_programme("", texts)
    except DefinitionError as error:
        raise DefinitionError([*problems, *error.problems]) from error

    def at(file: str, path: KeyPath, said: Message) -> Problem:
        return problem_at(texts[file], file, path, said)

    if programme.source.date and not _is_day(programme.source.date):
        problems.append(at(MANIFEST, ("source", "date"), Message("definitions.date")))
    books: dict[str, Rulebook] = {}
    for name in books_in(texts):
        try:
            books[name] = parse_rulebook(texts[f"{BOOKS}{name}.yaml"], f"{BOOKS}{name}.yaml")
        except DefinitionError as error:
            problems += error.problems
    broken = set(books_in(texts)) - set(books)
    problems += [*_units(programme, books, broken, at), *_goals(programme, books, at), *_fields(programme, books, at)]
    if READINGS in texts:
        problems += _readings(texts[READINGS], books, broken, at)
    if SCOPES in texts:
        problems += _scopes(texts[SCOPES], books, broken, at)
    if REGISTERS in texts and not broken:
        problems += register_problems(texts[REGISTERS], books, _ids(texts.get(READINGS)))
    if problems:
        raise DefinitionError(problems)
    return programme


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _ids(readings: str | None) -> set[str]:
    """Of the readings; none where they cannot be read, which is told already."""
    try:
        return {row.id for row in load_text(readings, Readings, READINGS).value.readings} if readings else set()
    except DefinitionError:
        return set()


def _units(programme: Programme, books: Mapping[str, Rulebook], broken: set[str], at: At) -> Iterator[Problem]:
    if not programme.units:
        yield at(MANIFEST, ("units",), Message("programmes.no_unit"))
    for kind, name in programme.units.items():
        if name not in books:
            if name not in broken:
                yield at(MANIFEST, ("units", kind), Message("programmes.file_missing", file=f"{BOOKS}{name}.yaml"))
            continue
        book = books[name]
        if book.id != name:
            yield at(f"{BOOKS}{name}.yaml", ("id",), Message("programmes.file_named_as_id", id=book.id))
        if book.level != LEVELS[kind]:
            yield at(f"{BOOKS}{name}.yaml", ("level",), Message("programmes.level", level=LEVELS[kind], kind=kind))
    for name in books:
        if name not in programme.units.values():
            yield Problem(f"{BOOKS}{name}.yaml", 1, "", Message("programmes.book_unused"))


def _goals(programme: Programme, books: Mapping[str, Rulebook], at: At) -> Iterator[Problem]:
    for place, goal in enumerate(programme.goals):
        book = books.get(programme.units.get(goal.unit, ""))
        if goal.unit not in programme.units:
            yield at(GOALS, ("goals", place), Message("programmes.goals_without_units", unit=goal.unit))
        if book is not None and goal.at_least not in {star.name for star in book.stars}:
            known = [star.name for star in book.stars]
            said = Message("programmes.no_such_star", name=goal.at_least, known=known)
            yield at(GOALS, ("goals", place, "at_least"), said)
        if (goal.share is None) == (goal.number is None):
            yield at(GOALS, ("goals", place), Message("programmes.share_or_number"))


def _fields(programme: Programme, books: Mapping[str, Rulebook], at: At) -> Iterator[Problem]:
    book = books.get(programme.units.get("city") or next(iter(programme.units.values()), ""))
    for place, field in enumerate(programme.fields):
        for number in field.indicators:
            if book is not None and book.indicator(number) is None:
                said = Message("programmes.no_such_indicator", number=number, rulebook=book.id)
                yield at(MANIFEST, ("fields", place, "indicators"), said)


def _readings(text: str, books: Mapping[str, Rulebook], broken: set[str], at: At) -> list[Problem]:
    try:
        held = load_text(text, Readings, READINGS).value
    except DefinitionError as error:
        return error.problems
    found = [
        at(READINGS, ("rulebooks",), Message("programmes.file_missing", file=f"{BOOKS}{book}.yaml"))
        for book in sorted(set(held.rulebooks) - set(books) - broken)
    ]
    ids = [row.id for row in held.readings]
    for place, row in enumerate(held.readings):
        path = ("readings", place)
        found += _rows(READINGS, (*path, "rows"), row.rows, books, broken, at)
        if row.id in ids[:place]:
            found.append(at(READINGS, (*path, "id"), Message("programmes.reading_twice", id=row.id)))
        items = [
            books[book].indicator(number) for book, numbers in row.rows.items() if book in books for number in numbers
        ]
        if row.instead and items and all(item is None or row.instead.row(item) == item for item in items):
            found.append(at(READINGS, (*path, "instead"), Message("programmes.reading_changes_nothing", id=row.id)))
    return found


def _scopes(text: str, books: Mapping[str, Rulebook], broken: set[str], at: At) -> list[Problem]:
    try:
        held = load_text(text, Scopes, SCOPES).value
    except DefinitionError as error:
        return error.problems
    return [
        problem
        for place, scope in enumerate(held.scopes)
        for problem in _rows(SCOPES, ("scopes", place, "rows"), scope.rows, books, broken, at)
    ]


def _rows(
    file: str, path: KeyPath, rows: Mapping[str, Sequence[int]], books: Mapping[str, Rulebook], broken: set[str], at: At
) -> Iterator[Problem]:
    """What rows name that there is not: a rulebook, or an indicator of one."""
    for name, numbers in rows.items():
        book = books.get(name)
        if book is None and name not in broken:
            yield at(file, (*path, name), Message("programmes.file_missing", file=f"{BOOKS}{name}.yaml"))
        for number in numbers:
            if book is not None and book.indicator(number) is None:
                said = Message("programmes.no_such_indicator", number=number, rulebook=name)
                yield at(file, (*path, name), said)
