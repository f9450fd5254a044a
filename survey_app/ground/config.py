"""Configuration: from the environment, else made at first start and kept under instance/, never in code."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

KEEP_TEXT = ("masked", "encrypted", "none")
BODY_LIMIT = 64 * 1024  # bytes; a request body over this is refused before it is parsed


def instance_folder() -> Path:
    """Where the embedded database and the secrets live: MINYI_INSTANCE, else ./instance."""
    folder = Path(os.environ.get("MINYI_INSTANCE", "instance")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def database_url() -> str:
    """DATABASE_URL, else a SQLite file in the instance folder. PostgreSQL is reached through psycopg 3."""
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{instance_folder() / 'minyi.sqlite3'}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def secret(name: str) -> str:
    """From the environment (MINYI_<NAME>), else from a file made once and readable by its owner alone."""
    from_environment = os.environ.get(f"MINYI_{name.upper()}")
    if from_environment:
        return from_environment
    path = instance_folder() / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def kept_text() -> str:
    """MINYI_KEEP_TEXT, what is kept of free text: masked, encrypted (masked, the original sealed) or none at all."""
    wanted = os.environ.get("MINYI_KEEP_TEXT", "") or "masked"
    if wanted not in KEEP_TEXT:
        raise ValueError(f"MINYI_KEEP_TEXT must be one of {', '.join(KEEP_TEXT)}, not '{wanted}'")
    return wanted


def least_cell() -> int:
    """MINYI_LEAST_CELL: responses in a published cell for all but administrators; 10 where nothing is set."""
    wanted = os.environ.get("MINYI_LEAST_CELL", "") or "10"
    if not wanted.isdecimal() or not 1 <= int(wanted) <= 1000:
        raise ValueError(f"MINYI_LEAST_CELL must be a whole number from 1 to 1000, not '{wanted}'")
    return int(wanted)


def settings(overrides: dict[str, Any] | None = None) -> dict[str, Any]:
    """Everything Flask is configured with; `overrides` win and spare the instance folder."""
    given = overrides or {}
    made: dict[str, Any] = {
        "REQUIRE_TOTP": frozenset(os.environ.get("MINYI_REQUIRE_TOTP", "").replace(",", " ").split()),
        "MAX_CONTENT_LENGTH": BODY_LIMIT,
        "PUBLIC_URL": os.environ.get("MINYI_PUBLIC_URL", "").rstrip("/"),
        "COLLECT_ONLY": os.environ.get("MINYI_COLLECT_ONLY", "") == "1",
        "KEEP_TEXT": kept_text(),
        "LEAST_CELL": least_cell(),
        "RATE_ADDRESS": os.environ.get("MINYI_RATE_ADDRESS", ""),
        "RATE_SITE": os.environ.get("MINYI_RATE_SITE", ""),
        "IDLE_MINUTES": int(os.environ.get("MINYI_IDLE_MINUTES", "60")),
        "SESSION_HOURS": int(os.environ.get("MINYI_SESSION_HOURS", "12")),
        "JOBS": os.environ.get("MINYI_JOBS", "thread"),
        "RATE_TICKETS": os.environ.get("MINYI_RATE_TICKETS", ""),
        "TICKET_REPLY_DAYS": int(os.environ.get("MINYI_TICKET_REPLY_DAYS", "5")),  # working days
        "TICKET_CLOSE_DAYS": int(os.environ.get("MINYI_TICKET_CLOSE_DAYS", "15")),
        "HOLIDAYS": os.environ.get("MINYI_HOLIDAYS", ""),
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": os.environ.get("MINYI_PUBLIC_URL", "").startswith("https://"),
        "BABEL_DEFAULT_LOCALE": "zh",
    }
    if "SQLALCHEMY_DATABASE_URI" not in given:
        made["SQLALCHEMY_DATABASE_URI"] = database_url()
    if "SECRET_KEY" not in given:
        made["SECRET_KEY"] = secret("secret_key")
    if "SECURITY_PASSWORD_SALT" not in given:
        made["SECURITY_PASSWORD_SALT"] = secret("password_salt")
    return {**made, **given}
