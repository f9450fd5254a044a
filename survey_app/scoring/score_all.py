"""Score a city and its counties together. Whatever does not meet is listed and makes the batch provisional."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from analysis.documents.estimate import EstimateDocument
from analysis.scoring import Satisfaction, SatisfactionError, load_rulebook, score
from analysis.scoring.documents import ScorecardDocument
from analysis.scoring.programme import Programme, Unit
from analysis.scoring.progress import known_star
from analysis.scoring.rulebook import Rulebook
from analysis.scoring.satisfaction import below_minimum
from analysis.scoring.values import among_peers
from definitions.names import by_key, clean, key, near, points_in_words
from definitions.numbers import share_of
from survey_app.scoring.batch_sources import AREA_COLUMNS, STAR_COLUMNS, Reason, Sheet, Sources, rows_with, sources_in
from survey_app.surveys.columns import AREA_VARIABLES
from survey_app.values.files import ValueFileError, Wrong, cell_of
from wording import Message, said_of

BELOW: tuple[Unit, ...] = ("county", "zone")


@dataclass(frozen=True)
class Expected:
    """What a batch should hold. areas: the stated names, None where no list is given; counties: their number, as said."""

    programme: Programme
    city: str
    areas: tuple[str, ...] | None = None
    counties: int | None = None


@dataclass(frozen=True)
class Scored:
    """Scorecards by area; what was wrong with areas that could not be scored; why all of it is provisional.

    below_minimum: areas that the estimate has no figure for by its plan's minimum, which makes nothing provisional.
    zones: those of the areas, failures too, that the zones' rulebook rates; counties: how many of those there are.
    """

    city: str
    cards: dict[str, ScorecardDocument]
    failures: dict[str, str]
    reasons: tuple[Reason, ...]
    counties: int
    below_minimum: tuple[str, ...] = ()
    zones: frozenset[str] = frozenset()

    @property
    def provisional(self) -> bool:
        return bool(self.reasons)


class _Figures:
    """Satisfaction by area, from an estimate or from a table."""

    def __init__(self, found: Sources, estimate: Path | None, variable: str, city: str) -> None:
        self.city, self.variable = city, variable
        self.document = _document(estimate) if estimate else None
        self.listed = {} if self.document is not None else _listed(found)
        self.tabled = found.figures is not None and self.document is None
        if self.document is None:
            self.names = [name for name, _figure in self.listed.values()]
        else:
            rows = self.document.get("domains", {}).get(variable, [])
            self.names = [str(row["level"]) for row in rows if key(str(row["level"])) != key(city)]

    def below_minimum(self, area: str) -> bool:
        """Whether the estimate's plan leaves this area without a figure."""
        return self.document is not None and below_minimum(self.document, self._place(area))

    def of(self, area: str) -> Satisfaction | None:
        """Raises SatisfactionError where the estimate has none of this area."""
        if self.document is None:
            return self.listed.get(key(area), ("", None))[1]
        return Satisfaction.from_estimate(self.document, self._place(area))

    def _place(self, area: str) -> tuple[str, str] | None:
        """A zone's figure is that of its residents where the domain of the counties has none of it."""
        if self.document is None or key(area) == key(self.city):
            return None
        listed, zones = (
            {key(str(row["level"])) for row in self.document.get("domains", {}).get(name, [])}
            for name in (self.variable, AREA_VARIABLES["zone"])
        )
        return (AREA_VARIABLES["zone"] if key(area) in zones - listed else self.variable, area)


def score_all(source: Path, expected: Expected, estimate: Path | None, variable: str) -> Scored:
    """Score every area found in `source`. A bad file stops nothing; it is listed.

    Raises ValueFileError where the source itself cannot be used, and where two workbooks are of one area.
    """
    found = sources_in(source)
    figures = _Figures(found, estimate, variable, expected.city)
    stated = expected.areas if expected.areas is not None else (tuple(figures.names) if figures.tabled else None)
    sheets = _by_area(found.sheets, [expected.city, *(stated or figures.names)])
    if not sheets:
        raise ValueFileError([Wrong(str(source), Message("batch.nothing_found"))])
    cards, failures, reasons = {}, {}, list(found.passed_over)
    if estimate is not None and found.figures is not None:
        reasons.append(Reason("ignored", "satisfaction", Message("batch.table_beside_estimate")))
    city = key(expected.city)
    kinds: dict[str, Unit] = {
        area: "city" if key(area) == city else _kind_below(sheet, expected.programme) for area, sheet in sheets.items()
    }
    read = _batched({area: _read(sheet, kinds[area], expected.programme) for area, sheet in sheets.items()})
    for area, sheet in sheets.items():
        try:
            row = read[area]
            if isinstance(row, ValueFileError):
                raise row
            book, values = row
            figure = _figure(figures, area, sheet, reasons)
            cards[area] = with_range(score(book, values, figure).as_dict())
        except (ValueFileError, SatisfactionError) as error:
            failures[area] = str(error)
            reasons.append(Reason("not_scored", area, Message("batch.not_scored", area=area)))
    reasons += _unmet(expected, stated, figures, sheets)
    zones = frozenset(area for area, kind in kinds.items() if kind == "zone")
    counties = sum(kind == "county" for kind in kinds.values())
    reasons += _miscounted(expected, stated, counties)
    number, below = _number(expected, stated, counties, zones), tuple(filter(figures.below_minimum, cards))
    return Scored(expected.city, cards, failures, tuple(reasons), number, below, zones)


Read = tuple[Rulebook, Mapping[str, Mapping[str, object]]]


def _read(sheet: Sheet, kind: Unit, programme: Programme) -> Read | ValueFileError:
    """The values of a sheet with their rulebook, or what keeps it from being scored."""
    try:
        if kind not in programme.units:
            raise ValueFileError([Wrong(sheet.label, Message("batch.not_rated", kind=kind))])
        book = load_rulebook(programme.units[kind])
        values = _values(sheet, book, programme)
        if is_blank(values):
            raise ValueFileError([Wrong(sheet.label, Message("batch.blank"))])
    except ValueFileError as error:
        return error
    return book, values


def _kind_below(sheet: Sheet, programme: Programme) -> Unit:
    """A county, or a zone where only the zones' rulebook reads the sheet; where none does, whose has less to say against it."""
    if "zone" not in programme.units:
        return "county"
    wrong: dict[Unit, int] = {}
    for kind in BELOW:
        if kind in programme.units:
            try:
                if sheet.read(load_rulebook(programme.units[kind])):
                    return kind
                wrong[kind] = 0
            except ValueFileError as error:
                wrong[kind] = len(error.wrong)
    return min(wrong, key=wrong.__getitem__)


def _batched(found: Mapping[str, Read | ValueFileError]) -> dict[str, Read | ValueFileError]:
    """Each with what its rulebook compares of the others that are scored by it."""
    scored = {area: row for area, row in found.items() if not isinstance(row, ValueFileError)}
    batched: dict[str, Read | ValueFileError] = dict(found)
    for book in {book.id: book for book, _ in scored.values()}.values():
        beside = {area: values for area, (its, values) in scored.items() if its.id == book.id}
        batched |= {area: (book, values) for area, values in among_peers(book, beside).items()}
    return batched


def _values(sheet: Sheet, book: Rulebook, programme: Programme) -> Mapping[str, Mapping[str, object]]:
    """The values of a sheet; of one that was filled in the form of the other kind of area, only that."""
    try:
        return sheet.read(book)
    except ValueFileError as error:
        other = next((load_rulebook(name) for name in programme.units.values() if name != book.id), None)
        if other is None:
            raise
        try:
            sheet.read(other)
        except ValueFileError:
            raise error from None
        told = Message("batch.other_form", filled=other.title, filled_id=other.id, wanted=book.title, wanted_id=book.id)
        raise ValueFileError([Wrong(sheet.label, told)]) from error


def is_blank(values: Mapping[str, Mapping[str, object]]) -> bool:
    """Whether nothing at all is filled in."""
    parts = (value for metrics in values.values() for value in metrics.values())
    return all(
        part in (None, "") or (isinstance(part, dict) and all(each in (None, "") for each in part.values()))
        for part in parts
    )


def with_range(card: ScorecardDocument) -> ScorecardDocument:
    """A scorecard whose star is not known has none: satisfaction decides between the two of `star_range`."""
    return {**card, "star_level": known_star(card)}


def read_areas(path: Path) -> tuple[str, ...]:
    """The stated list of areas. Raises ValueFileError, also where two names look the same."""
    return _distinct(path.name, [name for _row, (name,) in rows_with(path, AREA_COLUMNS) if clean(name)])


def read_ratings(path: Path, programme: Programme) -> dict[str, str]:
    """Earlier stars from a table with the columns area, star. Raises ValueFileError."""
    known = set(programme.levels)
    wrong, ratings = [], {}
    for row, (area, star) in rows_with(path, AREA_COLUMNS, STAR_COLUMNS):
        if star not in known:
            wrong.append(Wrong(cell_of(path.name, row.number, "star"), Message("batch.no_rating", star=star)))
        ratings[clean(area)] = star
    if wrong:
        raise ValueFileError(wrong)
    _distinct(path.name, ratings)
    return ratings


def _by_area(sheets: Sequence[Sheet], names: Iterable[str]) -> dict[str, Sheet]:
    """Area -> its sheet. Raises ValueFileError where two are of one area."""
    listed, found, twice = by_key(names), dict[str, tuple[str, list[Sheet]]](), []
    for sheet in sheets:
        area = sheet.area(listed)
        found.setdefault(key(area), (area, []))[1].append(sheet)
    for area, several in found.values():
        if len(several) > 1:
            first = several[0]
            files = [
                first.label,
                *(each.label + points_in_words(each.label, first.label) * _alike(each, first) for each in several[1:]),
            ]
            twice.append(Wrong(area, Message("batch.two_workbooks", number=len(files), files=files)))
    if twice:
        raise ValueFileError(twice)
    return {area: sheet for area, [sheet] in found.values()}


def _alike(one: Sheet, other: Sheet) -> bool:
    return key(one.label) == key(other.label)


def _figure(figures: _Figures, area: str, sheet: Sheet, reasons: list[Reason]) -> Satisfaction | None:
    try:
        figure = figures.of(area)
    except SatisfactionError:
        figure = None
    if figure is None and not figures.below_minimum(area):
        reasons.append(Reason("no_figure", area, Message("batch.no_figure", area=area, label=sheet.label)))
    return figure


def _unmet(
    expected: Expected, stated: tuple[str, ...] | None, figures: _Figures, sheets: Mapping[str, Sheet]
) -> Iterable[Reason]:
    """Figures and listed areas that no workbook is of, and workbooks of areas that are not listed."""
    there, listed = {key(area) for area in sheets}, {key(name) for name in stated or ()}
    for name in figures.names:
        if key(name) not in there:
            meant = near(name, sheets)
            near_miss = Message("batch.no_workbook_near", area=name, meant=meant)
            yield Reason("no_workbook", name, near_miss if meant else Message("batch.no_workbook", area=name))
    figured = {key(name) for name in figures.names}
    for name in stated or ():
        if key(name) not in there | figured:
            yield Reason("missing", name, Message("batch.missing", area=name))
    for area in sheets if expected.areas is not None else ():
        if key(area) not in listed | {key(expected.city)}:
            meant = near(area, stated or ())
            near_miss = Message("batch.not_listed_near", area=area, meant=meant)
            yield Reason("not_listed", area, near_miss if meant else Message("batch.not_listed", area=area))


def _miscounted(expected: Expected, stated: tuple[str, ...] | None, found: int) -> Iterable[Reason]:
    number = expected.counties or (_of_the_programme(expected) if stated is None else None)
    if number and number != found:
        yield Reason("number", str(found), Message("batch.miscounted", number=number, found=found))


def _number(expected: Expected, stated: tuple[str, ...] | None, found: int, zones: Collection[str]) -> int:
    """How many counties the goals are counted over: never fewer than were found."""
    apart = {key(expected.city), *map(key, zones)}
    listed = sum(key(name) not in apart for name in stated or ())
    of_the_city = _of_the_programme(expected) if expected.areas is None else 0
    return max(expected.counties or max(listed, of_the_city), found, 1)


def _of_the_programme(expected: Expected) -> int:
    """How many counties the programme says that its own city has."""
    own = expected.programme.city
    return own.counties or 0 if own is not None and key(expected.city) == key(own.name) else 0


def _listed(found: Sources) -> dict[str, tuple[str, Satisfaction | None]]:
    """key -> the name and figure of the table of satisfaction. Raises ValueFileError."""
    figures: dict[str, tuple[str, Satisfaction | None]] = {}
    wrong, names = [], []
    for table, row in found.figures or ():
        name = clean(row["area"])
        if not name:
            wrong.append(Wrong(cell_of(table, row.number, "area"), Message("batch.no_area_named")))
            continue
        names.append(row["area"])
        try:
            figure = Satisfaction.from_figure(float(share_of(row["satisfaction"]))) if row["satisfaction"] else None
            figures.setdefault(key(name), (name, figure))
        except (ValueError, SatisfactionError) as error:
            wrong.append(Wrong(cell_of(table, row.number, "satisfaction"), said_of(error)))
    if wrong:
        raise ValueFileError(wrong)
    _distinct(found.figures[0][0] if found.figures else "", names)
    return figures


def _distinct(file: str, names: Iterable[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    wrong = []
    for name in names:
        if key(name) in seen:
            other = seen[key(name)] + points_in_words(name, seen[key(name)])
            wrong.append(Wrong(file, Message("batch.named_twice", name=name, other=other)))
        seen.setdefault(key(name), name)
    if wrong:
        raise ValueFileError(wrong)
    return tuple(map(clean, seen.values()))


def _document(path: Path) -> EstimateDocument:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ValueFileError([Wrong(str(path), Message("batch.not_json"))]) from error
    if not isinstance(document, dict):
        raise ValueFileError([Wrong(str(path), Message("batch.not_an_estimate"))])
    return cast(EstimateDocument, document)  # as `minyi estimate --json` wrote it
