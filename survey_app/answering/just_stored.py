"""Answers that this worker has made durable within the last seconds, those of whom a row was all that was to be stored: who has sent one
asks for its receipt at once, mostly over the same connection, and the worker need not ask the database for it."""

from __future__ import annotations

import time
from datetime import datetime

from survey_app.answering.site_rows import KEPT_SECONDS
from survey_app.ground.web_frame import of_process

MOST = 4096  # receipts; who comes later is answered by the database


def note(receipt: str, finished_at: datetime) -> None:
    """The answer with this receipt number is durable."""
    kept = _kept()
    if len(kept) >= MOST:
        kept.clear()
    kept[receipt] = (time.monotonic() + KEPT_SECONDS, finished_at)


def told(receipt: str) -> datetime | None:
    """When the answer was finished, where it was stored here within the last seconds; it is said once."""
    until, finished_at = _kept().pop(receipt, (0.0, None))
    return finished_at if time.monotonic() < until else None


def forget(receipt: str) -> None:
    """The answer is about to be erased."""
    _kept().pop(receipt, None)


def _kept() -> dict[str, tuple[float, datetime | None]]:
    kept: dict[str, tuple[float, datetime | None]] = of_process().setdefault("minyi_just_stored", {})
    return kept
