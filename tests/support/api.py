"""Programs at the API: their keys, and a server that answers them."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from survey_app.api.tokens import make_token
from survey_app.models import db
from tests.support.killing import BROKEN, _ask, _free_port
from tests.support.waiting import until


def key(role: str, area: str = "", department: str = "", kind: str = "read") -> dict[str, str]:
    """The header that a program of this role sends."""
    token = make_token(secrets.token_hex(4), kind, role, area, department, 30, "admin")[1]
    db.session.commit()
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def served(database: str, folder: Path) -> Iterator[str]:
    """The address of a running server on this database, without a limit of calls."""
    port = _free_port()
    environment = os.environ | {
        "DATABASE_URL": database, "MINYI_INSTANCE": str(folder / "instance"), "MINYI_RATE_API": "1000000 per minute",
        "MINYI_WORKERS": "1", "MINYI_JOBS": "external",
    }  # fmt: skip
    with (folder / "told.log").open("w+") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "survey_app", "serve", "--port", str(port)],
            env=environment, stdout=told, stderr=told, start_new_session=True,
        )  # fmt: skip

        def ready() -> bool:
            assert process.poll() is None, (folder / "told.log").read_text()
            try:
                return _ask(port, "GET", "/healthz").status == 200
            except BROKEN:
                return False

        try:
            until(ready, "a server that is ready", 120)
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)
