"""How often one address may try a code that is not one. Valid codes are never counted: crowds share an address."""

from __future__ import annotations

import hashlib
import hmac
import os
from datetime import UTC, datetime

from flask import current_app
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

FAILURES = parse("60 per 15 minutes")


def blocked(address: str) -> bool:
    """Whether `address` has failed too often of late."""
    return not _limiter().test(FAILURES, "lookup", _daily(address))


def failed(address: str) -> None:
    _limiter().hit(FAILURES, "lookup", _daily(address))


def _limiter() -> FixedWindowRateLimiter:
    """In memory by each worker, or in Redis where RATELIMIT_STORAGE_URI says so."""
    kept: FixedWindowRateLimiter | None = current_app.extensions.get("minyi_lookups")
    if kept is None:
        uri = current_app.config.get("RATELIMIT_STORAGE_URI") or os.environ.get("RATELIMIT_STORAGE_URI", "memory://")
        kept = FixedWindowRateLimiter(storage_from_string(uri))
        current_app.extensions["minyi_lookups"] = kept
    return kept


def _daily(address: str) -> str:
    """The address under a keyed hash that changes every day and is kept nowhere else."""
    secret = f"{current_app.config['SECRET_KEY']}lookup{datetime.now(UTC).date()}".encode()
    return hmac.new(secret, address.encode(), hashlib.sha256).hexdigest()[:20]
