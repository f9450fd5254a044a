"""How often one address may try a code that is not one, and how fast answers may come in at all.

Valid codes are never counted against an address: crowds share one. The limits of answers leave a service hall's
Wi-Fi room and stop programs; who is turned away keeps the answers on the phone, which sends them again.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from datetime import UTC, datetime

from flask import current_app
from limits import parse_many
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from survey_app.ground.web_frame import of_process

FAILURES = "60 per 15 minutes"
PER_ADDRESS = "300 per minute; 3000 per hour"  # MINYI_RATE_ADDRESS
PER_SITE = "600 per minute"  # MINYI_RATE_SITE
TICKETS = "60 per hour; 200 per day"  # MINYI_RATE_TICKETS: reported problems of one address


def blocked(address: str) -> bool:
    """Whether `address` has failed too often of late."""
    return not all(_limiter().test(limit, "lookup", _daily(address)) for limit in parse_many(FAILURES))


def failed(address: str) -> None:
    for limit in parse_many(FAILURES):
        _limiter().hit(limit, "lookup", _daily(address))


def crowded(site: str, address: str) -> bool:
    """Count one submission, and say whether this site or this address sends more than people can."""
    address_rule = current_app.config.get("RATE_ADDRESS") or PER_ADDRESS
    site_rule = current_app.config.get("RATE_SITE") or PER_SITE
    counted = [_limiter().hit(limit, "address", _daily(address)) for limit in parse_many(address_rule)]
    counted += [_limiter().hit(limit, "site", site) for limit in parse_many(site_rule)]
    return not all(counted)


def reported_often(address: str) -> bool:
    """Count one reported problem, and say whether this address reports more than a hall full of people would."""
    rule = current_app.config.get("RATE_TICKETS") or TICKETS
    counted = [_limiter().hit(limit, "ticket", _daily(address)) for limit in parse_many(rule)]
    return not all(counted)


def _limiter() -> FixedWindowRateLimiter:
    """In memory by each worker, or in Redis where RATELIMIT_STORAGE_URI says so."""
    kept: FixedWindowRateLimiter | None = of_process().get("minyi_lookups")
    if kept is None:
        uri = current_app.config.get("RATELIMIT_STORAGE_URI") or os.environ.get("RATELIMIT_STORAGE_URI", "memory://")
        kept = FixedWindowRateLimiter(storage_from_string(uri))
        of_process()["minyi_lookups"] = kept
    return kept


def _daily(address: str) -> str:
    """The address under a keyed hash that changes every day and is kept nowhere else."""
    secret = f"{current_app.config['SECRET_KEY']}lookup{datetime.now(UTC).date()}".encode()
    return hmac.new(secret, address.encode(), hashlib.sha256).hexdigest()[:20]
