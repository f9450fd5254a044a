"""Data files of SPSS (.sav) and Stata (.dta, release 118): numbers with labels, missing answers declared as such, dates as dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from survey_app.responses.rows import Cell
from survey_app.responses.variables import Variable, day_of, missing_words
from survey_app.responses.written import Style, Written
from wording import Message

LETTERS = "abcde"  # Stata's .a to .e, in the order of the kinds of missing answers
DAY_SECONDS = 86_400
NAMED = 5  # columns that a message names


@dataclass(frozen=True)
class Format:
    """What a format takes. name, label, words: the most it holds, of octets (SPSS) or characters (Stata).

    epoch, unit: what its dates count from, and in. date: how they are shown. lettered: missing answers are letters.
    """

    octets: bool
    name: int
    label: int
    words: int
    title: int
    epoch: date
    unit: int
    date: str
    lettered: bool

    def cut(self, text: str, most: int) -> str:
        return text.encode()[:most].decode(errors="ignore") if self.octets else text[:most]


SPSS = Format(True, 64, 255, 120, 60, date(1582, 10, 14), DAY_SECONDS, "SDATE10", lettered=False)
STATA = Format(False, 32, 80, 8_000, 80, date(1960, 1, 1), 1, "%td", lettered=True)  # 32,000 octets of value labels


def write_sav(rows: Iterator[list[Cell]], columns: Sequence[Variable], out: Path, style: Style) -> Written:
    """SPSS: the kinds of missing answers are a declared range of every column that has them."""
    import pyreadstat

    made = _Made(columns, SPSS, style)
    return made.write(rows, out, pyreadstat.write_sav, missing_ranges=made.ranges)


def write_dta(rows: Iterator[list[Cell]], columns: Sequence[Variable], out: Path, style: Style) -> Written:
    """Stata 14 and later: release 118 of the format, which R's haven reads too; missing answers are .a to .e."""
    import pyreadstat

    made = _Made(columns, STATA, style)
    return made.write(rows, out, pyreadstat.write_dta, version=14, missing_user_values=made.letters)


class _Made:
    """Columns as a format has them. Worded codes become 1, 2, … in the definition's order."""

    def __init__(self, columns: Sequence[Variable], kind: Format, style: Style) -> None:
        self.columns, self.kind, self.title = columns, kind, kind.cut(style.title, kind.title)
        self.names = _names(columns, kind.name)
        self.whole = [_numbered(column) for column in columns]
        self.words = [_worded(column, kind, style.language) for column in self.whole]
        self.places = [_places(column, kind) for column in columns]

    @property
    def labels(self) -> dict[str, str | None]:
        return {name: self.kind.cut(c.label, self.kind.label) for name, c in zip(self.names, self.whole, strict=True)}

    @property
    def values(self) -> dict[str, dict[Any, str]]:
        cut, most = self.kind.cut, self.kind.words
        return {
            name: {code: cut(text, most) for code, text in words.items()}
            for name, words in zip(self.names, self.words, strict=True)
            if words
        }

    @property
    def dates(self) -> dict[str, str]:
        return {name: self.kind.date for name, c in zip(self.names, self.columns, strict=True) if c.kind == "date"}

    @property
    def ranges(self) -> dict[str, list[Any]]:
        """SPSS: the lowest and the highest code of a missing answer."""
        return {
            name: [{"lo": min(codes), "hi": max(codes)}]
            for name, column in zip(self.names, self.whole, strict=True)
            if (codes := column.missing.values())
        }

    @property
    def letters(self) -> dict[str, list[str]]:
        return {name: list(LETTERS) for name, column in zip(self.names, self.whole, strict=True) if column.missing}

    def frame(self, rows: Iterator[list[Cell]]) -> Any:
        """The data frame, in names that SPSS and Stata take."""
        import pandas as pd

        read = [[self._cell(place, value) for place, value in enumerate(row)] for row in rows]
        frame = pd.DataFrame(read, columns=self.names, dtype=object)
        for name, column in zip(self.names, self.whole, strict=True):
            if column.kind in ("text", "word"):
                frame[name] = frame[name].fillna("").astype(str)
            elif not (self.kind.lettered and column.missing) or frame[name].isna().all():
                frame[name] = pd.to_numeric(frame[name]).astype("float64")
            else:
                frame[name] = frame[name].where(frame[name].notna(), None)
        return frame

    def write(self, rows: Iterator[list[Cell]], out: Path, write: Callable[..., None], **more: Any) -> Written:
        """more: what the format says of missing answers."""
        frame = self.frame(rows)
        if len(frame):
            write(
                frame, str(out), file_label=self.title, column_labels=self.labels, variable_value_labels=self.values,
                variable_format=self.dates, **more,
            )  # fmt: skip
        return self.written(len(frame))

    def written(self, rows: int) -> Written:
        labels = [n for n, c in zip(self.names, self.whole, strict=True) if self._too_long(c.label, self.kind.label)]
        words = [
            name
            for name, own in zip(self.names, self.words, strict=True)
            if any(self._too_long(text, self.kind.words) for text in own.values())
        ]
        told = [("responses.labels_cut", labels, self.kind.label), ("responses.words_cut", words, self.kind.words)]
        unit = Message("responses.octets" if self.kind.octets else "responses.characters")
        said = [
            Message(key, number=len(names), most=most, unit=unit, names=names[:NAMED])
            for key, names, most in told
            if names
        ]
        return Written(rows, tuple(said))

    def _too_long(self, text: str, most: int) -> bool:
        return self.kind.cut(text, most) != text

    def _cell(self, place: int, value: Cell) -> Any:
        column = self.columns[place]
        if value is None:
            return None
        if value in self.places[place]:
            return self.places[place][value]
        if column.kind == "word" and self.whole[place].numeric:
            return self._one_more(place, str(value))
        if column.kind == "date" and (day := day_of(value)) is not None:
            return float((day - self.kind.epoch).days * self.kind.unit)
        return float(value) if column.numeric and not isinstance(value, str | date) else value

    def _one_more(self, place: int, code: str) -> float:
        """The number of a code that the questionnaire does not list, as of an earlier version: its own label."""
        number = float(1 + sum(isinstance(known, float) and known > 0 for known in self.places[place].values()))
        self.places[place][code], self.words[place][number] = number, code
        return number


def _numbered(column: Variable) -> Variable:
    """A column of worded codes as numbers with labels."""
    if column.kind != "word" or not (column.labels or column.missing):
        return column
    return replace(column, kind="whole", labels=dict(enumerate(column.labels.values(), 1)))


def _places(column: Variable, kind: Format) -> dict[Any, Any]:
    """What stands in the file for a code: its place, where codes are worded; Stata's letter for a missing answer."""
    found: dict[Any, Any] = {}
    if column.kind == "word" and column.labels:
        found = {code: float(place) for place, code in enumerate(column.labels, 1)}
    return found | {
        code: LETTERS[at] if kind.lettered else float(code) for at, code in enumerate(column.missing.values())
    }


def _worded(column: Variable, kind: Format, language: str) -> dict[Any, str]:
    """Value labels, those of missing answers after the others."""
    named = missing_words(column, language)
    codes: Sequence[Any] = LETTERS if kind.lettered else list(named)
    return {**column.labels, **dict(zip(codes, named.values(), strict=False))}


def _names(columns: Sequence[Variable], longest: int) -> list[str]:
    """Names that SPSS and Stata take: letters, digits and underscores, none used twice."""
    names: list[str] = []
    for column in columns:
        name = re.sub(r"\W", "_", column.name.replace("+", "_plus"), flags=re.ASCII)[:longest]
        name = name if name[0].isalpha() else f"v_{name}"[:longest]
        while name.lower() in {taken.lower() for taken in names}:
            name = f"{name[: longest - 4]}_{len(names)}"
        names.append(name)
    return names
