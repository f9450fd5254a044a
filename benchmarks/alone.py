"""An application with an empty database of its own, for benchmarks in process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone() -> Iterator[Path]:
    """Inside its context, in SQLite; gives its folder, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MINYI_INSTANCE"] = folder
        os.environ.pop("DATABASE_URL", None)
        from survey_app.app import create_app
        from survey_app.database import upgrade
        from survey_app.models import db

        with create_app().app_context():
            upgrade(db.engine)
            yield Path(folder)
