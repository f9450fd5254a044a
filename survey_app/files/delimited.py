"""Delimited text as a sheet: which encoding it has, what parts its columns, and every row with the line it begins in."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from survey_app.files.cells import Grid, Row
from survey_app.files.said import FileRefusedError

DELIMITERS = ",\t;"
LOOKED_AT = 100  # rows that tell what parts the columns
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8_HAN = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}")


def text_grid(name: str, data: bytes, most_columns: int, most_cells: int) -> Grid:
    """The rows of a CSV. Raises FileRefusedError with the line where it cannot be read."""
    grid, cells = Grid(Path(name).stem, plain=True), 0
    for number, fields in parsed(decoded(data)):
        values = [field.strip() or None for field in fields]
        while values and values[-1] is None:
            values.pop()
        if not values:
            continue
        if len(values) > most_columns:
            raise FileRefusedError("files.line_most_columns", number=number, most_columns=most_columns)
        cells += len(values)
        if cells > most_cells:
            raise FileRefusedError("files.file_too_large_split")
        grid.rows.append(Row(number, values))
    return grid


def decoded(data: bytes) -> str:
    """UTF-8, UTF-16 or UTF-32 with their marks, UTF-16 and UTF-8 without, else GB 18030."""
    encoding = encoding_of(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = 1 + data[: error.start].count(b"\n")
        raise FileRefusedError("files.line_no_text_file", line=line, encoding=encoding) from error
    if "\0" in text:
        raise FileRefusedError("files.no_text_file")
    return text


def encoding_of(data: bytes) -> str:
    """The name of the encoding, as Python has it; a first part of a file may end within a character."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    if data.count(b"\0") * 8 > len(data):
        return "utf-16-le" if data[1::2].count(0) > data[0::2].count(0) else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _other(data, error.start)
    return "utf-8"


def _other(data: bytes, good: int) -> str:
    """Of a text that is UTF-8 up to a place: UTF-16 of many Chinese and few other characters, a damaged UTF-8, or GB 18030."""
    for name in ("utf-16-le", "utf-16-be"):
        if (
            len(data) % 2 == 0
            and b"\0" in data
            and "\n".encode(name) in data
            and "\0" not in data.decode(name, "replace")
        ):
            return name
    return "utf-8" if len(_UTF8_HAN.findall(data[:good])) >= 3 else "gb18030"


def delimiter_of(text: str) -> str:
    """Of comma, tab and semicolon the one that gives most rows one width above 1."""
    if text[:4].lower() == "sep=" and text[4:5] in DELIMITERS and text[5:6] in "\r\n":
        return text[4]

    def agreement(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in islice(_sample(text, delimiter), LOOKED_AT) if any(row))
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return (rows, width) if width > 1 else (0, 0)

    return max(DELIMITERS, key=agreement)


def parsed(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Each row with the line it begins in."""
    delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter, strict=True)
    line = 1
    try:
        for fields in reader:
            if line > 1 or text[:4].lower() != "sep=":
                yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileRefusedError("files.line_cannot_read_quote", line=line, error=error) from error


def _sample(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text[:200_000], newline=None), delimiter=delimiter)
    except csv.Error:
        return
