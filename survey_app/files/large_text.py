"""A file of responses for an engine that reads it by itself: made UTF-8 with one heading line, however long it is.

A CSV is looked through as a stream and copied only where it must be put otherwise. A workbook becomes such a text.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from survey_app.files.delimited import decoded, delimiter_of, encoding_of, parsed
from survey_app.files.headed import is_no_row, read_headed
from survey_app.files.said import FileRefusedError, Note, aloud, of_system
from wording import Message

HEAD = 1 << 20  # bytes that tell encoding, delimiter and headings
TAIL = 1 << 16  # bytes in which a total is looked for
CHUNK = 1 << 22


@dataclass(frozen=True)
class LargeText:
    """UTF-8, a line of headings and rows of as many cells. skipped: lines of the file that came in before the headings."""

    path: Path
    delimiter: str
    names: tuple[str, ...]
    skipped: int = 0


@contextmanager
def large_text(path: Path) -> Iterator[LargeText]:
    """The text, for as long as the block lasts. Raises FileRefusedError."""
    with tempfile.TemporaryDirectory(prefix="minyi-") as folder:
        copy = Path(folder) / "responses.csv"
        yield _from_workbook(path, copy) if path.suffix.lower() == ".xlsx" else _from_text(path, copy)


def _from_workbook(path: Path, copy: Path) -> LargeText:
    table = read_headed(path.name, path, (), read_all=True)
    if table.faults:
        raise FileRefusedError(table.faults[0].placed)
    aloud(path, table.notes)
    names = _names(table.headings)
    with copy.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([row.text(place) for place in range(len(names))] for row in table.rows)
    return LargeText(copy, ",", names)


def _from_text(path: Path, copy: Path) -> LargeText:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL))
            tail = file.read()
    except OSError as error:
        raise FileRefusedError("files.cannot_opened", strerror=of_system(error)) from error
    if head.startswith(b"PK"):
        raise FileRefusedError("files.workbook_no_csv_name")
    if len(head) == HEAD:
        head = head[
            : head.rfind(b"\n") // 4 * 4
        ]  # whole characters, in UTF-16 and UTF-32 too, or nearly: see _encoding
    encoding = _encoding(path, head)
    text = head.decode(encoding, "ignore")
    delimiter = delimiter_of(text)
    rows = [row for row in islice(parsed(text), 50) if any(cell.strip() for cell in row[1])]
    if not rows:
        raise FileRefusedError("files.file_empty")
    wide = (row for row in rows if sum(bool(cell.strip()) for cell in row[1]) > 1)
    line, headings = next(wide, rows[0])
    names = _names(headings)
    if line > 1:
        said = "".join(rows[0][1])[:20]
        aloud(path, [Note(Message("files.headings_line_not_read", line=line, said=said))])
    _refuse_total(tail.decode(encoding, "ignore"), delimiter)
    if encoding == "utf-8" and line == 1 and "\r" not in text.replace("\r\n", ""):
        return LargeText(path, delimiter, names)
    with (
        path.open(encoding=encoding, newline=None) as source,
        copy.open("w", encoding="utf-8", newline="\n") as written,
    ):
        for _above in range(line - 1):
            source.readline()
        while part := source.read(CHUNK):
            written.write(part)
    return LargeText(copy, delimiter, names, line - 1)


def _encoding(path: Path, head: bytes) -> str:
    """Of the whole file: its head tells, and the rest must agree."""
    encoding = encoding_of(head)
    for tried in dict.fromkeys((encoding, "gb18030" if head.isascii() else encoding)):
        try:
            with path.open(encoding=tried, newline="") as file:
                while part := file.read(CHUNK):
                    if "\0" in part:
                        raise FileRefusedError("files.no_text_file")
        except UnicodeDecodeError:
            continue
        return tried
    decoded(path.read_bytes())  # says where
    raise FileRefusedError("files.file_mixed_encodings")


def _names(headings: Sequence[str]) -> tuple[str, ...]:
    names = [heading.strip() or f"column{place}" for place, heading in enumerate(headings)]
    seen: dict[str, str] = {}
    for name in names:
        if name.casefold() in seen:
            raise FileRefusedError("files.column_twice_2", name=name)
        seen[name.casefold()] = name
    return tuple(names)


def _refuse_total(tail: str, delimiter: str) -> None:
    """A total below the rows would count as a person."""
    for line in [line for line in tail.splitlines() if line.strip()][-5:]:
        if is_no_row([cell.strip('" ') or None for cell in line.split(delimiter)]):
            said = line[:40]
            raise FileRefusedError("files.end_no_response_delete", said=said)
