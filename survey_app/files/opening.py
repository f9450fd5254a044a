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
from survey_app.files.said import FileRefusedError

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
        raise FileRefusedError(
            f"{plain} 是Excel打开文件时的临时锁定文件，请选原来的文件",
            f"{plain} is a lock file: choose the file itself",
        )
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
                raise FileRefusedError("工作簿里没有可见的工作表", "the workbook has no visible sheet")
            yield Opened(_grids(lines), listed)


@contextmanager
def _stream(source: bytes | Path) -> Iterator[IO[bytes]]:
    if isinstance(source, Path):
        try:
            size = source.stat().st_size
            file: IO[bytes] = source.open("rb")
        except FileNotFoundError:
            raise FileRefusedError("没有这个文件", "there is no such file") from None
        except OSError as error:
            raise FileRefusedError("打不开这个文件", f"cannot be opened: {error.strerror}") from error
    else:
        size = len(source)
        file = tempfile.TemporaryFile()  # noqa: SIM115  # the with below closes it
        file.write(source)
        file.seek(0)
    with file:
        if size > MOST_PACKED:
            most = MOST_PACKED // 1024 // 1024
            raise FileRefusedError(f"文件太大，最多{most}MB", f"the file is too large: at most {most} MB")
        if size == 0:
            raise FileRefusedError("文件是空的", "the file is empty")
        yield file


def _refuse_other(ending: str, head: bytes, stream: IO[bytes], endings: Collection[str]) -> None:
    """Refuse what this is not, by its content first."""
    listed = " ".join(endings)
    if head.startswith(_OLD):
        if _LOCKED in head + stream.read():
            raise FileRefusedError(
                "工作簿加了密码，请取消密码后再导入", "the workbook is encrypted: take the password off"
            )
        raise FileRefusedError(
            "这是旧格式的表格(.xls或WPS的.et)，请在Excel或WPS里另存为 .xlsx",
            "this is a workbook of an old kind (.xls, or .et of WPS): save it as .xlsx",
        )
    if ending == ".et":
        raise FileRefusedError("不读WPS的 .et 文件，请另存为 .xlsx", ".et files of WPS are not read: save it as .xlsx")
    if ending in (".xls", ".ods", ".xlsb", ".xlsm") and ending not in endings:
        raise FileRefusedError(f"不读 {ending} 文件，请另存为 .xlsx", f"{ending} files are not read: save it as .xlsx")
    if ending not in endings:
        raise FileRefusedError(f"请用 {listed} 文件", f"the file must end in {listed}")
    if head.startswith(b"%PDF"):
        raise FileRefusedError("这是PDF文件，不是表格", "this is a PDF, not a table")
    zipped = head.startswith(b"PK")
    if ending == ".csv" and zipped:
        raise FileRefusedError(
            "这是工作簿，不是CSV文本；请把文件名改为 .xlsx", "this is a workbook and no CSV: name it .xlsx"
        )
    if ending == ".xlsx" and not zipped:
        raise FileRefusedError(
            "打不开：不是Excel工作簿(.xlsx)，或文件已损坏；若是文本，请命名为 .csv",
            "not an Excel workbook, or damaged; a text is to be named .csv",
        )


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
        stdin=stream, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
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
            zh, en, *why = said["refused"]
            if why:
                log.info("a workbook that came in is damaged: %s", why[0])
            raise FileRefusedError(zh, en)
        yield said
    raise FileRefusedError(
        "工作簿太大：没有在限定的时间或内存里读完",
        "the workbook is too large to be read within the time and memory allowed",
    )


def _grids(lines: Iterator[Any]) -> Iterator[Grid]:
    known: dict[str, str] = {}  # the same text is kept once
    for line in lines:
        grid = Grid(line["title"])
        for row in lines:
            if isinstance(row, dict):
                grid.merges, grid.hidden_columns = [tuple(each) for each in row["merges"]], row["hidden"]
                break
            number, values, formats, *hidden = row
            kept = [
                known.setdefault(value, value) if isinstance(value, str) else _value(value) for value in values
            ]  # fmt: skip
            grid.rows.append(Row(number, kept, {int(place): shown for place, shown in formats.items()}, bool(hidden)))
        yield grid


def _value(said: Any) -> Value:
    value: Value = _MAKERS[said[0]](said[1]) if isinstance(said, list) else said
    return value
