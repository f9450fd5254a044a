"""What a batch is made of: the value files of a folder or the sheets of a workbook, whose they are, what was passed over."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.scoring.rulebook import Rulebook
from definitions.names import clean, key
from survey_app.files.headed import HeadedTable, headed, plain, read_headed
from survey_app.files.opening import opened
from survey_app.files.rows_in import NamedRow, read_named
from survey_app.files.said import FileRefusedError, aloud
from survey_app.files.workbooks import META, WORDS
from survey_app.values.files import (
    KNOWN,
    ValueFileError,
    Wrong,
    area_in,
    notes_of,
    read_table,
    read_value_file,
    rows_of,
)
from wording import Message, said_of

ENDINGS = (".xlsx", ".csv", ".json")
FIGURES = ("satisfaction", "满意度")  # the file or sheet with every area's satisfaction
AREA_COLUMNS = ("area", "地区", "县(市、区)", "县市区", "名称", "name")
FIGURE_COLUMNS = ("satisfaction", "满意度", "公众满意度")
STAR_COLUMNS = ("star", "评级", "星级")
_BESIDE = re.compile(r"[(（\[【〔<《].*?[)）\]】〕>》]|[-_‐‑‒–—―－～~·].*$")
_SYSTEM = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class Reason:
    """Why a batch is provisional. key: which kind; name: the area or file it is about."""

    key: str
    name: str
    said: Message

    def as_dict(self) -> dict[str, str]:
        return {"key": self.key, "name": self.name, "text": str(self.said)}


@dataclass(frozen=True)
class Sheet:
    """The values of one area. inside: the area's name as the sheet itself states it, '' where it does not."""

    label: str
    stem: str
    inside: str
    read: Callable[[Rulebook], Mapping[str, Mapping[str, object]]]

    def area(self, listed: Mapping[str, str]) -> str:
        """Whose values these are, spelled as in the list (`by_key`). Raises ValueFileError where it names two."""
        met = [name for name in listed if name in key(self.stem)]
        met = [name for name in met if not any(name != other and name in other for other in met)]
        if len(met) > 1:
            raise ValueFileError([Wrong(self.label, Message("batch.meets_two", areas=[listed[name] for name in met]))])
        by_name = next((listed[key(name)] for name in (self.stem, _bare(self.stem)) if key(name) in listed), "")
        if not self.inside:
            return by_name or _bare(self.stem)
        stated = listed.get(key(self.inside), self.inside)
        if by_name and key(by_name) != key(stated):
            raise ValueFileError([Wrong(self.label, Message("batch.two_names", by_name=by_name, stated=stated))])
        return stated


@dataclass
class Sources:
    """figures: rows of area and satisfaction, None where there is no such table."""

    sheets: list[Sheet] = field(default_factory=list)
    passed_over: list[Reason] = field(default_factory=list)
    figures: list[tuple[str, NamedRow]] | None = None


def sources_in(source: Path) -> Sources:
    """Everything in a folder, or in a workbook. Raises ValueFileError where it cannot be used at all."""
    if source.is_dir():
        return _folder(source)
    if source.suffix.lower() == ".xlsx" and source.is_file():
        return _workbook(source)
    raise ValueFileError([Wrong(str(source), Message("batch.not_a_source"))])


def rows_with(path: Path, *wanted: tuple[str, ...]) -> Iterator[tuple[NamedRow, list[str]]]:
    """Rows of a table with the texts of its wanted columns, each under any of its headings. Raises ValueFileError."""
    try:
        table = read_named(path, (), None)
    except FileRefusedError as error:
        raise ValueFileError([Wrong(path.name, said_of(error))]) from error
    aloud(path.name, table.notes)
    there = {plain(column): column for column in table.columns}
    columns = [next((there[plain(name)] for name in names if plain(name) in there), None) for names in wanted]
    absent = [names[0] for names, column in zip(wanted, columns, strict=True) if column is None]
    if absent:
        raise ValueFileError([Wrong(path.name, Message("batch.needs_columns", columns=absent))])
    for row in table.rows:
        yield row, [row[column] for column in columns if column is not None]


def _bare(stem: str) -> str:
    """A file's name without what is in brackets or after a dash."""
    return clean(_BESIDE.sub("", stem)) or clean(stem)


def _folder(folder: Path) -> Sources:
    found = Sources()
    figure_files = []
    for path in sorted(folder.iterdir()):
        ending = path.suffix.lower()
        if path.name.startswith(".") or path.name.casefold() in _SYSTEM:
            continue
        if path.name.startswith(("~$", ".~")):
            found.passed_over.append(Reason("ignored", path.name, Message("batch.lock", name=path.name)))
        elif path.is_dir() or ending not in ENDINGS:
            found.passed_over.append(_ignored(path))
        elif path.stem in FIGURES and ending != ".json":
            figure_files.append(path)
        else:
            found.sheets.append(_sheet(path))
    if len(figure_files) > 1:
        said = Message("batch.two_tables", files=[path.name for path in figure_files])
        raise ValueFileError([Wrong(str(folder), said)])
    if figure_files:
        [path] = figure_files
        found.figures = [(path.name, row) for row in _figure_rows(path)]
    return found


def _figure_rows(path: Path) -> Iterator[NamedRow]:
    for row, (area, figure) in rows_with(path, AREA_COLUMNS, FIGURE_COLUMNS):
        yield NamedRow(row.number, {"area": area, "satisfaction": figure})


def _sheet(path: Path) -> Sheet:
    """A file as a sheet; what is wrong with it comes out when it is read."""
    if path.suffix.lower() == ".json":
        return Sheet(path.name, path.stem, _area_in_json(path), lambda book: read_value_file(path, book))
    try:
        table = read_headed(path.name, path, KNOWN)
    except FileRefusedError as error:
        return Sheet(path.name, path.stem, "", _raising(ValueFileError([Wrong(path.name, said_of(error))])))
    aloud(path.name, notes_of(table))
    return _of_table(path.name, path.stem, table, path.name if path.suffix.lower() == ".csv" else table.title)


def _of_table(label: str, stem: str, table: HeadedTable, title: str) -> Sheet:
    try:
        rows = rows_of(table)
    except ValueFileError as error:
        return Sheet(label, stem, "", _raising(error))
    return Sheet(label, stem, area_in(table, rows), lambda book: read_table(label, title, rows, book))


def _area_in_json(path: Path) -> str:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return ""  # reading its values says what is wrong
    stated = document.get("area") if isinstance(document, dict) else None
    return clean(stated) if isinstance(stated, str) else ""


def _workbook(source: Path) -> Sources:
    found = Sources()
    known = {*KNOWN, *map(plain, (*AREA_COLUMNS, *FIGURE_COLUMNS))}
    try:
        with opened(source.name, source) as book:
            tables = {grid.title: headed(grid, known) for grid in book.sheets if grid.rows and grid.title != WORDS}
            hidden = [title for title, shown in book.titles.items() if not shown and title != META]
            empty = [title for title, shown in book.titles.items() if shown and title not in (WORDS, *tables)]
    except FileRefusedError as error:
        raise ValueFileError([Wrong(source.name, said_of(error))]) from error
    for title in hidden:
        found.passed_over.append(Reason("ignored", title, Message("batch.hidden_sheet", name=title)))
    for title in empty:
        found.passed_over.append(Reason("ignored", title, Message("batch.empty_sheet", name=title)))
    for title, table in tables.items():
        aloud(f"{source.name} {title}", notes_of(table))
        if title.strip() in FIGURES:
            found.figures = [(title, row) for row in _figures_in(table)]
        else:
            found.sheets.append(_of_table(title, title, table, title))
    return found


def _figures_in(table: HeadedTable) -> Iterator[NamedRow]:
    there = [plain(heading) for heading in table.headings]
    places = [
        next((there.index(plain(name)) for name in names if plain(name) in there), None)
        for names in (AREA_COLUMNS, FIGURE_COLUMNS)
    ]
    area, figure = places
    if area is None or figure is None:
        raise ValueFileError([Wrong(table.title, Message("batch.needs_columns", columns=["area", "satisfaction"]))])
    for row in table.rows:
        yield NamedRow(row.number, {"area": row.text(area), "satisfaction": row.text(figure)})


def _raising(error: ValueFileError) -> Callable[[Rulebook], Mapping[str, Mapping[str, object]]]:
    def read(_book: Rulebook) -> Mapping[str, Mapping[str, object]]:
        raise error

    return read


def _ignored(path: Path) -> Reason:
    if path.is_dir():
        return Reason("ignored", path.name, Message("batch.folder_not_read", name=path.name))
    if path.suffix.lower() in (".xls", ".et", ".ods", ".xlsm", ".xlsb"):
        return Reason("ignored", path.name, Message("batch.save_as", name=path.name))
    return Reason("ignored", path.name, Message("batch.file_not_read", name=path.name))
