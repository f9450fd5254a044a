"""Answers that this worker has made durable within the last seconds: who has sent one asks for its receipt at once, mostly over
the same connection, and the worker need not ask the database for what it has just stored there."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from survey_app.answering.site_rows import KEPT_SECONDS
from survey_app.ground.web_frame import of_process

MOST = 4096  # receipts; who comes later is answered by the database


def note(row: Mapping[str, Any]) -> None:
    """The answer of this row is durable."""
    kept = _kept()
    if len(kept) >= MOST:
        kept.clear()
    kept[row["receipt"]] = (time.monotonic() + KEPT_SECONDS, row["finished_at"])


def taken(receipt: str) -> datetime | None:
    """When the answer was finished, where it was stored here within the last seconds; it is said once."""
    until, finished_at = _kept().pop(receipt, (0.0, None))
    return finished_at if time.monotonic() < until else None


def _kept() -> dict[str, tuple[float, datetime | None]]:
    kept: dict[str, tuple[float, datetime | None]] = of_process().setdefault("minyi_just_stored", {})
    return kept
