"""Lock-out: a name and an address may fail so often, at the password as at the second factor."""

from __future__ import annotations

import hmac
import os
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from flask import Flask, Response, current_app, request, session
from flask_limiter import Limiter

NAME_LIMIT, ADDRESS_LIMIT = "10 per 15 minutes", "50 per 15 minutes"
SECOND_STEPS = ("security.two_factor_token_validation", "security.mf_recovery")


def limit_sign_in(app: Flask) -> None:
    """Lock a name after ten failures, and an address after fifty, for a quarter of an hour.

    Wrong codes count like wrong passwords, under the account they are tried for. Counted in memory by each worker,
    or in Redis where RATELIMIT_STORAGE_URI says so. The address is counted under a keyed hash that changes daily
    and is kept nowhere else.
    """
    app.config.setdefault("RATELIMIT_STORAGE_URI", os.environ.get("RATELIMIT_STORAGE_URI", "memory://"))
    limiter = Limiter(_daily_address, app=app, default_limits=[], headers_enabled=False)
    for endpoint, key in (("security.login", _name), *((endpoint, _account) for endpoint in SECOND_STEPS)):
        view: Any = app.view_functions[endpoint]
        for rate, counted in ((NAME_LIMIT, key), (ADDRESS_LIMIT, _daily_address)):
            view = limiter.limit(rate, key_func=counted, methods=["POST"], deduct_when=_failed)(view)
        app.view_functions[endpoint] = view


def _failed(response: Response) -> bool:
    return response.status_code == 200  # the form again; a success redirects


def _name() -> str:
    return "name:" + request.form.get("username", "").strip().lower()[:80]


def _account() -> str:
    return "account:" + str(session.get("tf_user_id") or session.get("_user_id") or "")


def _daily_address() -> str:
    day = datetime.now(UTC).date().isoformat()
    secret = f"{current_app.config['SECRET_KEY']}{day}".encode()
    return "address:" + hmac.new(secret, (request.remote_addr or "").encode(), sha256).hexdigest()[:20]
