"""A log of JSON lines, a file a day (UTC), to which all processes of a server append; old days are deleted.

A line is one write to a file opened for appending, so that lines of several processes never mix on a local disk. Servers
on several machines have a folder each.
"""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson

log = logging.getLogger("minyi")


class Journal:
    """`NAME-2026-11-29.jsonl` in `folder`, each kept for `days`."""

    def __init__(self, folder: Path, name: str, days: int) -> None:
        self.folder, self.name, self.days = folder, name, days
        self._day, self._file = date.min, -1
        self._lock, self._lost = threading.Lock(), False

    def write(self, line: Mapping[str, object]) -> None:
        """Append `line` with its moment. Nobody's request fails where it cannot be written; that is said once."""
        moment = datetime.now(UTC)
        told = {"at": moment.isoformat(timespec="milliseconds"), **line}
        try:
            with self._lock:
                if moment.date() != self._day:
                    self._begin(moment.date())
                os.write(self._file, orjson.dumps(told) + b"\n")
            self._lost = False
        except OSError as error:
            if not self._lost:
                log.warning("the log %s cannot be written: %s", self.name, error)
            self._lost = True

    def _begin(self, day: date) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        opened = os.open(self.folder / f"{self.name}-{day}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        if self._file >= 0:
            os.close(self._file)
        self._file, self._day = opened, day
        for path in self.folder.glob(f"{self.name}-*.jsonl"):
            written = re.fullmatch(rf"{self.name}-(\d{{4}}-\d\d-\d\d)\.jsonl", path.name)
            if written and date.fromisoformat(written[1]) < day - timedelta(days=self.days):
                path.unlink(missing_ok=True)
