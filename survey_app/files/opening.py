"""The one way in for tables: a workbook, read by a process of its own, or a delimited text, as sheets of typed cells.

What a file is, its content says; a name that says something else is refused with a sentence.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

from survey_app.files.cells import Broken, Grid, Row, Value
from survey_app.files.delimited import text_grid
from survey_app.files.said import FileRefusedError, of_system
from wording import Message

MOST_COLUMNS = 1_000
MOST_CELLS = 5_000_000  # of all sheets read, a row counted to its last filled cell
MOST_LETTERS = 100_000_000
MOST_UNPACKED = 300 * 1024 * 1024  # bytes of all parts together
MOST_PACKED = 64 * 1024 * 1024  # bytes
MEMORY = 1024 * 1024 * 1024  # bytes of the process that reads a workbook
SECONDS = 50  # of the processor, for what a page waits for; by the clock it may be twice as long
SECONDS_OF_A_COMMAND = 300
MOST_ROWS = 200_000  # of one sheet
ENDINGS = (".xlsx", ".csv")
CHILD = Path(__file__).with_name("workbook_child.py")
log = logging.getLogger("minyi")
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of .xls, .et, and of a workbook with a password
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_MAKERS: dict[str, Callable[[Any], Value]] = {
    "datetime": datetime.fromisoformat, "date": date.fromisoformat, "time": time.fromisoformat,
    "seconds": lambda seconds: timedelta(seconds=seconds), "broken": Broken,
}  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """A file whose sheets are read one after another. titles: of all its sheets -> whether it is visible."""

    sheets: Iterator[Grid]
    titles: Mapping[str, bool]


@contextmanager
def opened(
    name: str,
    source: bytes | Path,
    titles: Collection[str] | None = None,
    endings: Collection[str] = ENDINGS,
    most_rows: int = MOST_ROWS,
) -> Iterator[Opened]:
    """The visible sheets of a workbook, or those named in `titles` in any case, hidden or not; a CSV is one sheet.

    Raises FileRefusedError, also while the sheets are read.
    """
    plain = Path(name).name
    if plain.startswith(("~$", ".~")):
        raise FileRefusedError("files.lock_file_choose_file", plain=plain)
    ending = Path(plain).suffix.lower()
    with _stream(source) as stream:
        head = stream.read(4096)
        _refuse_other(ending, head, stream, endings)
        stream.seek(0)
        if ending == ".csv":
            grid = text_grid(plain, stream.read(), MOST_COLUMNS, MOST_CELLS)
            yield Opened(iter([grid]), {grid.title: True})
            return
        seconds = SECONDS_OF_A_COMMAND if isinstance(source, Path) else SECONDS
        with _child(stream, titles, most_rows, seconds) as lines:
            listed = {title: state == "visible" for title, state in next(lines)["sheets"]}
            if titles is None and not any(listed.values()):
                raise FileRefusedError("files.workbook_no_visible_sheet")
            yield Opened(_grids(lines), listed)


@contextmanager
def _stream(source: bytes | Path) -> Iterator[IO[bytes]]:
    if isinstance(source, Path):
        try:
            size = source.stat().st_size
            file: IO[bytes] = source.open("rb")
        except FileNotFoundError:
            raise FileRefusedError("files.no_such_file") from None
        except OSError as error:
            raise FileRefusedError("files.cannot_opened", strerror=of_system(error)) from error
    else:
        size = len(source)
        file = tempfile.TemporaryFile()  # noqa: SIM115  # the with below closes it
        file.write(source)
        file.seek(0)
    with file:
        if size > MOST_PACKED:
            most = MOST_PACKED // 1024 // 1024
            raise FileRefusedError("files.file_too_large_most", most=most)
        if size == 0:
            raise FileRefusedError("files.file_empty")
        yield file


def _refuse_other(ending: str, head: bytes, stream: IO[bytes], endings: Collection[str]) -> None:
    """Refuse what this is not, by its content first."""
    listed = " ".join(endings)
    if head.startswith(_OLD):
        if _LOCKED in head + stream.read():
            raise FileRefusedError("files.workbook_encrypted_take_password")
        if ending == ".xls" and ending in endings:
            return
        raise FileRefusedError("files.workbook_old_kind_xls")
    if ending == ".et":
        raise FileRefusedError("files.et_files_wps_not")
    if ending in (".xls", ".ods", ".xlsb", ".xlsm") and ending not in endings:
        raise FileRefusedError("files.files_not_read_save", ending=ending)
    if ending not in endings:
        raise FileRefusedError("files.file_must_end", listed=listed)
    if head.startswith(b"%PDF"):
        raise FileRefusedError("files.pdf_not_table")
    zipped = head.startswith(b"PK")
    if ending == ".csv" and zipped:
        raise FileRefusedError("files.workbook_no_csv_name")
    if ending in (".xlsx", ".xls") and not zipped:
        raise FileRefusedError("files.not_excel_workbook_or")


@contextmanager
def _child(stream: IO[bytes], titles: Collection[str] | None, most_rows: int, seconds: int) -> Iterator[Iterator[Any]]:
    """The lines of the process that reads the workbook; it is gone when the block ends."""
    limits = {
        "titles": None if titles is None else [title.casefold() for title in titles], "columns": MOST_COLUMNS, "rows": most_rows, "cells": MOST_CELLS,
        "letters": MOST_LETTERS, "unpacked": MOST_UNPACKED, "memory": MEMORY, "seconds": seconds,
    }  # fmt: skip
    stream.seek(0)
    process = subprocess.Popen(
        [sys.executable, "-I", str(CHILD), json.dumps(limits)],
        stdin=stream,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    clock = threading.Timer(2 * seconds, process.kill)
    clock.start()
    try:
        assert process.stdout is not None
        yield _said(process.stdout)
    finally:
        clock.cancel()
        process.kill()
        process.communicate()


def _said(lines: IO[bytes]) -> Iterator[Any]:
    for line in lines:
        if not line.endswith(b"\n"):
            break
        said = json.loads(line)
        if isinstance(said, dict) and "end" in said:
            return
        if isinstance(said, dict) and "refused" in said:
            key, params, *why = said["refused"]
            if why:
                log.info("a workbook that came in is damaged: %s", why[0])
            raise FileRefusedError(Message(key, **params))
        yield said
    raise FileRefusedError("files.workbook_too_large_read")


def _grids(lines: Iterator[Any]) -> Iterator[Grid]:
    known: dict[str, str] = {}  # the same text is kept once
    for line in lines:
        grid = Grid(line["title"])
        for row in lines:
            if isinstance(row, dict):
                grid.merges, grid.hidden_columns = [tuple(each) for each in row["merges"]], row["hidden"]
                break
            number, values, formats, *hidden = row
            kept = [known.setdefault(value, value) if isinstance(value, str) else _value(value) for value in values]
            grid.rows.append(Row(number, kept, {int(place): shown for place, shown in formats.items()}, bool(hidden)))
        yield grid


def _value(said: Any) -> Value:
    value: Value = _MAKERS[said[0]](said[1]) if isinstance(said, list) else said
    return value
