"""Accounts and sign-in by Flask-Security: argon2, no registration, nothing sent by mail."""

from __future__ import annotations

import hmac
import os
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from flask import Flask, Response, current_app, request
from flask_babel import Babel
from flask_limiter import Limiter
from flask_security import Security, SQLAlchemyUserDatastore, password_changed
from flask_wtf import CSRFProtect

from survey_app.models import Role, User, db

LANGUAGE_COOKIE = "minyi_language"
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
NAME_LIMIT, ADDRESS_LIMIT = "10 per 15 minutes", "50 per 15 minutes"
csrf = CSRFProtect()


def init_security(app: Flask) -> None:
    """Sign-in at /console/sign-in, sessions, CSRF and the console's two languages."""
    app.config.update(_settings())
    Babel(app, locale_selector=locale)
    csrf.init_app(app)  # checks are made by the console's blueprint and by Flask-Security's own forms
    app.extensions["minyi_users"] = SQLAlchemyUserDatastore(db, User, Role)
    Security(app, app.extensions["minyi_users"])
    password_changed.connect(_own_password, app)
    _limit_sign_in(app)
    app.context_processor(lambda: {"language": language()})


def _limit_sign_in(app: Flask) -> None:
    """Lock a name after ten failures, and an address after fifty, for a quarter of an hour.

    Counted in memory by each worker, or in Redis where RATELIMIT_STORAGE_URI says so. The address is counted
    under a keyed hash that changes daily and is kept nowhere else.
    """
    app.config.setdefault("RATELIMIT_STORAGE_URI", os.environ.get("RATELIMIT_STORAGE_URI", "memory://"))
    limiter = Limiter(_daily_address, app=app, default_limits=[], headers_enabled=False)

    def failed(response: Response) -> bool:
        return response.status_code == 200  # the form again; a success redirects

    view: Any = app.view_functions["security.login"]
    for rate, key in ((NAME_LIMIT, _name), (ADDRESS_LIMIT, _daily_address)):
        view = limiter.limit(rate, key_func=key, methods=["POST"], deduct_when=failed)(view)
    app.view_functions["security.login"] = view


def _name() -> str:
    return "name:" + request.form.get("username", "").strip().lower()[:80]


def _daily_address() -> str:
    day = datetime.now(UTC).date().isoformat()
    secret = f"{current_app.config['SECRET_KEY']}{day}".encode()
    return "address:" + hmac.new(secret, (request.remote_addr or "").encode(), sha256).hexdigest()[:20]


def _own_password(app: Flask, user: User, **_details: Any) -> None:
    """A person who has chosen a password is not asked again."""
    user.must_change_password = False
    app.extensions["minyi_users"].put(user)
    db.session.commit()


def language() -> str:
    """zh, unless English was chosen by the switch."""
    chosen = request.args.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return "en" if chosen == "en" else "zh"


def locale() -> str:
    return LOCALES[language()]


def _settings() -> dict[str, Any]:
    return {
        "BABEL_DEFAULT_LOCALE": LOCALES["zh"],
        "BABEL_TRANSLATION_DIRECTORIES": "console/translations",
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_LENGTH_MIN": 10,
        "SECURITY_PASSWORD_CHECK_BREACHED": None,
        "SECURITY_URL_PREFIX": "/console",
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_CHANGE_URL": "/password",
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_SEND_REGISTER_EMAIL": False,
        "SECURITY_USERNAME_ENABLE": True,
        "SECURITY_USERNAME_MIN_LENGTH": 2,
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [
            {"username": {"mapper": lambda name: str(name).strip(), "case_insensitive": True}}
        ],
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_POST_LOGIN_VIEW": "/console/",
        "SECURITY_POST_LOGOUT_VIEW": "/console/",
        "SECURITY_POST_CHANGE_VIEW": "/console/",
        "SECURITY_LOGIN_USER_TEMPLATE": "console/sign_in.html",
        "SECURITY_CHANGE_PASSWORD_TEMPLATE": "console/password.html",
        "SECURITY_REDIRECT_VALIDATE_MODE": ["absolute", "regex"],
    }
