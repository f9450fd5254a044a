"""Draw a chart once: its SVG is kept in this process and in the database, by what it was drawn from."""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from threading import Lock
from typing import ParamSpec

from sqlalchemy import select
from sqlalchemy.exc import OperationalError, TimeoutError

from survey_app.ground import crypto
from survey_app.jobs.queue import INSERT
from survey_app.models import Drawing, db

P = ParamSpec("P")
log = logging.getLogger("minyi")
VERSION = "2"  # raise it when charts look different from the same numbers
MOST = 400  # drawings held in memory; some 20 kB each
_memory: OrderedDict[str, str] = OrderedDict()
_lock = Lock()


def kept(draw: Callable[P, str]) -> Callable[P, str]:
    """Keep what a drawing function gives, by its name and its arguments, which are plain values (as for JSON)."""

    @wraps(draw)
    def found_or_drawn(*args: P.args, **kwargs: P.kwargs) -> str:
        said = json.dumps([VERSION, draw.__name__, args, kwargs], sort_keys=True, ensure_ascii=False)
        key = crypto.digest(said)
        svg = _remembered(key) or db.session.scalar(select(Drawing.svg).where(Drawing.key == key))
        if svg is None:
            svg = draw(*args, **kwargs)
            _store(key, svg)
        _remember(key, svg)
        return svg

    return found_or_drawn


def _remembered(key: str) -> str | None:
    with _lock:
        if key in _memory:
            _memory.move_to_end(key)
        return _memory.get(key)


def _remember(key: str, svg: str) -> None:
    with _lock:
        _memory[key] = svg
        while len(_memory) > MOST:
            _memory.popitem(last=False)


def _store(key: str, svg: str) -> None:
    """In a transaction of its own; a database that is busy or read-only just has it drawn again."""
    insert = INSERT[db.engine.dialect.name](Drawing).values(key=key, svg=svg, drawn_at=datetime.now(UTC))
    try:
        with db.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA busy_timeout=250")
            try:
                connection.execute(insert.on_conflict_do_nothing())
                connection.commit()
            finally:
                if connection.dialect.name == "sqlite":
                    connection.rollback()
                    connection.exec_driver_sql("PRAGMA busy_timeout=30000")
    except (OperationalError, TimeoutError):
        log.info("a drawing could not be kept; it is drawn again next time")
